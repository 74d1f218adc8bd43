"""How the inbox is narrowed: by program, condition, whether it is about one, origin and feed."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from conditions.models import Condition, Feed, InboxItem

NARROWING: Final = ("q", "program", "condition", "about", "origin", "feed")
ABOUT: Final = [
    ("", "All"),
    ("true", "About a program"),
    ("false", "Not about any"),
]
MOST_FEEDS: Final = 100
MOST_CONDITIONS: Final = 300


class SiftForm(forms.Form):
    """The fields above the list; each narrows what is shown."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Words",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    program = forms.ChoiceField(required=False)
    condition = forms.ChoiceField(required=False)
    about = forms.ChoiceField(required=False, label="Suggested as", choices=ABOUT)
    origin = forms.ChoiceField(
        required=False, label="Came", choices=[("", "Any way"), *InboxItem.Origin.choices]
    )
    feed = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", **kwargs})
        rows = Condition.objects.filter(program__is_active=True).order_by(
            "-program__is_default", "program__slug", "position"
        )
        listed = rows.values_list("program__slug", "program__short_title", "code")
        conditions = list(listed[:MOST_CONDITIONS])
        programs = {slug: title for slug, title, _ in conditions}
        grouped = [
            (title, [(code, code) for slug, _, code in conditions if slug == named])
            for named, title in programs.items()
        ]
        feeds = Feed.objects.values_list("pk", "title")[:MOST_FEEDS]
        self._choose("program", [("", "Any"), *programs.items()])
        self._choose("condition", [("", "Any"), *grouped])
        self._choose("feed", [("", "Any"), *((str(pk), title) for pk, title in feeds)])

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]
