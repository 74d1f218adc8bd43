"""look_at_links: by hand, and only when it is allowed."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from conditions.management.diagnosis import diagnose
from conditions.models import LinkHealth
from conditions.tasks import look_at_links
from tests.days import TODAY, noon
from tests.factories import make_evidence
from tests.hostile import silence
from tests.link_looks import make_link

pytestmark = [pytest.mark.django_db, pytest.mark.network]


def run(*arguments: str) -> str:
    out = StringIO()
    with time_machine.travel(noon(TODAY), tick=False):
        call_command("look_at_links", *arguments, stdout=out)
    return out.getvalue()


def test_nothing_is_looked_at_until_it_is_allowed(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener:
        make_evidence(url=listener.url())
        with pytest.raises(CommandError, match="OUTSIDE_CALLS=true"):
            run()
        with time_machine.travel(noon(TODAY), tick=False):
            look_at_links()
    assert LinkHealth.objects.get().state == "unknown"


def test_not_even_an_operator_reaches_this_machine(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with silence() as listener:
        for number in range(2):
            make_evidence(url=listener.url(f"/{number}"))
        told = run("--limit", "5")
    assert told == "Looked at: 1: not reached 1\nDue, and waiting for their turn: 1.\n"
    assert LinkHealth.objects.filter(state="failed").count() == 1


def test_doctor_names_addresses_that_nobody_looks_at(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    evidence = make_evidence()
    for waited, told in ((7, []), (8, ["for more than a week: 1."])):
        LinkHealth.objects.all().delete()
        make_link(evidence, next_check_at=noon(TODAY) - timedelta(days=waited, seconds=-1))
        found = diagnose(["links"], as_of=noon(TODAY))["links"]
        assert [ailment.wrong.partition("look ")[2] for ailment in found or ()] == told
    settings.OUTSIDE_CALLS = False
    assert diagnose(["links"], as_of=noon(TODAY)) == {"links": []}


def test_a_limit_is_a_whole_number_from_one_on(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with pytest.raises(CommandError, match="--limit: 0 is too few"):
        run("--limit", "0")
    assert run() == "Looked at: 0.\n"
