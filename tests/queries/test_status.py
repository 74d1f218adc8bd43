"""The status of a program: one answer for a day and a moment, at a fixed price."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.actions.assessments import start_assessment
from conditions.models import EvidenceVersion, OfficialFinding, SourceGrade
from conditions.queries.asof import AsOf, BadAsOf, read_as_of
from conditions.queries.condition_facts import EvidenceCount
from conditions.queries.status import program_status
from tests.days import DAY, FIRST_DUE, SECOND_DUE, TODAY, WHITE_HOUSE, moment, noon
from tests.factories import (
    make_assessment,
    make_evidence,
    make_judgement,
    make_program,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = AsOf(TODAY, noon(TODAY))


def only(program, as_of=NOW, **options):
    return program_status(program, as_of, **options).conditions[0]


@pytest.mark.parametrize("codes", [("ALPHA",), ("ALPHA", "BETA", "GAMMA")])
def test_it_takes_ten_queries_whatever_the_number_of_conditions(codes):
    program = make_program(conditions=codes)
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=program.cycles.get(number=1))
    with CaptureQueriesContext(connection) as queries:
        answer = program_status(program, NOW)
    assert len(answer.conditions) == len(codes)
    assert len(queries) == 10


def test_before_any_judgement_a_condition_is_not_yet_assessed():
    row = only(make_program())
    assert (row.status, row.status_label, row.work_state) == (
        None,
        "Not yet assessed",
        "not_started",
    )


def test_a_judgement_carried_over_names_the_cycle_it_was_made_in():
    program = make_program()
    make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=2), status="3"
    )
    answer = program_status(program, NOW)
    assert answer.cycle.number == 4
    assert (answer.conditions[0].status, answer.conditions[0].judged_in_cycle) == ("3", 2)


def test_a_judgement_counts_from_its_day_and_from_its_approval():
    program = make_program()
    make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=1),
        valid_from=FIRST_DUE - 10 * DAY,
        as_of=noon(FIRST_DUE - 10 * DAY),
        approved_at=noon(FIRST_DUE),
    )
    day, known = FIRST_DUE - 10 * DAY, noon(FIRST_DUE)
    assert only(program, AsOf(day, known)).status == "2"
    assert only(program, AsOf(day - DAY, known)).status is None
    assert only(program, AsOf(day, moment(FIRST_DUE, 11, 59))).status is None


def test_the_work_state_is_that_of_the_moment():
    program = make_program()
    make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=4),
        as_of=noon(TODAY - 2 * DAY),
        valid_from=TODAY - 2 * DAY,
        state="submitted",
    )
    assert only(program).work_state == "submitted"
    assert only(program, AsOf(TODAY, noon(TODAY - 3 * DAY))).work_state == "not_started"


def test_evidence_is_counted_by_stance_and_by_what_the_reader_may_see():
    program = make_program()
    condition = program.conditions.get()
    make_evidence(condition=condition)
    make_evidence(condition=condition, stance="contradicts")
    make_evidence(condition=condition, stance="contradicts", sensitivity="restricted")
    assert only(program).evidence == EvidenceCount(1, 1, 0)
    team = frozenset({"public", "team", "restricted"})
    assert only(program, sensitivities=team).evidence == EvidenceCount(1, 2, 0)


def test_a_withdrawn_link_counts_until_it_was_withdrawn():
    program = make_program()
    condition = program.conditions.get()
    make_evidence(condition=condition)
    condition.evidence_links.update(withdrawn_at=noon(TODAY), withdrawal_reason="Wrong country.")
    assert only(program).evidence.supports == 0
    assert only(program, AsOf(TODAY, noon(TODAY - DAY))).evidence.supports == 1


def test_the_official_finding_stands_beside_and_silence_is_not_a_finding():
    program = make_program()
    condition = program.conditions.get()
    assert only(program).official is None
    OfficialFinding.objects.create(
        condition=condition,
        cycle=program.cycles.get(number=4),
        finding="not_submitted",
        found_on=TODAY,
        recorded_at=noon(TODAY),
    )
    assert (only(program).status, only(program).official) == (None, "not_submitted")


class TestFlags:
    @pytest.fixture
    def program(self):
        return make_program()

    def test_reversed_when_it_was_met_before_and_is_lower_now(self, program):
        condition = program.conditions.get()
        make_assessment(condition=condition, cycle=program.cycles.get(number=1), status="3")
        make_assessment(condition=condition, cycle=program.cycles.get(number=2), status="2")
        assert only(program).flags.reversed
        assert not only(program, AsOf(FIRST_DUE - DAY, noon(TODAY))).flags.reversed

    def test_cannot_be_assessed_after_met_is_not_reversed(self, program):
        condition = program.conditions.get()
        make_assessment(condition=condition, cycle=program.cycles.get(number=1), status="4")
        make_assessment(condition=condition, cycle=program.cycles.get(number=2), status="U")
        assert not only(program).flags.reversed

    def test_stale_when_cited_evidence_was_amended(self, program):
        assessment = make_assessment(
            condition=program.conditions.get(), cycle=program.cycles.get(number=1)
        )
        assert not only(program).flags.stale
        EvidenceVersion.objects.create(
            evidence=assessment.citations.get().evidence,
            number=2,
            content={},
            sha256="0" * 64,
            recorded_at=noon(SECOND_DUE),
        )
        assert only(program).flags.stale
        assert not only(program, AsOf(TODAY, noon(SECOND_DUE - DAY))).flags.stale

    def test_stale_when_a_source_was_regraded(self, program):
        assessment = make_assessment(
            condition=program.conditions.get(), cycle=program.cycles.get(number=1)
        )
        SourceGrade.objects.create(
            source=assessment.citations.get().evidence.source,
            reliability="E",
            reason="Fabricated a quotation.",
            recorded_at=noon(SECOND_DUE),
        )
        assert only(program).flags.stale

    def test_single_source_and_one_sided(self, program):
        make_assessment(condition=program.conditions.get(), cycle=program.cycles.get(number=1))
        assert only(program).flags.single_source
        assert only(program).flags.one_sided

    def test_two_sources_on_both_sides_raise_no_flag(self, program):
        condition = program.conditions.get()
        one = make_evidence(condition=condition, source=make_source())
        other = make_evidence(condition=condition, stance="contradicts", source=make_source())
        make_assessment(
            condition=condition, cycle=program.cycles.get(number=1), cited=(one.pk, other.pk)
        )
        assert only(program).flags.names() == ()


class TestReadAsOf:
    @pytest.fixture
    def program(self):
        return make_program()

    def test_nothing_given_is_today_and_the_last_change(self, program):
        as_of = read_as_of(program, valid_at="", known_at="", today=TODAY)
        assert (as_of.valid_at, as_of.known_at, as_of.given) == (TODAY, program.changed_at, False)

    def test_a_known_date_reaches_to_its_end_in_the_programs_zone(self, program):
        as_of = read_as_of(program, valid_at="", known_at="2026-03-09", today=TODAY)
        assert as_of.known_at.isoformat() == "2026-03-10T03:59:59.999999+00:00"

    def test_a_moment_is_taken_as_it_is(self, program):
        for text in ("2026-03-09T17:00:00Z", "2026-03-09T17:00:00 00:00", "2026-03-09T13:00"):
            as_of = read_as_of(program, valid_at="", known_at=text, today=TODAY)
            assert as_of.known_at == moment(date(2026, 3, 9), 17)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("valid_at", "yesterday"),
            ("valid_at", "2026-02-30"),
            ("valid_at", "2026-03-09T12:00"),
            ("known_at", "soon"),
            ("known_at", "9999-12-31"),
            ("known_at", "2026-13-01"),
        ],
    )
    def test_nonsense_is_refused_by_name(self, program, field, value):
        given = {"valid_at": "", "known_at": "", field: value}
        with pytest.raises(BadAsOf) as refusal:
            read_as_of(program, **given, today=TODAY)
        assert (refusal.value.field, refusal.value.value) == (field, value)
        assert "2026-03-09" in refusal.value.remedy


def test_the_title_is_told_as_it_was_worded():
    program = make_program()
    condition = program.conditions.get()
    first = condition.versions.get()
    condition.versions.create(
        number=2,
        content=first.content | {"title": "Reworded"},
        sha256="0" * 64,
        recorded_at=noon(SECOND_DUE),
    )
    assert only(program).title == "Reworded"
    assert only(program, AsOf(TODAY, noon(SECOND_DUE - DAY))).title == "Title of ALPHA"


def test_a_draft_is_never_a_status():
    program = make_program()
    condition = program.conditions.get()
    start_assessment(
        condition=condition,
        cycle=program.cycles.get(number=4),
        judgement=make_judgement(condition=condition, valid_from=TODAY),
        by=make_user("analyst"),
        as_of=noon(TODAY),
    )
    assert only(program).status is None
    assert only(program, AsOf(WHITE_HOUSE, noon(WHITE_HOUSE))).work_state == "not_started"
