"""Pages as known at a moment show nothing that was recorded later, under any heading."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from conditions.actions.evidence import EvidenceItem, amend_evidence
from conditions.models import (
    ChecklistItem,
    Condition,
    ConditionVersion,
    Crosswalk,
    Evidence,
    SourceGrade,
)
from conditions.rules.fingerprint import fingerprint
from tests.days import DAY, SECOND_DUE, TODAY, WHITE_HOUSE, moment, noon
from tests.factories import (
    RULE,
    make_assessment,
    make_evidence,
    make_program,
    make_user,
)

PAGE = "/programs/test-program/"
CONDITION = f"{PAGE}conditions/ALPHA/"
THEN = f"known_at={TODAY - 5 * DAY}"
EVERY = ["/?", f"{PAGE}?", f"{CONDITION}?", f"{PAGE}cycles/2/?", f"{PAGE}compare/?a=1&b=2&"]


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def reword(condition: Condition, *, as_of: datetime, **changed: object) -> None:
    """Give a condition a new wording."""
    latest = condition.versions.order_by("number").last()
    content = {**latest.content, **changed}
    ConditionVersion.objects.create(
        condition=condition,
        number=latest.number + 1,
        content=content,
        sha256=fingerprint(content),
        recorded_at=as_of,
    )


def amend(document: Evidence, **changed: object) -> None:
    """Amend a document today."""
    amend_evidence(
        evidence=document,
        item=replace(EvidenceItem.of(document), **changed),
        by=make_user("analyst"),
        as_of=noon(TODAY),
        expected_revision=1,
        reason="Read again.",
    )


def test_a_document_reads_and_is_graded_as_then(client: Client) -> None:
    condition = make_program().conditions.get()
    document = make_evidence(condition=condition, title="Old title", credibility=2)
    amend(document, title="New title", credibility=5)
    SourceGrade.objects.create(
        source=document.source, reliability="D", reason="Wrong.", recorded_at=noon(TODAY)
    )
    document.source.reliability = "D"
    document.source.save()
    shown = client.get(f"{CONDITION}?{THEN}").context["page"].supporting.documents
    assert [(one.title, one.grade) for one in shown] == [("Old title", "B2")]
    shown = client.get(CONDITION).context["page"].supporting.documents
    assert [(one.title, one.grade) for one in shown] == [("New title", "D5")]


def test_a_text_that_was_closed_then_stays_closed(client: Client) -> None:
    condition = make_program().conditions.get()
    document = make_evidence(condition=condition, title="Told in secret", sensitivity="restricted")
    amend(document, title="Told to all", sensitivity="public")
    assert "Told to all" in text(client, CONDITION)
    assert "Told in secret" not in text(client, f"{CONDITION}?{THEN}")


@pytest.mark.parametrize("later", ["voice", "source_id", "is_primary"])
def test_flags_rest_on_the_documents_as_cited(client: Client, later: str) -> None:
    program = make_program()
    condition = program.conditions.get()
    documents = [make_evidence(condition=condition) for _ in range(2)]
    make_assessment(
        condition=condition,
        cycle=program.cycles.get(number=3),
        cited=tuple(document.pk for document in documents),
    )
    before = client.get(f"{CONDITION}?{THEN}").context["page"].flags
    value = {"voice": "afp", "source_id": documents[0].source_id, "is_primary": True}[later]
    for document in documents:
        amend(document, **{later: value})
    Condition.objects.get().program.refresh_from_db()
    assert client.get(f"{CONDITION}?{THEN}&again").context["page"].flags == before
    assert not before.single_source


@pytest.mark.parametrize("path", EVERY)
def test_titles_are_those_of_then(client: Client, path: str) -> None:
    program = make_program()
    condition = program.conditions.get()
    for number in (1, 2):
        make_assessment(condition=condition, cycle=program.cycles.get(number=number))
    reword(condition, title="A new title", as_of=noon(TODAY))
    Condition.objects.update(title="A new title")
    assert "A new title" not in text(client, path + THEN)


def test_titles_of_counterparts_are_those_of_then(client: Client) -> None:
    condition = make_program().conditions.get()
    other = make_program(slug="other", conditions=("OTHER",)).conditions.get()
    Crosswalk.objects.create(condition=condition, counterpart=other, relation="same")
    reword(other, title="A new title", as_of=noon(TODAY))
    Condition.objects.filter(pk=other.pk).update(title="A new title")
    assert "Title of OTHER" in text(client, f"{CONDITION}?{THEN}")
    assert "A new title" not in text(client, f"{CONDITION}?{THEN}")


def test_the_checklist_is_that_of_the_wording_then(client: Client) -> None:
    condition = make_program().conditions.get()
    item = condition.checklist.get()
    ChecklistItem.objects.filter(pk=item.pk).update(retired_on=TODAY, statement="Reworded.")
    ChecklistItem.objects.create(
        condition=condition, code="A.2", position=2, statement="Added.", evidence_rule=RULE
    )
    added = {"code": "A.2", "statement": "Added.", "evidence_rule": RULE}
    reword(condition, checklist=[added], as_of=noon(TODAY))
    condition.program.changed_at = noon(TODAY)
    condition.program.save()

    def asked(query: str) -> list[str]:
        lines = client.get(f"{CONDITION}?{query}").context["page"].checklist
        return [line.statement for line in lines]

    assert asked(THEN) == ["A benchmark of ALPHA."]
    assert asked("") == ["Added."]
    assert asked(f"valid_at={TODAY - DAY}") == ["A benchmark of ALPHA.", "Added."]


@pytest.mark.parametrize("path", EVERY)
def test_a_condition_recorded_later_is_not_there(client: Client, path: str) -> None:
    program = make_program()
    later = Condition.objects.create(
        program=program,
        code="LATER",
        position=2,
        title="Title of LATER",
        provision="More.",
        citation="Test Act, section 2",
        test="outcome",
        in_force_from=WHITE_HOUSE,
    )
    content = {"code": "LATER", "title": "Title of LATER"}
    ConditionVersion.objects.create(
        condition=later,
        number=1,
        content=content,
        sha256=fingerprint(content),
        recorded_at=noon(TODAY),
    )
    assert "LATER" not in text(client, path + THEN)
    assert client.get(f"{PAGE}conditions/LATER/?{THEN}").status_code == 404
    assert client.get(f"{PAGE}conditions/LATER/?known_at={TODAY}").status_code == 200


def test_front_page_reads_a_day_in_the_zone_of_each_program(client: Client) -> None:
    # At 22:00 UTC the day is over in Damascus and not in New York.
    statuses = {}
    for slug, zone in (("east", "Asia/Damascus"), ("west", "America/New_York")):
        program = make_program(slug=slug, time_zone=zone)
        condition, cycle = program.conditions.get(), program.cycles.get(number=2)
        first = make_assessment(condition=condition, cycle=cycle, status="1")
        make_assessment(
            condition=condition,
            cycle=cycle,
            status="4",
            corrects=first,
            as_of=moment(SECOND_DUE, 22),
        )
    cards = client.get(f"/?known_at={SECOND_DUE}&valid_at={SECOND_DUE}").context["cards"]
    for card in cards:
        statuses[card.program.slug] = {row.code for row in card.counts if row.count}
    assert statuses == {"east": {"1"}, "west": {"4"}}
    assert timedelta(0) < cards[1].as_of.known_at - cards[0].as_of.known_at
