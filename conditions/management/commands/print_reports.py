"""manage.py print_reports: by hand, at once, what the scheduler prints every minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.printing import print_publications
from conditions.outbound.reports.pdf import REMEDY
from conditions.queries.printing import not_printed, press_state


class Command(BaseCommand):
    """Prints until nothing is left, and ends with 1 when something could not be printed."""

    help = "Print published reports that have no PDF yet, as the scheduler does."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints until all is printed or has failed; says how many were made and what was not."""
        made, at_once = 0, True
        while True:
            made += print_publications(as_of=clock.now(), at_once=at_once)
            state, at_once = press_state(), False
            if state.cannot or not not_printed().exclude(pk__in=state.failed).exists():
                break
        self.stdout.write(f"Reports printed: {made}. Waiting: {not_printed().count()}.")
        if state.cannot:
            raise CommandError(f"Reports cannot be printed here: {state.cannot} {REMEDY}")
        if state.failed:
            errors = sorted({one.error for one in state.failed.values()})
            raise CommandError(f"Could not be printed: {len(state.failed)}. {' '.join(errors)}")
