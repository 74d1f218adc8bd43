"""Two coders on one ordered scale: what they share, and when a kappa may be told."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import product
from math import sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conditions.rules.agreement import LEAST_PAIRS, Agreement, agreement_between
from conditions.rules.scale import DEFAULT_SCALE, Affirmative, Grade, Scale, UnknownStatus

Pairs = list[tuple[str, str]]


def scale_of(ranks: int) -> Scale:
    return Scale(
        tuple(Grade(str(n), f"Grade {n}", n, "In its order.", Affirmative.NO) for n in range(ranks))
    )


def pairs(text: str) -> Pairs:
    """Pairs in a line: 6x01 is six pairs of 0 by the first coder and 1 by the second."""
    found: Pairs = []
    for word in text.split():
        times, both = word.split("x")
        found += [(both[0], both[1])] * int(times)
    return found


def told(text: str, scale: Scale = DEFAULT_SCALE) -> Agreement:
    return agreement_between(pairs(text), scale)


def test_a_worked_example_weighs_by_the_square_of_the_distance():
    # First coder 9, 6, 5; second 6, 6, 8. Squared distances seen: 2 + 2 + 4 = 8, of 20.
    # By chance: (54 + 36 + 48 + 30 + 4 * 72 + 4 * 30) / 20 = 28.8, of 20. 1 - 8 / 28.8 = 0.722.
    # Distances that are not squared would give 0.68, and grades without an order 0.63.
    found = told("6x00 4x11 5x22 2x01 2x12 1x02", scale_of(3))
    assert found == Agreement(20, 15, 0, 0, "0.72", "0.45", "0.99", "")


def test_the_figure_of_another_program_on_published_ratings():
    # Ratings of anxiety, 2nd and 3rd rater, from the package irr for R. It gives 0.2520325, taking
    # only the ranks in use: nobody rated 5, so there 6 stands next to 4. In its place it counts.
    second = "36462424332333221334"
    third = "21443216111233113322"
    both = list(zip(second, third, strict=True))
    place = {"1": "0", "2": "1", "3": "2", "4": "3", "6": "5"}
    in_place = [(place[one], place[other]) for one, other in both]
    next_to = [(one.replace("5", "4"), other.replace("5", "4")) for one, other in in_place]
    assert agreement_between(next_to, scale_of(5)).kappa == "0.25"
    assert agreement_between(in_place, scale_of(6)).kappa == "0.23"


def test_every_rank_of_the_scale_counts_though_nobody_used_it():
    # 1 - 2.5 / 6.5 on ranks 0, 1, 4; were they moved together to 0, 1, 2 it would be 1 - 0.5 / 1.5.
    assert told("6x00 6x44 6x10 6x14").kappa == "0.62"
    assert told("6x00 6x22 6x10 6x12", scale_of(3)).kappa == "0.67"


def test_what_stands_outside_the_order_is_counted_apart():
    graded = "6x00 4x11 5x22 2x01 2x12 1x02"
    with_outside = told(f"{graded} 3xUU 2xU1 1x4U 1xUW 1xWW")
    assert with_outside == Agreement(20, 15, 8, 4, "0.72", "0.45", "0.99", "")
    assert with_outside.kappa == told(graded).kappa


@pytest.mark.parametrize(
    ("text", "n", "agreed"),
    [("", 0, 0), ("5xUU", 0, 0), ("10x33 9x34", 19, 10), ("10x33 9x34 1xU4", 19, 10)],
)
def test_below_twenty_pairs_only_raw_agreement_is_told(text: str, n: int, agreed: int):
    found = told(text)
    assert (found.n, found.agreed) == (n, agreed)
    assert (found.kappa, found.low, found.high) == ("", "", "")
    assert found.reason == "Kappa takes at least 20 pairs of grades; here only raw agreement tells."


def test_at_twenty_pairs_kappa_is_told():
    assert told("10x33 9x34 1x44").kappa == "0.10"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("20x33", "Kappa is undefined, as both coders gave everything one and the same grade."),
        ("20x34", "One coder gave everything the same grade, so kappa would be 0"),
        ("19x33 1x34", "One coder gave everything the same grade, so kappa would be 0"),
        ("19x33 1x43", "One coder gave everything the same grade, so kappa would be 0"),
    ],
)
def test_where_kappa_says_nothing_it_is_not_told(text: str, reason: str):
    found = told(text)
    assert (found.kappa, found.low, found.high) == ("", "", "")
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(("text", "kappa"), [("10x00 10x44", "1.00"), ("10x04 10x40", "-1.00")])
def test_no_interval_is_given_where_it_has_no_width(text: str, kappa: str):
    found = told(text)
    assert (found.kappa, found.low, found.high) == (kappa, "", "")
    assert found.reason == "On these grades the interval has no width, so none is given."


def test_an_interval_ends_where_kappa_does():
    assert told("10x00 10x44 1x43").high == "1.00"
    assert told("10x04 10x40 1x41").low == "-1.00"


def test_a_code_that_is_not_on_the_scale_is_refused():
    with pytest.raises(UnknownStatus, match="'9' is not a status of this program"):
        told("1x90")


ranked = st.sampled_from("01234")


@given(st.lists(st.tuples(ranked, ranked), min_size=LEAST_PAIRS, max_size=60))
def test_figures_are_those_of_the_formula_and_do_not_depend_on_who_is_first(both: Pairs):
    found = agreement_between(both, DEFAULT_SCALE)
    assume(found.low)
    kappa, error = by_formula(both)
    assert abs(float(found.kappa) - kappa) <= 0.0051
    assert abs(float(found.low) - max(kappa - error, -1)) <= 0.0051
    assert abs(float(found.high) - min(kappa + error, 1)) <= 0.0051
    assert agreement_between([(b, a) for a, b in both], DEFAULT_SCALE) == found


def by_formula(both: Pairs) -> tuple[float, float]:
    """Fleiss, Cohen and Everitt 1969, in exact fractions: kappa and 1.96 standard errors."""
    every = range(5)
    part = {
        (i, j): Fraction(both.count((str(i), str(j))), len(both)) for i, j in product(every, every)
    }
    first = [sum(part[i, j] for j in every) for i in every]
    second = [sum(part[i, j] for i in every) for j in every]
    weight = {(i, j): 1 - Fraction((i - j) ** 2, 16) for i, j in part}
    seen = sum(part[cell] * weight[cell] for cell in part)
    chance = sum(first[i] * second[j] * weight[i, j] for i, j in part)
    kappa = (seen - chance) / (1 - chance)
    rows = [sum(second[j] * weight[i, j] for j in every) for i in every]
    columns = [sum(first[i] * weight[i, j] for i in every) for j in every]
    spread = sum(
        part[i, j] * (weight[i, j] - (rows[i] + columns[j]) * (1 - kappa)) ** 2 for i, j in part
    )
    variance = (spread - (kappa - chance * (1 - kappa)) ** 2) / (1 - chance) ** 2 / len(both)
    return float(kappa), 1.959964 * sqrt(variance)


def test_statistics_are_not_loaded_before_they_are_asked_for():
    code = "import sys, conditions.rules.agreement as a; sys.exit('statsmodels' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
