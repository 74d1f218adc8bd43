"""The rows that a batch of evidence lines becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.evidence_items import evidence_content
from conditions.actions.faults import Fault
from conditions.actions.record import snapshot
from conditions.models import (
    Condition,
    Crosswalk,
    Event,
    Evidence,
    EvidenceLink,
    EvidenceVersion,
    Program,
    Source,
    SourceGrade,
    User,
)
from conditions.rules.fingerprint import fingerprint

GRADED = "As graded in the evidence file it came with."


class Filing:
    """One run over an evidence file: what it knows, what it has filed, and what to note."""

    def __init__(
        self,
        *,
        conditions: dict[str, Condition],
        program_slugs: Sequence[str],
        by: User | None,
        as_of: datetime,
        backdate: bool,
    ) -> None:
        self.conditions = conditions
        self.by, self.as_of, self.backdate = by, as_of, backdate
        self.filed = self.known = self.linked = 0
        self.notes: list[str] = []
        self.new_sources: dict[str, datetime] = {}
        self._sources: dict[str, Source] = {}
        self._reliabilities: dict[str, Counter[str]] = {}
        self._programs: set[int] = set()
        self._places = dict(
            Condition.objects.filter(program__slug__in=program_slugs).values_list(
                "pk", "program_id"
            )
        )
        self._counterparts: dict[int, list[int]] = {}
        for row in Crosswalk.objects.filter(condition__in=[c.pk for c in conditions.values()]):
            if row.counterpart_id in self._places:
                self._counterparts.setdefault(row.condition_id, []).append(row.counterpart_id)

    def strangers(self, lines: Sequence[EvidenceLine]) -> list[Fault]:
        """Faults of links to conditions that the program does not have."""
        remedy = f"Use one of {', '.join(self.conditions)}."
        return [
            Fault(
                f"conditions[{at}].code", "There is no such condition.", code, remedy, line.number
            )
            for line in lines
            for at, (code, _, _) in enumerate(line.links)
            if code not in self.conditions
        ]

    def file(self, lines: Sequence[EvidenceLine]) -> None:
        """File what is new among these lines and complete the links of all."""
        columns = {line.number: line.item.columns() for line in lines}
        present = self._present(lines, columns)
        fresh: dict[str, EvidenceLine] = {}
        for line in lines:
            names = _names(line.key, columns[line.number]["canonical_url"])
            if not any(name in present or name in fresh for name in names):
                fresh.update(dict.fromkeys(names, line))
        unique = list({line.number: line for line in fresh.values()}.values())
        self._know_sources(lines, unique)
        made = self._create(unique, columns)
        for evidence in made:
            present.update(dict.fromkeys(_names(evidence.key, evidence.canonical_url), evidence))
        self.filed += len(made)
        self.known += len(lines) - len(made)
        self._link(lines, columns, present)

    def finish(self) -> None:
        """Grade new sources as most of their documents are, and mark the programs as changed."""
        for name, counted in sorted(self._reliabilities.items()):
            most = max(counted.values())
            # As often one as the other: the weaker, so that nothing is held too reliable.
            usual = max(letter for letter, number in counted.items() if number == most)
            if name in self.new_sources:
                self._grade(self._sources[name], usual)
            if len(counted) > 1:
                seen = ", ".join(f"{letter} {counted[letter]} times" for letter in sorted(counted))
                kept = self._sources[name].reliability
                self.notes.append(f"{name} is graded {seen} in the file; {kept} is kept.")
        self._note_sources()
        Program.objects.touch(*self._programs, as_of=self.as_of)

    def _present(
        self, lines: Sequence[EvidenceLine], columns: dict[int, dict[str, Any]]
    ) -> dict[str, Evidence]:
        urls = [row["canonical_url"] for row in columns.values() if row["canonical_url"]]
        rows = Evidence.objects.filter(
            Q(key__in=[line.key for line in lines]) | Q(canonical_url__in=urls)
        ).only("key", "canonical_url")
        return {name: row for row in rows for name in _names(row.key, row.canonical_url)}

    def _know_sources(self, lines: Sequence[EvidenceLine], fresh: Sequence[EvidenceLine]) -> None:
        unseen = {line.publisher for line in lines} - self._sources.keys()
        self._sources |= {row.name: row for row in Source.objects.filter(name__in=unseen)}
        for line in fresh:
            self._reliabilities.setdefault(line.publisher, Counter())[line.reliability] += 1
            moment = self._moment(line)
            if line.publisher not in self._sources:
                self._sources[line.publisher] = Source(
                    name=line.publisher, language=line.item.language, reliability=line.reliability
                )
                self.new_sources[line.publisher] = moment
            elif line.publisher in self.new_sources:
                self.new_sources[line.publisher] = min(moment, self.new_sources[line.publisher])
        Source.objects.bulk_create(row for row in self._sources.values() if row.pk is None)

    def _moment(self, line: EvidenceLine) -> datetime:
        known_from = line.known_from() if self.backdate else None
        return min(known_from, self.as_of) if known_from else self.as_of

    def _create(
        self, lines: Sequence[EvidenceLine], columns: dict[int, dict[str, Any]]
    ) -> list[Evidence]:
        rows = []
        for line in lines:
            source = self._sources[line.publisher]
            values = columns[line.number] | {"source_id": source.pk}
            row = Evidence(
                key=line.key,
                recorded_at=self._moment(line),
                recorded_by=self.by,
                is_demonstration=self.backdate,
                **values,
            )
            row.source = source
            rows.append(row)
        Evidence.objects.bulk_create(rows)
        contents = [evidence_content(row) for row in rows]
        EvidenceVersion.objects.bulk_create(
            EvidenceVersion(
                evidence=row,
                number=1,
                content=content,
                sha256=fingerprint(content),
                recorded_at=row.recorded_at,
                recorded_by=self.by,
            )
            for row, content in zip(rows, contents, strict=True)
        )
        Event.objects.bulk_create(
            self._event(
                "evidence.filed",
                row,
                row.recorded_at,
                content | {"labels_confidence": line.labels_confidence},
            )
            for line, row, content in zip(lines, rows, contents, strict=True)
        )
        return rows

    def _link(
        self,
        lines: Sequence[EvidenceLine],
        columns: dict[int, dict[str, Any]],
        present: dict[str, Evidence],
    ) -> None:
        items = {line.number: self._item_of(line, columns, present) for line in lines}
        taken = set(
            EvidenceLink.objects.filter(evidence__in={item.pk for item in items.values()})
            .order_by()
            .values_list("evidence_id", "condition_id")
        )
        rows = []
        for line in lines:
            evidence = items[line.number]
            for condition_id, stance, note, origin in self._bearings(line):
                if (evidence.pk, condition_id) not in taken:
                    taken.add((evidence.pk, condition_id))
                    moment = self._moment(line)
                    rows.append(
                        EvidenceLink(
                            evidence=evidence,
                            condition_id=condition_id,
                            stance=stance,
                            note=note,
                            origin=origin,
                            recorded_at=moment,
                            recorded_by=self.by,
                        )
                    )
        EvidenceLink.objects.bulk_create(rows)
        Event.objects.bulk_create(self._link_event(row) for row in rows)
        self.linked += len(rows)
        self._programs |= {self._places[row.condition_id] for row in rows}

    def _item_of(
        self,
        line: EvidenceLine,
        columns: dict[int, dict[str, Any]],
        present: dict[str, Evidence],
    ) -> Evidence:
        names = _names(line.key, columns[line.number]["canonical_url"])
        return next(present[name] for name in names if name in present)

    def _bearings(self, line: EvidenceLine) -> list[tuple[int, str, str, str]]:
        direct = [
            (self.conditions[code].pk, stance, note, EvidenceLink.Origin.DIRECT.value)
            for code, stance, note in line.links
        ]
        carried = [
            (counterpart, stance, note, EvidenceLink.Origin.CROSSWALK.value)
            for condition_id, stance, note, _ in direct
            for counterpart in self._counterparts.get(condition_id, ())
        ]
        return direct + carried

    def _link_event(self, row: EvidenceLink) -> Event:
        said = snapshot(row, "evidence_id", "condition_id", "stance", "note", "origin")
        event = self._event("evidencelink.recorded", row, row.recorded_at, said)
        event.condition_id = row.condition_id
        event.program_id = self._places[row.condition_id]
        return event

    def _grade(self, source: Source, reliability: str) -> None:
        if source.reliability != reliability:
            source.reliability = reliability
            source.save(update_fields=["reliability"])

    def _note_sources(self) -> None:
        new = [(self._sources[name], moment) for name, moment in self.new_sources.items()]
        SourceGrade.objects.bulk_create(
            SourceGrade(
                source=source,
                reliability=source.reliability,
                reason=GRADED,
                recorded_at=moment,
                recorded_by=self.by,
            )
            for source, moment in new
        )
        Event.objects.bulk_create(
            self._event(
                "source.added", source, moment, snapshot(source, "name", "language", "reliability")
            )
            for source, moment in new
        )

    def _event(
        self, verb: str, row: Evidence | EvidenceLink | Source, at: datetime, after: dict[str, Any]
    ) -> Event:
        return Event(
            at=at,
            actor=self.by,
            verb=verb,
            subject_type=row._meta.model_name or "",
            subject_id=str(row.pk),
            after=after,
        )


def _names(key: str, canonical_url: str) -> list[str]:
    return [name for name in (canonical_url, key) if name]
