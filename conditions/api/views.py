"""The shapes of reading: a list cut into pages, and one thing by its key."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from conditions import clock
from conditions.api.answering import JSON, answered, dumped, etag_of, finished
from conditions.api.parameters import (
    list_parameters,
    read_cursor,
    read_ordering,
    read_page_size,
    require_known,
    with_cursor,
    written,
)
from conditions.api.parsing import JsonBody
from conditions.api.readers import TokenAuthentication
from conditions.api.throttling import Throttle
from conditions.queries.answers import PAGES, RELEASE, Answer, data_mark
from conditions.queries.lists.filters import read_filters
from conditions.queries.lists.paging import Listing, Mark, page_of, row_of
from conditions.queries.named import require_on_file
from conditions.queries.readers import sight_of


class AlwaysJson(BaseContentNegotiation):
    """There is one form of answer, so no Accept header is refused."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        """The JSON reader, if the body says that it is JSON."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """The only renderer."""
        return renderers[0], renderers[0].media_type


class View(APIView):
    """One address of the API: who may see or do what is for the queries and actions to say."""

    authentication_classes = (TokenAuthentication, SessionAuthentication)
    content_negotiation_class = AlwaysJson
    http_method_names = ("get", "head", "post", "patch")
    parser_classes = (JsonBody,)
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    throttle_classes = (Throttle,)

    def check_parameters(self, request: Request, *accepted: str) -> None:
        """Refuse any query parameter that is not accepted here."""
        require_known(request.query_params, accepted)


class ListView(View):
    """A list, filtered, ordered and cut into pages."""

    listing: ClassVar[Listing[Any]]

    def get(self, request: Request) -> HttpResponse:
        """One page of what this reader may see, from memory where nothing was written since."""
        here = request.build_absolute_uri()
        # A cycle's day turns at midnight somewhere: no zone is off by less than a quarter hour.
        quarter = int(clock.now().timestamp()) // 900
        key = f"{RELEASE}|{data_mark()}|{quarter}|{sight_of(request.user)}|{here}"
        answer = PAGES.find(key)
        if answer is None:
            answer = Answer(self._page(request), JSON)
            PAGES.keep(key, answer)
        return finished(
            request,
            answer.body,
            etag=etag_of(None, answer.body),
            content_type=answer.content_type,
            is_public=not request.user.is_authenticated,
        )

    def _page(self, request: Request) -> bytes:
        query = request.query_params
        self.check_parameters(request, *list_parameters(self.listing))
        ordering = read_ordering(query, self.listing)
        values = read_filters(query, self.listing.filters)
        require_on_file(request.user, values)
        page = page_of(
            self.listing,
            request.user,
            values=values,
            ordering=ordering,
            size=read_page_size(query),
            mark=read_cursor(query, ordering),
            as_of=clock.now(),
        )

        def link(mark: Mark | None) -> str | None:
            if mark is None:
                return None
            there = with_cursor(query, written(mark, ordering))
            return request.build_absolute_uri(f"{request.path}?{there}")

        return dumped(
            {"next": link(page.next), "previous": link(page.previous), "results": page.rows}
        )


class RowView(View):
    """One thing by its key."""

    listing: ClassVar[Listing[Any]]

    def get(self, request: Request, **key: Any) -> HttpResponse:
        """The thing as this reader may see it."""
        self.check_parameters(request)
        row = row_of(self.listing, request.user, as_of=clock.now(), **key)
        return answered(request, row, is_public=not request.user.is_authenticated)
