"""manage.py reindex: put every document into the index of full-text search anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from conditions.actions.search_texts import write_all_search_texts


class Command(BaseCommand):
    """Writes chunk by chunk; stopped and begun again, it does no harm."""

    help = "Fill the index of full-text search anew. People may go on working meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Every document in, their number out."""
        done = 0
        for done in write_all_search_texts():
            if options["verbosity"] > 1:
                self.stderr.write(f"  {done:,} documents")
        self.stdout.write(self.style.SUCCESS(f"In the index: {done} documents."))
