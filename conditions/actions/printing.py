"""Printing: published reports made into PDF, once each, and kept so that all get the same bytes."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from conditions.actions.record import record_event
from conditions.models import Publication, PublicationFile, Pulse
from conditions.outbound.reports.pdf import CannotPrint, PressBusy, PrintingFailed, printed
from conditions.queries.printing import PDF, PULSE, Attempt, PressState, not_printed, press_state
from conditions.queries.report import read_report
from conditions.rules.delivery import LONGEST_PAUSE, pause_after

# What one run prints at most; the next pulse goes on.
MOST = 5
LONGEST_ERROR = 1_000
logger = logging.getLogger(__name__)


@dataclass
class _Run:
    """What one run of the press comes to."""

    made: int = 0
    cannot: str = ""
    failed: dict[int, Attempt] = field(default_factory=dict)


def print_publications(*, as_of: datetime, at_once: bool = False) -> int:
    """Print published reports that have no PDF yet; returns how many were made.

    A few in each run, the newest first. What fails is logged and tried again after a pause that
    grows; ``at_once`` waits for no pause. Safe to run twice and at once: each is kept once.
    """
    state = press_state()
    if state.again_at is not None and state.again_at > as_of and not at_once:
        return 0
    waiting = not_printed()
    paused = {pk for pk, one in state.failed.items() if one.again_at > as_of and not at_once}
    run = _Run(failed=dict(state.failed))
    for pk in list(waiting.exclude(pk__in=paused).values_list("pk", flat=True)[:MOST]):
        try:
            _print(Publication.objects.select_related("cycle").get(pk=pk), run, state, as_of)
        except PressBusy:
            # The run before this one is still at it, and will note what comes of it.
            return run.made
        if run.cannot:
            break
    _note(run, still=waiting.values_list("pk", flat=True), as_of=as_of)
    return run.made


def _print(publication: Publication, run: _Run, state: PressState, as_of: datetime) -> None:
    try:
        body = printed(read_report(json.loads(publication.content), sha256=publication.sha256))
    except CannotPrint as error:
        run.cannot = str(error)
        logger.warning("Reports cannot be printed here: %s", error)
    except PrintingFailed as error:
        before = state.failed.get(publication.pk)
        attempts = before.attempts + 1 if before else 1
        told = str(error)[:LONGEST_ERROR]
        run.failed[publication.pk] = Attempt(attempts, as_of + pause_after(attempts), told)
        logger.error("The report %s could not be printed: %s", publication, error)
    else:
        run.made += _keep(publication, body, as_of)


def _keep(publication: Publication, body: bytes, as_of: datetime) -> int:
    try:
        with transaction.atomic():
            kept = PublicationFile.objects.create(
                publication=publication,
                format=PDF,
                body=body,
                sha256=hashlib.sha256(body).hexdigest(),
                made_at=as_of,
            )
            # Without the program: what its pages show is what they showed before.
            record_event(
                verb="publication.printed",
                subject=kept,
                by=None,
                as_of=as_of,
                cycle=publication.cycle,
                after={"version": publication.version, "format": PDF, "sha256": kept.sha256},
            )
    except IntegrityError:
        if not PublicationFile.objects.filter(publication=publication, format=PDF).exists():
            raise
        # Another worker was faster; its bytes are the ones that stand.
        return 0
    return 1


def _note(run: _Run, *, still: Collection[int], as_of: datetime) -> None:
    unprinted = set(still)
    detail: dict[str, Any] = {
        "made": run.made,
        "cannot": run.cannot,
        "again_at": (as_of + LONGEST_PAUSE).isoformat() if run.cannot else None,
        "failed": {
            str(pk): {
                "attempts": one.attempts,
                "again_at": one.again_at.isoformat(),
                "error": one.error,
            }
            for pk, one in run.failed.items()
            if pk in unprinted
        },
    }
    Pulse.objects.update_or_create(name=PULSE, defaults={"beat_at": as_of, "detail": detail})
