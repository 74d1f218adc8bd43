"""The publishers of an evidence file as sources, graded as most of their documents are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.intake import UNJUDGED, UNJUDGED_REASON
from conditions.actions.record import snapshot
from conditions.models import Event, Source, SourceGrade, User

GRADED = "As graded in the evidence file it came with."


class Publishers:
    """Sources by publisher through one run, and how the file grades each."""

    def __init__(self) -> None:
        self.new: dict[str, datetime] = {}
        self._sources: dict[str, Source] = {}
        self._spelled: dict[str, Source] = {}
        self._grades: dict[str, Counter[str]] = {}

    def __getitem__(self, publisher: str) -> Source:
        found = self._find(publisher)
        if found is None:
            raise KeyError(publisher)
        return found

    def meet(self, lines: Iterable[tuple[EvidenceLine, datetime]]) -> None:
        """Find or make the sources of lines that are filed now, each with its moment."""
        lines = list(lines)
        names = {line.publisher for line, _ in lines}
        self._look_up({name for name in names if self._find(name) is None})
        added = []
        for line, moment in lines:
            if self._find(line.publisher) is None:
                added.append(
                    Source(
                        name=line.publisher,
                        language=line.item.language,
                        reliability=line.reliability or UNJUDGED,
                    )
                )
                self._know(added[-1])
                self.new[line.publisher] = moment
            name = self[line.publisher].name
            if line.reliability:
                self._grades.setdefault(name, Counter())[line.reliability] += 1
            if name in self.new:
                self.new[name] = min(moment, self.new[name])
        Source.objects.bulk_create(added)

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

    def _look_up(self, names: set[str]) -> None:
        """Know the sources on file of these names, however they are capitalised."""
        for row in Source.objects.spelled_like(names):
            self._know(row)

    def _find(self, publisher: str) -> Source | None:
        return self._sources.get(publisher) or self._spelled.get(publisher.lower())

    def _know(self, source: Source) -> None:
        self._sources[source.name] = source
        self._spelled.setdefault(source.name.lower(), source)

    def _record(self, by: User | None) -> None:
        new = [(self[name], moment) for name, moment in self.new.items()]
        SourceGrade.objects.bulk_create(
            SourceGrade(
                source=source,
                reliability=source.reliability,
                reason=GRADED if source.name in self._grades else UNJUDGED_REASON,
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
