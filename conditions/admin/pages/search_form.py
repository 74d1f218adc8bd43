"""The form by which a search is typed and narrowed; its values are read as the API reads them."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from conditions.models import Condition, Program, Source
from conditions.queries.lists.evidence_filters import (
    CONDITION,
    CYCLE,
    PROGRAM,
    SOURCE,
    require_program,
)
from conditions.queries.lists.filters import LONGEST_TEXT, Filter, ReversedSpan, require_spans
from conditions.queries.search import SEARCH_FILTERS
from conditions.rules.addresses import LONGEST_ADDRESS
from conditions.rules.evidence import CREDIBILITY, RELIABILITY, Stance
from conditions.rules.refusals import NotFound, Refusal
from conditions.rules.search_words import Search, read_search

MOST_OFFERED: Final = 200
_HELP = (
    "All words, any order. “Words in quotes” stand together, -word is left out, word* goes on. "
    "An address or a key such as ev-ee915abdd409 finds that document. Without words: every "
    "document within the limits below."
)
_DAY = {"type": "date"}
_NUL = {"null_characters_not_allowed": "Remove the null character, or type the words anew."}
# What is chosen by its name: where it stands, by which column it is called and by which it is kept.
_NAMED: Final[dict[str, tuple[Any, str, str]]] = {
    PROGRAM.name: (Program, "slug", "slug"),
    CONDITION.name: (Condition, "code", "code"),
    SOURCE.name: (Source, "name", "pk"),
}


class NotOnFile(NotFound):
    """Nothing on file is called so."""


def _choice(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, label=label, choices=[("", "Any"), *choices])


def _day(label: str) -> forms.CharField:
    return forms.CharField(
        required=False,
        label=label,
        widget=forms.TextInput(attrs=_DAY),
        error_messages=_NUL,
    )


def _text(label: str, help_text: str, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label=label,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
        error_messages=_NUL,
    )


def _named(name: str, label: str, help_text: str) -> forms.CharField:
    return _text(label, help_text, list=f"{name}-offered", autocomplete="off")


class SearchForm(forms.Form):
    """What is looked for, and within which limits."""

    q = forms.CharField(
        required=False,
        label="Words",
        help_text=_HELP,
        widget=forms.TextInput(
            attrs={"type": "search", "maxlength": LONGEST_ADDRESS, "dir": "auto"}
        ),
        error_messages=_NUL,
    )
    program = _named(PROGRAM.name, "Bears on program", "Its slug, as in addresses.")
    condition = _named(CONDITION.name, "Bears on condition", "Its code.")
    stance = _choice("With the stance", [(stance.value, stance.value) for stance in Stance])
    reliability = _choice(
        "Source at least", [(letter, f"{letter}: {name}") for letter, name in RELIABILITY.items()]
    )
    credibility = _choice(
        "Credibility at least",
        [(number, f"{number}: {name}") for number, name in CREDIBILITY.items()],
    )
    source = _named(SOURCE.name, "Source", "Its name, as on file.")
    published_from = _day("Published from")
    published_to = _day("Published to")
    fact_from = _day("Happened from")
    fact_to = _day("Happened to")
    language = _text("Language", "Its code, such as en or ar.", size=8)
    cycle = _text("Published in cycle", "Its number in the program.", size=8, inputmode="numeric")
    voice = _text("Voice", "Whose words: the name that copies of one wire share.", size=16)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="id_%s")
        self.search: Search | None = None
        self.filters: dict[str, Any] = {}

    def read(self) -> bool:
        """Read what was typed into ``search`` and ``filters``; False where something is unclear.

        One query for each of program, condition and source that was typed.
        """
        for one in SEARCH_FILTERS:
            if typed := self._typed(one.name):
                self._take(one, typed)
        self._check_spans()
        if self._typed("q") or ("q" in self.data and not self.is_narrowed):
            try:
                self.search = read_search(self.data["q"])
            except Refusal as refusal:
                self._tell("q", refusal)
        return not self.errors

    @property
    def is_asked(self) -> bool:
        """Whether there was anything to look for, once it was read."""
        return self.search is not None or bool(self.filters)

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields beside the words."""
        return [self[one.name] for one in SEARCH_FILTERS]

    @property
    def limits(self) -> list[forms.BoundField]:
        """Those of them in which something was typed."""
        return [field for field in self.narrowing if self._typed(field.name)]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words was asked for."""
        return bool(self.limits)

    def _typed(self, name: str) -> str:
        return str(self.data.get(name, "")).strip()

    def _take(self, one: Filter, typed: str) -> None:
        if one.name in self.errors:
            return
        try:
            self.filters[one.name] = _on_file(one, typed) if one.name in _NAMED else one.read(typed)
            if one is CYCLE and PROGRAM.name not in self.errors:
                require_program(self.filters)
        except Refusal as refusal:
            self._tell(one.name, refusal)

    def _check_spans(self) -> None:
        try:
            require_spans(self.filters)
        except ReversedSpan as refusal:
            for name in refusal.names:
                self.add_error(name, f"This span ends before it begins. {refusal.remedy}")

    def _tell(self, name: str, refusal: Refusal) -> None:
        if name not in self.errors:
            self.add_error(name, str(refusal))


def offered() -> dict[str, list[str]]:
    """Names on file that may be chosen, in order, up to ``MOST_OFFERED`` of each kind. Three
    queries."""
    return {
        name: list(
            rows.objects.order_by(called).values_list(called, flat=True).distinct()[:MOST_OFFERED]
        )
        for name, (rows, called, _) in _NAMED.items()
    }


def _on_file(one: Filter, typed: str) -> Any:
    """The value of the limit that is called so, however it is capitalised. Raises NotOnFile."""
    rows, called, kept = _NAMED[one.name]
    found = rows.objects.filter(**{f"{called}__iexact": typed}).order_by("pk")
    value = found.values_list(kept, flat=True).first()
    if value is None:
        raise NotOnFile(
            f"No {one.name} on file is called “{typed}”.",
            field=one.name,
            value=typed,
            remedy="Choose one that is offered, or write it out.",
        )
    return value
