"""The answer to a form that carries an old token: nothing typed on our own pages is lost.

Signing in anew changes the token, so a page left open in another tab would lose its text.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.csrf import csrf_failure

from conditions.admin import kept
from conditions.admin.site import site


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show the form again, unsaved, if it came from a page of ours; refuse it otherwise."""
    if not _is_ours(request):
        return csrf_failure(request, reason=reason)
    held = kept.keep(request)
    if request.user.is_authenticated:
        return kept.hold(request, held)
    return site.sign_in_page(request, held)


def _is_ours(request: HttpRequest) -> bool:
    sent_from = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    own = (request.scheme, request.get_host()) == (sent_from.scheme, sent_from.netloc)
    sign_in = reverse("admin:login")
    return own and request.path.startswith(reverse("admin:index")) and request.path != sign_in
