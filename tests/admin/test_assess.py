"""Assessing: a proposal, one form, a draft, a submission."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from conditions.models import Assessment, Event
from tests.admin.conftest import Person, Work
from tests.days import DAY, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_user

pytestmark = pytest.mark.django_db
ASSESS = "conditions_condition_assess"


def test_assess_proposes_the_last_judgement_but_not_its_rationale(
    analyst: Person, work: Work
) -> None:
    make_assessment(
        condition=work.condition,
        cycle=work.cycle,
        status="3",
        valid_from=THIRD_DUE,
        rationale="What was said before.",
        cited=(work.supporting.pk,),
    )
    page = analyst.get(ASSESS, work.condition.pk)
    form = page.context["form"]
    assert form.initial["status"] == "3"
    assert form.initial["cited"] == [str(work.supporting.pk)]
    assert form[f"finding_{work.item.pk}_status"].value() == "3"
    assert form["rationale"].value() is None
    assert "What was said before." in page.content.decode()


def test_assess_leaves_out_citations_whose_link_was_withdrawn(analyst: Person, work: Work) -> None:
    make_assessment(
        condition=work.condition,
        cycle=work.cycle,
        valid_from=THIRD_DUE,
        cited=(work.supporting.pk, work.contradicting.pk),
    )
    link = work.supporting.links.get()
    analyst.post("conditions_evidence_withdraw", link.pk, reason="It is about another unit.")
    form = analyst.get(ASSESS, work.condition.pk).context["form"]
    assert form.initial["cited"] == [str(work.contradicting.pk)]


def test_documents_of_one_voice_stand_together_where_their_newest_stands(
    analyst: Person, work: Work
) -> None:
    said = {"newest wire": "afp-cell", "own words": "", "old wire": "afp-cell"}
    for ago, (title, voice) in enumerate(said.items()):
        day = TODAY - ago * DAY
        make_evidence(condition=work.condition, title=title, voice=voice, published_on=day)
    other_side = {"stance": "contradicts", "voice": "afp-cell"}
    make_evidence(condition=work.condition, title="wire against", **other_side)
    head = "2 documents, one voice: they count once."
    page = words_of(analyst.get(ASSESS, work.condition.pk))
    assert page.count("one voice") == 1
    ordered = [head, "newest wire", "old wire", "own words", "wire against"]
    assert sorted(ordered, key=page.index) == ordered


def test_a_copy_that_is_not_shown_is_not_counted(analyst: Person, work: Work) -> None:
    for title in ("copy of alpha", "copy of bravo"):
        make_evidence(condition=work.condition, title=title, voice="afp-cell")
    narrowed = work.form(intent="narrow", q="alpha")
    page = words_of(analyst.post(ASSESS, work.condition.pk, **narrowed))
    assert "copy of alpha" in page
    assert "one voice" not in page


@pytest.mark.parametrize("copies", [1, 3])
def test_any_number_of_copies_takes_as_many_queries(
    analyst: Person, work: Work, copies: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(copies):
        make_evidence(condition=work.condition, voice="afp-cell")
    with django_assert_num_queries(22):
        page = words_of(analyst.get(ASSESS, work.condition.pk))
    assert ("3 documents, one voice" in page) is (copies == 3)


def words_of(page: HttpResponse) -> str:
    """What the page says, in one line."""
    return " ".join(strip_tags(page.content.decode()).split())


def test_a_draft_is_saved_and_gone_on_with(analyst: Person, work: Work) -> None:
    answer = analyst.post(ASSESS, work.condition.pk, **work.form(status="1"))
    assert answer.status_code == 302
    draft = Assessment.objects.get()
    assert (draft.state, draft.status, draft.author) == ("draft", "1", analyst.user)
    assert draft.citations.count() == 2
    form = analyst.get(ASSESS, work.condition.pk).context["form"]
    assert form["rationale"].value() == "The evidence shows some of what was asked."


def test_the_trend_follows_the_status(analyst: Person, work: Work) -> None:
    make_assessment(condition=work.condition, cycle=work.cycle, status="1", valid_from=THIRD_DUE)
    analyst.post(ASSESS, work.condition.pk, **work.form(status="3"))
    assert Assessment.objects.still_open().get().trend == "improving"


def test_without_a_rationale_nothing_is_saved(analyst: Person, work: Work) -> None:
    answer = analyst.post(ASSESS, work.condition.pk, **work.form(rationale="  "))
    assert answer.status_code == 422
    assert "cannot be saved without a rationale" in answer.content.decode()
    assert not Assessment.objects.exists()


def test_submitting_asks_for_each_missing_part_at_its_field(analyst: Person, work: Work) -> None:
    typed = work.form(intent="submit", status="", confidence="", cited=[])
    typed[f"finding_{work.item.pk}_status"] = ""
    answer = analyst.post(ASSESS, work.condition.pk, **typed)
    assert set(answer.context["form"].errors) == {
        "status",
        "trend",
        "confidence",
        "cited",
        f"finding_{work.item.pk}_status",
    }
    assert "The evidence shows some of what was asked." in answer.content.decode()
    assert not Assessment.objects.exists()


def test_save_and_submit_hands_it_to_review(analyst: Person, work: Work) -> None:
    analyst.post(ASSESS, work.condition.pk, **work.form(intent="submit"))
    submitted = Assessment.objects.get()
    assert submitted.state == "submitted"
    assert submitted.sha256
    assert [event.verb for event in Event.objects.filter(condition=work.condition)] == [
        "assessment.submitted",
        "assessment.drafted",
    ]


def test_what_cannot_be_assessed_needs_no_evidence_and_no_trend(
    analyst: Person, work: Work
) -> None:
    typed = work.form(intent="submit", status="U", cited=[], search_places="UN document system")
    answer = analyst.post(ASSESS, work.condition.pk, **typed)
    assert answer.status_code == 302
    assert Assessment.objects.get().trend == ""


def test_a_day_outside_the_cycle_is_refused_at_its_field(analyst: Person, work: Work) -> None:
    answer = analyst.post(ASSESS, work.condition.pk, **work.form(valid_from="2026-01-01"))
    assert "Give a day from 2026-11-05" in str(answer.context["form"].errors["valid_from"])


def test_narrowing_the_evidence_keeps_what_was_typed_and_ticked(
    analyst: Person, work: Work
) -> None:
    typed = work.form(intent="narrow", q="no such words", rationale="Half a thought")
    typed["cited"] = [work.supporting.pk]
    page = analyst.post(ASSESS, work.condition.pk, **typed)
    shown = [row.id for side in page.context["sides"] for row in side.rows]
    assert page.status_code == 200
    assert shown == [work.supporting.pk]
    assert "Half a thought" in page.content.decode()
    assert not page.context["form"].errors


def test_a_submitted_assessment_is_shown_not_edited(analyst: Person, work: Work) -> None:
    analyst.post(ASSESS, work.condition.pk, **work.form(intent="submit"))
    answer = analyst.get(ASSESS, work.condition.pk)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/assessment/{Assessment.objects.get().pk}/change/")


def test_an_approved_judgement_is_corrected_with_a_note(analyst: Person, work: Work) -> None:
    approved = make_assessment(
        condition=work.condition, cycle=work.cycle, status="3", valid_from=THIRD_DUE
    )
    typed = work.form(corrects=approved.pk, correction_note="")
    assert (
        "correction_note" in analyst.post(ASSESS, work.condition.pk, **typed).context["form"].errors
    )
    typed["correction_note"] = "A document was misread."
    analyst.post(ASSESS, work.condition.pk, **typed)
    assert Assessment.objects.still_open().get().corrects == approved


def test_a_returned_assessment_shows_why(analyst: Person, reviewer: Person, work: Work) -> None:
    analyst.post(ASSESS, work.condition.pk, **work.form(intent="submit"))
    assessment = Assessment.objects.get()
    reviewer.post(
        "conditions_assessment_return",
        assessment.pk,
        revision=assessment.revision,
        reason="Cite the second report.",
    )
    page = analyst.get(ASSESS, work.condition.pk).content.decode()
    assert "Cite the second report." in page
    assert analyst.get("index").context["desk"].returned[0].pk == assessment.pk


def test_the_oldest_owed_cycle_comes_first(analyst: Person, work: Work) -> None:
    work.program.tracked_from = work.program.anchor_on
    work.program.save()
    page = analyst.get(ASSESS, work.condition.pk)
    assert page.context["bench"].cycle.number == 1
    chosen = analyst.post(
        ASSESS,
        work.condition.pk,
        **work.form(proposed_day="2026-03-09", valid_from="2026-03-09"),
    )
    assert chosen.status_code == 302
    assert Assessment.objects.get().valid_from == TODAY


def test_another_persons_draft_can_be_gone_on_with(analyst: Person, work: Work) -> None:
    other = make_user("analyst")
    draft = make_assessment(
        condition=work.condition,
        cycle=work.cycle,
        valid_from=THIRD_DUE,
        author=other,
        state="draft",
        as_of=noon(TODAY),
    )
    page = analyst.get(ASSESS, work.condition.pk, assessment=draft.pk)
    assert page.context["started"] == draft.pk
    typed = work.form(assessment=draft.pk, revision=draft.revision)
    analyst.post(ASSESS, work.condition.pk, **typed)
    assert set(draft.authors.values_list("user", flat=True)) == {other.pk, analyst.user.pk}
