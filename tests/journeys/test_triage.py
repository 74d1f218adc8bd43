"""The morning in a real browser: an article is filed by one key, and a correction is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conditions.models import Evidence, InboxItem, TriageDecision
from tests.days import TODAY, noon
from tests.journeys.test_assess_and_approve import (
    PASSWORD,
    complain,
    press,
    require_accessible,
)
from tests.shipped import SENATE, ship

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TITLE = "Islamic State cell broken up in Homs"
TEXT = (
    "Syrian security forces arrested six members of an Islamic State cell in Homs on Tuesday.\n\n"
    "Weapons and explosive belts were found in the house. Neighbours said the night was calm."
)
STRANGER = "The museum in Lyon opens its new wing to visitors, with paintings of the sea."


@pytest.fixture(autouse=True)
def _shipped() -> Iterator[None]:
    """The tracker as it is shipped, on the fixed day, while the browser works."""
    with time_machine.travel(noon(TODAY), tick=True):
        ship()
        yield


@pytest.fixture
def desk(browser: Browser, live_server: Any, django_user_model: Any) -> Iterator[Page]:
    """The desk of an analyst, in a browser in which nothing may be blocked or fail."""
    analyst = django_user_model.objects.get(username="demo-analyst")
    analyst.set_password(PASSWORD)
    analyst.save()
    context = browser.new_context(base_url=live_server.url, viewport=WIDE)
    yield signed_in(context)
    context.close()


def signed_in(context: BrowserContext) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{page.url}: {error}"))
    page.on("console", lambda said: complain(page, said))
    page.goto("/admin/")
    page.get_by_label("Name").fill("demo-analyst")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/admin/$"))
    return page


def paste(page: Page, title: str, text: str) -> InboxItem:
    """From the list by one key to the form, and on to the triage."""
    page.goto("/admin/conditions/inboxitem/")
    press(page, "p")
    page.get_by_label("Address or text").fill(text)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Published by").fill("Wire Example")
    page.get_by_role("button", name="Put it into the inbox").click()
    expect(page).to_have_url(re.compile(r"/inboxitem/\d+/change/$"))
    return InboxItem.objects.get(title=title)


def test_an_article_is_pasted_and_filed_by_one_key(desk: Page) -> None:
    desk.goto("/admin/conditions/inboxitem/paste/")
    require_accessible(desk)
    item = paste(desk, TITLE, TEXT)
    passage = desk.locator(".reading mark.passage").filter(has_text="arrested six members")
    expect(passage.locator("b").filter(has_text="Islamic State")).to_be_visible()
    expect(desk.get_by_role("region", name="The text").get_by_text("ISIS").first).to_be_visible()
    require_accessible(desk)
    press(desk, "a")
    expect(desk.get_by_role("status").first).to_contain_text("Filed as ev-")
    item.refresh_from_db()
    assert item.state == "accepted"
    filed = Evidence.objects.get(title=TITLE)
    senate = filed.links.filter(condition__program__slug=SENATE)
    assert list(senate.values_list("condition__code", "stance")) == [("ISIS", "supports")]
    decision = TriageDecision.objects.get(item=item, program__slug=SENATE)
    assert decision.agrees
    assert decision.decided["conditions"] == {"ISIS": "supports"}
    require_accessible(desk)


def test_a_correction_is_filed_and_kept(desk: Page) -> None:
    item = paste(desk, TITLE, TEXT)
    filing = desk.get_by_role("button", name="File as suggested")
    expect(filing).to_be_visible()
    press(desk, "e")
    expect(desk.locator("#id_link0_keep")).to_be_focused()
    press(desk, "Tab")
    press(desk, "ArrowRight")
    expect(desk.get_by_role("button", name="File as corrected")).to_be_visible()
    # While a field has the focus, a letter is a letter.
    press(desk, "a")
    expect(desk).to_have_url(re.compile(r"/inboxitem/\d+/change/$"))
    press(desk, "Escape")
    press(desk, "a")
    expect(desk.get_by_role("status").first).to_contain_text("the correction is kept")
    decision = TriageDecision.objects.get(item=item, program__slug=SENATE)
    assert not decision.agrees
    assert decision.suggested["conditions"] == {"ISIS": "supports"}
    assert decision.decided["conditions"] == {"ISIS": "contradicts"}
    desk.goto(f"/admin/conditions/inboxitem/{item.pk}/change/")
    expect(desk.get_by_text("Corrected").first).to_be_visible()
    require_accessible(desk)


def test_the_list_goes_by_keys_and_keys_can_be_switched_off(desk: Page) -> None:
    first = paste(desk, "A museum opens", STRANGER)
    second = paste(desk, TITLE, TEXT)
    desk.goto("/admin/conditions/inboxitem/")
    require_accessible(desk)
    press(desk, "j")
    expect(desk.get_by_role("link", name=TITLE)).to_be_focused()
    press(desk, "j")
    expect(desk.get_by_role("link", name="A museum opens")).to_be_focused()
    press(desk, "d")
    expect(desk.get_by_role("status").first).to_contain_text("1 left")
    first.refresh_from_db()
    assert (first.state, first.dismissed_as) == ("dismissed", "not_about")
    press(desk, "u")
    expect(desk).to_have_url(re.compile(rf"/inboxitem/{first.pk}/change/$"))
    first.refresh_from_db()
    assert first.state == "waiting"
    desk.get_by_label("Single-key shortcuts").uncheck()
    desk.goto(f"/admin/conditions/inboxitem/{second.pk}/change/")
    expect(desk.get_by_label("Single-key shortcuts")).not_to_be_checked()
    desk.locator("h1").click()
    press(desk, "a")
    press(desk, "n")
    expect(desk).to_have_url(re.compile(rf"/inboxitem/{second.pk}/change/$"))
    second.refresh_from_db()
    assert second.state == "waiting"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_read_the_pages(desk: Page, browser: Browser, scheme: Any, size: Any) -> None:
    item = paste(desk, TITLE, TEXT)
    context = browser.new_context(base_url=desk.url.split("/admin")[0], viewport=size,
                                  color_scheme=scheme)  # fmt: skip
    page = signed_in(context)
    for name in ("inboxitem/", "inboxitem/paste/", f"inboxitem/{item.pk}/change/", "feed/",
                 "feed/add/"):  # fmt: skip
        page.goto(f"/admin/conditions/{name}")
        require_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{name} is {wider} pixels too wide"
    context.close()


def test_all_of_it_is_done_without_javascript(desk: Page, browser: Browser) -> None:
    paste(desk, TITLE, TEXT)
    context = browser.new_context(base_url=desk.url.split("/admin")[0], java_script_enabled=False)
    page = signed_in(context)
    page.get_by_role("link", name="Open the inbox").click()
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("Contradicts").first.check()
    page.get_by_role("button", name="File as suggested").click()
    expect(page.get_by_role("status").first).to_contain_text("the correction is kept")
    context.close()
