"""The main job in a real browser: an analyst judges, a reviewer approves, everybody sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conditions.models import Assessment, Condition
from tests.days import TODAY, noon
from tests.shipped import SENATE, ship

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PASSWORD = "a long pass phrase for the journey"
RATIONALE = "Two units of foreign fighters stay under their own commanders; no vetting is on file."
SignIn = Callable[[str], Page]


@pytest.fixture(autouse=True)
def _shipped() -> Iterator[None]:
    """The tracker as it is shipped, on the fixed day, while the browser works."""
    with time_machine.travel(noon(TODAY), tick=True):
        ship()
        for account in get_user_model().objects.all():
            account.set_password(PASSWORD)
            account.save()
        yield


@pytest.fixture
def sign_in(browser: Browser, live_server: Any) -> Iterator[SignIn]:
    """A browser window of its own for each person, in which nothing may be blocked or fail."""
    contexts: list[BrowserContext] = []

    def window(username: str) -> Page:
        context = browser.new_context(base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"{page.url}: {error}"))
        page.on("console", lambda said: complain(page, said))
        page.goto("/admin/")
        page.get_by_label("Name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile(r"^[^?]*/admin/$"))
        return page

    yield window
    for context in contexts:
        context.close()


def complain(page: Page, said: Any) -> None:
    """A blocked script or style is a failure."""
    assert "Content Security Policy" not in said.text, f"{page.url}: {said.text}"


def require_accessible(page: Page) -> None:
    """Fails with every fault that axe-core finds under WCAG 2.2 AA."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARD
    )
    faults = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def press(page: Page, key: str) -> None:
    """Press a key once the scripts of the page have run: before that it means nothing there."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def focused(page: Page) -> str:
    """Where the focus is, as the address it leads to or the id it has."""
    return page.evaluate("document.activeElement.href || document.activeElement.id || ''")


def test_an_analyst_judges_and_a_reviewer_approves(sign_in: SignIn, live_server: Any) -> None:
    fighters = Condition.objects.get(program__slug=SENATE, code="FIGHTERS")
    analyst = sign_in("demo-analyst")
    the_first_row_is_near(analyst)
    assess(analyst, fighters)
    submitted = Assessment.objects.get(condition=fighters, state="submitted")
    assert submitted.rationale == RATIONALE
    assert submitted.citations.count() == 2
    the_author_cannot_approve(analyst, submitted)
    approve(sign_in("demo-reviewer"), submitted)
    submitted.refresh_from_db()
    assert submitted.state == "approved"
    everybody_sees_it(analyst)


def the_first_row_is_near(page: Page) -> None:
    """By the keyboard alone: the first row within ten tabs, search with one key."""
    require_accessible(page)
    page.evaluate("document.activeElement.blur()")
    tabs = 0
    while "/assess/" not in focused(page):
        press(page, "Tab")
        tabs += 1
        assert tabs <= 10, "The first row is more than ten tabs away."
    press(page, "/")
    assert focused(page) == "site-search-words"


def assess(page: Page, fighters: Condition) -> None:
    """From the condition's page to a submission with one page load in between."""
    page.goto(f"/admin/conditions/condition/{fighters.pk}/change/")
    require_accessible(page)
    page.get_by_role("link", name="Assess", exact=True).click()
    require_accessible(page)
    page.get_by_role("button", name="Save and submit").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("cannot be saved without a rationale")
    require_accessible(page)
    page.get_by_label("Rationale", exact=True).fill(RATIONALE)
    page.get_by_label("0 Not met").check()
    page.get_by_label("Moderate").check()
    page.get_by_label("Why that confidence").fill("Two graded B agree; none speaks against.")
    page.get_by_label("Deteriorating").check()
    page.get_by_label("Show documents with").fill("Uighur")
    page.get_by_label("Uzbek and Uighur units of the army").check()
    page.get_by_label("Show documents with").fill("Rocket units")
    page.get_by_label("Rocket units and thousands of soldiers").check()
    page.get_by_role("button", name="Save and submit").click()
    expect(page.get_by_role("status")).to_contain_text("is submitted")


def the_author_cannot_approve(page: Page, submitted: Assessment) -> None:
    """The author sees their work, and no way to approve it."""
    page.goto(f"/admin/conditions/assessment/{submitted.pk}/change/")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def approve(page: Page, submitted: Assessment) -> None:
    """The reviewer goes from the desk to the decision."""
    page.get_by_role("link", name="Review FIGHTERS").click()
    expect(page).to_have_url(re.compile(f"/assessment/{submitted.pk}/change/"))
    require_accessible(page)
    page.get_by_label("This judgement can stand").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("is approved")


def everybody_sees_it(page: Page) -> None:
    """The public page and the API say the same at once."""
    page.goto(f"/programs/{SENATE}/")
    require_accessible(page)
    row = page.get_by_role("row").filter(has_text="Foreign fighters").first
    expect(row).to_contain_text("Not met")
    answer = page.request.get(f"/api/v1/programs/{SENATE}/status/").json()
    told = next(row for row in answer["conditions"] if row["code"] == "FIGHTERS")
    assert (told["status"], told["status_label"]) == ("0", "Not met")
    assert told["rationale"] == RATIONALE


def test_a_known_address_is_recognised_while_typing(sign_in: SignIn) -> None:
    page = sign_in("demo-analyst")
    page.goto("/admin/conditions/evidence/add/")
    require_accessible(page)
    address = page.get_by_label("Address (URL)")
    address.fill("https://thedefensepost.com/2024/12/30/foreign-jihadists-syria-army-officers/amp")
    address.press("Tab")
    expect(page.locator("#known")).to_contain_text("On file already")
    require_accessible(page)


def test_the_job_is_done_without_javascript(browser: Browser, live_server: Any) -> None:
    fighters = Condition.objects.get(program__slug=SENATE, code="FIGHTERS")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/admin/conditions/condition/{fighters.pk}/assess/")
    page.get_by_label("Name").fill("demo-analyst")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Rationale", exact=True).fill(RATIONALE)
    page.get_by_label("Show documents with").fill("Uighur")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_label("Rationale", exact=True)).to_have_value(RATIONALE)
    page.get_by_label("Uzbek and Uighur units of the army").check()
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was saved")
    page.get_by_label("Name").fill("demo-analyst")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Rationale", exact=True)).to_have_value(RATIONALE)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("status")).to_contain_text("is saved")
    assert Assessment.objects.get(condition=fighters, state="draft").rationale == RATIONALE
    context.close()
