"""Voices as pages show them: what waits to be decided, in groups, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from conditions.models import Evidence, TextComparison, VoiceSuggestion
from conditions.queries.readers import sensitivities_for
from conditions.queries.voice_groups import Group, groups_of
from conditions.rules.authority import Reader
from conditions.rules.refusals import NotFound
from conditions.rules.voices import joined

GROUPS_SHOWN: Final = 10
DECIDED_SHOWN: Final = 50
MOST_WAITING: Final = 300
MOST_NAMED: Final = 20
_State = VoiceSuggestion.State


class NoSuggestion(NotFound):
    """There is no such suggestion, or this person may not see both of its documents."""


@dataclass(frozen=True, slots=True)
class Board:
    """One page of groups that wait, or of single suggestions that were decided.

    ``to_compare`` is how many documents were not compared yet since they were filed or changed.
    """

    state: str
    counts: dict[str, int]
    groups: tuple[Group, ...]
    decided: tuple[VoiceSuggestion, ...]
    number: int
    has_next: bool
    to_compare: int = 0


@dataclass(frozen=True, slots=True)
class OneVoiceWith:
    """What stands on a document's page: who has the same voice, and what waits to be decided."""

    same: tuple[Evidence, ...]
    more: bool
    waiting: tuple[tuple[VoiceSuggestion, Evidence], ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Comparisons that do not get done: begun and never ended, or waiting while nothing is done."""

    unfinished: int
    waiting: int


def suggestions_for(reader: Reader) -> QuerySet[VoiceSuggestion]:
    """The suggestions of which this reader may see both documents."""
    seen = sensitivities_for(reader)
    return VoiceSuggestion.objects.filter(first__sensitivity__in=seen, second__sensitivity__in=seen)


def suggestion_for(reader: Reader, pk: int) -> VoiceSuggestion:
    """One suggestion with its documents. Raises NoSuggestion. One query."""
    rows = suggestions_for(reader).select_related("first__source", "second__source", "decided_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NoSuggestion("There is no such suggestion.", field="id", value=pk)
    return found


def voice_board(reader: Reader, *, state: str = _State.WAITING, number: int = 1) -> Board:
    """A page of the board: of what waits, in groups; or of what was decided, newest first.

    Eight queries for what waits, two for what was decided.
    """
    rows = suggestions_for(reader)
    told = rows.order_by().values("state").annotate(many=Count("pk")).values_list("state", "many")
    counts = dict.fromkeys(_State.values, 0) | dict(told)
    if state == _State.WAITING:
        groups, more = _waiting_groups(reader, rows.filter(state=state), number)
        owed = TextComparison.objects.filter(owed_since__isnull=False).count()
        return Board(state, counts, groups, (), number, more, to_compare=owed)
    start = (number - 1) * DECIDED_SHOWN
    decided = list(
        rows.filter(state=state)
        .select_related("first__source", "second__source", "decided_by")
        .order_by("-decided_at", "-pk")[start : start + DECIDED_SHOWN + 1]
    )
    more = len(decided) > DECIDED_SHOWN
    return Board(state, counts, (), tuple(decided[:DECIDED_SHOWN]), number, more)


def pair_of(reader: Reader, suggestion: VoiceSuggestion) -> Group:
    """The two documents side by side, with their notes and newest copies. Six queries."""
    (group,) = groups_of(reader, [[suggestion]], with_copies=True)
    return group


def voice_of_document(reader: Reader, document: Evidence) -> OneVoiceWith:
    """The documents of the same voice, and the suggestions that wait. Two queries, or one."""
    same: list[Evidence] = []
    if document.voice:
        visible = Evidence.objects.with_sensitivity(sensitivities_for(reader))
        others = visible.filter(voice=document.voice).exclude(pk=document.pk)
        same = list(others.select_related("source").order_by("pk")[: MOST_NAMED + 1])
    waiting = suggestions_for(reader).filter(
        Q(first=document) | Q(second=document), state=_State.WAITING
    )
    rows = waiting.select_related("first", "second").order_by("-likeness", "-pk")[:MOST_NAMED]
    return OneVoiceWith(
        same=tuple(same[:MOST_NAMED]),
        more=len(same) > MOST_NAMED,
        waiting=tuple(
            (row, row.second if row.first_id == document.pk else row.first) for row in rows
        ),
    )


def stuck_comparisons(as_of: datetime, *, after: timedelta = timedelta(hours=1)) -> Stuck:
    """What a worker began and did not end, and what waits while nothing was compared for long.

    Two queries.
    """
    owed = TextComparison.objects.filter(owed_since__isnull=False)
    last = TextComparison.objects.aggregate(last=Max("compared_at"))["last"]
    # No comparison takes a minute: whoever holds one longer is dead, or it fails again and again.
    counts = owed.aggregate(
        unfinished=Count("pk", filter=Q(lease_until__lte=as_of + timedelta(minutes=4))),
        waiting=Count("pk"),
    )
    stands_still = last is not None and last <= as_of - after
    return Stuck(counts["unfinished"], counts["waiting"] if stands_still else 0)


def _waiting_groups(
    reader: Reader, rows: QuerySet[VoiceSuggestion], number: int
) -> tuple[tuple[Group, ...], bool]:
    waiting = list(
        rows.select_related("first__source", "second__source")
        .defer("first__text", "second__text")
        .order_by("-likeness", "-pk")[:MOST_WAITING]
    )
    by_group: dict[frozenset[int], list[VoiceSuggestion]] = {
        group: [] for group in joined((one.first_id, one.second_id) for one in waiting)
    }
    group_of = {pk: group for group in by_group for pk in group}
    for one in waiting:
        by_group[group_of[one.first_id]].append(one)
    start = (number - 1) * GROUPS_SHOWN
    shown = list(by_group.values())[start : start + GROUPS_SHOWN]
    return groups_of(reader, shown), len(by_group) > start + GROUPS_SHOWN
