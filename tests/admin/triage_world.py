"""A program with field terms, and texts about it, for the pages of the inbox."""

from __future__ import annotations

from typing import Any

from conditions.actions.feeds import FeedItem, add_feed
from conditions.actions.inbox import paste_text
from conditions.models import Feed, InboxItem, Program
from tests.days import TODAY, noon
from tests.factories import make_program, make_user
from tests.shipped import SENATE

TITLE = "Islamic State cell broken up in Homs"
TEXT = """Syrian security forces arrested six members of an Islamic State cell in Homs on Tuesday.

Weapons & <explosive> belts were found in the house. Neighbours said the night had been calm."""
STRANGER = "The museum in Lyon opens its new wing to visitors, with paintings of the sea."
CONDITIONS = ("ISIS", "MINORITIES", "TERRORISM", "FIGHTERS")


def make_senate(**fields: Any) -> Program:
    """The Senate program with some of its conditions: the one that has field terms."""
    return make_program(slug=SENATE, conditions=CONDITIONS, **fields)


def make_item(number: int = 0, *, title: str = TITLE, text: str = TEXT, **fields: Any) -> InboxItem:
    """A pasted text that waits, with its suggestion."""
    defaults = {"publisher": "Wire Example", "published_on": TODAY, "language": "en"}
    named = {**defaults, "by": make_user("analyst"), "as_of": noon(TODAY), **fields}
    heading = f"{title} ({number})" if number else title
    return paste_text(title=heading, text=text, **named)


def make_feed(number: int = 0, **fields: Any) -> Feed:
    """A feed on the list that was never read."""
    defaults = {"url": f"https://feeds.example.org/{number}.xml", "title": f"Feed {number}"}
    return add_feed(
        item=FeedItem(**{**defaults, **fields}), by=make_user("analyst"), as_of=noon(TODAY)
    )
