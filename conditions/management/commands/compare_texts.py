"""manage.py compare_texts: by hand, at once, what the scheduler compares every minute."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from conditions import clock
from conditions.actions.leases import new_owner
from conditions.actions.text_comparisons import Compared, compare_due_texts, owe_all_comparisons


class Command(BaseCommand):
    """Compares the texts that changed, or all of them, until none is left."""

    help = "Compare documents with one another, and suggest which of them may be one voice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which documents."""
        parser.add_argument("--all", action="store_true", help="every document on file anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many documents were compared, and how many pairs are to be decided."""
        if options["all"]:
            self.stdout.write(f"Documents on file: {owe_all_comparisons()}.")
        done, owner = Compared(), new_owner()
        while True:
            run = compare_due_texts(owner=owner, clock=clock.now)
            done.documents += run.documents
            done.failed += run.failed
            done.suggested += run.suggested
            if not run.documents:
                break
        self.stdout.write(f"Documents compared: {done.documents}. Suggested: {done.suggested}.")
        if done.failed:
            self.stderr.write(f"Could not be compared: {done.failed}. The log says why.")
