"""Going through the rows of a sheet in batches: what is sound, what is wrong, what is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from conditions.actions.evidence import key_of
from conditions.actions.evidence_files.bearings import Bearings
from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.faults import Fault
from conditions.actions.sheets.lines import Placed, read_row
from conditions.actions.sheets.shape import Row
from conditions.models import Evidence
from conditions.rules.sheets.columns import address_of

BATCH = 500
ReadRow = EvidenceLine | list[Fault]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: the lines that can be filed, the faults of the others, and what is on file.

    ``known`` are the numbers of sound rows whose documents are on file already.
    """

    read: int
    lines: tuple[EvidenceLine, ...]
    faults: tuple[Fault, ...]
    known: tuple[int, ...]


def read_rows(rows: Iterable[Row], placed: Placed, *, as_of: datetime) -> Iterator[ReadRow]:
    """What each row comes to by itself, without a look at what is on file."""
    return (read_row(row, placed, as_of=as_of) for row in rows)


class Checker:
    """One run over a sheet; it remembers what stood in the rows before."""

    def __init__(self, bearings: Bearings, placed: Placed) -> None:
        self._bearings, self._placed = bearings, placed
        self._rows_of: dict[str, int] = {}

    def batches(self, rows: Iterable[ReadRow]) -> Iterator[Batch]:
        """The rows, five hundred at a time; one query each."""
        waiting = iter(rows)
        while some := list(islice(waiting, BATCH)):
            yield self._batch(some)

    def _batch(self, read: list[ReadRow]) -> Batch:
        faults = [fault for one in read if isinstance(one, list) for fault in one]
        lines = [one for one in read if isinstance(one, EvidenceLine)]
        on_file = _OnFile(lines)
        faults += [_at_column(fault) for fault in self._bearings.strangers(lines)]
        for line in lines:
            faults += self._doubles(line)
            faults += on_file.clash(line)
        wrong = {fault.line for fault in faults}
        sound = tuple(line for line in lines if line.number not in wrong)
        known = [line.number for line in sound if on_file.holds(line)]
        faults.sort(key=lambda fault: fault.line or 0)
        return Batch(len(read), sound, tuple(faults), tuple(known))

    def _doubles(self, line: EvidenceLine) -> Iterator[Fault]:
        told = False
        for name in line.names():
            first = self._rows_of.setdefault(name, line.number)
            if first != line.number and not told:
                told = True
                yield self._double(line, "id" if name == line.key else "url", first)

    def _double(self, line: EvidenceLine, field: str, first: int) -> Fault:
        if field == "id" and "id" not in self._placed.places:
            field = "url" if line.item.url else "reference"
        cell = address_of(self._placed.places.get(field, 0) + 1, first)
        value = {"url": line.item.url, "reference": line.item.reference}.get(field, line.key)
        message = f"The same document stands in row {first} ({cell})."
        return Fault(field, message, value, "Keep one of the two rows.", line.number)


class _OnFile:
    """The documents on file that these lines may be."""

    def __init__(self, lines: Iterable[EvidenceLine]) -> None:
        keys = [line.key for line in lines]
        addresses = {_address(line) for line in lines} - {""}
        rows = Evidence.objects.known_as(keys, addresses)
        self._by_key: dict[str, tuple[str, str]] = {}
        self._addresses: set[str] = set()
        for key, address, reference in rows.values_list("key", "canonical_url", "reference"):
            self._by_key[key] = (address, reference)
            self._addresses.add(address)
        self._addresses.discard("")

    def holds(self, line: EvidenceLine) -> bool:
        """Whether the document of a line is on file."""
        return line.key in self._by_key or _address(line) in self._addresses

    def clash(self, line: EvidenceLine) -> list[Fault]:
        """A fault where the id that a line gives is that of another document."""
        found, address = self._by_key.get(line.key), _address(line)
        if found is None or line.key == key_of(line.item) or address in self._addresses:
            return []
        if not address and found == ("", line.item.reference.strip()):
            return []
        message = "Another document on file has this id."
        remedy = "Leave the id empty, or give the address or reference of that document."
        return [Fault("id", message, line.key, remedy, line.number)]


def _address(line: EvidenceLine) -> str:
    return str(line.columns["canonical_url"])


def _at_column(fault: Fault) -> Fault:
    return Fault("bears_on", fault.message, fault.value, fault.remedy, fault.line)
