"""Official reports in the admin, and no report for a whole cycle, by every role."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from conditions.actions.official_reports import record_official_report
from conditions.models import Event, OfficialFinding, OfficialReport
from tests.admin.conftest import Person, sign_in
from tests.admin.test_lists import of, queries_of
from tests.admin.world import World, make_world
from tests.days import SECOND_DUE, THIRD_DUE, noon
from tests.factories import make_evidence, make_user

pytestmark = pytest.mark.django_db
ROLES = ("viewer", "analyst", "reviewer", "manager")
LIST = "conditions_officialreport_changelist"
ADD = "conditions_officialreport_add"
NONE = "conditions_officialfinding_none"


@pytest.fixture
def manager(db: None) -> Person:
    return sign_in("manager")


def send(world: World, **changes: object) -> OfficialReport:
    """The record of a report on the world's cycle 2."""
    return record_official_report(
        **{
            "cycle": world.closed_cycle,
            "submitted_on": SECOND_DUE,
            "by": None,
            "as_of": noon(SECOND_DUE),
            **changes,
        }
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_every_page_takes_a_fixed_number_of_queries(rows: int) -> None:
    chief = sign_in("manager", is_superuser=True)
    world = make_world(chief.user, rows)
    sent = send(world)
    for cycle in world.program.cycles.filter(number__in=(1, 3)[: rows - 1]):
        send(world, cycle=cycle, submitted_on=cycle.due_on, as_of=noon(THIRD_DUE))
    assert {
        name: queries_of(chief, url)
        for name, url in {
            "list": reverse(f"admin:{LIST}"),
            "record": of("officialreport_change", sent),
            "form": reverse(f"admin:{ADD}"),
            "replace": of("officialreport_replace", sent),
            "history": of("officialreport_history", sent),
            "none": reverse(f"admin:{NONE}"),
        }.items()
    } == {"list": 8, "record": 3, "form": 3, "replace": 3, "history": 6, "none": 3}


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reads_and_a_manager_records(role: str) -> None:
    world = make_world(make_user("analyst"))
    sent = send(world)
    person = sign_in(role)
    for url in (reverse(f"admin:{LIST}"), of("officialreport_change", sent)):
        assert person.client.get(url).status_code == 200
    may = role == "manager"
    typed = {"cycle": world.cycle.pk, "submitted_on": "2026-11-20"}
    for url in (
        reverse(f"admin:{ADD}"),
        of("officialreport_replace", sent),
        reverse(f"admin:{NONE}"),
    ):
        assert person.client.get(url).status_code == (200 if may else 403)
        posted = person.client.post(url, typed)
        assert (posted.status_code != 403) is may
    assert OfficialReport.objects.filter(cycle=world.cycle).exists() is may
    told = person.client.get(reverse("admin:conditions_officialfinding_changelist"))
    assert ("No report submitted, for all conditions" in told.content.decode()) is may


def test_nobody_signed_out_opens_anything() -> None:
    sent = send(make_world(make_user("analyst")))
    for url in (reverse(f"admin:{ADD}"), of("officialreport_change", sent)):
        answer = Client().get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


def test_a_report_is_recorded_then_replaced_once_it_is_public(manager: Person) -> None:
    world = make_world(make_user("analyst"))
    document = make_evidence(title="The report")
    chosen = manager.get(ADD, cycle=world.closed_cycle.pk)
    assert chosen.context["form"].initial["cycle"] == str(world.closed_cycle.pk)
    manager.post(
        ADD,
        cycle=world.closed_cycle.pk,
        submitted_on="2026-07-20",
        document=document.key,
        note="Seen in the Record.",
    )
    first = OfficialReport.objects.get()
    assert (first.document, first.recorded_by) == (document, manager.user)
    page = manager.get("conditions_officialreport_change", first.pk).content.decode()
    assert "Expected to be public from 19 August 2026 to 18 September 2026" in page
    assert "The window has passed and no public text is on record" in page
    form = manager.get("conditions_officialreport_replace", first.pk).context["form"]
    assert form.initial["document"] == document.key
    early = manager.post(
        "conditions_officialreport_replace",
        first.pk,
        submitted_on="2026-07-20",
        released_on="2026-07-01",
        note="It came out.",
    )
    assert early.status_code == 422
    assert "released_on" in early.context["form"].errors
    silent = manager.post("conditions_officialreport_replace", first.pk, submitted_on="2026-07-20")
    assert "note" in silent.context["form"].errors
    manager.post(
        "conditions_officialreport_replace",
        first.pk,
        submitted_on="2026-07-20",
        released_on="2026-09-01",
        note="It came out.",
    )
    assert first.replaced_by.released_on.isoformat() == "2026-09-01"
    page = manager.get("conditions_officialreport_change", first.pk).content.decode()
    assert "This record was" in page
    assert (
        manager.post(ADD, cycle=world.closed_cycle.pk, submitted_on="2026-07-20")
        .context["form"]
        .errors["cycle"]
    )


def test_the_list_tells_what_stands_and_its_window(manager: Person) -> None:
    world = make_world(make_user("analyst"))
    first = send(world)
    send(world, replaces=first, note="A day later.", submitted_on=SECOND_DUE, as_of=noon(THIRD_DUE))
    page = manager.get(LIST).content.decode()
    assert "07 Aug 2026 to 06 Sep 2026" in page
    assert "replaced" in page
    assert "stands" in page
    assert "Passed" in page


def test_a_restricted_document_is_named_to_those_who_may_know() -> None:
    world = make_world(make_user("analyst"))
    secret = make_evidence(title="The classified annex", sensitivity="restricted")
    sent = send(world, document=secret)
    for role, seen in (("viewer", False), ("analyst", True)):
        page = sign_in(role).get("conditions_officialreport_change", sent.pk).content.decode()
        assert ("The classified annex" in page) is seen


def test_no_report_is_recorded_for_all_conditions_or_for_none(manager: Person) -> None:
    world = make_world(make_user("analyst"))
    third = world.program.cycles.get(number=3)
    early = manager.post(NONE, cycle=world.cycle.pk, found_on="2026-11-20")
    assert "until then no report is missing" in early.content.decode()
    # On cycle 2 the finding on one of the two conditions is on file already.
    taken = manager.post(NONE, cycle=world.closed_cycle.pk, found_on="2026-11-20")
    assert "on file already: ALPHA" in taken.content.decode()
    assert OfficialFinding.objects.count() == 1
    done = manager.post(NONE, cycle=third.pk, found_on="2026-11-20", note="Not in the CMR.")
    assert done["Location"] == reverse("admin:conditions_officialfinding_changelist")
    rows = OfficialFinding.objects.filter(cycle=third, finding="not_submitted")
    assert rows.count() == 2
    assert Event.objects.filter(verb="officialfinding.recorded", actor=manager.user).count() == 2
