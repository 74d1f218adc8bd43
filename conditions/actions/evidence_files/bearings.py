"""What the lines of an evidence file bear on: conditions of one program, and their counterparts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.faults import Fault
from conditions.models import Condition, Crosswalk, EvidenceLink


@dataclass(frozen=True, slots=True)
class Bearing:
    """That a document bears on one condition (row ids), and whether the crosswalk says so."""

    condition_id: int
    program_id: int
    stance: str
    note: str
    origin: str


class Bearings:
    """The conditions that codes name, and the counterparts of each in the programs wanted."""

    def __init__(self, program_slugs: Sequence[str]) -> None:
        wanted = Condition.objects.filter(program__slug__in=program_slugs)
        self._places = dict(wanted.values_list("pk", "program_id"))
        own = wanted.filter(program__slug=program_slugs[0])
        self._conditions = dict(own.values_list("code", "pk"))
        self._counterparts: dict[int, list[int]] = {}
        for row in Crosswalk.objects.filter(condition__in=own, counterpart__in=wanted):
            self._counterparts.setdefault(row.condition_id, []).append(row.counterpart_id)

    def strangers(self, lines: Sequence[EvidenceLine]) -> list[Fault]:
        """Faults of links to conditions that the program does not have."""
        remedy = f"Use one of {', '.join(self._conditions)}."
        return [
            Fault(
                f"conditions[{at}].code", "There is no such condition.", code, remedy, line.number
            )
            for line in lines
            for at, (code, _, _) in enumerate(line.links)
            if code not in self._conditions
        ]

    def of(self, line: EvidenceLine) -> list[Bearing]:
        """What a line bears on: what it names first, then what the crosswalk carries."""
        named = [(self._conditions[code], stance, note) for code, stance, note in line.links]
        direct = [self._bearing(*link, EvidenceLink.Origin.DIRECT) for link in named]
        carried = [
            self._bearing(counterpart, stance, note, EvidenceLink.Origin.CROSSWALK)
            for condition_id, stance, note in named
            for counterpart in self._counterparts.get(condition_id, ())
        ]
        return direct + carried

    def _bearing(self, condition_id: int, stance: str, note: str, origin: str) -> Bearing:
        return Bearing(condition_id, self._places[condition_id], stance, note, str(origin))
