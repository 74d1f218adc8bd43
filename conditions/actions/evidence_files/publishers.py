"""The publishers of an evidence file as sources, graded as most of their documents are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.record import snapshot
from conditions.models import Event, Source, SourceGrade, User

GRADED = "As graded in the evidence file it came with."


class Publishers:
    """Sources by publisher through one run, and how the file grades each."""

    def __init__(self) -> None:
        self.new: dict[str, datetime] = {}
        self._sources: dict[str, Source] = {}
        self._grades: dict[str, Counter[str]] = {}

    def __getitem__(self, publisher: str) -> Source:
        return self._sources[publisher]

    def meet(self, lines: Iterable[tuple[EvidenceLine, datetime]]) -> None:
        """Find or make the sources of lines that are filed now, each with its moment."""
        lines = list(lines)
        unseen = {line.publisher for line, _ in lines} - self._sources.keys()
        self._sources |= {row.name: row for row in Source.objects.filter(name__in=unseen)}
        for line, moment in lines:
            name = line.publisher
            self._grades.setdefault(name, Counter())[line.reliability] += 1
            if name not in self._sources:
                self._sources[name] = Source(
                    name=name, language=line.item.language, reliability=line.reliability
                )
                self.new[name] = moment
            elif name in self.new:
                self.new[name] = min(moment, self.new[name])
        Source.objects.bulk_create(row for row in self._sources.values() if row.pk is None)

    def finish(self, *, by: User | None) -> list[str]:
        """Grade the new sources for good; what to note about publishers graded unevenly."""
        notes = []
        for name, counted in sorted(self._grades.items()):
            most = max(counted.values())
            # As often one as the other: the weaker, so that nothing is held too reliable.
            usual = max(letter for letter, number in counted.items() if number == most)
            if name in self.new and self[name].reliability != usual:
                self[name].reliability = usual
                self[name].save(update_fields=["reliability"])
            if len(counted) > 1:
                seen = ", ".join(f"{letter} {counted[letter]} times" for letter in sorted(counted))
                kept = self[name].reliability
                notes.append(f"{name} is graded {seen} in the file; {kept} is kept.")
        self._record(by)
        return notes

    def _record(self, by: User | None) -> None:
        new = [(self[name], moment) for name, moment in self.new.items()]
        SourceGrade.objects.bulk_create(
            SourceGrade(
                source=source,
                reliability=source.reliability,
                reason=GRADED,
                recorded_at=moment,
                recorded_by=by,
            )
            for source, moment in new
        )
        Event.objects.bulk_create(
            Event(
                at=moment,
                actor=by,
                verb="source.added",
                subject_type="source",
                subject_id=str(source.pk),
                after=snapshot(source, "name", "language", "reliability"),
            )
            for source, moment in new
        )
