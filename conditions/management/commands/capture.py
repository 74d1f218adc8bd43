"""manage.py capture: by hand, at once, what the scheduler fetches every minute."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.captures import Made, make_due_captures, order_capture
from conditions.actions.leases import new_owner
from conditions.management.refusals import refusals_as_errors
from conditions.models import Evidence
from conditions.outbound.fetching import limits_of_installation, may_call_outside


class Command(BaseCommand):
    """Makes the copies that are due, or a new one of a single document."""

    help = "Fetch the copies that are owed and due, as the scheduler does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which document."""
        parser.add_argument("--evidence", metavar="KEY", help="a new copy of this document alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetches until nothing is due; says how many copies were made and how many failed."""
        if not may_call_outside():
            raise CommandError("Nothing is fetched from outside. OUTSIDE_CALLS=true allows it.")
        evidence = self._document(options["evidence"])
        if evidence is not None:
            with refusals_as_errors(evidence.key):
                order_capture(evidence=evidence, by=None, as_of=clock.now(), asked=True)
        done = Made()
        while True:
            made = make_due_captures(
                owner=new_owner(),
                clock=clock.now,
                limits=limits_of_installation(),
                evidence=evidence,
            )
            done.stored += made.stored
            done.failed += made.failed
            if not made.stored + made.failed:
                break
        self.stdout.write(f"Copies: {done.stored} stored, {done.failed} failed.")

    def _document(self, key: str | None) -> Evidence | None:
        if key is None:
            return None
        found = Evidence.objects.filter(key=key).first()
        if found is None:
            raise CommandError(f"--evidence: there is no document {key!r}.")
        return found
