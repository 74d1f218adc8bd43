"""The demonstration: played through the actions, each step on its day, marked, once, never beside
real judgements.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from conditions.actions.demo import load_demo, read_demo
from conditions.actions.evidence_files import load_evidence_file
from conditions.actions.packs import read_pack
from conditions.models import Assessment, Event, Evidence, Program, User
from tests import packs
from tests.days import FIRST_DUE, TODAY, WHITE_HOUSE, noon

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture(scope="module")
def outcome(django_db_setup, django_db_blocker):
    """The demonstration, played once for all tests of this module and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        for file in (packs.SENATE, packs.LAW):
            packs.load(read_pack(file), backdate=True)
        load_evidence_file(
            lines=packs.EVIDENCE.read_text(encoding="utf-8").splitlines(),
            program_slugs=("us-senate-3899", "us-pl119-60-8369"),
            by=None,
            as_of=NOW,
            backdate=True,
        )
        yield load_demo(demo=read_demo(packs.DEMO), as_of=NOW)
        transaction.set_rollback(True)


def test_the_demonstration_is_played_on_its_days(outcome):
    assert (outcome.assessments, outcome.closings) == (21, 3)
    states = Assessment.objects.order_by().values_list("cycle__number", "state")
    found = {pair: list(states).count(pair) for pair in set(states)}
    assert found == {
        (1, "approved"): 7,
        (2, "approved"): 6,
        (3, "approved"): 6,
        (4, "draft"): 1,
        (4, "submitted"): 1,
    }
    isis = Assessment.objects.get(condition__code="ISIS", cycle__number=1)
    assert (isis.author.username, isis.approved_by.username) == ("demo-analyst", "demo-reviewer")
    assert isis.submitted_at == noon(date(2026, 3, 2))
    assert isis.approved_at == noon(date(2026, 3, 5))
    assert isis.is_demonstration
    assert isis.citations.count() == 7
    assert all(c.evidence_version.recorded_at <= isis.created_at for c in isis.citations.all())
    cycles = Program.objects.get(is_default=True).cycles.order_by("number")
    assert [str(c.closed_on) for c in cycles if c.is_demonstration] == [
        "2026-03-11",
        "2026-07-08",
        "2026-11-06",
    ]
    assert cycles[1].opened_at == noon(FIRST_DUE)
    assert {c.closed_by.username for c in cycles[:3]} == {"demo-manager"}


def test_the_correction_of_a_closed_cycle_says_what_it_corrects(outcome):
    fighters = Assessment.objects.filter(condition__code="FIGHTERS", cycle__number=1)
    correction = fighters.get(corrects__isnull=False)
    assert correction.corrects == fighters.get(corrects=None)
    assert correction.approved_at == noon(date(2026, 3, 18))
    assert correction.status == "0"


def test_people_leads_and_marks(outcome):
    assert {account.role for account in outcome.accounts} == {
        "viewer",
        "analyst",
        "reviewer",
        "manager",
    }
    for account in outcome.accounts:
        user = User.objects.get(username=account.username)
        # Made outside the test's settings, so with the hasher of the real ones.
        assert PBKDF2PasswordHasher().verify(account.password, user.password)
        assert (user.is_staff, user.is_superuser) == (True, False)
        assert user.groups.get().name == account.role
    senate, law = Program.objects.get(is_default=True), Program.objects.get(is_default=False)
    assert (senate.is_demonstration, senate.tracked_from) == (True, WHITE_HOUSE)
    assert (law.is_demonstration, law.tracked_from) == (False, TODAY)
    assert {c.lead.username for c in senate.conditions.all()} == {"demo-analyst"}
    assert {c.lead for c in law.conditions.all()} == {None}
    assert [p.managers.get().username for p in (senate, law)] == ["demo-manager"] * 2
    assert not Evidence.objects.filter(is_demonstration=False).exists()


def test_loading_twice_changes_nothing(outcome):
    before = Event.objects.count(), Assessment.objects.count(), User.objects.count()
    revision = Program.objects.get(is_default=True).revision
    again = load_demo(demo=read_demo(packs.DEMO), as_of=NOW + timedelta(days=1))
    assert again == type(again)(accounts=(), assessments=0, closings=0)
    assert (Event.objects.count(), Assessment.objects.count(), User.objects.count()) == before
    assert Program.objects.get(is_default=True).revision == revision
