"""Link health as pages show it: where documents are no longer found, and what copy is held."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, NullIf

from conditions.models import Capture, Event, Evidence, EvidenceLink, LinkHealth
from conditions.queries.captures import HeldCopy, held_copies
from conditions.queries.cycles import CycleDates
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.days import zone


@dataclass(frozen=True, slots=True)
class LinkState:
    """What was known of an address at some moment; ``lost_at`` is None while found."""

    url: str
    state: str
    since: datetime | None
    lost_at: datetime | None


@dataclass(frozen=True, slots=True)
class LostLink:
    """A document that is no longer at its address, and the newest copy held of it, if any."""

    url: str
    lost_at: datetime
    copy: HeldCopy | None


@dataclass(frozen=True, slots=True)
class LostCount:
    """How many documents of a condition were lost at their addresses, and copies held of them."""

    documents: int
    copies: int

    @property
    def copies_told(self) -> str:
        """What is held of them, as the end of a sentence."""
        if self.documents == 1:
            return "our copy is kept" if self.copies else "no copy is kept"
        return f"our copy is kept of {self.copies}" if self.copies else "no copy is kept of them"


def health_of(evidence_ids: Collection[int], *, known_at: datetime) -> dict[int, LinkState]:
    """How the address of each document stood at ``known_at``; none for those without. One query.

    A change that came later is not told: an address first looked at later reads as unknown.
    """
    known = Q(evidence__in=evidence_ids) & (_PRESENT | _changed_after(known_at))
    states = (_state_of(row) for row in _as_known(known_at).filter(known))
    return {pk: state for pk, state in states if state.url}


def lost_links(evidence_ids: Collection[int], *, known_at: datetime) -> dict[int, LostLink]:
    """Those of these documents that were lost at their address at ``known_at``, with our copies.

    One query, two where a document is lost; none without documents.
    """
    perhaps = _lost_since_before(known_at) | _changed_after(known_at)
    states = map(_state_of, _as_known(known_at).filter(perhaps, evidence__in=evidence_ids))
    rows = {pk: (state.url, state.lost_at) for pk, state in states if state.lost_at}
    copies = held_copies(rows, known_at=known_at) if rows else {}
    return {pk: LostLink(url, at, copies.get(pk)) for pk, (url, at) in rows.items()}


def lost_links_in_cycle(
    condition_ids: Collection[int],
    cycle: CycleDates | None,
    *,
    time_zone: str,
    known_at: datetime,
    sensitivities: Collection[str],
) -> Mapping[int, LostCount]:
    """How many documents of each condition were lost in a cycle, as known at ``known_at``.

    Only documents whose sensitivity is among those given, by links that stood then. One query, none
    without conditions or cycle.
    """
    if cycle is None or not condition_ids:
        return {}
    began, ends = _midnight(cycle.starts_on, time_zone), _midnight(cycle.due_on, time_zone)
    links = EvidenceLink.objects.standing_at(known_at).filter(
        condition__in=condition_ids, evidence__sensitivity__in=sensitivities
    )
    found: dict[int, list[bool]] = {}
    for condition_id, _, is_kept, lost_then in _perhaps_lost(links, began, ends, known_at):
        # None where the row itself is the answer, empty where the document was not lost then.
        if lost_then is None or (lost_then and began <= datetime.fromisoformat(lost_then) < ends):
            found.setdefault(condition_id, []).append(is_kept)
    return {pk: LostCount(len(kept), sum(kept)) for pk, kept in found.items()}


def _perhaps_lost(
    links: QuerySet[EvidenceLink], began: datetime, ends: datetime, known_at: datetime
) -> QuerySet[EvidenceLink, tuple[int, int, bool, str | None]]:
    """Condition, document, whether a copy is held, and since when it was lost if that changed."""
    kept = Capture.objects.stored().filter(evidence=OuterRef("evidence"), captured_at__lte=known_at)
    changed = _changed_after(known_at, "evidence__link_health__")
    in_cycle = Q(evidence__link_health__lost_at__gte=began, evidence__link_health__lost_at__lt=ends)
    # SQLite reads a null in JSON as the text "null".
    then = _event_by(known_at, OuterRef("evidence_id")).values(
        lost=NullIf(KT("after__lost_at"), Value("null"), output_field=TextField())
    )
    return (
        links.filter((_lost_since_before(known_at, "evidence__link_health__") & in_cycle) | changed)
        .order_by()
        .annotate(
            is_kept=Exists(kept),
            lost_then=Case(
                When(
                    changed, then=Coalesce(Subquery(then[:1]), Value(""), output_field=TextField())
                )
            ),
        )
        .values_list("condition_id", "evidence_id", "is_kept", "lost_then")
        .distinct()
    )


def link_of(evidence: Evidence) -> LinkHealth | None:
    """The last look at a document's present address; None when none is owed yet. One query."""
    return LinkHealth.objects.filter(_PRESENT, pk=evidence.pk).first()


def links_for(reader: Reader) -> QuerySet[LinkHealth]:
    """The addresses of documents that the reader may see."""
    seen = LinkHealth.objects.filter(evidence__sensitivity__in=sensitivities_for(reader))
    return seen.exclude(url="")


# What is known of a former address says nothing about the present one.
_PRESENT = Q(url=F("evidence__url")) & ~Q(url="")


def _changed_after(known_at: datetime, of: str = "") -> Q:
    """Rows that changed since: what they said before stands in the events alone.

    ``since`` moves with every change but that of becoming lost, which moves ``lost_at``.
    """
    return Q((f"{of}since__gt", known_at)) | Q((f"{of}lost_at__gt", known_at))


def _lost_since_before(known_at: datetime, of: str = "") -> Q:
    """Rows that are lost, and were so in the same way at ``known_at``."""
    names = {"since__lte": known_at, "lost_at__lte": known_at, "url": F("evidence__url")}
    return Q(*((f"{of}{name}", value) for name, value in names.items()))


def _event_by(known_at: datetime, evidence_id: OuterRef) -> QuerySet[Event]:
    """The changes of the address of a document by ``known_at``, the newest first."""
    return Event.objects.filter(
        subject_type="evidence",
        subject_id=Cast(evidence_id, CharField()),
        verb=LinkHealth.CHANGED,
        at__lte=known_at,
    ).order_by("-id")


def _as_known(known_at: datetime) -> QuerySet[LinkHealth]:
    """The rows; those that changed after ``known_at`` with what the newest event by then says."""
    changed = _changed_after(known_at)
    then = Subquery(_event_by(known_at, OuterRef("pk")).values("after")[:1])
    return LinkHealth.objects.order_by().annotate(
        then=Case(When(changed, then=then)),
        is_changed=Case(When(changed, then=Value(True)), default=Value(False)),
    )


def _state_of(row: Any) -> tuple[int, LinkState]:
    """How a row of ``_as_known`` stood."""
    if not row.is_changed:
        return row.pk, LinkState(row.url, row.state, row.since, row.lost_at)
    told = row.then or {"url": row.url, "state": LinkHealth.State.UNKNOWN.value}
    since, lost_at = (_moment(told.get(name)) for name in ("since", "lost_at"))
    return row.pk, LinkState(told["url"], told["state"], since, lost_at)


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(), zone(time_zone))
