"""The work of one cycle: where every condition asked in it stands, and what makes it late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q

from conditions.models import Assessment, Condition, EvidenceLink, ReviewCycle
from conditions.models.assessments import OPEN_STATES
from conditions.queries.asof import AsOf
from conditions.queries.closing import Blocker, BlockerKind
from conditions.queries.condition_facts import EvidenceCount, evidence_counts
from conditions.queries.flags import Flags, flags_of
from conditions.queries.progress import Move
from conditions.queries.searches import SearchCount, search_counts
from conditions.rules.lateness import NOT_STARTED, Progress, Sign, signs_of
from conditions.rules.rhythm import Phase
from conditions.rules.workflow import WorkState


@dataclass(frozen=True, slots=True)
class Work:
    """One condition in one cycle: what is in work, what is judged, what was judged before it.

    ``last`` is the judgement in force from an earlier cycle, which only proposes. ``new_documents``
    are those linked since the last judgement, all of them where there is none. ``still_days`` have
    passed since anybody worked on the condition; None where nobody did in this cycle. ``flags`` are
    the doubts about the judgement shown, ``searches`` those of the cycle that stand in the log.
    """

    condition: Condition
    in_work: Assessment | None
    approved: Assessment | None
    last: Assessment | None
    evidence: EvidenceCount
    new_documents: int
    still_days: int | None
    signs: tuple[Sign, ...]
    blockers: tuple[Blocker, ...]
    flags: Flags
    searches: SearchCount | None

    @property
    def state(self) -> str:
        """The work state of the condition in the cycle."""
        row = self.in_work or self.approved
        return row.state if row else NOT_STARTED

    @property
    def awaits_coding(self) -> bool:
        """Whether two people are to code it blind first."""
        return any(one.kind is BlockerKind.DOUBLE_CODING for one in self.blockers)

    @property
    def is_judged(self) -> bool:
        """Whether the condition was ever judged, in this cycle or before."""
        return self.approved is not None or self.last is not None

    @property
    def holder(self) -> str:
        """Whose turn it is: coders, author, a reviewer or the lead; empty where it is nobody's."""
        if self.state == WorkState.APPROVED:
            return ""
        if self.in_work is not None:
            is_submitted = self.state == WorkState.SUBMITTED
            return "a reviewer" if is_submitted else str(self.in_work.author)
        return "its two coders" if self.awaits_coding else str(self.condition.lead or "")


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person is told of a cycle: at ``as_of``, with which evidence and with drafts or not"""

    as_of: datetime
    day: date
    sensitivities: Collection[str]
    with_drafts: bool


def asked_in(cycle: ReviewCycle) -> tuple[Condition, ...]:
    """The conditions in force on any day of ``cycle``, in order, with their leads. One query."""
    rows = cycle.program.conditions.filter(in_force_from__lt=cycle.due_on).filter(
        Q(in_force_until__isnull=True) | Q(in_force_until__gt=cycle.starts_on)
    )
    return tuple(rows.select_related("lead").order_by("position", "id"))


def workload(
    cycle: ReviewCycle,
    conditions: Sequence[Condition],
    *,
    reach: Reach,
    moves: Iterable[Move],
    blockers: Iterable[Blocker],
    rhythm: Sequence[Phase],
) -> tuple[Work, ...]:
    """Where each of the conditions stands, what is furthest from closing first. Seven queries."""
    known = _known(cycle, [condition.pk for condition in conditions], reach, moves)
    blocking: dict[int, list[Blocker]] = {}
    for blocker in blockers:
        blocking.setdefault(blocker.condition_id, []).append(blocker)
    rows = [
        _work(condition, cycle, known, tuple(blocking.get(condition.pk, ())), rhythm, reach.day)
        for condition in conditions
    ]
    return tuple(sorted(rows, key=_furthest_from_closing))


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, by condition id; ``documents`` are (last linked on, new ones)."""

    in_work: Mapping[int, Assessment]
    approved: Mapping[int, Assessment]
    last: Mapping[int, Assessment]
    evidence: Mapping[int, EvidenceCount]
    documents: Mapping[int, tuple[date, int]]
    touched: Mapping[int, date]
    flags: Mapping[int, Flags]
    searches: Mapping[tuple[int, int], SearchCount]


