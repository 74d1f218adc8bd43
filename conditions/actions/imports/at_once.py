"""A spreadsheet in one go, for the command line: planned without a trace, or filed whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from conditions.actions.evidence_files.bearings import Bearings
from conditions.actions.faults import Fault, sorted_faults
from conditions.actions.imports.steps import file_import, require_may_import
from conditions.actions.imports.uploading import keep_sheet, map_columns, require_mapping
from conditions.actions.imports.working import advance_import, slugs_of
from conditions.actions.sheets import Sheet, open_sheet
from conditions.actions.sheets.checking import Checker, ReadRow, read_rows
from conditions.actions.sheets.lines import Placed
from conditions.models import EvidenceImport, Program, User
from conditions.rules.refusals import Conflict
from conditions.rules.sheets.columns import address_of, guessed_mapping

OWNER = "at-once"


class ImportFailed(Conflict):
    """A sheet could not be filed; nothing of it was."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would come to: rows, how many are good and on file, and each fault.

    The path of a fault is its cell and its column.
    """

    rows: int
    good: int
    known: int
    faults: tuple[Fault, ...]


def plan_import(
    *,
    program: Program,
    filename: str,
    body: bytes,
    mapping: Mapping[str, str],
    as_of: datetime,
    sheet: str = "",
    progress: Callable[[int], None] | None = None,
) -> ImportPlan:
    """Check a sheet and keep nothing; ``mapping`` adds to what its headings say.

    Raises BadSheet and BadMapping.
    """
    opened, placed = _opened(filename, body, sheet, mapping)
    read = read_rows(opened.rows, placed, as_of=as_of)
    rows = good = known = 0
    faults: list[Fault] = []
    for batch in Checker(Bearings(slugs_of(program)), placed).batches(read):
        rows, good, known = rows + batch.read, good + len(batch.lines), known + len(batch.known)
        faults += [_at_cell(fault, placed) for fault in batch.faults]
        if progress is not None:
            progress(rows)
    return ImportPlan(rows, good, known, tuple(sorted_faults(faults)))


def import_at_once(
    *,
    program: Program,
    filename: str,
    body: bytes,
    mapping: Mapping[str, str],
    only_good_rows: bool,
    by: User | None,
    clock: Callable[[], datetime],
    sheet: str = "",
) -> EvidenceImport:
    """Upload, check and file a sheet in one transaction; its row is what the desk shows of it.

    Raises BadSheet, BadMapping, ImportMoved where rows are wrong and only good ones are not asked
    for, and ImportFailed; then nothing is kept.
    """
    require_may_import(None, by)
    # Read before the transaction: on SQLite all other writers wait for its end.
    opened, placed = _opened(filename, body, sheet, mapping)
    read = list(read_rows(opened.rows, placed, as_of=clock()))
    with transaction.atomic():
        found = keep_sheet(
            program=program,
            filename=filename,
            body=body,
            opened=opened,
            rows=len(read),
            by=by,
            as_of=clock(),
        )
        used = found.mapping | dict(mapping)
        map_columns(found=found, mapping=used, by=by, as_of=clock())
        _advance(found, clock, read)
        file_import(found=found, only_good_rows=only_good_rows, by=by, as_of=clock())
        _advance(found, clock, read)
        if found.state != EvidenceImport.State.LOADED:
            raise ImportFailed(
                "Nothing was filed.", field="file", value=filename, remedy=found.last_error
            )
    return found


def _opened(
    filename: str, body: bytes, sheet: str, mapping: Mapping[str, str]
) -> tuple[Sheet, Placed]:
    opened = open_sheet(filename, body, sheet=sheet)
    used = guessed_mapping(opened.headings) | dict(mapping)
    require_mapping(used, opened.headings)
    return opened, Placed.of(opened.headings, used)


def _advance(found: EvidenceImport, clock: Callable[[], datetime], read: Sequence[ReadRow]) -> None:
    advance_import(pk=found.pk, owner=OWNER, clock=clock, read=read)
    found.refresh_from_db()


def _at_cell(fault: Fault, placed: Placed) -> Fault:
    cell = address_of(placed.places.get(fault.path, 0) + 1, fault.line or 0)
    return Fault(f"{cell} ({fault.path})", fault.message, fault.value, fault.remedy, fault.line)
