"""The gaps board: which checklist items of a program need evidence, and what else waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Max, QuerySet

from conditions.models import ChecklistItem, Condition, EvidenceLink, Program, SearchEntry
from conditions.queries.gaps_beside import Beside, beside
from conditions.rules.evidence import EvidenceRule, Exhibit
from conditions.rules.gaps import QUIET_DAYS, Gap, GapKind, gaps_of

MOST_CONDITIONS = 200
# A condition and one of its items, or none for the condition as a whole.
_Place = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One checklist item, or a condition as a whole (``item`` None), with what it lacks.

    ``newest_on`` is the day its newest document was published; ``searched_on`` the day somebody
    last looked for evidence on it. ``on_the_whole`` counts what is filed under the condition but
    under none of its items: some of it may belong here.
    """

    condition: Condition
    item: ChecklistItem | None
    gaps: tuple[Gap, ...]
    documents: int
    newest_on: date | None
    searched_on: date | None
    on_the_whole: int

    @property
    def kinds(self) -> frozenset[GapKind]:
        """The kinds of its gaps."""
        return frozenset(gap.kind for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class GapsBoard:
    """What needs work in one program on one day.

    ``counts`` says how many rows have each kind of gap, before they were narrowed to one kind;
    ``calm`` how many rows lack nothing.
    """

    program: Program
    day: date
    quiet_days: int
    rows: tuple[Row, ...]
    counts: Mapping[GapKind, int]
    calm: int
    beside: Beside


@dataclass(slots=True)
class _Filed:
    """What is filed under one item or condition."""

    exhibits: list[Exhibit] = field(default_factory=list)
    documents: int = 0
    newest_on: date | None = None
    unplaced: int = 0

    def add(self, exhibit: Exhibit, documents: int, newest_on: date) -> None:
        self.exhibits.append(exhibit)
        self.documents += documents
        self.newest_on = max(self.newest_on or newest_on, newest_on)


def gaps_board(
    program: Program,
    *,
    as_of: datetime,
    sensitivities: Collection[str],
    quiet_days: int = QUIET_DAYS,
    kind: GapKind | None = None,
) -> GapsBoard:
    """What lacks evidence in ``program`` at ``as_of``, by condition and item. Fourteen queries.

    ``kind`` narrows the rows to those with a gap of that kind.
    """
    day = program.day_of(as_of)
    conditions = _conditions(program, day)
    filed = _filed(conditions, as_of=as_of, sensitivities=sensitivities)
    searched = _searched(conditions)
    rows = [
        _row(condition, item, filed, searched, day=day, quiet_days=quiet_days)
        for condition in conditions
        for item in (None, *_asked(condition, day))
    ]
    counts = Counter(one for row in rows for one in row.kinds)
    return GapsBoard(
        program=program,
        day=day,
        quiet_days=quiet_days,
        rows=tuple(row for row in rows if (kind in row.kinds if kind else row.gaps)),
        counts={one: counts[one] for one in GapKind},
        calm=sum(not row.gaps for row in rows),
        beside=beside(program, as_of=as_of, sensitivities=sensitivities),
    )


def _conditions(program: Program, day: date) -> list[Condition]:
    rows = program.conditions.in_force_on(day).prefetch_related("checklist")
    return list(rows.order_by("position")[:MOST_CONDITIONS])


def _asked(condition: Condition, day: date) -> Iterable[ChecklistItem]:
    return (
        item
        for item in condition.checklist.all()
        if item.retired_on is None or item.retired_on > day
    )


def _row(
    condition: Condition,
    item: ChecklistItem | None,
    filed: Mapping[_Place, _Filed],
    searched: Mapping[_Place, date],
    *,
    day: date,
    quiet_days: int,
) -> Row:
    place = (condition.pk, item.pk if item else None)
    found = filed.get(place, _Filed())
    whole = filed.get((condition.pk, None), _Filed())
    rule = EvidenceRule.from_mapping(item.evidence_rule) if item else None
    return Row(
        condition=condition,
        item=item,
        gaps=gaps_of(
            found.exhibits, rule, newest_on=found.newest_on, day=day, quiet_days=quiet_days
        ),
        documents=found.documents,
        newest_on=found.newest_on,
        searched_on=searched.get(place),
        on_the_whole=whole.unplaced,
    )


def _filed(
    conditions: Collection[Condition], *, as_of: datetime, sensitivities: Collection[str]
) -> dict[_Place, _Filed]:
    """What is filed, by condition and item; a document under an item counts for its condition too.

    One that is filed under several items is one document of the condition.
    """
    standing = EvidenceLink.objects.standing_at(as_of).filter(
        condition__in=conditions, evidence__sensitivity__in=sensitivities
    )
    filed: dict[_Place, _Filed] = {}
    for condition, item, exhibit, documents, newest_on in _exhibits(standing):
        for place in {(condition, item), (condition, None)}:
            filed.setdefault(place, _Filed()).add(exhibit, documents, newest_on)
        if item is None:
            filed[condition, None].unplaced += documents
    counted_once = standing.values_list("condition").annotate(Count("evidence", distinct=True))
    for condition, documents in counted_once.order_by():
        filed[condition, None].documents = documents
    return filed


def _exhibits(
    standing: QuerySet[EvidenceLink],
) -> Iterator[tuple[int, int | None, Exhibit, int, date]]:
    """Condition, item, whose words they are, how many documents, and the day of the newest.

    Grouped by whose words they are, so that a condition with thousands of documents costs no more
    than its number of sources.
    """
    groups = (
        standing.values_list(
            "condition",
            "checklist_item",
            "evidence__source",
            "evidence__voice",
            "evidence__source__reliability",
            "evidence__credibility",
            "stance",
            "evidence__is_primary",
        )
        .annotate(
            documents=Count("evidence", distinct=True),
            published=Max("evidence__published_on"),
            recorded=Max("recorded_at"),
        )
        .order_by()
    )
    for condition, item, source, voice, grade, sure, stance, primary, *counted in groups:
        exhibit = Exhibit(source, voice or None, grade, sure, stance, primary)
        documents, published, recorded = counted
        yield condition, item, exhibit, documents, published or recorded.date()


def _searched(conditions: Collection[Condition]) -> dict[_Place, date]:
    rows = (
        SearchEntry.objects.filter(condition__in=conditions, corrected_by__isnull=True)
        .values_list("condition", "checklist_item")
        .annotate(newest=Max("searched_on"))
        .order_by()
    )
    found: dict[_Place, date] = {}
    for condition, item, newest in rows:
        for place in {(condition, item), (condition, None)}:
            found[place] = max(found.get(place, newest), newest)
    return found
