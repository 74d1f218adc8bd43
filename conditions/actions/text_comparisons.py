"""Comparing texts: owed whenever a document says something else, done by the worker, one by one.

What is found is suggested to people, who decide whether two documents carry one voice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, Substr

from conditions.actions.leases import lease_one, while_time_lasts
from conditions.models import (
    Capture,
    Evidence,
    EvidenceText,
    EvidenceVersion,
    TextComparison,
    VoiceSuggestion,
)
from conditions.queries.copy_candidates import copies_for
from conditions.rules.voices import LONGEST_COMPARED, Alike, Wording, alike, longest_shared

LEASE: Final = timedelta(minutes=5)
# After this a run ends; the next pulse goes on. Mail and the sweep wait for the same worker.
LONGEST_RUN: Final = timedelta(seconds=20)
MOST_CANDIDATES: Final = 200
_CHUNK: Final = 1_000
logger = logging.getLogger(__name__)


@dataclass
class Compared:
    """How many documents of one run were compared, how many could not be, and what came of it."""

    documents: int = 0
    failed: int = 0
    suggested: int = 0


@dataclass(frozen=True, slots=True)
class _Text:
    """A document as it is compared; ``speaker`` is whose words it counts for now."""

    evidence_id: int
    wording: Wording
    speaker: str | int


def owe_comparisons(evidence_ids: Collection[int]) -> None:
    """Owe a comparison of these documents with all others, as of when they last said something.

    Whoever compares one of them now compares what it said before: it stays owed. Two queries.
    """
    versions = EvidenceVersion.objects.filter(evidence=OuterRef("pk")).order_by("-number")
    copies = Capture.objects.newest_of(OuterRef("pk"))
    last = Greatest(
        Coalesce(Subquery(versions.values("recorded_at")[:1]), F("recorded_at")),
        Coalesce(Subquery(copies.values("captured_at")[:1]), F("recorded_at")),
    )
    rows = Evidence.objects.filter(pk__in=evidence_ids).order_by("pk")
    TextComparison.objects.bulk_create(
        [TextComparison(evidence_id=pk, owed_since=at) for pk, at in rows.values_list("pk", last)],
        update_conflicts=True,
        unique_fields=["evidence"],
        update_fields=["owed_since", "lease_owner", "lease_until"],
    )


def owe_all_comparisons() -> int:
    """Owe a comparison of every document on file; returns how many there are."""
    last, owed = 0, 0
    while ids := list(
        Evidence.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_CHUNK]
    ):
        owe_comparisons(ids)
        last, owed = ids[-1], owed + len(ids)
    return owed


def compare_due_texts(*, owner: str, clock: Callable[[], datetime], most: int = 500) -> Compared:
    """Compare documents that are owed it, ``most`` at most, and suggest what may be one voice.

    Safe to run at once with others, and to be killed: a document is held by one run, and free
    again when its lease is over. Nothing is suggested twice, and nothing that was decided.
    """
    done = Compared()
    _owe_those_never_compared()
    for at in while_time_lasts(clock, most=most, longest=LONGEST_RUN):
        held = _lease_next(owner=owner, as_of=at)
        if held is None:
            break
        try:
            done.suggested += _compare(held, as_of=clock())
            done.documents += 1
        except Exception:
            # Its lease stands: it is tried again when that is over, after all others.
            logger.exception("Document %s could not be compared", held.evidence_id)
            done.failed += 1
    return done


def _owe_those_never_compared() -> None:
    asked = TextComparison.objects.filter(pk=OuterRef("pk"))
    rows = Evidence.objects.filter(~Exists(asked)).order_by("pk")
    if ids := list(rows.values_list("pk", flat=True)[:_CHUNK]):
        owe_comparisons(ids)


def _lease_next(*, owner: str, as_of: datetime) -> TextComparison | None:
    due = TextComparison.objects.due_by(as_of)
    return lease_one(due, order="owed_since", owner=owner, until=as_of + LEASE)


def _compare(held: TextComparison, *, as_of: datetime) -> int:
    found = _suggestions(held.evidence_id, as_of)
    with transaction.atomic():
        ours = TextComparison.objects.filter(
            pk=held.pk, lease_owner=held.lease_owner, owed_since=held.owed_since
        )
        if not ours.update(owed_since=None, compared_at=as_of, lease_owner="", lease_until=None):
            return 0
        VoiceSuggestion.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def _suggestions(evidence_id: int, as_of: datetime) -> list[VoiceSuggestion]:
    text = next(_texts([evidence_id]), None)
    if text is None:
        return []
    decided = _suggested_with(evidence_id)
    pairs = [
        (other.evidence_id, how)
        for other in _texts(_candidates(text, decided))
        if other.speaker != text.speaker and (how := alike(text.wording, other.wording)) is not None
    ]
    whole = _whole_texts([evidence_id, *(pk for pk, _ in pairs)]) if pairs else {}
    return [_suggestion(evidence_id, pk, how, whole, as_of) for pk, how in pairs]


def _candidates(text: _Text, decided: Collection[int]) -> list[int]:
    """Documents on the same event, and those that hold a phrase of this one; newest filed first."""
    exclude = {text.evidence_id, *decided}
    found: dict[int, None] = {}
    if text.wording.event:
        rows = Evidence.objects.filter(event_slug=text.wording.event).exclude(pk__in=exclude)
        found = dict.fromkeys(rows.order_by("-pk").values_list("pk", flat=True)[:MOST_CANDIDATES])
    for part in text.wording.parts:
        found |= dict.fromkeys(copies_for(" ".join(part), exclude, MOST_CANDIDATES))
    return list(found)


def _suggested_with(evidence_id: int) -> set[int]:
    rows = VoiceSuggestion.objects.filter(Q(first=evidence_id) | Q(second=evidence_id))
    return {pk for pair in rows.values_list("first", "second") for pk in pair} - {evidence_id}


def _texts(evidence_ids: Collection[int]) -> Iterator[_Text]:
    rows = EvidenceText.objects.filter(pk__in=evidence_ids).order_by("pk")
    columns = rows.values_list(
        "pk",
        "evidence__event_slug",
        "evidence__voice",
        "evidence__source_id",
        Substr("summary", 1, LONGEST_COMPARED),
        Substr("body", 1, LONGEST_COMPARED),
    )
    for pk, event, voice, source, summary, body in columns:
        yield _Text(pk, Wording.of(event, summary, body), voice or source)


def _whole_texts(evidence_ids: Collection[int]) -> dict[int, str]:
    copy = Capture.objects.newest_text(LONGEST_COMPARED)
    rows = Evidence.objects.filter(pk__in=evidence_ids).order_by()
    return {
        pk: "\n".join(part for part in parts if part)
        for pk, *parts in rows.values_list("pk", "summary", "text", copy)
    }


def _suggestion(
    one: int, other: int, how: Alike, whole: dict[int, str], as_of: datetime
) -> VoiceSuggestion:
    return VoiceSuggestion(
        first_id=min(one, other),
        second_id=max(one, other),
        same_event=how.same_event,
        likeness=how.contained,
        passage=longest_shared(whole[min(one, other)], whole[max(one, other)]),
        suggested_at=as_of,
    )
