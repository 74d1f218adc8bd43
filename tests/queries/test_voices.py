"""The board of voices: groups that hang together, what would change, and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from conditions.actions.captures import upload_capture
from conditions.actions.text_comparisons import owe_comparisons
from conditions.actions.voices import confirm_voice, dismiss_voice
from conditions.models import Evidence, EvidenceLink, TextComparison, VoiceSuggestion
from conditions.queries.voice_effects import effects_of
from conditions.queries.voices import (
    GROUPS_SHOWN,
    NoSuggestion,
    Stuck,
    pair_of,
    stuck_comparisons,
    suggestion_for,
    voice_board,
    voice_of_document,
)
from conditions.rules.authority import Sensitivity
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence, make_link, make_program, make_source, make_user
from tests.rules.test_triage_copies import OTHER, REWORDED, WIRE

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
EVERY = frozenset(Sensitivity)


def suggest(first: Evidence, second: Evidence, likeness: int = 90, **fields) -> VoiceSuggestion:
    return VoiceSuggestion.objects.create(
        first=first, second=second, likeness=likeness, suggested_at=NOW - DAY, **fields
    )


def link(evidence: Evidence, condition, item=None, stance="supports") -> EvidenceLink:
    return EvidenceLink.objects.create(
        evidence=evidence,
        condition=condition,
        checklist_item=item,
        stance=stance,
        recorded_at=NOW - DAY,
    )


@pytest.fixture
def analyst():
    """An analyst whose permissions were looked up already."""
    person = make_user("analyst")
    assert person.has_perm("conditions.view_voicesuggestion")
    return person


@pytest.fixture
def condition(db):
    return make_program().conditions.get()


class TestBoard:
    def test_what_hangs_together_is_one_group(self, analyst, condition):
        documents = [make_evidence(summary=text) for text in (WIRE, REWORDED, WIRE, OTHER)]
        first, second, third, _ = documents
        link(second, condition, condition.checklist.get())
        pairs = [suggest(first, second, 95), suggest(second, third, 80)]
        apart = suggest(documents[3], make_evidence(), 85)
        board = voice_board(analyst)
        assert [group.suggestions for group in board.groups] == [tuple(pairs), (apart,)]
        group = board.groups[0]
        assert [one.id for one in group.documents] == [first.pk, second.pk, third.pk]
        assert group.documents[1].conditions == ("ALPHA A.1",)
        marked = [part.text for part in group.documents[1].summary if part.is_hit]
        assert any("two rocket launchers" in text for text in marked)
        assert board.counts == {"waiting": 3, "confirmed": 0, "dismissed": 0}

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_board_takes_eight_queries(self, rows, analyst, condition, django_assert_num_queries):
        for _ in range(rows):
            one = make_evidence(condition=condition, voice="")
            other = make_evidence(condition=condition, voice=f"voice-{one.pk}")
            make_evidence(condition=condition, voice=f"voice-{one.pk}")
            suggest(one, other)
        with django_assert_num_queries(8):
            assert len(voice_board(analyst).groups) == rows

    def test_what_is_still_to_be_compared_is_told(self, analyst):
        assert voice_board(analyst).to_compare == 0
        documents = [make_evidence() for _ in range(2)]
        owe_comparisons([one.pk for one in documents])
        assert voice_board(analyst).to_compare == 2

    def test_groups_come_in_pages(self, analyst):
        for _ in range(GROUPS_SHOWN + 1):
            suggest(make_evidence(), make_evidence())
        first, second = voice_board(analyst), voice_board(analyst, number=2)
        assert (len(first.groups), first.has_next) == (GROUPS_SHOWN, True)
        assert (len(second.groups), second.has_next) == (1, False)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_what_was_decided_is_told(self, rows, analyst, django_assert_num_queries):
        for _ in range(rows):
            row = suggest(make_evidence(), make_evidence())
            dismiss_voice(suggestion=row, reason="Two reporters.", by=analyst, as_of=NOW)
        with django_assert_num_queries(2):
            board = voice_board(analyst, state="dismissed")
        assert len(board.decided) == rows
        assert {one.reason for one in board.decided} == {"Two reporters."}

    def test_who_may_not_see_one_document_sees_no_suggestion(self, analyst):
        viewer = make_user("viewer")
        hidden = suggest(make_evidence(), make_evidence(sensitivity="restricted"))
        for reader in (viewer, AnonymousUser()):
            assert voice_board(reader).groups == ()
            assert voice_board(reader).counts["waiting"] == 0
            assert voice_of_document(reader, hidden.first).waiting == ()
            with pytest.raises(NoSuggestion):
                suggestion_for(reader, hidden.pk)
        assert suggestion_for(analyst, hidden.pk) == hidden

    def test_who_would_be_moved_along_is_named(self, analyst):
        first = make_evidence()
        second, third = (make_evidence(voice="afp-cell") for _ in range(2))
        suggest(first, second)
        (group,) = voice_board(analyst).groups
        assert (group.voices, group.moved) == (("afp-cell",), (third.key,))

    def test_what_was_said_to_be_independent_is_told_beforehand(self, analyst):
        first, second, third = (make_evidence() for _ in range(3))
        apart = suggest(first, second)
        dismiss_voice(suggestion=apart, reason="Two reporters.", by=analyst, as_of=NOW)
        suggest(first, third)
        assert voice_board(analyst).groups[0].independent == ()
        suggest(second, third)
        (group,) = voice_board(analyst).groups
        assert group.independent == (apart,)

    def test_a_pair_shows_what_both_copies_say(self, analyst):
        first, second = make_evidence(), make_evidence()
        for one, text in ((first, WIRE), (second, f"{OTHER} {WIRE}")):
            upload_capture(evidence=one, filename="a.txt", body=text.encode(), by=None, as_of=NOW)
        pair = pair_of(analyst, suggest(first, second))
        copies = ["".join(p.text for p in one.copy if p.is_hit) for one in pair.documents]
        assert copies == [WIRE, WIRE.rstrip(".") + "."] or all(WIRE[:-1] in c for c in copies)


class TestEffects:
    def test_a_rule_is_lost_when_two_sources_become_one(self, analyst, condition):
        item = condition.checklist.get()
        first, second = make_evidence(), make_evidence()
        for one in (first, second):
            link(one, condition, item)
        suggest(first, second)
        of_condition, of_item = voice_board(analyst).groups[0].effects
        assert of_condition.place == "ALPHA"
        assert of_condition.sentence == "two independent sources would become one."
        assert of_item.place == "ALPHA A.1"
        assert of_item.loses_its_rule
        assert of_item.sentence == (
            "two independent sources would become one; its evidence rule would no longer be met."
        )
        confirm_voice(suggestion=VoiceSuggestion.objects.get(), by=analyst, as_of=NOW)
        # Said beforehand, and so it is: nothing is left to change.
        assert effects_of([[first.pk, second.pk]], EVERY) == ((),)

    def test_a_third_source_keeps_the_rule(self, condition):
        item = condition.checklist.get()
        made = [make_evidence() for _ in range(3)]
        for one in made:
            link(one, condition, item)
        ((_, effect),) = effects_of([[made[0].pk, made[1].pk]], EVERY)
        assert (effect.before, effect.after, effect.was_met, effect.is_met) == (3, 2, True, True)
        assert effect.sentence.endswith("its evidence rule is still met.")

    def test_a_rule_that_is_not_met_stays_so(self, condition):
        item = condition.checklist.get()
        made = [make_evidence(source=make_source(reliability="D")) for _ in range(2)]
        for one in made:
            link(one, condition, item)
        ((_, effect),) = effects_of([[one.pk for one in made]], EVERY)
        assert effect.sentence.endswith("its evidence rule is not met.")

    def test_a_voice_apart_from_its_own_source_counts_as_that_source_still(self, condition):
        source, item = make_source(), condition.checklist.get()
        wire, own, copy = (
            make_evidence(source=source),
            make_evidence(source=source),
            make_evidence(),
        )
        for one in (wire, own):
            link(one, condition, item)
        assert effects_of([[wire.pk, copy.pk]], EVERY) == ((),)
        # The source stands for its own words, so the copy may stand for the wire.
        link(copy, condition, item)
        assert effects_of([[wire.pk, copy.pk]], EVERY) == ((),)

    def test_neutral_withdrawn_and_hidden_links_count_for_nothing(self, condition):
        made = [make_evidence() for _ in range(2)]
        make_link(evidence=made[0], condition=condition, stance="supports", recorded_at=NOW)
        link(made[1], condition, stance="neutral")
        assert effects_of([[one.pk for one in made]], EVERY) == ((),)
        hidden = make_evidence(sensitivity="restricted", condition=condition)
        assert effects_of([[made[0].pk, hidden.pk]], {"public"}) == ((),)
        ((effect,),) = effects_of([[made[0].pk, hidden.pk]], EVERY)
        assert (effect.before, effect.after) == (2, 1)

    @pytest.mark.parametrize("groups", [1, 3])
    def test_any_number_of_groups_takes_two_queries(
        self, groups, condition, django_assert_num_queries
    ):
        pairs = [[make_evidence(condition=condition).pk for _ in range(2)] for _ in range(groups)]
        with django_assert_num_queries(2):
            assert len(effects_of(pairs, EVERY)) == groups


class TestOnADocument:
    def test_it_names_who_has_the_same_voice_and_what_waits(self, analyst):
        first, second = make_evidence(voice="afp-cell"), make_evidence(voice="afp-cell")
        third = make_evidence()
        waiting = suggest(first, third)
        suggest(second, third, state="dismissed", reason="So.", decided_at=NOW)
        block = voice_of_document(analyst, first)
        assert (block.same, block.more) == ((second,), False)
        assert block.waiting == ((waiting, third),)
        assert voice_of_document(analyst, third).waiting == ((waiting, first),)
        assert voice_of_document(make_user("viewer"), first).same == (second,)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_takes_a_fixed_number_of_queries(self, rows, analyst, django_assert_num_queries):
        first = make_evidence(voice="afp-cell")
        for _ in range(rows):
            suggest(first, make_evidence(voice="afp-cell"))
        with django_assert_num_queries(2):
            voice_of_document(analyst, first)


class TestStuck:
    def test_what_waits_for_the_next_pulse_is_not_stuck(self):
        make_evidence()
        assert stuck_comparisons(NOW) == Stuck(0, 0)

    def test_what_a_worker_left_behind_is(self):
        make_evidence()
        TextComparison.objects.update(lease_owner="dead", lease_until=NOW)
        assert stuck_comparisons(NOW) == Stuck(1, 0)

    def test_what_waits_while_nothing_is_compared_is(self):
        make_evidence()
        done = make_evidence()
        last = NOW - timedelta(hours=1)
        TextComparison.objects.filter(pk=done.pk).update(owed_since=None, compared_at=last)
        assert stuck_comparisons(NOW) == Stuck(0, 1)
        assert stuck_comparisons(NOW - timedelta(minutes=1)) == Stuck(0, 0)
