"""Triage decisions: what was suggested for an item beside what a person decided, to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conditions.actions.triage_suggesting import suggested_for, triages_in_use
from conditions.models import Evidence, EvidenceLink, InboxItem, Program, TriageDecision, User
from conditions.rules.suggestions import compared, decided


def suggested_now(item: InboxItem) -> dict[str, Any]:
    """What is suggested for an item, made anew as for the page that a person decides from."""
    return suggested_for(triages_in_use(), title=item.title, text=item.text)


def keep_decisions(
    item: InboxItem,
    suggested: Mapping[str, Any],
    *,
    evidence: Evidence | None,
    by: User | None,
    as_of: datetime,
) -> None:
    """Keep, for each program that suggested, what was decided: by the links of what it became.

    Without ``evidence`` the item was found to be about no program. What the crosswalk carried to
    conditions that were not suggested is no disagreement: nobody decided it.
    """
    stances = stances_of(evidence) if evidence else {}
    by_hand = stances_of(evidence, by_hand=True) if evidence else {}
    programs = Program.objects.filter(slug__in=list(suggested)).values_list("slug", "pk")
    rows = []
    for slug, pk in programs:
        was, now = compared(suggested[slug]), decided(stances.get(slug, {}))
        rows.append(
            TriageDecision(
                item=item,
                program_id=pk,
                suggested=was,
                decided=now,
                agrees=was == decided(_meant(stances.get(slug, {}), by_hand.get(slug, {}), was)),
                decided_at=as_of,
                decided_by=by,
            )
        )
    TriageDecision.objects.bulk_create(rows)


def _meant(
    stances: Mapping[str, str], by_hand: Mapping[str, str], was: Mapping[str, Any]
) -> dict[str, str]:
    """The stances that a person gave, or saw suggested and left to the crosswalk."""
    return {
        code: stance
        for code, stance in stances.items()
        if code in by_hand or code in was["conditions"]
    }


def stances_of(evidence: Evidence, *, by_hand: bool = False) -> dict[str, dict[str, str]]:
    """By program and condition, the stance of a document's standing links.

    That with the condition as a whole goes before those with items of its checklist. ``by_hand``
    leaves out what the crosswalk carried.
    """
    rows = EvidenceLink.objects.filter(evidence=evidence, withdrawn_at__isnull=True)
    if by_hand:
        rows = rows.filter(origin=EvidenceLink.Origin.DIRECT)
    columns = ("condition__program__slug", "condition__code", "checklist_item_id", "stance")
    found: dict[str, dict[str, str]] = {}
    for slug, code, item_id, stance in rows.order_by("pk").values_list(*columns):
        stances = found.setdefault(slug, {})
        if item_id is None:
            stances[code] = stance
        else:
            stances.setdefault(code, stance)
    return found
