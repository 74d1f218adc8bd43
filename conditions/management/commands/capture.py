"""manage.py capture: by hand, at once, what the scheduler fetches every minute."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.capture_orders import owe_missing_captures
from conditions.actions.captures import Made, make_due_captures, order_capture
from conditions.actions.leases import new_owner
from conditions.management.refusals import refusals_as_errors
from conditions.models import CaptureOrder, Evidence
from conditions.outbound.fetching import limits_of_installation, may_call_outside


class Command(BaseCommand):
    """Makes the copies that are due, or a new one of a single document."""

    help = "Fetch the copies that are owed and due, as the scheduler does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which document."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--evidence", metavar="KEY", help="a new copy of this document alone")
        which.add_argument(
            "--owe-missing",
            action="store_true",
            help="owe a copy of every document that has an address and no copy, and fetch nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetches until nothing is due; says how many copies were made and how many failed."""
        if options["owe_missing"]:
            owed = owe_missing_captures(by=None, as_of=clock.now())
            self.stdout.write(f"Copies owed: {owed}. The scheduler makes them one by one.")
            return
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
        left = CaptureOrder.objects.filter(state=CaptureOrder.State.OWED).count()
        more = f" Owed for later: {left}." if left and evidence is None else ""
        self.stdout.write(f"Copies: {done.stored} stored, {done.failed} failed.{more}")

    def _document(self, key: str | None) -> Evidence | None:
        if key is None:
            return None
        found = Evidence.objects.filter(key=key).first()
        if found is None:
            raise CommandError(f"--evidence: there is no document {key!r}.")
        return found
