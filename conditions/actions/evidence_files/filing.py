"""The rows that a batch of evidence lines becomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from conditions.actions.capture_orders import owe_captures
from conditions.actions.evidence_files.bearings import Bearing, Bearings
from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.evidence_files.publishers import Publishers
from conditions.actions.evidence_items import evidence_content
from conditions.actions.faults import Fault
from conditions.actions.record import snapshot
from conditions.actions.search_texts import write_search_text
from conditions.models import Event, Evidence, EvidenceLink, EvidenceVersion, Program, User
from conditions.models.plans import forget_plans
from conditions.rules.fingerprint import fingerprint

_SAID = ("evidence_id", "condition_id", "checklist_item_id", "stance", "note", "origin")


class _Taken:
    """What documents bear on already; what the crosswalk carries yields to any link there is."""

    def __init__(self, places: Iterable[tuple[int, int, int | None]]) -> None:
        self._places = set(places)
        self._conditions = {(evidence, condition) for evidence, condition, _ in self._places}

    def takes(self, evidence_id: int, bearing: Bearing) -> bool:
        """Whether this link is new; from then on it is taken."""
        condition = (evidence_id, bearing.condition_id)
        place = (*condition, bearing.checklist_item_id)
        is_carried = bearing.origin == EvidenceLink.Origin.CROSSWALK
        if place in self._places or (is_carried and condition in self._conditions):
            return False
        self._places.add(place)
        self._conditions.add(condition)
        return True


class Filing:
    """One run over an evidence file: what it has filed so far, batch by batch."""

    def __init__(
        self, bearings: Bearings, *, by: User | None, as_of: datetime, backdate: bool
    ) -> None:
        self.bearings, self.publishers = bearings, Publishers()
        self.by, self.as_of, self.backdate = by, as_of, backdate
        self.filed = self.known = self.linked = 0
        self._by_id = by.pk if by else None
        self._programs: set[int] = set()

    def file(self, lines: Sequence[EvidenceLine]) -> None:
        """File what is new among these lines and complete the links of all."""
        present = self._present(lines)
        fresh = _fresh(lines, present)
        self.publishers.meet((line, self._moment(line)) for line in fresh)
        for evidence in self._create(fresh):
            present.update(dict.fromkeys(_names(evidence.key, evidence.canonical_url), evidence))
        self.filed += len(fresh)
        self.known += len(lines) - len(fresh)
        self._link(lines, present)

    def finish(self) -> list[str]:
        """Grade the sources and mark the programs as changed; what to note."""
        Program.objects.touch(*self._programs, as_of=self.as_of)
        notes = self.publishers.finish(by=self.by)
        forget_plans(connection)
        return notes

    def _present(self, lines: Sequence[EvidenceLine]) -> dict[str, Evidence]:
        urls = {line.columns["canonical_url"] for line in lines} - {""}
        keys = [line.key for line in lines]
        rows = Evidence.objects.only("key", "canonical_url").known_as(keys, urls)
        return {name: row for row in rows for name in _names(row.key, row.canonical_url)}

    def _moment(self, line: EvidenceLine) -> datetime:
        known_from = line.known_from() if self.backdate else None
        return min(known_from, self.as_of) if known_from else self.as_of

    def _create(self, lines: Sequence[EvidenceLine]) -> list[Evidence]:
        rows = [self._row(line) for line in lines]
        Evidence.objects.bulk_create(rows)
        contents = [evidence_content(row) for row in rows]
        EvidenceVersion.objects.bulk_create(
            EvidenceVersion(
                evidence_id=row.pk,
                number=1,
                content=content,
                sha256=fingerprint(content),
                recorded_at=row.recorded_at,
                recorded_by_id=self._by_id,
            )
            for row, content in zip(rows, contents, strict=True)
        )
        write_search_text(row.pk for row in rows)
        # Not of a demonstration: its start would fetch from dozens of sites unasked.
        if not self.backdate:
            owe_captures(rows, by=self.by, as_of=self.as_of, behind=self.filed)
        # How sure the labeller was has no column of its own; it is kept on record.
        Event.objects.bulk_create(
            self._event(
                "evidence.filed", row, content | ({"labels_confidence": sure} if sure else {})
            )
            for row, content, sure in zip(
                rows, contents, (line.labels_confidence for line in lines), strict=True
            )
        )
        return rows

    def _row(self, line: EvidenceLine) -> Evidence:
        source = self.publishers[line.publisher]
        row = Evidence(
            key=line.key,
            recorded_at=self._moment(line),
            recorded_by=self.by,
            is_demonstration=self.backdate,
            **{**line.columns, "source_id": source.pk},
        )
        row.source = source
        return row

    def _link(self, lines: Sequence[EvidenceLine], present: dict[str, Evidence]) -> None:
        items = [(line, _find(line, present)) for line in lines]
        # Withdrawn links count too: what somebody took back is not put back by a file.
        links = EvidenceLink.objects.filter(evidence__in={item.pk for _, item in items})
        places = links.order_by().values_list("evidence_id", "condition_id", "checklist_item_id")
        taken = _Taken(places)
        rows, events = [], []
        for line, evidence in items:
            for bearing in self.bearings.of(line):
                if taken.takes(evidence.pk, bearing):
                    rows.append(self._link_row(line, evidence, bearing))
                    self._programs.add(bearing.program_id)
                    events.append((rows[-1], bearing))
        EvidenceLink.objects.bulk_create(rows)
        Event.objects.bulk_create(self._link_event(row, bearing) for row, bearing in events)
        self.linked += len(rows)

    def _link_row(self, line: EvidenceLine, evidence: Evidence, bearing: Bearing) -> EvidenceLink:
        return EvidenceLink(
            evidence_id=evidence.pk,
            condition_id=bearing.condition_id,
            checklist_item_id=bearing.checklist_item_id,
            stance=bearing.stance,
            note=bearing.note,
            origin=bearing.origin,
            recorded_at=self._moment(line),
            recorded_by_id=self._by_id,
        )

    def _link_event(self, row: EvidenceLink, bearing: Bearing) -> Event:
        said = snapshot(row, *_SAID)
        event = self._event("evidencelink.recorded", row, said)
        event.condition_id, event.program_id = bearing.condition_id, bearing.program_id
        return event

    def _event(self, verb: str, row: Evidence | EvidenceLink, after: dict[str, Any]) -> Event:
        return Event(
            at=row.recorded_at,
            actor_id=self._by_id,
            verb=verb,
            subject_type=row._meta.model_name or "",
            subject_id=str(row.pk),
            after=after,
        )


def clashes(lines: Sequence[EvidenceLine]) -> list[Fault]:
    """Faults of documents without address whose key another document on file was given."""
    named = {line.key: line for line in reversed(lines) if not line.item.url}
    first = EvidenceVersion.objects.filter(number=1, evidence__key__in=named)
    given = dict(first.values_list("evidence__key", "content__reference")) if named else {}
    given |= {key: line.item.reference for key, line in named.items() if key not in given}
    return [
        Fault("id", "Another document has this id.", line.key, "Use a free number.", line.number)
        for line in lines
        if not line.item.url and given[line.key] != line.item.reference
    ]


def _fresh(lines: Sequence[EvidenceLine], present: dict[str, Evidence]) -> list[EvidenceLine]:
    """Lines whose document is neither on file nor named by an earlier line."""
    seen = set(present)
    fresh = []
    for line in lines:
        if seen.isdisjoint(line.names()):
            fresh.append(line)
        seen.update(line.names())
    return fresh


def _find(line: EvidenceLine, present: dict[str, Evidence]) -> Evidence:
    return next(present[name] for name in line.names() if name in present)


def _names(key: str, canonical_url: str) -> list[str]:
    return [name for name in (canonical_url, key) if name]
