"""What the lines of an evidence file bear on: conditions of one program, and their counterparts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.faults import Fault
from conditions.models import ChecklistItem, Condition, Crosswalk, EvidenceLink


@dataclass(frozen=True, slots=True)
class Bearing:
    """That a document bears on one condition (row ids), and whether the crosswalk says so."""

    condition_id: int
    checklist_item_id: int | None
    program_id: int
    stance: str
    note: str
    origin: str


class Bearings:
    """The conditions that codes name, and the counterparts of each in the programs wanted.

    A code is that of a condition, or of a condition and an item of its checklist: RIGHTS/S6.1.
    """

    def __init__(self, program_slugs: Sequence[str]) -> None:
        wanted = Condition.objects.filter(program__slug__in=program_slugs)
        self._places = dict(wanted.values_list("pk", "program_id"))
        own = wanted.filter(program__slug=program_slugs[0])
        self._named: dict[str, tuple[int, int | None]] = {
            code: (pk, None) for code, pk in own.values_list("code", "pk")
        }
        self._codes = tuple(self._named)
        asked = ChecklistItem.objects.filter(condition__in=own, retired_on__isnull=True)
        for code, item, pk, item_pk in asked.values_list(
            "condition__code", "code", "condition_id", "pk"
        ):
            self._named[f"{code}/{item}"] = (pk, item_pk)
        self._counterparts: dict[int, list[int]] = {}
        for row in Crosswalk.objects.filter(condition__in=own, counterpart__in=wanted):
            self._counterparts.setdefault(row.condition_id, []).append(row.counterpart_id)

    def strangers(self, lines: Sequence[EvidenceLine]) -> list[Fault]:
        """Faults of links to conditions that the program does not have."""
        return [
            self._strange(code, line.number, at)
            for line in lines
            for at, (code, _, _) in enumerate(line.links)
            if code not in self._named
        ]

    def of(self, line: EvidenceLine) -> list[Bearing]:
        """What a line bears on: what it names first, then what the crosswalk carries."""
        named = [(self._named[code], stance, note) for code, stance, note in line.links]
        direct = [
            self._bearing(*place, stance, note, EvidenceLink.Origin.DIRECT)
            for place, stance, note in named
        ]
        carried = [
            self._bearing(counterpart, None, stance, note, EvidenceLink.Origin.CROSSWALK)
            for (condition_id, _), stance, note in named
            for counterpart in self._counterparts.get(condition_id, ())
        ]
        return direct + carried

    def _strange(self, code: str, line: int, at: int) -> Fault:
        condition, _, item = code.partition("/")
        if item and condition in self._codes:
            asked = [name for name in self._named if name.startswith(f"{condition}/")]
            message = "This condition asks no such item."
            remedy = f"Use one of {', '.join([condition, *asked])}."
        else:
            message = "There is no such condition."
            remedy = f"Use one of {', '.join(self._codes)}."
        return Fault(f"conditions[{at}].code", message, code, remedy, line)

    def _bearing(
        self, condition_id: int, item_id: int | None, stance: str, note: str, origin: str
    ) -> Bearing:
        place = self._places[condition_id]
        return Bearing(condition_id, item_id, place, stance, note, str(origin))
