"""Looking at links: whether each document still stands at its address, politely and in turn."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction

from conditions.actions.evidence import touch_programs_of
from conditions.actions.leases import while_time_lasts
from conditions.actions.link_beginnings import tell_change
from conditions.actions.link_look_orders import NoAddress as NoAddress
from conditions.actions.link_look_orders import ask_for_look as ask_for_look
from conditions.actions.link_look_orders import (
    free_from,
    lease_look,
    owe_looks,
    release_look,
    spare_host,
)
from conditions.models import Evidence, LinkHealth
from conditions.outbound.fetching import (
    FetchFailed,
    FetchRefused,
    Limits,
    OutsideOff,
    fetch,
    may_call_outside,
)
from conditions.outbound.robots import Permission, Robots
from conditions.rules.link_health import (
    HOST_PAUSE,
    Came,
    Look,
    Misses,
    Verdict,
    host_pause,
    judge,
    next_look,
)

# Beyond the time that two fetches may take.
LEASE = timedelta(minutes=12)
MOST_LOOKS = 100
LONGEST_URL = 2_000
logger = logging.getLogger(__name__)


@dataclass
class Looked:
    """How many looks of one run ended in which state; ``missed`` did not find the document."""

    states: Counter[str] = field(default_factory=Counter)
    missed: int = 0

    @property
    def looks(self) -> int:
        """How many addresses were looked at."""
        return self.states.total()


def look_at_due_links(
    *, owner: str, clock: Callable[[], datetime], limits: Limits, most: int = MOST_LOOKS
) -> Looked:
    """Look at the addresses that are due, ``most`` at most and one of a host at a time.

    Nothing is looked at while outside calls are off: what is due stays due. What robots.txt keeps
    us from is not asked for. Safe to run at once with others and to be killed: an address, and with
    it its host, is held by one run, and free again when its lease is over.
    """
    looked = Looked()
    owe_looks(as_of=clock())
    robots = Robots(limits)
    for at in while_time_lasts(clock, most=most):
        row = lease_look(owner=owner, as_of=at, lease_for=LEASE) if may_call_outside() else None
        if row is None:
            break
        verdict = _look(row, robots, clock=clock, limits=limits)
        if verdict is not None:
            looked.states[verdict.state] += 1
            looked.missed += verdict.is_miss
    return looked


def _look(
    row: LinkHealth, robots: Robots, *, clock: Callable[[], datetime], limits: Limits
) -> Verdict | None:
    try:
        permission = robots.permission(row.url)
        pause = host_pause(permission.crawl_delay)
        free = free_from(row.host, pause=pause)
        if pause > HOST_PAUSE and free is not None and free > clock():
            release_look(row)
            spare_host(row.host, until=free)
            return None
        look = _seen(row.url, limits) if permission.may_visit else _kept_out(row.url, permission)
        verdict = _keep(row, look, as_of=clock())
        if pause > HOST_PAUSE:
            spare_host(row.host, until=clock() + pause)
    except OutsideOff:
        release_look(row)
        return None
    except Exception as error:
        logger.exception("The address of %s could not be looked at", row.evidence.key)
        # Our own fault says nothing about the document.
        reason = f"The tracker failed: {type(error).__name__}."
        release_look(row, reason=reason, next_check_at=clock() + timedelta(days=1))
        return None
    return verdict


def _seen(url: str, limits: Limits) -> Look:
    """What stands at ``url``, asked for as a reader does and closed after the headers.

    GET and not HEAD: many sites refuse HEAD, or answer it otherwise than their readers.
    """
    try:
        found = fetch(url, limits=replace(limits, wants_body=False))
    except FetchRefused as refusal:
        return Look(url, Came.REFUSED, refusal.message)
    except FetchFailed as failure:
        came = Came(failure.kind)
        return Look(url, came, failure.reason, failure.status, failure.final_url)
    hops = tuple((hop.url, hop.status) for hop in found.hops)
    return Look(url, Came.ANSWERED, "", found.status, found.final_url, hops)


def _kept_out(url: str, permission: Permission) -> Look:
    if not permission.is_reached:
        return Look(url, Came.FAILED, permission.reason)
    came = Came.UNASKED if permission.is_final else Came.POSTPONED
    return Look(url, came, permission.reason)


@transaction.atomic
def _keep(row: LinkHealth, look: Look, *, as_of: datetime) -> Verdict | None:
    """Write what a look says; None when somebody else holds the address by now."""
    held = LinkHealth.objects.select_for_update(of=("self",)).filter(pk=row.pk).get()
    misses = Misses(held.failures, held.missed_at)
    verdict = judge(look, misses=misses, as_of=as_of)
    lost_at = (held.lost_at or as_of) if verdict.is_lost else None
    # Moved and missed is another state than moved and found, though both are called moved.
    is_new = held.state != verdict.state or (held.lost_at is not None and lost_at is None)
    final_url = verdict.final_url if len(verdict.final_url) <= LONGEST_URL else ""
    if not release_look(
        row,
        state=verdict.state,
        since=as_of if is_new else held.since,
        checked_at=as_of,
        failures=verdict.misses.count,
        missed_at=verdict.misses.last_at,
        lost_at=lost_at,
        http_status=look.status,
        final_url=final_url,
        reason=verdict.reason,
        next_check_at=next_look(row.url, after=as_of, pause=verdict.pause),
    ):
        return None
    if is_new or lost_at != held.lost_at:
        now = LinkHealth.objects.select_related("evidence").get(pk=row.pk)
        tell_change(held, now, as_of=as_of, reason=verdict.reason)
    if lost_at != held.lost_at:
        touch_programs_of(Evidence.objects.filter(pk=row.pk), as_of=as_of)
    return verdict
