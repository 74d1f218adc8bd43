"""What waits beside the evidence itself: dead addresses, failed captures, the inbox."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from conditions.models import (
    Capture,
    CaptureOrder,
    Evidence,
    EvidenceImport,
    EvidenceLink,
    Feed,
    InboxItem,
    LinkHealth,
    Program,
    VoiceSuggestion,
)
from conditions.queries.captures import HeldCopy, held_copies

MOST_SHOWN = 20
# A day, a week, a month: what is older than a month is no longer news to anybody.
_YOUNG, _AGEING, _OLD = timedelta(days=1), timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LostAddress:
    """A document that is no longer at its address; ``held`` is our newest copy, if there is one."""

    health: LinkHealth
    held: HeldCopy | None


@dataclass(frozen=True, slots=True)
class InboxAge:
    """How long the items of the inbox have waited: up to a day, a week, a month, and longer."""

    day: int
    week: int
    month: int
    longer: int
    oldest: datetime | None

    @property
    def waiting(self) -> int:
        """How many wait in all."""
        return self.day + self.week + self.month + self.longer


@dataclass(frozen=True, slots=True)
class Beside:
    """What waits; lists hold up to ``MOST_SHOWN``, the totals all.

    ``lost`` are addresses at which a document is no longer found, ``failed`` captures given up.
    """

    lost: tuple[LostAddress, ...]
    lost_total: int
    failed: tuple[CaptureOrder, ...]
    failed_total: int
    inbox: InboxAge
    voices: int
    feeds: int
    imports: int


def beside(program: Program, *, as_of: datetime, sensitivities: Collection[str]) -> Beside:
    """What waits for ``program`` and in the inbox of all programs. Nine queries."""
    linked = EvidenceLink.objects.standing_at(as_of).filter(
        condition__program=program, evidence=OuterRef("evidence")
    )
    seen = Q(evidence__sensitivity__in=sensitivities)
    lost = LinkHealth.objects.lost().filter(seen, Exists(linked), lost_at__lte=as_of)
    failed = _given_up().filter(seen, Exists(linked))
    addresses = list(lost.select_related("evidence").order_by("-lost_at", "pk")[:MOST_SHOWN])
    copies = held_copies([one.evidence_id for one in addresses], known_at=as_of)
    both = Evidence.objects.with_sensitivity(sensitivities).values("pk")
    voices = VoiceSuggestion.objects.filter(
        state=VoiceSuggestion.State.WAITING, first__in=both, second__in=both
    )
    finished = (EvidenceImport.State.LOADED, EvidenceImport.State.DISCARDED)
    return Beside(
        lost=tuple(LostAddress(one, copies.get(one.evidence_id)) for one in addresses),
        lost_total=lost.count(),
        failed=tuple(failed.select_related("evidence").order_by("-asked_at", "pk")[:MOST_SHOWN]),
        failed_total=failed.count(),
        inbox=_inbox_age(as_of),
        voices=voices.count(),
        feeds=Feed.objects.failing().count(),
        imports=EvidenceImport.objects.exclude(state__in=finished).count(),
    )


def _given_up() -> QuerySet[CaptureOrder]:
    """Orders given up, after which nothing was asked for again and no copy came."""
    later = CaptureOrder.objects.filter(evidence=OuterRef("evidence"), pk__gt=OuterRef("pk"))
    stored = Capture.objects.stored().filter(
        evidence=OuterRef("evidence"), captured_at__gte=OuterRef("asked_at")
    )
    orders = CaptureOrder.objects.filter(state=CaptureOrder.State.GIVEN_UP)
    return orders.filter(~Exists(later), ~Exists(stored))


def _inbox_age(as_of: datetime) -> InboxAge:
    day, week, month = as_of - _YOUNG, as_of - _AGEING, as_of - _OLD
    counted = InboxItem.objects.waiting().aggregate(
        day=Count("pk", filter=Q(received_at__gt=day)),
        week=Count("pk", filter=Q(received_at__lte=day, received_at__gt=week)),
        month=Count("pk", filter=Q(received_at__lte=week, received_at__gt=month)),
        longer=Count("pk", filter=Q(received_at__lte=month)),
        oldest=Min("received_at"),
    )
    return InboxAge(**counted)
