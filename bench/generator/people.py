"""Accounts: analysts who write, reviewers who approve, managers, viewers, and one token."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from django.contrib.auth.models import Group

from bench.generator.days import moment
from bench.generator.tables import Row, Table
from conditions.models import ApiToken, User

# Opens nothing but a generated database.
TOKEN = "bench-reader-0000000000000000000000000000"
_ROLES = (("analyst", 20), ("reviewer", 10), ("manager", 5), ("viewer", 5))
ANALYSTS = range(1, 21)
REVIEWERS = range(21, 31)
MANAGER = 31
VIEWER = 36


def tables(groups: Mapping[str, int]) -> Iterator[Table]:
    """Forty accounts in the groups of these ids, and the token of a viewer."""
    people = [(role, number) for role, many in _ROLES for number in range(1, many + 1)]
    yield Table(
        User,
        ("id", "username", "email", "password", "is_staff", "date_joined"),
        [
            (pk, f"{role}-{number}", f"{role}-{number}@example.org", "!", 1, moment(0))
            for pk, (role, number) in enumerate(people, start=1)
        ],
    )
    members: list[Row] = [(pk, groups[role]) for pk, (role, _) in enumerate(people, start=1)]
    yield Table(User.groups.through, ("user_id", "group_id"), members)
    yield token_table(VIEWER)


def token_table(user_id: int) -> Table:
    """The one token by which the benchmark reads, held by this account."""
    fingerprint = hashlib.sha256(TOKEN.encode()).hexdigest()
    row = (user_id, "Benchmark", TOKEN[:8], fingerprint, moment(0), "2100-01-01 00:00:00")
    columns = ("user_id", "name", "prefix", "digest", "created_at", "expires_at")
    return Table(ApiToken, columns, [row])


def group_ids() -> dict[str, int]:
    """The role groups of this database by name."""
    return dict(Group.objects.values_list("name", "pk"))
