"""Kept answers: after every kind of write, what is served equals what is worked out anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from conditions.actions.assessments import edit_assessment, start_assessment, submit_assessment
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.cycles import open_cycles
from conditions.actions.evidence import (
    EvidenceItem,
    LinkItem,
    amend_evidence,
    file_evidence,
    link_evidence,
    withdraw_link,
)
from conditions.actions.official import record_official_finding
from conditions.actions.reviews import approve_assessment, return_assessment
from conditions.actions.sources import SourceItem, add_source, regrade_source
from conditions.models import Assessment, Condition, Program, ReviewCycle, User
from conditions.queries.answers import PAGES, SHELF, Answer, Shelf
from tests.api.conftest import Caller, caller
from tests.days import FOURTH_DUE, TODAY, noon
from tests.factories import make_evidence, make_judgement, make_source, make_user

pytestmark = pytest.mark.django_db
STATUS = "programs/judged/status/"
QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"format": "csv"},
    {"valid_at": "2026-03-09"},
    {"known_at": "2026-12-01"},
)


class History:
    """One write after another on the third condition of the judged program, a minute apart."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cycle: ReviewCycle = program.cycles.get(number=4)
        self.condition: Condition = program.conditions.get(code="CHARLIE")
        self.author: User = make_user("analyst")
        self.reviewer: User = make_user("reviewer")
        self.manager: User = make_user("manager")
        self.evidence = make_evidence(source=make_source())
        self.assessment: Assessment | None = None

    def writes(self) -> list[Callable[[datetime], Any]]:
        """Every kind of write that a status can show, in an order that works."""
        return [
            self.file,
            self.link,
            self.draft,
            self.edit,
            self.submit,
            self.send_back,
            self.submit,
            self.approve,
            self.amend,
            self.regrade,
            self.withdraw,
            self.hear,
            self.extend,
            self.open,
            self.close,
        ]

    def file(self, at: datetime) -> None:
        item = EvidenceItem(
            title="New",
            source_id=self.evidence.source_id,
            summary="What it says.",
            url="https://example.org/new",
        )
        links = [LinkItem(self.condition.pk, "supports")]
        file_evidence(item=item, links=links, by=self.author, as_of=at)

    def link(self, at: datetime) -> None:
        link = LinkItem(self.condition.pk, "contradicts")
        (self.recorded,) = link_evidence(
            evidence=self.evidence, link=link, by=self.author, as_of=at
        )

    def draft(self, at: datetime) -> None:
        self.assessment = start_assessment(
            condition=self.condition,
            cycle=self.cycle,
            judgement=make_judgement(
                condition=self.condition, valid_from=TODAY, cited=(self.evidence.pk,)
            ),
            by=self.author,
            as_of=at,
        )

    def step(self, action: Callable[..., Assessment], at: datetime, by: User, **more: Any) -> None:
        assert self.assessment is not None
        self.assessment = action(
            assessment=self.assessment,
            by=by,
            as_of=at,
            expected_revision=self.assessment.revision,
            **more,
        )

    def edit(self, at: datetime) -> None:
        judgement = make_judgement(
            condition=self.condition, valid_from=TODAY, status="0", cited=(self.evidence.pk,)
        )
        self.step(edit_assessment, at, self.author, judgement=judgement)

    def submit(self, at: datetime) -> None:
        self.step(submit_assessment, at, self.author)

    def send_back(self, at: datetime) -> None:
        self.step(return_assessment, at, self.reviewer, reason="Look again.")

    def approve(self, at: datetime) -> None:
        self.step(approve_assessment, at, self.reviewer)

    def amend(self, at: datetime) -> None:
        self.evidence.refresh_from_db()
        amend_evidence(
            evidence=self.evidence,
            item=replace(EvidenceItem.of(self.evidence), title="Corrected"),
            by=self.author,
            as_of=at,
            expected_revision=self.evidence.revision,
            reason="A wrong title.",
        )

    def regrade(self, at: datetime) -> None:
        regrade_source(
            source=self.evidence.source,
            reliability="D",
            reason="It was wrong twice.",
            by=self.author,
            as_of=at,
        )

    def withdraw(self, at: datetime) -> None:
        withdraw_link(link=self.recorded, reason="It is not about this.", by=self.author, as_of=at)

    def hear(self, at: datetime) -> None:
        record_official_finding(
            condition=self.condition,
            cycle=self.cycle,
            finding="silent",
            found_on=TODAY,
            by=self.manager,
            as_of=at,
        )

    def extend(self, at: datetime) -> None:
        extend_cycle(
            cycle=self.cycle,
            due_on=FOURTH_DUE + timedelta(days=10),
            reason="Asked for by the committee.",
            by=self.manager,
            as_of=at,
        )

    def open(self, at: datetime) -> None:
        open_cycles(program=self.program, as_of=noon(FOURTH_DUE + timedelta(days=200)))

    def close(self, at: datetime) -> None:
        for condition in self.program.conditions.exclude(code="CHARLIE"):
            self.condition = condition
            self.draft(at)
            self.submit(at)
            self.approve(at)
        close_cycle(cycle=self.cycle, by=self.manager, as_of=at)


