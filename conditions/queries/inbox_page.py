"""The inbox as analysts see it: a page of its list, newest first, with hints and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Count

from conditions.models import InboxItem, Program
from conditions.queries.inbox import UNTITLED, visible_inbox
from conditions.queries.lists.filters import read_filters
from conditions.queries.lists.inbox import INBOX, InboxItemRow, values_of
from conditions.queries.lists.paging import Mark, page_of
from conditions.rules.authority import Reader
from conditions.rules.refusals import Invalid

MOST: Final = 50


class NoSuchPage(Invalid):
    """The inbox has no page that begins so."""


@dataclass(frozen=True, slots=True)
class ConditionHint:
    """A condition that triage suggested, 0 to 100 (50 at the threshold), with its stance."""

    code: str
    score: int
    stance: str


@dataclass(frozen=True, slots=True)
class ProgramHint:
    """What triage suggested for a program, in short; the strongest condition first."""

    program: str
    short_title: str
    about: bool
    conditions: tuple[ConditionHint, ...]


@dataclass(frozen=True, slots=True)
class InboxRow(InboxItemRow):
    """Something that came in, with what was suggested for it. ``title`` is never empty."""

    hints: tuple[ProgramHint, ...]

    @property
    def origin_label(self) -> str:
        """How it came in, in words."""
        return str(InboxItem.Origin(self.origin).label)

    @property
    def dismissed_label(self) -> str:
        """Why it was dismissed, in words; empty where it was not."""
        return str(InboxItem.Dismissal(self.dismissed_as).label) if self.dismissed_as else ""


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many items there are in each state, whatever else narrows the list."""

    waiting: int = 0
    accepted: int = 0
    dismissed: int = 0


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some items, newest received first; ``after`` is where the next page begins, or empty."""

    rows: tuple[InboxRow, ...]
    after: str
    counts: InboxCounts


def inbox_page(
    *, reader: Reader, asked: Mapping[str, str], as_of: datetime, most: int = MOST
) -> InboxPage:
    """One page of the inbox; nothing for a reader without ``view_inboxitem``.

    ``asked`` is text by name: filters of ``INBOX``, without a state those that wait, and ``after``.
    Three queries, one more for each of what ``narrowed`` and the hiding of ``INBOX`` take. Raises
    BadFilter and NoSuchPage for what cannot be read.
    """
    state = InboxItem.State.WAITING.value
    page = page_of(
        INBOX,
        reader,
        values={"state": state, **read_filters(asked, INBOX.filters)},
        ordering="-received_at",
        size=most,
        mark=_mark(asked["after"]) if "after" in asked else None,
        as_of=as_of,
    )
    names = dict(Program.objects.order_by("-is_default", "slug").values_list("slug", "short_title"))
    return InboxPage(
        rows=tuple(_row(row, names) for row in page.rows),
        after=f"{page.next.value.isoformat()}_{page.next.id}" if page.next else "",
        counts=_counts(reader),
    )


def _mark(after: str) -> Mark:
    moment, _, pk = after.rpartition("_")
    try:
        at, last = datetime.fromisoformat(moment.replace(" ", "+")), int(pk)
        at = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        at, last = None, 0
    if at is None or at.tzinfo is None or not (pk.isascii() and 0 < last < 2**53):
        remedy = "Follow the link to the next page, or start at the first."
        raise NoSuchPage(
            "This page of the inbox is not known.", field="after", value=after, remedy=remedy
        )
    return Mark(at, last)


def _counts(reader: Reader) -> InboxCounts:
    counted = visible_inbox(reader).order_by().values_list("state").annotate(many=Count("pk"))
    return InboxCounts(**dict(counted))


def _row(row: InboxItemRow, names: Mapping[str, str]) -> InboxRow:
    values = {**values_of(row), "title": row.title or row.url or UNTITLED}
    return InboxRow(**values, hints=_hints(row.suggested, names))


def _hints(suggested: Mapping[str, Any], names: Mapping[str, str]) -> tuple[ProgramHint, ...]:
    """What is kept of suggestions, in the order of the programs; ``names`` are theirs by slug."""
    return tuple(
        ProgramHint(
            slug,
            names[slug],
            suggested[slug]["about"],
            tuple(
                ConditionHint(code, one["score"], one["stance"])
                for code, one in sorted(
                    suggested[slug]["conditions"].items(), key=lambda each: -each[1]["score"]
                )
            ),
        )
        for slug in names
        if slug in suggested
    )
