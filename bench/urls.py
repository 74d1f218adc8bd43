"""The addresses of the tracker as shipped, and the floor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tracker import urls as shipped

BYTES = b'{"floor":[' + b",".join(b'{"code":"C%d","status":"2"}' % n for n in range(10)) + b"]}"


def floor(request: HttpRequest) -> HttpResponse:
    """Prebuilt bytes through the middleware that every request goes through: the floor, 1."""
    return HttpResponse(BYTES, content_type="application/json")


urlpatterns = [*shipped.urlpatterns, path("bench/floor", floor)]
