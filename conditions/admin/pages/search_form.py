"""The form by which a search is typed and narrowed; its values are read as the API reads them."""

from __future__ import annotations

from typing import Any

from django import forms

from conditions.models import Condition, Program, ReviewCycle, Source
from conditions.queries.search import SEARCH_FILTERS
from conditions.rules.addresses import LONGEST_ADDRESS
from conditions.rules.evidence import CREDIBILITY, RELIABILITY, Stance
from conditions.rules.refusals import Refusal
from conditions.rules.search_words import Search, read_search

_HELP = (
    "All words, any order. “Words in quotes” stand together, -word is left out, word* goes on. "
    "An address or a key such as ev-ee915abdd409 finds that document."
)
_DAY = {"type": "date"}


def _choice(label: str, choices: Any = (), nothing: str = "Any") -> forms.ChoiceField:
    return forms.ChoiceField(required=False, label=label, choices=[("", nothing), *choices])


def _day(label: str) -> forms.CharField:
    return forms.CharField(required=False, label=label, widget=forms.TextInput(attrs=_DAY))


class SearchForm(forms.Form):
    """What is looked for. Four queries for what may be chosen."""

    q = forms.CharField(
        required=False,
        label="Words",
        help_text=_HELP,
        widget=forms.TextInput(
            attrs={"type": "search", "maxlength": LONGEST_ADDRESS, "dir": "auto"}
        ),
    )
    program = _choice("Bears on program")
    condition = _choice("Bears on condition")
    stance = _choice("With the stance", [(stance.value, stance.value) for stance in Stance])
    reliability = _choice(
        "Source at least", [(letter, f"{letter}: {name}") for letter, name in RELIABILITY.items()]
    )
    credibility = _choice(
        "Credibility at least",
        [(number, f"{number}: {name}") for number, name in CREDIBILITY.items()],
    )
    source = _choice("Source")
    published_from = _day("Published from")
    published_to = _day("Published to")
    fact_from = _day("Happened from")
    fact_to = _day("Happened to")
    language = forms.CharField(
        required=False,
        label="Language",
        help_text="Its code, such as en or ar.",
        widget=forms.TextInput(attrs={"size": 8}),
    )
    cycle = _choice("Published in cycle")
    voice = forms.CharField(
        required=False,
        label="Voice",
        help_text="Whose words: the name that copies of one wire share.",
        widget=forms.TextInput(attrs={"size": 16}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="id_%s")
        programs = dict(Program.objects.order_by("slug").values_list("pk", "slug"))
        codes = Condition.objects.order_by("code").values_list("code", flat=True).distinct()
        sources = Source.objects.order_by("name").values_list("pk", "name")
        cycles = ReviewCycle.objects.order_by("program__slug", "-number")
        self._offer("program", [(slug, slug) for slug in programs.values()])
        self._offer("condition", [(code, code) for code in codes])
        self._offer("source", sources)
        self._offer(
            "cycle",
            [
                (pk, f"{programs[program]}, cycle {number}")
                for pk, program, number in cycles.values_list("pk", "program_id", "number")
            ],
        )
        self.search: Search | None = None
        self.filters: dict[str, Any] = {}

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Any"), *choices]

    def read(self) -> bool:
        """Read what was typed into ``search`` and ``filters``; False where something is unclear."""
        for one in SEARCH_FILTERS:
            if typed := self.data.get(one.name, "").strip():
                self._take(one.name, lambda typed=typed, one=one: one.read(typed))
        if "q" in self.data:
            self._take("q", lambda: read_search(self.data["q"]))
        self.search = self.filters.pop("q", None)
        return not self.errors

    def _take(self, name: str, read: Any) -> None:
        try:
            self.filters[name] = read()
        except Refusal as refusal:
            if name not in self.errors:
                self.add_error(name, str(refusal))

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields beside the words."""
        return [self[one.name] for one in SEARCH_FILTERS]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words was asked for."""
        return any(self.data.get(one.name) for one in SEARCH_FILTERS)
