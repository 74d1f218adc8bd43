"""The inbox in the admin: what waits, narrowed and dismissed; pasted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from pytest_django import Settings

from conditions.actions.inbox import accept_existing
from conditions.admin.pages.inbox_paste import split_pasted
from conditions.models import InboxItem, Program
from tests.admin.conftest import Person, sign_in
from tests.admin.triage_world import STRANGER, TEXT, TITLE, make_feed, make_item, make_senate
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_user

pytestmark = pytest.mark.django_db
LIST, PASTE = "conditions_inboxitem_changelist", "conditions_inboxitem_paste"


def listed(page: Any) -> list[int]:
    """The ids of the items on a page, in their order."""
    return [row.id for row in (*page.context["first"], *page.context["aside"])]


def test_what_is_about_comes_first_with_what_it_bears_on(analyst: Person) -> None:
    make_senate()
    about = make_item()
    aside = make_item(title="A museum opens", text=STRANGER)
    page = analyst.get(LIST)
    html = page.content.decode()
    assert listed(page) == [about.pk, aside.pk]
    assert [row.id for row in page.context["aside"]] == [aside.pk]
    for told in ("<b>ISIS</b>", "Supports", "Suggested as not about any program", "Wire Example"):
        assert told in html
    assert html.index(f"/{about.pk}/change/") < html.index("Suggested as not about")


def test_the_list_is_narrowed_and_says_so(analyst: Person) -> None:
    make_senate()
    about = make_item()
    aside = make_item(title="A museum opens", text=STRANGER)
    assert listed(analyst.get(LIST, about="true")) == [about.pk]
    assert listed(analyst.get(LIST, about="false")) == [aside.pk]
    assert listed(analyst.get(LIST, condition="ISIS", program="us-senate-3899")) == [about.pk]
    assert listed(analyst.get(LIST, q="museum")) == [aside.pk]
    nothing = analyst.get(LIST, origin="feed")
    assert not listed(nothing)
    assert "Nothing fits." in nothing.content.decode()
    refused = analyst.get(LIST, about="perhaps")
    assert refused.status_code == 400
    assert len(listed(refused)) == 2


def test_a_row_is_dismissed_where_it_stands(analyst: Person) -> None:
    make_senate()
    item, other = make_item(), make_item(1)
    answer = analyst.post("conditions_inboxitem_dismiss", item=item.pk, here="about=true")
    assert answer["Location"] == reverse(f"admin:{LIST}") + f"?about=true&done={item.pk}"
    page = analyst.client.get(answer["Location"])
    assert listed(page) == [other.pk]
    assert "Undo" in page.content.decode()
    assert "1 left." in page.content.decode()
    dismissed = analyst.get(LIST, state="dismissed")
    assert listed(dismissed) == [item.pk]
    assert "Not about any program" in dismissed.content.decode()
    assert analyst.post("conditions_inboxitem_dismiss", item="x").status_code == 404


def test_an_empty_inbox_says_how_things_get_in(analyst: Person, settings: Settings) -> None:
    html = analyst.get(LIST).content.decode()
    for told in ("Nothing waits.", reverse(f"admin:{PASTE}"), "Outside calls are off."):
        assert told in html
    settings.OUTSIDE_CALLS = True
    assert "Outside calls are off." not in analyst.get(LIST).content.decode()
    assert reverse(f"admin:{PASTE}") not in sign_in("reviewer").get(LIST).content.decode()


@pytest.mark.parametrize(
    ("pasted", "parts"),
    [
        ("https://a.example/b", ("https://a.example/b", "")),
        (
            " https://a.example/b \r\n\r\nThe text.\nMore.",
            ("https://a.example/b", "The text.\nMore."),
        ),
        ("www.a.example/b", ("https://www.a.example/b", "")),
        ("ftp://a.example/b", ("ftp://a.example/b", "")),
        ("javascript:alert(1)", ("javascript:alert(1)", "")),
        ("Sources: two.", ("", "Sources: two.")),
        ("A text: https://a.example/b says so.", ("", "A text: https://a.example/b says so.")),
    ],
)
def test_what_was_pasted_is_told_apart(pasted: str, parts: tuple[str, str]) -> None:
    assert split_pasted(pasted) == parts


def test_a_text_is_pasted_and_leads_to_its_triage(analyst: Person) -> None:
    make_senate()
    answer = analyst.post(PASTE, pasted=TEXT, title=TITLE, published_on="2026-11-20")
    item = InboxItem.objects.get()
    assert answer["Location"] == reverse("admin:conditions_inboxitem_change", args=[item.pk])
    assert (item.origin, item.title, item.received_by) == ("text", TITLE, analyst.user)


def test_an_address_is_pasted_with_the_text_under_it(analyst: Person) -> None:
    make_senate()
    analyst.post(PASTE, pasted=f"https://news.example/cell\n\n{TEXT}", title=TITLE)
    item = InboxItem.objects.get()
    assert (item.origin, item.url, item.text) == ("address", "https://news.example/cell", TEXT)


def test_a_bookmark_fills_the_form_and_writes_nothing(analyst: Person) -> None:
    page = analyst.get(PASTE, url="https://a.example/b", title="T<i>", text="Said.")
    assert page.context["form"]["pasted"].value() == "https://a.example/b\n\nSaid."
    assert "T&lt;i&gt;" in page.content.decode()
    assert not InboxItem.objects.exists()


def test_what_cannot_be_pasted_is_told_at_its_field(analyst: Person) -> None:
    assert "pasted" in analyst.post(PASTE, pasted=" ").context["form"].errors
    assert "pasted" in analyst.post(PASTE, pasted="ftp://a.example/b").context["form"].errors
    refused = analyst.post(PASTE, pasted="Text.", published_on="March")
    assert "published_on" in refused.context["form"].errors
    assert not InboxItem.objects.exists()


def test_what_is_known_is_shown_instead_of_taken_twice(analyst: Person) -> None:
    known = make_evidence(url="https://a.example/b", canonical_url="https://a.example/b")
    page = analyst.post(PASTE, pasted="https://a.example/b")
    assert page.status_code == 422
    assert reverse("admin:conditions_evidence_change", args=[known.pk]) in page.content.decode()
    analyst.post(PASTE, pasted="https://a.example/c")
    item = InboxItem.objects.get()
    page = analyst.post(PASTE, pasted="https://a.example/c")
    assert reverse("admin:conditions_inboxitem_change", args=[item.pk]) in page.content.decode()


def test_who_may_not_is_refused(reviewer: Person) -> None:
    make_senate()
    item = make_item()
    make_feed()
    assert reviewer.get(LIST).status_code == 200
    assert 'data-key="d"' not in reviewer.get(LIST).content.decode()
    assert reviewer.get(PASTE).status_code == 403
    assert reviewer.post("conditions_inboxitem_dismiss", item=item.pk).status_code == 403
    assert reviewer.post("conditions_inboxitem_reopen", item.pk).status_code == 403
    viewer = sign_in("viewer")
    for name in (LIST, PASTE, "conditions_feed_changelist"):
        assert viewer.get(name).status_code == 403
    assert "Inbox" not in viewer.get("index").content.decode()


def test_what_corrections_teach_is_told_with_the_number_still_needed(analyst: Person) -> None:
    program = make_senate()
    url = "conditions_inboxitem_lessons"
    assert "Nothing decided yet. After 20 decisions" in analyst.get(url).content.decode()
    analyst.post("conditions_inboxitem_change", make_item().pk, intent="not_about")
    html = analyst.get(url).content.decode()
    for told in ("1 decided", "0 of 1 taken as suggested", "<b>ISIS</b>", "19 more to go"):
        assert told in html
    Program.objects.filter(pk=program.pk).update(is_active=False)
    assert "No active program has field terms" in analyst.get(url).content.decode()
    assert sign_in("viewer").get(url).status_code == 403


def test_words_that_corrections_share_are_proposed(analyst: Person) -> None:
    program = make_senate()
    fighters = program.conditions.get(code="FIGHTERS")
    known = make_evidence(condition=fighters)
    for number in range(20):
        item = make_item(number, text=f"Syria: note {number} on zephyrite and other matters.")
        accept_existing(item=item, evidence=known, links=(), by=analyst.user, as_of=noon(TODAY))
    html = analyst.get("conditions_inboxitem_lessons").content.decode()
    assert "<b>zephyrite</b>" in html
    assert "on it in 20 of 20 items" in html


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
def test_what_became_a_document_one_may_not_see_tells_no_text(sensitivity: str) -> None:
    make_senate()
    item = make_item(title="Told in confidence", url="https://kept.example/a")
    known = make_evidence(sensitivity=sensitivity)
    accept_existing(item=item, evidence=known, links=(), by=make_user("manager"), as_of=noon(TODAY))
    seeing, other = sign_in("analyst"), sign_in("viewer")
    kept = ("view_inboxitem", "add_inboxitem", "view_draft_assessment")
    other.user.user_permissions.set(Permission.objects.filter(codename__in=kept))
    opened = "conditions_inboxitem_change"
    pages = [
        (LIST, (), {"state": "accepted"}),
        (opened, (item.pk,), {}),
        (LIST, (), {"done": item.pk}),
    ]
    told = "".join(seeing.get(name, *args, **query).content.decode() for name, args, query in pages)
    assert "Told in confidence" in told
    assert known.key in told
    for name, args, query in pages:
        answer = other.get(name, *args, **query)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "document you may not see" in html
        for word in ("Told in confidence", "explosive", "kept.example", "Wire Example", known.key):
            assert word not in html
    found = other.get(LIST, state="accepted", q="explosive").content.decode()
    assert "may not see" not in found
    assert other.get("conditions_inboxitem_history", item.pk).status_code in (302, 404)
    assert seeing.get("conditions_inboxitem_history", item.pk).status_code == 200
    again = other.post(PASTE, pasted="https://kept.example/a")
    assert again.status_code == 422
    assert "Told in confidence" not in again.content.decode()


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("javascript:alert(1)", "begins with http:// or https://"),
        ("mailto:x@example.org", "begins with http:// or https://"),
        ("file:///etc/passwd", "begins with http:// or https://"),
        ("http://169.254.169.254/x", "it is the metadata service of a cloud"),
        ("http://2130706433/x", "it is this machine"),
        ("a " * 500_000, "This is too long (999,999 characters)."),
    ],
)
def test_what_cannot_be_taken_is_told_and_given_back_whole(
    analyst: Person, pasted: str, said: str
) -> None:
    answer = analyst.post(PASTE, pasted=pasted)
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors["pasted"])
    html = answer.content.decode()
    assert pasted in html
    assert "maxlength" not in html[html.index("<textarea") :].partition(">")[0]
    assert not InboxItem.objects.exists()
