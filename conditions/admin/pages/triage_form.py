"""The form of a triage: that of the intake, prefilled, with a row for each link proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms

from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.evidence_form import IntakeForm
from conditions.models import ChecklistItem, InboxItem
from conditions.models.choices import from_enum
from conditions.queries.inbox_item import (
    ConditionView,
    InboxView,
    ItemChoice,
    ProposedLink,
)
from conditions.rules.authority import Sensitivity
from conditions.rules.evidence import Stance

SPARE_ROWS: Final = 2
MOST_ROWS: Final = 40
OTHER_REASONS: Final = [
    (value, label)
    for value, label in InboxItem.Dismissal.choices
    if value != InboxItem.Dismissal.NOT_ABOUT
]


class TriageForm(IntakeForm):
    """A document from the inbox; each proposed link is taken unless its tick is removed.

    The rows of a form that was sent are those that were sent, whatever is proposed by now.
    """

    dismissed_as = forms.ChoiceField(
        required=False, choices=[("", "Why not"), *OTHER_REASONS], label="Dismiss, because"
    )
    dismissal_reason = forms.CharField(required=False, max_length=1000, label="In words")
    page_text = text_field(5, required=False, label="Text of the page")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        items: Iterable[ChecklistItem],
        view: InboxView,
    ) -> None:
        proposed = [link for link in view.links if not link.is_carried]
        targets = [f"c{link.condition_id}" for link in proposed] if data is None else _sent(data)
        rows = min(MOST_ROWS, len(targets) + (SPARE_ROWS if data is None else 0))
        super().__init__(data, items=items, link_rows=rows, initial=_initial(view, proposed))
        conditions = {str(one.id): one for program in view.programs for one in program.conditions}
        self.proposed_rows = 0
        for number, target in enumerate(targets[:rows]):
            if data is not None and f"link{number}_proposed" not in data:
                break
            self.proposed_rows = number + 1
            self._narrow(number, conditions.get(target[1:].partition("-")[0]))
        if rows:
            # The key that leads to the links goes to the first of them.
            first = "link0_keep" if self.proposed_rows else "link0_to"
            self.fields[first].widget.attrs |= {"data-key": "e", "data-act": "focus"}

    def _narrow(self, number: int, condition: ConditionView | None) -> None:
        """A proposed row speaks of one condition: as a whole, or of an item of its checklist."""
        self.fields[f"link{number}_keep"] = forms.BooleanField(
            required=False, initial=True, label=f"Take link {number + 1}"
        )
        if condition is not None:
            self.fields[f"link{number}_to"].choices = _targets(condition)  # type: ignore[attr-defined]
        self.fields[f"link{number}_stance"] = forms.ChoiceField(
            choices=from_enum(Stance),
            widget=forms.RadioSelect,
            label=f"Stance {number + 1}",
            required=False,
        )

    def filled(self) -> list[int]:
        """The numbers of the rows that name something and are taken."""
        return [
            number
            for number in super().filled()
            if number >= self.proposed_rows or self.cleaned_data.get(f"link{number}_keep")
        ]

    def forget_errors(self) -> None:
        """Read what can be read, and let the rest be: only the links count."""
        self.is_valid()
        for name in list(self.errors):
            del self.errors[name]


def _initial(view: InboxView, links: Iterable[ProposedLink]) -> dict[str, Any]:
    prefill = view.prefill
    initial: dict[str, Any] = {
        "url": prefill.url,
        "reference": prefill.reference,
        "title": prefill.title,
        "source": prefill.publisher,
        "published_on": prefill.published_on,
        "language": prefill.language,
        "summary": prefill.summary,
        "credibility": str(prefill.credibility),
        "sensitivity": Sensitivity.PUBLIC.value,
    }
    for number, link in enumerate(links):
        initial[f"link{number}_to"] = f"c{link.condition_id}"
        initial[f"link{number}_stance"] = link.stance
    return initial


def _targets(condition: ConditionView) -> list[tuple[str, str]]:
    """What a link to a condition can name, the items that were suggested first."""
    whole = (f"c{condition.id}", f"{condition.code} as a whole")
    return [whole, *((f"i{condition.id}-{one.id}", _item_words(one)) for one in condition.items)]


def _item_words(item: ItemChoice) -> str:
    suggested = f" (suggested, {item.score})" if item.score else ""
    return f"{item.code} {item.statement[:80]}{suggested}"


def _sent(data: Mapping[str, Any]) -> list[str]:
    sent: list[str] = []
    while len(sent) < MOST_ROWS and f"link{len(sent)}_to" in data:
        sent.append(str(data[f"link{len(sent)}_to"]))
    return sent
