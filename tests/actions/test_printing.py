"""Printing: each published report once, whatever runs twice; what fails waits, longer each time."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from conditions.actions.printing import MOST, print_publications
from conditions.models import Event, Program, Publication, PublicationFile, Pulse
from conditions.outbound.reports import pdf
from conditions.queries.printing import not_printed, press_state, printed_file
from tests.crowd import at_once
from tests.days import FIRST_DUE, SECOND_DUE, noon
from tests.factories import make_program
from tests.press import need_press
from tests.report_sample import make_publication

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NOW = noon(SECOND_DUE)


@pytest.fixture
def publication() -> Publication:
    return make_publication(make_program(), 1, as_of=noon(FIRST_DUE))


@pytest.fixture
def no_press(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which WeasyPrint is not installed: its Python sees no site-packages."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))


def test_a_published_report_is_printed_once(publication: Publication) -> None:
    need_press()
    revision = Program.objects.get().revision
    assert print_publications(as_of=NOW) == 1
    assert print_publications(as_of=NOW + MINUTE) == 0
    kept = PublicationFile.objects.get()
    found = printed_file(publication.pk)
    assert found is not None
    assert found.body.startswith(b"%PDF-")
    assert hashlib.sha256(found.body).hexdigest() == kept.sha256 == found.sha256
    assert (kept.format, kept.made_at, kept.publication) == ("pdf", NOW, publication)
    event = Event.objects.get(verb="publication.printed")
    assert event.actor is None
    assert event.after == {"version": 1, "format": "pdf", "sha256": kept.sha256}
    assert Program.objects.get().revision == revision


@pytest.mark.django_db(transaction=True)
def test_two_that_print_at_once_keep_one_file() -> None:
    need_press()
    make_publication(make_program(), 1, as_of=noon(FIRST_DUE))
    made: list[int] = []
    at_once([lambda: made.append(print_publications(as_of=NOW))] * 2)
    assert sorted(made) == [0, 1]
    assert PublicationFile.objects.count() == 1
    assert Event.objects.filter(verb="publication.printed").count() == 1


def test_one_run_prints_a_few_the_newest_first() -> None:
    need_press()
    program = make_program()
    for _ in range(MOST + 1):
        make_publication(program, 1, as_of=noon(FIRST_DUE), conditions=1)
    assert print_publications(as_of=NOW) == MOST
    assert not_printed().get().version == 1
    assert print_publications(as_of=NOW) == 1


def test_what_fails_waits_longer_each_time_and_stops_no_other(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_press()
    monkeypatch.setattr(pdf, "LONGEST_SECONDS", 0.01)
    waits = []
    moment = NOW
    for _ in range(3):
        assert print_publications(as_of=moment) == 0
        [failed] = press_state().failed.values()
        assert "took longer" in failed.error
        waits.append(failed.again_at - moment)
        assert print_publications(as_of=failed.again_at - MINUTE / 2) == 0
        assert press_state().failed[publication.pk].attempts == failed.attempts
        moment = failed.again_at
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    monkeypatch.undo()
    other = make_publication(publication.program, 2, as_of=moment)
    assert print_publications(as_of=moment - MINUTE) == 1
    assert PublicationFile.objects.get().publication == other
    assert print_publications(as_of=moment) == 1
    assert press_state().failed == {}


def test_without_a_press_it_is_said_once_and_tried_again_later(
    publication: Publication, no_press: None
) -> None:
    assert print_publications(as_of=NOW) == 0
    state = press_state()
    assert state.cannot == "WeasyPrint is not installed."
    assert state.again_at == NOW + timedelta(hours=1)
    assert state.failed == {}
    beat = Pulse.objects.get(name="print").beat_at
    assert print_publications(as_of=NOW + MINUTE) == 0
    assert Pulse.objects.get(name="print").beat_at == beat


def test_by_hand_it_is_tried_at_once_and_told(publication: Publication) -> None:
    need_press()
    told = StringIO()
    call_command("print_reports", stdout=told)
    assert told.getvalue() == "Reports printed: 1. Waiting: 0.\n"


def test_by_hand_what_lacks_is_named_with_its_remedy(
    publication: Publication, no_press: None
) -> None:
    told = StringIO()
    with pytest.raises(CommandError, match="WeasyPrint is not installed.*apt install libpango"):
        call_command("print_reports", stdout=told)
    assert told.getvalue() == "Reports printed: 0. Waiting: 1.\n"


def test_doctor_names_what_waits_and_what_lacks(publication: Publication, no_press: None) -> None:
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--only", "reports", stdout=told)
    assert "No report can be printed as PDF: WeasyPrint is not installed." in told.getvalue()
    assert "Reports that wait to be printed: 1." in told.getvalue()
    assert "Run: python manage.py print_reports" in told.getvalue()
