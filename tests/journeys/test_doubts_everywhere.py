"""One judgement with doubts about it: every face tells the same flags and verdicts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from conditions.actions.sources import regrade_source
from conditions.queries.asof import AsOf
from conditions.queries.cycle_board import cycle_board
from conditions.queries.report_content import draft_content
from conditions.queries.status import program_status
from tests.admin.conftest import sign_in
from tests.days import THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program

pytestmark = pytest.mark.django_db
DOUBTS = ("stale", "one_sided", "single_source")
WORDS = ("Stale", "One-sided", "Single source")
UNMET = "Evidence rule not met"


def test_every_face_tells_the_same_doubts(client: Client) -> None:
    program = make_program(slug="p")
    condition, cycle = program.conditions.get(), program.cycles.get(number=4)
    evidence = make_evidence(condition=condition)
    judged = make_assessment(
        condition=condition, cycle=cycle, valid_from=THIRD_DUE, cited=(evidence.pk,)
    )
    regrade_source(
        source=evidence.source,
        reliability="D",
        reason="It was wrong twice.",
        by=None,
        as_of=noon(TODAY),
    )
    now = noon(TODAY)

    [row] = program_status(program, AsOf(TODAY, now)).conditions
    assert row.flags.names() == DOUBTS
    assert row.unmet == ("A.1",)

    [told] = client.get("/api/v1/programs/p/status/").json()["conditions"]
    assert tuple(told["flags"]) == DOUBTS
    assert told["unmet_items"] == ["A.1"]
    [item] = client.get("/api/v1/checklist-items/?program=p").json()["results"]
    assert item["rule_met"] is False

    card = client.get("/programs/p/")
    assert card.context["card"].status.conditions[0].flags == row.flags
    kinds = {matter.kind for matter in card.context["card"].attention}
    assert {*DOUBTS, "rule_unmet"} <= kinds

    own = client.get("/programs/p/conditions/ALPHA/")
    assert own.context["page"].flags == row.flags
    assert UNMET in own.content.decode()

    board = cycle_board(cycle, as_of=now, sensitivities=("public",), with_drafts=True)
    assert board.works[0].flags == row.flags

    analyst = sign_in("analyst")
    review = analyst.get("conditions_assessment_change", judged.pk)
    assert review.context["standing"].flags == row.flags
    for page in (
        review.content.decode(),
        analyst.get("conditions_condition_change", condition.pk).content.decode(),
    ):
        assert UNMET in page
        assert all(words in page for words in WORDS)
    page = analyst.get("conditions_reviewcycle_change", cycle.pk).content.decode()
    assert all(words in page for words in WORDS)
    assess = analyst.client.get(reverse("admin:conditions_condition_assess", args=[condition.pk]))
    assert UNMET in assess.content.decode()

    [entry] = draft_content(program, 4, AsOf(TODAY, now))["conditions"]
    assert tuple(entry["judgement"]["flags"]) == DOUBTS
    assert entry["checklist"][0]["rule_met"] is False
