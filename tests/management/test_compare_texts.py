"""compare_texts, its pulse and doctor: texts are compared by hand, by beat, and missed when not."""

from __future__ import annotations

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from conditions.management.diagnosis import diagnose
from conditions.models import TextComparison, VoiceSuggestion
from conditions.tasks import compare_texts
from tests.days import TODAY, noon
from tests.factories import make_evidence
from tests.rules.test_triage_copies import OTHER, REWORDED, WIRE

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def run(*arguments: str) -> str:
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("compare_texts", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def _three(db):
    for text in (WIRE, REWORDED, OTHER):
        make_evidence(summary=text)


@pytest.mark.usefixtures("_three")
def test_what_is_owed_is_compared_by_hand() -> None:
    assert run() == "Documents compared: 3. Suggested: 1.\n"
    assert run() == "Documents compared: 0. Suggested: 0.\n"
    assert run("--all") == "Documents on file: 3.\nDocuments compared: 3. Suggested: 0.\n"
    assert VoiceSuggestion.objects.count() == 1


@pytest.mark.usefixtures("_three")
def test_the_pulse_compares_at_its_moment() -> None:
    with time_machine.travel(NOW, tick=False):
        compare_texts()
    assert VoiceSuggestion.objects.get().suggested_at == NOW
    assert TextComparison.objects.filter(compared_at=NOW, owed_since=None).count() == 3


@pytest.mark.usefixtures("_three")
def test_doctor_names_what_stays_undone() -> None:
    assert diagnose(["voices"], as_of=NOW) == {"voices": []}
    TextComparison.objects.update(lease_owner="dead", lease_until=NOW)
    ((ailment,),) = diagnose(["voices"], as_of=NOW).values()
    assert ailment.wrong == "Documents whose comparison was begun and not ended: 3."
    assert "compare_texts" in ailment.remedy
    run()
    assert diagnose(["voices"], as_of=NOW) == {"voices": []}
