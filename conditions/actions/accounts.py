"""Accounts: made and changed by administrators, switched off and never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import User

_TOLD = (
    "username",
    "first_name",
    "last_name",
    "email",
    "is_active",
    "is_staff",
    "is_superuser",
    "time_zone",
    "reminder_hour",
    "reminder_mode",
)


def save_account(
    *, account: User, groups: Iterable[Group] | None, by: User | None, as_of: datetime
) -> User:
    """Save an account as it stands and, unless None, its roles; tells what was before.

    An account that is on file needs ``change_user``, a new one ``add_user``.
    """
    present = User.objects.filter(pk=account.pk).first()
    codename = "change_user" if present else "add_user"
    require_permission(by, codename, to="manage accounts")
    with transaction.atomic():
        before = _told(present) if present else None
        account.save()
        if groups is not None:
            account.groups.set(groups)
        record_event(
            verb="user.changed" if present else "user.added",
            subject=account,
            by=by,
            as_of=as_of,
            before=before,
            after=_told(account),
        )
    return account


def note_password(*, account: User, by: User | None, as_of: datetime) -> None:
    """Record that somebody gave an account another password."""
    record_event(verb="user.password_set", subject=account, by=by, as_of=as_of)


def _told(account: User) -> dict[str, object]:
    names = account.groups.order_by("name").values_list("name", flat=True)
    return snapshot(account, *_TOLD) | {"roles": list(names)}
