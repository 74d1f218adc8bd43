"""The documents to measure on: what ships, what lies outside it, and what is about other things."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
# Half of the evidence, by a hash of its event, was never read by whoever wrote the field terms.
# These events fall into that half and were read all the same, so they count as read.
_READ_ALL_THE_SAME = frozenset(
    {
        "officer-promotions-2024-12",
        "bg-flights-2025-01",
        "bg-museum-2025",
        "hurras-strikes-2025",
        "lebanon-border-2025-03",
        "washington-visit-2025-11",
    }
)
DEFAULT = "us-senate-3899"
PROGRAMS = (DEFAULT, "us-pl119-60-8369")
# What whoever wrote the terms had done with the pages outside the evidence.
PAGES = {
    "before": "read before",
    "after": "read after",
    "development": "corrected on",
    "held out": "held out",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its words, the event it shares with others, and how people filed it.

    ``items`` is none where nobody said on which checklist items it bears.
    """

    key: str
    title: str
    text: str
    event: str
    stances: Mapping[str, str]
    kind: str = ""
    items: frozenset[str] | None = None

    @property
    def codes(self) -> frozenset[str]:
        """The conditions it was filed under."""
        return frozenset(self.stances)

    @property
    def was_read(self) -> bool:
        """Whether its text was read while the field terms were written."""
        digest = hashlib.sha256(f"open:{self.event}".encode()).hexdigest()
        return self.event in _READ_ALL_THE_SAME or int(digest, 16) % 2 == 0

    @property
    def whole(self) -> str:
        """Title and text as one."""
        return f"{self.title}\n{self.text}"


def shipped(program: str) -> list[Document]:
    """The evidence that ships, filed under the conditions of a program."""
    rows = _rows(FIXTURES / "evidence" / "syria.jsonl")
    return [_document(row, program) for row in rows]


def outside(program: str) -> list[Document]:
    """Public pages that are not among the evidence, retold in our own words and filed by us.

    ``before`` were read while the terms were written, ``after`` when they had been; the terms were
    corrected on both and on ``development``. What they said of those ``held out`` was counted, not
    looked into. First readings are in docs/triage.md.
    """
    rows = _rows(Path(__file__).parent / "outside.jsonl")
    return [_document(row, program) for row in rows]


def off_topic() -> list[Document]:
    """Short texts about other countries (``elsewhere``) or about no condition (``background``)."""
    rows = _rows(Path(__file__).parent / "off_topic.jsonl")
    return [
        Document(row["id"], row["title"], row["text"], row["id"], {}, row["kind"]) for row in rows
    ]


def labelled(program: str) -> tuple[str, ...]:
    """The codes of a program under which documents were filed, or can be by the crosswalk."""
    codes = [part["code"] for part in _pack(program)["conditions"]]
    if program == DEFAULT:
        return tuple(codes)
    reached = {code for _, code in _crosswalk(program)}
    return tuple(code for code in codes if code in reached)


def _document(row: Mapping[str, Any], program: str) -> Document:
    links = {link["code"]: link["stance"] for link in row["conditions"]}
    if program != DEFAULT:
        links = {there: links[here] for here, there in _crosswalk(program) if here in links}
        links |= {link["code"]: link["stance"] for link in row.get("law_only", ())}
    text = "\n".join(part for part in (row.get("summary"), row["text"]) if part)
    event = row["event"] or row["id"]
    items = frozenset(row["items"]) if program == DEFAULT and "items" in row else None
    return Document(row["id"], row["title"], text, event, links, row.get("read", ""), items)


def _crosswalk(program: str) -> list[tuple[str, str]]:
    return [
        (part["code"], entry["condition"])
        for part in _pack(DEFAULT)["conditions"]
        for entry in part["crosswalk"]
        if entry["program"] == program
    ]


def _pack(program: str) -> dict[str, Any]:
    text = (FIXTURES / "programs" / f"{program}.yaml").read_text(encoding="utf-8")
    pack: dict[str, Any] = yaml.safe_load(text)
    return pack


def condition_titles(program: str) -> dict[str, str]:
    """The title of each condition, for the baseline that knows nothing else."""
    return {part["code"]: part["title"] for part in _pack(program)["conditions"]}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
