"""How the inbox is narrowed: one meaning for the list on the desk and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.fields.json import HasKey, KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from conditions.models import InboxItem, Program
from conditions.queries.lists.filters import moment, number, one_of, text, yes_no
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader

INBOX_FILTERS: Final = (
    text("q", "Holds each of these words in its title, text, publisher or address."),
    one_of("state", "Whether anybody has decided on it.", InboxItem.State.values, "state"),
    one_of("origin", "How it came in.", InboxItem.Origin.values, "origin"),
    one_of("reading", "What became of its page.", InboxItem.Reading.values, "reading"),
    number("feed", "The id of the feed that brought it.", "feed_id"),
    text("program", "Was read with the field terms of this program (slug)."),
    text("condition", "Seems to bear on a condition with this code, of the program if given."),
    yes_no("about", "Whether it seems to be about the program, or about any."),
    moment("changed_since", "Received or decided at this moment or later."),
)
_SEARCHED: Final = ("title", "text", "publisher", "url")


def narrowed(rows: QuerySet[Any], values: Mapping[str, Any], reader: Reader) -> QuerySet[Any]:
    """Those of these items that the filters without a column of their own leave.

    One query at once where a condition, or being about any, is asked for without a program.
    """
    if "program" in values:
        rows = rows.filter(suggested__has_key=values["program"])
    if "condition" in values or "about" in values:
        rows = _suggested(rows, values)
    if "q" in values:
        # What is hidden is not found by its words either.
        open_to = Q(evidence__sensitivity__in=sensitivities_for(reader))
        rows = _worded(rows.filter(Q(evidence=None) | open_to), values["q"])
    if "changed_since" in values:
        since = values["changed_since"]
        rows = rows.filter(Q(received_at__gte=since) | Q(decided_at__gte=since))
    return rows


def _suggested(rows: QuerySet[Any], values: Mapping[str, Any]) -> QuerySet[Any]:
    slugs = [values["program"]] if "program" in values else _slugs()
    if "condition" in values:
        on = [Q(HasKey(_conditions(slug), values["condition"])) for slug in slugs]
        rows = rows.filter(_any(on))
    if "about" in values:
        is_about = _any([Q(_is_about(slug)) for slug in slugs])
        rows = rows.filter(is_about if values["about"] else ~is_about)
    return rows


def _slugs() -> list[str]:
    return list(Program.objects.order_by("slug").values_list("slug", flat=True))


def _conditions(slug: str) -> KeyTransform:
    return KeyTransform("conditions", KeyTransform(slug, "suggested"))


def _is_about(slug: str) -> Exact:
    # What no program had suggested for yet is about none: without this it would be neither.
    said = KeyTextTransform("about", KeyTransform(slug, "suggested"))
    return Exact(Coalesce(said, Value(""), output_field=TextField()), Value("true"))


def _worded(rows: QuerySet[Any], q: str) -> QuerySet[Any]:
    for word in q.split():
        rows = rows.filter(_any([Q(**{f"{name}__icontains": word}) for name in _SEARCHED]))
    return rows


def _any(each: Sequence[Q]) -> Q:
    return reduce(or_, each, Q(pk__in=[]))
