"""Triage decisions: what was suggested for an item beside what a person decided, to learn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    links = _links_of(evidence) if evidence else []
    stances = _stances(links)
    by_hand = _stances(link for link in links if link.origin == EvidenceLink.Origin.DIRECT)
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


def _links_of(evidence: Evidence) -> list[EvidenceLink]:
    rows = EvidenceLink.objects.filter(evidence=evidence, withdrawn_at__isnull=True)
    return list(rows.select_related("condition__program").order_by("pk"))


def _stances(links: Iterable[EvidenceLink]) -> dict[str, dict[str, str]]:
    """By program and condition, the stance that these links give.

    That with the condition as a whole goes before those with items of its checklist.
    """
    found: dict[str, dict[str, str]] = {}
    for link in links:
        stances = found.setdefault(link.condition.program.slug, {})
        if link.checklist_item_id is None:
            stances[link.condition.code] = link.stance
        else:
            stances.setdefault(link.condition.code, link.stance)
    return found
