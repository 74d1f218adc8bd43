"""The page of ours beside the official findings, and what the scorecard tells of both."""

from __future__ import annotations

import pytest
from django.test import Client

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.official import record_official_finding
from conditions.actions.official_reports import record_official_report
from conditions.models import Evidence, Program, ReviewCycle
from tests.days import FIRST_DUE, SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user

CARD = "/programs/test-program/"
PAGE = f"{CARD}divergence/"


def text(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def judge(program: Program, code: str, number: int, status: str) -> None:
    make_assessment(
        condition=program.conditions.get(code=code),
        cycle=program.cycles.get(number=number),
        status=status,
    )


def say(
    program: Program, code: str, number: int, finding: str, document: Evidence | None = None
) -> None:
    cycle = program.cycles.get(number=number)
    record_official_finding(
        condition=program.conditions.get(code=code),
        cycle=cycle,
        finding=finding,
        found_on=cycle.starts_on,
        by=None,
        as_of=noon(TODAY),
        document=document,
    )


def close(cycle: ReviewCycle) -> None:
    cycle.closed_on, cycle.closed_at = cycle.due_on, noon(cycle.due_on)
    cycle.closed_by = make_user("manager")
    cycle.save()


@pytest.fixture
def differing() -> Program:
    """Two conditions in cycle 1: on one we say no to what the report affirms, on one we agree."""
    program = make_program(conditions=("ALPHA", "BETA"))
    judge(program, "ALPHA", 1, "1")
    judge(program, "BETA", 1, "4")
    say(program, "ALPHA", 1, "affirmed")
    say(program, "BETA", 1, "affirmed")
    return program


def test_an_absent_record_is_said_to_be_no_finding(client: Client) -> None:
    program = make_program()
    judge(program, "ALPHA", 1, "0")
    page = text(client)
    assert "No official finding is on file" in page
    assert "That is the absence of a record, not a finding" in page
    assert "contradict" not in page


def test_differences_are_told_in_words_and_by_a_mark(client: Client, differing: Program) -> None:
    page = text(client)
    assert "In 1 of them we and the official report contradict each other: it affirms" in page
    assert "The official report affirms this condition; our judgement says no." in page
    assert "The official report and our judgement come to the same answer." in page
    assert '<span class="divergence divergence-differ">' in page
    assert "Only the report affirms" in page


def test_it_narrows_to_where_we_differ(client: Client, differing: Program) -> None:
    page = text(client, f"{PAGE}?only=differences")
    assert "/conditions/ALPHA/" in page
    assert "/conditions/BETA/" not in page
    assert f'href="{PAGE}" ' not in page
    assert 'aria-current="true">Only where we differ' in page


def test_nothing_that_differs_is_said_too(client: Client) -> None:
    program = make_program()
    judge(program, "ALPHA", 1, "4")
    say(program, "ALPHA", 1, "affirmed")
    assert "Nowhere do we and the official report contradict each other." in text(
        client, f"{PAGE}?only=differences"
    )


def test_another_choice_is_refused_by_name(client: Client) -> None:
    make_program()
    answer = client.get(f"{PAGE}?only=everything")
    assert answer.status_code == 400
    assert "Write differences, or leave it out." in answer.content.decode()


def test_the_clocks_are_kept_and_carried_on(client: Client, differing: Program) -> None:
    page = text(client, f"{PAGE}?known_at=2026-06-01&only=differences")
    assert "No official finding is on file" in page
    kept = "?known_at=2026-06-01"
    assert f'href="{CARD}{kept}"' in page
    later = text(client, f"{PAGE}?known_at={TODAY}")
    assert f'href="{PAGE}?only=differences&amp;known_at={TODAY}"' in later


def test_the_scorecard_and_the_condition_lead_there(client: Client, differing: Program) -> None:
    for path in (CARD, f"{CARD}conditions/ALPHA/"):
        assert f'href="{PAGE}"' in text(client, path)


def test_a_document_that_is_not_public_is_named_to_the_team_only(
    client: Client, analyst_client: Client
) -> None:
    program = make_program()
    secret = make_evidence(sensitivity="restricted", title="The classified annex")
    say(program, "ALPHA", 4, "not_affirmed", document=secret)
    record_official_report(
        cycle=program.cycles.get(number=3),
        submitted_on=SECOND_DUE,
        document=secret,
        by=None,
        as_of=noon(TODAY),
    )
    for path in (CARD, PAGE, f"{CARD}conditions/ALPHA/", f"{CARD}cycles/4/"):
        page = text(client, path)
        assert "The classified annex" not in page
        assert secret.key not in page
        assert "Not affirmed" in page
        if "cycles" not in path:
            assert "The classified annex" in text(analyst_client, path)
    api = client.get("/api/v1/programs/test-program/status/").json()["conditions"][0]
    assert (api["official_finding"], api["official_document"]) == ("not_affirmed", None)


def test_the_scorecard_names_date_and_document(client: Client) -> None:
    program = make_program()
    document = make_evidence(title="The report", url="https://example.org/report")
    say(program, "ALPHA", 4, "affirmed", document=document)
    page = text(client, CARD)
    assert '<time datetime="2026-11-05">5 Nov 2026</time>' in page
    assert 'href="https://example.org/report"' in page
    assert ">The report</a>" in page


def test_the_scorecard_tells_what_was_said_on_an_earlier_cycle(client: Client) -> None:
    program = make_program()
    for number, finding in ((1, "affirmed"), (2, "not_affirmed")):
        say(program, "ALPHA", number, finding)
    row = client.get(CARD).context["card"].rows[0]
    assert (row.status.official, row.official_before.cycle_number) == (None, 2)
    assert row.official_before.said.finding == "not_affirmed"
    page = text(client, CARD)
    assert "No official report on file" in page
    assert ">Cycle 2</a>" in page
    assert '<time datetime="2026-03-10">10 Mar 2026</time>' in page
    say(program, "ALPHA", 4, "silent")
    assert ">Cycle 2</a>" not in text(client, CARD)


def test_the_scorecard_counts_own_and_official_side_by_side(client: Client) -> None:
    program = make_program()
    for number, status in ((1, "1"), (2, "1")):
        judge(program, "ALPHA", number, status)
        close(program.cycles.get(number=number))
        say(program, "ALPHA", number, "affirmed" if number == 1 else "not_affirmed")
    page = text(client, CARD)
    assert "Consecutive periods by our judgements" in page
    assert "Consecutive periods by the official findings" in page
    assert page.count("The number the text names is reached.") == 1
    assert '2 <span class="of">of 2</span>' in page
    assert '1 <span class="of">of 2</span>' in page
    assert (
        "One more period not affirmative in a row, next cycle 4 due 5 March 2027, would reach 2."
        in page
    )
    assert "Sanctions should be put back." in page
    assert "A stated view of the legislature; it binds nobody." in page


def test_the_scorecard_tells_when_the_official_report_should_be_public(client: Client) -> None:
    program = make_program()
    assert "No official report is on record as sent. That is no finding." in text(client, CARD)
    record_official_report(
        cycle=program.cycles.get(number=3),
        submitted_on=TODAY,
        by=None,
        as_of=noon(TODAY),
    )
    for path in (CARD, PAGE):
        assert (
            "Sent 21 November 2026; expected to be public from 21 December 2026 to 20 January 2027"
            in text(client, path)
        )


def test_the_scorecard_leads_to_our_newest_report(client: Client) -> None:
    program = make_program()
    assert "No report of ours is published yet." in text(client, CARD)
    judge(program, "ALPHA", 3, "2")
    cycle = program.cycles.get(number=3)
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(TODAY))
    published = client.get(CARD).context["card"].published
    assert (published.cycle_number, published.version) == (3, 1)
    page = text(client, CARD)
    assert "Our report on cycle 3</a>, published 21 November 2026." in page
    assert "No report of ours" in text(client, f"{CARD}?valid_at={SECOND_DUE}")
    assert "No report of ours" in text(client, f"{CARD}?known_at={SECOND_DUE}")


def test_a_fall_of_two_steps_needs_attention(client: Client) -> None:
    program = make_program(conditions=("ALPHA", "BETA"))
    for code, after in (("ALPHA", "1"), ("BETA", "2")):
        judge(program, code, 1, "3")
        judge(program, code, 2, after)
    fell = [m for m in client.get(CARD).context["card"].attention if m.kind == "fell"]
    assert [matter.codes for matter in fell] == [("ALPHA",)]
    assert "Fell by two steps or more" in text(client, CARD)
    earlier = client.get(f"{CARD}?valid_at={FIRST_DUE}&known_at=2026-03-01").context["card"]
    assert "fell" not in {matter.kind for matter in earlier.attention}


def test_a_text_without_a_rule_says_so(client: Client) -> None:
    make_program(consecutive_rule=None)
    assert "This text names no consequence of consecutive periods." in text(client, CARD)
