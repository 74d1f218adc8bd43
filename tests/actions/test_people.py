"""People: leads, reminder preferences and API tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conditions.actions.people import (
    BadLead,
    BadPreferences,
    BadToken,
    NotYours,
    TokenRevoked,
    assign_lead,
    issue_token,
    revoke_token,
    set_preferences,
    token_digest,
)
from conditions.actions.record import PermissionMissing
from conditions.models import ApiToken, Event, Program
from tests.days import TODAY, noon
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
YEAR = timedelta(days=365)


@pytest.fixture
def analyst():
    return make_user("analyst")


def issued(user, **fields):
    said = {"name": "Spreadsheet", "scope": "read", "expires_at": NOW + YEAR, "by": user, **fields}
    return issue_token(user=user, as_of=NOW, **said)


def test_a_manager_assigns_a_lead_and_takes_it_back(analyst):
    program, manager = make_program(), make_user("manager")
    condition = program.conditions.get()
    assigned = assign_lead(condition=condition, lead=analyst, by=manager, as_of=NOW)
    assert assigned.lead == analyst
    event = Event.objects.get(verb="condition.assigned")
    assert (event.before, event.after) == ({"lead": None}, {"lead": analyst.username})
    assert event.condition == condition
    assert Program.objects.get().revision == program.revision + 1
    assign_lead(condition=condition, lead=analyst, by=manager, as_of=NOW)
    assign_lead(condition=condition, lead=None, by=manager, as_of=NOW)
    condition.refresh_from_db()
    assert condition.lead is None
    assert Event.objects.filter(verb="condition.assigned").count() == 2


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_a_lead_is_somebody_who_may_assess(role):
    condition = make_program().conditions.get()
    with pytest.raises(BadLead):
        assign_lead(condition=condition, lead=make_user(role), by=None, as_of=NOW)


def test_a_lead_is_somebody_who_is_still_here():
    condition = make_program().conditions.get()
    gone = make_user("analyst", is_active=False)
    with pytest.raises(BadLead):
        assign_lead(condition=condition, lead=gone, by=None, as_of=NOW)


def test_an_analyst_assigns_nobody(analyst):
    condition = make_program().conditions.get()
    with pytest.raises(PermissionMissing):
        assign_lead(condition=condition, lead=analyst, by=analyst, as_of=NOW)


def preferred(user, **fields):
    said = {"time_zone": "Asia/Damascus", "hour": 7, "mode": "digest", "by": user, **fields}
    return set_preferences(user=user, as_of=NOW, **said)


def test_people_say_when_reminders_reach_them(analyst):
    user = preferred(analyst)
    user.refresh_from_db()
    assert (user.time_zone, user.reminder_hour, user.reminder_mode) == (
        "Asia/Damascus",
        7,
        "digest",
    )
    preferred(analyst)
    assert Event.objects.get(verb="user.preferences_set").before["reminder_hour"] == 8


def test_everything_wrong_with_preferences_is_told_at_once(analyst):
    with pytest.raises(BadPreferences) as refusal:
        preferred(analyst, time_zone="Damascus", hour=24, mode="weekly")
    assert [fault.path for fault in refusal.value.faults] == [
        "time_zone",
        "reminder_hour",
        "reminder_mode",
    ]


def test_preferences_are_ones_own(analyst):
    with pytest.raises(NotYours):
        preferred(analyst, by=make_user("manager"))
    preferred(analyst, by=make_user("", is_superuser=True))


def test_the_secret_of_a_token_is_told_once_and_kept_nowhere(analyst):
    answer = issued(analyst)
    assert answer.token.digest == token_digest(answer.secret)
    assert answer.secret.startswith(answer.token.prefix)
    kept = [str(value) for value in ApiToken.objects.values().get().values()]
    told = str(Event.objects.get(verb="apitoken.issued").after)
    assert not any(answer.secret in text for text in [*kept, told])
    assert issued(analyst).secret != answer.secret


def test_everything_wrong_with_a_token_is_told_at_once(analyst):
    with pytest.raises(BadToken) as refusal:
        issued(analyst, name="", scope="admin", expires_at=NOW)
    assert [fault.path for fault in refusal.value.faults] == ["name", "scope", "expires_at"]
    with pytest.raises(BadToken):
        issued(analyst, expires_at=NOW + YEAR + timedelta(days=2))


def test_a_revoked_token_is_revoked_for_good(analyst):
    token = issued(analyst).token
    revoke_token(token=token, by=analyst, as_of=NOW)
    assert not ApiToken.objects.valid_at(NOW).exists()
    assert Event.objects.get(verb="apitoken.revoked").subject_id == str(token.pk)
    with pytest.raises(TokenRevoked):
        revoke_token(token=token, by=analyst, as_of=NOW)


def test_tokens_are_ones_own(analyst):
    token, other = issued(analyst).token, make_user("manager")
    with pytest.raises(NotYours):
        issued(analyst, by=other)
    with pytest.raises(NotYours):
        revoke_token(token=token, by=other, as_of=NOW)
    with pytest.raises(PermissionMissing):
        issued(make_user(""))
