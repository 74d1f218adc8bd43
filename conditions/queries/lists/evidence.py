"""Sources, evidence and what it bears on, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import IsNull

from conditions.models import (
    Evidence,
    EvidenceLink,
    EvidenceVersion,
    LinkHealth,
    Program,
    Source,
)
from conditions.models.evidence import EvidenceQuerySet
from conditions.queries.full_text import by_index, matching
from conditions.queries.link_health import health_of
from conditions.queries.lists.evidence_filters import (
    AT_LEAST_CREDIBLE,
    AT_LEAST_RELIABLE,
    CONDITION,
    CYCLE,
    LANGUAGE,
    PROGRAM,
    SOURCE,
    STANCE,
    VOICE,
    graded,
    linked,
    published_in,
)
from conditions.queries.lists.filters import Filter, day, moment, number, one_of, text, yes_no
from conditions.queries.lists.paging import Listing
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader, Sensitivity
from conditions.rules.evidence import RELIABILITY, Stance
from conditions.rules.search_words import read_search


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Who publishes; ``reliability`` runs from A to F (Admiralty code)."""

    id: int
    name: str
    kind: str
    language: str
    ownership: str
    reliability: str


@dataclass(frozen=True, slots=True)
class LinkStateRow:
    """What the last look at an item's address found, since when, and since when it is lost."""

    state: str
    since: datetime | None
    lost_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One published item, in our own words. ``grade`` is its source's letter and its own number.

    ``link`` tells how its address is; it is null for an item without one.
    """

    id: int
    key: str
    url: str
    reference: str
    title: str
    source_id: int
    source: str
    reliability: str
    credibility: int
    published_on: date | None
    fact_on: date | None
    fact_precision: str
    language: str
    summary: str
    passage_hint: str
    voice: str
    event_slug: str
    sensitivity: str
    is_primary: bool
    is_demonstration: bool
    revision: int
    recorded_at: datetime
    grade: str
    link: LinkStateRow | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class EvidenceLinkRow:
    """What an item bears on, and how; ``checklist_item`` is a code, or null for the condition."""

    id: int
    evidence_id: int
    evidence: str
    program: str
    condition: str
    checklist_item: str | None
    stance: str
    note: str
    origin: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str


@dataclass(frozen=True, slots=True)
class EvidenceDetail(EvidenceRow):
    """One published item with its longer notes."""

    text: str


def visible_evidence(reader: Reader) -> EvidenceQuerySet:
    """The items whose sensitivity this reader may see.

    What was only ever linked to programs that the reader may not open stays with those programs;
    a background document without any link belongs to nobody's program.
    """
    rows = Evidence.objects.with_sensitivity(sensitivities_for(reader))
    if reader.has_perm("conditions.view_program"):
        return rows
    links = EvidenceLink.objects.filter(evidence=OuterRef("pk")).order_by()
    open_to_reader = links.filter(condition__program__in=Program.objects.for_reader(reader))
    # Not EXISTS: beside an OR, PostgreSQL would gather every link first to answer for twenty rows.
    return rows.filter(
        Q(IsNull(Subquery(links.values("pk")[:1]), True))
        | Q(IsNull(Subquery(open_to_reader.values("pk")[:1]), False))
    )


def _sources(reader: Reader) -> QuerySet[Any]:
    own = Evidence.objects.filter(source=OuterRef("pk"))
    seen = Exists(visible_evidence(reader).filter(source=OuterRef("pk")))
    if reader.has_perm("conditions.view_source"):
        return Source.objects.filter(Q(seen) | ~Exists(own))
    return Source.objects.filter(seen)


def visible_links(reader: Reader) -> QuerySet[EvidenceLink]:
    """The links whose document and program this reader may see."""
    return EvidenceLink.objects.filter(
        evidence__sensitivity__in=sensitivities_for(reader),
        condition__program__in=Program.objects.for_reader(reader),
    )


def _with_links(rows: list[Any], reader: Reader, as_of: datetime) -> list[Any]:
    found = health_of([row.id for row in rows], known_at=as_of)
    links = {pk: LinkStateRow(one.state, one.since, one.lost_at) for pk, one in found.items()}
    return [replace(row, link=links.get(row.id, _UNKNOWN)) if row.url else row for row in rows]


def _narrow_evidence(
    rows: QuerySet[Any], values: Mapping[str, Any], reader: Reader
) -> QuerySet[Any]:
    rows = linked(graded(rows, values), values, reader)
    rows = published_in(rows, values, reader)
    if "q" in values:
        rows = matching(rows, values["q"])
    if "changed_since" in values:
        newest = EvidenceVersion.objects.filter(evidence=OuterRef("pk")).order_by("-number")
        rows = rows.annotate(changed_at=Subquery(newest.values("recorded_at")[:1]))
        rows = rows.filter(changed_at__gte=values["changed_since"])
    return rows


def _narrow_links(rows: QuerySet[Any], values: Mapping[str, Any], reader: Reader) -> QuerySet[Any]:
    if "standing" in values:
        rows = rows.filter(withdrawn_at__isnull=values["standing"])
    if "changed_since" in values:
        since = values["changed_since"]
        rows = rows.filter(Q(recorded_at__gte=since) | Q(withdrawn_at__gte=since))
    return rows


def _narrow_sources(
    rows: QuerySet[Any], values: Mapping[str, Any], reader: Reader
) -> QuerySet[Any]:
    if "changed_since" in values:
        rows = rows.filter(grades__recorded_at__gte=values["changed_since"]).distinct()
    return rows


def _graded(reader: Reader) -> QuerySet[Any]:
    number = Cast("credibility", CharField(max_length=1))
    return visible_evidence(reader).annotate(grade=Concat("source__reliability", number))


_UNKNOWN = LinkStateRow(LinkHealth.State.UNKNOWN.value, None, None)
_EVIDENCE_COLUMNS = (
    *("id", "key", "url", "reference", "title", "source_id", "source__name"),
    *("source__reliability", "credibility", "published_on", "fact_on", "fact_precision"),
    *("language", "summary", "passage_hint", "voice", "event_slug", "sensitivity"),
    *("is_primary", "is_demonstration", "revision", "recorded_at", "grade"),
)
_WORDS = Filter(
    "q",
    "Holds these words in its title, summary, notes or the text of its newest copy: all words, "
    'any order; "words in quotes" stand together; -word is left out; word* may go on. Case and '
    "diacritics do not matter.",
    "string",
    read_search,
)
SOURCES = Listing(
    row=SourceRow,
    columns=("id", "name", "kind", "language", "ownership", "reliability"),
    visible=_sources,
    filters=(
        one_of("kind", "The kind of source.", Source.Kind.values, "kind"),
        text("language", "The language it publishes in.", "language"),
        one_of("reliability", "Its reliability now.", RELIABILITY, "reliability"),
        moment("changed_since", "Graded at this moment or later."),
    ),
    orderings=("id", "-id", "name", "-name"),
    narrow=_narrow_sources,
)
EVIDENCE = Listing(
    row=EvidenceRow,
    columns=_EVIDENCE_COLUMNS,
    visible=_graded,
    filters=(
        _WORDS,
        PROGRAM,
        CONDITION,
        STANCE,
        AT_LEAST_RELIABLE,
        AT_LEAST_CREDIBLE,
        SOURCE,
        LANGUAGE,
        CYCLE,
        VOICE,
        text("event_slug", "The event it tells of.", "event_slug"),
        one_of(
            "sensitivity",
            "How far it may travel.",
            [level.value for level in Sensitivity],
            "sensitivity",
        ),
        day("published_after", "Published after this day.", "published_on__gt"),
        day("published_before", "Published before this day.", "published_on__lt"),
        day("fact_after", "Happened after this day.", "fact_on__gt"),
        day("fact_before", "Happened before this day.", "fact_on__lt"),
        moment("changed_since", "Filed or amended at this moment or later."),
    ),
    orderings=("-id", "id", "published_on", "-published_on"),
    narrow=_narrow_evidence,
    in_order=by_index,
    complete=_with_links,
    may_lack=frozenset({"published_on"}),
)
EVIDENCE_DETAIL = Listing(
    row=EvidenceDetail,
    columns=(*_EVIDENCE_COLUMNS, "text"),
    visible=_graded,
    filters=(),
    orderings=("id",),
    complete=_with_links,
)
EVIDENCE_LINKS = Listing(
    row=EvidenceLinkRow,
    columns=(
        *("id", "evidence_id", "evidence__key", "condition__program__slug", "condition__code"),
        *("checklist_item__code", "stance", "note", "origin", "recorded_at", "withdrawn_at"),
        "withdrawal_reason",
    ),
    visible=visible_links,
    filters=(
        text("program", "The program's slug.", "condition__program__slug"),
        text("condition", "The condition's code.", "condition__code"),
        number("evidence", "The item's id.", "evidence_id"),
        number("source", "The id of the item's source.", "evidence__source_id"),
        one_of("stance", "The stance.", [stance.value for stance in Stance], "stance"),
        yes_no("standing", "Whether it still stands (true) or was withdrawn (false)."),
        moment("changed_since", "Recorded or withdrawn at this moment or later."),
    ),
    orderings=("-id", "id"),
    narrow=_narrow_links,
)
