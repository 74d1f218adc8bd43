"""python3 dev.py bench triage: how well suggestions agree with what people filed; no network.

Everything chosen is chosen on other events than it is judged on. Wrong answers fail, low figures
do not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from bench.triage import printing
from bench.triage.copying import copies_found
from bench.triage.documents import PAGES, PROGRAMS, Document, labelled, off_topic, outside, shipped
from bench.triage.measuring import (
    Plan,
    as_shipped,
    cross_validated,
    faults,
    items_suggested,
    terms,
)
from bench.triage.methods import METHODS
from bench.triage.readings import readings_of
from bench.triage.teaching import lesson_curve

_OURS = "field terms"


def main(arguments: Sequence[str]) -> int:
    """0, or 1 when an answer was wrong."""
    asked = read(arguments)
    plan = Plan(asked.repeats, asked.folds)
    programs = asked.program or list(PROGRAMS)
    for program in programs:
        print_program(program, plan)
    print("\n## Copies\n")
    print(printing.copies_table(copies_found(shipped(PROGRAMS[0]))))
    wrong = [
        fault
        for program in programs
        for fault in faults(program, [*shipped(program), *outside(program), *off_topic()])
    ]
    for fault in wrong:
        print(f"WRONG ANSWER {fault}")
    return 1 if wrong else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench triage", description=__doc__)
    parser.add_argument("--program", action="append", choices=PROGRAMS, help="only this one")
    parser.add_argument("--repeats", type=int, default=5, help="times, each with its own seed (5)")
    parser.add_argument("--folds", type=int, default=5, help="into how many parts (5)")
    return parser.parse_args(arguments)


def print_program(program: str, plan: Plan) -> None:
    """All tables of one program."""
    documents, others, pages = shipped(program), off_topic(), outside(program)
    read = readings_of([*documents, *others, *pages], terms(program))
    codes = [one.code for one in terms(program).conditions]
    events = len({one.event for one in documents})
    print(f"\n## {program}: {len(documents)} documents on {events} events")
    print(f"\n{plan.repeats} times over {plan.folds} folds by event; mean (least-most).\n")
    measured = {name: cross_validated(program, documents, read, plan, name) for name in METHODS}
    print(printing.methods_table(measured))
    print(f"\nOf these, {_OURS}, by condition:\n")
    print(printing.conditions_table(measured[_OURS]))
    print(f"\nThe same with {len(others)} texts about other things among them:\n")
    both = [*documents, *others]
    print(printing.methods_table({_OURS: cross_validated(program, both, read, plan, _OURS)}))
    print("\nThe setting that ships, by what whoever wrote the terms had read of it:\n")
    parts = {
        f"{name} ({len(part)})": [as_shipped(part, read, used)]
        for name, part, used in _parts(program, documents, pages, codes)
        if part
    }
    print(printing.methods_table(parts))
    with_items = {
        name: items_suggested(program, part)
        for name, part, _ in _parts(program, documents, pages, codes)
        if any(one.items is not None for one in part)
    }
    if with_items:
        print("\n" + printing.items_table(with_items))
    print("\nIf proposed words were used unseen, after so many corrections, once over the folds:\n")
    print(printing.lessons_table(lesson_curve(program, plan)))
    left_out = ", ".join(code for code in codes if code not in labelled(program))
    if left_out:
        print(f"\nNo evidence is filed under {left_out}: measured on pages outside it only.")


def _parts(
    program: str, documents: Sequence[Document], pages: Sequence[Document], codes: Sequence[str]
) -> Iterator[tuple[str, list[Document], Sequence[str]]]:
    measured = labelled(program)
    yield "evidence, read", [one for one in documents if one.was_read], measured
    yield "evidence, never read", [one for one in documents if not one.was_read], measured
    for kind, name in PAGES.items():
        yield f"pages outside, {name}", [one for one in pages if one.kind == kind], codes
