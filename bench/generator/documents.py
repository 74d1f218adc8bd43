"""Sources, evidence with its versions, and the links by which it bears on conditions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import gcd
from random import Random

from bench.generator.days import SPAN, day, moment
from bench.generator.sizes import LINKS, Size
from bench.generator.tables import Row, Table, digest
from bench.generator.words import prose
from conditions.models import (
    Evidence,
    EvidenceLink,
    EvidenceText,
    EvidenceVersion,
    Source,
    SourceGrade,
)
from conditions.rules.search_words import words_of

SOURCES = 200
TITLE_WORDS, SUMMARY_WORDS, COPY_WORDS = 8, 40, 120
RELIABILITY = "ABBCCD"
# A prime, so that the documents of one condition lie far apart.
_STRIDE = 7_919
_STANCES = ("supports",) * 6 + ("contradicts",) * 3 + ("neutral",)


def document_of(condition: int, place: int, size: Size) -> int:
    """The document of a condition's link at this place, from 0; no two places share one."""
    return (condition * 37 + place * _STRIDE) % size.documents + 1


def stance_of(condition: int, place: int) -> str:
    """The stance of that link."""
    return _STANCES[(condition + place * 7) % len(_STANCES)]


def grade_of(document: int) -> str:
    """The Admiralty grade of a document: its source's reliability and its credibility."""
    return f"{RELIABILITY[_source(document) % len(RELIABILITY)]}{_credibility(document)}"


def tables(size: Size, seed: int) -> Iterator[Table]:
    """Sources and grades, documents and their versions, and links."""
    if gcd(_STRIDE, size.documents) != 1:
        raise ValueError(f"{size.programs} programs: take any number but a multiple of {_STRIDE}.")
    sources = range(1, SOURCES + 1)
    letters = [(s, RELIABILITY[s % len(RELIABILITY)]) for s in sources]
    yield Table(
        Source,
        ("id", "name", "kind", "reliability"),
        [(s, f"Source {s}", "independent_media", letter) for s, letter in letters],
    )
    yield Table(
        SourceGrade,
        ("source_id", "reliability", "reason", "recorded_at"),
        [(s, letter, "First grade.", moment(0)) for s, letter in letters],
    )
    documents = range(1, size.documents + 1)
    rng = _said(seed)
    yield Table(Evidence, _EVIDENCE, (_evidence(d, rng) for d in documents))
    yield Table(EvidenceVersion, _VERSION, (_version(d) for d in documents))
    yield Table(EvidenceText, _TEXT, _texts(size, seed))
    yield Table(EvidenceLink, _LINK, _links(size))


_EVIDENCE = (
    *("id", "key", "url", "canonical_url", "title", "source_id", "published_on", "fact_on"),
    *("fact_precision", "summary", "event_slug", "credibility", "sensitivity", "recorded_at"),
)


def _evidence(d: int, rng: Random) -> Row:
    url = f"https://example.org/documents/{d}"
    at = _recorded(d)
    return (
        *(
            d,
            f"ev-{d:012x}",
            url,
            url,
            prose(rng, TITLE_WORDS),
            _source(d),
            day(at),
            day(at),
            "day",
        ),
        *(prose(rng, SUMMARY_WORDS), f"event-{d % 5_000}", _credibility(d)),
        *("public" if d % 10 else "team", moment(at)),
    )


_TEXT = ("evidence_id", "title", "summary", "body")


def _texts(size: Size, seed: int) -> Iterator[Row]:
    # The same numbers once more give the same words; the copies are of a stock.
    rng, copies = _said(seed), Random(f"{seed}:copies")
    stock = [_folded(prose(copies, COPY_WORDS)) for _ in range(2_000)]
    for d in range(1, size.documents + 1):
        title, summary = prose(rng, TITLE_WORDS), prose(rng, SUMMARY_WORDS)
        yield (d, _folded(title), _folded(summary), copies.choice(stock))


def _folded(text: str) -> str:
    return " ".join(words_of(text))


def _said(seed: int) -> Random:
    return Random(f"{seed}:documents")


_VERSION = ("id", "evidence_id", "number", "content", "sha256", "recorded_at")


def _version(d: int) -> Row:
    content = json.dumps({"title": f"Document {d}", "url": f"https://example.org/documents/{d}"})
    return (d, d, 1, content, digest(content), moment(_recorded(d)))


_LINK = (
    *("id", "evidence_id", "condition_id", "stance", "recorded_at"),
    *("withdrawn_at", "withdrawal_reason"),
)


def _links(size: Size) -> Iterator[Row]:
    pk = 0
    for condition in range(1, size.conditions + 1):
        for place in range(LINKS):
            pk += 1
            document = document_of(condition, place, size)
            at = _recorded(document)
            withdrawn = moment(at + 1) if pk % 50 == 0 else None
            yield (
                *(pk, document, condition, stance_of(condition, place), moment(at)),
                *(withdrawn, "Filed twice." if withdrawn else ""),
            )


def _source(document: int) -> int:
    return document % SOURCES + 1


def _credibility(document: int) -> int:
    return document % 4 + 1


def _recorded(document: int) -> int:
    return document * 31 % SPAN
