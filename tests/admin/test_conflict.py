"""Two people, one draft: the second is told, sees both versions, and loses nothing."""

from __future__ import annotations

import pytest

from conditions.models import Assessment
from tests.admin.conftest import Person, Work, sign_in

pytestmark = pytest.mark.django_db
ASSESS = "conditions_condition_assess"


@pytest.fixture
def draft(analyst: Person, work: Work) -> Assessment:
    """A draft of the first analyst, saved once."""
    analyst.post(ASSESS, work.condition.pk, **work.form())
    return Assessment.objects.get()


def save(person: Person, work: Work, draft: Assessment, **changes: object) -> object:
    """Save over the revision that ``draft`` was read at."""
    typed = work.form(assessment=draft.pk, revision=draft.revision, **changes)
    return person.post(ASSESS, work.condition.pk, **typed)


def test_the_second_is_told_and_sees_both_versions(
    analyst: Person, work: Work, draft: Assessment
) -> None:
    second = sign_in("analyst")
    save(analyst, work, draft, rationale="The words on file.", status="1")
    answer = save(second, work, draft, rationale="The words of the second.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed while you wrote" in page
    assert "ana saved it after you opened it" in page
    assert {row.name: (row.theirs, row.mine) for row in answer.context["conflict"]}[
        "rationale"
    ] == ("The words on file.", "The words of the second.")
    assert answer.context["form"]["rationale"].value() == "The words of the second."
    draft.refresh_from_db()
    assert draft.rationale == "The words on file."


def test_the_second_may_save_over_after_having_seen(
    analyst: Person, work: Work, draft: Assessment
) -> None:
    second = sign_in("analyst")
    save(analyst, work, draft, rationale="The words on file.")
    answer = save(second, work, draft, rationale="The words of the second.")
    typed = work.form(
        assessment=answer.context["started"],
        revision=answer.context["revision"],
        rationale="Both thoughts together.",
    )
    assert second.post(ASSESS, work.condition.pk, **typed).status_code == 302
    draft.refresh_from_db()
    assert draft.rationale == "Both thoughts together."


def test_the_second_may_take_the_one_on_file_and_still_sees_their_own(
    analyst: Person, work: Work, draft: Assessment
) -> None:
    save(analyst, work, draft, rationale="The words on file.")
    answer = save(sign_in("analyst"), work, draft, intent="theirs", rationale="Set aside.")
    assert answer.context["form"]["rationale"].value() == "The words on file."
    assert "Set aside." in answer.content.decode()


def test_two_first_drafts_at_once_meet_in_one(
    analyst: Person, work: Work, draft: Assessment
) -> None:
    second = sign_in("analyst")
    answer = second.post(ASSESS, work.condition.pk, **work.form(rationale="I began too."))
    assert answer.status_code == 409
    assert answer.context["started"] == draft.pk
    assert "I began too." in answer.content.decode()
    assert Assessment.objects.count() == 1


def test_narrowing_does_not_take_over_a_version_never_read(
    analyst: Person, work: Work, draft: Assessment
) -> None:
    save(analyst, work, draft, rationale="The words on file.")
    page = save(sign_in("analyst"), work, draft, intent="narrow", q="x")
    assert page.context["revision"] == str(draft.revision)


def test_what_was_submitted_meanwhile_cannot_be_saved_over(
    analyst: Person, work: Work, draft: Assessment
) -> None:
    save(analyst, work, draft, intent="submit")
    answer = save(sign_in("analyst"), work, draft, rationale="Too late.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "It is submitted now" in page
    assert "Too late." in page
    assert "Save mine over theirs" not in page
