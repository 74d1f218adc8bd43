"""The pages of copies in a real browser: accessible in light, in dark and on a phone."""

from __future__ import annotations

import os
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser

from conditions.actions.capture_orders import order_capture
from conditions.actions.copies import open_copy, verify_copy
from conditions.actions.cycle_closing import close_cycle
from conditions.models import Assessment, CaptureOrder
from tests.days import DAY, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user
from tests.journeys.test_assess_and_approve import require_accessible
from tests.queries.test_captures import make_copy, make_miss

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long pass phrase for the journey"
NOW = noon(TODAY)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}


def addresses() -> dict[str, str]:
    """The pages, with a copy that was handled, a newer one, a failure and a document without."""
    program = make_program(tracked_from=THIRD_DUE)
    condition, cycle = program.conditions.get(), program.cycles.get(number=4)
    cited, late, bare = (make_evidence(condition=condition) for _ in range(3))
    kept = make_copy(cited, b"v1", NOW - DAY, text="The border is calm.", text_tool="plain text")
    make_copy(cited, b"v2", NOW + DAY)
    make_copy(late, b"v1", NOW + DAY)
    make_miss(cited, NOW)
    reviewer = make_user("reviewer")
    open_copy(capture=kept, by=reviewer, as_of=NOW)
    verify_copy(capture=kept, by=reviewer, as_of=NOW)
    order_capture(evidence=bare, by=None, as_of=NOW)
    CaptureOrder.objects.update(attempts=1, last_error="The site answered 503.")
    cites = tuple(one.pk for one in (cited, late, bare))
    make_assessment(condition=condition, cycle=cycle, as_of=NOW, cited=cites)
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=NOW + DAY)
    judgement = Assessment.objects.get()
    named = {
        "list": ("conditions_captureorder_changelist", ()),
        "copy": ("conditions_captureorder_copy", (kept.pk,)),
        "upload": ("conditions_captureorder_upload", (cited.pk,)),
        "document": ("conditions_evidence_change", (cited.pk,)),
        "judgement": ("conditions_assessment_change", (judgement.pk,)),
        "package": ("conditions_reviewcycle_package", (cycle.pk,)),
    }
    pages = {name: reverse(f"admin:{url}", args=args) for name, (url, args) in named.items()}
    public = reverse("dashboard:condition", args=[program.slug, condition.code])
    return pages | {"public": public}


def test_the_pages_of_copies_are_for_everybody(browser: Browser, live_server: Any) -> None:
    with time_machine.travel(NOW + 2 * DAY, tick=True):
        manager = make_user("manager", username="man")
        manager.set_password(PASSWORD)
        manager.save()
        pages = addresses()
        for look, options in LOOKS.items():
            context = browser.new_context(base_url=live_server.url, **options)
            page = context.new_page()
            page.goto("/admin/")
            page.get_by_label("Name").fill("man")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            for name, address in pages.items():
                page.goto(address)
                require_accessible(page)
                wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, (look, name)
                if folder := os.environ.get("CAPTURE_SHOTS"):
                    page.screenshot(path=f"{folder}/{name}-{look}.png", full_page=True)
            context.close()
