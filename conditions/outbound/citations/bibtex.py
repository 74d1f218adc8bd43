"""Citations as BibTeX, in UTF-8, for LaTeX with biber and for Zotero."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count
from typing import Final

import bibtexparser
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat

from conditions.outbound.citations.texts import one_line
from conditions.queries.works import Work

# Braces as words: BibTeX counts braces even behind a backslash.
_SIGNS: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
_ADDRESS: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_NOT_IN_KEY: Final = re.compile(r"[^A-Za-z0-9:.+/-]")


def library(works: Iterable[Work]) -> str:
    """The documents as entries of different keys."""
    found = Library()
    taken: set[str] = set()
    for work in works:
        key = _free(_NOT_IN_KEY.sub("-", work.key) or "document", taken)
        taken.add(key.lower())
        found.add(_entry(work, key))
    style = BibtexFormat()  # type: ignore[no-untyped-call]
    style.indent = "  "
    style.block_separator = "\n"
    # Without any middleware: what stands here is escaped already and in its braces.
    return bibtexparser.write_string(found, unparse_stack=[], bibtex_format=style)


def _entry(work: Work, key: str) -> Entry:
    published = work.published_on
    fields = {
        # Twice in braces: capitals stay, and a publisher is one name.
        "title": f"{{{{{_safe(work.title)}}}}}",
        "author": f"{{{{{_safe(work.publisher)}}}}}",
        "date": f"{{{published.isoformat()}}}" if published else "",
        "year": f"{{{published.year}}}" if published else "",
        "url": f"{{{one_line(work.url).translate(_ADDRESS)}}}" if work.url else "",
        "urldate": f"{{{work.seen_on.isoformat()}}}" if work.url and work.seen_on else "",
        "number": f"{{{_safe(work.reference)}}}" if work.reference else "",
        "language": f"{{{_safe(work.language)}}}" if work.language else "",
        "abstract": f"{{{_safe(work.summary)}}}" if work.summary else "",
        "note": f"{{Admiralty grade {_safe(work.grade)}}}",
    }
    kept = [Field(name, value) for name, value in fields.items() if value]
    return Entry("online" if work.url else "misc", key, kept)


def _safe(text: str) -> str:
    return one_line(text).translate(_SIGNS)


def _free(key: str, taken: set[str]) -> str:
    names = (key if number == 1 else f"{key}-{number}" for number in count(1))
    return next(name for name in names if name.lower() not in taken)
