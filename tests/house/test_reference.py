"""docs/reference.md says what the code does."""

from __future__ import annotations

from django.conf import settings

from conditions.management.reference import reference_page


def test_the_reference_page_is_what_the_code_says():
    written = (settings.BASE_DIR / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == reference_page(), "Run python manage.py write_reference."
