"""Groups of documents that may carry one voice: what they share, and what would change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from conditions.models import Evidence, EvidenceLink, VoiceSuggestion
from conditions.queries.captures import newest_texts
from conditions.queries.readers import sensitivities_for
from conditions.queries.voice_contradictions import independent_pairs
from conditions.queries.voice_effects import Effect, effects_of
from conditions.rules.authority import Reader
from conditions.rules.evidence import grade_chip
from conditions.rules.passages import Part
from conditions.rules.voices import shared

COPY_SHOWN: Final = 6_000


@dataclass(frozen=True, slots=True)
class Speaker:
    """One document of a group; what it shares with the others is marked in its texts."""

    id: int
    key: str
    title: tuple[Part, ...]
    source: str
    published_on: date | None
    grade: str
    language: str
    sensitivity: str
    voice: str
    conditions: tuple[str, ...]
    summary: tuple[Part, ...]
    copy: tuple[Part, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that may carry one voice, as suggestions hang together.

    ``moved`` are keys of documents that carry a voice of theirs already and would go with them.
    ``independent`` are pairs of all these that somebody said are independent of each other: as long
    as there are any, the group cannot become one voice.
    """

    suggestions: tuple[VoiceSuggestion, ...]
    documents: tuple[Speaker, ...]
    voices: tuple[str, ...]
    moved: tuple[str, ...]
    effects: tuple[Effect, ...]
    independent: tuple[VoiceSuggestion, ...] = ()


def groups_of(
    reader: Reader, groups: Sequence[Sequence[VoiceSuggestion]], *, with_copies: bool = False
) -> tuple[Group, ...]:
    """The groups that these suggestions make, for somebody who may see all their documents.

    Five queries; one more with the newest stored copies.
    """
    sensitivities = sensitivities_for(reader)
    members = [_members(group) for group in groups]
    everybody = [document for group in members for document in group.values()]
    moved = _moved(everybody, sensitivities)
    going = [
        {*group, *(pk for one in group.values() for pk, _ in moved.get(one.voice, ()))}
        for group in members
    ]
    effects = effects_of(going, sensitivities)
    apart = independent_pairs(set().union(*going))
    bearings = _bearings([one.pk for one in everybody])
    copies = newest_texts([one.pk for one in everybody], COPY_SHOWN + 1) if with_copies else {}
    return tuple(
        Group(
            suggestions=tuple(suggestions),
            documents=tuple(_speakers(group.values(), bearings, copies)),
            voices=tuple(dict.fromkeys(one.voice for one in group.values() if one.voice)),
            moved=tuple(
                key
                for voice in dict.fromkeys(one.voice for one in group.values())
                for pk, key in moved.get(voice, ())
                if pk not in group
            ),
            effects=changes,
            independent=tuple(one for one in apart if {one.first_id, one.second_id} <= all_of_it),
        )
        for suggestions, group, all_of_it, changes in zip(
            groups, members, going, effects, strict=True
        )
    )


def _members(group: Iterable[VoiceSuggestion]) -> dict[int, Evidence]:
    found = {one.pk: one for row in group for one in (row.first, row.second)}
    return dict(sorted(found.items(), key=lambda row: (row[1].published_on or date.max, row[0])))


def _moved(
    documents: Iterable[Evidence], sensitivities: Collection[str]
) -> dict[str, list[tuple[int, str]]]:
    """Documents by the voice they carry, of the voices that these documents carry."""
    voices = {one.voice for one in documents if one.voice}
    rows = Evidence.objects.with_sensitivity(sensitivities).filter(voice__in=voices).order_by("pk")
    found: dict[str, list[tuple[int, str]]] = {}
    for voice, pk, key in rows.values_list("voice", "pk", "key"):
        found.setdefault(voice, []).append((pk, key))
    return found


def _bearings(evidence_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    rows = EvidenceLink.objects.filter(evidence__in=evidence_ids, withdrawn_at__isnull=True)
    columns = rows.order_by("condition__program", "condition__position", "id").values_list(
        "evidence_id", "condition__code", "checklist_item__code"
    )
    found: dict[int, list[str]] = {}
    for pk, condition, item in columns:
        found.setdefault(pk, []).append(f"{condition} {item}" if item else condition)
    return {pk: tuple(dict.fromkeys(places)) for pk, places in found.items()}


def _speakers(
    documents: Collection[Evidence],
    bearings: dict[int, tuple[str, ...]],
    copies: dict[int, str],
) -> Iterable[Speaker]:
    said = {
        one.pk: "\n".join([one.title, one.summary, copies.get(one.pk, "")]) for one in documents
    }
    for one in documents:
        others = "\n".join(text for pk, text in said.items() if pk != one.pk)
        copy = copies.get(one.pk, "")
        yield Speaker(
            id=one.pk,
            key=one.key,
            title=shared(one.title, others),
            source=one.source.name,
            published_on=one.published_on,
            grade=grade_chip(one.source.reliability, one.credibility),
            language=one.language,
            sensitivity=one.sensitivity,
            voice=one.voice,
            conditions=bearings.get(one.pk, ()),
            summary=shared(one.summary, others),
            copy=shared(copy[:COPY_SHOWN], others),
            is_cut=len(copy) > COPY_SHOWN,
        )
