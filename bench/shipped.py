"""The small size: programs, evidence and demonstration as `dev.py run` loads them."""

from __future__ import annotations

import io

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from bench.generator.loading import insert
from bench.generator.people import token_table
from conditions.models import User


def fill_with_shipped() -> None:
    """Load a migrated, empty database through the same commands, and add the one token."""
    fixtures = settings.BASE_DIR / "fixtures"
    quiet = io.StringIO()
    for pack in sorted((fixtures / "programs").glob("*.yaml")):
        call_command("load_program", str(pack), backdate=True, verbosity=0, stdout=quiet)
    evidence = fixtures / "evidence" / "syria.jsonl"
    call_command("load_evidence", str(evidence), backdate=True, stdout=quiet)
    call_command("load_demo", stdout=quiet)
    viewer = User.objects.filter(groups__name="viewer").order_by("pk").first()
    if viewer is None:
        raise CommandError("load_demo made no account in the group viewer.")
    insert(connection, token_table(viewer.pk))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
