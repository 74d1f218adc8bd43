"""The desk: mine first, by urgency; what waits for whom; words where nothing lies on it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from conditions.models import Pulse
from tests.admin.conftest import Person, Work, sign_in
from tests.days import DAY, SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_program

pytestmark = pytest.mark.django_db


def test_my_conditions_come_most_urgent_first(analyst: Person, work: Work) -> None:
    late = make_program(slug="late", lead=analyst.user, tracked_from=SECOND_DUE)
    desk = analyst.get("index").context["desk"]
    assert [(d.condition.program.slug, d.cycle_number, d.days_left) for d in desk.mine] == [
        ("late", 3, (THIRD_DUE - TODAY).days),
        ("test-program", 4, 104),
    ]
    page = analyst.get("index").content.decode()
    assert "Overdue by 16 days" in page
    assert "Not closed yet: cycle 3" in page
    make_assessment(condition=late.conditions.get(), cycle=late.cycles.get(number=3),
                    valid_from=THIRD_DUE - DAY)  # fmt: skip
    again = analyst.get("index").context["desk"].mine
    assert {(d.condition.program.slug, d.cycle_number) for d in again} == {
        ("late", 4),
        ("test-program", 4),
    }


def test_work_moves_from_desk_to_desk(analyst: Person, reviewer: Person, work: Work) -> None:
    analyst.post("conditions_condition_assess", work.condition.pk, **work.form())
    desk = analyst.get("index").context["desk"]
    assert [duty.work_state for duty in desk.mine] == ["draft"]
    assert len(desk.drafts) == 1
    draft = desk.drafts[0]
    form = work.form(intent="submit", assessment=draft.pk, revision=draft.revision)
    analyst.post("conditions_condition_assess", work.condition.pk, **form)
    assert len(analyst.get("index").context["desk"].with_reviewers) == 1
    assert not analyst.get("index").context["desk"].to_review
    assert list(reviewer.get("index").context["desk"].to_review) == [draft]


def test_empty_desks_say_what_to_do() -> None:
    pages = {role: sign_in(role).get("index").content.decode() for role in ("analyst", "reviewer")}
    assert "You lead no condition yet. Ask a manager" in pages["analyst"]
    assert "No drafts. Press Assess" in pages["analyst"]
    assert "Nothing waits for you." in pages["reviewer"]
    assert "No program has an open cycle." in pages["analyst"]


def test_the_pulse_is_shown(analyst: Person) -> None:
    assert "has not run yet" in analyst.get("index").content.decode()
    for name in ("sweep", "deliver"):
        Pulse.objects.create(name=name, beat_at=noon(TODAY) - timedelta(minutes=2))
    page = analyst.get("index").content.decode()
    assert re.search(r"Sweep</b>: 2\sminutes ago", page)
    assert "All is well." in page


def test_search_finds_conditions_evidence_and_sources(analyst: Person, work: Work) -> None:
    page = analyst.get("search", q="title alpha")
    assert list(page.context["conditions"]) == [work.condition]
    assert [hit.id for hit in analyst.get("search", q="document").context["evidence"].hits] == [
        work.contradicting.pk,
        work.supporting.pk,
    ]
    assert (
        reverse("admin:conditions_evidence_add") in analyst.get("search", q="zzz").content.decode()
    )
