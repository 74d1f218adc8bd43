"""Pairs that somebody said are independent of each other, among documents that may become one."""

from __future__ import annotations

from collections.abc import Collection

from conditions.models import VoiceSuggestion


def independent_pairs(evidence_ids: Collection[int]) -> list[VoiceSuggestion]:
    """What was dismissed between these documents and still holds. One query.

    A pair that carries one voice by now does not count: somebody amended the documents since.
    """
    rows = VoiceSuggestion.objects.filter(
        first__in=evidence_ids,
        second__in=evidence_ids,
        state=VoiceSuggestion.State.DISMISSED,
    )
    found = rows.select_related("first", "second", "decided_by").order_by("pk")
    return [
        row
        for row in found.defer("first__text", "second__text")
        if not row.first.voice or row.first.voice != row.second.voice
    ]
