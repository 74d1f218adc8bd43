"""Locks are taken in one order: the document, its programs, then what belongs to a program."""

from __future__ import annotations

import pytest

from conditions.actions.assessments import submit_assessment
from conditions.actions.captures import upload_capture
from conditions.actions.drafting import write_assessment
from conditions.actions.evidence_items import LinkItem
from conditions.actions.evidence_links import link_all, link_evidence
from conditions.actions.searches import SearchItem
from conditions.actions.steps import ChangedMeanwhile
from conditions.actions.voices import confirm_voice
from conditions.models import Condition, Evidence, Program, SearchEntry, VoiceSuggestion
from tests.crowd import while_open
from tests.days import DAY, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_judgement, make_program, make_user

pytestmark = pytest.mark.django_db(transaction=True)
NOW = noon(TODAY)


@pytest.fixture
def programs() -> list[Program]:
    """Two programs, in the order in which they are locked."""
    return [make_program(slug=slug) for slug in ("first", "second")]


def condition_of(program: Program) -> Condition:
    return program.conditions.get()


def test_a_judgement_with_its_search_waits_for_one_that_is_submitted(
    programs: list[Program],
) -> None:
    program = programs[0]
    author, cycle = make_user("analyst"), program.cycles.get(number=4)
    draft = make_assessment(
        condition=condition_of(program), cycle=cycle, valid_from=TODAY, author=author, state="draft"
    )
    refused = []

    def write() -> None:
        try:
            write_assessment(
                condition=draft.condition,
                cycle=cycle,
                judgement=make_judgement(condition=draft.condition, valid_from=TODAY),
                by=make_user("analyst"),
                as_of=NOW,
                submit=True,
                assessment=draft,
                expected_revision=draft.revision,
                search=SearchItem(places="UN document system", searched_on=TODAY),
            )
        except ChangedMeanwhile as refusal:
            refused.append(refusal.message)

    while_open(
        lambda: Program.objects.hold(program.pk),
        write,
        lambda: submit_assessment(
            assessment=draft, by=author, as_of=NOW, expected_revision=draft.revision
        ),
    )
    assert refused == ["Somebody saved this assessment after you opened it."]
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by) == ("submitted", author)
    assert not SearchEntry.objects.exists()


def test_a_copy_is_kept_while_its_document_is_linked(programs: list[Program]) -> None:
    document, by = make_evidence(condition=condition_of(programs[0])), make_user("analyst")
    item = condition_of(programs[0]).checklist.get()
    link = LinkItem(item.condition_id, "supports", item.pk)
    while_open(
        lambda: Evidence.objects.select_for_update(no_key=True).get(pk=document.pk),
        lambda: upload_capture(
            evidence=document, filename="a.txt", body=b"As it was.", by=by, as_of=NOW
        ),
        lambda: link_evidence(evidence=document, link=link, by=by, as_of=NOW),
    )
    assert document.captures.get().text == "As it was."
    assert document.links.count() == 2


@pytest.mark.parametrize("step", ["links", "confirms"])
def test_several_programs_are_locked_in_their_order_whatever_comes_first(
    programs: list[Program], step: str
) -> None:
    by = make_user("analyst")
    conditions = [condition_of(program) for program in reversed(programs)]

    def links() -> None:
        asked = [LinkItem(condition.pk, "supports") for condition in conditions]
        link_all(evidence=make_evidence(), links=asked, by=by, as_of=NOW)

    def confirms() -> None:
        first, second = (make_evidence(condition=condition) for condition in conditions)
        suggestion = VoiceSuggestion.objects.create(
            first=first, second=second, likeness=90, suggested_at=NOW - DAY
        )
        confirm_voice(suggestion=suggestion, voice="ours", by=by, as_of=NOW)

    before = dict(Program.objects.values_list("pk", "revision"))
    while_open(
        lambda: Program.objects.hold(programs[0].pk),
        {"links": links, "confirms": confirms}[step],
        lambda: Program.objects.hold(programs[1].pk),
    )
    after = dict(Program.objects.values_list("pk", "revision"))
    assert all(after[pk] > revision for pk, revision in before.items())
    assert Evidence.objects.count() == (1 if step == "links" else 2)
