"""manage.py bench_build: fill an empty database with generated or shipped data."""

from __future__ import annotations

import io
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from bench.generator.database import fill
from bench.generator.loading import load
from bench.generator.people import token_table
from bench.generator.sizes import Size
from conditions.models import Program, User


class Command(BaseCommand):
    """Migrates and fills; the benchmark calls it."""

    help = "Fill an empty database for the benchmark."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How large."""
        parser.add_argument("--programs", type=int, help="generate so many; without: as shipped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Builds, and says how long each table took."""
        call_command("migrate", verbosity=0)
        if Program.objects.exists():
            raise CommandError("This database holds programs. Name an empty one in DATABASE_URL.")
        if options["programs"]:
            fill(connection, Size(options["programs"]), say=self.stderr.write)
        else:
            self.ship()

    def ship(self) -> None:
        """Both programs, the evidence and the demonstration, as `dev.py run` loads them."""
        fixtures = settings.BASE_DIR / "fixtures"
        quiet = io.StringIO()
        for pack in sorted((fixtures / "programs").glob("*.yaml")):
            call_command("load_program", str(pack), stdout=quiet)
        call_command("load_evidence", str(fixtures / "evidence" / "syria.jsonl"), stdout=quiet)
        call_command("load_demo", stdout=quiet)
        viewer = User.objects.filter(groups__name="viewer").order_by("pk").first()
        if viewer is None:
            raise CommandError("load_demo made no account in the group viewer.")
        load(connection, [token_table(viewer.pk)], say=self.stderr.write)
