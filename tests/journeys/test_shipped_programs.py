"""The tracker as it is shipped: both programs, the evidence, the demonstration, one sweep later."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from conditions.actions.reviews import approve_assessment
from conditions.models import Assessment, Evidence, Program, Reminder, User
from conditions.rules.authority import OtherEyesNeeded
from conditions.rules.calendar import spans
from tests.days import FIFTH_DUE, TODAY, noon
from tests.shipped import LAW, SENATE, ship

pytestmark = pytest.mark.django_db

# DESIGN, section 4, carried on through 2029.
DUE = {
    SENATE: [
        *("2026-03-10", "2026-07-08", "2026-11-05", "2027-03-05", "2027-07-03", "2027-10-31"),
        *("2028-02-28", "2028-06-27", "2028-10-25", "2029-02-22", "2029-06-22", "2029-10-20"),
    ],
    LAW: [
        *("2026-03-18", "2026-09-14", "2027-03-13", "2027-09-09", "2028-03-07", "2028-09-03"),
        *("2029-03-02", "2029-08-29"),
    ],
}


@pytest.fixture
def shipped(time_machine):
    """The first start of an installation, as `dev.py run` makes it, on 21 November 2026."""
    time_machine.move_to(noon(TODAY), tick=False)
    ship()


def test_what_is_shipped_and_what_a_sweep_makes_of_it(shipped, client, capsys):
    the_due_dates_are_those_of_the_law()
    everything_shipped_is_marked_as_a_demonstration()
    every_page_with_judgements_says_that_they_are_a_demonstration(client)
    api_csv_and_page_say_the_same(client)
    the_correction_changes_what_was_known_not_what_was_said(client)
    nobody_approves_their_own(client)
    one_sweep_in_march_2027_owes_each_reader_one_message(capsys)


def the_due_dates_are_those_of_the_law():
    for slug, expected in DUE.items():
        program = Program.objects.get(slug=slug)
        series = (span.due_on.isoformat() for span in spans(program.calendar))
        assert [due for due, _ in zip(series, expected, strict=False)] == expected
        rows = list(program.cycles.order_by("number").values_list("due_on", flat=True))
        assert [due.isoformat() for due in rows] == expected[: len(rows)]


def everything_shipped_is_marked_as_a_demonstration():
    assert Assessment.objects.count() == 21
    assert not Assessment.objects.filter(is_demonstration=False).exists()
    assert Evidence.objects.count() == 75
    assert not Evidence.objects.filter(is_demonstration=False).exists()


def every_page_with_judgements_says_that_they_are_a_demonstration(client):
    pages = ("", "conditions/FIGHTERS/", "cycles/1/", "compare/?a=1&b=2")
    for address in pages:
        page = client.get(f"/programs/{SENATE}/{address}").content.decode()
        assert "They are not a finding of any authority." in page, address
    assert "Demonstration judgements" in client.get("/").content.decode()


def api_csv_and_page_say_the_same(client):
    for day in ("2026-03-09", "2026-07-01", "2026-11-21"):
        status = f"/api/v1/programs/{SENATE}/status/?valid_at={day}"
        answer = client.get(status).json()
        said = [(row["code"], row["status"], row["status_label"]) for row in answer["conditions"]]
        codes = [code for code, _, _ in said]
        assert codes == ["ISIS", "MINORITIES", "NEIGHBOURS", "TERRORISM", "FIGHTERS", "RIGHTS"]
        sheet = client.get(f"{status}&format=csv").content.decode()
        rows = list(csv.DictReader(io.StringIO(sheet)))
        assert [(r["code"], r["status"], r["status_label"]) for r in rows] == said
        page = client.get(f"/programs/{SENATE}/?valid_at={day}")
        shown = page.context["card"].rows
        for code, _, label in said:
            assert code in page.content.decode()
            assert label in page.content.decode()
        assert [(r.status.code, r.status.status, r.status.status_label) for r in shown] == said


def the_correction_changes_what_was_known_not_what_was_said(client):
    def fighters(known_at):
        answer = client.get(
            f"/api/v1/programs/{SENATE}/status/?valid_at=2026-03-09&known_at={known_at}"
        ).json()
        return next(r["status"] for r in answer["conditions"] if r["code"] == "FIGHTERS")

    assert fighters("2026-03-10") == "U"
    assert fighters("2026-03-20") == "0"


def nobody_approves_their_own(client):
    waiting = Assessment.objects.get(state="submitted")
    author = waiting.author
    author.is_superuser = True
    author.save()
    with pytest.raises(OtherEyesNeeded):
        approve_assessment(
            assessment=waiting,
            by=User.objects.get(pk=author.pk),
            as_of=noon(TODAY),
            expected_revision=waiting.revision,
        )
    with pytest.raises(IntegrityError, match="Nobody approves"), transaction.atomic():
        Assessment.objects.filter(pk=waiting.pk).update(
            state="approved", approved_by=author, approved_at=noon(TODAY)
        )
    author.is_superuser = False
    author.save()


def one_sweep_in_march_2027_owes_each_reader_one_message(capsys):
    call_command("sweep", "--as-of", "2027-03-06", "--no-send")
    told = capsys.readouterr().out
    assert "overdue   cycle 4 by 1 day" in told
    fifth = Program.objects.get(slug=SENATE).cycles.get(number=5)
    assert fifth.opened_at == noon(date(2027, 3, 6))
    assert fifth.due_on == FIFTH_DUE
    owed = Counter(
        Reminder.objects.filter(state="owed").values_list("recipient__username", flat=True)
    )
    assert owed == {"demo-analyst": 1, "demo-manager": 1}
    before = Reminder.objects.count()
    call_command("sweep", "--as-of", "2027-03-06", "--no-send")
    assert Reminder.objects.count() == before
