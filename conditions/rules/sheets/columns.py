"""The columns of a spreadsheet of evidence, what else people call them, and where a cell stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
MOST_BYTES: Final = 20 * 1024 * 1024
# Put into the template as an example; a row that still has it was left in by oversight.
EXAMPLE_ADDRESS: Final = "https://example.org/delete-this-row"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, an example, and other names it goes by."""

    name: str
    label: str
    meaning: str
    example: str = ""
    synonyms: tuple[str, ...] = ()
    needed: bool = False


COLUMNS: Final = (
    Column(
        "id",
        "Id",
        "Stable name of the document in files. Leave it empty for a new document.",
        synonyms=("key", "evidence id", "identifier"),
    ),
    Column(
        "url",
        "Address (URL)",
        "Full web address. Needed unless there is a reference.",
        EXAMPLE_ADDRESS,
        ("address", "link", "web address", "source url", "uri", "website", "permalink"),
    ),
    Column(
        "reference",
        "Reference",
        "What identifies a document without an address, for example a record number.",
        synonyms=("ref", "document number", "document no", "record number", "symbol"),
    ),
    Column(
        "title",
        "Title",
        "A descriptive title, at most 400 characters. Needed.",
        "Officers named in a decree",
        ("headline", "name", "document title", "heading"),
        needed=True,
    ),
    Column(
        "publisher",
        "Publisher",
        "Who published it. Needed. A name that is not on file becomes a new source.",
        "The Gazette",
        ("source", "source name", "outlet", "published by", "media", "organisation"),
        needed=True,
    ),
    Column(
        "reliability",
        "Reliability of the publisher",
        "A to F. It counts for publishers that are not on file yet; empty is F, cannot be judged.",
        "B",
        ("source reliability", "source grade", "admiralty letter"),
    ),
    Column(
        "published_on",
        "Published on",
        "A day: 2026-03-09 or 09.03.2026.",
        "2026-03-09",
        ("published", "date", "publication date", "date published", "pub date", "day"),
    ),
    Column(
        "fact_date",
        "When it happened",
        "As precisely as known: 2026-03-09, 2026-03 or 2026.",
        "2026-03",
        ("event date", "happened on", "happened", "date of event", "event period", "fact on"),
    ),
    Column(
        "language",
        "Language",
        "A code such as en, ar or ku; empty is en.",
        "en",
        ("lang", "language code"),
    ),
    Column(
        "summary",
        "Summary",
        "What it says, in your own words. Needed.",
        "A decree names 49 officers; monitors recognise six foreign fighters among them.",
        ("abstract", "description", "what it says", "gist"),
        needed=True,
    ),
    Column(
        "text",
        "Longer notes",
        "A longer account in your own words.",
        "",
        ("notes", "body", "details", "account", "comment", "comments", "full text"),
    ),
    Column(
        "text_more",
        "Longer notes, continued",
        "Where one cell of a workbook is too small: what follows the cell before.",
        synonyms=("notes continued", "text continued"),
    ),
    Column(
        "passage_hint",
        "Where in the document",
        "Where the claim stands, such as: page 4, second paragraph.",
        "second paragraph",
        ("passage", "excerpt hint", "where", "page", "pages", "location"),
    ),
    Column(
        "voice",
        "Whose words",
        "A short name shared by copies of one wire, such as afp-coast-2025-03.",
        "",
        ("wire", "agency", "one voice"),
    ),
    Column(
        "event",
        "Event",
        "A short name shared by all documents on one event.",
        "officers-2024-12",
        ("event slug", "event name", "incident"),
    ),
    Column(
        "credibility",
        "Credibility",
        "1 (confirmed) to 5 (improbable), or 6 (cannot be judged); empty is 6.",
        "2",
        ("information credibility", "credibility grade", "admiralty number"),
    ),
    Column(
        "sensitivity",
        "Sensitivity",
        "public, team, restricted or source_protected; empty is public.",
        "public",
        ("classification", "marking", "handling", "confidentiality"),
    ),
    Column(
        "is_primary",
        "Primary document",
        "yes if the body responsible for the fact wrote it, else no or empty.",
        "no",
        ("primary", "primary source", "primary document", "official document"),
    ),
    Column(
        "bears_on",
        "Bears on",
        "Code and stance (supports, contradicts, neutral); a checklist item after a slash, a note "
        "in quotes; several joined by semicolons.",
        'FIGHTERS:contradicts "six foreign officers"; RIGHTS/S6.1:neutral',
        ("conditions", "condition", "links", "condition codes", "codes", "relevant to"),
    ),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
NEEDED: Final = tuple(column.name for column in COLUMNS if column.needed)
BY_NAME: Final[Mapping[str, Column]] = {column.name: column for column in COLUMNS}


def letters_of(position: int) -> str:
    """What a spreadsheet calls its column number ``position``, counted from 1: A, Z, AA."""
    letters = ""
    while position > 0:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address_of(position: int, row: int) -> str:
    """Where a cell stands, such as F213."""
    return f"{letters_of(position)}{row}"


def guessed_mapping(headings: Sequence[str]) -> dict[str, str]:
    """Field to heading, as far as the headings say what they are; each heading is used once.

    A heading that is the name of a column comes before one that merely sounds like it.
    """
    by_sound: dict[str, str] = {}
    for heading in headings:
        if heading:
            by_sound.setdefault(_sound(heading), heading)
    mapping: dict[str, str] = {}
    for names_of in (_own_names, _other_names):
        for column in COLUMNS:
            taken = set(mapping.values())
            found = [by_sound[name] for name in names_of(column) if name in by_sound]
            free = [heading for heading in found if heading not in taken]
            if column.name not in mapping and free:
                mapping[column.name] = free[0]
    return {name: mapping[name] for name in NAMES if name in mapping}


def _own_names(column: Column) -> Iterable[str]:
    return _sound(column.name), _sound(column.label)


def _other_names(column: Column) -> Iterable[str]:
    return [_sound(name) for name in column.synonyms]


def _sound(heading: str) -> str:
    """A heading without case, blanks and signs."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).casefold())
