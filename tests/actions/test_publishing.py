"""Publishing: what a closing freezes, how a correction is published, and whose hands it takes."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import IntegrityError, transaction

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.key_judgements import (
    BadKeyJudgements,
    NothingNew,
    write_key_judgements,
)
from conditions.actions.publishing import NoteMissing, NotPublishable, publish_correction
from conditions.actions.record import PermissionMissing
from conditions.models import Event, KeyJudgements, Program, Publication, Reminder
from conditions.queries.report import read_report
from conditions.rules.authority import OtherEyesNeeded
from tests.days import DAY, FIRST_DUE, SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Two conditions, both judged in cycle 1, which nobody has closed."""
    program = make_program(conditions=("ALPHA", "BETA"), as_of=noon(TODAY))
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=program.cycles.get(number=1), status="2")
    return program


def close(program: Program, number: int = 1, **others):
    cycle = program.cycles.get(number=number)
    by = others.pop("by", None) or make_user("manager")
    return close_cycle(cycle=cycle, by=by, as_of=others.pop("as_of", noon(FIRST_DUE)), **others)


def correct(program: Program, *, as_of=None, note="A document was missed.", by=None):
    return publish_correction(
        cycle=program.cycles.get(number=1),
        note=note,
        by=by or make_user("manager"),
        as_of=as_of or noon(SECOND_DUE),
    )


def test_closing_publishes_what_was_judged_hashed_over_its_canonical_text(program):
    close(program, note="Closed on the day.")
    row = Publication.objects.get()
    assert (row.version, row.previous, row.note) == (1, None, "")
    assert row.known_at == noon(FIRST_DUE)
    assert hashlib.sha256(row.content.encode()).hexdigest() == row.sha256
    told = json.loads(row.content)
    assert told["annex_sha256"] == hashlib.sha256(row.annex.encode()).hexdigest()
    assert [(one["code"], one["judgement"]["status"]) for one in told["conditions"]] == [
        ("ALPHA", "2"),
        ("BETA", "2"),
    ]
    assert told["cycle"]["closing_note"] == "Closed on the day."
    assert json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == (
        row.content
    )


def test_a_report_read_back_says_what_was_frozen(program):
    close(program)
    row = Publication.objects.get()
    report = read_report(json.loads(row.content), sha256=row.sha256)
    assert report.cycle.closed_on == FIRST_DUE
    assert [one.judgement.status_label for one in report.conditions] == ["Partially met"] * 2
    assert report.document(report.conditions[0].judgement.citations[0].key) is not None


def test_the_publications_of_a_program_are_one_chain(program):
    close(program)
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=program.cycles.get(number=2), status="3")
    close(program, 2, as_of=noon(SECOND_DUE))
    first, second = Publication.objects.order_by("known_at")
    assert second.previous == first
    assert json.loads(second.content)["previous"] == {
        "cycle": 1,
        "version": 1,
        "sha256": first.sha256,
    }


def test_evidence_that_is_not_public_is_counted_and_never_named(program):
    cycle, condition = program.cycles.get(number=1), program.conditions.get(code="ALPHA")
    hidden = make_evidence(condition=condition, title="Hidden witness", sensitivity="restricted")
    shown = make_evidence(condition=condition, title="Open report")
    make_assessment(
        condition=condition,
        cycle=cycle,
        valid_from=cycle.starts_on,
        cited=(hidden.pk, shown.pk),
        as_of=noon(FIRST_DUE),
    )
    close(program)
    row = Publication.objects.get()
    assert hidden.key not in row.content
    assert "Hidden witness" not in row.content
    alpha = json.loads(row.content)["conditions"][0]["judgement"]
    assert [one["key"] for one in alpha["citations"]] == [shown.key]
    assert alpha["not_public"] == 1


def test_copies_of_one_voice_stand_together_and_name_only_what_is_public(program):
    cycle, condition = program.cycles.get(number=1), program.conditions.get(code="ALPHA")
    first, own, second = (
        make_evidence(condition=condition, voice=voice) for voice in ("afp-cell", "", "afp-cell")
    )
    hidden = make_evidence(condition=condition, voice="afp-cell", sensitivity="restricted")
    make_assessment(
        condition=condition,
        cycle=cycle,
        valid_from=cycle.starts_on,
        cited=(first.pk, own.pk, hidden.pk, second.pk),
        as_of=noon(FIRST_DUE),
    )
    close(program)
    told = json.loads(Publication.objects.get().content)["conditions"][0]["judgement"]
    assert [(one["key"], one["same_voice"]) for one in told["citations"]] == [
        (first.key, [second.key]),
        (second.key, [first.key]),
        (own.key, []),
    ]


