"""The forms by which a manager has conditions double-coded: chosen by hand, drawn, changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from conditions.admin.pages.assess_form import text_field
from conditions.models import Condition, User
from conditions.rules.sampling import Draw, pair_up

Pairs = dict[Condition, tuple[User, User]]
Line = tuple[Condition, forms.BoundField, forms.BoundField, forms.BoundField]


class ChooseForm(forms.Form):
    """Conditions ticked by hand, each with its two coders; the first is the lead by default."""

    def __init__(
        self, *args: Any, conditions: Sequence[Condition], people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", **kwargs})
        self.conditions, self.people = conditions, {str(user.pk): user for user in people}
        choices = [("", "Nobody yet"), *((pk, str(user)) for pk, user in self.people.items())]
        for one in conditions:
            lead = str(one.lead_id) if str(one.lead_id) in self.people else ""
            self.fields[f"take_{one.pk}"] = forms.BooleanField(
                required=False, label=f"Double-code {one.code}"
            )
            for place, initial in (("first", lead), ("second", "")):
                self.fields[f"{place}_{one.pk}"] = forms.ChoiceField(
                    required=False,
                    choices=choices,
                    initial=initial,
                    label=f"{place.capitalize()} coder of {one.code}",
                )

    def lines(self) -> list[Line]:
        """Each condition with its three fields."""
        return [
            (one, self[f"take_{one.pk}"], self[f"first_{one.pk}"], self[f"second_{one.pk}"])
            for one in self.conditions
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing beside each ticked condition."""
        typed = super().clean() or self.cleaned_data
        ticked = [one for one in self.conditions if typed.get(f"take_{one.pk}")]
        if not ticked:
            self.add_error(None, "Tick at least one condition.")
        for one in ticked:
            for place in ("first", "second"):
                name = f"{place}_{one.pk}"
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, f"Name the {place} coder of {one.code}.")
        return typed

    def pairs(self) -> Pairs:
        """The ticked conditions with their coders; the form must be valid."""
        typed = self.cleaned_data
        return {
            one: (
                self.people[typed[f"first_{one.pk}"]],
                self.people[typed[f"second_{one.pk}"]],
            )
            for one in self.conditions
            if typed[f"take_{one.pk}"]
        }


class DrawForm(forms.Form):
    """A number of conditions to be drawn at random, and the people who code them in turn."""

    size = forms.IntegerField(min_value=1, label="How many")
    people = forms.MultipleChoiceField(
        label="Coders",
        widget=forms.CheckboxSelectMultiple,
        help_text="The lead of a condition codes it first, where it has one who can code; "
        "these people take turns at the rest.",
        error_messages={"required": "Tick the people who are to code."},
    )

    def __init__(
        self, *args: Any, conditions: Sequence[Condition], people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", **kwargs})
        self.conditions, self.by_id = conditions, {user.pk: user for user in people}
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (str(user.pk), str(user)) for user in people
        ]
        self.fields["size"].help_text = f"From 1 to {len(conditions)}, which is all of them."
        self.fields["size"].widget.attrs["max"] = len(conditions)

    def draw(self, seed: str) -> Draw:
        """The draw by ``seed``; the form must be valid."""
        pool = tuple(one.code for one in self.conditions)
        return Draw(seed=seed, size=self.cleaned_data["size"], pool=pool)

    def pairs(self, draw: Draw) -> Pairs:
        """What the draw picks, with two coders for each condition."""
        chosen = draw.chosen()
        drawn = {one.code: one for one in self.conditions if one.code in chosen}
        leads = {
            code: one.lead_id if one.lead_id in self.by_id else None for code, one in drawn.items()
        }
        found = pair_up(leads, [int(pk) for pk in self.cleaned_data["people"]])
        return {
            drawn[code]: (self.by_id[first], self.by_id[second])
            for code, (first, second) in found.items()
        }


class ReplaceForm(forms.Form):
    """Somebody else in the place of a coder who has not coded."""

    coder = forms.TypedChoiceField(label="Instead of", coerce=int)
    replacement = forms.TypedChoiceField(label="From now on", coerce=int)
    reason = text_field(2, required=False, label="Reason (optional)")

    def __init__(
        self, *args: Any, waited_for: Sequence[User], people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, users in (("coder", waited_for), ("replacement", people)):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (user.pk, str(user)) for user in users
            ]


class CallOffForm(forms.Form):
    """The end of a double coding that will not be finished."""

    reason = text_field(
        2, error_messages={"required": "Say why this double coding will not be finished."}
    )
