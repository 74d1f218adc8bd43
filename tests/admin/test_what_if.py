"""The what-if board: managers only, a shareable address, nothing saved."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conditions.models import Program
from tests.admin.conftest import Person, sign_in
from tests.days import THIRD_DUE, TODAY
from tests.factories import make_assessment, make_program

pytestmark = pytest.mark.django_db
CODES = ("ALPHA", "BETA", "GAMMA")


@pytest.fixture
def manager(db: None) -> Person:
    """A manager, signed in."""
    return sign_in("manager")


@pytest.fixture
def program(db: None) -> Program:
    """Two conditions, certified together; the first is judged 2 in cycle 4."""
    found = make_program(conditions=CODES[:2], tracked_from=THIRD_DUE, certification="all")
    make_assessment(
        condition=found.conditions.get(code="ALPHA"),
        cycle=found.cycles.get(number=4),
        valid_from=TODAY,
    )
    return found


def board(person: Person, program: Program, **wishes: str) -> str:
    answer = person.get("conditions_program_whatif", program.pk, **wishes)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def rows() -> dict[str, list[str]]:
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in apps.get_models()
        if model is not Session
    }


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("analyst", 403), ("reviewer", 403), ("manager", 200)]
)
def test_only_a_manager_plays_it(role: str, status: int, program: Program) -> None:
    assert sign_in(role).get("conditions_program_whatif", program.pk).status_code == status


def test_a_stranger_is_sent_to_sign_in(program: Program) -> None:
    url = reverse("admin:conditions_program_whatif", args=[program.pk])
    answer = Client().get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


def test_it_is_filled_in_with_what_is_in_force_and_says_that_nothing_is_saved(
    manager: Person, program: Program
) -> None:
    page = board(manager, program)
    assert "Nothing here is saved." in page
    assert '<option value="2" selected>2 Partially met</option>' in page
    assert "Certification: not affirmative" in page
    assert "A cycle closes only when every condition is judged: BETA is not." in page


def test_the_address_holds_what_is_tried(manager: Person, program: Program) -> None:
    page = board(manager, program, status_ALPHA="3", status_BETA="4", official_BETA="not_affirmed")
    assert "Certification: affirmative" in page
    assert "ALPHA at 2 Partially met or worse: affirmative no more" in page
    assert '<option value="not_affirmed" selected>Not affirmed</option>' in page
    assert "Our judgement affirms this condition; the official report says no." in page
    assert 'method="get"' in page
    assert "csrfmiddlewaretoken" not in page.split('id="content"')[1]


def test_the_consequence_is_told_in_the_strength_of_the_text(
    manager: Person, program: Program
) -> None:
    Program.objects.filter(pk=program.pk).update(
        consecutive_rule={
            "periods": 1,
            "consequence": "Sanctions on individuals become the response.",
            "legal_effect": "permissive",
        }
    )
    page = board(manager, program, status_ALPHA="1", status_BETA="1")
    assert "Would be 1 of 1: the rule fires with cycle 4." in page
    assert "Sanctions on individuals become the response." in page
    assert "The text allows it; it does not order it." in page


def test_a_program_without_a_cycle_to_close_says_so(manager: Person) -> None:
    program = make_program(tracked_from=TODAY.replace(year=2028))
    page = board(manager, program)
    assert "there is none to close" in page


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"status_ALPHA": "9"}, ["status_ALPHA=9", "Give one of 0, 1, 2, 3, 4, U, W"]),
        ({"status_OMEGA": "2"}, ["status_OMEGA=2", "ALPHA, BETA"]),
        ({"official_ALPHA": "yes"}, ["official_ALPHA=yes", "affirmed, not_affirmed"]),
        ({"cycle": "<b>"}, ["cycle=&lt;b&gt;", "Give one of 4."]),
    ],
)
def test_a_bad_address_is_refused_with_field_value_and_remedy(
    manager: Person, program: Program, wish: dict[str, str], told: list[str]
) -> None:
    answer = manager.get("conditions_program_whatif", program.pk, **wish)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert [words for words in told if words not in page] == []


def test_nothing_is_written_however_it_is_asked(manager: Person, program: Program) -> None:
    before = rows()
    board(manager, program, status_ALPHA="4", status_BETA="0", official_ALPHA="silent")
    manager.post("conditions_program_whatif", program.pk, status_ALPHA="4")
    assert rows() == before


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(manager: Person, number: int) -> None:
    program = make_program(conditions=CODES[:number], tracked_from=THIRD_DUE)
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=program.cycles.get(number=4), valid_from=TODAY)
    with CaptureQueriesContext(connection) as captured:
        board(manager, program)
    assert len(captured) == 9


def test_every_select_has_its_label(manager: Person, program: Program) -> None:
    page = board(manager, program)
    for select in ("status", "official"):
        for condition in program.conditions.all():
            assert f'<label class="unseen" for="id_{select}_{condition.pk}">' in page
            assert f'id="id_{select}_{condition.pk}"' in page
