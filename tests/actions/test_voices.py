"""One voice: a person says so, documents are amended, and what was judged before stands."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.actions.record import PermissionMissing
from conditions.actions.text_comparisons import compare_due_texts
from conditions.actions.voices import (
    FOLLOWED,
    MOST_DOCUMENTS,
    BadDecision,
    NoSuggestion,
    SaidIndependent,
    SuggestionDecided,
    TooManyDocuments,
    VoiceNotOpen,
    VoiceTaken,
    confirm_group,
    confirm_voice,
    dismiss_voice,
)
from conditions.models import Event, Evidence, EvidenceVersion, VoiceSuggestion
from conditions.queries.asof import AsOf
from conditions.queries.flags import flags_of
from tests.crowd import while_open
from tests.days import DAY, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user
from tests.rules.test_triage_copies import WIRE

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def suggest(first: Evidence, second: Evidence, **fields) -> VoiceSuggestion:
    return VoiceSuggestion.objects.create(
        first=first, second=second, likeness=90, suggested_at=NOW - DAY, **fields
    )


def voices(*documents: Evidence) -> list[str]:
    rows = Evidence.objects.filter(pk__in=[one.pk for one in documents]).order_by("pk")
    return list(rows.values_list("voice", flat=True))


@pytest.fixture
def analyst():
    return make_user("analyst")


@pytest.fixture
def three():
    return [make_evidence(event_slug="cell") for _ in range(3)]


class TestConfirming:
    def test_both_are_amended_with_the_reason_in_one_step(self, three, analyst):
        first, second, _ = three
        suggestion = suggest(first, second)
        done = confirm_voice(
            suggestion=suggestion, by=analyst, as_of=NOW, reason="Both print the agency's text."
        )
        name = f"{first.source.name.lower().replace(' ', '-')}-cell"
        assert (done.voice, done.documents, done.amended) == (name, 2, 2)
        assert voices(first, second) == [name, name]
        version = EvidenceVersion.objects.get(evidence=second, number=2)
        assert version.content["voice"] == name
        event = Event.objects.get(verb="evidence.amended", subject_id=str(first.pk))
        assert event.actor == analyst
        assert event.reason == f"One voice with {second.key}. Both print the agency's text."
        suggestion.refresh_from_db()
        assert (suggestion.state, suggestion.voice) == ("confirmed", name)
        assert (suggestion.decided_at, suggestion.decided_by) == (NOW, analyst)
        told = Event.objects.get(verb="voice.confirmed")
        assert told.after["voice"] == name

    def test_the_voice_of_either_is_taken(self, three, analyst):
        first, second, third = three
        Evidence.objects.filter(pk=second.pk).update(voice="afp-cell")
        assert confirm_voice(suggestion=suggest(first, second), by=analyst, as_of=NOW).amended == 1
        assert voices(first, second, third) == ["afp-cell", "afp-cell", ""]

    def test_a_person_may_name_it(self, three, analyst):
        first, second, _ = three
        confirm_voice(suggestion=suggest(first, second), voice=" sana-1 ", by=analyst, as_of=NOW)
        assert voices(first, second) == ["sana-1", "sana-1"]

    def test_a_new_name_is_no_name_in_use(self, three, analyst):
        first, second, third = three
        taken = f"{first.source.name.lower().replace(' ', '-')}-cell"
        Evidence.objects.filter(pk=third.pk).update(voice=taken)
        done = confirm_voice(suggestion=suggest(first, second), by=analyst, as_of=NOW)
        assert done.voice == f"{taken}-2"

    def test_two_voices_become_one_with_all_that_carried_them(self, analyst):
        afp = [make_evidence(voice="afp-cell") for _ in range(2)]
        other = [make_evidence(voice="press-cell"), make_evidence(voice="press-cell")]
        more = make_evidence(voice="afp-cell")
        done = confirm_voice(suggestion=suggest(afp[0], other[0]), by=analyst, as_of=NOW)
        assert (done.voice, done.documents, done.amended) == ("afp-cell", 5, 2)
        assert set(voices(*afp, *other, more)) == {"afp-cell"}

    def test_a_chain_is_confirmed_at_once_and_settles_what_waits_within(self, three, analyst):
        first, second, third = three
        chain = [suggest(first, second), suggest(second, third)]
        within = suggest(first, third)
        done = confirm_group(suggestions=chain, by=analyst, as_of=NOW)
        assert (done.documents, done.amended) == (3, 3)
        assert len(set(voices(*three))) == 1
        within.refresh_from_db()
        assert (within.state, within.reason) == ("confirmed", FOLLOWED)

    def test_what_one_pair_settles_leaves_the_rest_waiting(self, three, analyst):
        first, second, third = three
        left = suggest(second, third)
        confirm_voice(suggestion=suggest(first, second), by=analyst, as_of=NOW)
        left.refresh_from_db()
        assert left.state == "waiting"

    def test_what_was_confirmed_is_not_suggested_again(self, analyst):
        first, second = make_evidence(summary=WIRE), make_evidence(summary=WIRE)
        compare_due_texts(owner="one", clock=lambda: NOW)
        confirm_voice(suggestion=VoiceSuggestion.objects.get(), by=analyst, as_of=NOW)
        compare_due_texts(owner="one", clock=lambda: NOW)
        assert VoiceSuggestion.objects.count() == 1
        assert len(set(voices(first, second))) == 1


class TestDismissing:
    def test_a_reason_is_kept_and_no_document_changes(self, three, analyst):
        first, second, _ = three
        found = dismiss_voice(
            suggestion=suggest(first, second), reason=" Two reporters. ", by=analyst, as_of=NOW
        )
        assert (found.state, found.reason, found.voice) == ("dismissed", "Two reporters.", "")
        assert voices(first, second) == ["", ""]
        assert Event.objects.get(verb="voice.dismissed").reason == "Two reporters."

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001, "a\x00b"])
    def test_without_a_good_reason_it_waits_on(self, three, analyst, reason):
        suggestion = suggest(*three[:2])
        with pytest.raises(BadDecision) as refusal:
            dismiss_voice(suggestion=suggestion, reason=reason, by=analyst, as_of=NOW)
        assert refusal.value.field == "reason"
        suggestion.refresh_from_db()
        assert suggestion.state == "waiting"


class TestRefusals:
    @pytest.mark.parametrize("role", ["viewer", "reviewer"])
    def test_who_writes_no_evidence_decides_nothing(self, three, role):
        suggestion = suggest(*three[:2])
        person = make_user(role)
        with pytest.raises(PermissionMissing):
            confirm_voice(suggestion=suggestion, by=person, as_of=NOW)
        with pytest.raises(PermissionMissing):
            dismiss_voice(suggestion=suggestion, reason="So.", by=person, as_of=NOW)

    def test_what_was_decided_stays_so(self, three, analyst):
        suggestion = suggest(*three[:2])
        stale = VoiceSuggestion.objects.get(pk=suggestion.pk)
        dismiss_voice(suggestion=suggestion, reason="Two reporters.", by=analyst, as_of=NOW)
        with pytest.raises(SuggestionDecided, match="was decided meanwhile by"):
            confirm_voice(suggestion=stale, by=analyst, as_of=NOW)
        with pytest.raises(SuggestionDecided):
            dismiss_voice(suggestion=stale, reason="So.", by=analyst, as_of=NOW)
        assert voices(*three) == ["", "", ""]

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("late", ["confirms", "dismisses"])
    def test_of_two_who_decide_at_once_the_second_is_refused(self, three, analyst, late):
        suggestion, other = suggest(*three[:2]), make_user("manager")
        refused = []

        def decide():
            try:
                if late == "confirms":
                    confirm_voice(suggestion=suggestion, voice="theirs", by=other, as_of=NOW)
                else:
                    dismiss_voice(suggestion=suggestion, reason="So.", by=other, as_of=NOW)
            except SuggestionDecided as refusal:
                refused.append(refusal.message)

        while_open(
            lambda: confirm_voice(suggestion=suggestion, voice="ours", by=analyst, as_of=NOW),
            decide,
        )
        assert refused == [f"This was decided meanwhile by {analyst}: one voice."]
        assert voices(*three) == ["ours", "ours", ""]
        suggestion.refresh_from_db()
        assert (suggestion.state, suggestion.decided_by) == ("confirmed", analyst)
        assert Event.objects.filter(verb__startswith="voice.").count() == 1

    def test_whoever_may_not_see_both_does_not_know_of_it(self, three, analyst):
        first, second, _ = three
        suggestion = suggest(first, second)
        Evidence.objects.filter(pk=second.pk).update(sensitivity="source_protected")
        analyst.groups.clear()
        for codename in ("change_voicesuggestion", "change_evidence", "view_evidence"):
            grant(analyst, codename)
        analyst = type(analyst).objects.get(pk=analyst.pk)
        with pytest.raises(NoSuggestion):
            confirm_voice(suggestion=suggestion, by=analyst, as_of=NOW)
        with pytest.raises(NoSuggestion):
            dismiss_voice(suggestion=suggestion, reason="So.", by=analyst, as_of=NOW)
        third = make_evidence(voice="afp-cell")
        make_evidence(voice="afp-cell", sensitivity="restricted")
        with pytest.raises(VoiceNotOpen):
            confirm_voice(suggestion=suggest(first, third), by=analyst, as_of=NOW)

    @pytest.mark.parametrize("voice", ["two words", "x" * 81, "né", "a/b", "a\x00b"])
    def test_a_name_is_a_short_name(self, three, analyst, voice):
        with pytest.raises(BadDecision) as refusal:
            confirm_voice(suggestion=suggest(*three[:2]), voice=voice, by=analyst, as_of=NOW)
        assert refusal.value.field == "voice"

    def test_a_name_in_use_by_others_is_refused(self, three, analyst):
        first, second, third = three
        Evidence.objects.filter(pk=third.pk).update(voice="afp-cell")
        with pytest.raises(VoiceTaken):
            confirm_voice(
                suggestion=suggest(first, second), voice="afp-cell", by=analyst, as_of=NOW
            )

    def test_what_does_not_hang_together_is_not_confirmed_together(self, three, analyst):
        first, second, third = three
        apart = [suggest(first, second), suggest(third, make_evidence())]
        with pytest.raises(BadDecision, match="hang together"):
            confirm_group(suggestions=apart, by=analyst, as_of=NOW)
        with pytest.raises(NoSuggestion):
            confirm_group(suggestions=[], by=analyst, as_of=NOW)

    def test_two_said_to_be_independent_do_not_become_one_by_way_of_a_third(self, three, analyst):
        first, second, third = three
        dismiss_voice(
            suggestion=suggest(first, second), reason="Two reporters.", by=analyst, as_of=NOW
        )
        pairs = [suggest(first, third), suggest(second, third)]
        with pytest.raises(SaidIndependent, match="Two reporters") as refusal:
            confirm_group(suggestions=pairs, by=analyst, as_of=NOW)
        assert f"{first.key} and {second.key} would become one voice" in str(refusal.value)
        assert str(analyst) in str(refusal.value)
        assert "Confirm only the pair" in refusal.value.remedy
        assert voices(*three) == ["", "", ""]
        confirm_voice(suggestion=pairs[0], by=analyst, as_of=NOW)
        with pytest.raises(SaidIndependent):
            confirm_voice(suggestion=pairs[1], by=analyst, as_of=NOW)
        pairs[1].refresh_from_db()
        assert pairs[1].state == "waiting"
        assert voices(second) == [""]

    def test_what_was_amended_by_hand_since_overrules_what_was_dismissed(self, three, analyst):
        first, second, third = three
        dismiss_voice(
            suggestion=suggest(first, second), reason="Two reporters.", by=analyst, as_of=NOW
        )
        Evidence.objects.filter(pk__in=[first.pk, second.pk]).update(voice="afp-cell")
        done = confirm_voice(suggestion=suggest(second, third), by=analyst, as_of=NOW)
        assert (done.voice, done.documents) == ("afp-cell", 3)

    def test_more_than_anybody_oversees_is_refused(self, three, analyst):
        first, second, _ = three
        Evidence.objects.filter(pk=first.pk).update(voice="afp-cell")
        Evidence.objects.bulk_create(
            Evidence(
                key=f"ev-bulk-{at}",
                reference="On paper",
                title="A copy",
                source=first.source,
                summary="So.",
                voice="afp-cell",
                recorded_at=NOW,
            )
            for at in range(MOST_DOCUMENTS)
        )
        with pytest.raises(TooManyDocuments):
            confirm_voice(suggestion=suggest(first, second), by=analyst, as_of=NOW)
        assert voices(second) == [""]

    def test_a_refusal_half_way_changes_nothing(self, three, analyst):
        first, second, _ = three
        suggestion = suggest(first, second)
        Evidence.objects.filter(pk=second.pk).update(title="")
        with pytest.raises(Exception, match="title"):
            confirm_voice(suggestion=suggestion, by=analyst, as_of=NOW)
        assert voices(first, second) == ["", ""]
        assert not Event.objects.filter(verb__in=["evidence.amended", "voice.confirmed"]).exists()
        suggestion.refresh_from_db()
        assert suggestion.state == "waiting"


def test_a_judgement_approved_before_keeps_the_count_it_was_judged_by(analyst):
    program = make_program()
    condition, cycle = program.conditions.get(), program.cycles.get(number=1)
    cited = [make_evidence(condition=condition) for _ in range(2)]
    judged = make_assessment(condition=condition, cycle=cycle, cited=tuple(one.pk for one in cited))
    then = noon(WHITE_HOUSE) + DAY
    as_of = AsOf(valid_at=TODAY, known_at=then)
    before = flags_of([judged.pk], program.scale, as_of)[judged.pk]
    confirm_voice(suggestion=suggest(*cited), by=analyst, as_of=NOW)
    assert flags_of([judged.pk], program.scale, as_of)[judged.pk] == before
    assert before.names() == ("one_sided",)
    # Known today, it still rests on two; that its documents were amended since is flagged.
    now = flags_of([judged.pk], program.scale, AsOf(valid_at=TODAY, known_at=NOW))[judged.pk]
    assert now.names() == ("stale", "one_sided")
    later = make_assessment(
        condition=condition,
        cycle=program.cycles.get(number=4),
        as_of=NOW,
        cited=tuple(one.pk for one in cited),
    )
    told = flags_of([later.pk], program.scale, AsOf(valid_at=TODAY, known_at=NOW))[later.pk]
    assert "single_source" in told.names()


@pytest.mark.parametrize("documents", [2, 4])
def test_a_group_takes_the_same_looks_whatever_its_size(documents, analyst):
    made = [make_evidence(voice="same") for _ in range(documents)]
    suggestion = suggest(made[0], make_evidence())
    with CaptureQueriesContext(connection) as asked:
        confirm_voice(suggestion=suggestion, by=analyst, as_of=NOW)
    # Only one document changes, and each document that changes asks for its own.
    assert len(asked) < 50


def grant(person, codename):
    person.user_permissions.add(Permission.objects.get(codename=codename))
