"""read_feeds, the pulses and doctor: feeds by hand, and whether the inbox is fed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from conditions.actions.feeds import FeedItem, add_feed
from conditions.actions.inbox import paste_address
from conditions.actions.triage_terms import terms_of
from conditions.models import Feed, InboxItem
from conditions.queries.inbox_health import InboxHealth, inbox_health
from conditions.rules.feeds import MANY_FAILURES
from conditions.tasks import read_feeds, read_pages
from tests.days import DAY, TODAY, noon
from tests.factories import make_program
from tests.hostile import silence
from tests.management.test_doctor import ask

pytestmark = [pytest.mark.django_db, pytest.mark.network]
NOW = noon(TODAY)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("read_feeds", *arguments, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def feed_at(url: str = "https://example.org/feed") -> Feed:
    return add_feed(item=FeedItem(url, "News"), by=None, as_of=NOW)


def test_nothing_is_read_until_it_is_allowed(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener:
        feed_at(listener.url("/feed", host="localhost"))
        paste_address(url=listener.url("/page", host="localhost"), by=None, as_of=NOW)
        with pytest.raises(CommandError, match="OUTSIDE_CALLS=true"):
            run()
        read_feeds()
        read_pages()
    assert (Feed.objects.get().failures, InboxItem.objects.get().attempts) == (0, 0)


def test_not_even_an_operator_reaches_this_machine(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with silence() as listener:
        feed = feed_at(listener.url("/feed", host="localhost"))
        paste_address(url=listener.url("/page", host="localhost"), by=None, as_of=NOW)
        out, err = run()
        assert out == (
            "Feeds: 0 read, 0 of them unchanged, 1 failed.\n"
            "Entries: 0 new, 0 in the inbox already, 0 on file already.\n"
            "Pages: 0 read, 1 failed.\n"
        )
        assert err.startswith("News: It could not be read: The site localhost stands at ")
        out, _ = run("--feed", str(feed.pk))
        assert out.startswith("Feeds: 0 read, 0 of them unchanged, 1 failed.\n")
        Feed.objects.update(next_poll_at=NOW)
        read_feeds()
        read_pages()
    assert (Feed.objects.get().failures, InboxItem.objects.get().reading) == (3, "failed")


def test_an_unknown_or_paused_feed_is_named(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with pytest.raises(CommandError, match="there is no feed 99"):
        run("--feed", "99")
    feed = feed_at()
    Feed.objects.update(is_active=False)
    with pytest.raises(CommandError, match="paused"):
        run("--feed", str(feed.pk))


def test_doctor_names_what_keeps_failing_and_what_waits(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    assert ask("inbox") == (
        0,
        "ok inbox: The feeds of the inbox are read, and the field terms that suggest can be.\n",
    )
    for number in range(7):
        feed_at(f"https://example.org/{number}")
    Feed.objects.update(failures=MANY_FAILURES, last_error="It could not be read: No.")
    paste_address(url="https://example.org/page", by=None, as_of=NOW - DAY)
    code, words = ask("inbox")
    assert code == 1
    assert "The feed News keeps failing. It could not be read: No." in words
    assert "Other feeds that keep failing: 2." in words
    assert "0 feeds, 1 pages" in words
    settings.OUTSIDE_CALLS = False
    assert "not read" not in ask("inbox")[1].replace("could not be read", "")
    assert inbox_health(as_of=NOW + timedelta(hours=2)) == InboxHealth(
        failing=(("News", "It could not be read: No."),) * 5,
        many_failing=7,
        late_feeds=7,
        late_pages=1,
    )


def test_doctor_names_field_terms_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program(slug="broken-terms")
    (tmp_path / "broken-terms.yaml").write_text("program: [", encoding="utf-8")
    monkeypatch.setattr("conditions.actions.triage_terms.TERMS", tmp_path)
    terms_of.cache_clear()
    code, words = ask("inbox")
    assert code == 1
    assert "Nothing is suggested for broken-terms: " in words
