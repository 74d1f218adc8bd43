"""Where the demonstration does not load, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.actions.demo import BadDemo, Demo, DemoRefused, load_demo, read_demo
from conditions.actions.evidence_files import load_evidence_file
from conditions.actions.packs import read_pack
from conditions.models import Assessment, Program, User
from tests import packs
from tests.days import TODAY, noon
from tests.factories import make_assessment

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def senate():
    return packs.load(read_pack(packs.SENATE)).program


def whole():
    return read_demo(packs.DEMO)


def third_cycle():
    """The part of the demonstration that needs no evidence."""
    shipped = whole()
    rows = (*shipped.assessments, *shipped.closings)
    assessments, closings = (
        tuple(row for row in rows if row["cycle"] == 3 and ("closed_on" in row) is closing)
        for closing in (False, True)
    )
    return Demo(shipped.program_slug, assessments, closings)


def refused(demo, **options):
    with pytest.raises(DemoRefused) as refusal:
        load_demo(demo=demo, as_of=NOW, **options)
    assert not User.objects.filter(username__startswith="demo-").exists()
    return refusal.value


def test_never_in_production_unless_it_is_meant(senate):
    assert "--yes-in-production" in refused(third_cycle(), in_production=True).remedy


def test_never_beside_real_judgements(senate):
    condition, cycle = senate.conditions.first(), senate.cycles.get(number=1)
    make_assessment(condition=condition, cycle=cycle, status="U")
    assert refused(third_cycle()).field == "assessments"


def test_only_on_a_program_and_evidence_that_are_there():
    assert refused(whole()).field == "program"
    packs.load(read_pack(packs.SENATE))
    assert refused(whole()).field == "cites"


def test_only_on_evidence_known_when_it_is_cited(senate):
    lines = packs.EVIDENCE.read_text(encoding="utf-8").splitlines()
    load_evidence_file(lines=lines, program_slugs=(senate.slug,), by=None, as_of=NOW)
    assert "--backdate" in refused(whole()).remedy


def test_an_account_that_exists_keeps_its_password(senate):
    User.objects.create_user("demo-analyst", password="kept for good")
    outcome = load_demo(demo=third_cycle(), as_of=NOW)
    assert len(outcome.accounts) == 3
    analyst = User.objects.get(username="demo-analyst")
    assert analyst.check_password("kept for good")
    assert analyst.groups.get().name == "analyst"


def test_cycles_opened_late_are_judged_all_the_same(senate):
    outcome = load_demo(demo=third_cycle(), as_of=NOW)
    assert (outcome.assessments, outcome.closings) == (6, 1)
    assert senate.cycles.get(number=3).closed_on == date(2026, 11, 6)


def test_what_lies_ahead_is_left_out(senate):
    outcome = load_demo(demo=third_cycle(), as_of=noon(date(2026, 11, 3)))
    assert (outcome.assessments, outcome.closings) == (4, 0)
    assert Assessment.objects.exclude(state="approved").count() == 0
    later = load_demo(demo=third_cycle(), as_of=NOW)
    assert (later.assessments, later.closings) == (2, 1)
    assert Program.objects.get().is_demonstration


def test_a_bad_file_is_refused_with_all_its_faults():
    text = packs.DEMO.read_text(encoding="utf-8")
    text = text.replace("demo: 1", "demo: 2", 1).replace("cycle: 1", "cycle: one", 1)
    with pytest.raises(BadDemo) as refusal:
        read_demo(text)
    assert [fault.path for fault in refusal.value.faults] == ["demo", "assessments[0].cycle"]
