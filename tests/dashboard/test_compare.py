"""The compare page: two programs over the crosswalk, and the documents behind each change."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conditions.models import Condition, Crosswalk, Program
from tests.dashboard.conftest import filled_program
from tests.days import DAY, ENACTMENT, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program
from tests.shipped import LAW, SENATE, ship

PAGE = "/programs/test-program/compare/"
BOTH = f"{PAGE}?with=other"
# Front, both programs, eight for each scorecard, texts and crosswalk.
QUERIES = 24
# DESIGN, section 4.
DUE = {
    SENATE: ["10 March 2026", "8 July 2026", "5 November 2026", "5 March 2027"],
    LAW: ["18 March 2026", "14 September 2026", "13 March 2027", "9 September 2027"],
}


def both(conditions: int = 1, **fields: object) -> Program:
    """Two filled programs, each condition of one tied to that of the other; answers the other."""
    ours = filled_program(conditions)
    other = filled_program(conditions, slug="other")
    Program.objects.filter(pk=other.pk).update(**fields)
    for condition in ours.conditions.all():
        Crosswalk.objects.create(
            condition=condition,
            counterpart=other.conditions.get(code=condition.code),
            relation="reworded",
            note="Said otherwise.",
        )
    other.refresh_from_db()
    return other


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def etag(client: Client, path: str) -> str:
    return client.get(path).headers["ETag"]


def test_the_shipped_programs_side_by_side(client: Client) -> None:
    ship()
    for slug, other in ((SENATE, LAW), (LAW, SENATE)):
        response = client.get(f"/programs/{slug}/compare/?with={other}")
        found = response.context["comparison"]
        assert [side.program.slug for side in found.sides] == [SENATE, LAW]
        assert [row.text.code for row in found.new] == ["L5", "L8"]
        assert found.gone == ()
        told = {pair.earlier.text.code: pair.later.text.code for pair in found.pairs}
        assert told == {
            **{"ISIS": "L1", "FIGHTERS": "L2", "MINORITIES": "L3"},
            **{"NEIGHBOURS": "L4", "TERRORISM": "L6", "RIGHTS": "L7"},
        }
        page = response.content.decode()
        assert "New: L5, L8." in page
        assert "None is gone." in page
        for dates in DUE.values():
            assert [day for day in dates if day not in page] == []
        words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert "Reviewed 120 days, each time 90 days, then 180 each time" in words
        assert "Due date 1 10 March 2026 120 days 18 March 2026 90 days" in words
        assert "Due date 4 5 March 2027 120 days 9 September 2027 180 days" in words
        assert "Legal stage Superseded: not current law" in words
        assert "Enacted on 18 December 2025" in words
        assert "A stated view of the legislature; it binds nobody." in words
        assert "The text allows it; it does not order it." in words
        assert "Narrower now The law speaks of senior posts only" in words
        assert "They are not a finding of any authority." in words


@pytest.mark.parametrize("conditions", [1, 3])
def test_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, conditions: int
) -> None:
    both(conditions)
    with django_assert_num_queries(QUERIES):
        response = client.get(BOTH)
    assert len(response.context["comparison"].pairs) == conditions


@pytest.mark.parametrize("others", [1, 3])
def test_the_offered_programs_cost_no_query_of_their_own(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, others: int
) -> None:
    filled_program(1)
    for number in range(others):
        make_program(slug=f"other-{number}")
    with django_assert_num_queries(10):
        page = text(client, PAGE)
    assert page.count('<option value="other-') == others


def test_nothing_inline_and_small_on_the_wire(client: Client) -> None:
    both(3)
    page = text(client, BOTH)
    assert re.findall(r"<script(?! src)|<style|\sstyle=|\son\w+=", page) == []
    packed = client.get(BOTH, headers={"Accept-Encoding": "gzip"})
    assert len(packed.content) < 40_000


def test_another_program_is_offered_only_where_there_is_one(client: Client) -> None:
    filled_program(1)
    assert "With another program" not in text(client, PAGE)
    make_program(slug="other", short_title="The Other Act")
    assert '<option value="other">The Other Act</option>' in text(client, PAGE)
    assert '<option value="other" selected>The Other Act</option>' in text(client, BOTH)


def test_a_private_program_answers_like_an_unknown_one(
    client: Client, analyst_client: Client
) -> None:
    both(is_public=False, short_title="Hidden Act")
    hidden, unknown = client.get(BOTH), client.get(f"{PAGE}?with=nowhere")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.content == unknown.content.replace(b"nowhere", b"other")
    assert b"<dt>with</dt><dd><code>other</code></dd>" in hidden.content
    assert "Hidden Act" not in text(client, PAGE)
    assert "Hidden Act" in text(analyst_client, PAGE)
    assert analyst_client.get(BOTH).status_code == 200


def test_a_program_made_private_is_offered_and_shown_no_longer(client: Client) -> None:
    other = both(short_title="Hidden Act")
    seen = {path: etag(client, path) for path in (PAGE, BOTH)}
    Program.objects.filter(pk=other.pk).update(is_public=False)
    response = client.get(PAGE, headers={"If-None-Match": seen[PAGE]})
    assert response.status_code == 200
    assert "Hidden Act" not in response.content.decode()
    assert client.get(BOTH, headers={"If-None-Match": seen[BOTH]}).status_code == 404


def rejudge(program: Program) -> None:
    """A judgement today in the fourth cycle."""
    condition, cycle = program.conditions.get(), program.cycles.get(number=4)
    make_assessment(condition=condition, cycle=cycle, status="4", as_of=noon(TODAY))


def retitle(program: Program) -> None:
    """Another title, by the door that every write of a program goes through."""
    Program.objects.filter(pk=program.pk).update(short_title="Another title")
    Program.objects.touch(program.pk, as_of=noon(TODAY))


def test_not_modified_from_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    both()
    seen = etag(client, BOTH)
    with django_assert_num_queries(1):
        response = client.get(BOTH, headers={"If-None-Match": seen})
    assert response.status_code == 304


@pytest.mark.parametrize("change", [rejudge, retitle])
@pytest.mark.parametrize("slug", ["test-program", "other"])
def test_a_change_of_either_program_is_a_new_page(
    client: Client, change: Callable[[Program], None], slug: str
) -> None:
    both()
    seen = etag(client, BOTH)
    change(Program.objects.get(slug=slug))
    response = client.get(BOTH, headers={"If-None-Match": seen})
    assert response.status_code == 200
    told = "Another title" if change is retitle else '<b class="code">4</b>'
    assert told in response.content.decode()


def test_a_new_name_of_a_program_on_offer_is_a_new_page(client: Client) -> None:
    other = both()
    seen = etag(client, PAGE)
    retitle(other)
    response = client.get(PAGE, headers={"If-None-Match": seen})
    assert response.status_code == 200
    assert "Another title" in response.content.decode()


def test_the_present_knows_the_last_change_of_both_and_can_be_asked_for_again(
    client: Client,
) -> None:
    rejudge(both())
    Program.objects.filter(slug="test-program").update(changed_at=noon(TODAY - DAY))
    response = client.get(BOTH)
    [pair] = response.context["comparison"].pairs
    assert {pair.earlier.status.status, pair.later.status.status} == {"3", "4"}
    address = response.context["permalink"].partition("/programs/")[2]
    assert "with=other" in address
    [again] = client.get(f"/programs/{address}").context["comparison"].pairs
    assert again.earlier.status == pair.earlier.status
    assert again.later.status == pair.later.status
    [before] = client.get(f"{BOTH}&known_at={TODAY - DAY}").context["comparison"].pairs
    assert {before.earlier.status.status, before.later.status.status} == {"3"}


def test_as_of_bar_and_links_keep_the_clocks(client: Client) -> None:
    both()
    page = text(client, f"{BOTH}&valid_at=2026-05-01&known_at=2026-06-01")
    assert "As of 1 May 2026" in page
    kept = "?valid_at=2026-05-01&amp;known_at=2026-06-01"
    for slug in ("test-program", "other"):
        assert f'href="/programs/{slug}/conditions/ALPHA/{kept}"' in page
    assert '<input type="hidden" name="with" value="other">' in page


def test_texts_without_a_crosswalk_are_called_neither_new_nor_gone(client: Client) -> None:
    both()
    Crosswalk.objects.all().delete()
    page = text(client, BOTH)
    assert "No crosswalk between these two texts is on file." in page
    assert "New" not in page
    assert "Gone" not in page


def test_a_condition_not_in_force_is_not_called_unassessed(client: Client) -> None:
    make_program()
    make_program(slug="other", anchor_on=ENACTMENT)
    page = text(client, f"{BOTH}&valid_at={ENACTMENT - DAY}")
    assert "Not in force on 17 December 2025: from 18 December 2025." in page


def test_four_eyes_off_is_told_of_the_program_that_has_them_off(client: Client) -> None:
    both(four_eyes=False, short_title="The Other Act")
    assert "Four eyes are off for The Other Act." in text(client, BOTH)
    assert "Four eyes are off for test-program." not in text(client, BOTH)


@pytest.mark.parametrize("at_work", [False, True])
def test_the_audience_decides_and_not_the_draft(
    client: Client, analyst_client: Client, at_work: bool
) -> None:
    other = both()
    make_assessment(
        condition=other.conditions.get(),
        cycle=other.cycles.get(number=4),
        status="0",
        rationale="Words of a draft.",
        state="draft",
    )
    [pair] = (analyst_client if at_work else client).get(BOTH).context["comparison"].pairs
    assert pair.later.status.status == "3"


@pytest.mark.parametrize(
    ("query", "status", "field", "value", "remedy"),
    [
        ("with=nowhere", 404, "with", "nowhere", "The front page lists all programs."),
        ("with=test-program", 400, "with", "test-program", "Name another program"),
        ("with=%00", 400, "with", "\x00", "follow its links"),
        ("with=a%20b", 400, "with", "a b", "follow its links"),
        ("with=other&a=1", 400, "a", "1", "Leave out a"),
        ("with=other&b=2", 400, "b", "2", "Leave out b"),
        ("with=other&from=2026-01-01", 400, "from", "2026-01-01", "Leave out from"),
        ("with=other&to=2026-01-01", 400, "to", "2026-01-01", "Leave out to"),
        ("with=other&knew=2026-01-01", 400, "knew", "2026-01-01", "Leave out knew"),
        ("with=other&knows=2026-01-01", 400, "knows", "2026-01-01", "Leave out knows"),
        ("with=other&valid_at=soon", 400, "valid_at", "soon", "Write it as 2026-03-09"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(
    client: Client, query: str, status: int, field: str, value: str, remedy: str
) -> None:
    both()
    response = client.get(f"{PAGE}?{query}")
    refusal = response.context["refusal"]
    assert response.status_code == status
    assert (refusal.field, refusal.value) == (field, value)
    assert remedy in refusal.remedy
    assert f"<dt>{field}</dt>" in response.content.decode()


def test_fields_left_empty_are_not_refused(client: Client) -> None:
    both()
    assert client.get(f"{BOTH}&a=&from=&knew=").status_code == 200
    assert "Cycle 1 and cycle 2" in text(client, f"{PAGE}?with=")


def test_an_unknown_program_is_named_before_the_other(client: Client) -> None:
    refusal = client.get("/programs/nowhere/compare/?with=neither").context["refusal"]
    assert (refusal.field, refusal.value) == ("program", "nowhere")


KINDS = ["a=1&b=2", "from=2026-03-01&to=2026-07-01", "knew=2025-12-01&knows=2026-12-01"]


def judged_twice(sensitivity: str = "public") -> Condition:
    """A condition judged in cycle 1 on Old and Kept, in cycle 2 on Kept and New."""
    program = make_program()
    condition = program.conditions.get()
    old, kept, new = (
        make_evidence(
            condition=condition,
            title=f"Document {word}",
            stance=stance,
            sensitivity=sensitivity,
            recorded_at=noon(WHITE_HOUSE),
        )
        for word, stance in (("Old", "supports"), ("Kept", "neutral"), ("New", "contradicts"))
    )
    for number, status, cited in ((1, "2", (old, kept)), (2, "1", (kept, new))):
        make_assessment(
            condition=condition,
            cycle=program.cycles.get(number=number),
            status=status,
            rationale=f"Reasons of cycle {number}.",
            cited=tuple(document.pk for document in cited),
        )
    return condition


GRADE = "B2 (Source: usually reliable. Item: probably true.)"


@pytest.mark.parametrize("query", KINDS)
def test_what_changed_why_and_by_which_documents(client: Client, query: str) -> None:
    judged_twice()
    page = text(client, f"{PAGE}?{query}")
    table = " ".join(re.sub(r"<[^>]+>", " ", page.partition("<tbody")[2]).split())
    assert "2 Partially met" in table
    assert "1 Initial steps" in table
    assert "Judged lower Reasons of cycle 2." in table
    assert f"Newly cited 1 Contradicts {GRADE} Document New" in table
    assert f"No longer cited 1 Supports {GRADE} Document Old" in table
    assert "1 document cited by both." in table


@pytest.mark.parametrize("query", KINDS)
@pytest.mark.parametrize("sensitivity", ["team", "restricted", "source_protected"])
def test_documents_closed_to_the_reader_are_neither_named_nor_counted(
    client: Client, analyst_client: Client, query: str, sensitivity: str
) -> None:
    judged_twice(sensitivity)
    page = text(client, f"{PAGE}?{query}")
    assert "Judged lower" in page
    assert "It cites no document open to you." in page
    assert [word for word in ("Old", "Kept", "New") if f"Document {word}" in page] == []
    seen = text(analyst_client, f"{PAGE}?{query}")
    assert "Document New" in seen
    assert f"<b>{sensitivity}</b>" in seen
