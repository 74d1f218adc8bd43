"""Double coding as people may see it: a coding is its coder's own until both have coded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from conditions.models import (
    Assessment,
    ChecklistItem,
    Coding,
    Condition,
    DoubleCoding,
    Program,
    ReviewCycle,
    User,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one coder found on one checklist item."""

    status: str
    note: str


@dataclass(frozen=True, slots=True)
class ItemPair:
    """One checklist item as both found it."""

    item_id: int
    code: str
    statement: str
    first: Said
    second: Said

    @property
    def differs(self) -> bool:
        """Whether the two statuses are not the same."""
        return self.first.status != self.second.status


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both codings of a condition, side by side."""

    double_coding: DoubleCoding
    first: Coding
    second: Coding
    items: tuple[ItemPair, ...]

    def shared(self, field: str) -> str:
        """What both say in ``status``, ``limb`` or ``confidence``; empty where they differ."""
        one, other = getattr(self.first, field), getattr(self.second, field)
        return str(one) if one == other else ""

    @property
    def differing(self) -> tuple[str, ...]:
        """Those of the three marks in which the two differ."""
        marks = ("status", "confidence", "limb")
        return tuple(
            mark for mark in marks if getattr(self.first, mark) != getattr(self.second, mark)
        )


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the two coders, and when they sealed what they say; None while it is awaited."""

    coder: User
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DoubleCodingRow:
    """One double coding of a cycle; ``comparison`` is there once both have coded.

    ``assessment`` is the judgement that is in work or approved in the cycle, if any.
    """

    double_coding: DoubleCoding
    seats: tuple[Seat, Seat]
    comparison: Comparison | None
    assessment: Assessment | None

    @property
    def is_complete(self) -> bool:
        """Whether both have coded."""
        return all(seat.sealed_at is not None for seat in self.seats)


def visible_codings(reader: User) -> QuerySet[Coding]:
    """One's own codings; those of others once both coders of a condition have sealed theirs."""
    seen = Q(coder=reader.pk)
    if reader.has_perm("conditions.view_coding"):
        other = Coding.objects.filter(double_coding=OuterRef("double_coding"))
        seen |= Q(Exists(other.exclude(coder=OuterRef("coder"))))
    programs = Program.objects.for_reader(reader)
    return Coding.objects.filter(seen, double_coding__cycle__program__in=programs)


def double_codings_of(cycle: ReviewCycle, reader: User) -> tuple[DoubleCodingRow, ...]:
    """Every double coding of a cycle, those called off included, in order. Five queries."""
    found = list(
        DoubleCoding.objects.filter(cycle=cycle)
        .select_related("condition__program", "first_coder", "second_coder", "chosen_by")
        .order_by("condition__position", "id")
    )
    # When each was sealed is told to everybody who sees double codings; what was said is not.
    sealed = {
        (double_coding_id, coder_id): sealed_at
        for double_coding_id, coder_id, sealed_at in Coding.objects.filter(
            double_coding__in=found
        ).values_list("double_coding_id", "coder_id", "sealed_at")
    }
    compared = _comparisons(found, reader)
    judged: dict[int, Assessment] = {}
    at_work = Q(approved_at__isnull=False) | Q(pk__in=Assessment.objects.still_open().values("pk"))
    for assessment in cycle.assessments.filter(at_work).order_by("approved_at", "id"):
        present = judged.get(assessment.condition_id)
        if present is None or present.approved_at is not None:
            judged[assessment.condition_id] = assessment
    return tuple(
        DoubleCodingRow(
            double_coding=row,
            seats=(
                Seat(row.first_coder, sealed.get((row.pk, row.first_coder_id))),
                Seat(row.second_coder, sealed.get((row.pk, row.second_coder_id))),
            ),
            comparison=compared.get(row.pk),
            assessment=judged.get(row.condition_id),
        )
        for row in found
    )


def reconciliation_of(condition: Condition, cycle: ReviewCycle, reader: User) -> Comparison | None:
    """Both codings that a judgement on ``condition`` in ``cycle`` reconciles; None without them.

    Three queries at most; one where the condition is not double-coded.
    """
    rows = DoubleCoding.objects.standing().filter(condition=condition, cycle=cycle)
    found = list(rows.select_related("first_coder", "second_coder"))
    for row in found:
        row.condition, row.cycle = condition, cycle
    return next(iter(_comparisons(found, reader).values()), None)


def own_coding(double_coding: DoubleCoding, reader: User) -> Coding | None:
    """What this reader sealed in a double coding, if they did. One query."""
    return visible_codings(reader).filter(double_coding=double_coding, coder=reader.pk).first()


def _comparisons(found: Iterable[DoubleCoding], reader: User) -> dict[int, Comparison]:
    by_id = {row.pk: row for row in found}
    if not by_id:
        return {}
    codings: dict[int, dict[int, Coding]] = {}
    for coding in visible_codings(reader).filter(double_coding__in=by_id):
        chosen = coding.double_coding = by_id[coding.double_coding_id]
        is_first = coding.coder_id == chosen.first_coder_id
        coding.coder = chosen.first_coder if is_first else chosen.second_coder
        codings.setdefault(coding.double_coding_id, {})[coding.coder_id] = coding
    both = {pk: pair for pk, pair in codings.items() if len(pair) == 2}
    items: dict[int, list[ChecklistItem]] = {}
    wanted = {by_id[pk].condition_id for pk in both}
    for item in ChecklistItem.objects.filter(condition__in=wanted).order_by("position", "id"):
        items.setdefault(item.condition_id, []).append(item)
    return {
        pk: _compared(by_id[pk], pair, items.get(by_id[pk].condition_id, []))
        for pk, pair in both.items()
    }


def _compared(
    row: DoubleCoding, pair: Mapping[int, Coding], items: Iterable[ChecklistItem]
) -> Comparison:
    first, second = pair[row.first_coder_id], pair[row.second_coder_id]
    one, other = findings_said(first), findings_said(second)
    on_file = {item.code: item for item in items}
    codes = [code for code in on_file if code in one or code in other]
    pairs = tuple(
        ItemPair(
            item_id=on_file[code].pk,
            code=code,
            statement=on_file[code].statement,
            first=one.get(code, _NOTHING),
            second=other.get(code, _NOTHING),
        )
        for code in codes
    )
    return Comparison(double_coding=row, first=first, second=second, items=pairs)


def findings_said(coding: Coding) -> dict[str, Said]:
    """What a coding found on each checklist item, by its code."""
    return {row["item"]: Said(row["status"], row["note"]) for row in coding.findings}


_NOTHING = Said("", "")
