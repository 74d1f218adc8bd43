"""Voices: a person says that documents carry one voice, or that two are independent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from conditions.actions.evidence import EvidenceItem, amend_evidence, hold_programs_of
from conditions.actions.record import record_event, require_permission
from conditions.models import Evidence, User, VoiceSuggestion
from conditions.queries.readers import sensitivities_for
from conditions.queries.voice_contradictions import independent_pairs
from conditions.queries.voices import NoSuggestion as NoSuggestion
from conditions.rules.actors import OPERATOR
from conditions.rules.refusals import Conflict, Invalid, NotAllowed
from conditions.rules.voices import LONGEST_VOICE, joined, voice_named

MOST_DOCUMENTS: Final = 200
LONGEST_REASON: Final = 2_000
FOLLOWED: Final = "Followed from the decision on the others of the group."
_NAME: Final = re.compile(r"[-a-zA-Z0-9_]+")
_NAMED_IN_REASON: Final = 5
_State = VoiceSuggestion.State


class SuggestionDecided(Conflict):
    """Somebody decided this suggestion meanwhile."""


class BadDecision(Invalid):
    """A decision on a suggestion that cannot be taken as it stands."""


class VoiceTaken(Conflict):
    """The name belongs to the words of somebody else already."""


class TooManyDocuments(Conflict):
    """More documents would change than can be overseen at once."""


class SaidIndependent(Conflict):
    """Two of the documents were said to be independent of each other."""


class VoiceNotOpen(NotAllowed):
    """The voice has documents that this person may not see."""


@dataclass(frozen=True, slots=True)
class OneVoice:
    """What was confirmed: the name of the voice, and how many documents carry it now."""

    voice: str
    documents: int
    amended: int


def confirm_voice(
    *,
    suggestion: VoiceSuggestion,
    by: User | None,
    as_of: datetime,
    voice: str = "",
    reason: str = "",
) -> OneVoice:
    """Say that two documents carry one voice. As ``confirm_group`` of one suggestion."""
    return confirm_group(suggestions=[suggestion], by=by, as_of=as_of, voice=voice, reason=reason)


def confirm_group(
    *,
    suggestions: Iterable[VoiceSuggestion],
    by: User | None,
    as_of: datetime,
    voice: str = "",
    reason: str = "",
) -> OneVoice:
    """Say that all documents of these suggestions carry one voice; all of it or nothing.

    The name is ``voice``, or that which most of them have, or a new one. Whatever else carries a
    voice of theirs is moved with them. Each document changes as by ``amend_evidence``: what was
    judged on it before keeps the count it was judged by.

    Raises NoSuggestion, SuggestionDecided, BadDecision, VoiceTaken, VoiceNotOpen, TooManyDocuments,
    and SaidIndependent where it would join two that somebody said are independent.
    """
    require_permission(by, "change_voicesuggestion", to="say that documents are one voice")
    require_permission(by, "change_evidence", to="amend evidence")
    wanted, said = _name(voice), _reason(reason)
    with transaction.atomic():
        chosen = _waiting([one.pk for one in suggestions], by)
        members = {pk for one in chosen for pk in (one.first_id, one.second_id)}
        if len(joined((one.first_id, one.second_id) for one in chosen)) > 1:
            message = "These documents do not hang together."
            raise BadDecision(message, field="suggestion", remedy="Decide on one group at a time.")
        documents = _with_their_voices(members, by)
        name = wanted or _own_name([one for one in documents if one.pk in members])
        _require_theirs(name, documents)
        pks = [one.pk for one in documents]
        # Held before the look at what was dismissed: nobody dismisses one of them in between.
        followed = _between(pks, chosen)
        _require_not_independent(pks)
        hold_programs_of(Evidence.objects.filter(pk__in=pks))
        amended = _amend(documents, name, reason=said, by=by, as_of=as_of)
        _decide(chosen, name, said, by=by, as_of=as_of)
        _decide(followed, name, FOLLOWED, by=by, as_of=as_of)
    return OneVoice(name, len(documents), amended)


def dismiss_voice(
    *, suggestion: VoiceSuggestion, reason: str, by: User | None, as_of: datetime
) -> VoiceSuggestion:
    """Say that two documents are independent of each other, and why; it is not suggested again.

    Raises NoSuggestion, SuggestionDecided and BadDecision.
    """
    require_permission(by, "change_voicesuggestion", to="say that documents are independent")
    said = _reason(reason)
    if not said:
        remedy = "Name what tells them apart, such as two reporters."
        raise BadDecision("Say why they are independent.", field="reason", remedy=remedy)
    with transaction.atomic():
        (found,) = _waiting([suggestion.pk], by)
        _decide([found], "", said, by=by, as_of=as_of)
    return found


def _name(voice: str) -> str:
    name = voice.strip()
    if name and (len(name) > LONGEST_VOICE or not _NAME.fullmatch(name)):
        remedy = f"Use letters, digits and hyphens, {LONGEST_VOICE} at most, as in afp-coast-2025."
        raise BadDecision("This is not a short name.", field="voice", value=name, remedy=remedy)
    return name


def _reason(reason: str) -> str:
    said = reason.strip()
    if len(said) > LONGEST_REASON or "\x00" in said:
        remedy = f"Use at most {LONGEST_REASON:,} characters of plain text."
        raise BadDecision("This reason cannot be stored.", field="reason", remedy=remedy)
    return said


def _waiting(pks: Sequence[int], by: User | None) -> list[VoiceSuggestion]:
    """The suggestions, held until the end of the transaction. All wait, and ``by`` sees each."""
    rows = VoiceSuggestion.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    # Who decided is looked up when it is told: joined here, PostgreSQL would tell who had decided
    # before it waited for the lock.
    found = list(rows.filter(pk__in=pks).select_related("first", "second"))
    seen = found
    if by is not None:
        open_to = sensitivities_for(by)
        seen = [one for one in found if {one.first.sensitivity, one.second.sensitivity} <= open_to]
    if not seen or len(seen) < len(set(pks)):
        raise NoSuggestion("There is no such suggestion.", field="suggestion", value=list(pks))
    for one in seen:
        if one.state != _State.WAITING:
            raise SuggestionDecided(
                f"This was decided meanwhile by {one.decided_by or OPERATOR}: "
                f"{one.get_state_display().lower()}.",
                field="suggestion",
                value=one.pk,
                remedy="Reload the page. Amend the voice of a document if that was wrong.",
            )
    return seen


def _with_their_voices(members: set[int], by: User | None) -> list[Evidence]:
    """The documents and all that share a voice with one of them, locked in order."""
    voices = set(Evidence.objects.filter(pk__in=members).exclude(voice="").values_list("voice"))
    names = [voice for (voice,) in voices]
    more = Evidence.objects.filter(voice__in=names).values_list("pk", flat=True)
    pks = {*members, *more[: MOST_DOCUMENTS + 1]}
    if len(pks) > MOST_DOCUMENTS:
        raise TooManyDocuments(
            f"More than {MOST_DOCUMENTS} documents would change at once.",
            field="suggestion",
            value=len(pks),
            remedy="Amend the voice of single documents first, so that fewer share one.",
        )
    rows = Evidence.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=pks)
    documents = list(rows.select_related("source").order_by("pk"))
    if by is not None and not {one.sensitivity for one in documents} <= sensitivities_for(by):
        raise VoiceNotOpen(
            "Documents that are not open to you carry one of these voices.",
            field="suggestion",
            remedy="Ask a colleague who may see all of them.",
        )
    return documents


def _own_name(documents: Sequence[Evidence]) -> str:
    """The voice that most of them have; without any, a name after whoever published first."""
    had = Counter(one.voice for one in documents if one.voice)
    if had:
        return min(had, key=lambda voice: (-had[voice], voice))
    first = min(documents, key=lambda one: (one.published_on or date.max, one.pk))
    event = next((one.event_slug for one in documents if one.event_slug), "")
    begins = voice_named(first.source.name, event, first.published_on)
    taken = Evidence.objects.filter(voice__startswith=begins).values_list("voice", flat=True)
    return voice_named(first.source.name, event, first.published_on, taken.distinct())


def _require_theirs(name: str, documents: Sequence[Evidence]) -> None:
    others = Evidence.objects.filter(voice=name).exclude(pk__in=[one.pk for one in documents])
    if others.exists():
        raise VoiceTaken(
            "Other documents carry a voice of this name.",
            field="voice",
            value=name,
            remedy="Leave the field empty for the name proposed, or give another.",
        )


def _require_not_independent(pks: Sequence[int]) -> None:
    for pair in independent_pairs(pks)[:1]:
        raise SaidIndependent(
            f"{pair.first.key} and {pair.second.key} would become one voice, but "
            f"{pair.decided_by or OPERATOR} said on {pair.decided_at:%Y-%m-%d} that they are "
            f"independent of each other: {pair.reason}",
            field="suggestion",
            value=pair.pk,
            remedy="Confirm only the pair that is one voice. If these two are one after all, give "
            "both the same voice on their own pages first.",
        )


def _amend(
    documents: Sequence[Evidence], name: str, *, reason: str, by: User | None, as_of: datetime
) -> int:
    amended = 0
    for document in documents:
        if document.voice == name:
            continue
        others = [one.key for one in documents if one.pk != document.pk]
        more = f" and {len(others) - _NAMED_IN_REASON} more"
        named = ", ".join(others[:_NAMED_IN_REASON])
        named += more if len(others) > _NAMED_IN_REASON else ""
        amend_evidence(
            evidence=document,
            item=replace(EvidenceItem.of(document), voice=name),
            by=by,
            as_of=as_of,
            expected_revision=document.revision,
            reason=f"One voice with {named}. {reason}".strip(),
        )
        amended += 1
    return amended


def _between(pks: Sequence[int], chosen: Sequence[VoiceSuggestion]) -> list[VoiceSuggestion]:
    """Other suggestions that wait between these documents: they carry one voice now."""
    rows = VoiceSuggestion.objects.select_for_update(no_key=True, of=("self",)).filter(
        first__in=pks, second__in=pks, state=_State.WAITING
    )
    return list(rows.exclude(pk__in=[one.pk for one in chosen]).order_by("pk"))


def _decide(
    rows: Sequence[VoiceSuggestion], voice: str, reason: str, *, by: User | None, as_of: datetime
) -> None:
    for row in rows:
        row.state = _State.CONFIRMED if voice else _State.DISMISSED
        row.voice, row.reason, row.decided_at, row.decided_by = voice, reason, as_of, by
        row.save(update_fields=["state", "voice", "reason", "decided_at", "decided_by"])
        record_event(
            verb=f"voice.{'confirmed' if voice else 'dismissed'}",
            subject=row,
            by=by,
            as_of=as_of,
            before={"state": _State.WAITING.value},
            after={
                "state": str(row.state),
                "voice": voice,
                "first": row.first_id,
                "second": row.second_id,
            },
            reason=reason,
        )
