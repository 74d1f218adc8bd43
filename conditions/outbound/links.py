"""Our own addresses, as a message names them."""

from __future__ import annotations

from django.conf import settings

from conditions.queries.report_addresses import report_address


def scorecard_link(slug: str) -> str:
    """Where a program's scorecard stands."""
    return f"{settings.SITE_URL}/programs/{slug}/"


def cycle_link(slug: str, number: int) -> str:
    """Where a cycle of a program stands."""
    return f"{settings.SITE_URL}/programs/{slug}/cycles/{number}/"


def report_link(slug: str, number: int) -> str:
    """Where the newest report on a closed cycle stands."""
    return report_address(slug, number)


def condition_link(slug: str, code: str) -> str:
    """Where a condition stands, with its evidence and history."""
    return f"{settings.SITE_URL}/programs/{slug}/conditions/{code}/"


def assess_link(condition_id: int) -> str:
    """Where a condition is assessed."""
    return f"{settings.SITE_URL}/admin/conditions/condition/{condition_id}/assess/"


def mandated_reports_link() -> str:
    """Where the reports that laws ask for become public: a collection of GovInfo, not of ours."""
    return "https://www.govinfo.gov/app/collection/CMR"


def settings_link() -> str:
    """Where a person says when and how reminders reach them."""
    return f"{settings.SITE_URL}/admin/settings/"


def message_host() -> str:
    """The right half of our Message-IDs; an address in numbers stands in brackets."""
    host = settings.SITE_HOST.strip("[]")
    return f"[{host}]" if ":" in host else host
