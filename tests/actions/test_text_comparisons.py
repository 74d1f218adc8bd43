"""Comparing texts: owed by whatever changes a text, done once, suggested once, never decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conditions.actions.captures import upload_capture
from conditions.actions.evidence import EvidenceItem, amend_evidence, file_evidence
from conditions.actions.search_texts import write_all_search_texts
from conditions.actions.text_comparisons import (
    LEASE,
    MOST_CANDIDATES,
    _lease_next,
    compare_due_texts,
    owe_all_comparisons,
    owe_comparisons,
)
from conditions.models import Evidence, TextComparison, VoiceSuggestion
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence, make_source, make_user
from tests.rules.test_triage_copies import OTHER, REWORDED, SAME_EVENT, WIRE

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
TICK = timedelta(seconds=1)


def compare(**more):
    """One run of the worker, in which no time passes."""
    return compare_due_texts(owner="one", clock=lambda: NOW, **more)


def owed() -> list[int]:
    rows = TextComparison.objects.filter(owed_since__isnull=False).order_by("evidence")
    return list(rows.values_list("evidence", flat=True))


def pairs() -> list[tuple[int, int]]:
    return list(VoiceSuggestion.objects.order_by("id").values_list("first", "second"))


def item(**changes) -> EvidenceItem:
    fields = {"title": "Four held", "summary": WIRE, "url": "https://example.com/wire"}
    return EvidenceItem(**{"source_id": make_source().pk, **fields, **changes})


class TestOwing:
    def test_filing_amending_and_a_stored_copy_owe_a_comparison(self):
        analyst = make_user("analyst")
        filed = file_evidence(item=item(), by=analyst, as_of=NOW)
        assert owed() == [filed.pk]
        assert TextComparison.objects.get().owed_since == NOW
        compare()
        assert owed() == []
        amend_evidence(
            evidence=filed,
            item=replace(EvidenceItem.of(filed), summary=OTHER),
            by=analyst,
            as_of=NOW + TICK,
            expected_revision=1,
            reason="Told anew.",
        )
        assert TextComparison.objects.get().owed_since == NOW + TICK
        compare()
        upload_capture(
            evidence=filed, filename="a.txt", body=WIRE.encode(), by=analyst, as_of=NOW + 2 * TICK
        )
        assert TextComparison.objects.get().owed_since == NOW + 2 * TICK

    @pytest.mark.parametrize("rows", [1, 3])
    def test_any_number_is_owed_in_two_queries(self, rows, django_assert_num_queries):
        made = [make_evidence().pk for _ in range(rows)]
        TextComparison.objects.all().delete()
        with django_assert_num_queries(2):
            owe_comparisons(made)
        assert owed() == made

    def test_writing_the_index_anew_owes_nothing(self):
        make_evidence()
        compare()
        assert list(write_all_search_texts()) == [1]
        assert owed() == []

    def test_what_was_never_compared_is_found(self):
        make_evidence(summary=WIRE)
        make_evidence(summary=REWORDED)
        TextComparison.objects.all().delete()
        assert compare().documents == 2
        assert len(pairs()) == 1

    def test_everything_can_be_owed_again(self):
        make_evidence()
        compare()
        assert owe_all_comparisons() == 1
        assert len(owed()) == 1


class TestSuggesting:
    def test_a_copy_is_suggested_with_what_both_say(self):
        wire = make_evidence(summary=WIRE)
        copy = make_evidence(summary=REWORDED)
        make_evidence(summary=OTHER)
        done = compare()
        assert (done.documents, done.failed, done.suggested) == (3, 0, 1)
        found = VoiceSuggestion.objects.get()
        assert (found.first, found.second) == (wire, copy)
        assert (found.state, found.same_event, found.suggested_at) == ("waiting", False, NOW)
        assert found.likeness >= 70
        assert found.passage.startswith("near the town of Qusayr. Officers found rifles")
        assert TextComparison.objects.filter(compared_at=NOW).count() == 3

    @pytest.mark.parametrize("text", [SAME_EVENT, OTHER])
    def test_two_reports_on_one_event_are_not_suggested(self, text):
        make_evidence(summary=WIRE, event_slug="qusayr-cell")
        make_evidence(summary=text, event_slug="qusayr-cell")
        assert compare().suggested == 0

    def test_on_one_event_a_heavily_reworded_copy_is(self):
        words = WIRE.split()
        text = " ".join("indeed" if at % 5 == 4 else word for at, word in enumerate(words))
        make_evidence(summary=WIRE, event_slug="qusayr-cell")
        make_evidence(summary=text, event_slug="other-day")
        assert compare().suggested == 0
        make_evidence(summary=text, event_slug="qusayr-cell")
        compare()
        assert VoiceSuggestion.objects.filter(same_event=True).exists()

    def test_stored_copies_are_compared_too(self):
        first, second = make_evidence(summary="Told one way."), make_evidence(summary="And so.")
        for one, text in ((first, WIRE), (second, f"{OTHER} {WIRE}")):
            upload_capture(evidence=one, filename="a.txt", body=text.encode(), by=None, as_of=NOW)
        compare()
        assert pairs() == [(first.pk, second.pk)]

    def test_documents_of_one_voice_or_one_source_are_passed_over(self):
        source = make_source()
        make_evidence(summary=WIRE, source=source)
        make_evidence(summary=WIRE, source=source)
        assert compare().suggested == 0
        make_evidence(summary=OTHER, voice="wire")
        make_evidence(summary=OTHER, voice="wire")
        assert compare().suggested == 0

    def test_documents_of_two_voices_are_suggested(self):
        make_evidence(summary=WIRE, voice="afp-cell")
        make_evidence(summary=WIRE, voice="reuters-cell")
        assert compare().suggested == 1

    @pytest.mark.parametrize("state", ["waiting", "confirmed", "dismissed"])
    def test_no_pair_is_suggested_twice(self, state):
        first, second = make_evidence(summary=WIRE), make_evidence(summary=WIRE)
        decided = {} if state == "waiting" else {"decided_at": NOW, "reason": "So.", "voice": "v"}
        VoiceSuggestion.objects.create(
            first=first, second=second, likeness=1, suggested_at=NOW - DAY, state=state, **decided
        )
        assert compare().suggested == 0
        assert VoiceSuggestion.objects.get().likeness == 1

    def test_the_newest_are_compared_where_there_are_too_many(self):
        source = make_source()
        make_evidence(summary=WIRE, event_slug="cell")
        for _ in range(MOST_CANDIDATES):
            make_evidence(summary=OTHER, event_slug="cell", source=source)
        make_evidence(summary=REWORDED, event_slug="cell")
        compare(most=1_000)
        # Past the bound of the event, the index finds it.
        assert len(pairs()) == 1


class TestTwoAtOnce:
    def test_a_document_is_held_by_one_run(self):
        make_evidence(summary=WIRE)
        assert _lease_next(owner="one", as_of=NOW) is not None
        assert _lease_next(owner="two", as_of=NOW) is None
        assert compare_due_texts(owner="two", clock=lambda: NOW).documents == 0

    def test_a_dead_run_loses_nothing(self):
        make_evidence(summary=WIRE)
        _lease_next(owner="dead", as_of=NOW)
        later = NOW + LEASE
        assert compare_due_texts(owner="two", clock=lambda: later).documents == 1
        assert owed() == []

    def test_what_is_said_meanwhile_is_compared_again(self):
        wire = make_evidence(summary=WIRE)
        times = iter([NOW, NOW, NOW])

        def clock():
            at = next(times, NOW)
            if TextComparison.objects.filter(lease_owner="one").exists():
                # Between the taking and the comparing.
                Evidence.objects.filter(pk=wire.pk).update(event_slug="cell")
                owe_comparisons([wire.pk])
            return at

        compare_due_texts(owner="one", clock=clock, most=1)
        assert owed() == [wire.pk]

    def test_a_run_ends_in_time(self):
        for _ in range(3):
            make_evidence()
        moments = iter(NOW + timedelta(seconds=at) for at in range(0, 1_000, 9))
        assert compare_due_texts(owner="one", clock=lambda: next(moments)).documents < 3
        assert owed() != []

    def test_one_that_fails_does_not_stop_the_others(self, caplog):
        for _ in range(2):
            make_evidence()
        moments = iter([NOW, NOW, NOW])

        def clock():
            held = TextComparison.objects.exclude(lease_owner="").first()
            if held is not None and next(moments, None) is not None and not broken:
                broken.append(held.pk)
                raise ValueError("No reading of this one")
            return NOW

        broken: list[int] = []
        done = compare_due_texts(owner="one", clock=clock)
        assert (done.documents, done.failed) == (1, 1)
        assert owed() == broken
        assert "could not be compared" in caplog.text
