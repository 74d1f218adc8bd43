"""What double coding requires: of a cycle, of a condition, of the two people, of its own state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from conditions.actions.cycles import CycleNotOpen, require_not_closed
from conditions.models import Condition, DoubleCoding, Program, ReviewCycle, User
from conditions.queries.coders import NoDoubleCoding
from conditions.queries.duties import WORKED_ON, state_of
from conditions.rules.refusals import Conflict, Invalid

Pairs = Mapping[Condition, tuple[User, User]]
_LEAVE_OUT = "Leave it out: who has read what was written on it is not blind."


class NotChoosable(Conflict):
    """The condition is not asked in the cycle, or was written on or chosen in it already."""


class TwoNeeded(Invalid):
    """The same person twice is not double coding."""


class CannotCode(Invalid):
    """The person may not code, or has left."""


class CalledOff(Conflict):
    """The double coding was called off."""


def require_worked_on(cycle: ReviewCycle, as_of: datetime) -> None:
    """Raise CycleNotOpen unless the cycle is open, due or overdue at ``as_of``."""
    require_not_closed(cycle)
    state = state_of(cycle, cycle.program.day_of(as_of))
    if state not in WORKED_ON:
        raise CycleNotOpen(
            f"Cycle {cycle.number} is {state.value}.",
            field="cycle",
            value=cycle.number,
            remedy="Choose a cycle that is open, due or overdue.",
        )


def require_choosable(cycle: ReviewCycle, pairs: Pairs) -> None:
    """Raise unless every condition can be double-coded in ``cycle`` by the two named for it."""
    ids = [condition.pk for condition in pairs]
    standing = DoubleCoding.objects.standing().filter(cycle=cycle, condition__in=ids)
    chosen = set(standing.values_list("condition_id", flat=True))
    for condition, pair in pairs.items():
        where = f"in cycle {cycle.number}"
        if not _is_asked(condition, cycle):
            raise _not_choosable(condition, f"is not asked {where}", "Leave it out.")
        require_unwritten(condition, cycle, remedy=_LEAVE_OUT)
        if condition.pk in chosen:
            raise _not_choosable(condition, f"is double-coded {where} already", "Leave it out.")
        require_two(condition, pair)
        for coder in pair:
            require_coder(coder)


def require_unwritten(condition: Condition, cycle: ReviewCycle, *, remedy: str) -> None:
    """Raise NotChoosable where anything was written on the condition in the cycle, even withdrawn.

    Both coders may read it, so neither would code blind.
    """
    written = cycle.assessments.filter(condition=condition)
    if not written.exists():
        return
    where = f"in cycle {cycle.number}"
    if written.approved().exists():
        why = f"is judged {where} already"
    elif written.still_open().exists():
        why = f"is in work {where} already"
    else:
        why = f"was begun {where}, and what was withdrawn can still be read"
    raise _not_choosable(condition, why, remedy)


def require_two(condition: Condition, pair: tuple[User, User]) -> None:
    """Raise TwoNeeded unless the pair is two people."""
    if pair[0].pk == pair[1].pk:
        raise TwoNeeded(
            f"{condition.code} would be coded twice by {pair[0]}.",
            field="second_coder",
            value=pair[1].get_username(),
            remedy="Name two different people.",
        )


def require_coder(coder: User) -> None:
    """Raise CannotCode unless this person is active and their role includes coding."""
    if not coder.has_perm("conditions.add_coding"):
        reason = "does not include coding" if coder.is_active else "is no longer active"
        raise CannotCode(
            f"{coder} cannot code: their {'role' if coder.is_active else 'account'} {reason}.",
            field="coder",
            value=coder.get_username(),
            remedy="Name an analyst or a manager with an active account.",
        )


def held_double_coding(double_coding: DoubleCoding) -> DoubleCoding:
    """The double coding as it is on file, locked after its program. Raises NoDoubleCoding."""
    Program.objects.filter(cycles__double_codings=double_coding.pk).select_for_update(
        of=("self",), no_key=True
    ).first()
    rows = DoubleCoding.objects.select_for_update(of=("self",), no_key=True).select_related(
        "cycle__program", "condition__program", "first_coder", "second_coder"
    )
    present = rows.filter(pk=double_coding.pk).first()
    if present is None:
        raise NoDoubleCoding(
            "There is no such double coding.", field="double_coding", value=double_coding.pk
        )
    return present


def require_standing(double_coding: DoubleCoding) -> None:
    """Raise CalledOff where the double coding was called off."""
    if double_coding.called_off_at is not None:
        raise CalledOff(
            f"The double coding of {double_coding.condition.code} was called off: "
            f"{double_coding.called_off_reason}",
            field="double_coding",
            value=double_coding.pk,
            remedy="A manager can choose the condition anew.",
        )


def _is_asked(condition: Condition, cycle: ReviewCycle) -> bool:
    until = condition.in_force_until
    begun = condition.in_force_from < cycle.due_on
    return (
        condition.program_id == cycle.program_id
        and begun
        and not (until is not None and until <= cycle.starts_on)
    )


def _not_choosable(condition: Condition, why: str, remedy: str) -> NotChoosable:
    return NotChoosable(
        f"{condition.code} {why}.", field="condition", value=condition.code, remedy=remedy
    )
