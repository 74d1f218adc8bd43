"""News among the reminders of the admin: with what it tells of, to its reader and to managers."""

from __future__ import annotations

import pytest

from conditions.actions.news import owe_news
from conditions.models import Event, Reminder
from tests.admin.conftest import Person, Work, sign_in
from tests.days import TODAY, noon
from tests.happenings import happened

pytestmark = pytest.mark.django_db

LIST = "conditions_reminder_changelist"


@pytest.fixture
def event(work: Work, analyst: Person) -> Event:
    """A skipped cycle that the analyst is owed the news of."""
    event = happened(work.cycle, "cycle.skipped", as_of=noon(TODAY), reason="No session.")
    owe_news(event=event, to=[analyst.user.pk], as_of=noon(TODAY))
    return event


def test_the_list_names_what_happened(event: Event, analyst: Person) -> None:
    page = analyst.get(LIST).content.decode()
    assert "cycle.skipped: Cycle 4 of test-program" in page
    assert "News" in page


def test_its_page_leads_to_the_event(event: Event, analyst: Person) -> None:
    row = Reminder.objects.get()
    page = analyst.get("conditions_reminder_change", row.pk).content.decode()
    assert f"/admin/conditions/event/{event.pk}/change/" in page


def test_it_is_found_by_what_happened(event: Event) -> None:
    manager = sign_in("manager")
    assert "cycle.skipped: Cycle 4" in manager.get(LIST, q="skipped").content.decode()
    assert "cycle.skipped: Cycle 4" not in manager.get(LIST, q="extended").content.decode()
    assert "cycle.skipped: Cycle 4" in manager.get(LIST, kind="news").content.decode()


def test_another_analyst_does_not_see_it(event: Event) -> None:
    assert "cycle.skipped" not in sign_in("analyst").get(LIST).content.decode()
