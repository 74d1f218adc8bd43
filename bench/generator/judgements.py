"""Assessments with their authors, findings, citations and events, and what the official said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bench.generator.days import cycle_start, day, moment
from bench.generator.documents import document_of, grade_of, stance_of
from bench.generator.people import ANALYSTS, MANAGER, REVIEWERS
from bench.generator.programs import cycle_id
from bench.generator.sizes import CONDITIONS, CYCLES_BEGUN, JUDGEMENTS, LINKS, Size
from bench.generator.tables import Row, Table, digest
from bench.generator.words import sentences
from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Citation,
    Event,
    Finding,
    OfficialFinding,
)

CITED = 2
_STATUSES = ("0", "1", "1", "2", "2", "2", "3", "3", "4", "U")
_TRENDS = ("improving", "no_change", "no_change", "deteriorating", "mixed")
_CONFIDENCES = ("low", "moderate", "moderate", "high")
# Days into a cycle from which each judgement holds; the third corrects the second.
_VALID = (0, 24, 24, 72, 96)
_APPROVED = (2, 26, 34, 74, 98)
_VALID_NOW = (0, 3, 3, 9, 12)
_APPROVED_NOW = (2, 5, 8, 11, 14)
CORRECTION = 2
DRAFT = JUDGEMENTS - 1


@dataclass(frozen=True, slots=True)
class Place:
    """Which judgement of which condition in which cycle a row is."""

    id: int
    condition: int
    cycle: int
    place: int

    @property
    def is_draft(self) -> bool:
        """Whether it waits: the last one of the running cycle."""
        return self.cycle == CYCLES_BEGUN and self.place == DRAFT

    @property
    def program(self) -> int:
        """The program of its condition."""
        return (self.condition - 1) // CONDITIONS + 1

    @property
    def valid(self) -> int:
        """The day from which it holds, counted from the anchor."""
        offsets = _VALID_NOW if self.cycle == CYCLES_BEGUN else _VALID
        return cycle_start(self.cycle) + offsets[self.place]

    @property
    def approved(self) -> int:
        """The day on which it was approved, counted from the anchor."""
        offsets = _APPROVED_NOW if self.cycle == CYCLES_BEGUN else _APPROVED
        return cycle_start(self.cycle) + offsets[self.place]

    @property
    def author(self) -> int:
        """Who wrote it."""
        return ANALYSTS[self.condition % len(ANALYSTS)]

    @property
    def reviewer(self) -> int:
        """Who approved it."""
        return REVIEWERS[self.id % len(REVIEWERS)]


def places(size: Size) -> Iterator[Place]:
    """Every judgement in the order of its id."""
    pk = 0
    for condition in range(1, size.conditions + 1):
        for cycle in range(1, CYCLES_BEGUN + 1):
            for place in range(JUDGEMENTS):
                pk += 1
                yield Place(pk, condition, cycle, place)


def tables(size: Size, seed: int) -> Iterator[Table]:
    """Assessments and all that hangs on them."""
    yield Table(Assessment, _ASSESSMENT, _assessments(size, Random(f"{seed}:judgements")))
    yield Table(AssessmentAuthor, ("assessment_id", "user_id", "since"), _authors(size))
    yield Table(Finding, ("assessment_id", "checklist_item_id", "status"), _findings(size))
    columns = ("assessment_id", "evidence_id", "evidence_version_id", "grade", "stance")
    yield Table(Citation, columns, _citations(size))
    yield Table(Event, _EVENT, _events(size))
    columns = ("condition_id", "cycle_id", "finding", "found_on", "recorded_at", "recorded_by_id")
    yield Table(OfficialFinding, columns, _official(size))


_ASSESSMENT = (
    *("id", "condition_id", "cycle_id", "condition_version_id", "status", "trend", "confidence"),
    *("confidence_reason", "rationale", "valid_from", "corrects_id", "correction_note"),
    *("state", "author_id", "created_at", "updated_at", "submitted_at", "submitted_by_id"),
    *("approved_at", "approved_by_id", "sha256"),
)


def _assessments(size: Size, rng: Random) -> Iterator[Row]:
    text = sentences(rng, words=30, variety=5_000)
    reason = sentences(rng, words=8, variety=500)
    for one in places(size):
        draw = int(rng.random() * 200)
        status = _STATUSES[draw % 10]
        written = moment(one.valid, 15)
        corrects = one.place == CORRECTION
        judged = (
            *(one.id, one.condition, cycle_id(one.program, one.cycle), one.condition),
            *(status, "" if status == "U" else _TRENDS[draw % 5], _CONFIDENCES[draw % 4]),
            *(next(reason), next(text), day(one.valid)),
            *(one.id - 1 if corrects else None, "A document was missed." if corrects else ""),
        )
        if one.is_draft:
            yield (*judged, "draft", one.author, written, written, None, None, None, None, "")
            continue
        decided = moment(one.approved)
        yield (
            *(*judged, "approved", one.author, written, decided, written, one.author),
            *(decided, one.reviewer, digest(f"assessment {one.id}")),
        )


def _authors(size: Size) -> Iterator[Row]:
    for one in places(size):
        yield one.id, one.author, moment(one.valid, 15)


def _findings(size: Size) -> Iterator[Row]:
    # Each condition has one checklist item, whose id is the condition's.
    for one in places(size):
        yield one.id, one.condition, _STATUSES[one.id % 10]


def _citations(size: Size) -> Iterator[Row]:
    for one in places(size):
        for number in range(CITED):
            link = (one.id * CITED + number) % LINKS
            document = document_of(one.condition, link, size)
            stance = stance_of(one.condition, link)
            yield one.id, document, document, grade_of(document), stance


_EVENT = (
    *("at", "actor_id", "verb", "subject_type", "subject_id"),
    *("program_id", "condition_id", "cycle_id"),
)


def _events(size: Size) -> Iterator[Row]:
    for one in places(size):
        if one.is_draft:
            done = (moment(one.valid, 15), one.author, "assessment.drafted")
        else:
            done = (moment(one.approved), one.reviewer, "assessment.approved")
        about = (one.program, one.condition, cycle_id(one.program, one.cycle))
        yield (*done, "assessment", str(one.id), *about)


def _official(size: Size) -> Iterator[Row]:
    for condition in range(1, size.conditions + 1):
        program = (condition - 1) // CONDITIONS + 1
        for cycle in range(1, CYCLES_BEGUN):
            due = cycle_start(cycle + 1)
            finding = "not_submitted" if (condition + cycle) % 3 else "silent"
            found = (finding, day(due), moment(due), MANAGER)
            yield (condition, cycle_id(program, cycle), *found)
