"""Limits on how often one reader asks, so that one program's mistake does not stop the others."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class Throttle(SimpleRateThrottle):
    """So many requests a minute: per address without an account, per person otherwise.

    The count is this process's own; it costs no query.
    """

    def __init__(self) -> None:
        # The rate depends on who asks, so it is known only with the request.
        pass

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this request is within its reader's rate."""
        self.scope = _scope(request)
        self.rate = str(api_settings.DEFAULT_THROTTLE_RATES[self.scope])
        self.num_requests, self.duration = self.parse_rate(self.rate)
        allowed: bool = super().allow_request(request, view)
        return allowed

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Whose requests are counted together."""
        who: Any = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return f"throttle-{self.scope}-{who}"


def _scope(request: Request) -> str:
    if not request.user.is_authenticated:
        return "nobody"
    return "reader" if request.method in ("GET", "HEAD") else "writer"
