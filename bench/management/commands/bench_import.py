"""manage.py bench_import: bring a sheet into a fresh database and write what it took as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bench.imports.measuring import measure
from conditions.models import Evidence, Program


class Command(BaseCommand):
    """Brings a made-up sheet into a database of one program."""

    help = "Measure an import on a fresh database; python3 dev.py bench import calls this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How large."""
        parser.add_argument("--rows", type=int, default=5_000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Measures one dry run and one load."""
        program = Program.objects.first()
        if program is None or Evidence.objects.exists():
            raise CommandError("Name a database in DATABASE_URL that holds a program alone.")
        self.stdout.write(json.dumps(asdict(measure(program, options["rows"]))))
