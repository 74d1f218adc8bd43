"""What a look at an address says: a table to be read line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conditions.rules.link_health import Came, Look, Misses, host_pause, judge, next_look

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://example.org/reports/2026/border"
NEW = "https://new.example.org/border"


def answered(final: str = "", *hops: tuple[str, int], url: str = URL) -> Look:
    return Look(url, Came.ANSWERED, "", 200, final or url, hops)


@pytest.mark.parametrize(
    ("look", "misses", "state", "misses_then", "is_lost", "days"),
    [
        # Found: whatever was missed before is forgiven.
        (answered(), 0, "ok", 0, False, 7),
        (answered(), 5, "ok", 0, False, 7),
        # Gone by the site's own word: said at once, lost only when said twice.
        (Look(URL, Came.GONE, "404"), 0, "gone", 1, False, 1),
        (Look(URL, Came.GONE, "404"), 1, "gone", 2, True, 7),
        (Look(URL, Came.GONE, "404"), 2, "gone", 3, True, 30),
        (Look(URL, Came.GONE, "404"), 32_000, "gone", 32_000, True, 30),
        # Not reached: gone only when not reached twice in a row.
        (Look(URL, Came.FAILED, "silent"), 0, "failed", 1, False, 1),
        (Look(URL, Came.FAILED, "silent"), 1, "gone", 2, True, 7),
        (Look(URL, Came.FAILED, "503"), 2, "gone", 3, True, 30),
        # It leads where no reader may follow.
        (Look(URL, Came.REFUSED, "inner address"), 0, "failed", 1, False, 1),
        (Look(URL, Came.REFUSED, "inner address"), 1, "gone", 2, True, 7),
        # Kept out: says nothing about the document, adds nothing and forgives nothing.
        (Look(URL, Came.BLOCKED, "403"), 0, "blocked", 0, False, 7),
        (Look(URL, Came.BLOCKED, "403"), 1, "blocked", 1, False, 7),
        (Look(URL, Came.BLOCKED, "403"), 2, "blocked", 2, True, 7),
        (Look(URL, Came.UNASKED, "robots.txt"), 1, "blocked", 1, False, 30),
        (Look(URL, Came.POSTPONED, "robots.txt 503"), 1, "blocked", 1, False, 1),
        # Moved for good to another address, where it is found.
        (answered(NEW, (URL, 301)), 1, "moved", 0, False, 7),
        (answered(NEW, (URL, 308)), 0, "moved", 0, False, 7),
        # Elsewhere for now is no move.
        (answered(NEW, (URL, 302)), 0, "ok", 0, False, 7),
        (answered(NEW, (URL, 307)), 0, "ok", 0, False, 7),
        # Another spelling of the same address is no move.
        (answered(f"{URL}/", (URL, 301)), 0, "ok", 0, False, 7),
        (
            answered(URL, ("http://example.org/reports/2026/border", 301)),
            *(0, "ok", 0, False, 7),
        ),
        # A document that leads to a home page, or to a page for what was not found, is a miss.
        (answered("https://example.org/", (URL, 301)), 0, "moved", 1, False, 1),
        (answered("https://example.org/", (URL, 302)), 1, "moved", 2, True, 7),
        (answered("https://example.org/en/", (URL, 302)), 0, "moved", 1, False, 1),
        (answered("https://example.org/index.html", (URL, 302)), 0, "moved", 1, False, 1),
        (answered("https://example.org/404", (URL, 302)), 0, "moved", 1, False, 1),
        (answered("https://example.org/page-not-found/", (URL, 302)), 0, "moved", 1, False, 1),
    ],
)
def test_a_look_is_judged(
    look: Look, misses: int, state: str, misses_then: int, is_lost: bool, days: int
) -> None:
    verdict = judge(look, misses=Misses(misses, NOW - DAY if misses else None), as_of=NOW)
    assert (verdict.state, verdict.misses.count) == (state, misses_then)
    assert (verdict.is_lost, verdict.pause) == (is_lost, days * DAY)


@pytest.mark.parametrize(
    ("after", "misses", "state"),
    [(DAY - SECOND, 1, "failed"), (DAY, 2, "gone"), (DAY + SECOND, 2, "gone")],
)
def test_a_miss_counts_a_day_after_the_last_that_counted(
    after: timedelta, misses: int, state: str
) -> None:
    verdict = judge(Look(URL, Came.FAILED, "silent"), misses=Misses(1, NOW), as_of=NOW + after)
    assert (verdict.misses.count, verdict.state, verdict.is_miss) == (misses, state, True)
    assert verdict.misses.last_at == (NOW if misses == 1 else NOW + after)
    assert verdict.pause >= DAY


def test_a_look_that_was_kept_out_moves_no_miss() -> None:
    verdict = judge(Look(URL, Came.BLOCKED, "403"), misses=Misses(1, NOW - DAY), as_of=NOW)
    assert (verdict.misses, verdict.is_miss) == (Misses(1, NOW - DAY), False)


def test_a_home_page_that_was_asked_for_is_found() -> None:
    home = "http://example.org/"
    look = answered("https://example.org/en", (home, 302), url=home)
    assert judge(look, misses=Misses(1, NOW - DAY), as_of=NOW).state == "ok"


def test_the_new_address_is_where_the_redirects_that_hold_for_good_lead() -> None:
    middle = "https://new.example.org/id/7"
    look = answered(NEW, (URL, 301), (middle, 302))
    assert judge(look, misses=Misses(), as_of=NOW).final_url == middle
    assert judge(answered(NEW, (URL, 302), (middle, 301)), misses=Misses(), as_of=NOW).state == "ok"


def test_every_state_but_found_says_why() -> None:
    for came in Came:
        assert (
            came is Came.ANSWERED
            or judge(Look(URL, came, "why"), misses=Misses(), as_of=NOW).reason == "why"
        )
    assert (
        "home page"
        in judge(answered("https://example.org/", (URL, 302)), misses=Misses(), as_of=NOW).reason
    )


def test_looks_are_spread_and_always_alike() -> None:
    days = [next_look(f"{URL}/{n}", after=NOW, pause=7 * DAY) for n in range(50)]
    assert all(NOW + 7 * DAY <= day <= NOW + 8 * DAY for day in days)
    assert len(set(days)) == 50
    assert days[0] == next_look(f"{URL}/0", after=NOW, pause=7 * DAY)


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 10), (0, 10), (3, 10), (60, 60), (3_600, 3_600), (10**6, 3_600)]
)
def test_a_host_is_left_alone_as_long_as_it_asks_within_reason(
    asked: int | None, seconds: int
) -> None:
    delay = None if asked is None else timedelta(seconds=asked)
    assert host_pause(delay) == timedelta(seconds=seconds)
