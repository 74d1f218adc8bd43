"""Double codings for tests, made through the actions."""

from __future__ import annotations

from typing import Any

from conditions.actions.blind_coding import CodingText, code_blind
from conditions.actions.double_coding import choose_for_double_coding
from conditions.actions.judgements import ItemFinding
from conditions.models import ChecklistItem, Coding, Condition, DoubleCoding, ReviewCycle, User
from tests.days import TODAY, noon
from tests.factories import make_user


def add_items(condition: Condition, number: int) -> None:
    """Fill the checklist of ``condition`` up to ``number`` items."""
    for position in range(condition.checklist.count() + 1, number + 1):
        ChecklistItem.objects.create(
            condition=condition,
            code=f"{condition.code[0]}.{position}",
            position=position,
            statement=f"Benchmark {position} of {condition.code}.",
            evidence_rule=condition.checklist.earliest("position").evidence_rule,
        )


def make_double_coding(
    condition: Condition,
    cycle: ReviewCycle,
    first: User | None = None,
    second: User | None = None,
) -> DoubleCoding:
    """``condition``, chosen by a manager to be coded by two analysts."""
    [made] = choose_for_double_coding(
        cycle=cycle,
        pairs={condition: (first or make_user("analyst"), second or make_user("analyst"))},
        by=make_user("manager"),
        as_of=noon(TODAY),
    )
    return made


def coding_text(condition: Condition, statuses: str = "2", **changes: Any) -> CodingText:
    """A complete coding; ``statuses`` holds one code for each item, the last one serves the rest.

    The status of the condition is that of its first item.
    """
    items = list(condition.checklist.filter(retired_on__isnull=True).order_by("position"))
    given = statuses + statuses[-1] * len(items)
    findings = tuple(
        ItemFinding(item_id=item.pk, status=status, note=f"On {item.code}.")
        for item, status in zip(items, given, strict=False)
    )
    values = {
        "status": statuses[0],
        "confidence": "moderate",
        "rationale": "What the evidence shows.",
        "findings": findings,
    }
    return CodingText(**{**values, **changes})


def seal(double_coding: DoubleCoding, coder: User, statuses: str = "2", **changes: Any) -> Coding:
    """What ``coder`` says, sealed."""
    return code_blind(
        double_coding=double_coding,
        coding=coding_text(double_coding.condition, statuses, **changes),
        by=coder,
        as_of=noon(TODAY),
    )


def code_twice(
    condition: Condition, cycle: ReviewCycle, first: str = "2", second: str = "2"
) -> DoubleCoding:
    """A double coding that both have sealed, with these statuses."""
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder, first)
    seal(made, made.second_coder, second)
    return made
