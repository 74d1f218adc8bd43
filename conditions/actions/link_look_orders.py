"""Owing looks: which addresses are due, who holds one while it is looked at, and when it may be."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from conditions.actions.leases import TRIES, lease_one
from conditions.actions.link_beginnings import unlooked
from conditions.actions.record import record_event, require_permission
from conditions.models import Evidence, LinkHealth, User
from conditions.models.leases import held_at
from conditions.rules.link_health import HOST_PAUSE
from conditions.rules.refusals import Invalid

MOST_OWED = 2_000


class NoAddress(Invalid):
    """A document without an address has nothing to look at."""


def owe_looks(*, as_of: datetime, most: int = MOST_OWED) -> int:
    """Owe a look at every address that is new, ``most`` at once; how many.

    An address that was amended is owed one from its amendment on.
    """
    new = Evidence.objects.exclude(url="").filter(link_health__isnull=True).order_by("pk")
    rows = [unlooked(row, as_of=as_of) for row in new.only("pk", "url")[:most]]
    LinkHealth.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def ask_for_look(*, evidence: Evidence, by: User | None, as_of: datetime) -> LinkHealth:
    """Have the address of a document looked at as soon as its host may be visited.

    Raises NoAddress.
    """
    require_permission(by, "add_capture", to="have an address looked at")
    if not evidence.url:
        raise NoAddress(
            "This document has no address to look at.",
            field="url",
            value="",
            remedy="Amend the document with its address.",
        )
    with transaction.atomic():
        LinkHealth.objects.bulk_create([unlooked(evidence, as_of=as_of)], ignore_conflicts=True)
        row = LinkHealth.objects.select_for_update().get(pk=evidence.pk)
        row.next_check_at = min(row.next_check_at, as_of)
        row.save(update_fields=["next_check_at"])
        record_event(
            verb="linkhealth.look_ordered",
            subject=evidence,
            by=by,
            as_of=as_of,
            after={"url": row.url, "next_check_at": row.next_check_at},
        )
    return row


def lease_look(*, owner: str, as_of: datetime, lease_for: timedelta) -> LinkHealth | None:
    """Take the address that has been due longest for ``owner`` alone; None when none is free.

    A host is free when nobody looks at it now and the last look is ten seconds old, whichever
    process made it.
    """
    due = LinkHealth.objects.due_by(as_of).exclude(url="").select_related("evidence")
    waiting = due.exclude(host__in=_busy(as_of)).order_by("next_check_at", "pk")
    for host in waiting.values_list("host", flat=True)[:TRIES]:
        with transaction.atomic():
            # Whoever takes another address of this host waits here, and then finds it busy.
            LinkHealth.objects.filter(host=host).order_by("pk").select_for_update().first()
            if host in _busy(as_of):
                continue
            here, until = due.filter(host=host), as_of + lease_for
            if held := lease_one(here, order="next_check_at", owner=owner, until=until):
                return held
    return None


def free_from(host: str, *, pause: timedelta) -> datetime | None:
    """When ``host`` may be looked at again after its last look; None when it never was."""
    looked = LinkHealth.objects.filter(host=host, checked_at__isnull=False)
    last = looked.order_by("-checked_at").values_list("checked_at", flat=True).first()
    return last + pause if last else None


def spare_host(host: str, *, until: datetime) -> None:
    """Leave every address of ``host`` alone until then."""
    LinkHealth.objects.filter(host=host, next_check_at__lt=until).update(next_check_at=until)


def release_look(row: LinkHealth, **fields: object) -> bool:
    """Give an address back, with ``fields`` written; False when somebody else holds it by now."""
    held = LinkHealth.objects.filter(pk=row.pk, lease_owner=row.lease_owner, url=row.url)
    return bool(held.update(lease_owner="", lease_until=None, **fields))


def _busy(as_of: datetime) -> set[str]:
    looked_at = held_at(as_of) | Q(checked_at__gt=as_of - HOST_PAUSE)
    return set(LinkHealth.objects.filter(looked_at).values_list("host", flat=True))
