"""The reference page of the docs, written from the rules themselves so that it cannot drift."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence

from conditions.models.guards import all_guards
from conditions.rules.authority import GRANTS, Role
from conditions.rules.calendar import Basis, CycleState, Roll, spans
from conditions.rules.evidence import CREDIBILITY, RELIABILITY, EvidenceRule
from conditions.rules.ladder import Ladder
from conditions.rules.scale import DEFAULT_SCALE
from conditions.rules.workflow import TRANSITIONS, WorkState

HEAD = """# Reference

Written from the code by `python manage.py write_reference`; a test fails when it drifts.
"""


def reference_page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for title, lines in (
        ("Work states of an assessment", _workflow()),
        ("Who may do what", _roles()),
        ("Status scale", _scale()),
        ("Grades of evidence", _grades()),
        ("States of a review cycle", _cycle_states()),
        ("Calendar", _calendar()),
        ("Reminder ladder", _ladder()),
        ("What the database itself refuses", _guards()),
    ):
        parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def _workflow() -> Iterator[str]:
    yield from _table(
        ("from", "may become"),
        (
            (state.value, ", ".join(sorted(TRANSITIONS[state])) or "nothing: it is final")
            for state in WorkState
        ),
    )


def _roles() -> Iterator[str]:
    every = sorted(frozenset().union(*GRANTS.values()))
    yield from _table(
        ("permission", *(role.value for role in Role)),
        (
            (f"`{codename}`", *("yes" if codename in GRANTS[role] else "" for role in Role))
            for codename in every
        ),
    )


def _scale() -> Iterator[str]:
    yield from _table(
        ("code", "label", "meaning", "affirmative"),
        (
            (grade.code, grade.label, grade.meaning, grade.affirmative.value.replace("_", " "))
            for grade in DEFAULT_SCALE.grades
        ),
    )


def _grades() -> Iterator[str]:
    yield from _table(("reliability of a source", "meaning"), RELIABILITY.items())
    yield ""
    yield from _table(
        ("credibility of an item", "meaning"),
        ((str(number), meaning) for number, meaning in CREDIBILITY.items()),
    )
    yield ""
    yield f"Default evidence rule: {EvidenceRule().sentence()}"


def _cycle_states() -> Iterator[str]:
    yield _first_line(CycleState)
    yield ""
    yield from (f"- {state.value}" for state in CycleState)


def _calendar() -> Iterator[str]:
    yield _first_line(spans)
    yield ""
    yield f"- {_first_line(Basis)} One of {', '.join(Basis)}."
    yield f"- {_first_line(Roll)} One of {', '.join(Roll)}."


def _ladder() -> Iterator[str]:
    ladder = Ladder()
    yield f"- before the due date: {', '.join(map(str, ladder.before))} days"
    yield "- on the day the cycle opens, and on the day it is due"
    yield f"- overdue by {', '.join(map(str, ladder.overdue))} days, then every {ladder.then_every}"
    yield f"- from {ladder.managers_from} days overdue also to the managers"


def _guards() -> Iterator[str]:
    sentences: dict[str, list[str]] = {}
    for guard in all_guards():
        table = guard.table.removeprefix("conditions_")
        sentences.setdefault(guard.sentence, []).append(f"`{table}` {guard.write.lower()}")
    yield from _table(
        ("sentence", "where"),
        ((sentence, ", ".join(dict.fromkeys(where))) for sentence, where in sentences.items()),
    )
