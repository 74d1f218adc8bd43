"""Published reports, as rows: without their texts, with the addresses where those stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from conditions.models import Program, Publication
from conditions.queries.lists.filters import moment, number, text
from conditions.queries.lists.paging import Listing, NoSuchRow
from conditions.queries.report_addresses import file_address, report_address
from conditions.rules.authority import Reader


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where the forms of a report stand; the PDF is there minutes after publication."""

    pdf: str
    docx: str
    json: str


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One published version of a cycle's report, bound by ``sha256`` of its data.

    ``previous`` is the hash of the publication before it in the program's chain; ``note`` says what
    a correction corrects.
    """

    id: int
    program: str
    cycle: int
    version: int
    valid_at: date
    known_at: datetime
    sha256: str
    previous: str | None
    note: str
    is_demonstration: bool
    report: str = ""
    files: ReportFiles = ReportFiles("", "", "")


def publication_data(reader: Reader, pk: int) -> tuple[bytes, str]:
    """The data of a publication, to the byte, and their SHA-256. Raises NoSuchRow. One query."""
    found = _publications(reader).filter(pk=pk).values_list("content", "sha256").first()
    if found is None:
        raise NoSuchRow(
            "There is no such thing here.",
            field="pk",
            value=pk,
            remedy="See the list for what there is.",
        )
    content, sha256 = found
    return content.encode(), sha256


def _publications(reader: Reader) -> QuerySet[Any]:
    return Publication.objects.filter(program__in=Program.objects.for_reader(reader))


def _addressed(rows: list[PublicationRow], reader: Reader, as_of: datetime) -> list[PublicationRow]:
    return [_with_addresses(row) for row in rows]


def _with_addresses(row: PublicationRow) -> PublicationRow:
    place = (row.program, row.cycle, row.version)
    pdf, docx, data = (file_address(*place, form) for form in ("pdf", "docx", "json"))
    return replace(row, report=report_address(*place), files=ReportFiles(pdf, docx, data))


PUBLICATIONS = Listing(
    row=PublicationRow,
    columns=(
        *("id", "program__slug", "cycle__number", "version", "valid_at", "known_at", "sha256"),
        *("previous__sha256", "note", "is_demonstration"),
    ),
    visible=_publications,
    filters=(
        text("program", "The program's slug.", "program__slug"),
        number("cycle", "The cycle's number.", "cycle__number"),
        moment("changed_since", "Published at this moment or later.", "known_at__gte"),
    ),
    orderings=("-id", "id", "known_at", "-known_at"),
    complete=_addressed,
)