def test_a_publication_names_no_person(program):
    closer = make_user("manager", username="zz-closer", first_name="Zz", last_name="Closer")
    close(program, by=closer)
    row = Publication.objects.get()
    assert "zz-closer" not in row.content + row.annex
    assert "Zz Closer" not in row.content + row.annex


class TestCorrection:
    def test_a_correction_is_a_new_version_with_its_note_and_the_old_one_stays(self, program):
        close(program)
        before = Publication.objects.get()
        condition = program.conditions.get(code="ALPHA")
        make_assessment(
            condition=condition,
            cycle=program.cycles.get(number=1),
            status="0",
            as_of=noon(TODAY),
            corrects=condition.assessments.get(),
        )
        row = correct(program, as_of=noon(TODAY))
        assert (row.version, row.note, row.previous) == (2, "A document was missed.", before)
        told = json.loads(row.content)
        assert told["conditions"][0]["judgement"]["status"] == "0"
        assert [one["sha256"] for one in told["earlier"]] == [before.sha256]
        before.refresh_from_db()
        assert json.loads(before.content)["conditions"][0]["judgement"]["status"] == "2"

    def test_nothing_new_is_not_published(self, program):
        close(program)
        with pytest.raises(NotPublishable, match="would say what version 1 says"):
            correct(program)
        assert Publication.objects.count() == 1

    def test_a_correction_says_why(self, program):
        close(program)
        with pytest.raises(NoteMissing) as refused:
            correct(program, note="  ")
        assert (refused.value.field, refused.value.value) == ("note", "  ")

    def test_an_open_cycle_has_nothing_to_correct(self, program):
        with pytest.raises(NotPublishable, match="no published report"):
            correct(program)

    def test_the_chain_does_not_grow_backwards_in_time(self, program):
        close(program, as_of=noon(SECOND_DUE))
        with pytest.raises(NotPublishable, match="published later"):
            correct(program, as_of=noon(FIRST_DUE))

    @pytest.mark.parametrize("role", ["viewer", "analyst", "reviewer", ""])
    def test_only_a_manager_publishes(self, program, role):
        close(program)
        with pytest.raises(PermissionMissing):
            correct(program, by=make_user(role))


class TestKeyJudgements:
    def write(self, program, by, statements=("One thing is clear.",), expected=0):
        return write_key_judgements(
            cycle=program.cycles.get(number=1),
            statements=statements,
            by=by,
            as_of=noon(FIRST_DUE),
            expected_number=expected,
        )

    def test_the_newest_set_stands_at_the_head_of_the_report(self, program):
        analyst = make_user("analyst")
        self.write(program, analyst)
        self.write(program, analyst, ("Two\nlines   are one.", "", "And another."), expected=1)
        close(program)
        told = json.loads(Publication.objects.get().content)
        assert told["key_judgements"] == ["Two lines are one.", "And another."]
        assert KeyJudgements.objects.count() == 2

    def test_whoever_wrote_them_does_not_close(self, program):
        manager = make_user("manager")
        self.write(program, manager)
        self.write(program, make_user("analyst"), ("Other words.",), expected=1)
        with pytest.raises(OtherEyesNeeded, match="so you cannot publish them"):
            close(program, by=manager)
        program.cycles.get(number=1, closed_at__isnull=True)

    def test_the_database_refuses_it_too(self, program):
        close(program)
        row = Publication.objects.get()
        self.write(program, row.published_by)
        row.pk, row.version, row.note, row.sha256 = None, 2, "Forged.", "f" * 64
        row.previous = Publication.objects.get()
        with (
            pytest.raises(IntegrityError, match="Nobody publishes key judgements they wrote"),
            transaction.atomic(),
        ):
            row.save(force_insert=True)

    def test_a_program_of_one_person_may_switch_that_off(self, program):
        Program.objects.filter(pk=program.pk).update(four_eyes=False)
        manager = make_user("manager")
        self.write(program, manager)
        close(program, by=manager)
        assert json.loads(Publication.objects.get().content)["program"]["four_eyes"] is False

    @pytest.mark.parametrize(
        ("statements", "sentence"),
        [((), "none"), (("x",) * 7, "too many"), (("x" * 401,), "401 characters")],
    )
    def test_too_many_too_long_or_none(self, program, statements, sentence):
        with pytest.raises(BadKeyJudgements, match=sentence) as refused:
            self.write(program, make_user("analyst"), statements)
        assert refused.value.field == "statements"

    def test_two_writers_do_not_overwrite_each_other(self, program):
        self.write(program, make_user("analyst"))
        with pytest.raises(NothingNew, match="after you opened the page"):
            self.write(program, make_user("analyst"), ("Other words.",))

    def test_the_same_words_are_not_a_new_set(self, program):
        analyst = make_user("analyst")
        self.write(program, analyst)
        with pytest.raises(NothingNew, match="on file"):
            self.write(program, analyst, expected=1)

    @pytest.mark.parametrize("role", ["viewer", "reviewer", ""])
    def test_analysts_and_managers_write_them(self, program, role):
        with pytest.raises(PermissionMissing):
            self.write(program, make_user(role))


