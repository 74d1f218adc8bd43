"""What would change if documents carried one voice: fewer sources, and rules no longer met."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet

from conditions.models import EvidenceLink
from conditions.rules.evidence import (
    EvidenceRule,
    Exhibit,
    independent_sources,
    rule_met,
    sources_in_words,
)

# No slug has a space in it: nothing on file carries this voice.
_ONE_VOICE: Final = "one voice"


@dataclass(frozen=True, slots=True)
class Effect:
    """A condition, or an item of its checklist, that would count otherwise.

    ``was_met`` and ``is_met`` tell of the item's evidence rule; None where there is none.
    """

    program: str
    condition_id: int
    place: str
    before: int
    after: int
    was_met: bool | None
    is_met: bool | None

    @property
    def loses_its_rule(self) -> bool:
        """Whether an evidence rule that is met would not be met any more."""
        return bool(self.was_met) and not self.is_met

    @property
    def sentence(self) -> str:
        """What would change, in words."""
        before = sources_in_words(self.before)
        # Not "12 would become ten": both in digits, or both in words.
        in_digits = before.startswith(str(self.before))
        after = str(self.after) if in_digits else sources_in_words(self.after).split(" ")[0]
        change = f"{before} would become {after}"
        if self.was_met is None:
            return f"{change}."
        if self.loses_its_rule:
            return f"{change}; its evidence rule would no longer be met."
        return f"{change}; its evidence rule is {'still' if self.is_met else 'not'} met."


@dataclass(frozen=True, slots=True)
class _Row:
    evidence_id: int
    program: str
    condition_id: int
    condition: str
    item_id: int | None
    item: str
    rule: Mapping[str, object] | None
    exhibit: Exhibit


def effects_of(
    groups: Sequence[Collection[int]], sensitivities: Collection[str]
) -> tuple[tuple[Effect, ...], ...]:
    """For each group of documents, what would count otherwise if it carried one voice.

    Counted among the documents that a reader of these sensitivities may see. Two queries.
    """
    of_groups = {pk for group in groups for pk in group}
    standing = EvidenceLink.objects.filter(withdrawn_at__isnull=True)
    concerned = set(
        standing.filter(evidence__in=of_groups).values_list("condition", flat=True).distinct()
    )
    rows = _rows(standing, concerned, sensitivities)
    return tuple(tuple(_effects(frozenset(group), rows)) for group in groups)


def _effects(group: frozenset[int], rows: Sequence[_Row]) -> Iterable[Effect]:
    touched = {row.condition_id for row in rows if row.evidence_id in group}
    for condition in sorted(touched):
        own = [row for row in rows if row.condition_id == condition]
        yield from _effect(group, own, own[0].condition, None)
        for item in dict.fromkeys(row.item_id for row in own if row.item_id is not None):
            filed = [row for row in own if row.item_id == item]
            first = filed[0]
            rule = EvidenceRule.from_mapping(first.rule or {})
            yield from _effect(group, filed, f"{first.condition} {first.item}", rule)


def _effect(
    group: frozenset[int], rows: Sequence[_Row], place: str, rule: EvidenceRule | None
) -> Iterable[Effect]:
    before = [row.exhibit for row in rows]
    after = [
        replace(row.exhibit, voice=_ONE_VOICE) if row.evidence_id in group else row.exhibit
        for row in rows
    ]
    counts = independent_sources(before), independent_sources(after)
    if counts[0] == counts[1]:
        return
    yield Effect(
        program=rows[0].program,
        condition_id=rows[0].condition_id,
        place=place,
        before=counts[0],
        after=counts[1],
        was_met=rule_met(rule, before).met if rule else None,
        is_met=rule_met(rule, after).met if rule else None,
    )


def _rows(
    standing: QuerySet[EvidenceLink], concerned: set[int], sensitivities: Collection[str]
) -> list[_Row]:
    rows = standing.filter(condition__in=concerned, evidence__sensitivity__in=sensitivities)
    columns = rows.order_by("condition__position", "checklist_item__position", "id").values(
        *("evidence_id", "condition__program__short_title", "condition_id", "condition__code"),
        *("checklist_item_id", "checklist_item__code", "checklist_item__evidence_rule"),
        *("evidence__source_id", "evidence__voice", "evidence__source__reliability"),
        *("evidence__credibility", "stance", "evidence__is_primary"),
    )
    return [
        _Row(
            evidence_id=row["evidence_id"],
            program=row["condition__program__short_title"],
            condition_id=row["condition_id"],
            condition=row["condition__code"],
            item_id=row["checklist_item_id"],
            item=row["checklist_item__code"] or "",
            rule=row["checklist_item__evidence_rule"],
            exhibit=Exhibit(
                source_id=row["evidence__source_id"],
                voice=row["evidence__voice"] or None,
                reliability=row["evidence__source__reliability"],
                credibility=row["evidence__credibility"],
                stance=row["stance"],
                is_primary=row["evidence__is_primary"],
            ),
        )
        for row in columns
    ]
