"""manage.py doctor: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from conditions import clock
from conditions.management.diagnosis import QUESTIONS, diagnose
from conditions.outbound.fetching import may_call_outside

OUTSIDE = {
    True: "Outside calls are allowed: documents are copied and their addresses looked at.",
    False: "Outside calls are off: nothing is fetched. OUTSIDE_CALLS=true allows them.",
}


class Command(BaseCommand):
    """Asks every question, or the ones named, and ends with 1 when anything is wrong."""

    help = "Say what is wrong with this installation and how to mend it."
    # What is wrong must be told, not raised before doctor can speak.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which questions to ask."""
        parser.add_argument(
            "--only", choices=list(QUESTIONS), action="append", help="ask this question alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one line for each question, and two for each thing that is wrong."""
        well = True
        for name, ailments in diagnose(
            options["only"] or list(QUESTIONS), as_of=clock.now()
        ).items():
            if ailments is None:
                well = False
                self.stdout.write(f"?  {name}: cannot be asked until the database is well")
                continue
            if not ailments:
                self.stdout.write(f"ok {name}: {(QUESTIONS[name].__doc__ or '').strip()}")
            for ailment in ailments:
                well = False
                self.stdout.write(f"!! {name}: {ailment.wrong}\n   {ailment.remedy}")
        if not options["only"]:
            self.stdout.write(f"-- outside: {OUTSIDE[may_call_outside()]}")
        if not well:
            sys.exit(1)
