"""Feeds in the admin: added, changed, paused, and how their reading goes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import Settings

from conditions.admin.pages.feeds import PER_PAGE
from conditions.models import Feed
from tests.admin.conftest import Person, sign_in
from tests.admin.triage_world import make_feed
from tests.days import TODAY, noon
from tests.factories import make_source

pytestmark = pytest.mark.django_db
LIST, ADD, CHANGE = (f"conditions_feed_{name}" for name in ("changelist", "add", "change"))
TYPED = {"url": "https://news.example/rss", "title": "News", "language": "en", "is_active": "on"}


def test_a_feed_is_added_and_told_when_it_is_read(analyst: Person, settings: Settings) -> None:
    source = make_source()
    answer = analyst.client.post(
        reverse(f"admin:{ADD}"), {**TYPED, "source": source.name.upper()}, follow=True
    )
    feed = Feed.objects.get()
    assert (feed.title, feed.source, feed.added_by) == ("News", source, analyst.user)
    assert "Nothing is read until an operator allows outside calls." in answer.content.decode()
    settings.OUTSIDE_CALLS = True
    assert "Within minutes" in analyst.get(LIST).content.decode()


def test_what_cannot_be_a_feed_is_told_at_its_field(analyst: Person) -> None:
    make_feed(0)
    for changes, field in (
        ({"url": ""}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://feeds.example.org/0.xml"}, "url"),
        ({"source": "Nobody at all"}, "source"),
        ({"language": "english!"}, "language"),
        ({"language": "en-abcdefgh-ij"}, "language"),
    ):
        answer = analyst.post(ADD, **{**TYPED, **changes})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    assert Feed.objects.count() == 1


def test_a_feed_is_changed_paused_and_taken_up_again(analyst: Person) -> None:
    feed = make_feed()
    page = analyst.get(CHANGE, feed.pk)
    assert page.context["form"]["url"].value() == feed.url
    analyst.post(CHANGE, feed.pk, **{**TYPED, "title": "Renamed"})
    feed.refresh_from_db()
    assert (feed.title, feed.url) == ("Renamed", TYPED["url"])
    analyst.post("conditions_feed_pause", feed.pk, active="no")
    feed.refresh_from_db()
    assert not feed.is_active
    html = analyst.get(LIST).content.decode()
    assert "Paused" in html
    assert "Read now" not in html
    assert analyst.post("conditions_feed_hasten", feed.pk).status_code in (409, 422)
    analyst.post("conditions_feed_pause", feed.pk, active="yes")
    feed.refresh_from_db()
    assert feed.is_active


@pytest.mark.parametrize(("failures", "state"), [(1, "Failed"), (2, "Failed"), (3, "Failing")])
def test_trouble_is_told_with_its_reason(
    analyst: Person, settings: Settings, failures: int, state: str
) -> None:
    settings.OUTSIDE_CALLS = True
    feed = make_feed()
    Feed.objects.filter(pk=feed.pk).update(
        failures=failures,
        last_error="The server <answered> 500.",
        last_read_at=noon(TODAY) - timedelta(hours=5),
        next_poll_at=noon(TODAY) + timedelta(hours=3),
    )
    html = analyst.get(LIST).content.decode()
    for told in (
        f">{state}</span>",
        f"{failures} time{'s' if failures > 1 else ''} in a row.",
        "The server &lt;answered&gt; 500.",
        "5\xa0hours ago",
    ):
        assert told in html
    assert "in 3\xa0hours" in html
    analyst.post("conditions_feed_hasten", feed.pk)
    feed.refresh_from_db()
    assert feed.next_poll_at <= noon(TODAY)


def test_an_empty_list_says_what_a_feed_is_for(analyst: Person) -> None:
    html = analyst.get(LIST).content.decode()
    assert "No feed yet." in html
    assert reverse(f"admin:{ADD}") in html


def test_every_feed_is_reached_page_by_page(analyst: Person) -> None:
    made = [make_feed(number, title=f"Feed {number:02}").pk for number in range(PER_PAGE + 1)]
    first = analyst.get(LIST)
    assert [feed.pk for feed in first.context["found"]] == made[:-1]
    assert 'href="?p=2" rel="next"' in first.content.decode()
    second = analyst.get(LIST, p="2")
    assert [feed.pk for feed in second.context["found"]] == made[-1:]
    assert 'href="?p=1" rel="prev"' in second.content.decode()
    assert analyst.get(LIST, p="x").context["found"].number == 1
    there = re.search(r'action="(/[^"]+/read/[^"]*)"', second.content.decode())
    assert there is not None
    assert analyst.client.post(there[1]).url == f"{reverse(f'admin:{LIST}')}?p=2"


def test_a_reviewer_sees_and_changes_nothing(reviewer: Person) -> None:
    feed = make_feed()
    html = reviewer.get(LIST).content.decode()
    assert feed.title in html
    assert "Pause" not in html
    for name, args in ((ADD, ()), (CHANGE, (feed.pk,))):
        assert reviewer.get(name, *args).status_code == 403
    assert reviewer.post("conditions_feed_pause", feed.pk, active="no").status_code == 403
    assert sign_in("viewer").get(LIST).status_code == 403
