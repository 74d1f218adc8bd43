"""Two programs side by side: matched through the crosswalk, each with its calendar and statuses."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.actions.cycle_extension import extend_cycle
from conditions.models import Condition, ConditionVersion, Crosswalk, Program
from conditions.queries.asof import AsOf
from conditions.queries.cycles import program_cycles
from conditions.queries.due_dates import first_due_dates
from conditions.queries.program_comparison import ProgramComparison, compare_programs
from conditions.rules.fingerprint import fingerprint
from tests.days import DAY, ENACTMENT, FIRST_DUE, FOURTH_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = AsOf(TODAY, noon(TODAY))


def two_programs(
    earlier: tuple[str, ...] = ("ALPHA",), later: tuple[str, ...] = ("ONE",)
) -> tuple[Program, Program]:
    """Two programs, the second anchored after the first, with no crosswalk yet."""
    return (
        make_program(slug="earlier", conditions=earlier),
        make_program(
            slug="later",
            conditions=later,
            anchor_on=ENACTMENT,
            first_interval_days=90,
            interval_days=180,
        ),
    )


def tie(condition: str, counterpart: str, relation: str = "reworded", note: str = "") -> None:
    """A crosswalk row from one condition to another, by code."""
    Crosswalk.objects.create(
        condition=Condition.objects.get(code=condition),
        counterpart=Condition.objects.get(code=counterpart),
        relation=relation,
        note=note,
    )


def told(found: ProgramComparison) -> list[tuple[str, str, str]]:
    """The pairs as codes and relation."""
    return [(pair.earlier.text.code, pair.later.text.code, pair.relation) for pair in found.pairs]


@pytest.mark.parametrize("codes", [("A",), ("A", "B", "C")])
def test_it_takes_twenty_two_queries_whatever_the_number_of_conditions(codes):
    earlier, later = two_programs(codes, tuple(f"L{code}" for code in codes))
    for code in codes:
        tie(code, f"L{code}")
    for condition in Condition.objects.select_related("program"):
        make_assessment(condition=condition, cycle=condition.program.cycles.get(number=1))
    with CaptureQueriesContext(connection) as queries:
        found = compare_programs(earlier, later, NOW)
    assert len(found.pairs) == len(codes)
    assert len(queries) == 22


@pytest.mark.parametrize(
    ("recorded_by_the_earlier", "recorded_by_the_later"),
    [
        ("same", "same"),
        ("reworded", "reworded"),
        ("narrower", "broader"),
        ("broader", "narrower"),
        ("split", "split"),
    ],
)
def test_a_relation_is_told_of_the_later_text_whichever_side_recorded_it(
    recorded_by_the_earlier, recorded_by_the_later
):
    earlier, later = two_programs()
    tie("ALPHA", "ONE", recorded_by_the_earlier)
    first = told(compare_programs(earlier, later, NOW))
    Crosswalk.objects.all().delete()
    tie("ONE", "ALPHA", recorded_by_the_later)
    assert told(compare_programs(earlier, later, NOW)) == first
    assert first == [("ALPHA", "ONE", recorded_by_the_earlier)]


def test_recorded_by_both_sides_the_earlier_text_decides_and_both_notes_are_told():
    earlier, later = two_programs()
    tie("ONE", "ALPHA", "reworded", "What the earlier asked.")
    tie("ALPHA", "ONE", "narrower", "What the later asks.")
    [pair] = compare_programs(earlier, later, NOW).pairs
    assert pair.relation == "narrower"
    assert pair.notes == ("What the later asks.", "What the earlier asked.")


def test_what_has_no_counterpart_is_new_or_gone():
    earlier, later = two_programs(("KEPT", "DROPPED"), ("TAKEN", "ADDED"))
    tie("KEPT", "TAKEN")
    found = compare_programs(earlier, later, NOW)
    assert told(found) == [("KEPT", "TAKEN", "reworded")]
    assert [row.text.code for row in found.new] == ["ADDED"]
    assert [row.text.code for row in found.gone] == ["DROPPED"]


def test_one_condition_split_in_two_is_two_pairs_and_nothing_new():
    earlier, later = two_programs(("WHOLE",), ("LEFT", "RIGHT"))
    tie("WHOLE", "LEFT", "split")
    tie("RIGHT", "WHOLE", "split")
    found = compare_programs(earlier, later, NOW)
    assert told(found) == [("WHOLE", "LEFT", "split"), ("WHOLE", "RIGHT", "split")]
    assert (found.new, found.gone) == ((), ())


def test_a_counterpart_in_a_third_program_counts_for_nothing():
    earlier, later = two_programs()
    make_program(slug="third", conditions=("ELSEWHERE",))
    tie("ALPHA", "ELSEWHERE")
    tie("ELSEWHERE", "ONE")
    found = compare_programs(earlier, later, NOW)
    assert not found.is_crosswalked
    assert [row.text.code for row in found.new] == ["ONE"]


@pytest.mark.parametrize("asked_first", [0, 1])
def test_the_earlier_is_the_one_begun_first_whichever_is_asked_for_first(asked_first):
    programs = two_programs()
    found = compare_programs(programs[asked_first], programs[1 - asked_first], NOW)
    assert [side.program.slug for side in found.sides] == ["earlier", "later"]


@pytest.mark.parametrize("asked_first", [0, 1])
def test_the_one_that_was_replaced_is_earlier_whenever_it_began(asked_first):
    programs = two_programs()
    programs[1].successor = programs[0]
    programs[1].save()
    found = compare_programs(programs[asked_first], programs[1 - asked_first], NOW)
    assert [side.program.slug for side in found.sides] == ["later", "earlier"]


def test_statuses_are_those_in_force_then_as_known_then():
    earlier, later = two_programs()
    tie("ALPHA", "ONE")
    for program, status in ((earlier, "1"), (later, "3")):
        cycle = program.cycles.get(number=2)
        make_assessment(condition=program.conditions.get(), cycle=cycle, status=status)

    def statuses(as_of: AsOf) -> list[str | None]:
        [pair] = compare_programs(earlier, later, as_of).pairs
        return [side.status.status for side in (pair.earlier, pair.later)]

    assert statuses(NOW) == ["1", "3"]
    # Cycle 2 of the earlier begins on 10 March 2026, that of the later on the 18th.
    assert statuses(AsOf(FIRST_DUE, NOW.known_at)) == ["1", None]
    assert statuses(AsOf(TODAY, noon(FIRST_DUE))) == ["1", None]
    assert statuses(AsOf(TODAY, noon(FIRST_DUE - DAY))) == [None, None]


@pytest.mark.parametrize(
    ("day", "in_force"), [(ENACTMENT - DAY, False), (ENACTMENT, True), (ENACTMENT + DAY, True)]
)
def test_a_text_not_yet_in_force_is_compared_and_not_judged(day, in_force):
    earlier, later = two_programs()
    tie("ALPHA", "ONE")
    [pair] = compare_programs(earlier, later, AsOf(day, NOW.known_at)).pairs
    assert (pair.later.status is not None) is in_force
    assert pair.earlier.status is not None


def test_texts_are_worded_as_then():
    earlier, later = two_programs()
    tie("ALPHA", "ONE")
    one = later.conditions.get()
    content = one.versions.get().content | {"title": "New title", "provision": "New words."}
    ConditionVersion.objects.create(
        condition=one,
        number=2,
        content=content,
        sha256=fingerprint(content),
        recorded_at=noon(TODAY),
    )
    [then] = compare_programs(earlier, later, AsOf(TODAY, noon(TODAY - DAY))).pairs
    [now] = compare_programs(earlier, later, NOW).pairs
    assert (then.later.text.title, then.later.text.provision) == (
        "Title of ONE",
        "What ONE asks for.",
    )
    assert (now.later.text.title, now.later.text.provision) == ("New title", "New words.")


def test_a_condition_nobody_had_recorded_yet_is_on_neither_list():
    earlier, later = two_programs()
    before = AsOf(TODAY, noon(ENACTMENT - DAY))
    found = compare_programs(earlier, later, before)
    assert (found.new, [row.text.code for row in found.gone]) == ((), ["ALPHA"])


def test_calendars_stand_side_by_side():
    found = compare_programs(*two_programs(), NOW)
    assert [side.has_one_interval for side in found.sides] == [True, False]
    lines = [
        (f"{line.earlier.due_on}", line.earlier.days, f"{line.later.due_on}", line.later.days)
        for line in found.due_lines
    ]
    assert lines == [
        ("2026-03-10", 120, "2026-03-18", 90),
        ("2026-07-08", 120, "2026-09-14", 180),
        ("2026-11-05", 120, "2027-03-13", 180),
        ("2027-03-05", 120, "2027-09-09", 180),
        ("2027-07-03", 120, "2028-03-07", 180),
        ("2027-10-31", 120, "2028-09-03", 180),
    ]


def test_a_series_that_has_ended_has_no_further_date():
    earlier = make_program(slug="earlier", until=date(2026, 7, 9))
    found = compare_programs(earlier, make_program(slug="later", anchor_on=ENACTMENT), NOW)
    assert [line.earlier is not None for line in found.due_lines] == [True] * 2 + [False] * 4


def test_an_extension_moves_what_is_projected_once_it_is_known():
    program = make_program()
    extended = FOURTH_DUE + 10 * DAY
    extend_cycle(
        cycle=program.cycles.get(number=4),
        due_on=extended,
        reason="The Department asked for it.",
        by=make_user("manager"),
        as_of=noon(TODAY),
    )

    def dates(as_of: AsOf) -> list[tuple[date, int]]:
        found = first_due_dates(program, program_cycles(program, as_of), most=8)
        return [(row.due_on, row.days) for row in found[3:]]

    day = 120 * DAY
    then = [(FOURTH_DUE + place * day, 120) for place in range(5)]
    assert dates(AsOf(TODAY, noon(TODAY - DAY))) == then
    now = [(extended, 130), *((extended + place * day, 120) for place in range(1, 5))]
    assert dates(NOW) == now


@pytest.mark.parametrize("interval", [30, 400])
def test_a_calendar_changed_since_does_not_go_on_from_what_was_known(interval):
    program = make_program()
    cycles = program_cycles(program, NOW)
    program.interval_days = interval
    found = first_due_dates(program, cycles, most=8)
    assert [row.due_on for row in found] == [cycle.due_on for cycle in cycles]
    assert len(found) == 6


def test_an_extension_that_the_present_calendar_does_not_fit_is_no_fault():
    program = make_program()
    extend_cycle(
        cycle=program.cycles.get(number=4),
        due_on=FOURTH_DUE + DAY,
        reason="A holiday.",
        by=make_user("manager"),
        as_of=noon(TODAY),
    )
    cycles = program_cycles(program, NOW)
    program.interval_days = 400
    assert len(first_due_dates(program, cycles, most=8)) == 6


def test_rules_stand_side_by_side():
    earlier = make_program(slug="earlier", consecutive_rule=None)
    rule = {
        "periods": 3,
        "consequence": "They come back.",
        "legal_effect": "mandatory",
        "citation": "Section 9",
        "mark": "P",
        "sources": [],
    }
    later = make_program(slug="later", anchor_on=WHITE_HOUSE + DAY, consecutive_rule=rule)
    before, after = compare_programs(earlier, later, NOW).sides
    assert before.rule is None
    assert (after.rule.periods, after.rule.legal_effect) == (3, "mandatory")
    assert (after.rule_citation, after.rule_mark) == ("Section 9", "P")
