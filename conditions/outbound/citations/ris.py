"""Citations as RIS, which Zotero, EndNote and Mendeley read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import rispy

from conditions.outbound.citations.texts import one_line
from conditions.queries.works import Work


class _Writer(rispy.RisWriter):  # type: ignore[misc]
    """Records without a number before each, which not every reader skips."""

    def set_header(self, count: int) -> str:
        """No line before a record."""
        return ""


def library(works: Iterable[Work]) -> str:
    """The documents as records, each line ended as RIS asks for. No text can begin a line."""
    text: str = rispy.dumps([_record(work) for work in works], implementation=_Writer)
    return text.replace("\n", "\r\n")


def _record(work: Work) -> dict[str, Any]:
    told = {
        "title": work.title,
        "secondary_title": work.publisher,
        "publisher": work.publisher,
        "year": f"{work.published_on.year:04}" if work.published_on else "",
        "date": _day(work.published_on),
        "language": work.language,
        "access_date": _day(work.seen_on) if work.url else "",
        "number": work.reference,
        "abstract": work.summary,
        "label": work.key,
    }
    record: dict[str, Any] = {name: one_line(text) for name, text in told.items() if text}
    record["type_of_reference"] = "RPRT" if not work.url else "NEWS" if work.is_news else "ELEC"
    record["notes"] = [f"Admiralty grade {work.grade}"]
    if work.url:
        record["urls"] = [one_line(work.url)]
    return record


def _day(day: date | None) -> str:
    return day.isoformat().replace("-", "/") if day else ""
