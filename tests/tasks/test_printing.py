"""The job that prints, by the name that beat calls, at the moment that the clock shows."""

from __future__ import annotations

import pytest
import time_machine

from conditions.models import PublicationFile
from conditions.tasks import print_reports
from tests.days import FIRST_DUE, TODAY, noon
from tests.factories import make_program
from tests.press import need_press
from tests.report_sample import make_publication


@pytest.mark.django_db
def test_the_job_prints_what_was_published() -> None:
    need_press()
    make_publication(make_program(), 1, as_of=noon(FIRST_DUE))
    with time_machine.travel(noon(TODAY), tick=False):
        print_reports()
        print_reports()
    assert PublicationFile.objects.get().made_at == noon(TODAY)