def test_leads_and_managers_are_told_once_but_not_the_one_who_closed(program):
    lead, manager = make_user("analyst"), make_user("manager")
    program.conditions.update(lead=lead)
    closer = make_user("manager")
    close(program, by=closer)
    event = Event.objects.get(verb="publication.made")
    told = Reminder.objects.filter(event=event).values_list("recipient", flat=True)
    assert sorted(told) == sorted([lead.pk, manager.pk])


class TestBesideEachOther:
    """What somebody else records while a manager has the page open."""

    def test_what_was_recorded_later_is_not_left_out_of_a_report(self, program):
        cycle = program.cycles.get(number=2)
        for condition in program.conditions.all():
            make_assessment(condition=condition, cycle=cycle, as_of=noon(TODAY))
        with pytest.raises(NotPublishable, match="while you looked at it"):
            close(program, 2, as_of=noon(SECOND_DUE))
        assert program.cycles.get(number=2).closed_at is None

    def test_key_judgements_nobody_read_are_not_published(self, program):
        analyst = make_user("analyst")
        cycle = program.cycles.get(number=1)
        write_key_judgements(
            cycle=cycle,
            statements=["Never seen."],
            by=analyst,
            as_of=noon(FIRST_DUE),
            expected_number=0,
        )
        with pytest.raises(NotPublishable, match="changed after you opened the page"):
            close(program, key_judgements=0)
        close(program, key_judgements=1)
        assert "Never seen." in Publication.objects.get().content

    def test_a_correction_that_holds_from_after_an_early_closing_is_reported(self, program):
        early = FIRST_DUE - 20 * DAY
        close(program, as_of=noon(early))
        for condition in program.conditions.all():
            make_assessment(
                condition=condition,
                cycle=program.cycles.get(number=1),
                status="0",
                valid_from=FIRST_DUE - 5 * DAY,
                as_of=noon(TODAY),
                corrects=condition.assessments.get(),
            )
        told = json.loads(correct(program, as_of=noon(TODAY)).content)
        assert [one["judgement"]["status"] for one in told["conditions"]] == ["0", "0"]
        assert told["valid_at"] == (FIRST_DUE - DAY).isoformat()
        assert told["escalation"]["runs"][0]["counted"] == [1]

    def test_a_report_says_so_where_an_author_approved_while_that_was_allowed(self, program):
        Program.objects.filter(pk=program.pk).update(four_eyes=False)
        alone = make_user("manager")
        cycle = program.cycles.get(number=2)
        make_assessment(
            condition=program.conditions.get(code="ALPHA"),
            cycle=cycle,
            author=alone,
            approver=alone,
        )
        make_assessment(condition=program.conditions.get(code="BETA"), cycle=cycle)
        Program.objects.filter(pk=program.pk).update(four_eyes=True)
        close(program, 2, as_of=noon(SECOND_DUE))
        told = json.loads(Publication.objects.get().content)
        assert told["program"]["four_eyes"] is False
