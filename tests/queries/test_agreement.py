"""How far two coders agree, counted over what they really sealed; and who may see what, when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.coder_changes import call_off
from conditions.models import Coding, Condition, DoubleCoding, Program, ReviewCycle, User
from conditions.queries.agreement import CLUSTERED, agreement_of
from conditions.queries.double_coding import (
    double_codings_of,
    own_coding,
    reconciliation_of,
    visible_codings,
)
from conditions.rules.agreement import Agreement
from tests.codings import add_items, code_twice, make_double_coding, seal
from tests.days import TODAY, noon
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
CODES = ("ALPHA", "BETA", "CHI", "DELTA")
# First coder 9, 6, 5 times 0, 1, 2; second 6, 6, 8 times. Quadratic-weighted kappa: 13/18 = 0.722
# by hand (see tests/rules/test_agreement.py, where the same example is worked).
FIRST = "00000011112222200110"
SECOND = "00000011112222211222"


@pytest.fixture
def program() -> Program:
    found = make_program(conditions=CODES)
    for condition in found.conditions.all():
        add_items(condition, 5)
    return found


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=4)


def code_all(program: Program, cycle: ReviewCycle, first: str, second: str) -> None:
    """Code every condition twice, five items at a time."""
    for place, condition in enumerate(program.conditions.order_by("position")):
        at = slice(5 * place, 5 * place + 5)
        if first[at]:
            code_twice(condition, cycle, first[at], second[at])


def test_kappa_of_a_worked_example_with_its_interval(program: Program, cycle: ReviewCycle) -> None:
    code_all(program, cycle, FIRST, SECOND)
    report = agreement_of([cycle.pk], NOW)
    assert report.items == Agreement(20, 15, 0, 0, "0.72", "0.45", "0.99", "")
    assert report.double_codings == 4
    assert (report.conditions.n, report.conditions.agreed) == (4, 3)
    assert report.sentences[:3] == (
        "The coders gave the same grade on 15 of 20 checklist items.",
        "Quadratic-weighted kappa is 0.72 (95 % interval 0.45 to 0.99, n = 20).",
        CLUSTERED,
    )


def test_below_twenty_pairs_only_raw_agreement_is_told(
    program: Program, cycle: ReviewCycle
) -> None:
    code_all(program, cycle, FIRST[:15] + "0011U", SECOND[:15] + "1122U")
    report = agreement_of([cycle.pk], NOW)
    assert (report.items.n, report.items.agreed, report.items.kappa) == (19, 15, "")
    assert (report.items.outside_n, report.items.outside_agreed) == (1, 1)
    words = " ".join(report.sentences)
    assert "same grade on 15 of 19 checklist items" in words
    assert "Quadratic-weighted" not in words
    assert "only raw agreement" in words
    assert CLUSTERED not in words


def test_cannot_be_assessed_is_counted_apart(program: Program, cycle: ReviewCycle) -> None:
    code_all(program, cycle, "00U12", "0U2UU")
    found = agreement_of([cycle.pk], NOW).items
    assert (found.n, found.agreed, found.outside_n, found.outside_agreed) == (1, 1, 4, 0)
    assert any(
        sentence.startswith("4 checklist items counted apart")
        for sentence in agreement_of([cycle.pk], NOW).sentences
    )


def test_conditions_are_counted_apart_from_their_items(
    program: Program, cycle: ReviewCycle
) -> None:
    code_all(program, cycle, "0000011111", "0222211111")
    report = agreement_of([cycle.pk], NOW)
    assert (report.conditions.n, report.conditions.agreed) == (2, 2)
    assert (report.items.n, report.items.agreed) == (10, 6)


def test_an_item_that_one_of_them_was_not_asked_makes_no_pair(
    program: Program, cycle: ReviewCycle
) -> None:
    condition = program.conditions.get(code="ALPHA")
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder, "11111")
    add_items(condition, 6)
    condition.checklist.filter(code="A.2").update(retired_on=TODAY)
    seal(made, made.second_coder, "11111")
    found = agreement_of([cycle.pk], NOW).items
    assert (found.n, found.agreed) == (4, 4)


def test_only_what_both_have_sealed_by_then_counts(program: Program, cycle: ReviewCycle) -> None:
    alpha, beta = program.conditions.filter(code__in=("ALPHA", "BETA"))
    manager = make_user("manager")
    half = make_double_coding(alpha, cycle)
    seal(half, half.first_coder)
    nothing = agreement_of([cycle.pk], NOW)
    assert (nothing.double_codings, nothing.items.n) == (0, 0)
    assert nothing.sentences == ("No condition was coded by two people.",)
    call_off(double_coding=half, reason="Left.", by=manager, as_of=NOW)
    code_twice(beta, cycle)
    assert agreement_of([cycle.pk], NOW).double_codings == 1
    assert agreement_of([cycle.pk], NOW - timedelta(seconds=1)).double_codings == 0
    assert agreement_of([program.cycles.get(number=3).pk], NOW).double_codings == 0
    assert agreement_of([], NOW).double_codings == 0


def test_several_cycles_are_counted_together(program: Program, cycle: ReviewCycle) -> None:
    code_all(program, cycle, FIRST[:10], SECOND[:10])
    other = program.cycles.get(number=3)
    for condition, at in zip(program.conditions.all()[:2], (10, 15), strict=True):
        code_twice(condition, other, FIRST[at : at + 5], SECOND[at : at + 5])
    both = agreement_of([cycle.pk, other.pk], NOW)
    assert (both.double_codings, both.items.kappa) == (4, "0.72")


@pytest.mark.parametrize("number", [1, 3])
def test_agreement_takes_one_query(
    program: Program,
    cycle: ReviewCycle,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    code_all(program, cycle, FIRST[: 5 * number], SECOND[: 5 * number])
    with django_assert_num_queries(1):
        agreement_of([cycle.pk], NOW)


@pytest.mark.parametrize("number", [1, 3])
def test_the_double_codings_of_a_cycle_take_five_queries(
    program: Program,
    cycle: ReviewCycle,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    code_all(program, cycle, FIRST[: 5 * number], SECOND[: 5 * number])
    reader = make_user("manager")
    reader.has_perm("conditions.view_coding")
    with django_assert_num_queries(5):
        rows = double_codings_of(cycle, reader)
    assert len(rows) == number
    assert all(row.comparison for row in rows)


@pytest.fixture
def condition(program: Program) -> Condition:
    return program.conditions.get(code="ALPHA")


@pytest.fixture
def half(condition: Condition, cycle: ReviewCycle) -> DoubleCoding:
    """A double coding that only the first coder has sealed."""
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder, "3")
    return made


def everybody_else(half: DoubleCoding) -> list[User]:
    others = [make_user(role) for role in ("", "viewer", "analyst", "reviewer", "manager")]
    return [*others, make_user("manager", is_superuser=True), half.second_coder]


def test_before_both_have_coded_a_coding_is_its_coders_own(
    half: DoubleCoding, condition: Condition, cycle: ReviewCycle
) -> None:
    for reader in everybody_else(half):
        assert not visible_codings(reader).exists()
        assert own_coding(half, reader) is None
        assert reconciliation_of(condition, cycle, reader) is None
        [row] = double_codings_of(cycle, reader)
        assert row.comparison is None
        assert [seat.sealed_at for seat in row.seats] == [NOW, None]
    assert own_coding(half, half.first_coder) == Coding.objects.get()
    assert reconciliation_of(condition, cycle, half.first_coder) is None
    assert double_codings_of(cycle, half.first_coder)[0].comparison is None


def test_once_both_have_coded_the_team_sees_both_and_a_viewer_neither(
    half: DoubleCoding, condition: Condition, cycle: ReviewCycle
) -> None:
    seal(half, half.second_coder, "31")
    for role, seen in {"": 0, "viewer": 0, "analyst": 2, "reviewer": 2, "manager": 2}.items():
        reader = make_user(role)
        assert visible_codings(reader).count() == seen
        assert (reconciliation_of(condition, cycle, reader) is not None) == bool(seen)
    both = reconciliation_of(condition, cycle, half.first_coder)
    assert both is not None
    assert (both.first.coder, both.second.coder) == (half.first_coder, half.second_coder)
    assert (both.shared("status"), both.differing) == ("3", ())
    assert [item.differs for item in both.items] == [False, True, True, True, True]


def test_a_coding_of_a_double_coding_called_off_is_never_read_by_others(
    half: DoubleCoding, condition: Condition, cycle: ReviewCycle
) -> None:
    call_off(double_coding=half, reason="Left.", by=make_user("manager"), as_of=NOW)
    assert not any(visible_codings(reader).exists() for reader in everybody_else(half))
    again = make_double_coding(condition, cycle)
    seal(again, again.first_coder)
    seal(again, again.second_coder)
    told = {coding.double_coding_id for coding in visible_codings(make_user("manager"))}
    assert told == {again.pk}


def test_codings_of_a_program_that_is_not_ones_to_open_are_not_seen(
    half: DoubleCoding, program: Program
) -> None:
    seal(half, half.second_coder)
    Program.objects.filter(pk=program.pk).update(is_public=False)
    outsider = make_user("")
    assert not visible_codings(outsider).exists()
    assert visible_codings(make_user("analyst")).count() == 2
