"""What a person says about a document and its bearing, and all that could be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from conditions.actions.documents import UNSTORABLE
from conditions.actions.faults import Fault, Faulty
from conditions.models import Evidence, Source
from conditions.rules.addresses import BadAddress, canonical_address, require_public_address
from conditions.rules.authority import Sensitivity
from conditions.rules.dates import Precision
from conditions.rules.evidence import CREDIBILITY

LENGTHS: Final = {
    "title": 400,
    "reference": 300,
    "passage_hint": 300,
    "voice": 80,
    "event_slug": 80,
    "language": 12,
    "summary": 4_000,
    "text": 50_000,
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SLUG = re.compile(r"[-a-zA-Z0-9_]*")
# Where the day begins first, UTC+14, it is tomorrow for half of the day.
_EARLIEST_ZONE = timedelta(hours=14)


class BadEvidence(Faulty):
    """A document cannot be filed as it is described; ``faults`` names every field."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A published document in our own words; ``source_id`` is the row of who published it.

    ``voice`` names whose words it carries where several publish the same ones. A fact date known to
    the month or year is kept as the first day of it.
    """

    title: str
    source_id: int
    summary: str
    url: str = ""
    reference: str = ""
    published_on: date | None = None
    fact_on: date | None = None
    fact_precision: str = Precision.UNKNOWN.value
    language: str = "en"
    text: str = ""
    passage_hint: str = ""
    voice: str = ""
    event_slug: str = ""
    credibility: int = 6
    sensitivity: str = Sensitivity.PUBLIC.value
    is_primary: bool = False

    @classmethod
    def of(cls, evidence: Evidence) -> EvidenceItem:
        """The item as it is on file, to change a part of it with ``dataclasses.replace``."""
        return cls(**{field.name: getattr(evidence, field.name) for field in fields(cls)})

    def columns(self) -> dict[str, Any]:
        """The values of the evidence row; call after ``require_sound``."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values = {name: _trimmed(value) for name, value in values.items()}
        return values | {
            "canonical_url": canonical_address(self.url) if self.url.strip() else "",
            "fact_on": _first_day(self.fact_on, self.fact_precision),
        }


@dataclass(frozen=True, slots=True)
class LinkItem:
    """That a document bears on a condition, or on one item of its checklist (row ids)."""

    condition_id: int
    stance: str
    checklist_item_id: int | None = None
    note: str = ""


def require_sound(item: EvidenceItem, *, as_of: datetime) -> None:
    """Raise BadEvidence with everything that is wrong with the item at ``as_of``."""
    faults = item_faults(item, as_of=as_of)
    if not Source.objects.filter(pk=item.source_id).exists():
        remedy = "Choose a source on file, or add it first."
        faults.append(Fault("source_id", "There is no such source.", item.source_id, remedy))
    if faults:
        raise BadEvidence(faults)


def item_faults(item: EvidenceItem, *, as_of: datetime) -> list[Fault]:
    """Everything that is wrong with the item by itself; whether its source exists is not asked."""
    return [
        *_text_faults(item),
        *_address_faults(item),
        *_date_faults(item, as_of),
        *_choice_faults(item),
    ]


def evidence_content(evidence: Evidence) -> dict[str, Any]:
    """What an evidence item says, as plain values: the content that its version binds."""
    return {
        "key": evidence.key,
        "url": evidence.url,
        "reference": evidence.reference,
        "title": evidence.title,
        "source_id": evidence.source_id,
        "publisher": evidence.source.name,
        "published_on": evidence.published_on.isoformat() if evidence.published_on else None,
        "fact_on": evidence.fact_on.isoformat() if evidence.fact_on else None,
        "fact_precision": str(evidence.fact_precision),
        "language": evidence.language,
        "summary": evidence.summary,
        "text": evidence.text,
        "passage_hint": evidence.passage_hint,
        "voice": evidence.voice,
        "event_slug": evidence.event_slug,
        "credibility": evidence.credibility,
        "sensitivity": str(evidence.sensitivity),
        "is_primary": evidence.is_primary,
    }


def _text_faults(item: EvidenceItem) -> Iterator[Fault]:
    for name in ("title", "summary"):
        if not getattr(item, name).strip():
            yield Fault(name, f"The {name} is missing.", "", "Say it in your own words.")
    for name, most in LENGTHS.items():
        value = getattr(item, name)
        if len(value.strip()) > most:
            remedy = f"Use at most {most:,} characters."
            yield Fault(name, f"This is too long ({len(value):,} characters).", value, remedy)
        if UNSTORABLE.search(value):
            yield Fault(name, "This text cannot be stored.", value, "Remove the broken character.")
    for name in ("voice", "event_slug"):
        value = getattr(item, name).strip()
        if not _SLUG.fullmatch(value):
            remedy = "Use letters, digits and hyphens, as in afp-coast-2025-03."
            yield Fault(name, "This is not a short name.", value, remedy)


def _address_faults(item: EvidenceItem) -> Iterator[Fault]:
    if not item.url.strip():
        if not item.reference.strip():
            remedy = "Give one, or a reference for a document without an address."
            yield Fault("url", "The address is missing.", "", remedy)
        return
    try:
        require_public_address(item.url)
        canonical_address(item.url)
    except BadAddress as refusal:
        yield Fault.of(refusal, "url")


def _date_faults(item: EvidenceItem, as_of: datetime) -> Iterator[Fault]:
    latest = (as_of + _EARLIEST_ZONE).date()
    for name in ("published_on", "fact_on"):
        day = getattr(item, name)
        if day is not None and day > latest:
            yield Fault(name, "This day is still to come.", day, f"Give {latest} or earlier.")
    known = item.fact_precision != Precision.UNKNOWN
    if known != (item.fact_on is not None) and item.fact_precision in list(Precision):
        message = "A fact date and its precision go together."
        remedy = "Give both: a date, and whether day, month or year is known; or neither."
        yield Fault("fact_precision", message, item.fact_precision, remedy)


def _choice_faults(item: EvidenceItem) -> Iterator[Fault]:
    if not _LANGUAGE.fullmatch(item.language.strip()):
        remedy = "Give a language code such as en, ar or ku."
        yield Fault("language", "This is not a language code.", item.language, remedy)
    if isinstance(item.credibility, bool) or item.credibility not in CREDIBILITY:
        remedy = "Give a whole number from 1 (confirmed) to 6 (cannot be judged)."
        yield Fault("credibility", "This is no credibility.", item.credibility, remedy)
    for name, kind in (("sensitivity", Sensitivity), ("fact_precision", Precision)):
        value = getattr(item, name)
        if value not in list(kind):
            remedy = f"Use one of {', '.join(kind)}."
            yield Fault(name, f"This {name.replace('_', ' ')} is not known.", value, remedy)


def _trimmed(value: object) -> object:
    return str(value).strip() if isinstance(value, str) else value


def _first_day(day: date | None, precision: str) -> date | None:
    if day is None or precision == Precision.DAY:
        return day
    return day.replace(day=1) if precision == Precision.MONTH else day.replace(month=1, day=1)
