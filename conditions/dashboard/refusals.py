"""The one place of this face where a refusal becomes a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conditions.models.contention import BUSY, SECONDS_TO_WAIT
from conditions.rules.refusals import Conflict, NotAllowed, NotFound, Refusal

View = Callable[..., HttpResponse]
HEADINGS = {
    400: "That address cannot be read",
    403: "This is not open to you",
    404: "There is nothing here",
    409: "That does not fit",
    503: "Busy for a moment",
}


def refusals_as_pages(view: View) -> View:
    """Answer a refusal with a page that names the field, the value and the remedy."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refusal_page(request, refusal)

    return guarded


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of one refusal; invalid is 400, not found 404."""
    status = 400
    for family, code in ((NotFound, 404), (NotAllowed, 403), (Conflict, 409)):
        if isinstance(refusal, family):
            status = code
    return _page(request, refusal, status)


def page_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that leads nowhere."""
    refusal = NotFound(
        "No page has this address.",
        field="address",
        value=request.path,
        remedy="Start from the list of programs.",
    )
    return refusal_page(request, refusal)


def page_closed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what Django itself keeps somebody from."""
    remedy = "Sign in with an account that may open it."
    return refusal_page(request, NotAllowed("This page is not open to you.", remedy=remedy))


def busy_page(request: HttpRequest) -> HttpResponse:
    """The page while another write keeps the database; it asks the database for nothing."""
    refusal = Refusal(BUSY, remedy="Load the page again in a moment.")
    answer = _page(request, refusal, 503)
    answer["Retry-After"] = str(SECONDS_TO_WAIT)
    return answer


def _page(request: HttpRequest, refusal: Refusal, status: int) -> HttpResponse:
    context = {"refusal": refusal, "heading": HEADINGS[status], "status": status}
    return render(request, "dashboard/refused.html", context, status=status)
