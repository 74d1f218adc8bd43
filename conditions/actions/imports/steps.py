"""What a person does with an import that was checked: file its rows, check it anew, discard it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from conditions.actions.record import record_event, require_permission
from conditions.models import EvidenceImport, User
from conditions.rules.refusals import Conflict, NotAllowed

State = EvidenceImport.State
# Each is asked of whoever files: sources and links come with the documents.
NEEDED: Final = (
    ("add_evidenceimport", "bring in spreadsheets"),
    ("add_evidence", "file evidence"),
    ("add_evidencelink", "link evidence"),
    ("add_source", "add sources"),
)
_OPEN: Final = (State.UPLOADED, State.CHECKING, State.CHECKED, State.FAILED)


class ImportMoved(Conflict):
    """The import is not in the state that this step begins from."""


class ImportOfAnother(NotAllowed):
    """What is filed stands under the name of whoever uploaded it."""


def file_import(
    *, found: EvidenceImport, only_good_rows: bool, by: User | None, as_of: datetime
) -> EvidenceImport:
    """Owe the filing of a checked import: all of its rows, or the good ones alone.

    Raises ImportMoved unless it was checked, and where rows are wrong and only good ones are not
    asked for.
    """
    require_may_import(found, by)
    found.refresh_from_db(fields=["state", "faults_total", "rows_good"])
    if found.state != State.CHECKED:
        raise _moved(found, "filed")
    if found.faults_total and not only_good_rows:
        raise ImportMoved(
            "Some rows of this sheet are wrong.",
            field="only_good_rows",
            value=found.faults_total,
            remedy="Mend the sheet and upload it anew, or file the good rows alone.",
        )
    if not found.rows_good:
        raise ImportMoved(
            "No row of this sheet can be filed.",
            field="rows_good",
            value=0,
            remedy="Mend the sheet and upload it anew.",
        )
    with transaction.atomic():
        move(found, [State.CHECKED], State.LOADING, "filed", only_good_rows=only_good_rows)
        record_event(
            verb="evidenceimport.filing_ordered",
            subject=found,
            by=by,
            as_of=as_of,
            after={"rows": found.rows_good, "only_good_rows": only_good_rows},
        )
    return found


def check_again(*, found: EvidenceImport, by: User | None, as_of: datetime) -> EvidenceImport:
    """Owe the check of an import anew, after a failure or after what is on file has changed."""
    require_may_import(found, by)
    with transaction.atomic():
        move(found, [State.CHECKED, State.FAILED], State.CHECKING, "checked again")
        record_event(
            verb="evidenceimport.check_ordered",
            subject=found,
            by=by,
            as_of=as_of,
            after={"sha256": found.sha256},
        )
    return found


def discard_import(*, found: EvidenceImport, by: User | None, as_of: datetime) -> EvidenceImport:
    """Give an import up; its row stays, without the file."""
    require_may_import(found, by)
    with transaction.atomic():
        move(found, _OPEN, State.DISCARDED, "discarded", body=b"", faults=[], finished_at=as_of)
        record_event(
            verb="evidenceimport.discarded",
            subject=found,
            by=by,
            as_of=as_of,
            after={"filename": found.filename, "sha256": found.sha256},
        )
    return found


def require_may_import(found: EvidenceImport | None, by: User | None) -> None:
    """Raise unless this person may file what a sheet holds, and uploaded this one themselves."""
    for codename, to in NEEDED:
        require_permission(by, codename, to=to)
    if found is not None and by is not None and found.created_by_id != by.pk:
        raise ImportOfAnother(
            "Somebody else uploaded this sheet, and what is filed stands under their name.",
            field="by",
            value=by.get_username(),
            remedy="Upload the sheet yourself, or ask them.",
        )


def move(
    found: EvidenceImport, begins: Collection[str], ends: str, done: str, **fields: object
) -> EvidenceImport:
    """Compare and set: of two people, or two clicks, one takes the step."""
    started = {"rows_done": 0, "lease_owner": "", "lease_until": None, "last_error": ""}
    mine = EvidenceImport.objects.filter(pk=found.pk, state__in=begins)
    if not mine.update(state=ends, **(started | fields)):
        found.refresh_from_db(fields=["state"])
        raise _moved(found, done)
    found.refresh_from_db(fields=["state", *started, *fields])
    return found


def _moved(found: EvidenceImport, done: str) -> ImportMoved:
    label = State(found.state).label.lower()
    return ImportMoved(
        f"This import cannot be {done} now: it is {label}.",
        field="state",
        value=found.state,
        remedy="Reload the page to see where it stands.",
    )
