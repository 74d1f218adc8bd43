"""The manager's page of a cycle: what blocks it, what will be late, who leads; role by role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.people import assign_lead
from conditions.models import Condition, DoubleCoding, Event, Program, ReviewCycle, User
from tests.admin.conftest import Person, sign_in
from tests.days import DAY, FOURTH_DUE, SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import (
    make_assessment,
    make_condition,
    make_evidence,
    make_program,
    make_user,
)

pytestmark = pytest.mark.django_db
CODES = ("ALPHA", "BETA", "GAMMA")


@pytest.fixture
def manager(db: None) -> Person:
    """A manager, signed in."""
    return sign_in("manager", username="max")


@pytest.fixture
def lead(db: None) -> User:
    """Who leads every condition."""
    return make_user("analyst", username="lea")


@pytest.fixture
def program(lead: User) -> Program:
    """Three conditions, the first judged in cycle 3; tracked since then."""
    found = make_program(conditions=CODES, tracked_from=SECOND_DUE, lead=lead)
    make_assessment(
        condition=found.conditions.get(code="ALPHA"),
        cycle=found.cycles.get(number=3),
        valid_from=THIRD_DUE - DAY,
        status="3",
    )
    return found


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=4)


def board(person: Person, cycle: ReviewCycle) -> str:
    """The page's text, white space as a browser shows it."""
    answer = person.get("conditions_reviewcycle_change", cycle.pk)
    assert answer.status_code == 200
    words = re.sub(r"<(script|style|select).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())


def links(person: Person, cycle: ReviewCycle) -> set[str]:
    page = person.get("conditions_reviewcycle_change", cycle.pk).content.decode()
    return set(re.findall(r'href="([^"]+)"', page.split('id="content"')[1]))


def of(program: Program, code: str) -> Condition:
    return program.conditions.get(code=code)


def leads(cycle: ReviewCycle, new: Mapping[str, User | None]) -> dict[str, str]:
    """The form of leads as a browser sends it, with those of ``new`` chosen anew."""
    sent = {}
    for condition in cycle.program.conditions.all():
        name, present = f"lead_{condition.pk}", str(condition.lead_id or "")
        chosen = new.get(condition.code, condition.lead)
        sent[f"initial-{name}"] = present
        sent[name] = str(chosen.pk) if chosen else ""
    return sent


def assigned() -> list[tuple[str, str | None]]:
    return [
        (event.condition.code, event.after["lead"])
        for event in Event.objects.filter(verb="condition.assigned").order_by("id")
    ]


def test_a_new_cycle_is_not_yet_assessed_and_shows_the_last_judgement_as_a_proposal(
    manager: Person, cycle: ReviewCycle
) -> None:
    page = board(manager, cycle)
    assert "Day 16 of 120" in page
    assert "104 days left" in page
    assert "from cycle 3, not re-checked 3 Largely met" in page
    assert page.count("Not yet assessed. Assess it") == 1
    assert page.count("untouched in this cycle") == 3
    assert "What blocks closing 3" in page
    assert "0 of 3 coded, 0 approved ; by now the usual rhythm would have 0 coded" in page


def test_each_condition_says_where_its_work_stands_and_who_holds_it(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    author = make_user("analyst", username="ada")
    make_assessment(
        condition=of(program, "ALPHA"), cycle=cycle, valid_from=TODAY, author=author, state="draft"
    )
    make_assessment(condition=of(program, "BETA"), cycle=cycle, valid_from=TODAY, state="submitted")
    page = board(manager, cycle)
    assert "with ada touched today" in page
    assert "In review says" in page
    assert "with a reviewer" in page
    assert "Not started with lea untouched in this cycle" in page
    assert "A draft by ada. Submit it for review" in page
    assert "1 of 3 coded, 0 approved" in page


def test_new_documents_are_those_since_the_last_judgement(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    make_evidence(condition=of(program, "ALPHA"), recorded_at=noon(THIRD_DUE - 2 * DAY))
    make_evidence(condition=of(program, "ALPHA"), recorded_at=noon(TODAY), stance="contradicts")
    make_evidence(condition=of(program, "BETA"), recorded_at=noon(TODAY))
    page = board(manager, cycle)
    assert "1 new since the last judgement" in page
    assert "1 against, 2 for" in page
    assert page.count("not judged yet") == 2


def test_a_corrected_judgement_stands_in_place_of_the_one_it_corrects(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    beta = of(program, "BETA")
    wrong = make_assessment(condition=beta, cycle=cycle, valid_from=TODAY, status="1")
    right = make_assessment(
        condition=beta, cycle=cycle, valid_from=THIRD_DUE, status="4", corrects=wrong
    )
    answer = manager.get("conditions_reviewcycle_change", cycle.pk)
    [work] = [one for one in answer.context["board"].works if one.condition == beta]
    assert work.approved == right


def test_day_thirty_tells_what_will_be_late(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    assign_lead(condition=of(program, "BETA"), lead=None, by=None, as_of=noon(TODAY))
    assert "Likely to be late Nobody leads it: BETA" in board(manager, cycle)
    make_evidence(condition=of(program, "GAMMA"), recorded_at=noon(THIRD_DUE + 20 * DAY))
    with time_machine.travel(noon(THIRD_DUE + 30 * DAY), tick=False):
        manager.client.force_login(manager.user)
        page = board(manager, cycle)
    assert "Day 30 of 120" in page
    assert "Untouched for 30 days or more: ALPHA, BETA" in page


def test_behind_the_usual_rhythm_is_said_in_words(manager: Person, cycle: ReviewCycle) -> None:
    with time_machine.travel(noon(FOURTH_DUE - timedelta(days=25)), tick=False):
        manager.client.force_login(manager.user)
        page = board(manager, cycle)
    assert "0 of 3 coded, 0 approved ; by now the usual rhythm would have 3 coded" in page
    assert "Behind the usual rhythm" in page
    assert "Not coded when coding should have ended: ALPHA, BETA, GAMMA" in page


def test_the_close_button_is_there_once_nothing_blocks(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    close = reverse("admin:conditions_reviewcycle_close", args=[cycle.pk])
    for code in CODES:
        assert close not in links(manager, cycle)
        make_assessment(condition=of(program, code), cycle=cycle, valid_from=TODAY)
    assert close in links(manager, cycle)
    assert "Nothing: every condition has its approved judgement" in board(manager, cycle)
    assert close not in links(sign_in("analyst"), cycle)


def test_every_blocker_leads_to_where_it_is_done(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    waiting = make_assessment(
        condition=of(program, "BETA"), cycle=cycle, valid_from=TODAY, state="submitted"
    )
    found = links(manager, cycle)
    assert reverse("admin:conditions_assessment_change", args=[waiting.pk]) in found
    for code in ("ALPHA", "GAMMA"):
        assess = reverse("admin:conditions_condition_assess", args=[of(program, code).pk])
        assert f"{assess}?cycle={cycle.pk}" in found


def test_what_is_to_be_coded_twice_leads_to_the_coding(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    DoubleCoding.objects.create(
        cycle=cycle,
        condition=of(program, "BETA"),
        first_coder=make_user("analyst"),
        second_coder=make_user("analyst"),
        chosen_at=noon(TODAY),
        chosen_by=manager.user,
    )
    page = board(manager, cycle)
    assert "Coded blind by 0 of 2." in page
    assert "with its two coders" in page
    assess = reverse("admin:conditions_condition_assess", args=[of(program, "BETA").pk])
    assert not any(link.startswith(assess) for link in links(manager, cycle))


def test_what_if_is_played_from_here_by_managers(manager: Person, cycle: ReviewCycle) -> None:
    board_url = reverse("admin:conditions_program_whatif", args=[cycle.program_id])
    assert f"{board_url}?cycle=4" in links(manager, cycle)
    assert f"{board_url}?cycle=4" not in links(sign_in("analyst"), cycle)


def test_leads_are_assigned_in_one_form_and_only_what_was_changed_is_written(
    manager: Person, program: Program, cycle: ReviewCycle, lead: User
) -> None:
    other = make_user("analyst", username="Oda")
    sent = leads(cycle, {"ALPHA": other, "GAMMA": None})
    answer = manager.post("conditions_reviewcycle_change", cycle.pk, **sent)
    assert answer.status_code == 302
    assert assigned() == [("ALPHA", "Oda"), ("GAMMA", None)]
    assert [of(program, code).lead for code in CODES] == [other, lead, None]
    assert "Oda leads ALPHA now. Nobody leads GAMMA now." in board(manager, cycle)


def test_what_somebody_else_assigned_meanwhile_stays(
    manager: Person, program: Program, cycle: ReviewCycle, lead: User
) -> None:
    other = make_user("analyst", username="Oda")
    sent = leads(cycle, {"ALPHA": other})
    assign_lead(condition=of(program, "BETA"), lead=other, by=None, as_of=noon(TODAY))
    manager.post("conditions_reviewcycle_change", cycle.pk, **sent)
    assert [of(program, code).lead for code in CODES] == [other, other, lead]


def test_nobody_is_made_lead_who_cannot_write(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    reader = make_user("viewer")
    sent = leads(cycle, {"ALPHA": reader, "BETA": None})
    answer = manager.post("conditions_reviewcycle_change", cycle.pk, **sent)
    assert answer.status_code == 422
    assert f"lead_{of(program, 'ALPHA').pk}" in answer.context["form"].errors
    assert assigned() == []


def test_a_lead_who_has_left_is_shown_and_a_refused_batch_changes_nothing(
    manager: Person, program: Program, cycle: ReviewCycle, lead: User
) -> None:
    User.objects.filter(pk=lead.pk).update(is_active=False)
    other = make_user("analyst")
    assign_lead(condition=of(program, "GAMMA"), lead=other, by=None, as_of=noon(TODAY))
    before = assigned()
    assert "Its lead has left: ALPHA, BETA" in board(manager, cycle)
    sent = leads(cycle, {"ALPHA": other, "GAMMA": lead})
    answer = manager.post("conditions_reviewcycle_change", cycle.pk, **sent)
    assert answer.status_code == 422
    assert "lea cannot write assessments." in answer.content.decode()
    assert assigned() == before
    sent = leads(cycle, {"ALPHA": other})
    assert manager.post("conditions_reviewcycle_change", cycle.pk, **sent).status_code == 302
    assert of(program, "BETA").lead == lead


def test_every_select_has_its_label(manager: Person, program: Program, cycle: ReviewCycle) -> None:
    page = manager.get("conditions_reviewcycle_change", cycle.pk).content.decode()
    for condition in program.conditions.all():
        label = f'for="id_lead_{condition.pk}">Lead of {condition.code}</label>'
        assert label in page
        assert f'<select name="lead_{condition.pk}" id="id_lead_{condition.pk}"' in page


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("analyst", 403), ("reviewer", 403), ("manager", 302)]
)
def test_only_a_manager_assigns(
    role: str, status: int, program: Program, cycle: ReviewCycle
) -> None:
    person = sign_in(role)
    sent = leads(cycle, {"ALPHA": None})
    answer = person.post("conditions_reviewcycle_change", cycle.pk, **sent)
    assert answer.status_code == status
    assert (of(program, "ALPHA").lead is None) is (role == "manager")
    has_form = "Save leads" in board(person, cycle)
    assert has_form is (role == "manager")


def test_a_stranger_is_sent_to_sign_in(cycle: ReviewCycle) -> None:
    url = reverse("admin:conditions_reviewcycle_change", args=[cycle.pk])
    for answer in (Client().get(url), Client().post(url, {})):
        assert "login" in answer.headers.get("Location", "") or answer.status_code == 401
    assert assigned() == []


def test_a_viewer_learns_of_no_draft_and_of_no_hidden_document(
    program: Program, cycle: ReviewCycle
) -> None:
    author = make_user("analyst", username="ada")
    draft = make_assessment(
        condition=of(program, "BETA"), cycle=cycle, valid_from=TODAY, author=author, state="draft"
    )
    make_evidence(condition=of(program, "ALPHA"), recorded_at=noon(TODAY), sensitivity="restricted")
    viewer, analyst = sign_in("viewer"), sign_in("analyst")
    page = board(viewer, cycle)
    for word in ("ada", "coded", "What blocks closing", "Likely to be late", "touched", "Draft"):
        assert word not in page, word
    assert f"/assessment/{draft.pk}/" not in " ".join(links(viewer, cycle))
    assert "none new since the last judgement" in page
    told = viewer.get("conditions_reviewcycle_change", cycle.pk).context["board"]
    assert (told.blockers, told.steps) == ((), ())
    assert all(work.in_work is None for work in told.works)
    seen = board(analyst, cycle)
    assert "ada" in seen
    assert "1 new since the last judgement" in seen


def test_an_extension_is_told_with_its_reason(manager: Person, cycle: ReviewCycle) -> None:
    extend_cycle(
        cycle=cycle,
        due_on=FOURTH_DUE + 30 * DAY,
        reason="Letter of the committee.",
        by=manager.user,
        as_of=noon(TODAY),
    )
    page = board(manager, cycle)
    assert "(scheduled for 5 Mar 2027)" in page
    assert "Due date moved from 5 Mar 2027: Letter of the committee." in page
    assert "scheduled 5 Mar" in page
    assert "Day 16 of 150" in page


def test_a_late_cycle_and_a_closed_one(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    overdue = program.cycles.get(number=3)
    assert "120 days gone, Overdue by 16 days" in board(manager, overdue)
    assert "What is late" in board(manager, overdue)
    for code in ("BETA", "GAMMA"):
        make_assessment(
            condition=of(program, code), cycle=overdue, valid_from=THIRD_DUE - DAY, status="1"
        )
    manager.post("conditions_reviewcycle_close", overdue.pk, confirmed="on", note="Done.")
    page = board(manager, overdue)
    assert "closed 21 Nov 2026 by max" in page
    assert "Save leads" not in page
    assert "What blocks closing" not in page
    assert "3 approved" in page
    assert "from cycle 3, not re-checked 1 Initial steps" in board(manager, cycle)


def test_the_plot_says_the_same_in_a_table(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    make_assessment(condition=of(program, "BETA"), cycle=cycle, valid_from=TODAY)
    page = board(manager, cycle)
    assert "21 Nov 2026 1 of 3 1 of 3" in page
    assert "Coding 29 Jan 2027 8 Feb 2027" in page
    assert "The tables below say the same in words." in page


def test_a_condition_that_is_not_asked_is_not_there(
    manager: Person, program: Program, cycle: ReviewCycle
) -> None:
    make_condition(program=program, code="LATER", position=4, in_force_from=FOURTH_DUE)
    make_condition(program=program, code="GONE", position=5, in_force_until=date(2026, 11, 1))
    page = board(manager, cycle)
    assert "LATER" not in page
    assert "GONE" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(manager: Person, lead: User, number: int) -> None:
    program = make_program(conditions=CODES[:number], tracked_from=SECOND_DUE, lead=lead)
    cycle = program.cycles.get(number=4)
    for condition in program.conditions.all():
        make_assessment(
            condition=condition, cycle=program.cycles.get(number=3), valid_from=SECOND_DUE
        )
        make_assessment(condition=condition, cycle=cycle, valid_from=TODAY, state="draft")
        make_user("analyst")
    with CaptureQueriesContext(connection) as captured:
        board(manager, cycle)
    assert len(captured) == 19


def test_leads_chosen_before_the_session_ended_come_back(
    manager: Person, program: Program, cycle: ReviewCycle, lead: User
) -> None:
    other = make_user("analyst", username="Oda")
    manager.user.set_password("a-long-password")
    manager.user.save()
    url = reverse("admin:conditions_reviewcycle_change", args=[cycle.pk])
    browser = Client()
    asked = browser.post(url, leads(cycle, {"ALPHA": other}))
    assert asked.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', asked.content.decode())
    assert kept is not None
    known = {"username": "max", "password": "a-long-password", "next": url, "kept": kept.group(1)}
    browser.post(reverse("admin:login"), known)
    page = browser.get(url)
    assert "You had been signed out." in page.content.decode()
    assert of(program, "ALPHA").lead == lead
    field = page.context["form"][f"lead_{of(program, 'ALPHA').pk}"]
    assert field.value() == str(other.pk)
    hidden = f'name="initial-{field.html_name}" value="{lead.pk}"'
    assert hidden in page.content.decode()
