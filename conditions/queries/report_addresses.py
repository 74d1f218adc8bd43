"""Where the reports of a program's cycles stand, and what their files are called."""

from __future__ import annotations

from django.conf import settings

FORMATS = ("pdf", "docx", "json")


def report_path(slug: str, number: int, version: int | None = None) -> str:
    """The page of one version of a cycle's report, or of the newest."""
    newest = f"/programs/{slug}/cycles/{number}/report/"
    return newest if version is None else f"{newest}{version}/"


def draft_path(slug: str, number: int) -> str:
    """The page of a report that is not published yet, for the team."""
    return f"{report_path(slug, number)}draft/"


def file_path(slug: str, number: int, version: int, form: str) -> str:
    """One version of a cycle's report as a file of the form pdf, docx or json."""
    return f"{report_path(slug, number, version)}report.{form}"


def report_address(slug: str, number: int, version: int | None = None) -> str:
    """The page of a report, as it is named outside this site."""
    return f"{settings.SITE_URL}{report_path(slug, number, version)}"


def file_address(slug: str, number: int, version: int, form: str) -> str:
    """A file of a report, as it is named outside this site."""
    return f"{settings.SITE_URL}{file_path(slug, number, version, form)}"


def file_name(slug: str, number: int, version: int | None, form: str) -> str:
    """What a downloaded file is called; without a version it is a draft."""
    which = "draft" if version is None else f"v{version}"
    return f"{slug}-cycle-{number}-{which}.{form}"