def test_after_every_write_the_kept_answer_equals_the_one_worked_out(
    stranger: Caller, program: Program
) -> None:
    readers = (stranger, caller("viewer", scope="read"), caller("analyst", scope="read"))
    history = History(program)
    served = _all_answers(readers)
    for number, write in enumerate(history.writes(), start=1):
        at = noon(TODAY) + timedelta(minutes=number)
        with time_machine.travel(at, tick=False):
            before = Program.objects.get(pk=program.pk).revision
            write(at)
            assert Program.objects.get(pk=program.pk).revision > before, write.__name__
            first, kept = _all_answers(readers), _all_answers(readers)
            SHELF.clear()
            assert first == kept == _all_answers(readers), write.__name__
            assert _tags(first).isdisjoint(_tags(served)), write.__name__
            served = first
    told = stranger.get(STATUS, {"valid_at": TODAY.isoformat(), "known_at": "2026-11-22"}).json()
    assert told["conditions"][2]["status"] == "0"
    assert told["conditions"][2]["flags"] == ["stale", "one_sided", "single_source"]


LISTS = (
    *("programs/", "conditions/", "checklist-items/", "sources/", "evidence/", "evidence-links/"),
    *("assessments/", "cycles/", "official-findings/", "events/"),
)


def test_after_every_write_the_kept_pages_equal_those_read_anew(
    stranger: Caller, program: Program
) -> None:
    readers = (stranger, caller("viewer", scope="read"), caller("analyst", scope="read"))
    history = History(program)
    _all_pages(readers)
    for number, write in enumerate(history.writes(), start=1):
        at = noon(TODAY) + timedelta(minutes=number)
        with time_machine.travel(at, tick=False):
            write(at)
            kept = _all_pages(readers)
            PAGES.clear()
            assert kept == _all_pages(readers), write.__name__


def _all_pages(readers: tuple[Caller, ...]) -> list[bytes]:
    return [reader.get(address).content for reader in readers for address in LISTS]


@pytest.mark.django_db(transaction=True)
def test_a_write_that_becomes_visible_late_is_seen() -> None:
    """Of two writers the first may commit last; its event then has the lower number."""
    first_wrote, second_done = Event(), Event()
    viewer = caller("viewer", scope="read")

    def write_first() -> None:
        with transaction.atomic():
            _add_source("First")
            first_wrote.set()
            second_done.wait(10)
        connection.close()

    def write_second() -> None:
        _add_source("Second")
        connection.close()

    writers = [Thread(target=write_first), Thread(target=write_second)]
    writers[0].start()
    assert first_wrote.wait(10)
    writers[1].start()
    # SQLite lets one writer in at a time; there the second waits until the first is done.
    if connection.vendor == "postgresql":
        writers[1].join()
    _names(viewer)
    second_done.set()
    for writer in writers:
        writer.join()

    assert _names(viewer) == {"First", "Second"}


def _add_source(name: str) -> None:
    add_source(
        item=SourceItem(name=name), reliability="B", reason="Known.", by=None, as_of=noon(TODAY)
    )


def _names(reader: Caller) -> set[str]:
    return {row["name"] for row in reader.get("sources/").json()["results"]}


def _all_answers(readers: tuple[Caller, ...]) -> list[tuple[bytes, str]]:
    answers = [reader.get(STATUS, query) for reader in readers for query in QUERIES]
    return [(answer.content, answer["ETag"]) for answer in answers]


def _tags(answers: list[tuple[bytes, str]]) -> set[str]:
    return {etag for _, etag in answers}


def test_the_day_that_begins_is_another_answer(stranger: Caller, program: Program) -> None:
    today = stranger.get(STATUS)
    with time_machine.travel(noon(TODAY + timedelta(days=1)), tick=False):
        tomorrow = stranger.get(STATUS, If_None_Match=today["ETag"])

    assert tomorrow.status_code == 200
    assert tomorrow.json()["cycle"]["day"] == today.json()["cycle"]["day"] + 1


def test_the_shelf_is_bounded_and_keeps_what_is_asked_for() -> None:
    shelf = Shelf(most_bytes=30, largest=20)
    for key in "abc":
        shelf.keep(key, Answer(b"0123456789", "text/plain"))
    assert shelf.find("a") is not None
    shelf.keep("d", Answer(b"0123456789", "text/plain"))
    shelf.keep("e", Answer(b"x" * 21, "text/plain"))

    assert [key for key in "abcde" if shelf.find(key)] == ["a", "c", "d"]
    shelf.keep("a", Answer(b"0123456789012345", "text/plain"))
    assert [key for key in "abcde" if shelf.find(key)] == ["a", "d"]
    assert len(shelf) == 2
