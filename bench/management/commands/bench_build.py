"""manage.py bench_build: fill an empty database with generated or shipped data."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from bench.generator.database import fill
from bench.generator.sizes import Size
from bench.shipped import fill_with_shipped
from conditions.models import Program


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
            fill_with_shipped()
