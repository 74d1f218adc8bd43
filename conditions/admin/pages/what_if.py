"""The what-if board: change statuses, see what would follow; nothing is saved."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from conditions import clock
from conditions.admin.rendering import page, require
from conditions.models import OfficialFinding, Program
from conditions.queries.what_if import what_if
from conditions.queries.what_if_wishes import LIMB_WORDS


def what_if_board(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One cycle of a program as if it closed with the statuses that the address names."""
    require(request, "close_reviewcycle", to="play what if")
    program = get_object_or_404(Program, pk=object_id)
    return page(
        site,
        request,
        "what_if",
        title=f"What if: {program.short_title}",
        program=program,
        scale=program.scale,
        board=what_if(program, request.GET.dict(), as_of=clock.now()),
        words=OfficialFinding.Outcome.choices,
        limbs=LIMB_WORDS.items(),
    )
