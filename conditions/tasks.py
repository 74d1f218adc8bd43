"""The scheduled jobs: each reads the clock and makes one call. Beat knows them by name.

They are pulses: what is due stands in the database, so a lost one is made good by the next. Hence
each is acknowledged as it begins: a worker that holds an unacknowledged message when its broker
goes away does not come back by itself (kombu 5.7 fails while it puts the message back).
"""

from __future__ import annotations

from celery import shared_task

from conditions import clock
from conditions.actions.captures import make_due_captures
from conditions.actions.delivery import deliver_due
from conditions.actions.leases import new_owner
from conditions.actions.printing import print_publications
from conditions.actions.sweep import sweep as sweep_programs
from conditions.outbound.fetching import limits_of_installation


@shared_task(name="conditions.tasks.sweep", acks_late=False)
def sweep() -> None:
    """Open what has begun, mark what fell due, owe what is to be sent."""
    sweep_programs(as_of=clock.now(), only_changed=True, is_pulse=True)


@shared_task(name="conditions.tasks.deliver", acks_late=False)
def deliver() -> None:
    """Send what is owed and due."""
    deliver_due(owner=new_owner(), clock=clock.now, is_pulse=True)


@shared_task(name="conditions.tasks.print_reports", acks_late=False)
def print_reports() -> None:
    """Print the reports that were published since."""
    print_publications(as_of=clock.now())


@shared_task(name="conditions.tasks.fetch_outside", acks_late=False)
def fetch_outside() -> None:
    """Fetch what is owed from outside; nothing at all until an operator allows it."""
    make_due_captures(owner=new_owner(), clock=clock.now, limits=limits_of_installation())
