"""manage.py load_demo: made-up accounts and judgements, for an install to try the tracker on."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import NoReverseMatch, reverse

from conditions import clock
from conditions.actions.demo import DemoOutcome, load_demo, read_demo
from conditions.management.refusals import refusals_as_errors

DEMO = Path(settings.BASE_DIR) / "fixtures" / "demo" / "us-senate-3899.yaml"


class Command(BaseCommand):
    """Loads the demonstration."""

    help = "Load demonstration accounts and judgements. Loading twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which demonstration, and whether it is really meant."""
        parser.add_argument("file", type=Path, nargs="?", default=DEMO, help="default: shipped one")
        parser.add_argument(
            "--yes-in-production",
            action="store_true",
            help="load made-up judgements even where SITE_URL is not this machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One file in, accounts and counts out."""
        in_production = not settings.LOCAL and not options["yes_in_production"]
        with refusals_as_errors("The demonstration"):
            demo = read_demo(options["file"])
            outcome = load_demo(demo=demo, as_of=clock.now(), in_production=in_production)
        self._tell(outcome)

    def _tell(self, outcome: DemoOutcome) -> None:
        self.stdout.write(
            self.style.SUCCESS(
                f"Demonstration: {outcome.assessments} assessments written, "
                f"{outcome.closings} cycles closed."
            )
        )
        if not outcome.accounts:
            self.stdout.write("The demonstration accounts exist already and keep their passwords.")
            return
        self.stdout.write("Accounts, with passwords that are shown only this once:")
        for account in outcome.accounts:
            self.stdout.write(f"  {account.username:<14}  {account.password}")
        self.stdout.write(f"Read at {settings.SITE_URL}/ and work at {settings.SITE_URL}{_desk()}")


def _desk() -> str:
    try:
        return reverse("admin:index")
    except NoReverseMatch:
        return "/admin/"
