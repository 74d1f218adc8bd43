"""Feeds: listed, added, changed and paused."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.feeds import FeedItem, FeedKnown, add_feed, change_feed
from conditions.api.answering import answered, dumped, etag_of, required_match, stale
from conditions.api.description import CHANGE, describes_list, describes_row, describes_write
from conditions.api.inbox_bodies import FeedBody
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.problems import OnFileAlready
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.queries.lists.inbox import FEEDS, FeedRow, visible_feeds
from conditions.queries.lists.paging import row_of


@extend_schema_view(
    get=describes_list("feeds", FEEDS, "The feeds that are read into the inbox."),
    post=describes_write(
        "add_feed",
        "Put a feed on the list; it is read at the next pulse, where outside calls are allowed.",
        body=FeedBody,
        row=FeedRow,
        status=201,
    ),
)
class FeedList(ListView):
    """Feeds, and the address at which one is added."""

    listing = FEEDS

    def post(self, request: Request) -> HttpResponse:
        """Add a feed."""
        self.check_parameters(request)
        by = person_writing(request)
        said = read_body(FeedBody, request)
        try:
            feed = add_feed(item=FeedItem(**said), by=by, as_of=clock.now())
        except FeedKnown as refusal:
            raise _known(request, refusal) from None
        return made(request, FEEDS, by, "feed", feed.pk)


@extend_schema_view(
    get=describes_row("feed", FeedRow, "One feed by its id."),
    patch=describes_write(
        "change_feed",
        "Describe a feed anew, pause it or take it up again; what is left out stays.",
        body=FeedBody(partial=True),
        row=FeedRow,
        status=200,
        refusals=CHANGE,
    ),
)
class FeedOne(RowView):
    """One feed, and the address at which it is changed."""

    listing = FEEDS

    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change a feed, if nobody else has since it was read."""
        self.check_parameters(request)
        by = person_writing(request)
        row = row_of(FEEDS, by, as_of=clock.now(), pk=pk)
        _require_match(request, row)
        said = read_body(FeedBody, request, partial=True)
        feed = visible_feeds(by).get(pk=pk)
        try:
            change_feed(
                feed=feed, item=replace(FeedItem.of(feed), **said), by=by, as_of=clock.now()
            )
        except FeedKnown as refusal:
            raise _known(request, refusal) from None
        row = row_of(FEEDS, by, as_of=clock.now(), pk=pk)
        return answered(request, row, is_public=False)


def _require_match(request: Request, row: FeedRow) -> None:
    header, tags = required_match(request)
    if not {"*", etag_of(row, dumped(row))} & set(tags):
        raise stale(header)


def _known(request: Request, refusal: FeedKnown) -> OnFileAlready:
    there = reverse("api:feed", args=[refusal.existing.pk])
    return OnFileAlready(refusal, request.build_absolute_uri(there))
