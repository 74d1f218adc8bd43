"""manage.py verify: work every hash out anew and name the first row that does not fit."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Generator
from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions.models import Program
from conditions.queries.verification import (
    Checked,
    verified,
    verified_captures,
    verified_evidence,
)


class Command(BaseCommand):
    """Verifies publications and what they rest on."""

    help = (
        "Work out anew every hash of publications, judgements, codings, wordings, evidence and "
        "copies. Exit code 1 names the first row that does not fit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which program."""
        parser.add_argument("--program", metavar="SLUG", help="one program only (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publications first, as they name what changed under them."""
        for program in self._programs(options["program"]):
            told = self._count(program.slug, verified(program))
            self.stdout.write(f"{program.slug}: {told}.")
        told = self._count("evidence", verified_evidence())
        self.stdout.write(f"evidence: {told}.")
        told = self._count("captures", verified_captures())
        self.stdout.write(f"captures: {told}.")
        self.stdout.write(self.style.SUCCESS("Everything fits."))

    def _programs(self, slug: str | None) -> list[Program]:
        rows = Program.objects.order_by("slug")
        if slug is None:
            return list(rows)
        found = list(rows.filter(slug=slug))
        if not found:
            known = ", ".join(rows.values_list("slug", flat=True)) or "none"
            raise CommandError(f"--program: there is no program {slug!r}. There is: {known}.")
        return found

    def _count(self, subject: str, checked: Generator[Checked, None, None]) -> str:
        publications = rows = 0
        with closing(checked):
            for one in checked:
                if one.fault:
                    raise CommandError(
                        f"{subject}: {one.row} does not fit ({one.what}).\n  {one.fault}\n  "
                        "Compare it with a backup, and with copies that others hold of the report."
                    )
                publications += one.row.startswith("publication ")
                rows += one.rows
        several = "" if publications == 1 else "s"
        return f"{publications} publication{several}, {rows} rows fit"
