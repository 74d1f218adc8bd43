"""The pages as a person sees them, put into screenshots/ by `python3 dev.py screenshots`."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page

from conditions.actions.inbox import paste_text
from conditions.clock import now
from conditions.models import Assessment, Condition, ReviewCycle
from tests.shipped import LAW, SENATE, ship

pytestmark = [pytest.mark.screenshots, pytest.mark.django_db(transaction=True)]

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light"},
}
PUBLIC = {
    "programs": "/",
    "scorecard": f"/programs/{SENATE}/",
    "scorecard-as-of": f"/programs/{SENATE}/?valid_at=2026-03-09",
    "condition": f"/programs/{SENATE}/conditions/FIGHTERS/",
    "cycle": f"/programs/{SENATE}/cycles/1/",
    "compare": f"/programs/{SENATE}/compare/?a=1&b=2",
    "compare-programs": f"/programs/{SENATE}/compare/?with={LAW}",
    "report": f"/programs/{SENATE}/cycles/1/report/",
}
NEWS = (
    "The Syrian government said on Monday that forty foreign fighters were dismissed from the "
    "army. A monitoring group denied it: foreign commanders were promoted to senior posts in the "
    "defence ministry, it said. Alawite families in Latakia reported that protection had ended."
)
PASSWORD = "a long pass phrase for the photographer"


def photograph(page: Page, name: str, look: str) -> None:
    """One full-page picture; fails when the page is wider than its window."""
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{name} is {overflow} pixels too wide ({look})"
    folder = Path(settings.BASE_DIR) / "screenshots"
    page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)


def team_pages() -> dict[str, str]:
    """Addresses inside the admin, by name."""
    fighters = Condition.objects.get(program__slug=SENATE, code="FIGHTERS").pk
    waiting = Assessment.objects.get(state="submitted").pk
    cycle = ReviewCycle.objects.get(program__slug=SENATE, number=4).pk
    news = paste_text(title="Fighters leave the army", text=NEWS, by=None, as_of=now())
    return {
        "desk": "/admin/",
        "admin-condition": f"/admin/conditions/condition/{fighters}/change/",
        "assess": f"/admin/conditions/condition/{fighters}/assess/",
        "review": f"/admin/conditions/assessment/{waiting}/change/",
        "file-evidence": "/admin/conditions/evidence/add/",
        "assessments": "/admin/conditions/assessment/",
        "cycle-board": f"/admin/conditions/reviewcycle/{cycle}/change/",
        "inbox": "/admin/conditions/inboxitem/",
        "triage": f"/admin/conditions/inboxitem/{news.pk}/change/",
        "gaps": "/admin/gaps/",
        "voices": "/admin/conditions/voicesuggestion/",
        "imports": "/admin/conditions/evidenceimport/",
        "search-log": "/admin/conditions/searchentry/",
        "search": "/admin/search/?q=fighters",
    }


def test_photograph_every_page(browser: Browser, live_server):
    ship()
    analyst = get_user_model().objects.get(username="demo-analyst")
    analyst.set_password(PASSWORD)
    analyst.save()
    team = team_pages()
    for look, options in LOOKS.items():
        context = browser.new_context(base_url=live_server.url, **options)
        page = context.new_page()
        for name, address in PUBLIC.items():
            page.goto(address)
            photograph(page, name, look)
        page.goto("/admin/login/")
        photograph(page, "sign-in", look)
        page.fill("input[name=username]", "demo-analyst")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/admin/")
        for name, address in team.items():
            page.goto(address)
            photograph(page, name, look)
        context.close()
    page = browser.new_context(base_url=live_server.url).new_page()
    for name, address in PUBLIC.items():
        page.goto(address)
        page.pdf(path=Path(settings.BASE_DIR) / "screenshots" / f"{name}.pdf", format="A4")
