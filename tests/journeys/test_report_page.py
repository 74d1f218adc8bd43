"""The report in a real browser: read by everybody, no wider than a phone, one sheet on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser
from pypdf import PdfReader

from conditions.queries.answers import SHELF
from tests.days import SECOND_DUE, TODAY, noon
from tests.factories import make_program, make_user
from tests.journeys.test_assess_and_approve import complain, require_accessible
from tests.report_sample import full_house, make_publication

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REPORT = "/programs/test-program/cycles/2/report/"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _published() -> Iterator[None]:
    SHELF.clear()
    with time_machine.travel(noon(TODAY), tick=True):
        program = make_program()
        make_publication(program, as_of=noon(SECOND_DUE), content=full_house())
        yield


@pytest.fixture
def cookies(live_server: Any) -> list[dict[str, str]]:
    """The session of an analyst, who sees drafts."""
    client = Client()
    client.force_login(make_user("analyst"))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_read_it(
    browser: Browser, live_server: Any, cookies: list[Any], scheme: Any, size: Any
) -> None:
    context = browser.new_context(base_url=live_server.url, viewport=size, color_scheme=scheme)
    context.add_cookies(cookies)
    page = context.new_page()
    page.on("console", lambda said: complain(page, said))
    for path in (
        REPORT,
        f"{REPORT}draft/",
        REPORT.removesuffix("report/"),
        f"{REPORT}1/report.pdf",
    ):
        page.goto(path)
        require_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{path} is {wider} pixels too wide"
    context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_its_scorecard_is_the_first_sheet_of_paper(
    browser: Browser, live_server: Any, paper: str
) -> None:
    page = browser.new_context(base_url=live_server.url).new_page()
    page.goto(REPORT)
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf(format=paper))).pages]
    assert "L8" in pages[0]
    assert "Key judgements" not in pages[0]
    assert "Key judgements" in pages[1]
    page.context.close()
