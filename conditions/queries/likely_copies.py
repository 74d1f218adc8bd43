"""Likely copies: documents on file that a text repeats, or that tell of the same in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from conditions.models import Capture, Evidence
from conditions.models.evidence import EvidenceQuerySet
from conditions.queries.full_text import matching
from conditions.queries.lists.evidence import visible_evidence
from conditions.rules.authority import Reader
from conditions.rules.phrases import any_of
from conditions.rules.search_words import words_of
from conditions.rules.triage import Known, Likeness, Shelf

SAME: Final = "same"
MOST_CANDIDATES: Final = 80
# The beginning of two texts tells whether one repeats the other, and is read in a moment.
COMPARED: Final = 3_000
_WORDS_OF: Final = 20_000
_MOST_ASKED: Final = 24
_MOST_OF_TITLE: Final = 8
_SHORTEST: Final = 4
_CAPITALISED: Final = re.compile(r"(?<=[^\W_][ ,;])[A-Z\u00c0-\u00de][\w\u2019'-]{2,}")


@dataclass(frozen=True, slots=True)
class LikelyCopy:
    """A document on file that is like the one in hand.

    ``kind`` is ``same`` (its address), ``copy`` (the same wording) or ``close`` (rare words in
    common, ``shared``); the score runs to 100.
    """

    id: int
    key: str
    title: str
    source: str
    published_on: date | None
    kind: str
    score: int
    shared: tuple[str, ...] = ()


def likely_copies(
    *, title: str, text: str, canonical_url: str, reader: Reader, other_than: int | None = None
) -> tuple[LikelyCopy, ...]:
    """What on file, of what the reader may see, is like this text; the likeliest first.

    Looked for by address, and among the documents that share its rarest words. Three queries at
    most, whatever is on file. ``other_than`` is the id of a document that is not asked about.
    """
    visible = visible_evidence(reader).exclude(pk=other_than or 0)
    found = list(_at_address(visible, canonical_url))
    rows = _sharing_rare_words(visible, title, text)
    by_key = {row["key"]: row for row in rows}
    shelf = Shelf(Known(row["key"], _said(row)) for row in rows)
    taken = {one.key for one in found}
    for like in shelf.like(f"{title}\n{text[:COMPARED]}"):
        if like.key not in taken:
            found.append(_copy(by_key[like.key], like))
    return tuple(found)


def _at_address(visible: EvidenceQuerySet, canonical_url: str) -> Iterator[LikelyCopy]:
    if canonical_url:
        for row in visible.at_address(canonical_url).order_by().values(*_SHOWN):
            yield _copy(row, Likeness(row["key"], SAME, 100))


_SHOWN: Final = ("id", "key", "title", "source__name", "published_on")


def _sharing_rare_words(visible: QuerySet[Evidence], title: str, text: str) -> list[dict[str, Any]]:
    search = any_of((word,) for word in _rarest(_candidate_words(title, text[:_WORDS_OF])))
    if search is None:
        return []
    return list(
        matching(visible, search)
        .annotate(copy=Coalesce(Capture.objects.newest_text(COMPARED), Value("")))
        .order_by("-id")
        .values(*_SHOWN, "summary", "text", "copy")[:MOST_CANDIDATES]
    )


def _candidate_words(title: str, text: str) -> list[str]:
    """Words of a text that may be rare, without asking: of its title, names, then the longest."""
    titled = [word for word in words_of(title) if len(word) >= _SHORTEST][:_MOST_OF_TITLE]
    names = words_of(" ".join(_CAPITALISED.findall(text)))
    others = sorted(set(words_of(text)), key=lambda word: (-len(word), word))
    ordered = dict.fromkeys((*titled, *names[: 2 * _MOST_OF_TITLE], *others))
    return [word for word in ordered if len(word) >= _SHORTEST][:_MOST_ASKED]


def _rarest(words: list[str]) -> list[str]:
    """The rarest words that any document holds, as many as lead to few documents. One query."""
    if not words:
        return []
    held = sorted((many, word) for word, many in _documents_with(words) if many)
    rarest: list[str] = []
    reached = 0
    for many, word in held:
        reached += many
        if reached > MOST_CANDIDATES:
            break
        rarest.append(word)
    return rarest


def _documents_with(words: list[str]) -> list[tuple[str, int]]:
    """How many documents hold each word, counted no further than would matter."""
    most = MOST_CANDIDATES + 1
    if connection.vendor == "sqlite":
        one = (
            "SELECT %s, (SELECT count(*) FROM (SELECT 1 FROM conditions_evidencetext_fts "
            f"WHERE conditions_evidencetext_fts MATCH %s LIMIT {most}))"
        )
        parameters: list[Any] = [part for word in words for part in (word, f'"{word}"')]
        sql = " UNION ALL ".join([one] * len(words))
    else:
        sql = (
            "SELECT asked.word, (SELECT count(*) FROM (SELECT 1 FROM conditions_evidencetext t "
            f"WHERE t.words @@ plainto_tsquery('simple', asked.word) LIMIT {most}) held) "
            "FROM unnest(%s::text[]) AS asked(word)"
        )
        parameters = [words]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(str(word), int(many)) for word, many in cursor.fetchall()]


def _said(row: dict[str, Any]) -> str:
    # The copy of what was published, where there is one; else our own words on it.
    own = f"{row['summary']}\n{row['text']}"
    return f"{row['title']}\n{row['copy'] or own}"[:COMPARED]


def _copy(row: dict[str, Any], like: Likeness) -> LikelyCopy:
    return LikelyCopy(
        id=row["id"],
        key=row["key"],
        title=row["title"],
        source=row["source__name"],
        published_on=row["published_on"],
        kind=like.kind,
        score=like.score,
        shared=like.shared,
    )
