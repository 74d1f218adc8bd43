"""The condition and the open cycle that a page of one step is about."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from conditions import clock
from conditions.admin.pages.assess_bench import NothingToAssess, number
from conditions.models import Condition
from conditions.queries.workbench import CycleWork, cycle_works


def condition_with_cycle(request: HttpRequest, condition_id: int) -> tuple[Condition, CycleWork]:
    """The condition, and the cycle that the form or the URL names, else the one to work on first.

    Raises NothingToAssess where no cycle is open or overdue for the condition.
    """
    rows = Condition.objects.select_related("program")
    condition = get_object_or_404(rows, pk=condition_id)
    touched = list(condition.assessments.select_related("cycle").order_by("-valid_from", "-id"))
    works = cycle_works(condition, touched, as_of=clock.now())
    if not works:
        raise NothingToAssess(
            f"No cycle of {condition.program} is open or overdue for {condition.code}.",
            field="cycle",
            value=condition.code,
            remedy="Wait for the next cycle, or correct an approved judgement.",
        )
    named = number(request.POST.get("cycle") or request.GET.get("cycle"))
    for work in works:
        if work.cycle.pk == named:
            return condition, work
    owed = [work for work in works if work.approved is None]
    return condition, owed[0] if owed else works[-1]
