"""The browsable page of the API: from this host alone, under the strict policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.api.conftest import Caller


@pytest.mark.django_db
def test_the_page_brings_no_script_of_its_own(stranger: Caller) -> None:
    answer = stranger.get("docs/")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "http" not in page
    assert page.count("<script") == page.count("defer></script>")
    assert "style=" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_shows_every_address_and_breaks_no_policy(
    live_server: LiveServer, page: Page
) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{live_server.url}/api/v1/docs/")

    expect(page.get_by_text("/programs/{slug}/status/")).to_be_visible()
    page.get_by_text("/programs/{slug}/status/").click()
    expect(page.get_by_text("The day asked about.")).to_be_visible()
    assert complaints == []
    assert {url for url in asked if not url.startswith((live_server.url, "data:"))} == set()
