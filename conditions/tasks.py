"""The scheduled jobs: each reads the clock and makes one call. Beat knows them by name.

They are pulses: what is due stands in the database, so a lost one is made good by the next. Hence
each is acknowledged as it begins: a worker that holds an unacknowledged message when its broker
goes away does not come back by itself (kombu 5.7 fails while it puts the message back).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

from celery import shared_task
from django.db.models import QuerySet

from conditions import clock
from conditions.actions.captures import make_due_captures
from conditions.actions.delivery import deliver_due
from conditions.actions.feed_readings import read_due_feeds
from conditions.actions.imports import advance_due_imports
from conditions.actions.inbox_readings import read_due_items
from conditions.actions.leases import new_owner
from conditions.actions.link_looks import look_at_due_links
from conditions.actions.printing import print_publications
from conditions.actions.sweep import sweep as sweep_programs
from conditions.actions.text_comparisons import compare_due_texts
from conditions.models import CaptureOrder, EvidenceImport, Feed, InboxItem, LinkHealth
from conditions.models.leases import held_at
from conditions.outbound.fetching import limits_of_installation

Job = Callable[[], None]


def gives_way(rows: QuerySet[Any]) -> Callable[[Job], Job]:
    """Let a pulse pass while another run, in whatever process, holds one of these rows.

    So each such job holds one thread of all workers, and the sweep and the mail always find a free
    one. After a run that died it passes until the lease is over.
    """

    def decorated(job: Job) -> Job:
        @wraps(job)
        def run() -> None:
            if not rows.filter(held_at(clock.now())).exists():
                job()

        return run

    return decorated


def alone(job: Job) -> Job:
    """Let a pulse pass while the run before it still works in this process.

    For jobs that hold no rows, or leave some held on purpose; else see ``gives_way``.
    """
    running = Lock()

    @wraps(job)
    def run() -> None:
        if running.acquire(blocking=False):
            try:
                job()
            finally:
                running.release()

    return run


@shared_task(name="conditions.tasks.sweep", acks_late=False)
def sweep() -> None:
    """Open what has begun, mark what fell due, owe what is to be sent."""
    sweep_programs(as_of=clock.now(), only_changed=True, is_pulse=True)


@shared_task(name="conditions.tasks.deliver", acks_late=False)
def deliver() -> None:
    """Send what is owed and due."""
    deliver_due(owner=new_owner(), clock=clock.now, is_pulse=True)


@shared_task(name="conditions.tasks.print_reports", acks_late=False)
@alone
def print_reports() -> None:
    """Print the reports that were published since."""
    print_publications(as_of=clock.now())


@shared_task(name="conditions.tasks.fetch_outside", acks_late=False)
@gives_way(CaptureOrder.objects.filter(state=CaptureOrder.State.OWED))
def fetch_outside() -> None:
    """Fetch what is owed from outside; nothing at all until an operator allows it."""
    make_due_captures(owner=new_owner(), clock=clock.now, limits=limits_of_installation())


@shared_task(name="conditions.tasks.look_at_links", acks_late=False)
@gives_way(LinkHealth.objects.all())
def look_at_links() -> None:
    """Look whether documents still stand at their addresses; nothing until it is allowed."""
    look_at_due_links(owner=new_owner(), clock=clock.now, limits=limits_of_installation())


@shared_task(name="conditions.tasks.advance_imports", acks_late=False)
@gives_way(EvidenceImport.objects.filter(state__in=EvidenceImport.WORKING))
def advance_imports() -> None:
    """Check and file the spreadsheets that wait for it."""
    advance_due_imports(owner=new_owner(), clock=clock.now)


@shared_task(name="conditions.tasks.compare_texts", acks_late=False)
@alone
def compare_texts() -> None:
    """Compare the texts that changed with those on file, for people to say what is one voice."""
    compare_due_texts(owner=new_owner(), clock=clock.now)


@shared_task(name="conditions.tasks.read_feeds", acks_late=False)
@gives_way(Feed.objects.filter(is_active=True))
def read_feeds() -> None:
    """Read the feeds that are due into the inbox; nothing until it is allowed."""
    read_due_feeds(owner=new_owner(), clock=clock.now, limits=limits_of_installation())


@shared_task(name="conditions.tasks.read_pages", acks_late=False)
@gives_way(InboxItem.objects.waiting().filter(reading=InboxItem.Reading.OWED))
def read_pages() -> None:
    """Read the pages of what waits in the inbox; nothing until it is allowed."""
    read_due_items(owner=new_owner(), clock=clock.now, limits=limits_of_installation())
