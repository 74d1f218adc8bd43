"""The inbox as it is read: the list, one item with what is suggested, copies, and lessons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from conditions.actions.captures import upload_capture
from conditions.actions.evidence import EvidenceItem, LinkItem
from conditions.actions.inbox import accept_item, dismiss_item, paste_text, reopen_item
from conditions.actions.intake import Publisher
from conditions.actions.triage_suggesting import triages_in_use
from conditions.models import Crosswalk, InboxItem, Program, User
from conditions.queries.inbox_item import NoInboxItem, inbox_item
from conditions.queries.inbox_page import InboxPage, inbox_page
from conditions.queries.likely_copies import LikelyCopy, likely_copies
from conditions.queries.triage_lessons import ProgramLessons, triage_lessons
from conditions.rules.refusals import Invalid
from conditions.rules.triage import Triage
from tests.days import DAY, TODAY, noon
from tests.factories import make_condition, make_evidence, make_program, make_user
from tests.queries.test_plans import plans_of

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
SENATE, LAW = "us-senate-3899", "us-pl119-60-8369"
RAID = (
    "Syrian forces and the global coalition raided an Islamic State cell near Raqqa in Syria. "
    "The interior ministry in Damascus said that ISIS members were arrested."
)
FARMING = "The harvest of olives in Andalusia was larger than in the year before."


@pytest.fixture
def senate() -> Program:
    """A program of the name for which the repository holds field terms."""
    return make_program(slug=SENATE, conditions=("ISIS", "RIGHTS"))


@pytest.fixture
def analyst(senate: Program) -> User:
    """Who reads, with permissions already looked up."""
    person = make_user("analyst")
    person.has_perm("conditions.view_inboxitem")
    return person


def paste(by: User, text: str = RAID, *, late: int = 0, **changes: Any) -> InboxItem:
    given = {"title": "", "publisher": "The Wire", **changes}
    return paste_text(text=text, by=by, as_of=NOW + timedelta(minutes=late), **given)


def page_for(reader: Any, *, most: int = 50, **asked: str) -> InboxPage:
    return inbox_page(reader=reader, asked=asked, as_of=NOW, most=most)


def titles(page: InboxPage) -> list[str]:
    return [row.title for row in page.rows]


# --- The list -------------------------------------------------------------------------------------


def test_the_newest_comes_first_with_what_was_suggested(senate: Program, analyst: User) -> None:
    paste(analyst, title="First")
    paste(analyst, FARMING, title="Second", late=1)
    page = page_for(analyst)
    assert titles(page) == ["Second", "First"]
    (hint,) = page.rows[1].hints
    assert (hint.program, hint.short_title, hint.about) == (SENATE, senate.short_title, True)
    assert hint.conditions[0].code == "ISIS"
    assert page.rows[0].hints[0].about is False
    assert (page.rows[0].origin_label, page.rows[0].received_by) == (
        "A text, pasted",
        analyst.username,
    )
    assert (page.after, page.counts.waiting) == ("", 2)


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_as_often_however_long_it_is(
    analyst: User, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        paste(analyst, late=number, title=f"A raid near Raqqa {number}")
    with django_assert_num_queries(3):
        page_for(analyst, program=SENATE, condition="ISIS", about="true", q="raqqa")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["olives", "raid"]),
        ({"program": SENATE, "about": "true"}, ["raid"]),
        ({"program": "atlantis"}, []),
        ({"about": "false"}, ["olives"]),
        ({"condition": "ISIS"}, ["raid"]),
        ({"program": SENATE, "condition": "RIGHTS"}, []),
        ({"condition": "' OR 1=1 --"}, []),
        ({"condition": "0"}, []),
        ({"origin": "text"}, ["olives", "raid"]),
        ({"origin": "feed"}, []),
        ({"state": "dismissed"}, ["gone"]),
        ({"q": "RAQQA damascus"}, ["raid"]),
        ({"q": "raqqa andalusia"}, []),
        ({"q": "100%_"}, []),
        ({"feed": "1"}, []),
    ],
)
def test_the_list_is_narrowed(analyst: User, asked: dict[str, str], found: list[str]) -> None:
    paste(analyst, title="raid")
    paste(analyst, FARMING, title="olives", late=1)
    gone = paste(analyst, FARMING, title="gone", late=2)
    dismiss_item(item=gone, dismissed_as="not_about", reason="", by=analyst, as_of=NOW)
    assert titles(page_for(analyst, **asked)) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "lost"),
        ("origin", "fax"),
        ("about", "perhaps"),
        ("feed", "0"),
        ("q", "x" * 201),
        ("q", "a\x00"),
        ("condition", "a\x00"),
        ("after", "2026"),
        ("after", "2026-11-21T12:00:00_1"),
        ("after", "2026-11-21T12:00:00+00:00_-1"),
        ("after", "2026-11-21T12:00:00+00:00_²"),
        ("after", "0001-01-01T00:00:00+23:00_1"),
    ],
)
def test_what_cannot_be_read_is_named(analyst: User, name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        page_for(analyst, **{name: value})
    assert (caught.value.field, bool(caught.value.remedy)) == (name, True)


def test_pages_follow_one_another_without_gap_or_overlap(analyst: User) -> None:
    # Several of one moment, as a feed brings them.
    made = [paste(analyst, title=f"{number}", late=number // 3).title for number in range(8)]
    page = page_for(analyst, most=3)
    seen = titles(page)
    while page.after:
        page = page_for(analyst, most=3, after=page.after.replace("+", " "))
        seen += titles(page)
    assert seen == made[::-1]


def test_a_page_is_read_from_its_index_also_deep_in_ten_thousand(analyst: User) -> None:
    InboxItem.objects.bulk_create(
        InboxItem(
            origin="feed",
            title=f"Entry {number}",
            received_at=NOW + timedelta(minutes=number // 50),
            state="waiting",
        )
        for number in range(10_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE conditions_inboxitem")
    first = page_for(analyst)
    assert (first.counts.waiting, titles(first)[0]) == (10_000, "Entry 9999")
    deep = f"{(NOW + timedelta(minutes=100)).isoformat()}_4000"
    with CaptureQueriesContext(connection) as captured:
        page = page_for(analyst, after=deep)
    assert len(page.rows) == 50
    listed, *_ = plans_of(captured, "conditions_inboxitem")
    assert "inboxitem_by_state" in listed
    assert "USE TEMP B-TREE" not in listed


@pytest.mark.parametrize("role", ["viewer", "", "anonymous"])
def test_nobody_else_sees_any_of_it(analyst: User, role: str) -> None:
    item = paste(analyst)
    reader = AnonymousUser() if role == "anonymous" else make_user(role)
    page = page_for(reader)
    assert (page.rows, page.counts.waiting) == ((), 0)
    with pytest.raises(NoInboxItem):
        inbox_item(item.pk, reader=reader, triages={})


# --- One item -------------------------------------------------------------------------------------


def test_an_item_shows_its_passages_by_their_places(senate: Program, analyst: User) -> None:
    item = paste(analyst, title="A raid")
    view = inbox_item(item.pk, reader=analyst, triages=triages_in_use())
    (program,) = view.programs
    assert [one.code for one in program.conditions] == ["ISIS", "RIGHTS"]
    said = program.conditions[0].suggestion
    assert said is not None
    passage = next(one for one in said.passages if one.part == "text")
    assert view.text[passage.start : passage.end] == passage.text
    assert program.conditions[1].suggestion is None
    assert [one.statement for one in program.conditions[0].items] == ["A benchmark of ISIS."]
    assert (view.is_cut, view.next_waiting) == (False, None)


def test_an_item_proposes_a_filing_and_decides_nothing(senate: Program, analyst: User) -> None:
    older = paste(analyst, FARMING)
    view = inbox_item(paste(analyst, late=1).pk, reader=analyst, triages=triages_in_use())
    (link,) = view.links
    condition = senate.conditions.get(code="ISIS")
    assert (link.program, link.condition_id, link.is_carried) == (SENATE, condition.pk, False)
    assert view.prefill.publisher == "The Wire"
    assert view.prefill.reference == f"Text received on {TODAY}"
    said = "Report by The Wire: Syrian forces and the global coalition"
    assert view.prefill.summary.startswith(said)
    assert (view.prefill.credibility, view.prefill.source_id) == (6, None)
    assert view.next_waiting == older.pk
    assert set(InboxItem.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_link_that_the_crosswalk_makes_is_marked(senate: Program, analyst: User) -> None:
    law = make_program(slug=LAW, conditions=())
    counterpart = make_condition(program=law, code="L1")
    Crosswalk.objects.create(
        condition=senate.conditions.get(code="ISIS"), counterpart=counterpart, relation="same"
    )
    view = inbox_item(paste(analyst).pk, reader=analyst, triages=triages_in_use())
    carried = {link.program: link.is_carried for link in view.links}
    assert carried == {SENATE: False, LAW: True}


@pytest.mark.parametrize("many", [1, 3])
def test_an_item_asks_as_often_however_much_there_is(
    senate: Program, analyst: User, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        make_condition(program=senate, code=f"C{number}", position=5 + number)
        make_evidence(title="A raid near Raqqa", summary=RAID)
        item = paste(analyst, url=f"https://example.org/item/{number}")
    triages = triages_in_use()
    with django_assert_num_queries(10):
        inbox_item(item.pk, reader=analyst, triages=triages)


def test_a_program_without_field_terms_can_still_be_linked_to(analyst: User) -> None:
    make_program(slug="other-program", conditions=("ALPHA",))
    view = inbox_item(paste(analyst).pk, reader=analyst, triages=triages_in_use())
    other = next(one for one in view.programs if one.slug == "other-program")
    assert other.suggestion is None
    assert [one.code for one in other.conditions] == ["ALPHA"]


# --- Copies ---------------------------------------------------------------------------------------


def copies(reader: Any, text: str = RAID, *, title: str = "", address: str = "") -> list[Any]:
    found = likely_copies(title=title, text=text, canonical_url=address, reader=reader)
    return [(one.key, one.kind) for one in found]


def test_a_copy_is_found_by_its_words_and_by_its_address(analyst: User) -> None:
    for number in range(4):
        make_evidence(title=f"Other {number}", summary=f"{FARMING} Number {number} of them.")
    same = make_evidence(title="A raid", summary=RAID)
    assert copies(analyst)[0] == (same.key, "copy")
    assert copies(analyst, "Nothing.", address=same.canonical_url) == [(same.key, "same")]
    both = copies(analyst, address=same.canonical_url)
    assert both[0] == (same.key, "same")
    assert len({key for key, _ in both}) == len(both)


def test_the_text_of_the_newest_copy_is_what_is_compared(analyst: User) -> None:
    evidence = make_evidence(title="A report", summary="In our own words entirely.")
    upload_capture(evidence=evidence, filename="a.txt", body=RAID.encode(), by=analyst, as_of=NOW)
    assert copies(analyst) == [(evidence.key, "copy")]


def test_a_copy_is_told_only_to_whom_may_see_the_document(analyst: User) -> None:
    make_evidence(title="A raid", summary=RAID, sensitivity="source_protected")
    assert copies(AnonymousUser()) == []
    assert [kind for _, kind in copies(analyst)] == ["copy"]


@pytest.mark.parametrize("many", [1, 3])
def test_copies_are_looked_for_in_three_queries(
    analyst: User, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        make_evidence(title="A raid", summary=RAID)
    copies(analyst)
    with django_assert_num_queries(3):
        found = copies(analyst, address="https://example.org/none")
    assert len(found) == many


def test_words_that_every_document_holds_find_nothing(analyst: User) -> None:
    assert likely_copies(title="", text="", canonical_url="", reader=analyst) == ()
    assert copies(analyst, "١٢٣٤ “quoted” OR AND NOT * ( ) : ' \"") == []


# --- Lessons --------------------------------------------------------------------------------------


def lessons() -> ProgramLessons:
    (found,) = triage_lessons({SENATE: triages_in_use()[SENATE].lists})
    return found


def file(item: InboxItem, by: User, condition_id: int, stance: str) -> None:
    accept_item(
        item=item,
        evidence_item=EvidenceItem(
            title=item.title, source_id=0, summary="In our words.", reference=f"No. {item.pk}"
        ),
        publisher=Publisher("The Wire"),
        links=(LinkItem(condition_id, stance),),
        by=by,
        as_of=NOW + DAY,
    )


def test_agreement_is_counted_over_what_stands(senate: Program, analyst: User) -> None:
    isis, rights = (senate.conditions.get(code=code).pk for code in ("ISIS", "RIGHTS"))
    said = paste(analyst, title="A raid").suggested[SENATE]["conditions"]["ISIS"]["stance"]
    other = "contradicts" if said != "contradicts" else "supports"
    file(paste(analyst), analyst, isis, said)
    file(paste(analyst), analyst, isis, other)
    file(paste(analyst), analyst, rights, "neutral")
    for text in (FARMING, RAID):
        item = paste(analyst, text)
        dismiss_item(item=item, dismissed_as="not_about", reason="", by=analyst, as_of=NOW)
    found = lessons()
    assert (found.decided, found.taken) == (5, 2)
    by_code = {one.code: (one.right, one.too_many, one.missed) for one in found.conditions}
    assert by_code == {"ISIS": (2, 2, 0), "RIGHTS": (0, 0, 1)}
    assert found.micro_f1 == pytest.approx(4 / 7)
    assert found.macro_f1 == pytest.approx(1 / 3)
    assert (found.stances, found.same_stance) == (2, 1)
    assert (found.not_about, found.not_about_right) == (1, 1)
    reopen_item(item=item, by=analyst, as_of=NOW + DAY)
    assert lessons().decided == 4


def test_words_that_corrections_share_are_proposed_and_nothing_else(
    senate: Program, analyst: User
) -> None:
    rights = senate.conditions.get(code="RIGHTS").pk
    for number in range(6):
        text = f"Damascus, Syria: the quorvex convened, session {number} of it."
        file(paste(analyst, text), analyst, rights, "supports")
    for number in range(14):
        item = paste(analyst, f"{FARMING} In year {number}.")
        dismiss_item(item=item, dismissed_as="not_about", reason="", by=analyst, as_of=NOW)
    proposed = {(one.code, one.word, one.right) for one in lessons().proposals}
    assert ("RIGHTS", "quorvex", 6) in proposed
    assert not any(code != "RIGHTS" for code, _, _ in proposed)
    assert triages_in_use()[SENATE].suggest(title="", text="The quorvex.").about is False


def test_without_decisions_there_is_nothing_to_say(senate: Program) -> None:
    found = lessons()
    assert (found.decided, found.micro_f1, found.macro_f1, found.conditions) == (0, None, None, ())


@pytest.mark.parametrize("many", [1, 3])
def test_lessons_are_counted_in_two_queries(
    senate: Program, analyst: User, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        file(paste(analyst), analyst, senate.conditions.get(code="ISIS").pk, "supports")
    terms = {SENATE: Triage(triages_in_use()[SENATE].lists).lists}
    with django_assert_num_queries(2):
        (found,) = triage_lessons(terms)
    assert found.decided == many


def test_a_likely_copy_names_the_document(analyst: User) -> None:
    evidence = make_evidence(title="A raid", summary=RAID)
    (found,) = likely_copies(title="", text=RAID, canonical_url="", reader=analyst)
    assert found == LikelyCopy(
        id=evidence.pk,
        key=evidence.key,
        title="A raid",
        source=evidence.source.name,
        published_on=evidence.published_on,
        kind="copy",
        score=100,
    )
