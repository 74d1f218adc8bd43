"""Link health read: as known at a moment, of the present address, for those who may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.evidence import EvidenceItem, amend_evidence
from conditions.models import Condition, Evidence
from conditions.queries.asof import AsOf
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.link_health import (
    LostCount,
    health_of,
    lost_links,
    lost_links_in_cycle,
)
from conditions.queries.status import PUBLIC
from tests.days import DAY, FOURTH_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_evidence, make_program
from tests.link_looks import find_again, keep_copy, lose, lose_again, make_link

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def test_a_change_is_told_from_the_moment_it_was_known() -> None:
    evidence = make_evidence()
    lose(evidence, at=NOW)
    then, first, now = (
        health_of([evidence.pk], known_at=at)[evidence.pk] for at in (NOW - 2 * DAY, NOW - DAY, NOW)
    )
    assert (then.state, then.since, then.lost_at) == ("unknown", None, None)
    assert (first.state, first.since, first.lost_at) == ("gone", NOW - DAY, None)
    assert now.lost_at == NOW
    assert lost_links([evidence.pk], known_at=NOW - DAY) == {}
    assert lost_links([evidence.pk], known_at=NOW)[evidence.pk].lost_at == NOW


def test_a_former_address_says_nothing() -> None:
    evidence = make_evidence()
    lose(evidence, at=NOW, url="https://example.org/former")
    assert health_of([evidence.pk], known_at=NOW) == {}
    assert lost_links([evidence.pk], known_at=NOW) == {}


def test_a_lost_document_comes_with_the_newest_copy_known_then() -> None:
    evidence, without, found = (make_evidence() for _ in range(3))
    kept = keep_copy(evidence, at=NOW - 3 * DAY)
    lose(evidence, at=NOW - DAY)
    lose(without, at=NOW - DAY)
    make_link(found)
    ids = [evidence.pk, without.pk, found.pk]
    lost = lost_links(ids, known_at=NOW)
    assert set(lost) == {evidence.pk, without.pk}
    assert lost[without.pk].copy is None
    copy = lost[evidence.pk].copy
    assert copy is not None
    assert copy.sha256 == kept.sha256


@pytest.mark.parametrize("documents", [1, 3])
def test_one_query_and_one_for_the_copies(
    django_assert_num_queries: DjangoAssertNumQueries, documents: int
) -> None:
    several = [make_evidence() for _ in range(documents)]
    for evidence in several:
        keep_copy(evidence, at=NOW - 3 * DAY)
        lose(evidence, at=NOW - DAY)
    ids = [evidence.pk for evidence in several]
    with django_assert_num_queries(1):
        health_of(ids, known_at=NOW)
    with django_assert_num_queries(2):
        lost_links(ids, known_at=NOW)
    with django_assert_num_queries(0):
        lost_links([], known_at=NOW)


def cycle_four(condition: Condition) -> CycleDates:
    return program_cycles(condition.program, AsOf(TODAY, NOW))[3]


def counted(condition: Condition, **changes: object) -> dict[int, LostCount]:
    asked = {"known_at": NOW, "sensitivities": PUBLIC, "time_zone": "America/New_York"} | changes
    return dict(lost_links_in_cycle([condition.pk], cycle_four(condition), **asked))  # type: ignore[arg-type]


def test_losses_are_counted_by_condition_within_the_cycle() -> None:
    condition = make_program().conditions.get()
    item = condition.checklist.get()
    # Midnight in Washington is five in the morning, UTC.
    began = noon(THIRD_DUE) - timedelta(hours=7)
    ends = noon(FOURTH_DUE) - timedelta(hours=7)
    moments = (began - timedelta(seconds=1), began, NOW, NOW + DAY, ends)
    for at in moments:
        lose(make_evidence(condition=condition), at=at)
    assert counted(condition) == {condition.pk: LostCount(2, 0)}
    assert counted(condition, known_at=NOW - DAY) == {condition.pk: LostCount(1, 0)}
    assert counted(condition, known_at=ends) == {condition.pk: LostCount(3, 0)}
    kept = make_evidence(condition=condition)
    kept.links.create(
        condition=condition, checklist_item=item, stance="neutral", recorded_at=kept.recorded_at
    )
    keep_copy(kept, at=NOW - DAY)
    lose(kept, at=NOW)
    # Linked twice, it is one document.
    assert counted(condition) == {condition.pk: LostCount(3, 1)}


def test_what_the_reader_may_not_see_is_not_counted() -> None:
    condition = make_program().conditions.get()
    lose(make_evidence(condition=condition, sensitivity="restricted"), at=NOW)
    gone = make_evidence(condition=condition)
    lose(gone, at=NOW)
    gone.links.update(withdrawn_at=NOW, withdrawal_reason="Not about this.")
    assert counted(condition) == {}
    assert counted(condition, sensitivities={"public", "restricted"})[condition.pk].documents == 1
    assert (
        lost_links_in_cycle(
            [condition.pk], None, time_zone="UTC", known_at=NOW, sensitivities=PUBLIC
        )
        == {}
    )


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (LostCount(1, 0), "no copy is kept"),
        (LostCount(1, 1), "our copy is kept"),
        (LostCount(3, 0), "no copy is kept of them"),
        (LostCount(3, 2), "our copy is kept of 2"),
    ],
)
def test_what_is_kept_is_told_in_words(count: LostCount, told: str) -> None:
    assert count.copies_told == told


LOST, FOUND = NOW - 20 * DAY, NOW - 10 * DAY
BEFORE, BETWEEN, AFTER = LOST - DAY, LOST + 2 * DAY, FOUND + DAY


def anew(evidence: Evidence, url: str, *, at: datetime) -> None:
    """The address of ``evidence`` is amended."""
    evidence.refresh_from_db()
    amend_evidence(
        evidence=evidence,
        item=replace(EvidenceItem.of(evidence), url=url, reference="S/2026/1"),
        by=None,
        as_of=at,
        expected_revision=evidence.revision,
        reason="It moved.",
    )


def stood(evidence: Evidence, *moments: datetime) -> list[tuple[str, datetime | None]]:
    """State and loss of the address of a document at some moments."""
    several = [health_of([evidence.pk], known_at=at)[evidence.pk] for at in moments]
    return [(one.state, one.lost_at) for one in several]


def test_what_was_lost_then_and_found_since_is_told_as_it_was_known() -> None:
    condition = make_program().conditions.get()
    evidence = make_evidence(condition=condition)
    kept = keep_copy(evidence, at=LOST - 3 * DAY)
    find_again(lose(evidence, at=LOST), at=FOUND)
    # Lost on 1 November, in cycle 3.
    cycle = program_cycles(condition.program, AsOf(TODAY, NOW))[2]
    told = {}
    for at in (BEFORE, BETWEEN, AFTER):
        lost = lost_links([evidence.pk], known_at=at)
        counts = lost_links_in_cycle(
            [condition.pk], cycle, time_zone="UTC", known_at=at, sensitivities=PUBLIC
        )
        told[at] = (lost, counts)
    assert told[BEFORE] == told[AFTER] == ({}, {})
    link = told[BETWEEN][0][evidence.pk]
    assert (link.url, link.lost_at) == (evidence.url, LOST)
    assert link.copy is not None
    assert link.copy.sha256 == kept.sha256
    assert told[BETWEEN][1] == {condition.pk: LostCount(1, 1)}
    states = [("gone", None), ("gone", LOST), ("ok", None), ("ok", None)]
    assert stood(evidence, BEFORE, BETWEEN, FOUND, AFTER) == states


@pytest.mark.parametrize("url", ["https://example.org/moved/here", ""])
def test_what_was_lost_at_a_former_address_is_told_as_it_was_known(url: str) -> None:
    condition = make_program().conditions.get()
    evidence = make_evidence(condition=condition)
    former = evidence.url
    lose(evidence, at=LOST)
    anew(evidence, url, at=FOUND)
    cycle = program_cycles(condition.program, AsOf(TODAY, NOW))[2]
    counts = [
        lost_links_in_cycle(
            [condition.pk], cycle, time_zone="UTC", known_at=at, sensitivities=PUBLIC
        )
        for at in (BEFORE, BETWEEN, FOUND, AFTER)
    ]
    assert counts == [{}, {condition.pk: LostCount(1, 0)}, {}, {}]
    assert lost_links([evidence.pk], known_at=BETWEEN)[evidence.pk].url == former
    assert stood(evidence, BETWEEN) == [("gone", LOST)]
    assert lost_links([evidence.pk], known_at=FOUND) == {}
    now = health_of([evidence.pk], known_at=AFTER)
    assert {one.url for one in now.values()} == ({url} if url else set())


def test_what_was_lost_again_is_told_for_both_times() -> None:
    evidence = make_evidence()
    row = lose(evidence, at=LOST)
    find_again(row, at=FOUND)
    lose_again(row, at=FOUND + 3 * DAY)
    moments = (BETWEEN, AFTER, FOUND + 3 * DAY, NOW)
    again = FOUND + 3 * DAY
    states = [("gone", LOST), ("ok", None), ("gone", again), ("gone", again)]
    assert stood(evidence, *moments) == states


@pytest.mark.parametrize("documents", [1, 3])
def test_the_past_costs_as_many_queries_as_the_present(
    django_assert_num_queries: DjangoAssertNumQueries, documents: int
) -> None:
    condition = make_program().conditions.get()
    several = [make_evidence(condition=condition) for _ in range(documents)]
    for evidence in several:
        find_again(lose(evidence, at=LOST), at=FOUND)
    ids = [evidence.pk for evidence in several]
    cycle = program_cycles(condition.program, AsOf(TODAY, NOW))[2]
    with django_assert_num_queries(1):
        health_of(ids, known_at=BETWEEN)
    with django_assert_num_queries(2):
        assert len(lost_links(ids, known_at=BETWEEN)) == documents
    with django_assert_num_queries(1):
        lost_links_in_cycle(
            [condition.pk], cycle, time_zone="UTC", known_at=BETWEEN, sensitivities=PUBLIC
        )
