"""A row of a spreadsheet as a line of evidence, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from conditions.actions.documents import UNSTORABLE
from conditions.actions.evidence import key_of
from conditions.actions.evidence_files.lines import EvidenceLine
from conditions.actions.evidence_items import EvidenceItem, item_faults
from conditions.actions.faults import Fault
from conditions.actions.sheets.shape import Row, Unreadable
from conditions.actions.sources import LONGEST_NAME
from conditions.rules.dates import FactDate
from conditions.rules.sheets.bearing import read_bearings
from conditions.rules.sheets.columns import EXAMPLE_ADDRESS
from conditions.rules.sheets.values import (
    BadCell,
    read_credibility,
    read_day,
    read_fact,
    read_reliability,
    read_sensitivity,
    read_yes,
)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
# How the item names a field, and what its column is called.
_COLUMN_OF: Final = {
    "event_slug": "event",
    "fact_on": "fact_date",
    "fact_precision": "fact_date",
    "source_id": "publisher",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Which column of a sheet holds which field, by position from 0."""

    places: Mapping[str, int]

    @classmethod
    def of(cls, headings: Sequence[str], mapping: Mapping[str, str]) -> Placed:
        """The places of a mapping from field to heading."""
        return cls({field: headings.index(heading) for field, heading in mapping.items()})

    def cell(self, row: Row, field: str) -> str | Unreadable:
        """What a row says of a field; empty where it has no such cell."""
        at = self.places.get(field, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""


def read_row(row: Row, placed: Placed, *, as_of: datetime) -> EvidenceLine | list[Fault]:
    """The line that a row comes to, or its faults; the path of each is the column's name."""
    cells = _Cells(row, placed)
    links = cells.read("bears_on", lambda text, _: read_bearings(text)) or ()
    reliability = cells.read("reliability", read_reliability) or ""
    item = _item(cells)
    publisher = " ".join(cells.text("publisher").split())
    faults = cells.faults
    wrong = {fault.path for fault in faults}
    for fault in (*item_faults(item, as_of=as_of), *_own_faults(cells, item, publisher)):
        column = _COLUMN_OF.get(fault.path, fault.path)
        if column not in wrong:
            faults.append(Fault(column, fault.message, fault.value, fault.remedy))
    if faults:
        return [Fault(one.path, one.message, one.value, one.remedy, row.number) for one in faults]
    return EvidenceLine(
        number=row.number,
        key=cells.text("id") or key_of(item),
        item=item,
        columns=item.columns(),
        publisher=publisher,
        reliability=reliability,
        links=links,
        labels_confidence="",
    )


class _Cells:
    """The cells of one row, and what was found wrong with them."""

    def __init__(self, row: Row, placed: Placed) -> None:
        self._row, self._placed = row, placed
        self.faults: list[Fault] = []

    def raw(self, field: str) -> str:
        """The text of a cell as it stands; a cell that holds no value is a fault."""
        cell = self._placed.cell(self._row, field)
        if isinstance(cell, str):
            return cell
        fault = Fault(field, cell.message, cell.value, cell.remedy)
        if fault not in self.faults:
            self.faults.append(fault)
        return ""

    def text(self, field: str) -> str:
        """The text of a cell without blanks around it."""
        return self.raw(field).strip()

    def read(self, field: str, reader: Callable[[str, str], Any]) -> Any:
        """What ``reader`` takes a cell for; None, and a fault, where it cannot."""
        try:
            return reader(self.text(field), field)
        except BadCell as refusal:
            self.faults.append(Fault.of(refusal, field))
            return None


def _item(cells: _Cells) -> EvidenceItem:
    fact = cells.read("fact_date", read_fact) or FactDate.parse("")
    return EvidenceItem(
        title=cells.text("title"),
        source_id=0,
        summary=cells.text("summary"),
        url=cells.text("url"),
        reference=cells.text("reference"),
        published_on=cells.read("published_on", read_day),
        fact_on=fact.on,
        fact_precision=fact.precision.value,
        language=cells.text("language") or "en",
        text=(cells.raw("text") + cells.raw("text_more")).strip(),
        passage_hint=cells.text("passage_hint"),
        voice=cells.text("voice"),
        event_slug=cells.text("event"),
        credibility=cells.read("credibility", read_credibility) or 6,
        sensitivity=cells.read("sensitivity", read_sensitivity) or "public",
        is_primary=cells.read("is_primary", read_yes) or False,
    )


def _own_faults(cells: _Cells, item: EvidenceItem, publisher: str) -> list[Fault]:
    faults = []
    if item.url == EXAMPLE_ADDRESS:
        message = "This is the example of the template."
        faults.append(Fault("url", message, item.url, "Delete this row."))
    if not publisher:
        faults.append(Fault("publisher", "The publisher is missing.", "", "Say who published it."))
    if len(publisher) > LONGEST_NAME:
        remedy = f"Use at most {LONGEST_NAME} characters."
        faults.append(Fault("publisher", "This name is too long.", publisher, remedy))
    for field, text in (("publisher", publisher), ("bears_on", cells.raw("bears_on"))):
        if UNSTORABLE.search(text):
            remedy = "Remove the broken character."
            faults.append(Fault(field, "This text cannot be stored.", text, remedy))
    key = cells.text("id")
    if key and not _ID.fullmatch(key):
        remedy = "Leave it empty, or use small letters, digits and hyphens, at most 40."
        faults.append(Fault("id", "This is not the id of a document.", key, remedy))
    return faults
