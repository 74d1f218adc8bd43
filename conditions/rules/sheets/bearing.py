"""The cell that says what a document bears on, such as ISIS:supports; RIGHTS/S6.1:neutral "why"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from conditions.rules.evidence import Stance
from conditions.rules.sheets.values import BadCell, read_choice

# Code (with its checklist item), stance and note.
Bearing = tuple[str, str, str]

FIELD: Final = "bears_on"
_REMEDY: Final = (
    'Write code, colon and stance, as in ISIS:supports; RIGHTS/S6.1:contradicts "a note".'
)
_ONE = re.compile(
    r"\s*(?P<code>[A-Za-z][A-Za-z0-9_]*(?:/[A-Za-z0-9.]+)?)\s*"
    r"(?::\s*(?P<stance>[A-Za-z]+))?\s*"
    r'(?:"(?P<note>(?:[^"]|"")*)")?\s*(?:[;,\n]|\Z)'
)


def read_bearings(text: str) -> tuple[Bearing, ...]:
    """What a cell says a document bears on, in its order. Raises BadCell.

    A code without a stance is refused: nobody's reading is guessed.
    """
    found: list[Bearing] = []
    for code, stance, note in _parts(text):
        if not stance:
            remedy = f"Add one of {', '.join(Stance)} after a colon, as in {code}:supports."
            message = f"{code} has no stance."
            raise BadCell(message, field=FIELD, value=text, remedy=remedy)
        if code in [before for before, _, _ in found]:
            message = f"{code} stands there twice."
            raise BadCell(message, field=FIELD, value=text, remedy="Keep one stance.")
        found.append((code, read_choice(stance, Stance, FIELD, what="stance"), note))
    return tuple(found)


def write_bearings(bearings: Iterable[Bearing]) -> str:
    """The cell that ``read_bearings`` reads as these."""
    return "; ".join(
        f"{code}:{stance}" + (f' "{_doubled(note)}"' if note else "")
        for code, stance, note in bearings
    )


def _parts(text: str) -> Iterator[Bearing]:
    at = 0
    while text[at:].strip(" ;\n\t\r"):
        found = _ONE.match(text, at)
        if found is None:
            message = "What it bears on cannot be read."
            raise BadCell(message, field=FIELD, value=text, remedy=_REMEDY)
        note = (found["note"] or "").replace('""', '"').strip()
        yield found["code"].upper(), found["stance"] or "", note
        at = found.end()


def _doubled(note: str) -> str:
    return note.replace('"', '""')
