"""The form of a document: what it is, who published it, how credible, and what it bears on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from conditions.actions.evidence import EvidenceItem, LinkItem
from conditions.actions.intake import UNJUDGED, Publisher
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.link_form import add_link_fields, link_choices, link_typed
from conditions.models import ChecklistItem, Evidence, Source
from conditions.models.choices import from_enum
from conditions.rules.authority import Sensitivity
from conditions.rules.dates import BadFactDate, FactDate, Precision
from conditions.rules.evidence import CREDIBILITY, RELIABILITY

LINK_ROWS = 5
LEDGER = [(str(number), f"{number} {words}") for number, words in CREDIBILITY.items()]
LETTERS = [(letter, f"{letter} {words}") for letter, words in RELIABILITY.items()]
# How the actions name a field, and what it is called here.
RENAMED = {
    "source_id": "source",
    "name": "source",
    "fact_on": "fact_date",
    "fact_precision": "fact_date",
    "reason": "reason",
}


class DocumentForm(forms.Form):
    """What is said about one document."""

    url = forms.CharField(
        required=False,
        label="Address (URL)",
        widget=forms.URLInput(attrs={"size": 80, "autocomplete": "off"}),
    )
    reference = forms.CharField(
        required=False,
        max_length=300,
        label="Reference",
        help_text="For a document without an address, for example a record number.",
    )
    title = forms.CharField(max_length=400, error_messages={"required": "Give it a title."})
    source = forms.CharField(
        max_length=200,
        label="Published by",
        help_text="A source on file, or the name of a new one.",
        widget=forms.TextInput(attrs={"list": "sources-on-file", "autocomplete": "off"}),
        error_messages={"required": "Say who published it."},
    )
    published_on = day_field(required=False, label="Published on")
    fact_date = forms.CharField(
        required=False,
        label="When it happened",
        help_text="As precisely as known: 2026-03-09, 2026-03 or 2026. Empty if not known.",
    )
    language = forms.CharField(initial="en", help_text="A code such as en, ar or ku.")
    summary = text_field(
        4,
        help_text="What it says, in your own words.",
        error_messages={"required": "Say in your own words what it says."},
    )
    text = text_field(3, required=False, label="Longer notes")
    credibility = forms.ChoiceField(
        choices=LEDGER, initial="6", help_text="Of this item, apart from its source."
    )
    sensitivity = forms.ChoiceField(choices=from_enum(Sensitivity))
    is_primary = forms.BooleanField(
        required=False, label="A document of the body responsible for the fact"
    )
    voice = forms.CharField(
        required=False,
        max_length=80,
        label="Whose words",
        help_text="A short name shared by copies of one wire, such as afp-coast-2025-03. "
        "They count as one source.",
    )

    def clean_fact_date(self) -> FactDate:
        """The fact date with its precision."""
        try:
            return FactDate.parse(self.cleaned_data["fact_date"])
        except BadFactDate as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def item(self, **more: Any) -> EvidenceItem:
        """The document as typed, its source still to be found; the form must be valid."""
        typed = dict(self.cleaned_data)
        fact: FactDate = typed["fact_date"]
        names = ("url", "reference", "title", "published_on", "language", "summary", "text")
        return EvidenceItem(
            **{name: typed[name] for name in names},
            source_id=0,
            fact_on=fact.on,
            fact_precision=fact.precision.value,
            credibility=int(typed["credibility"]),
            sensitivity=typed["sensitivity"],
            is_primary=typed["is_primary"],
            voice=typed["voice"],
            **more,
        )

    def publisher(self) -> Publisher:
        """Who published it, as typed."""
        typed = self.cleaned_data
        return Publisher(
            name=typed["source"],
            kind=typed.get("source_kind") or Source.Kind.UNKNOWN.value,
            language=typed["language"],
            reliability=typed.get("source_reliability") or UNJUDGED,
            reason=typed.get("source_reason", ""),
        )


class AmendForm(DocumentForm):
    """A document on file, changed for a reason."""

    reason = text_field(
        2,
        label="Why it is amended",
        error_messages={"required": "Say what was wrong or what has changed."},
    )


class IntakeForm(DocumentForm):
    """A new document, its source if that is new too, and what it bears on."""

    source_kind = forms.ChoiceField(
        required=False, choices=Source.Kind.choices, label="Kind", initial="unknown"
    )
    source_reliability = forms.ChoiceField(
        required=False, choices=LETTERS, label="Reliability", initial=UNJUDGED
    )
    source_reason = forms.CharField(
        required=False, label="Why that reliability", help_text="Needed for A to E."
    )

    def __init__(
        self,
        *args: Any,
        items: Iterable[ChecklistItem],
        link_rows: int = LINK_ROWS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "id_%s", **kwargs})
        self.link_rows = link_rows
        targets = link_choices(items)
        for number in range(link_rows):
            add_link_fields(self, f"link{number}_", targets)

    def filled(self) -> list[int]:
        """The numbers of the rows that name something."""
        return [n for n in range(self.link_rows) if self.cleaned_data.get(f"link{n}_to")]

    def links(self) -> list[LinkItem]:
        """What it bears on, by the rows that name something."""
        rows = (link_typed(self, f"link{number}_") for number in self.filled())
        return [row for row in rows if row is not None]

    def renamed(self) -> dict[str, str]:
        """Where the actions' names for the links are in this form."""
        filled = self.filled()
        names = dict(RENAMED) | {
            "kind": "source_kind",
            "reliability": "source_reliability",
            "reason": "source_reason",
            "links": f"link{filled[0]}_to" if filled else "",
        }
        for at, number in enumerate(filled):
            names[f"links[{at}].condition"] = f"link{number}_to"
            names[f"links[{at}].checklist_item"] = f"link{number}_to"
            names[f"links[{at}].stance"] = f"link{number}_stance"
        return names


def on_file(evidence: Evidence) -> dict[str, Any]:
    """A document on file, to amend it."""
    precision = Precision(evidence.fact_precision)
    names = (
        "url", "reference", "title", "published_on", "language", "summary", "text",
        "credibility", "sensitivity", "is_primary", "voice",
    )  # fmt: skip
    return {name: getattr(evidence, name) for name in names} | {
        "source": evidence.source.name,
        "fact_date": str(FactDate(evidence.fact_on, precision)),
    }
