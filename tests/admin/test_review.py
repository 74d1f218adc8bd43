"""Reviewing: what changed, approve or return, and never one's own work, whatever the way."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.html import strip_tags

from conditions.actions.reviews import approve_assessment
from conditions.models import Assessment, Evidence
from conditions.rules.authority import OtherEyesNeeded
from tests.admin.conftest import Person, Work, sign_in
from tests.days import THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence

pytestmark = pytest.mark.django_db
APPROVE = "conditions_assessment_approve"


@pytest.fixture
def submitted(analyst: Person, work: Work) -> Assessment:
    """What the analyst handed in, after an earlier judgement of 1."""
    make_assessment(
        condition=work.condition,
        cycle=work.cycle,
        status="1",
        valid_from=THIRD_DUE,
        cited=(work.supporting.pk,),
    )
    form = work.form(intent="submit", status="3")
    analyst.post("conditions_condition_assess", work.condition.pk, **form)
    return Assessment.objects.still_open().get()


def test_the_reviewer_sees_what_changed(
    reviewer: Person, submitted: Assessment, work: Work
) -> None:
    page = reviewer.get("conditions_assessment_change", submitted.pk)
    review = page.context["review"]
    changed = {change.name: (change.before, change.after) for change in review.marks}
    assert changed["status"] == ("1 Initial steps", "3 Largely met")
    assert [(row.name, row.before, row.after) for row in review.findings] == [
        ("A.1", "1 Initial steps", "2 Partially met")
    ]
    assert review.new_citations == {work.contradicting.pk}
    assert {stance: len(rows) for stance, rows in page.context["sides"]} == {
        "supports": 1,
        "contradicts": 1,
        "neutral": 0,
    }
    assert page.context["may_approve"]


def test_cited_copies_of_one_voice_stand_together(
    analyst: Person, reviewer: Person, work: Work
) -> None:
    titles = ("newest wire", "own words", "old wire")
    made = [
        make_evidence(condition=work.condition, title=title, voice=voice)
        for title, voice in zip(titles, ("afp-cell", "", "afp-cell"), strict=True)
    ]
    hidden = make_evidence(condition=work.condition, voice="afp-cell", sensitivity="restricted")
    judged = make_assessment(
        condition=work.condition,
        cycle=work.cycle,
        valid_from=THIRD_DUE,
        cited=tuple(one.pk for one in (*made, hidden)),
    )
    # As it was cited: what is said of its voice since stands on its own page.
    Evidence.objects.filter(pk=made[1].pk).update(voice="afp-cell")
    for person, number in ((reviewer, 3), (sign_in("viewer"), 2)):
        answer = person.get("conditions_assessment_change", judged.pk)
        page = " ".join(strip_tags(answer.content.decode()).split())
        assert page.count("one voice") == 1
        ordered = [f"{number} documents, one voice", "newest wire", "old wire", "own words"]
        assert sorted(ordered, key=page.index) == ordered


def test_approving_makes_it_a_judgement(reviewer: Person, submitted: Assessment) -> None:
    answer = reviewer.post(APPROVE, submitted.pk, revision=submitted.revision, confirmed="on")
    submitted.refresh_from_db()
    assert answer.status_code == 302
    assert (submitted.state, submitted.approved_by) == ("approved", reviewer.user)
    assert submitted.approved_at == noon(TODAY)


def test_an_approval_is_confirmed(reviewer: Person, submitted: Assessment) -> None:
    answer = reviewer.post(APPROVE, submitted.pk, revision=submitted.revision, note="Good.")
    submitted.refresh_from_db()
    assert submitted.state == "submitted"
    assert "Tick this to approve" in answer.content.decode()
    assert "Good." in answer.content.decode()


def test_returning_needs_a_reason(reviewer: Person, submitted: Assessment) -> None:
    revision = submitted.revision
    reviewer.post("conditions_assessment_return", submitted.pk, revision=revision, reason=" ")
    submitted.refresh_from_db()
    assert submitted.state == "submitted"
    reviewer.post("conditions_assessment_return", submitted.pk, revision=revision, reason="Thin.")
    submitted.refresh_from_db()
    assert (submitted.state, submitted.return_reason) == ("returned", "Thin.")


def test_a_revision_not_read_is_not_approved(reviewer: Person, submitted: Assessment) -> None:
    answer = reviewer.post(APPROVE, submitted.pk, revision=submitted.revision - 1, confirmed="on")
    assert answer.status_code == 409
    assert "Somebody saved this assessment after you opened it." in answer.content.decode()


def test_who_wrote_it_reads_why_they_cannot_approve(work: Work) -> None:
    manager = sign_in("manager")
    manager.post("conditions_condition_assess", work.condition.pk, **work.form(intent="submit"))
    own = Assessment.objects.get()
    page = manager.get("conditions_assessment_change", own.pk)
    assert not page.context["may_approve"]
    assert "You wrote in this assessment, so you cannot approve it." in page.content.decode()
    answer = manager.post(APPROVE, own.pk, revision=own.revision, confirmed="on")
    own.refresh_from_db()
    assert own.state == "submitted"
    assert answer.status_code == 409
    assert own not in manager.get("index").context["desk"].to_review


def test_self_approval_is_refused_below_the_pages_too(work: Work) -> None:
    chief = sign_in("manager", is_superuser=True)
    chief.post("conditions_condition_assess", work.condition.pk, **work.form(intent="submit"))
    own = Assessment.objects.get()
    with pytest.raises(OtherEyesNeeded):
        approve_assessment(
            assessment=own, by=chief.user, as_of=noon(TODAY), expected_revision=own.revision
        )
    approved = {"state": "approved", "approved_by": chief.user, "approved_at": noon(TODAY)}
    with (
        pytest.raises(IntegrityError, match="Nobody approves what they wrote"),
        transaction.atomic(),
    ):
        Assessment.objects.filter(pk=own.pk).update(**approved)
    with (
        pytest.raises(IntegrityError, match="Nobody approves what they wrote"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE conditions_assessment SET state = 'approved', approved_by_id = %s, "
            "approved_at = submitted_at WHERE id = %s",
            [chief.user.pk, own.pk],
        )
    own.refresh_from_db()
    assert own.state == "submitted"


def test_an_analyst_cannot_approve_even_the_work_of_others(
    analyst: Person, submitted: Assessment
) -> None:
    other = sign_in("analyst")
    answer = other.post(APPROVE, submitted.pk, revision=submitted.revision, confirmed="on")
    assert answer.status_code == 403
    assert "Your role does not let you approve assessments." in answer.content.decode()


def test_a_change_under_it_stops_the_approval(
    analyst: Person, reviewer: Person, submitted: Assessment, work: Work
) -> None:
    source = work.supporting.source
    analyst.post(
        "conditions_source_edit",
        source.pk,
        name=source.name,
        kind="ngo",
        language="en",
        reliability="D",
        reason="Two corrections in a month.",
    )
    answer = reviewer.post(APPROVE, submitted.pk, revision=submitted.revision, confirmed="on")
    submitted.refresh_from_db()
    assert submitted.state == "submitted"
    assert "changed after it was cited" in answer.content.decode()
