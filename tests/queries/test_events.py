"""Events: no face tells by one of them of a document that its reader may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from conditions.actions.evidence import EvidenceItem, LinkItem, amend_evidence
from conditions.actions.evidence_links import withdraw_link
from conditions.actions.inbox import accept_item, reopen_item, supply_text
from conditions.actions.inbox_decisions import dismiss_item
from conditions.actions.intake import Publisher
from conditions.models import Event, Evidence, InboxItem, Program, User
from conditions.queries.answers import PAGES
from conditions.queries.events import visible_events
from tests.admin.triage_world import make_item
from tests.api.conftest import Caller, make_token
from tests.days import DAY, TODAY, noon
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
SECRET, OPEN = "Told in confidence", "Told openly"
BOTH = {SECRET, OPEN}
# What somebody is given who works here and sees no protected document.
WORKING = ("view_event", "view_evidence", "view_inboxitem", "view_draft_assessment")
WORKING += ("view_program", "view_condition", "view_reviewcycle")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    PAGES.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program() -> Program:
    return make_program()


def take_in(title: str, program: Program, **fields: Any) -> Evidence:
    """What came in under this title is given another text, put aside and back, filed, linked,
    amended and unlinked."""
    by, item = make_user("manager"), make_item(title=title, text=f"{title}, in full.")
    supply_text(item=item, text="The page.", by=by, as_of=NOW)
    dismiss_item(item=item, dismissed_as="other", reason=title, by=by, as_of=NOW)
    evidence = accept_item(
        item=reopen_item(item=item, by=by, as_of=NOW),
        evidence_item=EvidenceItem(
            title=title, source_id=0, summary="So.", reference=title, **fields
        ),
        publisher=Publisher("Wire Example"),
        links=[LinkItem(program.conditions.get().pk, "supports", note=title)],
        by=by,
        as_of=NOW,
    )
    amend_evidence(
        evidence=evidence,
        item=replace(EvidenceItem.of(evidence), summary=f"{title}, again."),
        by=by,
        as_of=NOW + DAY,
        expected_revision=evidence.revision,
        reason=title,
    )
    withdraw_link(link=evidence.links.get(), reason=title, by=by, as_of=NOW)
    return evidence


def working(*codenames: str) -> User:
    """Somebody who may do what they were given alone."""
    user = make_user("", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=(*WORKING, *codenames)))
    return user


def told_to(user: User, program: Program) -> set[str]:
    """The titles that the events tell this person, wherever they look."""
    client = Client()
    client.force_login(user)
    caller = Caller(client, user, make_token(user, scope="read"))
    ids = list(Event.objects.values_list("pk", flat=True))
    listed = caller.get("events/", {"page_size": 100})
    rows = {row["id"] for row in listed.json()["results"]}
    opened = {pk for pk in ids if caller.get(f"events/{pk}/").status_code == 200}
    assert opened == rows
    pages = [
        reverse("admin:conditions_event_changelist"),
        *(reverse("admin:conditions_event_change", args=[pk]) for pk in ids),
        reverse("admin:conditions_program_history", args=[program.pk]),
        reverse("admin:conditions_condition_history", args=[program.conditions.get().pk]),
        *(
            reverse("admin:conditions_inboxitem_history", args=[item.pk])
            for item in InboxItem.objects.all()
        ),
        *(
            reverse("admin:conditions_evidence_history", args=[document.pk])
            for document in Evidence.objects.all()
        ),
    ]
    told = "".join(one.content.decode() for one in (listed, *map(client.get, pages)))
    return {title for title in BOTH if title in told}


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
@pytest.mark.parametrize(
    ("role", "told"),
    [("viewer", {OPEN}), ("analyst", BOTH), ("reviewer", BOTH), ("manager", BOTH)],
)
def test_each_role_is_told_of_the_documents_it_sees(
    program: Program, role: str, told: set[str], sensitivity: str
) -> None:
    take_in(SECRET, program, sensitivity=sensitivity)
    take_in(OPEN, program)
    assert told_to(make_user(role), program) == told


@pytest.mark.parametrize(
    ("sensitivity", "opens", "other"),
    [
        ("restricted", "view_restricted_evidence", "view_source_protected_evidence"),
        ("source_protected", "view_source_protected_evidence", "view_restricted_evidence"),
    ],
)
def test_no_event_tells_of_a_document_one_may_not_see(
    program: Program, sensitivity: str, opens: str, other: str
) -> None:
    take_in(SECRET, program, sensitivity=sensitivity)
    take_in(OPEN, program)
    assert told_to(working(other), program) == {OPEN}
    assert told_to(working(opens), program) == BOTH


def test_a_document_of_a_closed_program_is_told_by_no_event(program: Program) -> None:
    take_in(OPEN, program)
    closed = make_program(slug="closed", is_public=False)
    take_in(SECRET, closed)
    reader = working("view_restricted_evidence", "view_source_protected_evidence")
    assert SECRET in reasons_told(reader)
    reader.user_permissions.remove(Permission.objects.get(codename="view_program"))
    assert reasons_told(reader) >= {OPEN}
    assert SECRET not in reasons_told(reader)


def reasons_told(user: User) -> set[str]:
    """The reasons in all events that this person may know of."""
    reader = User.objects.get(pk=user.pk)
    return set(visible_events(reader).values_list("reason", flat=True))
