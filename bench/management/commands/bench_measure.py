"""manage.py bench_measure: measure the paths on this database and write what was found as JSON."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from bench.measuring import measure
from bench.paths import PATHS
from bench.subject import middle_program
from bench.web import web


class Command(BaseCommand):
    """Starts the server as shipped and runs each path against the floor."""

    help = "Measure the hot paths on a built database; python3 dev.py bench calls this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which paths, and for how long."""
        parser.add_argument("paths", nargs="*")
        parser.add_argument("--pairs", type=int, default=3)
        parser.add_argument("--seconds", type=float, default=3.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Measures one path after the other."""
        chosen = [path for path in PATHS if path.name in (options["paths"] or [path.name])]
        with web(dict(os.environ)) as server:
            subject = middle_program(server.port)
            found = [
                measure(
                    path,
                    subject,
                    server,
                    pairs=options["pairs"],
                    seconds=options["seconds"],
                    say=self.stderr.write,
                )
                for path in chosen
            ]
            memory = server.resident_mib()
        self.stdout.write(json.dumps({"paths": [asdict(one) for one in found], "mib": memory}))
