"""The conditions of two texts side by side: which answer to each other, which stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from conditions.models import ConditionVersion, Crosswalk, Program
from conditions.queries.asof import AsOf

# The relation is told of the later text, whichever side recorded it.
_SEEN_FROM_THE_OTHER_SIDE = {
    Crosswalk.Relation.NARROWER.value: Crosswalk.Relation.BROADER.value,
    Crosswalk.Relation.BROADER.value: Crosswalk.Relation.NARROWER.value,
}


@dataclass(frozen=True, slots=True)
class ConditionText:
    """One condition as worded at a moment, with the half-open span of its force."""

    id: int
    program_id: int
    code: str
    title: str
    provision: str
    citation: str
    mark: str
    sources: tuple[str, ...]
    in_force_from: date
    in_force_until: date | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two conditions that answer to each other; ``relation`` is what the later is to the earlier.

    ``notes`` are those of both texts, the earlier one's first.
    """

    earlier: ConditionText
    later: ConditionText
    relation: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """The pairs in the order of the later text, and what has no counterpart on either side."""

    pairs: tuple[Pair, ...]
    new: tuple[ConditionText, ...]
    gone: tuple[ConditionText, ...]


def matching(earlier: Program, later: Program, as_of: AsOf) -> Matching:
    """Every condition of two programs known at ``as_of.known_at``, matched over the crosswalk.

    It does not matter which of the two recorded that they answer to each other. Two queries.
    """
    texts = _texts((earlier, later), as_of)
    before = [row for row in texts.values() if row.program_id == earlier.pk]
    after = [row for row in texts.values() if row.program_id == later.pk]
    ties = _ties(texts)
    pairs = tuple(
        _pair(old, new, ties)
        for new in after
        for old in before
        if (old.id, new.id) in ties or (new.id, old.id) in ties
    )
    matched = {row.id for pair in pairs for row in (pair.earlier, pair.later)}
    return Matching(
        pairs=pairs,
        new=tuple(row for row in after if row.id not in matched),
        gone=tuple(row for row in before if row.id not in matched),
    )


_Ties = Mapping[tuple[int, int], tuple[str, str]]


def _ties(condition_ids: Iterable[int]) -> _Ties:
    ids = list(condition_ids)
    rows = Crosswalk.objects.filter(condition__in=ids, counterpart__in=ids)
    return {
        (condition, counterpart): (relation, note)
        for condition, counterpart, relation, note in rows.values_list(
            "condition", "counterpart", "relation", "note"
        )
    }


def _pair(old: ConditionText, new: ConditionText, ties: _Ties) -> Pair:
    own, other = ties.get((old.id, new.id)), ties.get((new.id, old.id))
    told = [tie for tie in (own, other) if tie is not None]
    relation = told[0][0]
    if own is None:
        relation = _SEEN_FROM_THE_OTHER_SIDE.get(relation, relation)
    notes = dict.fromkeys(note for _, note in told if note)
    return Pair(old, new, relation, tuple(notes))


def _texts(programs: Iterable[Program], as_of: AsOf) -> dict[int, ConditionText]:
    rows = ConditionVersion.objects.filter(
        condition__program__in=programs, recorded_at__lte=as_of.known_at
    ).select_related("condition")
    newest = {
        row.condition_id: row
        for row in rows.order_by("condition__position", "condition_id", "number")
    }
    return {pk: _text(version) for pk, version in newest.items()}


def _text(version: ConditionVersion) -> ConditionText:
    condition = version.condition
    content: dict[str, Any] = version.content
    marks = content.get("marks", condition.marks)
    return ConditionText(
        id=condition.pk,
        program_id=condition.program_id,
        code=condition.code,
        title=str(content.get("title") or condition.title),
        provision=str(content.get("provision") or condition.provision),
        citation=str(content.get("citation") or condition.citation),
        mark=str(marks.get("mark", "")),
        sources=tuple(marks.get("sources", ())),
        in_force_from=condition.in_force_from,
        in_force_until=condition.in_force_until,
    )
