"""Triage in the admin: suggestions with their passages, filed, corrected, dismissed, reopened."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from conditions.actions.inbox import paste_address, paste_text
from conditions.admin.pages.triage_text import stretches
from conditions.models import CaptureBody, Evidence, EvidenceLink, InboxItem, TriageDecision
from conditions.rules.triage import Passage
from tests.admin.conftest import Person, sign_in
from tests.admin.test_lists import INLINE
from tests.admin.triage_world import STRANGER, TEXT, TITLE, make_item, make_senate
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_user

pytestmark = pytest.mark.django_db
CHANGE = "conditions_inboxitem_change"


def sent(page: Any, **changes: Any) -> dict[str, Any]:
    """The form of a triage page as a browser sends it untouched, with some changes."""
    form = page.context["form"]
    values = {field.name: field.value() or "" for field in form}
    for number in range(form.proposed_rows):
        values[f"link{number}_proposed"] = "yes"
    values |= {"intent": "file", "is_primary": None, **changes}
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not None
    }


def test_what_says_so_is_marked_and_everything_is_escaped(analyst: Person) -> None:
    make_senate()
    item = make_item(title="<b>Bold</b> claim of Islamic State in Homs")
    page = analyst.get(CHANGE, item.pk)
    html = page.content.decode()
    assert page.status_code == 200
    marked = re.findall(r'<mark class="passage">(.*?)</mark>', html, re.DOTALL)
    assert any("<b>Islamic State</b>" in one for one in marked)
    assert '<a href="#bears-ISIS">ISIS</a>' in html
    assert 'id="bears-ISIS"' in html
    assert "&lt;b&gt;Bold&lt;/b&gt; claim of" in html
    assert "Weapons &amp; &lt;explosive&gt; belts" in html
    assert not INLINE.search(html)


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70), st.integers(0, 70)), max_size=6),
    st.integers(0, 70),
)
def test_a_text_that_was_cut_is_whole_again(
    whole: str, places: list[tuple[int, int, int]], begins: int
) -> None:
    said = [
        (f"C{start}", [Passage("text", start, end, "", (), ((start, word),))])
        for start, end, word in places
    ]
    cut = stretches(whole, said, "text", begins)
    assert "".join(piece.text for one in cut for piece in one.pieces) == whole[begins:]


def test_passages_of_two_conditions_are_marked_once_with_both_names() -> None:
    one = Passage("text", 0, 9, "Forces of", ("Forces",), ((0, 6),))
    two = Passage("text", 0, 9, "Forces of", ("of",), ((7, 9),))
    title = Passage("title", 0, 3, "Abc", (), ())
    cut = stretches("Forces of it.", [("A", [one, title]), ("B", [two])], "text")
    assert [one.labels for one in cut] == [("A", "B"), ()]
    assert [(p.text, p.is_word) for p in cut[0].pieces] == [
        ("Forces", True),
        (" ", False),
        ("of", True),
    ]


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (TITLE, TITLE),
        (f"  {TITLE.replace(' ', '   ')}\t", TITLE),
        (f"{TITLE}. " + "More arrests in Syria followed. " * 20, f"{TITLE}. More arrests"),
    ],
)
def test_a_first_line_that_became_the_title_is_told_once(
    analyst: Person, first: str, told: str
) -> None:
    make_senate()
    pasted = f"\n{first}\r\n\r\n{TEXT}"
    item = paste_text(title="", text=pasted, by=analyst.user, as_of=noon(TODAY))
    page = analyst.get(CHANGE, item.pk)
    html = page.content.decode()
    reading = strip_tags(html.partition('aria-label="The text"')[2].partition("</section>")[0])
    assert " ".join(reading.split()).count(told) == 1
    assert "Neighbours said the night had been calm." in reading
    (row,) = (row for group in page.context["groups"] for row in group.rows if row.first.start == 0)
    assert sum(TITLE in " ".join(one.text.split()) for one in (row.first, *row.more)) == 1
    analyst.post(CHANGE, item.pk, **sent(page, source="Wire Example"))
    assert bytes(CaptureBody.objects.get().body) == pasted.encode()


def test_the_form_stands_filled_in_and_files_as_suggested(analyst: Person) -> None:
    program = make_senate()
    item, next_one = make_item(), make_item(1)
    page = analyst.get(CHANGE, next_one.pk)
    assert page.context["form"]["source"].value() == "Wire Example"
    summary = page.context["form"]["summary"].value()
    assert summary.startswith("Report by Wire Example of 21 November 2026:")
    answer = analyst.post(CHANGE, next_one.pk, **sent(page))
    filed = Evidence.objects.get()
    assert answer["Location"] == reverse(f"admin:{CHANGE}", args=[item.pk]) + f"?done={next_one.pk}"
    assert filed.summary == summary
    link = EvidenceLink.objects.get(condition=program.conditions.get(code="ISIS"))
    assert link.stance == "supports"
    assert TriageDecision.objects.get().agrees
    told = analyst.client.get(answer["Location"]).content.decode()
    assert (
        f'Filed as <a href="{reverse("admin:conditions_evidence_change", args=[filed.pk])}">'
        in told
    )
    assert "1 left." in told
    assert "the correction is kept" not in told


def test_a_correction_is_filed_kept_and_told(analyst: Person) -> None:
    program = make_senate()
    item = make_item()
    terror = program.conditions.get(code="TERRORISM")
    page = analyst.get(CHANGE, item.pk)
    rows = page.context["form"].proposed_rows
    other = {f"link{rows}_to": f"c{terror.pk}", f"link{rows}_stance": "neutral"}
    untick = {f"link{number}_keep": None for number in range(1, rows)}
    answer = analyst.post(
        CHANGE, item.pk, **sent(page, link0_stance="contradicts", **other, **untick)
    )
    links = EvidenceLink.objects.values_list("condition__code", "stance")
    assert set(links) == {("ISIS", "contradicts"), ("TERRORISM", "neutral")}
    assert not TriageDecision.objects.get().agrees
    assert (
        "the correction is kept, and teaches"
        in analyst.client.get(answer["Location"]).content.decode()
    )


def test_a_link_without_its_tick_is_not_taken(analyst: Person) -> None:
    make_senate()
    item = make_item()
    page = analyst.get(CHANGE, item.pk)
    untick = {f"link{n}_keep": None for n in range(page.context["form"].proposed_rows)}
    analyst.post(CHANGE, item.pk, **sent(page, **untick))
    assert Evidence.objects.count() == 1
    assert not EvidenceLink.objects.exists()


def test_what_is_wrong_stands_at_its_field_and_nothing_is_filed(analyst: Person) -> None:
    make_senate()
    item = make_item(publisher="")
    page = analyst.get(CHANGE, item.pk)
    assert page.context["form"]["summary"].value().startswith("Report of 21 November 2026")
    answer = analyst.post(CHANGE, item.pk, **sent(page, fact_date="March"))
    assert answer.status_code == 422
    assert {"source", "fact_date"} <= set(answer.context["form"].errors)
    assert 'id="bears-ISIS"' in answer.content.decode()
    assert "Say who published it." in answer.content.decode()
    assert not Evidence.objects.exists()
    item.refresh_from_db()
    assert item.state == "waiting"


def test_a_copy_on_file_is_linked_instead(analyst: Person) -> None:
    program = make_senate()
    known = make_evidence(title=TITLE, summary=TEXT, text=TEXT)
    item = make_item()
    page = analyst.get(CHANGE, item.pk)
    html = page.content.decode()
    assert "This is a copy of" in html
    assert known.key in html
    answer = analyst.post(CHANGE, item.pk, **sent(page, intent=f"existing-{known.pk}", title=""))
    assert answer.status_code == 302
    assert Evidence.objects.get() == known
    assert known.links.get(condition=program.conditions.get(code="ISIS")).stance == "supports"
    item.refresh_from_db()
    assert (item.state, item.evidence) == ("accepted", known)


def test_an_address_on_file_offers_the_document(analyst: Person) -> None:
    make_senate()
    item = make_item()
    page = analyst.get(CHANGE, item.pk)
    known = make_evidence(url="https://news.example/a", canonical_url="https://news.example/a")
    answer = analyst.post(CHANGE, item.pk, **sent(page, url=known.url))
    assert answer.status_code == 409
    assert f'value="existing-{known.pk}"' in answer.content.decode()


def test_an_address_on_file_tells_nothing_of_a_document_one_may_not_see(analyst: Person) -> None:
    Group.objects.get(name="analyst").permissions.remove(
        Permission.objects.get(codename="view_source_protected_evidence")
    )
    make_senate()
    item = make_item()
    page = analyst.get(CHANGE, item.pk)
    known = make_evidence(
        title="Kept apart",
        url="https://news.example/a",
        canonical_url="https://news.example/a",
        sensitivity="source_protected",
    )
    answer = analyst.post(CHANGE, item.pk, **sent(page, url=known.url))
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Kept apart" not in html
    assert known.key not in html
    assert "Link that document instead" not in html


@pytest.mark.parametrize(
    ("publisher", "first"), [("Wire Example", "existing-"), ("Another Wire", "file")]
)
def test_what_is_held_already_is_linked_first(analyst: Person, publisher: str, first: str) -> None:
    make_senate()
    item = make_item()
    held = analyst.post(
        CHANGE, item.pk, **sent(analyst.get(CHANGE, item.pk), source="Wire Example")
    )
    assert held.status_code == 302
    again = analyst.get(CHANGE, make_item(publisher=publisher).pk).content.decode()
    (button,) = re.findall(r'<button[^>]*value="([^"]*)"[^>]*data-key="a"', again)
    assert button.startswith(first)
    assert again.count('data-key="f"') == (1 if first == "existing-" else 0)


def test_not_about_goes_on_to_the_next_and_can_be_undone(analyst: Person) -> None:
    make_senate()
    item = make_item()
    answer = analyst.post(CHANGE, item.pk, intent="not_about")
    item.refresh_from_db()
    assert (item.state, item.dismissed_as) == ("dismissed", "not_about")
    assert (
        answer["Location"] == reverse("admin:conditions_inboxitem_changelist") + f"?done={item.pk}"
    )
    told = analyst.client.get(answer["Location"]).content.decode()
    undo = reverse("admin:conditions_inboxitem_reopen", args=[item.pk])
    assert f'action="{undo}"' in told
    assert "the correction is kept" in told
    assert analyst.client.get(undo).status_code == 302
    item.refresh_from_db()
    assert item.state == "dismissed"
    assert analyst.client.post(undo).status_code == 302
    item.refresh_from_db()
    assert item.state == "waiting"


def test_another_reason_is_asked_for_in_words(analyst: Person) -> None:
    make_senate()
    item = make_item()
    form = {"intent": "dismiss", "dismissed_as": "other", "dismissal_reason": " "}
    refused = analyst.post(CHANGE, item.pk, **form)
    assert refused.status_code == 422
    assert "dismissal_reason" in refused.context["form"].errors
    assert analyst.post(CHANGE, item.pk, intent="dismiss").status_code == 422
    form |= {"dismissal_reason": "A test message."}
    assert analyst.post(CHANGE, item.pk, **form).status_code == 302
    page = analyst.get(CHANGE, item.pk).content.decode()
    assert "A test message." in page
    assert "Reopen" in page


def test_what_is_not_about_is_dismissed_by_the_key_that_accepts(analyst: Person) -> None:
    make_senate()
    item = make_item(title="A museum opens", text=STRANGER)
    html = analyst.get(CHANGE, item.pk).content.decode()
    button = re.search(r'<button[^>]*value="not_about"[^>]*>', html)[0]
    assert 'data-key="a"' in button
    assert "No place, body or person of Syria is named." in html


def test_a_page_that_was_not_read_takes_its_text_by_hand(analyst: Person) -> None:
    make_senate()
    item = paste_address(
        url="https://news.example/cell", title="A cell", by=make_user("analyst"), as_of=noon(TODAY)
    )
    page = analyst.get(CHANGE, item.pk)
    assert "The page is still to be read." in page.content.decode()
    assert "Outside calls are off" in page.content.decode()
    assert analyst.post(CHANGE, item.pk, intent="text", page_text=" ").status_code == 422
    assert analyst.post(CHANGE, item.pk, intent="text", page_text=TEXT).status_code == 302
    assert 'id="bears-ISIS"' in analyst.get(CHANGE, item.pk).content.decode()


def test_why_a_page_was_not_read_is_told_once(analyst: Person, settings: Any) -> None:
    """What the worker noted says the whole of it."""
    item = paste_address(url="https://example.org/once", by=analyst.user, as_of=noon(TODAY))
    told = "The page could not be read: The name of the site is not known."
    InboxItem.objects.filter(pk=item.pk).update(last_error="Nothing is fetched from outside.")
    off = analyst.get(CHANGE, item.pk).content.decode()
    assert "Outside calls are off" in off
    assert "Nothing is fetched from outside." not in off
    settings.OUTSIDE_CALLS = True
    assert "The last attempt: Nothing" in analyst.get(CHANGE, item.pk).content.decode()
    InboxItem.objects.filter(pk=item.pk).update(reading="failed", last_error=told)
    html = analyst.get(CHANGE, item.pk).content.decode()
    assert (html.count("could not be read"), html.count(told)) == (1, 1)


def test_a_decided_item_says_what_was_suggested_and_decided(analyst: Person) -> None:
    make_senate()
    item = make_item()
    page = analyst.get(CHANGE, item.pk)
    analyst.post(CHANGE, item.pk, **sent(page, link0_stance="neutral"))
    html = analyst.get(CHANGE, item.pk).content.decode()
    for told in ("Filed as", "Suggested", "Decided", "Corrected", "ana", "Supports", "Neutral"):
        assert told in html
    assert Evidence.objects.get().key in html
    again = analyst.post(CHANGE, item.pk, **sent(page))
    assert again.status_code == 302
    assert (
        "Somebody decided on this meanwhile"
        in analyst.client.get(again["Location"]).content.decode()
    )
    assert Evidence.objects.count() == 1


def test_a_reviewer_sees_the_suggestion_and_decides_nothing(reviewer: Person) -> None:
    make_senate()
    item = make_item()
    page = reviewer.get(CHANGE, item.pk)
    html = page.content.decode()
    assert "ISIS" in html
    assert 'name="intent"' not in html
    assert reviewer.post(CHANGE, item.pk, intent="not_about").status_code == 403
    item.refresh_from_db()
    assert item.state == "waiting"
    assert sign_in("viewer").get(CHANGE, item.pk).status_code == 403


def test_a_form_made_up_by_hand_is_refused_or_read_plainly(analyst: Person) -> None:
    make_senate()
    item = make_item()
    page = analyst.get(CHANGE, item.pk)
    for changes in (
        {"link0_to": "c999999"},
        {"link0_to": "nonsense"},
        {"link0_stance": "sideways"},
        {"intent": "existing-999999"},
        {"intent": "existing-x"},
        {"intent": "nonsense"},
        {"intent": ""},
        {"link0_proposed": None, "link1_proposed": "yes", "link0_to": "c"},
    ):
        assert analyst.post(CHANGE, item.pk, **sent(page, **changes)).status_code in (404, 422)
    assert not Evidence.objects.exists()
    assert InboxItem.objects.get().state == "waiting"
    assert analyst.get(CHANGE, 999_999).status_code == 404


@pytest.mark.parametrize("done", ["x", "999999", "0", "9" * 40])
def test_a_notice_about_nothing_is_no_notice(analyst: Person, done: str) -> None:
    make_senate()
    waiting = make_item()
    page = analyst.client.get(reverse(f"admin:{CHANGE}", args=[waiting.pk]), {"done": done})
    assert page.context["done"] is None


@pytest.mark.parametrize("many", [1, 3])
def test_a_triage_page_takes_a_fixed_number_of_queries(
    analyst: Person, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_senate()
    for number in range(many):
        make_evidence(title=TITLE, summary=TEXT, text=TEXT)
        last, before = make_item(number), make_item(number + 10)
    analyst.post("conditions_inboxitem_dismiss", item=before.pk)
    url = reverse(f"admin:{CHANGE}", args=[last.pk])
    analyst.client.get(url)
    with django_assert_num_queries(17):
        analyst.client.get(url)
    with django_assert_num_queries(20):
        analyst.client.get(url, {"done": before.pk})
    with django_assert_num_queries(6):
        analyst.get(CHANGE, before.pk)


def test_a_link_to_what_cannot_be_a_number_is_refused_at_its_field(analyst: Person) -> None:
    make_senate()
    item = make_item()
    typed = sent(analyst.get(CHANGE, item.pk), link0_to=f"c{'9' * 5_000}")
    page = analyst.post(CHANGE, item.pk, **typed)
    assert page.status_code == 422
    assert "link0_to" in page.context["form"].errors
    assert InboxItem.objects.get().state == InboxItem.State.WAITING
