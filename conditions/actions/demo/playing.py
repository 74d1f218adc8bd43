"""Playing the demonstration through the actions that people use, each step on its own day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from conditions.actions.assessments import start_assessment, submit_assessment
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.demo.reading import Demo
from conditions.actions.judgements import ItemFinding, Judgement
from conditions.actions.key_judgements import write_key_judgements
from conditions.actions.packs.loading import noon_of
from conditions.actions.publishing import publish_correction
from conditions.actions.reviews import approve_assessment
from conditions.models import Assessment, Condition, Evidence, Program, ReviewCycle, User
from conditions.rules.authority import Role

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did at a moment."""

    moment: datetime
    act: Callable[[datetime], None]


def written_at(row: Row, *, as_of: datetime) -> datetime:
    """When a judgement of the demonstration is written, if it is loaded at ``as_of``.

    What still waits is written at that moment, or the demonstration would begin neglected.
    """
    if row["state"] != "approved":
        return as_of
    return noon_of(date.fromisoformat(row["submitted_on"]))


class Play:
    """One run through the demonstration: who acts, on which program, and what was played."""

    def __init__(self, demo: Demo, program: Program, people: dict[Role, User]) -> None:
        self.demo, self.program, self.people = demo, program, people
        self.assessments = self.closings = 0
        self.conditions = {row.code: row for row in program.conditions.all()}
        self.cycles = {row.number: row for row in program.cycles.all()}
        keys = Evidence.objects.filter(key__in=demo.cited)
        self.evidence = dict(keys.values_list("key", "pk"))

    def run(self, *, as_of: datetime) -> None:
        """Take every step that lies before ``as_of`` and was not taken yet, in order of time."""
        steps = [step for step in self._steps(as_of) if step.moment <= as_of]
        for step in sorted(steps, key=lambda step: step.moment):
            step.act(step.moment)

    def _steps(self, as_of: datetime) -> Iterator[Step]:
        for row in self.demo.assessments:
            if row["cycle"] in self.cycles and self._find(row) is None:
                yield from self._assessment_steps(row, as_of)
        for row in self.demo.closings:
            cycle = self.cycles.get(row["cycle"])
            if cycle is not None and cycle.closed_at is None:
                day = date.fromisoformat(row["closed_on"])
                yield Step(noon_of(day), partial(self._close, row))
        yield from self._report_steps()

    def _report_steps(self) -> Iterator[Step]:
        for cycle, sets in self._by_cycle(self.demo.key_judgements):
            for row in sets[cycle.key_judgements.count() :]:
                day = date.fromisoformat(row["written_on"])
                yield Step(noon_of(day), partial(self._say_first, row))
        for cycle, corrections in self._by_cycle(self.demo.corrected_reports):
            for row in corrections[max(cycle.publications.count() - 1, 0) :]:
                day = date.fromisoformat(row["published_on"])
                yield Step(noon_of(day), partial(self._correct_report, row))

    def _by_cycle(self, rows: Iterable[Row]) -> Iterator[tuple[ReviewCycle, list[Row]]]:
        for number, cycle in self.cycles.items():
            yield cycle, [row for row in rows if row["cycle"] == number]

    def _assessment_steps(self, row: Row, as_of: datetime) -> Iterator[Step]:
        if row["state"] == "approved":
            approved = noon_of(date.fromisoformat(row["approved_on"]))
            if approved <= as_of:
                yield Step(written_at(row, as_of=as_of), partial(self._write, row))
                yield Step(approved, partial(self._approve, row))
        elif date.fromisoformat(row["valid_from"]) <= self.program.day_of(as_of):
            yield Step(as_of, partial(self._write, row))

    def _write(self, row: Row, moment: datetime) -> None:
        analyst = self.people[Role.ANALYST]
        condition = self.conditions[row["condition"]]
        corrects = self._find(row["corrects"]) if "corrects" in row else None
        assessment = start_assessment(
            condition=condition,
            cycle=self._cycle(row),
            judgement=self._judgement(row, condition),
            by=analyst,
            as_of=moment,
            corrects=corrects,
            correction_note=row.get("correction_note", ""),
            is_demonstration=True,
        )
        if row["state"] != "draft":
            submit_assessment(
                assessment=assessment,
                by=analyst,
                as_of=moment,
                expected_revision=assessment.revision,
            )
        self.assessments += 1

    def _approve(self, row: Row, moment: datetime) -> None:
        assessment = Assessment.objects.still_open().get(
            condition=self.conditions[row["condition"]], cycle=self.cycles[row["cycle"]]
        )
        approve_assessment(
            assessment=assessment,
            by=self.people[Role.REVIEWER],
            as_of=moment,
            expected_revision=assessment.revision,
        )

    def _close(self, row: Row, moment: datetime) -> None:
        close_cycle(
            cycle=self._cycle(row),
            by=self.people[Role.MANAGER],
            as_of=moment,
            note=row["note"],
            is_demonstration=True,
        )
        self.closings += 1

    def _say_first(self, row: Row, moment: datetime) -> None:
        cycle = self._cycle(row)
        write_key_judgements(
            cycle=cycle,
            statements=row["statements"],
            by=self.people[Role.ANALYST],
            as_of=moment,
            expected_number=cycle.key_judgements.count(),
            is_demonstration=True,
        )

    def _correct_report(self, row: Row, moment: datetime) -> None:
        publish_correction(
            cycle=self._cycle(row),
            note=row["note"],
            by=self.people[Role.MANAGER],
            as_of=moment,
            tell=False,
        )

    def _judgement(self, row: Row, condition: Condition) -> Judgement:
        items = dict(condition.checklist.values_list("code", "pk"))
        return Judgement(
            rationale=row["rationale"],
            valid_from=date.fromisoformat(row["valid_from"]),
            status=row["status"],
            trend=row["trend"] or "",
            confidence=row["confidence"],
            confidence_reason=row["confidence_reason"],
            limb=row.get("limb", ""),
            findings=tuple(
                ItemFinding(items[finding["item"]], finding["status"], finding["note"])
                for finding in row["findings"]
            ),
            cited=tuple(self.evidence[key] for key in row["cites"]),
        )

    def _cycle(self, row: Row) -> ReviewCycle:
        # Read anew: closing one cycle may have moved the others.
        return ReviewCycle.objects.get(program=self.program, number=row["cycle"])

    def _find(self, row: Row) -> Assessment | None:
        return Assessment.objects.filter(
            condition=self.conditions[row["condition"]],
            cycle=self.cycles[row["cycle"]],
            corrects__isnull="corrects" not in row,
        ).first()
