"""The board of voices and its pages: looked at, decided on, and shut to whoever may not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from conditions.actions.voices import dismiss_voice
from conditions.models import Evidence, EvidenceLink, VoiceSuggestion
from tests.admin.conftest import Person, Work, sign_in
from tests.admin.test_lists import INLINE
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence
from tests.rules.test_triage_copies import REWORDED, WIRE

pytestmark = pytest.mark.django_db
BOARD = "conditions_voicesuggestion_changelist"
NOW = noon(TODAY)


def suggest(first: Evidence, second: Evidence) -> VoiceSuggestion:
    return VoiceSuggestion.objects.create(
        first=first, second=second, likeness=90, suggested_at=NOW - DAY, passage="so it is"
    )


def words(answer) -> str:
    page = answer.content.decode()
    assert not INLINE.findall(page)
    return " ".join(strip_tags(page).split())


@pytest.fixture
def waiting(work: Work) -> VoiceSuggestion:
    """A wire and its copy, both under one item of a checklist."""
    made = [make_evidence(summary=text, title="Four held") for text in (WIRE, REWORDED)]
    for one in made:
        EvidenceLink.objects.create(
            evidence=one,
            condition=work.condition,
            checklist_item=work.item,
            stance="supports",
            recorded_at=NOW - DAY,
        )
    return suggest(*made)


def test_the_board_tells_what_would_change(analyst: Person, waiting: VoiceSuggestion) -> None:
    page = words(analyst.get(BOARD))
    assert "To decide 1" in page
    assert f"Compare {waiting.first.key} and {waiting.second.key}" in page
    assert "its evidence rule would no longer be met" in page
    assert "Bears on ALPHA A.1." in page
    assert "<mark>" in analyst.get(BOARD).content.decode()


def test_a_pair_is_confirmed_with_a_name_and_a_reason(
    analyst: Person, waiting: VoiceSuggestion
) -> None:
    page = words(analyst.get("conditions_voicesuggestion_change", waiting.pk))
    assert "90 of 100 of the shorter text stands in the longer" in page
    answer = analyst.post(
        "conditions_voicesuggestion_confirm",
        waiting.pk,
        **{"one-voice": "sana-cell", "one-reason": "Both print it."},
    )
    assert answer["Location"] == reverse(f"admin:{BOARD}")
    assert "One voice, sana-cell: 2 documents carry it" in words(analyst.get(BOARD))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("confirmed", "Both print it.")
    assert set(Evidence.objects.exclude(voice="").values_list("voice", flat=True)) == {"sana-cell"}
    page = words(analyst.get("conditions_evidence_change", waiting.first_id))
    assert "One voice with: Four held" in page
    decided = words(analyst.get("conditions_voicesuggestion_change", waiting.pk))
    assert "A decision is final" in decided
    assert "Both print it." in words(analyst.get(BOARD, state="confirmed"))


def test_a_pair_is_dismissed_with_a_reason_only(analyst: Person, waiting: VoiceSuggestion) -> None:
    name = "conditions_voicesuggestion_dismiss"
    refused = analyst.post(name, waiting.pk, **{"two-reason": " "})
    assert refused.status_code == 422
    assert "Say why they are independent." in words(refused)
    analyst.post(name, waiting.pk, **{"two-reason": "Two reporters."})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("dismissed", "Two reporters.")
    assert "stay independent" in words(analyst.get(BOARD, state="dismissed"))


def test_a_group_is_confirmed_at_once(analyst: Person, waiting: VoiceSuggestion) -> None:
    third = suggest(waiting.second, make_evidence())
    page = analyst.get(BOARD).content.decode()
    assert "count all 3 once" in strip_tags(page)
    analyst.post("conditions_voicesuggestion_group", suggestion=[waiting.pk, third.pk])
    assert Evidence.objects.exclude(voice="").count() == 3
    again = analyst.post("conditions_voicesuggestion_group", suggestion=[waiting.pk])
    assert again.status_code == 409
    assert "was decided meanwhile by" in words(again)


@pytest.mark.parametrize("sent", [[], ["x"], ["9" * 30], ["-1"], ["999999"], ["١"]])
def test_a_group_that_is_not_there_is_refused(analyst: Person, sent: list[str]) -> None:
    answer = analyst.post("conditions_voicesuggestion_group", suggestion=sent)
    assert answer.status_code == 404
    assert "look again" in words(answer)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("one-voice", "two words", "not a short name"),
        ("one-voice", "taken", "Other documents carry a voice of this name"),
        ("one-reason", "x" * 2_001, "at most 2000 characters"),
    ],
)
def test_what_is_refused_stays_typed(
    analyst: Person, waiting: VoiceSuggestion, field: str, value: str, sentence: str
) -> None:
    make_evidence(voice="taken")
    answer = analyst.post("conditions_voicesuggestion_confirm", waiting.pk, **{field: value})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert value in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_a_reviewer_looks_and_does_not_decide(waiting: VoiceSuggestion) -> None:
    reviewer = sign_in("reviewer")
    assert "<form method" not in section(reviewer.get(BOARD).content.decode())
    page = reviewer.get("conditions_voicesuggestion_change", waiting.pk)
    assert "An analyst or a manager decides on this." in words(page)
    for step, form in (("confirm", {}), ("dismiss", {"two-reason": "So."})):
        answer = reviewer.post(f"conditions_voicesuggestion_{step}", waiting.pk, **form)
        assert answer.status_code == 403
    group = reviewer.post("conditions_voicesuggestion_group", suggestion=[waiting.pk])
    assert group.status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def section(page: str) -> str:
    return page[page.index('class="voices"') :] if 'class="voices"' in page else ""


def test_a_viewer_is_not_even_told(waiting: VoiceSuggestion) -> None:
    viewer = sign_in("viewer")
    assert viewer.get(BOARD).status_code == 403
    assert viewer.get("conditions_voicesuggestion_change", waiting.pk).status_code == 403
    page = words(viewer.get("conditions_evidence_change", waiting.first_id))
    assert "May repeat" not in page


def test_a_document_says_that_it_may_repeat_another(
    analyst: Person, waiting: VoiceSuggestion
) -> None:
    page = words(analyst.get("conditions_evidence_change", waiting.second_id))
    assert f"May repeat {waiting.first.key}, “Four held”: 90 of 100 shared." in page


def test_a_group_with_two_said_to_be_independent_offers_no_button(
    analyst: Person, waiting: VoiceSuggestion
) -> None:
    first, second, third = waiting.first, waiting.second, make_evidence(summary=WIRE)
    dismiss_voice(suggestion=waiting, reason="Two reporters.", by=analyst.user, as_of=NOW)
    pairs = [suggest(first, third), suggest(second, third)]
    page = words(analyst.get(BOARD))
    assert "Cannot become one voice as it stands. As ana said on" in page
    assert f"{first.key} and {second.key} are independent of each other: Two reporters." in page
    assert "count all 3 once" not in page
    assert f"Compare {first.key} and {third.key}" in page
    answer = analyst.post(
        "conditions_voicesuggestion_group", suggestion=[str(one.pk) for one in pairs]
    )
    assert answer.status_code == 409
    assert "would become one voice, but ana said" in words(answer)
    assert not Evidence.objects.exclude(voice="").exists()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("board", 12), ("pair", 11), ("confirmed", 6)],
)
def test_a_page_takes_a_fixed_number_of_queries(
    analyst: Person, work: Work, address: str, queries: int, rows: int
) -> None:
    made = [
        suggest(
            make_evidence(summary=WIRE, condition=work.condition, voice="afp-cell"),
            make_evidence(summary=WIRE, condition=work.condition),
        )
        for _ in range(rows)
    ]
    with CaptureQueriesContext(connection) as asked:
        if address == "pair":
            answer = analyst.get("conditions_voicesuggestion_change", made[0].pk)
        else:
            answer = analyst.get(BOARD, state="confirmed" if address == "confirmed" else "waiting")
    assert answer.status_code == 200
    assert len(asked) == queries


@pytest.mark.parametrize("query", ["?p=0", "?p=x", "?p=99", "?state=none", "?p=99999999999999"])
def test_a_strange_address_shows_the_board(analyst: Person, query: str) -> None:
    assert analyst.client.get(reverse(f"admin:{BOARD}") + query).status_code == 200
