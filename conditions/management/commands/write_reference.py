"""Write docs/reference.md anew from the rules."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from conditions.management.reference import reference_page


class Command(BaseCommand):
    """Writes the reference page of the docs."""

    help = "Write docs/reference.md from the rules in the code."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace the page."""
        path = settings.BASE_DIR / "docs" / "reference.md"
        path.write_text(reference_page(), encoding="utf-8")
        self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}.")