def _known(cycle: ReviewCycle, ids: Collection[int], reach: Reach, moves: Iterable[Move]) -> _Known:
    in_work, approved = _assessments(cycle, with_drafts=reach.with_drafts)
    last = _last_before(cycle, ids, reach)
    shown = [row.pk for row in {**last, **approved}.values()]
    return _Known(
        in_work=in_work,
        approved=approved,
        last=last,
        evidence=evidence_counts(ids, reach.as_of, reach.sensitivities),
        documents=_documents(cycle, ids, {**last, **approved}, reach),
        touched={move.condition_id: move.day for move in moves},
        flags=flags_of(shown, cycle.program.scale, AsOf(reach.day, reach.as_of)),
        searches=search_counts(ids, [cycle.pk], reach.as_of),
    )


def _work(
    condition: Condition,
    cycle: ReviewCycle,
    known: _Known,
    blockers: tuple[Blocker, ...],
    rhythm: Sequence[Phase],
    day: date,
) -> Work:
    pk = condition.pk
    in_work, approved = known.in_work.get(pk), known.approved.get(pk)
    linked_on, new = known.documents.get(pk, (None, 0))
    days = [one for one in (linked_on, known.touched.get(pk)) if one and one >= cycle.starts_on]
    row = in_work or approved
    judged = approved or known.last.get(pk)
    progress = Progress(
        state=row.state if row else NOT_STARTED,
        has_lead=condition.lead is not None,
        lead_is_active=condition.lead is not None and condition.lead.is_active,
        touched_on=max(days, default=cycle.starts_on),
    )
    return Work(
        condition=condition,
        in_work=in_work,
        approved=approved,
        last=known.last.get(pk),
        evidence=known.evidence.get(pk, EvidenceCount()),
        new_documents=new,
        still_days=(day - max(days)).days if days else None,
        signs=signs_of(progress, rhythm, day),
        blockers=blockers,
        flags=known.flags.get(judged.pk, Flags()) if judged else Flags(),
        searches=known.searches.get((pk, cycle.pk)),
    )


def _assessments(
    cycle: ReviewCycle, *, with_drafts: bool
) -> tuple[dict[int, Assessment], dict[int, Assessment]]:
    """By condition, what is in work in the cycle, and the judgement in it that stands."""
    wanted = Q(state=WorkState.APPROVED.value) | (
        Q(state__in=OPEN_STATES) if with_drafts else Q(pk__in=())
    )
    rows = list(
        cycle.assessments.filter(wanted)
        .select_related("author", "approved_by")
        .order_by("valid_from", "approved_at", "id")
    )
    corrected = {row.corrects_id for row in rows if row.approved_at is not None}
    in_work = {row.condition_id: row for row in rows if row.approved_at is None}
    approved = {
        row.condition_id: row
        for row in rows
        if row.approved_at is not None and row.pk not in corrected
    }
    return in_work, approved


def _last_before(cycle: ReviewCycle, ids: Collection[int], reach: Reach) -> dict[int, Assessment]:
    """By condition, the judgement from another cycle that was in force as this one ran."""
    valid_at = min(reach.day, cycle.due_on - timedelta(days=1))
    rows = Assessment.objects.in_force(valid_at=valid_at, known_at=reach.as_of)
    earlier = rows.filter(condition__in=ids).exclude(cycle=cycle).select_related("cycle")
    return {row.condition_id: row for row in earlier}


def _documents(
    cycle: ReviewCycle, ids: Collection[int], judged: Mapping[int, Assessment], reach: Reach
) -> dict[int, tuple[date, int]]:
    """By condition, the day a document was last linked, and how many since it was judged."""
    since = Q(condition__in=[pk for pk in ids if pk not in judged])
    for pk, row in judged.items():
        since |= Q(condition=pk, recorded_at__gt=row.approved_at)
    rows = (
        EvidenceLink.objects.standing_at(reach.as_of)
        .filter(condition__in=ids, evidence__sensitivity__in=reach.sensitivities)
        .values_list("condition")
        .annotate(
            linked_at=Max("recorded_at"),
            new=Count("evidence", filter=since, distinct=True),
        )
        .order_by()
    )
    return {pk: (cycle.program.day_of(linked_at), new) for pk, linked_at, new in rows}


_ORDER = (NOT_STARTED, "returned", "draft", "submitted", "approved")


def _furthest_from_closing(work: Work) -> tuple[bool, int, int, int]:
    order = _ORDER.index(work.state)
    return not work.blockers, order, work.condition.position, work.condition.pk
