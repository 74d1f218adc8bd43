"""Working on imports: each held by one run at a time, checked with progress, filed at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from conditions.actions.documents import UNSTORABLE
from conditions.actions.evidence_files.bearings import Bearings
from conditions.actions.evidence_files.filing import Filing
from conditions.actions.faults import Fault
from conditions.actions.imports.steps import require_may_import
from conditions.actions.record import record_event
from conditions.actions.sheets import open_sheet
from conditions.actions.sheets.checking import Batch, Checker, ReadRow, read_rows
from conditions.actions.sheets.lines import Placed
from conditions.models import EvidenceImport, Program
from conditions.rules.refusals import Refusal
from conditions.rules.sheets.columns import BY_NAME, address_of

# As many rows are checked and filed while the person waits; more are the worker's.
AT_ONCE: Final = 500
MOST_FAULTS: Final = 1_000
MOST_KNOWN: Final = 100
LONGEST_VALUE: Final = 200
# Renewed with every batch that is checked; after a crash the import is free again this late.
LEASE: Final = timedelta(minutes=2)
State = EvidenceImport.State
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


class _Taken(Exception):
    """Somebody else holds the import by now, or it was discarded."""


class _Wrong(Exception):
    """Rows that were good when they were checked are wrong now; nothing of the sheet is filed."""


def advance_due_imports(*, owner: str, clock: Clock, most: int = 5) -> int:
    """Check and file what is owed; returns how many imports were worked on. One query if none.

    Safe to run at once with others, and to be killed: an import is held by one run, and free again
    when its lease is over. A check that was broken off begins anew, and filing is one transaction.
    """
    due = EvidenceImport.objects.due_by(clock()).order_by("id").values_list("pk", flat=True)
    return sum(advance_import(pk=pk, owner=owner, clock=clock) for pk in list(due[:most]))


def advance_import(
    *, pk: int, owner: str, clock: Clock, read: Sequence[ReadRow] | None = None
) -> bool:
    """Check or file one import to its end; False if there is nothing to do, or another does it.

    ``read`` are its rows, for whoever has read them already.
    """
    free = EvidenceImport.objects.due_by(clock()).filter(pk=pk)
    if not free.update(lease_owner=owner, lease_until=clock() + LEASE):
        return False
    found = EvidenceImport.objects.select_related("program", "created_by").get(pk=pk)
    try:
        if found.state == State.CHECKING:
            _check(found, owner, clock, read)
        else:
            _load(found, owner, clock, read)
    except _Taken:
        return False
    except Refusal as refusal:
        _fail(found, owner, str(refusal))
    except Exception as error:
        # Told on its page and in the log; left due, it would be tried for ever.
        logger.exception("Import %s could not be worked on", pk)
        _fail(found, owner, f"This went wrong: {type(error).__name__}. Try again.")
    return True


def last_progress(found: EvidenceImport) -> datetime | None:
    """When the run that took an import last told that it works on it; None before any took it."""
    return found.lease_until - LEASE if found.lease_until else None


class _Findings:
    """What a check has found so far, as the import keeps it."""

    def __init__(self, found: EvidenceImport, placed: Placed) -> None:
        self._mapping, self._placed = found.mapping, placed
        self.done = self.good = self.total = self.known = 0
        self.faults: list[dict[str, Any]] = []
        self.known_rows: list[int] = []

    def add(self, batch: Batch) -> None:
        """Take in one batch more."""
        self.done += batch.read
        self.good += len(batch.lines)
        self.known += len(batch.known)
        self.total += len(batch.faults)
        self.faults += [self._told(one) for one in batch.faults[: MOST_FAULTS - len(self.faults)]]
        self.known_rows += batch.known[: MOST_KNOWN - len(self.known_rows)]

    def as_fields(self) -> dict[str, Any]:
        """The columns of the import."""
        return {
            "rows_done": self.done,
            "rows_good": self.good,
            "faults": self.faults,
            "faults_total": self.total,
            "outcome": {"known": self.known, "known_rows": self.known_rows},
        }

    def _told(self, fault: Fault) -> dict[str, Any]:
        row = fault.line or 0
        # A field without a column is told at the first column of its row.
        at = self._placed.places.get(fault.path, 0)
        return {
            "row": row,
            "column": self._mapping.get(fault.path, ""),
            "cell": address_of(at + 1, row),
            "field": BY_NAME[fault.path].label if fault.path in BY_NAME else fault.path,
            "value": _storable(fault.value),
            "message": fault.message,
            "remedy": fault.remedy,
        }


def _storable(value: object) -> str:
    text = "" if value is None else str(value)
    return UNSTORABLE.sub("\ufffd", text[:LONGEST_VALUE])


def _check(found: EvidenceImport, owner: str, clock: Clock, read: Sequence[ReadRow] | None) -> None:
    findings, checker = _begin(found)
    for batch in checker.batches(_rows(found, clock()) if read is None else read):
        findings.add(batch)
        _renew(found, owner, clock, rows_done=findings.done)
    _hold(found, owner, state=State.CHECKED, **findings.as_fields(), **_FREE)


def _load(found: EvidenceImport, owner: str, clock: Clock, read: Sequence[ReadRow] | None) -> None:
    require_may_import(found, found.created_by)
    as_of = clock()
    # Read before the transaction: on SQLite all other writers wait for its end.
    rows = list(_rows(found, as_of)) if read is None else read
    findings, checker = _begin(found)
    _renew(found, owner, clock)
    try:
        with transaction.atomic():
            # Held to the end: a run that took the lease meanwhile waits here, and finds it filed.
            EvidenceImport.objects.select_for_update().filter(pk=found.pk).values("pk").get()
            _hold(found, owner, rows_done=0)
            bearings = Bearings(slugs_of(found.program))
            filing = Filing(bearings, by=found.created_by, as_of=as_of, backdate=False)
            for batch in checker.batches(rows):
                findings.add(batch)
                if findings.total and not found.only_good_rows:
                    continue
                filing.file(batch.lines)
            if findings.total and not found.only_good_rows:
                raise _Wrong
            notes = filing.finish()
            _finish(found, owner, filing, findings, notes, as_of)
    except _Wrong:
        told = "What is on file changed since the check: nothing was filed. Look at the errors."
        fields = findings.as_fields()
        _hold(found, owner, state=State.CHECKED, last_error=told, **fields, **_FREE)


def _rows(found: EvidenceImport, as_of: datetime) -> Iterator[ReadRow]:
    sheet = found.sheet if found.format == "xlsx" else ""
    opened = open_sheet(f"sheet.{found.format}", bytes(found.body), sheet=sheet)
    return read_rows(opened.rows, Placed.of(found.headers, found.mapping), as_of=as_of)


def _begin(found: EvidenceImport) -> tuple[_Findings, Checker]:
    placed = Placed.of(found.headers, found.mapping)
    return _Findings(found, placed), Checker(Bearings(slugs_of(found.program)), placed)


def _finish(
    found: EvidenceImport,
    owner: str,
    filing: Filing,
    findings: _Findings,
    notes: list[str],
    as_of: datetime,
) -> None:
    outcome = {
        "filed": filing.filed,
        "known": filing.known,
        "linked": filing.linked,
        "sources": len(filing.publishers.new),
        "left_out": findings.done - findings.good,
        "known_rows": findings.known_rows,
        "notes": notes,
    }
    # What was filed is in its documents; the rest of the file may be meant for few eyes.
    fields = findings.as_fields() | {"outcome": outcome, "finished_at": as_of, "body": b""}
    _hold(found, owner, state=State.LOADED, **fields, **_FREE)
    record_event(
        verb="evidenceimport.filed",
        subject=found,
        by=found.created_by,
        as_of=as_of,
        after={"filename": found.filename, "sha256": found.sha256} | outcome,
    )


def slugs_of(program: Program) -> tuple[str, ...]:
    """The program whose codes the sheet uses, and those that the crosswalk may carry to."""
    others = Program.objects.exclude(pk=program.pk).order_by("slug")
    return (program.slug, *others.values_list("slug", flat=True))


_FREE: Final[dict[str, Any]] = {"lease_owner": "", "lease_until": None}


def _hold(found: EvidenceImport, owner: str, **fields: Any) -> None:
    mine = EvidenceImport.objects.filter(
        pk=found.pk, lease_owner=owner, state__in=EvidenceImport.WORKING
    )
    if not mine.update(**fields):
        raise _Taken


def _renew(found: EvidenceImport, owner: str, clock: Clock, **fields: Any) -> None:
    _hold(found, owner, lease_until=clock() + LEASE, **fields)


def _fail(found: EvidenceImport, owner: str, error: str) -> None:
    mine = EvidenceImport.objects.filter(
        pk=found.pk, lease_owner=owner, state__in=EvidenceImport.WORKING
    )
    mine.update(state=State.FAILED, last_error=error, **_FREE)
