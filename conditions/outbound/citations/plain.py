"""A citation as a sentence, to paste anywhere."""

from __future__ import annotations

from conditions.outbound.citations.texts import day_in_words, one_line
from conditions.queries.works import Work


def citation(work: Work) -> str:
    """The document in one line: publisher, title, day, address, and when it was seen."""
    parts = [one_line(work.publisher), f"“{one_line(work.title)}”"]
    parts.append(day_in_words(work.published_on) if work.published_on else "undated")
    if work.reference:
        parts.append(one_line(work.reference))
    if work.url:
        seen = f" (seen {day_in_words(work.seen_on)})" if work.seen_on else ""
        parts.append(f"{one_line(work.url)}{seen}")
    return f"{', '.join(part for part in parts if part)}."
