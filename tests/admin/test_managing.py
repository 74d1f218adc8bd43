"""Managing: leads, cycles, official findings, tokens, accounts, one's own settings."""

from __future__ import annotations

import pytest
from django.core import mail

from conditions.models import ApiToken, Event, OfficialFinding, User
from tests.admin.conftest import Person, Work, sign_in
from tests.days import FOURTH_DUE, THIRD_DUE
from tests.factories import make_assessment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> Person:
    """A manager, signed in."""
    return sign_in("manager")


def test_a_lead_is_chosen(manager: Person, work: Work) -> None:
    other = make_user("analyst")
    manager.post("conditions_condition_lead", work.condition.pk, lead=other.pk)
    work.condition.refresh_from_db()
    assert work.condition.lead == other
    assert Event.objects.filter(verb="condition.assigned", actor=manager.user).exists()


def test_closing_lists_what_is_missing(manager: Person, work: Work) -> None:
    page = manager.get("conditions_reviewcycle_close", work.cycle.pk).content.decode()
    assert "<li>ALPHA: Not yet assessed." in page
    assert "Close the cycle</button>" not in page
    answer = manager.post("conditions_reviewcycle_close", work.cycle.pk, confirmed="on")
    assert "ALPHA: Not yet assessed." in answer.content.decode()


def test_closing_is_confirmed_and_signed(manager: Person, work: Work) -> None:
    make_assessment(condition=work.condition, cycle=work.cycle, valid_from=THIRD_DUE)
    refused = manager.post("conditions_reviewcycle_close", work.cycle.pk)
    assert refused.status_code == 422
    manager.post("conditions_reviewcycle_close", work.cycle.pk, confirmed="on", note="Done.")
    work.cycle.refresh_from_db()
    assert (work.cycle.closed_by, work.cycle.closing_note) == (manager.user, "Done.")


def test_extending_needs_a_later_day_and_a_reason(manager: Person, work: Work) -> None:
    name = "conditions_reviewcycle_extend"
    early = manager.post(name, work.cycle.pk, due_on="2027-01-01", reason="A request.")
    assert "due_on" in early.context["form"].errors
    silent = manager.post(name, work.cycle.pk, due_on="2027-04-01", reason="")
    assert "reason" in silent.context["form"].errors
    manager.post(name, work.cycle.pk, due_on="2027-04-01", reason="Letter of 20 November.")
    work.cycle.refresh_from_db()
    assert work.cycle.due_on.isoformat() == "2027-04-01"
    assert work.cycle.scheduled_due_on == FOURTH_DUE
    page = manager.get("conditions_reviewcycle_change", work.cycle.pk).content.decode()
    assert "Letter of 20 November." in page


def test_an_official_finding_is_recorded_once_and_corrected(manager: Person, work: Work) -> None:
    typed = {"finding": "silent", "found_on": "2026-11-20", "note": ""}
    named = typed | {"condition": work.condition.pk, "cycle": work.cycle.pk}
    assert manager.post("conditions_officialfinding_add", **named).status_code == 302
    first = OfficialFinding.objects.get()
    assert manager.post("conditions_officialfinding_add", **named).status_code == 422
    silent = manager.post("conditions_officialfinding_correct", first.pk, **typed)
    assert "note" in silent.context["form"].errors
    typed |= {"finding": "affirmed", "note": "The report came a day later."}
    manager.post("conditions_officialfinding_correct", first.pk, **typed)
    assert first.corrections.get().finding == "affirmed"
    page = manager.get("conditions_officialfinding_change", first.pk).content.decode()
    assert "This record was" in page


def test_a_token_shows_its_secret_once(analyst: Person) -> None:
    page = analyst.post("conditions_apitoken_add", name="My script", scope="read", days=30)
    token = ApiToken.objects.get()
    secret = page.context["issued"].secret
    assert secret in page.content.decode()
    listed = analyst.get("conditions_apitoken_changelist").content.decode()
    shown = analyst.get("conditions_apitoken_change", token.pk).content.decode()
    assert secret not in listed + shown
    assert token.digest not in listed + shown
    analyst.post("conditions_apitoken_revoke", token.pk)
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_settings_are_ones_own(analyst: Person) -> None:
    typed = {"time_zone": "Asia/Damascus", "reminder_hour": "6", "reminder_mode": "digest"}
    analyst.post("my_settings", **typed)
    analyst.user.refresh_from_db()
    assert (analyst.user.time_zone, analyst.user.reminder_hour, analyst.user.reminder_mode) == (
        "Asia/Damascus",
        6,
        "digest",
    )
    refused = analyst.post("my_settings", **{**typed, "time_zone": "Mars/Olympus"})
    assert "time_zone" in refused.context["form"].errors


def test_a_test_message_reaches_its_sender(analyst: Person) -> None:
    analyst.post("send_test")
    assert [message.to for message in mail.outbox] == [[analyst.user.email]]


def test_a_superuser_makes_accounts_with_their_history() -> None:
    chief = sign_in("", username="chief", is_superuser=True, is_staff=True)
    added = chief.post(
        "conditions_user_add",
        username="newcomer",
        usable_password="true",
        password1="a-long-password-1",
        password2="a-long-password-1",
    )
    newcomer = User.objects.get(username="newcomer")
    assert added.status_code == 302
    form = chief.get("conditions_user_change", newcomer.pk).context["adminform"].form
    typed = {name: form.initial.get(name) or "" for name in form.fields if name != "password"}
    typed |= {"email": "new@example.org", "is_active": "on", "is_staff": "on", "groups": []}
    typed.pop("is_superuser")
    chief.post("conditions_user_change", newcomer.pk, **typed)
    newcomer.refresh_from_db()
    assert newcomer.email == "new@example.org"
    history = chief.get("conditions_user_history", newcomer.pk)
    assert [line.event.verb for line in history.context["lines"]] == ["user.changed", "user.added"]
