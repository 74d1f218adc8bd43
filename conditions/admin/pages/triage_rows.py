"""The rows of a triage page: what is proposed, how strongly, and which words say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BoundField

from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.triage_form import TriageForm
from conditions.admin.pages.triage_text import TEXT_SHOWN, Stretch, stretches
from conditions.queries.inbox_item import ConditionView, InboxView, ProgramView
from conditions.rules.headings import told_by
from conditions.rules.triage import ConditionSuggestion, Passage
from conditions.rules.triage.passages import TEXT, TITLE

TERMS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One proposed link with its fields, and what speaks for it, where it was suggested."""

    number: int
    condition: ConditionView
    terms: tuple[str, ...]
    first: Passage | None
    more: tuple[Passage, ...]
    keep: BoundField
    to: BoundField
    stance: BoundField
    note: BoundField

    @property
    def score(self) -> int:
        """How strongly the condition is suggested, of 100."""
        return self.condition.suggestion.score if self.condition.suggestion else 0


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one program; ``carried`` conditions follow over the crosswalk by themselves."""

    program: ProgramView
    rows: tuple[Row, ...]
    carried: tuple[ConditionView, ...]


def groups_of(form: TriageForm, view: InboxView) -> list[Group]:
    """The proposed rows of the form, and what the crosswalk adds to them, by program."""
    carried = {link.condition_id for link in view.links if link.is_carried}
    rows = {row: _condition_id(form, row) for row in range(form.proposed_rows)}
    groups = []
    for program in view.programs:
        conditions = {condition.id: condition for condition in program.conditions}
        group = Group(
            program,
            tuple(
                _row(form, view, n, conditions[pk]) for n, pk in rows.items() if pk in conditions
            ),
            tuple(one for pk, one in conditions.items() if pk in carried),
        )
        if group.rows or group.carried:
            groups.append(group)
    return groups


def spare_rows(form: TriageForm) -> list[tuple[BoundField, BoundField, BoundField]]:
    """The empty rows, for what was not proposed."""
    return [
        (form[f"link{n}_to"], form[f"link{n}_stance"], form[f"link{n}_note"])
        for n in range(form.proposed_rows, form.link_rows)
    ]


def cut_title(view: InboxView) -> tuple[Stretch, ...]:
    """The title with its passages marked."""
    return stretches(view.title, _said(view), TITLE)


def cut_text(view: InboxView) -> tuple[Stretch, ...]:
    """The text with its passages marked, from where its title ends to where a page does."""
    begins = told_by(view.title, view.text)
    return stretches(view.text[:TEXT_SHOWN], _said(view), TEXT, begins)


def _said(view: InboxView) -> Iterator[tuple[str, tuple[Passage, ...]]]:
    for program in view.programs:
        for one in program.suggestion.conditions if program.suggestion else ():
            yield one.code, _passages(view, one)


def _passages(view: InboxView, suggestion: ConditionSuggestion) -> tuple[Passage, ...]:
    """What says so; what the title says is not said again by the line that it was taken from."""
    begins = told_by(view.title, view.text)
    return tuple(one for one in suggestion.passages if one.part != TEXT or one.end > begins)


def _condition_id(form: TriageForm, row: int) -> int:
    value = str(form[f"link{row}_to"].value() or "")
    return number(value[1:].partition("-")[0])


def _row(form: TriageForm, view: InboxView, number: int, condition: ConditionView) -> Row:
    suggestion = condition.suggestion
    passages = _passages(view, suggestion) if suggestion else ()
    terms = dict.fromkeys(term for passage in passages for term in passage.terms)
    return Row(
        number=number,
        condition=condition,
        terms=tuple(terms)[:TERMS_SHOWN],
        first=passages[0] if passages else None,
        more=tuple(passages[1:]),
        keep=form[f"link{number}_keep"],
        to=form[f"link{number}_to"],
        stance=form[f"link{number}_stance"],
        note=form[f"link{number}_note"],
    )
