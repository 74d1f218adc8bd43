"""Who sees what: drafts and restricted evidence stay where they belong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.evidence import EvidenceItem, amend_evidence, file_evidence
from conditions.queries.answers import SHELF
from tests.dashboard.conftest import filled_program, secret_evidence
from tests.days import DAY, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_program, make_source, make_user

PAGE = "/programs/test-program/"
EVERY = [PAGE, f"{PAGE}conditions/ALPHA/", f"{PAGE}cycles/2/", f"{PAGE}compare/"]


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("sensitivity", ["team", "restricted", "source_protected"])
def test_hidden_evidence_is_neither_named_nor_counted(
    client: Client, path: str, sensitivity: str
) -> None:
    program = filled_program(1)
    condition = program.conditions.get()
    before = client.get(PAGE).context["card"].rows[0].status.evidence
    document = secret_evidence(condition, sensitivity)
    make_assessment(
        condition=condition,
        cycle=program.cycles.get(number=4),
        rationale="Judged on a hidden document.",
        cited=(document.pk,),
    )
    page = client.get(path)
    assert "Only for some" not in page.content.decode()
    SHELF.clear()
    assert client.get(PAGE).context["card"].rows[0].status.evidence == before


def test_analyst_sees_hidden_evidence_and_its_mark(analyst_client: Client) -> None:
    program = filled_program(1)
    secret_evidence(program.conditions.get(), "restricted")
    page = analyst_client.get(f"{PAGE}conditions/ALPHA/").content.decode()
    assert "Only for some: restricted" in page
    assert "<b>restricted</b>" in page


def test_viewer_sees_team_evidence_only() -> None:
    program = filled_program(1)
    for sensitivity in ("team", "restricted"):
        secret_evidence(program.conditions.get(), sensitivity)
    client = Client()
    client.force_login(make_user("viewer"))
    page = client.get(f"{PAGE}conditions/ALPHA/").content.decode()
    assert "Only for some: team" in page
    assert "Only for some: restricted" not in page


@pytest.mark.parametrize("state", ["draft", "submitted"])
@pytest.mark.parametrize("path", EVERY)
def test_drafts_are_never_public(client: Client, path: str, state: str) -> None:
    program = filled_program(1)
    make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=4),
        status="0",
        rationale="Words of a draft.",
        state=state,
    )
    page = client.get(path).content.decode()
    assert "Words of a draft." not in page
    assert 'class="work' not in page


def test_work_state_is_for_signed_in_readers(analyst_client: Client) -> None:
    program = filled_program(1)
    make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=4), state="draft"
    )
    assert '<span class="work work-draft">Draft</span>' in analyst_client.get(PAGE).content.decode()


def test_closed_program_is_not_there_for_the_public(client: Client, analyst_client: Client) -> None:
    make_program(is_public=False)
    for path in EVERY:
        assert client.get(path).status_code == 404
        assert analyst_client.get(path).status_code in (200,)
    assert "No program is on file yet and made public" not in client.get("/").content.decode()
    assert b"<article" not in client.get("/").content
    assert b"<article" in analyst_client.get("/").content


def test_stale_session_cookie_is_nobody(client: Client) -> None:
    make_program()
    client.cookies["sessionid"] = "no-such-session"
    assert client.get(PAGE).status_code == 200


def test_text_that_was_closed_when_cited_stays_closed_once_the_item_is_open(
    client: Client, analyst_client: Client
) -> None:
    program = make_program()
    analyst = make_user("analyst")
    item = EvidenceItem(
        title="Words of an informant",
        source_id=make_source().pk,
        summary="Who told it.",
        url="https://example.org/told",
        sensitivity="source_protected",
    )
    document = file_evidence(item=item, by=analyst, as_of=noon(WHITE_HOUSE + DAY))
    make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=3),
        cited=(document.pk,),
    )
    amend_evidence(
        evidence=document,
        item=replace(item, title="A report", summary="What it says.", sensitivity="public"),
        by=analyst,
        as_of=noon(TODAY),
        expected_revision=1,
        reason="Told again without the name.",
    )
    for path in (f"{PAGE}conditions/ALPHA/", f"{PAGE}cycles/3/"):
        assert "Words of an informant" not in client.get(path).content.decode()
    page = analyst_client.get(f"{PAGE}conditions/ALPHA/").content.decode()
    assert "Words of an informant" in page


def test_who_closed_a_cycle_is_told_to_the_team_only(
    client: Client, analyst_client: Client
) -> None:
    program = make_program()
    cycle = program.cycles.get(number=3)
    make_assessment(condition=program.conditions.get(), cycle=cycle)
    manager = make_user("manager", username="the-closer")
    close_cycle(cycle=cycle, by=manager, as_of=noon(TODAY))
    page = client.get(f"{PAGE}cycles/3/").content.decode()
    assert "Closed on 21 November 2026." in page
    assert "the-closer" not in page
    page = analyst_client.get(f"{PAGE}cycles/3/").content.decode()
    assert "Signed by <b>the-closer</b> on 21 November 2026." in page


def test_a_private_successor_is_not_named(client: Client, analyst_client: Client) -> None:
    successor = make_program(slug="hidden", short_title="Hidden Act", is_public=False)
    make_program(legal_stage="superseded", successor=successor)
    for path in ("/", PAGE):
        page = client.get(path).content.decode()
        assert "Hidden Act" not in page
        assert "/programs/hidden/" not in page
        assert "Hidden Act" in analyst_client.get(path).content.decode()
