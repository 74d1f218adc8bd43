"""The people of the demonstration, one for each role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group

from conditions.actions.record import record_event
from conditions.models import User
from conditions.rules.authority import Role


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account made now, with its password, which is told this once and kept as a hash only."""

    username: str
    role: str
    password: str


def make_accounts(*, as_of: datetime) -> tuple[dict[Role, User], tuple[NewAccount, ...]]:
    """The four people by role, and those of them that are new; who exists keeps the password."""
    people: dict[Role, User] = {}
    made: list[NewAccount] = []
    for role in Role:
        username = f"demo-{role}"
        user = User.objects.filter(username=username).first()
        if user is None:
            password = secrets.token_urlsafe(12)
            user = _make(username, role, password, as_of)
            made.append(NewAccount(username, role.value, password))
        user.groups.add(Group.objects.get(name=role.value))
        people[role] = user
    return people, tuple(made)


def _make(username: str, role: Role, password: str, as_of: datetime) -> User:
    user = User.objects.create_user(
        username=username,
        # The domain that can never exist (RFC 2606): a demonstration writes to nobody.
        email=f"{username}@demo.invalid",
        password=password,
        first_name="Demo",
        last_name=role.value,
        is_staff=True,
        date_joined=as_of,
    )
    record_event(
        verb="user.added",
        subject=user,
        by=None,
        as_of=as_of,
        after={"username": username, "role": role.value, "is_demonstration": True},
    )
    return user
