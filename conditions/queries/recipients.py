"""Who is reminded besides the leads, and whether the accounts that this depends on changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from conditions.models import Condition, User
from conditions.rules.authority import Role
from conditions.rules.fingerprint import fingerprint


def managers_of(program_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Ids of the active managers of each program; while it names none, all who hold the role.

    Two queries.
    """
    named: dict[int, set[int]] = {}
    rows = User.objects.filter(is_active=True, managed_programs__in=program_ids)
    for program_id, user_id in rows.values_list("managed_programs", "pk").order_by():
        named.setdefault(program_id, set()).add(user_id)
    in_role = frozenset(
        User.objects.filter(is_active=True, groups__name=Role.MANAGER.value)
        .values_list("pk", flat=True)
        .order_by()
    )
    return {pk: frozenset(named.get(pk, in_role)) for pk in program_ids}


def recipients_mark(program_ids: Collection[int]) -> Mapping[int, str]:
    """For each program, a mark that changes when its managers or the leads who are active do.

    No revision tells of these: they are facts of accounts and roles. Three queries.
    """
    managers = managers_of(program_ids)
    left: dict[int, set[int]] = {}
    rows = Condition.objects.filter(program__in=program_ids, lead__is_active=False)
    for program_id, lead_id in rows.values_list("program_id", "lead_id").order_by():
        left.setdefault(program_id, set()).add(lead_id)
    return {
        pk: fingerprint({"managers": sorted(managers[pk]), "left": sorted(left.get(pk, ()))})
        for pk in program_ids
    }
