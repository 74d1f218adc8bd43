"""The first start of an installation, as `dev.py run` makes it."""

from __future__ import annotations

import io

from django.conf import settings
from django.core.management import call_command

SENATE, LAW = "us-senate-3899", "us-pl119-60-8369"


def ship() -> None:
    """Load both programs, the evidence and the demonstration."""
    fixtures = settings.BASE_DIR / "fixtures"
    for slug in (LAW, SENATE):
        pack = fixtures / "programs" / f"{slug}.yaml"
        call_command("load_program", str(pack), "--backdate", verbosity=0, stdout=io.StringIO())
    evidence = fixtures / "evidence" / "syria.jsonl"
    call_command("load_evidence", str(evidence), "--backdate", stdout=io.StringIO())
    call_command("load_demo", stdout=io.StringIO())
