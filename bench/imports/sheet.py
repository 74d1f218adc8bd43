"""A made-up spreadsheet of evidence, the same for every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from random import Random

from bench.generator.words import prose, sentences

HEADINGS = (
    *("url", "title", "publisher", "reliability", "published_on", "fact_date", "language"),
    *("summary", "text", "event", "credibility", "bears_on"),
)
PUBLISHERS, EVENTS = 100, 250
LINKS = 2
_FIRST_DAY = date(2026, 1, 1)
_STANCES = ("supports", "contradicts", "neutral")


def sheet(rows: int, codes: Sequence[str]) -> bytes:
    """So many documents of about 150 words as CSV, each linked to two of the conditions."""
    rng = Random(1)
    said = sentences(rng, words=20, variety=500)
    kept = io.BytesIO()
    out = io.TextIOWrapper(kept, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(_row(number, codes, rng, said) for number in range(1, rows + 1))
    return kept.getvalue()


def _row(number: int, codes: Sequence[str], rng: Random, said: Iterator[str]) -> tuple[object, ...]:
    day = _FIRST_DAY + timedelta(days=number % 300)
    linked = [codes[(number + step) % len(codes)] for step in range(LINKS)]
    bears_on = "; ".join(f"{code}:{_STANCES[number % 3]}" for code in linked)
    return (
        f"https://example.org/imported/{number}",
        prose(rng, 8),
        f"Publisher {number % PUBLISHERS}",
        "ABCD"[number % PUBLISHERS % 4],
        day.isoformat(),
        day.isoformat(),
        "en",
        " ".join(islice(said, 2)),
        " ".join(islice(said, 5)),
        f"event-{number % EVENTS}",
        number % 6 + 1,
        bears_on,
    )
