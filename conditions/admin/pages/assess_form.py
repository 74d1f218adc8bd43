"""The Assess form: one judgement with its findings and cited evidence, on one page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from conditions.actions.authorities import LONGEST_AUTHORITY
from conditions.actions.judgements import ItemFinding, Judgement
from conditions.actions.searches import SearchItem
from conditions.admin.pages.assess_needs import needs
from conditions.models import Assessment, ChecklistItem, Condition, SearchEntry
from conditions.queries.proposals import proposed_trend
from conditions.rules.rollup import ConditionTest
from conditions.rules.scale import Scale
from conditions.rules.status import Confidence, Trend

FROM_STATUS = "from_status"
TREND_WORDS = {"no_change": "No change", "new": "First judgement"}
SEARCH_FIELDS = ("search_places", "search_terms", "search_result")
LIMBS = (("", "No limb named"), ("outcome", "Outcome"), ("effort", "Effort"))


def day_field(**options: Any) -> forms.DateField:
    """A date, in the browser's own date control."""
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def text_field(rows: int, **options: Any) -> forms.CharField:
    """A text of ``rows`` lines, taken as it was typed."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows, "cols": 60}), **options)


class AssessForm(forms.Form):
    """What a person says about a condition; ``submitting`` asks for all that a reviewer needs."""

    status = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    authority = forms.CharField(required=False, max_length=LONGEST_AUTHORITY, label="Waived by")
    trend = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    confidence = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        choices=[(level.value, level.value.capitalize()) for level in Confidence],
    )
    confidence_reason = text_field(
        2, required=False, label="Why that confidence", help_text="About the basis, not the event."
    )
    limb = forms.ChoiceField(required=False, choices=LIMBS)
    rationale = text_field(
        11,
        error_messages={
            "required": "A judgement cannot be saved without a rationale. "
            "Say in a sentence or more what the evidence shows."
        },
    )
    dissent = text_field(
        2, required=False, help_text="A view in the team that differs, if there is one."
    )
    valid_from = day_field(
        label="Holds from",
        error_messages={
            "required": "Give the day from which this judgement holds.",
            "invalid": "This is not a date. Write it as 2026-03-09.",
        },
    )
    cited = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        label="Evidence this rests on",
        error_messages={
            "invalid_choice": "Document %(value)s is no longer linked here, so it was left out. "
            "Save again, or link it first."
        },
    )
    search_places = text_field(
        2,
        required=False,
        label="Where you looked",
        help_text="Sites, archives, databases, people. It goes into the search log, dated today.",
    )
    search_terms = text_field(1, required=False, label="Words looked for")
    search_result = forms.ChoiceField(
        required=False,
        choices=SearchEntry.Result.choices,
        initial=SearchEntry.Result.NOTHING,
        label="What came of it",
    )
    correction_note = text_field(2, required=False, label="Why the earlier judgement is corrected")

    def __init__(
        self,
        *args: Any,
        condition: Condition,
        items: Iterable[ChecklistItem],
        documents: Iterable[int],
        last: Assessment | None,
        corrects: bool,
        submitting: bool = False,
        searched: bool = False,
        may_log: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", **kwargs})
        self.scale: Scale = condition.program.scale
        self.last = last
        self.items = list(items)
        self.submitting = submitting
        self.searched = searched or not may_log
        if not may_log:
            for name in SEARCH_FIELDS:
                del self.fields[name]
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (grade.code, f"{grade.code} {grade.label}") for grade in self.scale.grades
        ]
        self.fields["trend"].choices = _trends(last)  # type: ignore[attr-defined]
        self.fields["cited"].choices = [  # type: ignore[attr-defined]
            (pk, str(pk)) for pk in documents
        ]
        self.fields["valid_from"].widget.attrs["min"] = condition.in_force_from.isoformat()
        self._name_authority()
        if condition.test != ConditionTest.OUTCOME_OR_EFFORT:
            del self.fields["limb"]
        if not corrects:
            del self.fields["correction_note"]
        for item in self.items:
            self._add_finding(item)

    def _name_authority(self) -> None:
        waived = [f"{code} {self.scale.label(code)}" for code in self.scale.waived_codes()]
        if not waived:
            del self.fields["authority"]
            return
        self.fields[
            "authority"
        ].help_text = f"Only with {' or '.join(waived)}: who waived the condition, by which act."

    def _add_finding(self, item: ChecklistItem) -> None:
        choices = [("", "No finding yet")]
        choices += [(grade.code, f"{grade.code} {grade.label}") for grade in self.scale.grades]
        self.fields[f"finding_{item.pk}_status"] = forms.ChoiceField(
            required=False, choices=choices, label=f"Finding on {item.code}"
        )
        self.fields[f"finding_{item.pk}_note"] = text_field(
            2, required=False, label=f"Note on {item.code}"
        )

    def clean(self) -> dict[str, Any]:
        """Settle the trend; before a submission, ask for each missing part at its field."""
        typed = super().clean() or self.cleaned_data
        if typed.get("trend") == FROM_STATUS:
            typed["trend"] = proposed_trend(self.last, typed.get("status", ""), self.scale)
        if "correction_note" in self.fields and not typed.get("correction_note", "").strip():
            self._ask("correction_note", "A correction says why. Name what was wrong.")
        if self.submitting:
            for name, remedy in needs(typed, items=self.items, scale=self.scale).items():
                self._ask(name, remedy)
            self._ask_for_search(typed)
        if typed.get("search_terms", "").strip() and not typed.get("search_places", "").strip():
            self._ask("search_places", "Say where you looked for these words.")
        return typed

    def _ask_for_search(self, typed: dict[str, Any]) -> None:
        is_unclear = typed.get("status") in self.scale.unclear_codes()
        if is_unclear and not self.searched and not typed.get("search_places", "").strip():
            label = self.scale.label(typed["status"])
            self._ask(
                "search_places",
                f"“{label}” stands on a search, and none is logged in this cycle. "
                "Say here where you looked.",
            )

    def _ask(self, name: str, remedy: str) -> None:
        if name not in self.errors:
            self.add_error(name, remedy)

    def judgement(self) -> Judgement:
        """The judgement as typed; the form must be valid."""
        typed = self.cleaned_data
        return Judgement(
            rationale=typed["rationale"],
            valid_from=typed["valid_from"],
            status=typed["status"],
            trend=typed["trend"],
            confidence=typed["confidence"],
            confidence_reason=typed["confidence_reason"],
            limb=typed.get("limb", ""),
            dissent=typed["dissent"],
            authority=typed.get("authority", ""),
            findings=tuple(
                ItemFinding(
                    item_id=item.pk,
                    status=typed[f"finding_{item.pk}_status"],
                    note=typed[f"finding_{item.pk}_note"],
                )
                for item in self.items
            ),
            cited=tuple(typed["cited"]),
        )

    def search(self, today: date) -> SearchItem | None:
        """The search that was typed beside the status, if one was; the form must be valid."""
        typed = self.cleaned_data
        if not typed.get("search_places", "").strip():
            return None
        return SearchItem(
            places=typed["search_places"],
            terms=typed["search_terms"],
            searched_on=today,
            result=typed["search_result"] or SearchEntry.Result.NOTHING.value,
        )

    def typed(self, data: QueryDict) -> dict[str, Any]:
        """What was typed, unchecked, to put into a form that shows no errors yet."""
        return {
            name: field.widget.value_from_datadict(data, self.files, name)
            if name != "cited"
            else data.getlist("cited")
            for name, field in self.fields.items()
        }


def _trends(last: Assessment | None) -> list[tuple[str, str]]:
    follows = "As the status says" if last else "As the status says: first judgement"
    named = [(t.value, TREND_WORDS.get(t.value, t.value.capitalize())) for t in Trend]
    return [(FROM_STATUS, follows), *named]
