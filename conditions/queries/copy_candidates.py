"""Documents on file that may repeat a text: the few that are worth to be compared with it."""

from __future__ import annotations

from collections.abc import Collection

from conditions.models import Evidence
from conditions.queries.full_text import by_index, matching
from conditions.rules.phrases import phrases_of


def copies_for(text: str, exclude: Collection[int] = (), most: int = 200) -> list[int]:
    """The ids of documents that hold a phrase of this text, ``most`` at most; newest filed first.

    One query, by the index of the full-text search. Whoever shows them to somebody asks what that
    person may see.
    """
    search = phrases_of(text)
    if search is None:
        return []
    rows = by_index(matching(Evidence.objects.exclude(pk__in=exclude), search), ["-id"])
    return list(rows.values_list("pk", flat=True)[:most])
