"""What can be wrong with what is pasted into the inbox, told for every field at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from conditions.actions.faults import Fault, Faulty
from conditions.rules.addresses import BadAddress, canonical_address, require_public_address

LONGEST: Final = {"title": 400, "text": 200_000, "publisher": 200, "language": 12}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Tabs, line ends and page breaks come with what is copied from documents; the others never do.
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_EARLIEST_ZONE = timedelta(hours=14)


class BadPaste(Faulty):
    """What was pasted cannot be taken; ``faults`` names every field."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a person put into the inbox, as it was given."""

    url: str = ""
    title: str = ""
    text: str = ""
    publisher: str = ""
    published_on: date | None = None
    language: str = ""


def require_pasted(pasted: Pasted, *, as_of: datetime, needs: str) -> None:
    """Raise BadPaste with everything that is wrong; ``needs`` is ``url`` or ``text``."""
    faults = [*_missing(pasted, needs), *_texts(pasted), *_address(pasted), *_day(pasted, as_of)]
    if pasted.language.strip() and not is_language(pasted.language.strip()):
        remedy = "Give a language code such as en, ar or ku, or leave it out."
        faults.append(
            Fault("language", "This is not a language code.", pasted.language[:80], remedy)
        )
    if faults:
        raise BadPaste(faults)


def is_language(code: str) -> bool:
    """Whether this is a language code that fits its column."""
    return len(code) <= LONGEST["language"] and bool(_LANGUAGE.fullmatch(code))


def latest_day(as_of: datetime) -> date:
    """The last day that has begun somewhere on earth."""
    return (as_of + _EARLIEST_ZONE).date()


def text_faults(name: str, value: str) -> Iterator[Fault]:
    """What keeps a text from being stored as it was given."""
    most = LONGEST[name]
    if len(value) > most:
        remedy = f"Use at most {most:,} characters: the part that matters is enough."
        yield Fault(name, f"This is too long ({len(value):,} characters).", value[:80], remedy)
    found = CONTROL.search(value)
    if found:
        remedy = (
            f"Remove the control character {ascii(found.group())} at place {found.start() + 1:,}, "
            "or copy the text anew from the page."
        )
        yield Fault(name, "This text cannot be stored.", value[:80], remedy)


def _missing(pasted: Pasted, needs: str) -> Iterator[Fault]:
    if not str(getattr(pasted, needs)).strip():
        told = {"url": "The address is missing.", "text": "There is no text."}
        remedy = "Paste the address of a page, or the text itself."
        yield Fault(needs, told[needs], "", remedy)


def _texts(pasted: Pasted) -> Iterator[Fault]:
    for name in ("title", "text", "publisher"):
        yield from text_faults(name, getattr(pasted, name))


def _address(pasted: Pasted) -> Iterator[Fault]:
    if not pasted.url.strip():
        return
    try:
        require_public_address(pasted.url)
        canonical_address(pasted.url)
    except BadAddress as refusal:
        yield Fault.of(refusal, "url")


def _day(pasted: Pasted, as_of: datetime) -> Iterator[Fault]:
    latest = latest_day(as_of)
    if pasted.published_on is not None and pasted.published_on > latest:
        remedy = f"Give {latest} or earlier."
        yield Fault("published_on", "This day is still to come.", pasted.published_on, remedy)
