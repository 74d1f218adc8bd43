"""What was just put on file, told with its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from conditions import clock
from conditions.api.answering import answered
from conditions.models import User
from conditions.queries.lists.paging import Listing, row_of


def made(request: Request, listing: Listing[Any], by: User, name: str, pk: int) -> HttpResponse:
    """What was just put on file, with its address and ETag."""
    row = row_of(listing, by, as_of=clock.now(), pk=pk)
    there = request.build_absolute_uri(reverse(f"api:{name}", args=[pk]))
    return answered(request, row, is_public=False, status=201, Location=there)
