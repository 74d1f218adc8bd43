"""What double coding does to the Assess page: nothing before both coded, then both beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions.actions.reconciling import DoubleCodingPending, require_coded
from conditions.admin.pages.assess_bench import Bench
from conditions.admin.rendering import person
from conditions.queries.double_coding import Comparison


def blind_first(request: HttpRequest, bench: Bench) -> HttpResponse | None:
    """Lead one who is to code to the blind form; refuse the others while a coder is waited for."""
    if bench.assessment is not None or bench.reconciled is not None:
        return None
    try:
        require_coded(bench.condition, bench.cycle, bench.corrects)
    except DoubleCodingPending as pending:
        if person(request) not in pending.waiting:
            raise
        return redirect("admin:conditions_doublecoding_code", pending.double_coding.pk)
    return None


def from_codings(proposed: dict[str, Any], both: Comparison) -> dict[str, Any]:
    """The proposed form with what both coders said alike, and nothing where they differ."""
    kept = {name: value for name, value in proposed.items() if not name.startswith("finding_")}
    kept |= {mark: both.shared(mark) for mark in ("status", "confidence", "limb")}
    kept["confidence_reason"] = ""
    for item in both.items:
        alike = item.first.note == item.second.note
        kept[f"finding_{item.item_id}_status"] = "" if item.differs else item.first.status
        kept[f"finding_{item.item_id}_note"] = item.first.note if alike else ""
    return kept
