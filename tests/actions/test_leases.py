"""Leases: what is due is taken by one run alone, in its order, as long as the time lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from conditions.actions.leases import LONGEST_RUN, lease_one, while_time_lasts
from conditions.actions.text_comparisons import owe_comparisons
from conditions.models import TextComparison
from tests.crowd import at_once
from tests.days import TODAY, noon
from tests.factories import make_evidence

NOW = noon(TODAY)
SECOND = timedelta(seconds=1)


def take(owner: str, at: datetime = NOW) -> int | None:
    due = TextComparison.objects.due_by(at)
    held = lease_one(due, order="owed_since", owner=owner, until=at + 60 * SECOND)
    return held and held.pk


@pytest.mark.django_db(transaction=True)
def test_runs_that_begin_at_once_share_what_is_due() -> None:
    owed = [make_evidence().pk for _ in range(8)]
    owe_comparisons(owed)
    taken: list[int] = []

    def run(owner: str) -> None:
        while (pk := take(owner)) is not None:
            taken.append(pk)

    at_once([partial(run, owner) for owner in ("one", "two", "three", "four")])
    assert sorted(taken) == sorted(owed)


@pytest.mark.django_db
def test_what_is_held_is_free_again_when_the_lease_is_over() -> None:
    later, earlier = (make_evidence().pk for _ in range(2))
    owe_comparisons([later, earlier])
    TextComparison.objects.filter(pk=earlier).update(owed_since=NOW - timedelta(days=9_000))
    assert (take("one"), take("one"), take("two")) == (earlier, later, None)
    assert take("two", at=NOW + 59 * SECOND) is None
    assert take("two", at=NOW + 60 * SECOND) == earlier
    assert TextComparison.objects.get(pk=earlier).lease_owner == "two"


def test_a_run_goes_on_while_its_time_lasts_and_no_further_than_asked() -> None:
    steps = [timedelta(), timedelta(), LONGEST_RUN, LONGEST_RUN + SECOND]
    clock = iter(NOW + step for step in steps)
    assert list(while_time_lasts(lambda: next(clock), most=9)) == [NOW, NOW + LONGEST_RUN]
    assert len(list(while_time_lasts(lambda: NOW, most=3))) == 3
