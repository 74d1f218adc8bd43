"""Words and small marks of the admin's own pages; no queries."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conditions.rules.actors import OPERATOR, SCHEDULER

register = template.Library()

SENSITIVITIES = {
    "public": "Public",
    "team": "Team only",
    "restricted": "Restricted",
    "source_protected": "Source protected",
}


@register.filter
def days_left(days: int) -> SafeString:
    """Days to a due date in words; overdue stands out by its words, not by colour alone."""
    if days < 0:
        unit = "day" if days == -1 else "days"
        return format_html('<span class="late">Overdue by {} {}</span>', -days, unit)
    if days == 0:
        return format_html('<span class="late">{}</span>', "Due today")
    near = "soon" if days <= 14 else "calm"
    return format_html('<span class="{}">{} {} left</span>', near, days, _days(days))


def _days(number: int) -> str:
    return "day" if number == 1 else "days"


@register.filter
def verb_words(verb: str) -> str:
    """An event's verb as a sentence begins: “assessment.approved” is “Assessment approved”."""
    return verb.replace(".", " ").replace("_", " ").capitalize()


@register.filter
def grouped(number: int) -> str:
    """A whole number as people read it: 4,960."""
    return f"{number:,}"


@register.filter
def field_words(name: str) -> str:
    """A column's name as words."""
    return name.replace("_id", "").replace("_", " ").capitalize()


@register.filter
def plain(value: Any) -> str:
    """A recorded value as a person reads it: text as it is, structures as short lines."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(plain(entry) for entry in value) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{field_words(key)}: {plain(entry)}" for key, entry in value.items())
    return str(value) if isinstance(value, str | int) else json.dumps(value)


@register.filter
def or_scheduler(actor: Any) -> Any:
    """Who did it; nobody is the scheduler, or an operator in its place."""
    return actor or SCHEDULER


@register.filter
def or_operator(actor: Any) -> Any:
    """Who decided or wrote it; nobody is an operator, for the scheduler never does."""
    return actor or OPERATOR


@register.filter
def entry(mapping: Any, key: Any) -> Any:
    """The value of ``key`` in a mapping, or nothing."""
    return mapping.get(key)


@register.filter
def sensitivity(value: str) -> str:
    """The words of a sensitivity."""
    return SENSITIVITIES.get(value, value)
