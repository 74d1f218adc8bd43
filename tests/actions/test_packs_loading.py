"""Loading packs: whole or not at all, twice like once, in any order, never deleting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conditions.actions.packs import BadPack, load_pack, plan_pack, read_pack
from conditions.actions.record import PermissionMissing
from conditions.models import (
    Assessment,
    ChecklistItem,
    Condition,
    ConditionVersion,
    Crosswalk,
    Event,
    Interpretation,
    Program,
    ReviewCycle,
)
from tests import packs
from tests.days import ENACTMENT, FIRST_DUE, FOURTH_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_user

pytestmark = pytest.mark.django_db
LATER = noon(TODAY + timedelta(days=2))


def counts():
    kinds = [Program, Condition, ConditionVersion, ChecklistItem, Crosswalk, Event]
    return {kind.__name__: kind.objects.count() for kind in [*kinds, ReviewCycle, Interpretation]}


def refused(pack, **options):
    before = counts()
    with pytest.raises(BadPack) as refusal:
        packs.load(pack, **options)
    assert counts() == before
    return refusal.value.faults


def tied():
    return sorted(
        Crosswalk.objects.values_list(
            "condition__program__slug", "condition__code", "counterpart__code", "relation", "note"
        )
    )


def test_the_shipped_programs_load_with_all_they_say():
    for file in (packs.LAW, packs.SENATE):
        packs.load(read_pack(file))
    senate, law = Program.objects.get(slug="us-senate-3899"), Program.objects.get(is_default=False)
    assert [c.code for c in senate.conditions.all()] == [
        "ISIS",
        "MINORITIES",
        "NEIGHBOURS",
        "TERRORISM",
        "FIGHTERS",
        "RIGHTS",
    ]
    assert [c.code for c in law.conditions.all()] == [f"L{number}" for number in range(1, 9)]
    assert senate.successor == law
    assert law.successor is None
    assert senate.tracked_from == TODAY
    assert senate.calendar.anchor == WHITE_HOUSE
    assert law.anchor_on == ENACTMENT
    assert law.until == date(2029, 12, 18)
    assert [c.due_on for c in senate.cycles.all()][:4][::3] == [FIRST_DUE, FOURTH_DUE]
    reading = senate.interpretations.get(code="foreign-fighter-definition")
    assert reading.condition.code == "FIGHTERS"
    assert senate.marks["facts"][0]["mark"] == "S"
    item = ChecklistItem.objects.get(code="S1.1")
    assert item.hard_hurdle
    assert item.condition.versions.get().content["checklist"][0]["statement"] == item.statement
    assert set(tied()) >= {
        ("us-senate-3899", "ISIS", "L1", "reworded", tied_note(packs.SENATE, "ISIS")),
        ("us-pl119-60-8369", "L2", "FIGHTERS", "broader", tied_note(packs.LAW, "L2")),
    }
    assert len(tied()) == 12


def tied_note(file, code):
    rows = read_pack(file).content["conditions"]
    return next(row["crosswalk"][0]["note"] for row in rows if row["code"] == code)


def test_loading_twice_changes_nothing_and_writes_no_event():
    pack = read_pack(packs.SENATE)
    first = load_pack(pack=pack, by=None, as_of=noon(TODAY))
    before, revision = counts(), Program.objects.get().revision
    again = load_pack(pack=pack, by=None, as_of=LATER)
    assert first.is_new
    assert again.changes == ()
    assert counts() == before
    assert Program.objects.get().revision == revision


def test_both_load_orders_give_the_same_crosswalk_and_successor():
    first, second = packs.content("first-act"), packs.content("second-act")
    first["conditions"][0]["crosswalk"] = [packs.linked("second-act", "BETA", "narrower")]
    second["conditions"][1]["crosswalk"] = [packs.linked("first-act", "ALPHA", "broader")]
    second["program"]["instrument"]["predecessor"] = "first-act"
    packs.load(first)
    packs.load(second)
    one_way = tied(), Program.objects.get(slug="first-act").successor.slug
    # In the other order, under other names: nothing on file is ever deleted.
    third, fourth = packs.content("third-act"), packs.content("fourth-act")
    third["conditions"][0]["crosswalk"] = [packs.linked("fourth-act", "BETA", "narrower")]
    fourth["conditions"][1]["crosswalk"] = [packs.linked("third-act", "ALPHA", "broader")]
    fourth["program"]["instrument"]["predecessor"] = "third-act"
    packs.load(fourth)
    packs.load(third)
    names = {"third-act": "first-act", "fourth-act": "second-act"}
    other_way = sorted((names[row[0]], *row[1:]) for row in tied() if row[0] in names)
    assert other_way == one_way[0]
    assert Program.objects.get(slug="third-act").successor.slug == "fourth-act"
    assert one_way[1] == "second-act"


def test_a_third_program_keeps_its_crosswalk_when_another_one_loads():
    first = packs.content("first-act")
    first["conditions"][0]["crosswalk"] = [
        packs.linked("second-act", "BETA"),
        packs.linked("third-act", "BETA"),
    ]
    for pack in (first, packs.content("second-act"), packs.content("third-act")):
        packs.load(pack)
    assert len(tied()) == 2


def test_a_crosswalk_that_a_pack_gives_up_is_untied():
    packs.load(packs.content("other-act"))
    pack = packs.content()
    pack["conditions"][0]["crosswalk"] = [packs.linked("other-act", "ALPHA")]
    packs.load(pack)
    pack["conditions"][0]["crosswalk"] = []
    outcome = packs.load(pack)
    assert tied() == []
    assert "conditions.ALPHA.crosswalk.other-act.ALPHA" in [c.path for c in outcome.changes]


def test_a_dry_run_says_what_would_change_and_changes_nothing():
    pack = packs.content()
    packs.load(pack)
    before = counts()
    pack["conditions"][0]["title"] = "A better title"
    plan = plan_pack(pack=read_pack(packs.dumped(pack)), as_of=LATER)
    assert counts() == before
    assert Condition.objects.get(code="ALPHA").title == "Title of ALPHA"
    assert [(c.path, c.before, c.after) for c in plan.changes] == [
        ("conditions.ALPHA.title", "Title of ALPHA", "A better title"),
        ("conditions.ALPHA.version", 1, 2),
    ]
    done = packs.load(pack, as_of=LATER)
    assert done.changes == plan.changes


def test_a_changed_text_makes_version_two_and_judgements_keep_version_one():
    pack = packs.content()
    program = packs.load(pack).program
    alpha = program.conditions.get(code="ALPHA")
    judged = make_assessment(condition=alpha, cycle=program.cycles.get(number=4), as_of=noon(TODAY))
    pack["conditions"][0]["provision"]["paraphrase"] = "Reworded."
    packs.load(pack, as_of=LATER)
    assert [v.number for v in alpha.versions.all()] == [2, 1]
    judged = Assessment.objects.get(pk=judged.pk)
    assert judged.condition_version.number == 1
    assert judged.condition_version.content["provision"] == "What ALPHA asks for."
    worded = Event.objects.filter(verb="condition.worded", condition=alpha).first()
    assert worded.before["provision"] == "What ALPHA asks for."
    assert worded.after["provision"] == "Reworded."


def test_an_item_that_is_gone_is_retired_and_its_code_is_never_another_item():
    pack = packs.content()
    packs.load(pack)
    gone = pack["conditions"][0]["checklist"].pop()
    packs.load(pack, as_of=LATER)
    item = ChecklistItem.objects.get(condition__code="ALPHA", code="A.2")
    assert item.retired_on == LATER.date()
    assert item.condition.versions.first().number == 2

    pack["conditions"][0]["checklist"].append(packs.item("A.2", "Another benchmark."))
    (fault,) = refused(pack, as_of=LATER)
    assert fault.path == "conditions[0].checklist[1].code"
    pack["conditions"][0]["checklist"][1] = gone
    packs.load(pack, as_of=LATER)
    item.refresh_from_db()
    assert item.retired_on is None


def test_a_condition_is_ended_in_the_pack_never_left_out():
    pack = packs.content()
    program = packs.load(pack).program
    beta = pack["conditions"].pop()
    (fault,) = refused(pack)
    assert (fault.path, fault.value) == ("conditions", "BETA")
    assert "in_force_until" in fault.remedy
    pack["conditions"].append(beta | {"in_force_until": "2026-12-01"})
    packs.load(pack)
    assert program.conditions.get(code="BETA").in_force_until == date(2026, 12, 1)


def test_a_changed_reading_gets_the_next_number():
    pack = packs.content()
    program = packs.load(pack).program
    pack["interpretations"][0]["choice"] = "The passage"
    packs.load(pack, as_of=LATER)
    rows = program.interpretations.values_list("number", "choice", "recorded_at")
    assert list(rows) == [(2, "The passage", LATER), (1, "The visit", noon(TODAY))]


def test_a_calendar_that_moves_a_cycle_already_begun_is_refused():
    pack = packs.content()
    packs.load(pack)
    pack["calendar"]["interval_days"] = 180
    (fault,) = refused(pack)
    assert fault.path == "calendar"
    assert "Cycle 2 (2026-03-10 to 2026-07-08) has begun" in fault.message
    assert "extend that cycle" in fault.remedy


def test_a_calendar_may_change_for_cycles_that_have_not_begun():
    pack = packs.content()
    as_of = noon(WHITE_HOUSE)
    program = packs.load(pack, as_of=as_of, tracked_from=WHITE_HOUSE, **undated(pack)).program
    pack["calendar"]["interval_days"] = 180
    packs.load(pack, as_of=as_of)
    assert [c.due_on for c in program.cycles.all()] == [
        FIRST_DUE,
        date(2026, 9, 6),
        date(2027, 3, 5),
    ]
    assert program.cycles.get(number=3).revisions.get().starts_on_before == date(2026, 7, 8)


def undated(pack):
    pack["interpretations"] = []
    return {}


def test_a_series_does_not_end_before_a_cycle_on_file():
    pack = packs.content()
    packs.load(pack)
    pack["calendar"]["until"] = "2027-06-01"
    (fault,) = refused(pack)
    assert fault.path == "calendar.until"
    pack["calendar"]["until"] = "2028-06-01"
    assert packs.load(pack).program.until == date(2028, 6, 1)


def test_there_is_one_default_program():
    packs.load(read_pack(packs.SENATE))
    pack = packs.content()
    pack["program"]["default"] = True
    (fault,) = refused(pack)
    assert fault.path == "program.default"
    assert "us-senate-3899" in fault.message


def test_what_judgements_on_file_need_stays():
    pack = packs.content()
    program = packs.load(pack).program
    alpha = program.conditions.get(code="ALPHA")
    make_assessment(condition=alpha, cycle=program.cycles.get(number=1), status="U")
    pack["status_scale"] = [row for row in pack["status_scale"] if row["code"] != "U"]
    pack["conditions"][0]["in_force_from"] = "2026-01-01"
    assert {fault.path for fault in refused(pack)} == {
        "status_scale",
        "conditions[0].in_force_from",
    }


def test_a_crosswalk_to_a_loaded_program_names_a_condition_it_has():
    packs.load(packs.content("other-act"))
    pack = packs.content()
    pack["conditions"][0]["crosswalk"] = [packs.linked("other-act", "GAMMA")]
    (fault,) = refused(pack)
    assert fault.path == "conditions[0].crosswalk[0].condition"
    assert fault.remedy == "Use ALPHA, BETA."


def test_what_managers_set_stays_until_the_pack_itself_changes():
    pack = packs.content()
    program = packs.load(pack).program
    Program.objects.update(is_public=False)
    packs.load(pack)
    program.refresh_from_db()
    assert not program.is_public


def test_a_team_says_from_when_it_tracks():
    pack = packs.content()
    program = packs.load(pack, tracked_from=WHITE_HOUSE).program
    assert program.tracked_from == WHITE_HOUSE
    outcome = packs.load(pack, tracked_from=FIRST_DUE)
    assert [change.path for change in outcome.changes] == ["program.tracked_from"]
    assert packs.load(pack).changes == ()


def test_a_backdated_load_opens_each_cycle_on_its_day():
    program = packs.load(packs.content(), backdate=True).program
    assert program.cycles.get(number=2).opened_at == noon(FIRST_DUE)
    assert program.cycles.get(number=1).fell_due_at == noon(FIRST_DUE)
    assert program.conditions.first().versions.get().recorded_at == noon(WHITE_HOUSE)
    assert program.changed_at == noon(TODAY)


def test_only_who_may_load_a_program_does():
    pack = read_pack(packs.dumped(packs.content()))
    with pytest.raises(PermissionMissing):
        load_pack(pack=pack, by=make_user("analyst"), as_of=noon(TODAY))
    load_pack(pack=pack, by=make_user("manager"), as_of=noon(TODAY))
    assert Event.objects.get(verb="program.loaded").actor.groups.get().name == "manager"
