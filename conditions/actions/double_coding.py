"""Double coding: which conditions two people are to code blind, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from conditions.actions.coders import (
    Pairs,
    require_choosable,
    require_worked_on,
)
from conditions.actions.record import record_event, require_permission
from conditions.models import Condition, DoubleCoding, Program, ReviewCycle, User
from conditions.queries.coders import choosable
from conditions.rules.refusals import Invalid
from conditions.rules.sampling import Draw


class NotAsDrawn(Invalid):
    """What is to be chosen is not what the draw picks, or from what it was drawn."""


class NothingChosen(Invalid):
    """No condition was chosen."""


def choose_for_double_coding(
    *,
    cycle: ReviewCycle,
    pairs: Mapping[Condition, tuple[User, User]],
    by: User,
    as_of: datetime,
    draw: Draw | None = None,
) -> tuple[DoubleCoding, ...]:
    """Have each condition coded blind in ``cycle`` by its two people; all of them or none.

    A ``draw`` that picked the conditions goes on record with its seed. Raises NothingChosen,
    NotAsDrawn, CycleNotOpen, NotChoosable, TwoNeeded and CannotCode.
    """
    require_permission(by, "add_doublecoding", to="choose conditions for double coding")
    with transaction.atomic():
        Program.objects.hold(cycle.program_id)
        cycle = ReviewCycle.objects.select_related("program").get(pk=cycle.pk)
        require_worked_on(cycle, as_of)
        _require_as_drawn(cycle, pairs, draw)
        require_choosable(cycle, pairs)
        return tuple(
            _choose(cycle, condition, pair, by=by, as_of=as_of, draw=draw)
            for condition, pair in pairs.items()
        )


def _require_as_drawn(cycle: ReviewCycle, pairs: Pairs, draw: Draw | None) -> None:
    codes = {condition.code for condition in pairs}
    if not codes:
        raise NothingChosen(
            "No condition was chosen.",
            field="pairs",
            value=(),
            remedy="Choose at least one condition, or draw some at random.",
        )
    if draw is None:
        return
    if sorted(draw.pool) != sorted(condition.code for condition in choosable(cycle)):
        raise NotAsDrawn(
            "The conditions drawn from are not those that can be chosen now.",
            field="draw",
            value=list(draw.pool),
            remedy="Draw again.",
        )
    if codes != draw.chosen():
        raise NotAsDrawn(
            f"The draw picks {', '.join(sorted(draw.chosen()))}.",
            field="draw",
            value=sorted(codes),
            remedy="Choose what was drawn, or choose by hand and say nothing of a draw.",
        )


def _choose(
    cycle: ReviewCycle,
    condition: Condition,
    pair: tuple[User, User],
    *,
    by: User,
    as_of: datetime,
    draw: Draw | None,
) -> DoubleCoding:
    made = DoubleCoding.objects.create(
        cycle=cycle,
        condition=condition,
        first_coder=pair[0],
        second_coder=pair[1],
        chosen_at=as_of,
        chosen_by=by,
    )
    if draw is None:
        record_choice("doublecoding.chosen", made, by, as_of)
    else:
        drawn = {"seed": draw.seed, "size": draw.size, "pool": list(draw.pool)}
        record_choice(
            "doublecoding.chosen",
            made,
            by,
            as_of,
            drawn=drawn,
            reason=f"Drawn at random, {draw.size} of {len(draw.pool)}, by the seed {draw.seed}.",
        )
    return made


def people_of(double_coding: DoubleCoding) -> dict[str, str]:
    """The two coders by their user names, as an event tells them."""
    return {
        "first_coder": double_coding.first_coder.get_username(),
        "second_coder": double_coding.second_coder.get_username(),
    }


def record_choice(
    verb: str,
    double_coding: DoubleCoding,
    by: User,
    as_of: datetime,
    *,
    before: dict[str, str] | None = None,
    drawn: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Append the event of a double coding, with who codes after it."""
    record_event(
        verb=verb,
        subject=double_coding,
        by=by,
        as_of=as_of,
        program=double_coding.cycle.program,
        condition=double_coding.condition,
        cycle=double_coding.cycle,
        before=before,
        after=people_of(double_coding) | ({"drawn": drawn} if drawn else {}),
        reason=reason.strip(),
    )
