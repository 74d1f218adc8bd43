"""One line of an evidence file: read, held against its schema, and understood."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from conditions.actions.documents import EVIDENCE_SCHEMA, schema_faults
from conditions.actions.evidence import key_of
from conditions.actions.evidence_items import EvidenceItem, item_faults
from conditions.actions.faults import Fault
from conditions.actions.sources import LONGEST_NAME
from conditions.rules.dates import FactDate, Precision

LONGEST_LINE = 200_000
_NAMES = {
    "fact_on": "event_period",
    "fact_precision": "event_period",
    "passage_hint": "excerpt_hint",
    "event_slug": "event",
    "credibility": "information_credibility",
}
# "Japan Today (Reuters)", "Clash Report (Reuters-based)", "KUNA via MENAFN", "AFP (some copy)".
_WIRES = "AFP|AP|ANSA|DPA|EFE|IRNA|KUNA|Reuters|SANA|TASS|WAM|Xinhua"
_WIRE = re.compile(rf"\((?P<inner>{_WIRES})(-based)?\)$|^(?P<via>{_WIRES}) (via |\(\w+ copy\))")


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A sound line: the document, who published it and how reliable, and what it bears on.

    ``columns`` are those of the item, worked out once: plain addresses are dear.
    """

    number: int
    key: str
    item: EvidenceItem
    columns: Mapping[str, Any]
    publisher: str
    reliability: str
    links: tuple[tuple[str, str, str], ...]
    labels_confidence: str

    def names(self) -> list[str]:
        """What the document is known by: its canonical address, if it has one, and its key."""
        return [name for name in (self.columns["canonical_url"], self.key) if name]

    def known_from(self) -> datetime | None:
        """Noon UTC of the first day on which it can have been read; None if that is not known.

        Its publication, or the first day after the period of its event.
        """
        day = self.item.published_on or _day_after(self.item.fact_on, self.item.fact_precision)
        return datetime.combine(day, time(12), tzinfo=UTC) if day else None


def read_line(text: str | bytes, number: int, *, as_of: datetime) -> EvidenceLine | list[Fault]:
    """The line, or everything that is wrong with it."""
    row = _parse(text)
    if isinstance(row, Fault):
        return [_on(row, number)]
    faults = schema_faults(row, EVIDENCE_SCHEMA)
    if not faults:
        item = _item(row)
        faults = [_renamed(fault) for fault in item_faults(item, as_of=as_of)]
        faults += _own_faults(row, item)
    if faults:
        return [_on(fault, number) for fault in faults]
    return EvidenceLine(
        number=number,
        key=row["id"],
        item=item,
        columns=item.columns(),
        publisher=" ".join(row["publisher"].split()),
        reliability=row["source_reliability"],
        links=tuple(
            (link["code"], link["stance"], link["rationale"]) for link in row["conditions"]
        ),
        labels_confidence=row["labels_confidence"],
    )


def voice_of(publisher: str, event: str) -> str:
    """Whose words a copy carries: the agency it names and the event; empty unless both are given.

    Copies of one agency on one event count as one source. Nothing is guessed from likeness.
    """
    found = _WIRE.search(publisher)
    if found is None or not event:
        return ""
    return f"{(found['inner'] or found['via']).lower()}-{event}"[:80]


def _item(row: dict[str, Any]) -> EvidenceItem:
    fact = FactDate.parse(row["event_period"] or "")
    event = row["event"] or ""
    return EvidenceItem(
        title=row["title"],
        source_id=0,
        summary=row["summary"],
        url=row["url"] or "",
        reference=row.get("reference", ""),
        published_on=date.fromisoformat(row["published_on"]) if row["published_on"] else None,
        fact_on=fact.on,
        fact_precision=fact.precision.value,
        language=row["language"],
        text=row["text"],
        passage_hint=row["excerpt_hint"],
        voice=voice_of(row["publisher"], event),
        event_slug=event,
        credibility=row["information_credibility"],
    )


def _own_faults(row: dict[str, Any], item: EvidenceItem) -> list[Fault]:
    faults = []
    if item.url and row["id"] != key_of(item):
        message = "This id does not belong to the address."
        faults.append(Fault("id", message, row["id"], f"Write {key_of(item)}."))
    if len(row["publisher"]) > LONGEST_NAME:
        remedy = f"Use at most {LONGEST_NAME} characters."
        faults.append(Fault("publisher", "This name is too long.", row["publisher"], remedy))
    codes = [link["code"] for link in row["conditions"]]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            message = "This condition is linked twice."
            faults.append(Fault(f"conditions[{at}].code", message, code, "Keep one stance."))
    return faults


def _parse(text: str | bytes) -> Any:
    remedy = "Write one JSON object on each line."
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
        if len(decoded) > LONGEST_LINE:
            shorter = f"Use at most {LONGEST_LINE:,} characters."
            return Fault("", "This line is too long.", len(decoded), shorter)
        return json.loads(decoded, object_pairs_hook=_without_doubles)
    except UnicodeDecodeError:
        return Fault("", "This line is not UTF-8 text.", None, "Save the file as UTF-8.")
    except (ValueError, RecursionError) as error:
        return Fault("", f"This line is not JSON: {error}.", None, remedy)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {double} stands there twice")
    return row


def _renamed(fault: Fault) -> Fault:
    name = _NAMES.get(fault.path, fault.path)
    return Fault(name, fault.message, fault.value, fault.remedy)


def _on(fault: Fault, number: int) -> Fault:
    return Fault(fault.path, fault.message, fault.value, fault.remedy, number)


def _day_after(first: date | None, precision: str) -> date | None:
    if first is None:
        return None
    if precision == Precision.YEAR or first.month == 12:
        return date(first.year + 1, 1, 1)
    return date(first.year, first.month + 1, 1)
