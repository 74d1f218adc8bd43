"""Every page: a fixed number of queries, nothing inline, the frame, the clocks carried on."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.dashboard.conftest import filled_program
from tests.factories import make_program

# Page and what it may ask the database, the program and the pulse included.
PAGES = {
    "/": 6,
    "/programs/test-program/": 19,
    "/programs/test-program/conditions/ALPHA/": 26,
    "/programs/test-program/cycles/2/": 16,
    "/programs/test-program/divergence/": 7,
    "/programs/test-program/divergence/?only=differences": 7,
    "/programs/test-program/compare/": 10,
    "/programs/test-program/compare/?from=2025-12-01&to=2026-04-01": 12,
    "/programs/test-program/compare/?knew=2026-01-01": 12,
    "/programs/test-program/calendar.ics": 4,
}
HTML = [path for path in PAGES if not path.endswith(".ics")]


class Inline(HTMLParser):
    """Collects whatever a strict content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in {"style", "script"} and "src" not in names:
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("path", PAGES)
def test_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, conditions: int
) -> None:
    filled_program(conditions)
    with django_assert_num_queries(PAGES[path]):
        response = client.get(path)
    assert response.status_code == 200


@pytest.mark.parametrize("programs", [1, 3])
def test_front_page_asks_the_same_whatever_the_number_of_programs(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, programs: int
) -> None:
    for number in range(programs):
        filled_program(1, slug=f"program-{number}")
    with django_assert_num_queries(PAGES["/"]):
        response = client.get("/")
    assert response.content.count(b"<article") == programs


@pytest.mark.parametrize("path", HTML)
def test_nothing_inline(client: Client, path: str) -> None:
    filled_program(3)
    parser = Inline()
    parser.feed(client.get(path).content.decode())
    assert parser.found == []


@pytest.mark.parametrize("path", HTML)
def test_small_on_the_wire(client: Client, path: str) -> None:
    filled_program(3)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < 40_000


@pytest.mark.parametrize("path", HTML)
def test_as_of_bar_and_links_keep_the_clocks(client: Client, path: str) -> None:
    filled_program(1)
    joint = "&" if "?" in path else "?"
    page = client.get(f"{path}{joint}valid_at=2026-05-01&known_at=2026-06-01").content.decode()
    assert "As of 1 May 2026" in page
    assert "Back to the present" in page
    assert "also what was published after 1 May 2026" in page
    kept = "?valid_at=2026-05-01&amp;known_at=2026-06-01"
    assert f'href="/programs/test-program/{kept}"' in page


def test_present_has_no_as_of_bar_and_a_permalink(client: Client) -> None:
    program = filled_program(1)
    page = client.get("/programs/test-program/").content.decode()
    assert "Back to the present" not in page
    moment = program.changed_at.isoformat().replace("+00:00", "Z").replace(":", "%3A")
    assert f"?valid_at=2026-11-21&amp;known_at={moment}" in page


@pytest.mark.parametrize("path", HTML)
def test_every_page_says_what_it_is_not(client: Client, path: str) -> None:
    filled_program(1)
    page = client.get(path).content.decode()
    assert "not legal advice" in page
    assert "The scheduler has not run yet." in page


def test_no_session_is_touched_for_an_anonymous_reader(client: Client) -> None:
    make_program()
    for path in PAGES:
        if "cycles/2" in path or "compare" in path:
            continue
        response = client.get(path)
        assert not response.wsgi_request.session.accessed, path
        assert response.cookies == {}


def test_signed_in_reader_is_named(analyst_client: Client) -> None:
    make_program()
    response = analyst_client.get("/programs/test-program/")
    assert response.headers["Cache-Control"] == "private, no-cache"
