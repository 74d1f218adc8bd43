"""Documents on file that may repeat a text: the few that are worth to be compared with it."""

from __future__ import annotations

from collections.abc import Collection

from conditions.models import Evidence
from conditions.queries.full_text import by_index, matching
from conditions.rules.phrases import AnyOf, names_of, phrases_of


def candidates_for(
    title: str, text: str, exclude: Collection[int] = (), most: int = 200
) -> list[int]:
    """The ids of documents that may be like this text, ``most`` at most: the likeliest first.

    First those that hold one of its phrases, then those that hold two of its names; newest filed
    first. Two queries, by the index of the full-text search. Whoever shows them to somebody asks
    what that person may see.
    """
    found = dict.fromkeys(_holding(phrases_of(f"{title}\n{text}"), exclude, most))
    if len(found) < most:
        found |= dict.fromkeys(_holding(names_of(title, text), exclude, most))
    return list(found)[:most]


def copies_for(text: str, exclude: Collection[int] = (), most: int = 200) -> list[int]:
    """As ``candidates_for``, but those alone that hold one of its phrases. One query."""
    return _holding(phrases_of(text), exclude, most)


def _holding(search: AnyOf | None, exclude: Collection[int], most: int) -> list[int]:
    if search is None:
        return []
    rows = by_index(matching(Evidence.objects.exclude(pk__in=exclude), search), ["-id"])
    return list(rows.values_list("pk", flat=True)[:most])
