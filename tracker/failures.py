"""The answer to what nobody caught, in the form of the face that was asked."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

from conditions.api.problems import failure
from conditions.dashboard.refusals import busy_page
from conditions.models.contention import is_busy


def failed(request: HttpRequest) -> HttpResponse:
    """503 while the database is busy, 500 for a fault of ours, which Django has logged."""
    error = sys.exc_info()[1]
    if request.path.startswith("/api/"):
        return failure(error).answer(request)
    return busy_page(request) if is_busy(error) else server_error(request)
