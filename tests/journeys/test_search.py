"""Finding and citing in a real browser: one key to the search, passages, limits, citations."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_assess_and_approve import (
    SignIn,
    _shipped,
    focused,
    press,
    require_accessible,
    sign_in,
)
from tests.shipped import SENATE

__all__ = ["_shipped", "sign_in"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_analyst_searches_by_keyboard_and_cites(sign_in: SignIn) -> None:
    page = sign_in("demo-analyst")
    search_from_anywhere(page)
    narrow_and_download(page)
    the_document_is_found_by_its_key(page)
    everybody_may_cite(page)


def search_from_anywhere(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    press(page, "/")
    assert focused(page) == "site-search-words"
    page.keyboard.type("foreign fighter*")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    expect(page.locator("mark").first).to_have_text(re.compile("foreign", re.IGNORECASE))
    require_accessible(page)
    press(page, "/")
    assert focused(page) == "site-search-words"


def narrow_and_download(page: Page) -> None:
    page.get_by_text("Narrow the evidence").click()
    page.get_by_label("Source at least").select_option("B")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_label("Source at least")).to_have_value("B")
    require_accessible(page)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="RIS (Zotero)").click()
    assert downloading.value.suggested_filename == "search.ris"


def the_document_is_found_by_its_key(page: Page) -> None:
    page.goto("/admin/search/?q=ev-ee915abdd409")
    page.get_by_role("link", name=re.compile("Foreign jihadists")).click()
    page.get_by_text("In plain text, Wikitext, BibTeX and RIS").click()
    expect(page.get_by_label("Wikitext")).to_have_value(re.compile(r"^\{\{cite \w+ \|title=For"))
    expect(page.get_by_label("RIS (Zotero)")).to_have_value(re.compile("^TY  - "))
    require_accessible(page)


def everybody_may_cite(page: Page) -> None:
    page.goto(f"/programs/{SENATE}/conditions/FIGHTERS/")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="BibTeX").click()
    assert downloading.value.suggested_filename == f"{SENATE}-FIGHTERS-evidence.bib"


def test_the_search_fits_a_phone(sign_in: SignIn) -> None:
    page = sign_in("demo-analyst")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/search/?q=foreign&source=&language=en")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        require_accessible(page)
