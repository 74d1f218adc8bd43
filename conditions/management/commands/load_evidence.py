"""manage.py load_evidence: file the documents of a JSON Lines file, or say all that is wrong."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from conditions import clock
from conditions.actions.evidence_files import load_evidence_file, plan_evidence_file
from conditions.management.files import lines_of
from conditions.management.refusals import refusals_as_errors
from conditions.models import Program

_SOME = 2_000


class Command(BaseCommand):
    """Loads one evidence file."""

    help = "File the evidence of a JSON Lines file. Loading twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and how to load it."""
        parser.add_argument("file", type=Path, help="see fixtures/evidence/README.md")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be filed, and file nothing"
        )
        parser.add_argument(
            "--backdate",
            action="store_true",
            help="for demonstrations: record each document as of its publication, and mark it so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One file in, a count out. The codes in it are those of the default program."""
        file, dry_run = options["file"], options["dry_run"]
        slugs = tuple(Program.objects.values_list("slug", flat=True))
        with refusals_as_errors(str(file)), lines_of(file) as lines:
            common: dict[str, Any] = {
                "lines": lines,
                "program_slugs": slugs,
                "as_of": clock.now(),
                "backdate": options["backdate"],
                "progress": self._progress,
            }
            outcome = (
                plan_evidence_file(**common) if dry_run else load_evidence_file(by=None, **common)
            )
        for note in outcome.notes:
            self.stdout.write(f"  {note}")
        self.stdout.write(
            self.style.SUCCESS(
                f"{'Would file' if dry_run else 'Filed'} {outcome.filed} documents with "
                f"{outcome.links} links from {outcome.sources} new sources; "
                f"{outcome.known} were on file already."
            )
        )

    def _progress(self, read: int) -> None:
        if read % _SOME == 0:
            self.stderr.write(f"  {read:,} lines read")
