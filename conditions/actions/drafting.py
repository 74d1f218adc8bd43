"""Drafting: save a judgement, new or on file, and hand it to review in the same step if asked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.assessments import edit_assessment, start_assessment, submit_assessment
from conditions.actions.judgements import Judgement
from conditions.actions.searches import SearchItem, record_search
from conditions.models import Assessment, Condition, ReviewCycle, User


def write_assessment(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    judgement: Judgement,
    by: User,
    as_of: datetime,
    submit: bool,
    assessment: Assessment | None = None,
    expected_revision: int = 0,
    corrects: Assessment | None = None,
    correction_note: str = "",
    search: SearchItem | None = None,
) -> Assessment:
    """Start an assessment, or edit ``assessment`` at ``expected_revision``; submit it if asked.

    ``search`` is logged with it, for the whole condition. All or nothing. Raises what ``start_``,
    ``edit_`` and ``submit_assessment`` raise, and ``record_search``.
    """
    with transaction.atomic():
        if search is not None:
            record_search(search=search, condition=condition, cycle=cycle, by=by, as_of=as_of)
        if assessment is None:
            saved = start_assessment(
                condition=condition,
                cycle=cycle,
                judgement=judgement,
                by=by,
                as_of=as_of,
                corrects=corrects,
                correction_note=correction_note,
            )
        else:
            saved = edit_assessment(
                assessment=assessment,
                judgement=judgement,
                by=by,
                as_of=as_of,
                expected_revision=expected_revision,
            )
        if submit:
            saved = submit_assessment(
                assessment=saved, by=by, as_of=as_of, expected_revision=saved.revision
            )
    return saved
