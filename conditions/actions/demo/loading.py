"""Loading the demonstration: accounts, leads, judgements and closings; all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from conditions.actions.demo.accounts import NewAccount, make_accounts
from conditions.actions.demo.playing import Play, written_at
from conditions.actions.demo.reading import Demo
from conditions.actions.people import assign_lead
from conditions.actions.record import record_event
from conditions.models import Assessment, Evidence, Program, User
from conditions.rules.authority import Role
from conditions.rules.refusals import Conflict


class DemoRefused(Conflict):
    """The demonstration does not fit this installation."""


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """What the demonstration brought: accounts with their passwords, judgements and closings."""

    accounts: tuple[NewAccount, ...]
    assessments: int
    closings: int


def load_demo(*, demo: Demo, as_of: datetime, in_production: bool = False) -> DemoOutcome:
    """Play the demonstration on an installation without judgements of its own.

    Judgements and closings are dated as the file says; drafts are written at ``as_of``. What was
    loaded before is left alone. Raises DemoRefused, and then nothing is changed.
    """
    if in_production:
        raise DemoRefused(
            "This is a production installation, and these judgements are made up.",
            field="production",
            remedy="Use --yes-in-production if you want them there all the same.",
        )
    with transaction.atomic():
        program = _require_program(demo.program_slug)
        _require_no_judgements()
        _require_evidence(demo, as_of)
        people, accounts = make_accounts(as_of=as_of)
        _mark(program, as_of)
        _staff(program, people, as_of)
        play = Play(demo, program, people)
        play.run(as_of=as_of)
    return DemoOutcome(accounts, play.assessments, play.closings)


def _require_program(slug: str) -> Program:
    program = Program.objects.filter(slug=slug).first()
    if program is None:
        raise DemoRefused(
            f"The program {slug} is not on file.",
            field="program",
            value=slug,
            remedy=f"Load it first: load_program fixtures/programs/{slug}.yaml --backdate.",
        )
    return program


def _require_no_judgements() -> None:
    if real := Assessment.objects.filter(is_demonstration=False).count():
        raise DemoRefused(
            "This installation holds judgements of its own.",
            field="assessments",
            value=real,
            remedy="Load the demonstration into an empty database instead.",
        )


def _require_evidence(demo: Demo, as_of: datetime) -> None:
    recorded = dict(Evidence.objects.filter(key__in=demo.cited).values_list("key", "recorded_at"))
    late = {
        key
        for row in demo.assessments
        if (moment := written_at(row, as_of=as_of)) <= as_of
        for key in row["cites"]
        if key not in recorded or recorded[key] > moment
    }
    if late:
        raise DemoRefused(
            f"{len(late)} of the documents that the demonstration cites were not on file when it "
            "cites them.",
            field="cites",
            value=", ".join(sorted(late)),
            remedy="Load them into an empty database: load_evidence FILE --backdate.",
        )


def _mark(program: Program, as_of: datetime) -> None:
    if program.is_demonstration:
        return
    before = {"tracked_from": program.tracked_from, "is_demonstration": False}
    program.tracked_from, program.is_demonstration = program.anchor_on, True
    program.save(update_fields=["tracked_from", "is_demonstration"])
    record_event(
        verb="program.changed",
        subject=program,
        by=None,
        as_of=as_of,
        program=program,
        before=before,
        after={"tracked_from": program.anchor_on, "is_demonstration": True},
    )


def _staff(program: Program, people: dict[Role, User], as_of: datetime) -> None:
    manager = people[Role.MANAGER]
    for each in Program.objects.exclude(managers=manager):
        each.managers.add(manager)
        record_event(
            verb="program.staffed",
            subject=each,
            by=None,
            as_of=as_of,
            program=each,
            after={"manager": manager.get_username()},
        )
    for condition in program.conditions.filter(lead__isnull=True):
        assign_lead(condition=condition, lead=people[Role.ANALYST], by=None, as_of=as_of)
