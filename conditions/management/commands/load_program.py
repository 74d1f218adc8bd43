"""manage.py load_program: read a program pack and load it whole, or say everything against it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from conditions import clock
from conditions.actions.packs import Change, PackOutcome, load_pack, plan_pack, read_pack
from conditions.management.refusals import refusals_as_errors

_LONGEST = 60


def day(text: str) -> date:
    """A command-line date, or what to write instead."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date. Write it as 2025-11-10.") from None


class Command(BaseCommand):
    """Loads one program pack."""

    help = "Load a program pack (YAML). Loading twice changes nothing; a bad pack changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The pack, and how to load it."""
        parser.add_argument("file", type=Path, help="the pack, see fixtures/programs/README.md")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument(
            "--tracked-from",
            type=day,
            metavar="DATE",
            help="cycles that ended by this day were before your time (default: today)",
        )
        parser.add_argument(
            "--backdate",
            action="store_true",
            help="for demonstrations: record wordings and cycles as of the days they began",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One pack in, a list of changes out."""
        file, dry_run, tracked_from = options["file"], options["dry_run"], options["tracked_from"]
        with refusals_as_errors(str(file)):
            pack, as_of = read_pack(file), clock.now()
            if dry_run:
                outcome = plan_pack(pack=pack, as_of=as_of, tracked_from=tracked_from)
            else:
                outcome = load_pack(
                    pack=pack,
                    by=None,
                    as_of=as_of,
                    tracked_from=tracked_from,
                    backdate=options["backdate"],
                )
        self._tell(outcome, dry_run, every_line=options["verbosity"] > 0)

    def _tell(self, outcome: PackOutcome, dry_run: bool, *, every_line: bool) -> None:
        for change in outcome.changes if every_line else ():
            self.stdout.write(f"  {_line(change)}")
        if not outcome.changes:
            self.stdout.write(f"{outcome.slug}: nothing to change.")
            return
        count = len(outcome.changes)
        changes = f"{count} change{'' if count == 1 else 's'}"
        done = f"would make {changes}; nothing was changed" if dry_run else f"{changes} made"
        self.stdout.write(self.style.SUCCESS(f"{outcome.slug}: {done}."))


def _line(change: Change) -> str:
    if change.before is None:
        return f"+ {change.path}: {_short(change.after)}"
    if change.after is None:
        return f"- {change.path}: {_short(change.before)}"
    return f"~ {change.path}: {_short(change.before)} -> {_short(change.after)}"


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
