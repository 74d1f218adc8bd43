"""Taking a spreadsheet in: read once from end to end, kept as it came, its columns matched."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from conditions.actions.faults import Fault, Faulty
from conditions.actions.imports.steps import move, require_may_import
from conditions.actions.record import record_event
from conditions.actions.sheets import BadSheet, Row, Sheet, open_sheet
from conditions.models import EvidenceImport, Program, User
from conditions.rules.sheets.columns import BY_NAME, NEEDED, guessed_mapping

LONGEST_NAME: Final = 200
LONGEST_HEADING: Final = 300
State = EvidenceImport.State


class BadMapping(Faulty):
    """Columns matched so that no row could be filed; ``faults`` names every field."""


def upload_sheet(
    *,
    program: Program,
    filename: str,
    body: bytes,
    by: User | None,
    as_of: datetime,
    sheet: str = "",
) -> EvidenceImport:
    """Keep a spreadsheet to be matched and checked; nothing is filed.

    It is read once from end to end, so that what cannot be read is refused here. Its columns are
    matched as far as their headings say what they are. Raises BadSheet.
    """
    require_may_import(None, by)
    opened = open_sheet(filename, body, sheet=sheet)
    rows = sum(1 for _ in opened.rows)
    return keep_sheet(
        program=program,
        filename=filename,
        body=body,
        opened=opened,
        rows=rows,
        by=by,
        as_of=as_of,
    )


def keep_sheet(
    *,
    program: Program,
    filename: str,
    body: bytes,
    opened: Sheet,
    rows: int,
    by: User | None,
    as_of: datetime,
) -> EvidenceImport:
    """Keep a spreadsheet that was read to its end already, and held so many rows.

    Raises BadSheet if it held none.
    """
    require_may_import(None, by)
    if not rows:
        raise BadSheet(
            "There is no row below the headings.",
            field="file",
            value=filename,
            remedy="Put one document into each row below the headings.",
        )
    headings = [heading[:LONGEST_HEADING] for heading in opened.headings]
    with transaction.atomic():
        kept = EvidenceImport.objects.create(
            program=program,
            filename=_shown(filename),
            format=opened.format,
            sha256=hashlib.sha256(body).hexdigest(),
            size=len(body),
            body=body,
            sheet=opened.name[:100],
            headers=headings,
            mapping=guessed_mapping(headings),
            rows_total=rows,
            created_at=as_of,
            created_by=by,
        )
        record_event(
            verb="evidenceimport.uploaded",
            subject=kept,
            by=by,
            as_of=as_of,
            after={"filename": kept.filename, "sha256": kept.sha256, "rows": rows},
        )
    return kept


def map_columns(
    *, found: EvidenceImport, mapping: Mapping[str, str], by: User | None, as_of: datetime
) -> EvidenceImport:
    """Say which column holds which field, and owe the check. Raises BadMapping and ImportMoved."""
    require_may_import(found, by)
    mapping = {field: heading for field, heading in mapping.items() if heading}
    require_mapping(mapping, found.headers)
    begins = [State.UPLOADED, State.CHECKED, State.FAILED]
    with transaction.atomic():
        before = EvidenceImport.objects.values_list("mapping", flat=True).get(pk=found.pk)
        move(found, begins, State.CHECKING, "matched", mapping=mapping)
        record_event(
            verb="evidenceimport.columns_matched",
            subject=found,
            by=by,
            as_of=as_of,
            before={"mapping": before},
            after={"mapping": mapping},
        )
    return found


def require_mapping(mapping: Mapping[str, str], headings: Sequence[str]) -> None:
    """Raise BadMapping with everything that is wrong with a mapping from field to heading."""
    faults = []
    for field, heading in mapping.items():
        if field not in BY_NAME:
            remedy = f"Use one of {', '.join(BY_NAME)}."
            faults.append(Fault(field, "There is no such field.", field, remedy))
        elif heading not in headings:
            remedy = f"Use one of {', '.join(filter(None, headings))}."
            faults.append(Fault(field, "The sheet has no such column.", heading, remedy))
        elif [*mapping.values()].index(heading) < [*mapping].index(field):
            remedy = "Use each column once."
            faults.append(Fault(field, "This column is used for two fields.", heading, remedy))
    for field in NEEDED:
        if field not in mapping:
            message = f"No column holds the {BY_NAME[field].label.lower()}."
            faults.append(Fault(field, message, "", "Choose the column."))
    if not {"url", "reference"} & {*mapping}:
        message = "No column holds the address or a reference."
        faults.append(Fault("url", message, "", "Choose the column of one of the two."))
    if faults:
        raise BadMapping(faults)


def import_preview(found: EvidenceImport, *, most: int = 5) -> tuple[Row, ...]:
    """The first rows of an import as they stand in its file; none once it is over."""
    if not found.body:
        return ()
    sheet = found.sheet if found.format == "xlsx" else ""
    return tuple(islice(open_sheet(f"x.{found.format}", bytes(found.body), sheet=sheet).rows, most))


def _shown(filename: str) -> str:
    name = "".join(sign if sign.isprintable() else " " for sign in filename)
    return name.replace("\\", "/").rpartition("/")[2].strip()[-LONGEST_NAME:] or "sheet"
