"""Key judgements and corrected reports on their pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from conditions.actions.cycle_closing import close_cycle
from conditions.models import KeyJudgements, Publication
from tests.admin.conftest import Person, Work, sign_in
from tests.days import THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_user

pytestmark = pytest.mark.django_db

KEY = "conditions_reviewcycle_keyjudgements"
PUBLISH = "conditions_reviewcycle_publish"
SAID = {"statements": "One thing is clear.\n\nAnother is not.", "number": 0}


@pytest.fixture
def manager(db: None) -> Person:
    """A manager, signed in."""
    return sign_in("manager")


@pytest.fixture
def published(work: Work) -> Work:
    """The cycle judged, closed and published by somebody else."""
    make_assessment(condition=work.condition, cycle=work.cycle, valid_from=THIRD_DUE)
    close_cycle(cycle=work.cycle, by=make_user("manager"), as_of=noon(TODAY))
    return work


def test_key_judgements_are_written_one_on_each_line(analyst: Person, work: Work) -> None:
    assert analyst.post(KEY, work.cycle.pk, **SAID).status_code == 302
    row = KeyJudgements.objects.get()
    assert (row.statements, row.author) == (
        ["One thing is clear.", "Another is not."],
        analyst.user,
    )
    page = analyst.get(KEY, work.cycle.pk).content.decode()
    assert "One thing is clear.\nAnother is not." in page
    assert 'name="number" value="1"' in page


def test_two_writers_do_not_overwrite_each_other(
    analyst: Person, manager: Person, work: Work
) -> None:
    analyst.post(KEY, work.cycle.pk, **SAID)
    late = manager.post(KEY, work.cycle.pk, statements="Mine.", number=0)
    assert late.status_code in (409, 422)
    assert "after you opened the page" in late.content.decode()
    assert "Mine." in late.content.decode()
    assert KeyJudgements.objects.count() == 1


def test_whoever_wrote_them_reads_why_they_cannot_close(manager: Person, work: Work) -> None:
    make_assessment(condition=work.condition, cycle=work.cycle, valid_from=THIRD_DUE)
    manager.post(KEY, work.cycle.pk, **SAID)
    refused = manager.post("conditions_reviewcycle_close", work.cycle.pk, confirmed="on")
    assert "so you cannot publish them" in refused.content.decode()
    assert not Publication.objects.exists()
    sign_in("manager").post("conditions_reviewcycle_close", work.cycle.pk, confirmed="on")
    assert Publication.objects.get().cycle == work.cycle


def test_a_correction_is_published_with_a_note(manager: Person, published: Work) -> None:
    silent = manager.post(PUBLISH, published.cycle.pk, note="")
    assert "note" in silent.context["form"].errors
    same = manager.post(PUBLISH, published.cycle.pk, note="Nothing.", key_judgements=0)
    assert "would say what version 1 says" in same.content.decode()
    make_assessment(
        condition=published.condition,
        cycle=published.cycle,
        valid_from=THIRD_DUE,
        status="0",
        as_of=noon(TODAY),
        corrects=published.condition.assessments.get(),
    )
    typed = {"note": "We were wrong.", "key_judgements": 0}
    assert manager.post(PUBLISH, published.cycle.pk, **typed).status_code == 302
    assert list(Publication.objects.order_by("version").values_list("version", "note")) == [
        (1, ""),
        (2, "We were wrong."),
    ]


def test_an_open_cycle_offers_nothing_to_correct(manager: Person, work: Work) -> None:
    page = manager.get(PUBLISH, work.cycle.pk).content.decode()
    assert "no published report" in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("name", "allowed"), [(KEY, {"analyst", "manager"}), (PUBLISH, {"manager"})]
)
@pytest.mark.parametrize("role", ["viewer", "analyst", "reviewer", "manager"])
def test_only_those_who_may(name: str, allowed: set[str], role: str, published: Work) -> None:
    person = sign_in(role)
    expected = 200 if role in allowed else 403
    assert person.get(name, published.cycle.pk).status_code == expected
    if role not in allowed:
        refused = person.post(name, published.cycle.pk, **SAID, note="Forged.")
        assert refused.status_code == 403
        assert not KeyJudgements.objects.exists()
        assert Publication.objects.count() == 1


@pytest.mark.parametrize("name", [KEY, PUBLISH])
def test_a_stranger_is_asked_to_sign_in(name: str, published: Work, client: Client) -> None:
    address = reverse(f"admin:{name}", args=[published.cycle.pk])
    assert client.get(address).status_code == 302
    assert client.post(address, {**SAID, "note": "Forged."}).status_code == 401
    assert Publication.objects.count() == 1
