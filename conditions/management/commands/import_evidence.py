"""manage.py import_evidence: bring in a spreadsheet, or tell every error at its cell."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.faults import Faulty
from conditions.actions.imports import ImportPlan, import_at_once, plan_import
from conditions.management.refusals import refusals_as_errors
from conditions.models import Program
from conditions.rules.sheets.columns import MOST_BYTES

_SOME = 5_000


class BadEvidenceSheet(Faulty):
    """A sheet with errors, each at its cell; nothing of it was filed."""


def pair(text: str) -> tuple[str, str]:
    """A field and its column, or what to write instead."""
    field, sign, heading = text.partition("=")
    if not sign:
        raise ArgumentTypeError(f"{text!r} names no column. Write it as published_on=Date.")
    return field.strip(), heading.strip()


class Command(BaseCommand):
    """Brings in one spreadsheet."""

    help = "Bring in a CSV file or workbook of evidence. A bad sheet changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The sheet, whose conditions it names, and how to take it."""
        parser.add_argument("file", type=Path, help="CSV UTF-8 or .xlsx")
        parser.add_argument("--program", required=True, metavar="SLUG", help="whose codes it uses")
        parser.add_argument("--sheet", default="", help="of a workbook: the sheet (the first)")
        parser.add_argument(
            "--map",
            action="append",
            type=pair,
            default=[],
            metavar="FIELD=COLUMN",
            help="a field and its column, beside those that the headings tell",
        )
        parser.add_argument("--dry-run", action="store_true", help="check it, and file nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="file the rows without errors alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One sheet in; every error, or a count, out."""
        file: Path = options["file"]
        sheet: dict[str, Any] = {
            "program": program_named(options["program"]),
            "filename": file.name,
            "body": _bytes_of(file),
            "sheet": options["sheet"],
            "mapping": dict(options["map"]),
        }
        with refusals_as_errors(str(file)):
            plan = plan_import(as_of=clock.now(), progress=self._progress, **sheet)
            self._tell(plan, options)
            if options["dry_run"]:
                return
            found = import_at_once(
                only_good_rows=options["good_rows"], by=None, clock=clock.now, **sheet
            )
        for note in found.outcome["notes"]:
            self.stdout.write(f"  {note}")
        said = (
            "Filed {filed} documents with {linked} links from {sources} new sources; "
            "{known} were on file already; {left_out} rows left out."
        )
        self.stdout.write(self.style.SUCCESS(said.format(**found.outcome)))

    def _tell(self, plan: ImportPlan, options: dict[str, Any]) -> None:
        """Every error; what would be filed, or the refusal."""
        if plan.faults and not (options["good_rows"] or options["dry_run"]):
            raise BadEvidenceSheet(plan.faults)
        for fault in plan.faults:
            self.stdout.write(f"  {fault}")
        if options["dry_run"]:
            self.stdout.write(
                f"{plan.good} of {plan.rows} rows can be filed, {plan.known} of them are on file "
                f"already; {len(plan.faults)} errors. Nothing was filed."
            )

    def _progress(self, read: int) -> None:
        if read % _SOME == 0:
            self.stderr.write(f"  {read:,} rows checked")


def program_named(slug: str) -> Program:
    """The program of that slug, or a refusal that names those there are."""
    program = Program.objects.filter(slug=slug).first()
    if program is None:
        known = ", ".join(Program.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"--program: there is no program {slug!r}. Use one of {known}.")
    return program


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
