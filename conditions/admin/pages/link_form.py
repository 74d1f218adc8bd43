"""The fields of a link: what a document bears on, with which stance, and a note."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from conditions.actions.evidence import LinkItem
from conditions.models import ChecklistItem
from conditions.models.choices import from_enum
from conditions.rules.evidence import Stance

STANCES = [("", "Stance"), *from_enum(Stance)]


class LinkForm(forms.Form):
    """What a document on file bears on besides."""

    def __init__(self, *args: Any, items: Iterable[ChecklistItem], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "link_%s", **kwargs})
        add_link_fields(self, "", link_choices(items))

    def clean(self) -> dict[str, Any]:
        """A link names what it is to."""
        typed = super().clean() or self.cleaned_data
        if not typed.get("to"):
            self.add_error("to", "Choose what the document bears on.")
        return typed


def link_choices(items: Iterable[ChecklistItem]) -> list[Any]:
    """Conditions and checklist items grouped by program and condition, for a select."""
    groups: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for item in items:
        condition = item.condition
        if condition.pk not in groups:
            label = f"{condition.program.short_title}: {condition.code} {condition.title}"
            groups[condition.pk] = (label, [(f"c{condition.pk}", f"{condition.code} as a whole")])
        groups[condition.pk][1].append(
            (f"i{condition.pk}-{item.pk}", f"{item.code} {item.statement[:80]}")
        )
    return [("", "Nothing"), *groups.values()]


def add_link_fields(form: forms.Form, prefix: str, targets: list[Any]) -> None:
    """The three fields of one link."""
    number = f" {int(prefix[4]) + 1}" if prefix else ""
    form.fields[f"{prefix}to"] = forms.ChoiceField(
        required=False, choices=targets, label=f"Bears on{number}"
    )
    form.fields[f"{prefix}stance"] = forms.ChoiceField(
        required=False, choices=STANCES, label=f"Stance{number}"
    )
    form.fields[f"{prefix}note"] = forms.CharField(required=False, label=f"Note{number}")


def link_typed(form: forms.Form, prefix: str) -> LinkItem | None:
    """The link of one row; None where the row names nothing."""
    target = form.cleaned_data.get(f"{prefix}to", "")
    if not target:
        return None
    condition, _, item = target[1:].partition("-")
    return LinkItem(
        condition_id=int(condition),
        stance=form.cleaned_data.get(f"{prefix}stance", ""),
        checklist_item_id=int(item) if item else None,
        note=form.cleaned_data.get(f"{prefix}note", ""),
    )
