"""Copies of one voice stand together on the dashboard, as they were known to be one then."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags

from conditions.actions.voices import confirm_voice
from conditions.models import VoiceSuggestion
from conditions.rules.voices import by_voice
from tests.days import DAY, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
HEAD = "2 documents, one voice"


@pytest.fixture
def cited():
    """Two documents cited by a judgement, of which a person says later that they are one voice."""
    program = make_program()
    condition = program.conditions.get()
    made = [make_evidence(condition=condition) for _ in range(3)]
    make_assessment(
        condition=condition,
        cycle=program.cycles.get(number=1),
        cited=tuple(one.pk for one in made),
    )
    suggestion = VoiceSuggestion.objects.create(
        first=made[0], second=made[2], likeness=90, suggested_at=NOW - DAY
    )
    confirm_voice(suggestion=suggestion, by=make_user("analyst"), as_of=NOW - DAY)
    return made


def page(query: str = "", path: str = "conditions/ALPHA/") -> str:
    with time_machine.travel(NOW, tick=False):
        answer = Client().get(f"/programs/test-program/{path}{query}")
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def test_what_is_linked_is_grouped_and_what_was_cited_reads_as_it_did(cited) -> None:
    shown = page()
    # Once among the documents for: the citation keeps the version that was judged.
    assert shown.count(HEAD) == 1


def test_before_it_was_known_they_stood_apart(cited) -> None:
    shown = page(f"?known_at={(noon(WHITE_HOUSE) + DAY).strftime('%Y-%m-%dT%H:%M:%SZ')}")
    assert HEAD not in shown
    assert cited[0].title in shown


def test_what_is_closed_to_a_reader_is_not_counted(cited) -> None:
    type(cited[0]).objects.filter(pk=cited[0].pk).update(sensitivity="restricted")
    assert HEAD not in page()


def test_documents_without_a_voice_stay_apart_and_in_order(cited) -> None:
    for one in cited:
        one.refresh_from_db()
    first, second, third = cited
    assert by_voice(cited) == ((first, third), (second,))
    assert by_voice([second, second]) == ((second,), (second,))
    assert by_voice([]) == ()
