"""The inbox: pasted, suggested for, filed, linked, dismissed, put back; every decision kept."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from conditions.actions.evidence import EvidenceItem, LinkItem
from conditions.actions.evidence_items import BadEvidence
from conditions.actions.evidence_links import AlreadyLinked
from conditions.actions.inbox import (
    AlreadyOnFile,
    BadPaste,
    DecidedAlready,
    DismissalUnexplained,
    InInboxAlready,
    accept_existing,
    accept_item,
    dismiss_item,
    paste_address,
    paste_text,
    reopen_item,
    supply_text,
)
from conditions.actions.intake import Publisher
from conditions.actions.record import PermissionMissing
from conditions.models import (
    Crosswalk,
    Event,
    Evidence,
    EvidenceLink,
    InboxItem,
    Program,
    Source,
    TriageDecision,
    User,
)
from tests.crowd import while_open
from tests.days import DAY, TODAY, noon
from tests.factories import make_condition, make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
SENATE, LAW = "us-senate-3899", "us-pl119-60-8369"
RAID = (
    "Syrian forces and the global coalition raided an Islamic State cell near Raqqa in Syria.\n"
    "The interior ministry in Damascus said that ISIS members were arrested."
)


@pytest.fixture
def senate() -> Program:
    """A program of the name for which the repository holds field terms, with one condition."""
    return make_program(slug=SENATE, conditions=("ISIS", "RIGHTS"))


@pytest.fixture
def analyst() -> User:
    """Who decides."""
    return make_user("analyst")


def pasted(by: User, **changes: Any) -> InboxItem:
    given: dict[str, Any] = {"title": "A raid near Raqqa", "text": RAID, "publisher": "The Wire"}
    return paste_text(**{**given, **changes}, by=by, as_of=NOW)


def described(**changes: Any) -> EvidenceItem:
    given: dict[str, Any] = {
        "title": "A raid near Raqqa",
        "source_id": 0,
        "summary": "A cell was raided.",
        "url": "https://example.org/raid",
    }
    return EvidenceItem(**{**given, **changes})


def link(program: Program, code: str = "ISIS", stance: str = "supports") -> LinkItem:
    return LinkItem(program.conditions.get(code=code).pk, stance)


def accept(item: InboxItem, by: User, *links: LinkItem, **changes: Any) -> Evidence:
    return accept_item(
        item=item,
        evidence_item=described(**changes),
        publisher=Publisher("The Wire"),
        links=links,
        by=by,
        as_of=NOW + DAY,
    )


# --- Pasting --------------------------------------------------------------------------------------


def test_a_pasted_text_waits_as_it_was_given_with_what_is_suggested(
    senate: Program, analyst: User
) -> None:
    text = f"  {RAID}\r\n\tand a table\n"
    item = pasted(analyst, text=text, title="")
    item.refresh_from_db()
    assert item.text == text
    assert item.title == RAID.splitlines()[0]
    assert (item.origin, item.state, item.reading) == ("text", "waiting", "given")
    assert item.suggested[SENATE]["about"] is True
    assert set(item.suggested[SENATE]["conditions"]["ISIS"]) == {"score", "stance"}
    assert LAW not in item.suggested
    event = Event.objects.get(verb="inboxitem.pasted")
    assert (event.subject_id, event.actor) == (str(item.pk), analyst)


def test_an_address_owes_a_reading_and_says_when_nothing_may_be_read(
    senate: Program, analyst: User, settings: Settings
) -> None:
    settings.OUTSIDE_CALLS = False
    item = paste_address(url=" https://example.org/a?utm_source=x ", by=analyst, as_of=NOW)
    assert (item.url, item.canonical_url) == (
        "https://example.org/a?utm_source=x",
        "https://example.org/a",
    )
    assert (item.reading, item.next_attempt_at) == ("owed", NOW)
    assert "OUTSIDE_CALLS=true" in item.last_error
    assert "paste the text" in item.last_error
    assert item.suggested[SENATE]["about"] is False
    settings.OUTSIDE_CALLS = True
    other = paste_address(url="https://example.org/b", by=analyst, as_of=NOW)
    assert (other.reading, other.last_error) == ("owed", "")
    with_text = paste_address(url="https://example.org/c", text=RAID, by=analyst, as_of=NOW)
    assert (with_text.reading, with_text.title) == ("given", RAID.splitlines()[0])


def test_every_fault_of_what_is_pasted_is_told_at_once(analyst: User) -> None:
    with pytest.raises(BadPaste) as caught:
        paste_text(
            title="x" * 401,
            text="a\x1bb",
            publisher="p\x00",
            published_on=TODAY + 3 * DAY,
            language="English",
            url="ftp://example.org/",
            by=analyst,
            as_of=NOW,
        )
    assert [fault.path for fault in caught.value.faults] == [
        *("title", "text", "publisher", "url", "published_on", "language"),
    ]
    assert "'\\x1b' at place 2" in caught.value.faults[1].remedy
    assert not InboxItem.objects.exists()


def test_a_language_longer_than_its_column_is_refused(analyst: User) -> None:
    with pytest.raises(BadPaste) as caught:
        paste_text(title="", text="Words.", language="en-abcdefgh-ij", by=analyst, as_of=NOW)
    assert (caught.value.field, caught.value.value) == ("language", "en-abcdefgh-ij")
    assert "such as en" in caught.value.remedy
    assert not InboxItem.objects.exists()


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 200_001, "half \ud800 of it"])
def test_no_text_too_much_of_it_or_half_a_character_is_refused(analyst: User, text: str) -> None:
    with pytest.raises(BadPaste) as caught:
        pasted(analyst, text=text)
    assert caught.value.field == "text"
    assert caught.value.remedy


def test_an_address_is_pasted_once_and_not_when_it_is_on_file(analyst: User) -> None:
    first = paste_address(url="https://example.org/a", by=analyst, as_of=NOW)
    with pytest.raises(InInboxAlready, match="in the inbox already") as caught:
        pasted(analyst, url="http://EXAMPLE.org/a/#part")
    assert caught.value.existing == first
    evidence = make_evidence()
    with pytest.raises(AlreadyOnFile) as on_file:
        paste_address(url=evidence.url, by=analyst, as_of=NOW)
    assert on_file.value.existing == evidence


def test_a_text_that_waits_is_not_pasted_again(analyst: User) -> None:
    first = pasted(analyst)
    with pytest.raises(InInboxAlready, match="This text is in the inbox already") as caught:
        pasted(analyst)
    assert (caught.value.existing, caught.value.field) == (first, "text")
    assert InboxItem.objects.get() == first
    dismiss_item(item=first, dismissed_as="not_about", reason="", by=analyst, as_of=NOW)
    assert pasted(analyst) != first


def test_a_text_given_by_hand_ends_the_reading_and_is_suggested_from(
    senate: Program, analyst: User
) -> None:
    item = paste_address(url="https://example.org/a", by=analyst, as_of=NOW)
    given = supply_text(item=item, text=RAID, by=analyst, as_of=NOW)
    given.refresh_from_db()
    assert (given.reading, given.last_error, given.title) == ("given", "", RAID.splitlines()[0])
    assert given.suggested[SENATE]["about"] is True
    with pytest.raises(BadPaste):
        supply_text(item=item, text=" ", by=analyst, as_of=NOW)


def test_a_text_that_is_replaced_stays_on_record(senate: Program, analyst: User) -> None:
    item = pasted(analyst, url="https://example.org/a", title="The raid")
    supply_text(item=item, text="The whole page.", title="A raid", by=analyst, as_of=NOW + DAY)
    event = Event.objects.get(verb="inboxitem.text_given")
    assert event.before == {"title": "The raid", "text": RAID}
    assert event.after == {"title": "A raid", "characters": len("The whole page.")}


# --- Filing ---------------------------------------------------------------------------------------


def test_accepting_files_links_keeps_the_decision_and_the_only_copy(
    senate: Program, analyst: User
) -> None:
    item = pasted(analyst)
    suggested = item.suggested[SENATE]["conditions"]["ISIS"]["stance"]
    evidence = accept(item, analyst, link(senate, stance=suggested))
    item.refresh_from_db()
    assert (item.state, item.evidence, item.decided_by) == ("accepted", evidence, analyst)
    assert evidence.source == Source.objects.get(name="The Wire")
    assert evidence.capture_orders.get().state == "owed"
    assert evidence.credibility == 6
    assert (evidence.captures.get().text, evidence.captures.get().tool) == (RAID, "paste")
    decision = TriageDecision.objects.get()
    assert decision.decided == {"about": True, "conditions": {"ISIS": suggested}}
    assert decision.agrees is (list(item.suggested[SENATE]["conditions"]) == ["ISIS"])
    event = Event.objects.get(verb="inboxitem.accepted")
    assert event.after == {"evidence": evidence.key}


def test_a_text_given_by_hand_for_an_entry_of_a_feed_is_kept_as_a_copy(
    senate: Program, analyst: User
) -> None:
    entry = {"origin": "feed", "title": "A raid", "text": "It says little.", "received_at": NOW}
    item = InboxItem.objects.create(url="https://example.org/a", reading="failed", **entry)
    supply_text(item=item, text=RAID, by=analyst, as_of=NOW)
    evidence = accept(item, analyst, link(senate))
    assert (evidence.captures.get().text, evidence.captures.get().tool) == (RAID, "paste")
    untouched = InboxItem.objects.create(url="https://example.org/b", **entry)
    other = accept(untouched, analyst, link(senate), url="https://example.org/b")
    assert not other.captures.exists()


def test_a_correction_is_kept_beside_what_was_suggested(senate: Program, analyst: User) -> None:
    item = pasted(analyst)
    accept(item, analyst, link(senate, "RIGHTS", "neutral"))
    decision = TriageDecision.objects.get()
    assert decision.agrees is False
    assert "ISIS" in decision.suggested["conditions"]
    assert decision.decided == {"about": True, "conditions": {"RIGHTS": "neutral"}}


def test_what_the_crosswalk_carries_counts_as_decided(senate: Program, analyst: User) -> None:
    law = make_program(slug=LAW, conditions=())
    counterpart = make_condition(program=law, code="L1")
    Crosswalk.objects.create(
        condition=senate.conditions.get(code="ISIS"), counterpart=counterpart, relation="same"
    )
    accept(pasted(analyst), analyst, link(senate, stance="contradicts"))
    decided = dict(TriageDecision.objects.values_list("program__slug", "decided"))
    assert decided[LAW] == {"about": True, "conditions": {"L1": "contradicts"}}
    assert decided[SENATE] == {"about": True, "conditions": {"ISIS": "contradicts"}}


def test_what_the_crosswalk_adds_by_itself_is_no_correction(senate: Program, analyst: User) -> None:
    item = pasted(analyst)
    suggested = item.suggested[SENATE]["conditions"]
    others = set(senate.conditions.values_list("code", flat=True)) - set(suggested)
    added = senate.conditions.get(code=min(others))
    Crosswalk.objects.create(
        condition=senate.conditions.get(code="ISIS"), counterpart=added, relation="same"
    )
    links = [link(senate, code, one["stance"]) for code, one in suggested.items()]
    accept(item, analyst, *links)
    decision = TriageDecision.objects.get()
    assert added.code in decision.decided["conditions"]
    assert decision.agrees is True


def test_nothing_is_written_when_anything_is_refused(senate: Program, analyst: User) -> None:
    item = pasted(analyst)
    there = make_evidence(url="https://example.org/raid", canonical_url="https://example.org/raid")
    with pytest.raises(AlreadyOnFile) as on_file:
        accept(item, analyst, link(senate))
    assert on_file.value.existing == there
    with pytest.raises(BadEvidence):
        accept(item, analyst, link(senate), url="https://example.org/new", summary="")
    item.refresh_from_db()
    assert item.state == "waiting"
    assert not Source.objects.filter(name="The Wire").exists()
    assert not TriageDecision.objects.exists()
    assert not EvidenceLink.objects.exists()


def test_a_document_on_file_is_linked_instead(senate: Program, analyst: User) -> None:
    there = make_evidence(condition=senate.conditions.get(code="ISIS"), stance="supports")
    item = pasted(analyst)
    links = (link(senate), link(senate, "RIGHTS", "contradicts"))
    found = accept_existing(item=item, evidence=there, links=links, by=analyst, as_of=NOW)
    item.refresh_from_db()
    assert (found, item.evidence, item.state) == (there, there, "accepted")
    assert there.links.count() == 2
    assert TriageDecision.objects.get().decided["conditions"] == {
        "ISIS": "supports",
        "RIGHTS": "contradicts",
    }
    other = pasted(analyst)
    with pytest.raises(AlreadyLinked, match="Withdraw the link on file first"):
        accept_existing(
            item=other,
            evidence=there,
            links=(link(senate, stance="neutral"),),
            by=analyst,
            as_of=NOW,
        )
    other.refresh_from_db()
    assert other.state == "waiting"


def test_who_comes_second_is_told_who_came_first(senate: Program, analyst: User) -> None:
    item, other = pasted(analyst), make_user("manager")
    accept(item, analyst, link(senate))
    for late in (
        lambda: accept(item, other, link(senate), url="https://example.org/other"),
        lambda: dismiss_item(item=item, dismissed_as="not_about", reason="", by=other, as_of=NOW),
        lambda: supply_text(item=item, text=RAID, by=other, as_of=NOW),
        lambda: accept_existing(item=item, evidence=make_evidence(), links=(), by=other, as_of=NOW),
    ):
        with pytest.raises(DecidedAlready, match=f"filed by {analyst.username} on") as caught:
            late()
        assert caught.value.existing == item
    assert TriageDecision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("late", ["accepts", "links", "dismisses"])
def test_of_two_who_decide_at_once_the_second_is_refused(late: str) -> None:
    program = make_program(slug=SENATE, conditions=("ISIS", "RIGHTS"))
    analyst, other, known = make_user("analyst"), make_user("manager"), make_evidence()
    item = pasted(analyst)
    refused: list[DecidedAlready] = []

    def decide() -> None:
        try:
            if late == "accepts":
                accept(item, other, link(program, "RIGHTS"), url="https://example.org/other")
            elif late == "links":
                accept_existing(item=item, evidence=known, links=(), by=other, as_of=NOW)
            else:
                dismiss_item(item=item, dismissed_as="not_about", reason="", by=other, as_of=NOW)
        except DecidedAlready as refusal:
            refused.append(refusal)

    while_open(lambda: accept(item, analyst, link(program)), decide)
    assert [one.message for one in refused] == [
        f"This item was filed by {analyst.username} on {NOW + DAY:%Y-%m-%d %H:%M} UTC."
    ]
    item.refresh_from_db()
    assert item.evidence == Evidence.objects.exclude(pk=known.pk).get()
    assert (item.evidence.url, item.decided_by) == ("https://example.org/raid", analyst)
    assert Event.objects.filter(verb__startswith="inboxitem.").count() == 2
    assert TriageDecision.objects.count() == 1


# --- Dismissing -----------------------------------------------------------------------------------


def test_not_about_any_program_teaches_and_the_other_reasons_do_not(
    senate: Program, analyst: User
) -> None:
    item = pasted(analyst)
    gone = dismiss_item(item=item, dismissed_as="not_about", reason="", by=analyst, as_of=NOW)
    assert (gone.state, gone.dismissed_as, gone.decided_by) == ("dismissed", "not_about", analyst)
    decision = TriageDecision.objects.get()
    assert decision.decided == {"about": False, "conditions": {}}
    assert decision.agrees is False
    for kind in ("on_file", "nothing_new", "too_weak"):
        dismiss_item(item=pasted(analyst), dismissed_as=kind, reason="", by=analyst, as_of=NOW)
    assert TriageDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "reason", "field"),
    [
        ("", "", "dismissed_as"),
        ("boring", "", "dismissed_as"),
        ("other", " ", "reason"),
        ("other", "x" * 2_001, "reason"),
        ("not_about", "a\x00", "reason"),
    ],
)
def test_a_dismissal_is_explained(analyst: User, kind: str, reason: str, field: str) -> None:
    item = pasted(analyst)
    with pytest.raises(DismissalUnexplained) as caught:
        dismiss_item(item=item, dismissed_as=kind, reason=reason, by=analyst, as_of=NOW)
    assert caught.value.field == field
    item.refresh_from_db()
    assert item.state == "waiting"


def test_a_dismissed_item_is_put_back_and_decided_anew(senate: Program, analyst: User) -> None:
    item = pasted(analyst)
    with pytest.raises(DecidedAlready, match="waits already"):
        reopen_item(item=item, by=analyst, as_of=NOW)
    dismiss_item(item=item, dismissed_as="not_about", reason="No.", by=analyst, as_of=NOW)
    back = reopen_item(item=item, by=analyst, as_of=NOW + DAY)
    assert (back.state, back.dismissed_as, back.reason) == ("waiting", "", "")
    assert Event.objects.get(verb="inboxitem.reopened").before == {
        "as": "not_about",
        "reason": "No.",
    }
    accept(item, analyst, link(senate))
    assert TriageDecision.objects.count() == 2
    with pytest.raises(DecidedAlready, match="is filed"):
        reopen_item(item=item, by=analyst, as_of=NOW)


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "reviewer", ""])
def test_only_those_who_write_decide(senate: Program, analyst: User, role: str) -> None:
    item, stranger = pasted(analyst), make_user(role)
    for attempt in (
        lambda: pasted(stranger),
        lambda: paste_address(url="https://example.org/z", by=stranger, as_of=NOW),
        lambda: supply_text(item=item, text=RAID, by=stranger, as_of=NOW),
        lambda: accept(item, stranger, link(senate)),
        lambda: accept_existing(
            item=item, evidence=make_evidence(), links=(), by=stranger, as_of=NOW
        ),
        lambda: dismiss_item(item=item, dismissed_as="on_file", reason="", by=stranger, as_of=NOW),
        lambda: reopen_item(item=item, by=stranger, as_of=NOW),
    ):
        with pytest.raises(PermissionMissing):
            attempt()
    assert InboxItem.objects.get().state == "waiting"
