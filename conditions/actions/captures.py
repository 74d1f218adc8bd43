"""Captures: copies of what evidence was published at, kept unchanged with who handled them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from conditions.actions.capture_orders import NothingToFetch as NothingToFetch
from conditions.actions.capture_orders import (
    finish_done,
    finish_failed,
    lease_next,
    release,
)
from conditions.actions.capture_orders import order_capture as order_capture
from conditions.actions.evidence import touch_programs_of
from conditions.actions.leases import while_time_lasts
from conditions.actions.record import record_event, require_permission
from conditions.actions.search_texts import write_search_text
from conditions.models import Capture, CaptureBody, CaptureOrder, CustodyEntry, Evidence, User
from conditions.outbound.fetching import (
    Fetched,
    FetchFailed,
    FetchRefused,
    Limits,
    OutsideOff,
    fetch,
    may_call_outside,
)
from conditions.outbound.fetching.fetch import AGENT
from conditions.outbound.fetching.texts import Extracted, text_of
from conditions.rules.files import require_kind
from conditions.rules.refusals import Invalid

UPLOADED_BY = "upload"
PASTED_BY = "paste"
FETCHED_BY = AGENT.partition(" ")[0]
# Beyond the time that a fetch and the search for its text may take.
LEASE = timedelta(minutes=10)
LONGEST_NAME = 200
logger = logging.getLogger(__name__)


class FileRefused(Invalid):
    """A file that is not kept."""


@dataclass
class Made:
    """How many captures of one run ended how; ``failed`` ones are tried again, or given up."""

    stored: int = 0
    failed: int = 0


def make_due_captures(
    *,
    owner: str,
    clock: Callable[[], datetime],
    limits: Limits,
    most: int = 20,
    evidence: Evidence | None = None,
) -> Made:
    """Make copies that are owed and due, ``most`` at most, of ``evidence`` alone if it is given.

    Nothing while outside calls are off: what is owed stays owed. Safe to run at once with others,
    and to be killed: an order is held by one run, and free again when its lease is over. Every
    attempt is a row, also one that brought nothing.
    """
    made = Made()
    for at in while_time_lasts(clock, most=most):
        if not may_call_outside():
            break
        order = lease_next(owner=owner, as_of=at, lease_for=LEASE, evidence=evidence)
        if order is None:
            break
        _make(order, clock=clock, limits=limits, made=made)
    return made


def upload_capture(
    *,
    evidence: Evidence,
    filename: str,
    body: bytes,
    by: User | None,
    as_of: datetime,
    tool: str = UPLOADED_BY,
) -> Capture:
    """Keep a file as a copy of a document: PDF, image, text or office, known by its bytes.

    ``tool`` says how it came here, if not as a file. Raises FileRefused and NotThisKind.
    """
    require_permission(by, "add_capture", to="upload a copy")
    _require_size(filename, body)
    content_type = require_kind(filename, body)
    text = text_of(body, content_type=content_type)
    with transaction.atomic():
        return _store(
            Capture(
                evidence=evidence,
                origin=Capture.Origin.UPLOADED,
                content_type=content_type,
                filename=_bare(filename),
                tool=tool,
                captured_by=by,
            ),
            body,
            text,
            actor=by,
            as_of=as_of,
            note=f"Uploaded as {_bare(filename)}.",
        )


def _make(
    order: CaptureOrder, *, clock: Callable[[], datetime], limits: Limits, made: Made
) -> None:
    evidence = order.evidence
    try:
        found = fetch(evidence.url, limits=limits)
        text = text_of(found.body, content_type=found.content_type, charset=found.charset)
        made.stored += _keep(order, found, text, as_of=clock())
    except OutsideOff:
        release(order)
    except FetchRefused as refusal:
        made.failed += _miss(order, Capture.Outcome.REFUSED, str(refusal), None, "", clock())
    except FetchFailed as failure:
        outcome = Capture.Outcome(failure.kind)
        reason, status, url = failure.reason, failure.status, failure.final_url
        made.failed += _miss(order, outcome, reason, status, url, clock())
    except Exception as error:
        logger.exception("A copy of %s could not be made", evidence.key)
        reason = f"The tracker failed: {type(error).__name__}."
        made.failed += _miss(order, Capture.Outcome.FAILED, reason, None, "", clock())


def _keep(order: CaptureOrder, found: Fetched, text: Extracted, *, as_of: datetime) -> bool:
    capture = Capture(
        evidence=order.evidence,
        origin=Capture.Origin.FETCHED,
        url=order.evidence.url,
        final_url=found.final_url,
        hops=[asdict(hop) for hop in found.hops],
        http_status=found.status,
        headers=[list(line) for line in found.headers],
        content_type=found.content_type,
        tool=FETCHED_BY,
        captured_by=order.asked_by,
    )
    with transaction.atomic():
        if not finish_done(order, as_of=as_of):
            return False
        note = "Fetched by the worker."
        _store(capture, found.body, text, actor=None, as_of=as_of, note=note)
    return True


def _store(
    capture: Capture,
    body: bytes,
    text: Extracted,
    *,
    actor: User | None,
    as_of: datetime,
    note: str,
) -> Capture:
    sha256 = hashlib.sha256(body).hexdigest()
    kept, _ = CaptureBody.objects.get_or_create(
        sha256=sha256, defaults={"size": len(body), "body": body}
    )
    capture.outcome = Capture.Outcome.STORED
    capture.body, capture.sha256, capture.size = kept, sha256, len(body)
    capture.text, capture.text_tool = text.text, text.tool[:80]
    capture.captured_at = as_of
    capture.save()
    CustodyEntry.objects.create(
        capture=capture, act=CustodyEntry.Act.CAPTURED, by=capture.captured_by, at=as_of, note=note
    )
    # The document is locked by this, as everywhere before the programs that show it.
    write_search_text([capture.evidence_id])
    _tell("capture.stored", capture, actor, as_of)
    return capture


def _miss(
    order: CaptureOrder,
    outcome: Capture.Outcome,
    reason: str,
    status: int | None,
    final_url: str,
    as_of: datetime,
) -> bool:
    is_final = outcome == Capture.Outcome.REFUSED
    with transaction.atomic():
        if not finish_failed(order, as_of=as_of, error=reason, is_final=is_final):
            return False
        capture = Capture.objects.create(
            evidence=order.evidence,
            origin=Capture.Origin.FETCHED,
            outcome=outcome,
            reason=reason,
            url=order.evidence.url,
            final_url=final_url[:2000],
            http_status=status,
            tool=FETCHED_BY,
            captured_at=as_of,
            captured_by=order.asked_by,
        )
        _tell("capture.failed", capture, None, as_of)
    return True


def _tell(verb: str, capture: Capture, actor: User | None, as_of: datetime) -> None:
    record_event(
        verb=verb,
        subject=capture.evidence,
        by=actor,
        as_of=as_of,
        after={"capture": capture.pk, "outcome": capture.outcome, "sha256": capture.sha256},
        reason=capture.reason,
    )
    touch_programs_of(Evidence.objects.filter(pk=capture.evidence_id), as_of=as_of)


def _require_size(filename: str, body: bytes) -> None:
    most = settings.CAPTURE_MAX_BYTES
    if not body or len(body) > most:
        raise FileRefused(
            "This file is empty." if not body else f"This file is larger than {most:,} bytes.",
            field="file",
            value=filename,
            remedy=f"Give a file of at most {most:,} bytes.",
        )


def _bare(filename: str) -> str:
    """The last part of a file name, without what could be a path or a line end."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-LONGEST_NAME:]
