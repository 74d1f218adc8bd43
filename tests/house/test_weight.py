"""What a web process carries from its start."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

# Tens of MiB each, and used by a page in a thousand: they are loaded where they are used.
SELDOM_USED = ("openpyxl", "docx", "numpy", "statsmodels", "trafilatura", "weasyprint")
CODE = f"""
import sys, django
django.setup()
import tracker.urls
print([name for name in {SELDOM_USED} if name in sys.modules])
"""


def test_what_is_seldom_used_is_not_loaded_at_the_start() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"
