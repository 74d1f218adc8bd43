"""The form in which one coder says what they find, blind and once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from conditions.actions.blind_coding import CodingText
from conditions.actions.judgements import ItemFinding
from conditions.admin.pages.assess_form import LIMBS, text_field
from conditions.models import ChecklistItem, Condition
from conditions.rules.rollup import ConditionTest
from conditions.rules.scale import Scale
from conditions.rules.status import Confidence


class BlindForm(forms.Form):
    """One coding, complete; nothing of it can be left for later."""

    status = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a status; U says that it cannot be assessed."},
    )
    confidence = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[(level.value, level.value.capitalize()) for level in Confidence],
        error_messages={"required": "Choose how firm the basis is."},
    )
    limb = forms.ChoiceField(required=False, choices=LIMBS)
    rationale = text_field(
        9, error_messages={"required": "Say in a sentence or more what the evidence shows."}
    )
    confirmed = forms.BooleanField(
        label="I judged this from the text and the evidence alone. It is final.",
        error_messages={"required": "Tick this to seal it. What is sealed is never changed."},
    )

    def __init__(
        self, *args: Any, condition: Condition, items: Iterable[ChecklistItem], **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", **kwargs})
        scale: Scale = condition.program.scale
        self.items = list(items)
        grades = [(grade.code, f"{grade.code} {grade.label}") for grade in scale.grades]
        self.fields["status"].choices = grades  # type: ignore[attr-defined]
        if condition.test != ConditionTest.OUTCOME_OR_EFFORT:
            del self.fields["limb"]
        for item in self.items:
            self.fields[f"finding_{item.pk}_status"] = forms.ChoiceField(
                choices=[("", "No finding yet"), *grades],
                label=f"Finding on {item.code}",
                error_messages={"required": f"Choose a finding on {item.code}; U is one."},
            )
            self.fields[f"finding_{item.pk}_note"] = text_field(
                2, required=False, label=f"Note on {item.code}"
            )
        self.order_fields([name for name in self.fields if name.startswith("finding_")])

    def findings(self) -> list[tuple[ChecklistItem, forms.BoundField, forms.BoundField]]:
        """Each checklist item with its two fields."""
        return [
            (item, self[f"finding_{item.pk}_status"], self[f"finding_{item.pk}_note"])
            for item in self.items
        ]

    def coding(self) -> CodingText:
        """What was typed; the form must be valid."""
        typed = self.cleaned_data
        return CodingText(
            status=typed["status"],
            confidence=typed["confidence"],
            rationale=typed["rationale"],
            limb=typed.get("limb", ""),
            findings=tuple(
                ItemFinding(
                    item_id=item.pk,
                    status=typed[f"finding_{item.pk}_status"],
                    note=typed[f"finding_{item.pk}_note"],
                )
                for item in self.items
            ),
        )
