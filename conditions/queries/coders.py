"""Who codes what: the double coding by its id, who is waited for, and what could be chosen."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from conditions.models import Assessment, Condition, DoubleCoding, Program, ReviewCycle, User
from conditions.rules.refusals import NotFound


class NoDoubleCoding(NotFound):
    """There is no such double coding, or this reader may not know of it."""


def double_coding_seen(reader: User, pk: int) -> DoubleCoding:
    """The double coding with this id, with its people. Raises NoDoubleCoding. One query."""
    rows = DoubleCoding.objects.filter(cycle__program__in=Program.objects.for_reader(reader))
    found = (
        rows.filter(pk=pk)
        .select_related("condition__program", "cycle__program", "first_coder", "second_coder")
        .first()
    )
    if found is None:
        raise NoDoubleCoding(
            "There is no such double coding.",
            field="double_coding",
            value=pk,
            remedy="See the cycle for those there are.",
        )
    return found


def waited_for(double_coding: DoubleCoding) -> tuple[User, ...]:
    """Those of the two who have not coded yet. One query."""
    coded = set(double_coding.codings.values_list("coder_id", flat=True))
    pair = (double_coding.first_coder, double_coding.second_coder)
    return tuple(coder for coder in pair if coder.pk not in coded)


def choosable(cycle: ReviewCycle) -> tuple[Condition, ...]:
    """The conditions asked in ``cycle`` that nobody wrote on or chose in it. One query.

    A draft that was withdrawn counts: who has read it is not blind.
    """
    touched = Assessment.objects.filter(cycle=cycle, condition=OuterRef("pk"))
    chosen = DoubleCoding.objects.standing().filter(cycle=cycle, condition=OuterRef("pk"))
    rows = cycle.program.conditions.filter(
        Q(in_force_until__isnull=True) | Q(in_force_until__gt=cycle.starts_on),
        ~Exists(touched),
        ~Exists(chosen),
        in_force_from__lt=cycle.due_on,
    )
    return tuple(rows.select_related("lead").order_by("position", "id"))


def people_who_code() -> tuple[User, ...]:
    """Everybody with an active account whose role includes coding, by name. One query."""
    codes = Q(groups__permissions__codename="add_coding") | Q(is_superuser=True)
    return tuple(User.objects.filter(codes, is_active=True).distinct().order_by("username"))
