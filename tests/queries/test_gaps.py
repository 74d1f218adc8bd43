"""The gaps board: what each item lacks, and what else waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import (
    Capture,
    CaptureBody,
    CaptureOrder,
    Condition,
    Evidence,
    EvidenceLink,
    Feed,
    InboxItem,
    LinkHealth,
    VoiceSuggestion,
)
from conditions.queries.gaps import MOST_CONDITIONS, GapsBoard, gaps_board
from conditions.queries.inbox_health import inbox_health
from conditions.rules.feeds import MANY_FAILURES
from conditions.rules.gaps import GapKind
from tests.days import DAY, TODAY, noon
from tests.factories import make_condition, make_evidence, make_program, make_search

pytestmark = pytest.mark.django_db
PUBLIC = frozenset({"public"})
ALL = frozenset({"public", "team", "restricted", "source_protected"})


@pytest.fixture
def condition() -> Condition:
    return make_program().conditions.get()


def board_of(condition: Condition, sensitivities=ALL, **narrowed) -> GapsBoard:
    return gaps_board(condition.program, as_of=noon(TODAY), sensitivities=sensitivities, **narrowed)


def gaps_at(board: GapsBoard, item: str | None = None) -> list[GapKind]:
    rows = [row for row in board.rows if (row.item.code if row.item else None) == item]
    return [gap.kind for row in rows for gap in row.gaps]


def under(condition: Condition, evidence: Evidence, stance: str = "supports") -> EvidenceLink:
    return EvidenceLink.objects.create(
        evidence=evidence,
        condition=condition,
        checklist_item=condition.checklist.first(),
        stance=stance,
        recorded_at=noon(TODAY),
    )


def test_a_condition_without_evidence_and_its_items_are_empty(condition):
    board = board_of(condition)
    assert {row.kinds for row in board.rows} == {frozenset({GapKind.EMPTY})}
    assert board.counts[GapKind.EMPTY] == 1 + condition.checklist.count()
    assert board.calm == 0


def test_what_is_filed_under_an_item_counts_for_it_and_for_its_condition(condition):
    item = condition.checklist.first().code
    under(condition, make_evidence(published_on=TODAY))
    board = board_of(condition)
    assert gaps_at(board, item) == [GapKind.THIN, GapKind.ONE_SIDED, GapKind.SINGLE_SOURCE]
    assert gaps_at(board) == [GapKind.ONE_SIDED, GapKind.SINGLE_SOURCE]


def test_an_empty_item_tells_what_its_condition_holds_outside_the_items(condition):
    make_evidence(condition=condition)
    (row,) = [row for row in board_of(condition).rows if row.item is not None]
    assert row.kinds == {GapKind.EMPTY}
    assert (row.documents, row.on_the_whole) == (0, 1)


def test_both_sides_from_two_sources_lack_nothing_until_they_are_old(condition):
    item = condition.checklist.first().code
    under(condition, make_evidence(published_on=TODAY - timedelta(days=30)))
    under(condition, make_evidence(published_on=TODAY - timedelta(days=90)), "contradicts")
    assert gaps_at(board_of(condition, quiet_days=31), item) == []
    assert gaps_at(board_of(condition, quiet_days=30), item) == [GapKind.QUIET]


def test_narrowed_to_one_kind_the_counts_stay(condition):
    under(condition, make_evidence(published_on=TODAY))
    board = board_of(condition, kind=GapKind.THIN)
    assert all(GapKind.THIN in row.kinds for row in board.rows)
    assert board.counts[GapKind.EMPTY] == condition.checklist.count() - 1


def test_a_document_the_reader_may_not_see_fills_no_gap_and_shows_nowhere(condition):
    hidden = make_evidence(condition=condition, sensitivity="restricted")
    lose(hidden)
    board = board_of(condition, sensitivities=PUBLIC)
    assert gaps_at(board) == [GapKind.EMPTY]
    assert board.beside.lost == ()
    assert board.beside.lost_total == 0


def test_a_withdrawn_link_fills_no_gap(condition):
    link = under(condition, make_evidence())
    EvidenceLink.objects.filter(pk=link.pk).update(withdrawn_at=noon(TODAY))
    assert gaps_at(board_of(condition)) == [GapKind.EMPTY]


def test_the_last_search_stands_beside_the_gap(condition):
    cycle = condition.program.cycles.get(number=4)
    make_search(condition=condition, cycle=cycle, searched_on=TODAY, result="nothing")
    (whole,) = [row for row in board_of(condition).rows if row.item is None]
    assert whole.searched_on == TODAY


def test_only_conditions_in_force_on_the_day_are_asked(condition: Condition) -> None:
    program = condition.program
    make_condition(program=program, code="OLD", position=2, in_force_until=TODAY)
    make_condition(program=program, code="LAST", position=3, in_force_until=TODAY + DAY)
    make_condition(program=program, code="FIRST", position=4, in_force_from=TODAY)
    make_condition(program=program, code="NEXT", position=5, in_force_from=TODAY + DAY)
    asked = {row.condition.code for row in board_of(condition).rows}
    assert asked == {condition.code, "LAST", "FIRST"}


def test_conditions_that_ended_take_no_place_of_those_in_force(condition: Condition) -> None:
    Condition.objects.filter(pk=condition.pk).update(position=MOST_CONDITIONS + 1)
    Condition.objects.bulk_create(
        Condition(
            program=condition.program,
            code=f"OLD{number}",
            position=number,
            test="outcome",
            in_force_from=condition.in_force_from,
            in_force_until=TODAY,
        )
        for number in range(MOST_CONDITIONS)
    )
    assert {row.condition.code for row in board_of(condition).rows} == {condition.code}


def lose(evidence: Evidence) -> LinkHealth:
    return LinkHealth.objects.create(
        evidence=evidence,
        url=evidence.url,
        host="example.org",
        state="gone",
        since=noon(TODAY),
        checked_at=noon(TODAY),
        failures=2,
        lost_at=noon(TODAY),
        next_check_at=noon(TODAY),
    )


def hold(evidence: Evidence) -> Capture:
    body, _ = CaptureBody.objects.get_or_create(sha256="a" * 64, size=1, body=b"1")
    return Capture.objects.create(
        evidence=evidence,
        origin="uploaded",
        outcome="stored",
        body=body,
        sha256=body.sha256,
        tool="test",
        captured_at=noon(TODAY),
    )


def give_up(evidence: Evidence) -> CaptureOrder:
    return CaptureOrder.objects.create(
        evidence=evidence,
        state="given_up",
        asked_at=noon(TODAY) - timedelta(days=3),
        next_attempt_at=noon(TODAY),
        last_error="The site answered 500.",
    )


def test_a_dead_address_tells_whether_a_copy_is_held(condition):
    kept, not_kept = (make_evidence(condition=condition) for _ in range(2))
    for evidence in (kept, not_kept):
        lose(evidence)
    hold(kept)
    lost = board_of(condition).beside.lost
    assert {one.health.evidence_id: one.held is not None for one in lost} == {
        kept.pk: True,
        not_kept.pk: False,
    }


def test_a_capture_given_up_is_told_until_a_copy_comes_or_another_is_asked_for(condition):
    first, second, third = (make_evidence(condition=condition) for _ in range(3))
    for evidence in (first, second, third):
        give_up(evidence)
    assert board_of(condition).beside.failed_total == 3
    hold(first)
    CaptureOrder.objects.create(evidence=second, asked_at=noon(TODAY), next_attempt_at=noon(TODAY))
    assert [one.evidence for one in board_of(condition).beside.failed] == [third]


def test_what_bears_on_another_program_is_not_told_here(condition):
    other = make_program(slug="another").conditions.get()
    lose(make_evidence(condition=other))
    give_up(make_evidence(condition=other))
    beside = board_of(condition).beside
    assert (beside.lost_total, beside.failed_total) == (0, 0)


def test_the_inbox_tells_how_long_its_items_wait(condition):
    for days in (0, 3, 20, 40, 50):
        received = noon(TODAY) - timedelta(days=days)
        InboxItem.objects.create(origin="text", title="A title", received_at=received)
    age = board_of(condition).beside.inbox
    assert (age.day, age.week, age.month, age.longer) == (1, 1, 1, 2)
    assert age.waiting == 5
    assert age.oldest == noon(TODAY) - timedelta(days=50)


def test_a_pair_is_counted_where_both_may_be_seen(condition):
    first, second = make_evidence(), make_evidence(sensitivity="restricted")
    VoiceSuggestion.objects.create(
        first=first, second=second, likeness=90, suggested_at=noon(TODAY)
    )
    assert board_of(condition).beside.voices == 1
    assert board_of(condition, sensitivities=PUBLIC).beside.voices == 0


def test_the_board_counts_the_feeds_that_the_doctor_names(condition: Condition) -> None:
    for failures in range(MANY_FAILURES + 2):
        for is_active in (True, False):
            url = f"https://example.org/{failures}/{is_active}"
            told = {"title": "News", "url": url, "canonical_url": url, "added_at": noon(TODAY)}
            Feed.objects.create(
                failures=failures, is_active=is_active, next_poll_at=noon(TODAY), **told
            )
    assert board_of(condition).beside.feeds == 2
    assert inbox_health(as_of=noon(TODAY)).many_failing == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_takes_a_fixed_number_of_queries(rows):
    program = make_program(conditions=("ALPHA", "BETA", "GAMMA")[:rows])
    for condition in program.conditions.all():
        for evidence in [make_evidence(condition=condition) for _ in range(rows)]:
            lose(evidence)
            hold(evidence)
            give_up(evidence)
    with CaptureQueriesContext(connection) as captured:
        gaps_board(program, as_of=noon(TODAY), sensitivities=ALL)
    assert len(captured) == 14


def test_a_document_under_several_items_is_one_document_of_the_condition(
    condition: Condition,
) -> None:
    evidence = make_evidence()
    link = under(condition, evidence)
    EvidenceLink.objects.create(
        evidence=evidence, condition=condition, stance="supports", recorded_at=link.recorded_at
    )
    rows = board_of(condition).rows
    assert {row.item.code if row.item else None: row.documents for row in rows} == {
        None: 1,
        link.checklist_item.code: 1,
    }
