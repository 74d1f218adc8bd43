"""manage.py export_evidence: all evidence as a spreadsheet that import_evidence reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions.management.commands.import_evidence import program_named
from conditions.management.refusals import refusals_as_errors
from conditions.models import Evidence
from conditions.outbound.sheets import evidence_csv, evidence_xlsx
from conditions.queries.evidence_sheet import sheet_rows
from conditions.rules.authority import Sensitivity


class Command(BaseCommand):
    """Writes one spreadsheet."""

    help = "Write evidence as CSV or a workbook, in the shape in which it is brought in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, whose codes, and how far what is written may travel."""
        parser.add_argument("file", type=Path, help="a new file ending in .csv or .xlsx")
        parser.add_argument("--program", required=True, metavar="SLUG", help="whose codes it uses")
        parser.add_argument(
            "--sensitivity",
            action="append",
            choices=[level.value for level in Sensitivity],
            help="write documents of this sensitivity; may be given again (public alone)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One file out. A file that exists is not written over."""
        file: Path = options["file"]
        if file.suffix not in (".csv", ".xlsx"):
            raise CommandError(f"{file}: give a name that ends in .csv or .xlsx.")
        evidence = Evidence.objects.with_sensitivity(options["sensitivity"] or ["public"])
        rows = sheet_rows(evidence, program=program_named(options["program"]))
        try:
            with refusals_as_errors(str(file)):
                pieces = [evidence_xlsx(rows)] if file.suffix == ".xlsx" else evidence_csv(rows)
                with file.open("xb") as handle:
                    handle.writelines(pieces)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {evidence.count()} documents to {file}.")
