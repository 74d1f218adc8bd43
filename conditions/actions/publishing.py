"""Publishing: a closed cycle frozen, hashed and chained; corrected by a new version with a note."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from conditions.actions.news import owe_news
from conditions.actions.record import record_event, require_permission
from conditions.models import Event, Program, Publication, ReviewCycle, User
from conditions.queries.asof import AsOf
from conditions.queries.publications import newest_of, versions_of
from conditions.queries.recipients import managers_of
from conditions.queries.report_content import report_content, report_day
from conditions.queries.seals import rows_under
from conditions.rules.authority import OtherEyesNeeded
from conditions.rules.fingerprint import canonical_json, fingerprint
from conditions.rules.refusals import Conflict, Invalid

# What differs between two versions even where nothing they report does.
_ABOUT_ITSELF = ("version", "note", "known_at", "previous", "annex_sha256", "earlier")


class NotPublishable(Conflict):
    """The cycle has no report to publish, or nothing in it changed since the last one."""


class NoteMissing(Invalid):
    """A corrected report says what it corrects."""


def publish_closed(
    *, program: Program, cycle: ReviewCycle, by: User, as_of: datetime, tell: bool = True
) -> Publication:
    """Publish the first report on a cycle that is being closed in this transaction.

    The program is locked already; ``tell`` owes the news of it to managers and leads. Raises
    OtherEyesNeeded for an author of its key judgements.
    """
    row, event = _publish(program, cycle, by=by, as_of=as_of, note="", verb="publication.made")
    if tell:
        _tell(event, program, by=by, as_of=as_of)
    return row


def publish_correction(
    *,
    cycle: ReviewCycle,
    note: str,
    by: User,
    as_of: datetime,
    tell: bool = True,
    key_judgements: int | None = None,
) -> Publication:
    """Publish a new version of a closed cycle's report, with a note; the old one stays as it is.

    ``key_judgements`` is the number of the set that ``by`` has read, 0 where there was none.

    Raises NoteMissing, NotPublishable where nothing changed, and OtherEyesNeeded for an author of
    its key judgements.
    """
    require_permission(by, "add_publication", to="publish a report")
    if not note.strip():
        raise NoteMissing(
            "A corrected report says what it corrects.",
            field="note",
            value=note,
            remedy="Say in a sentence what changed, and why.",
        )
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        if not versions_of(program, cycle.number):
            raise NotPublishable(
                f"Cycle {cycle.number} has no published report to correct.",
                field="cycle",
                value=cycle.number,
                remedy="A report is published when its cycle is closed.",
            )
        require_seen(cycle, key_judgements)
        row, event = _publish(
            program, cycle, by=by, as_of=as_of, note=note.strip(), verb="publication.corrected"
        )
        if tell:
            _tell(event, program, by=by, as_of=as_of)
    return row


def require_may_publish(program: Program, cycle: ReviewCycle, by: User) -> None:
    """Raise OtherEyesNeeded where ``by`` wrote key judgements of the cycle (four eyes)."""
    if program.four_eyes and cycle.key_judgements.filter(author=by).exists():
        raise OtherEyesNeeded(
            f"You wrote key judgements of cycle {cycle.number}, so you cannot publish them.",
            field="published_by",
            value=by.get_username(),
            remedy="Ask another manager to close or publish it.",
        )


def _publish(
    program: Program, cycle: ReviewCycle, *, by: User, as_of: datetime, note: str, verb: str
) -> tuple[Publication, Event]:
    require_may_publish(program, cycle, by)
    _require_nothing_later(cycle, as_of)
    earlier, newest = versions_of(program, cycle.number), newest_of(program)
    if newest is not None and newest.known_at > as_of:
        raise NotPublishable(
            f"The newest report of this program was published later, at {newest.known_at}.",
            field="as_of",
            value=as_of,
            remedy="Look at the clock of this machine: a chain grows in the order of time.",
        )
    # Written before the hash is taken, so that the report rests on its own publication's event too.
    event = record_event(
        verb=verb,
        subject=cycle,
        by=by,
        as_of=as_of,
        program=program,
        cycle=cycle,
        after={"version": len(earlier) + 1},
        reason=note,
    )
    annex = {"rows": [[one.row, one.sha256] for one in rows_under(cycle, as_of)]}
    day = report_day(cycle.starts_on, cycle.due_on, program.day_of(as_of))
    content = report_content(
        program,
        cycle.number,
        AsOf(day, as_of),
        version=len(earlier) + 1,
        note=note,
        previous=newest,
        annex_sha256=fingerprint(annex),
        earlier=earlier,
    )
    if earlier:
        _require_news(cycle, earlier[-1].version, content)
    row = Publication.objects.create(
        program=program,
        cycle=cycle,
        version=len(earlier) + 1,
        valid_at=day,
        known_at=as_of,
        content=canonical_json(content).decode(),
        annex=canonical_json(annex).decode(),
        sha256=fingerprint(content),
        previous_id=newest.id if newest else None,
        note=note,
        published_by=by,
        is_demonstration=content["is_demonstration"],
    )
    return row, event


def _require_nothing_later(cycle: ReviewCycle, as_of: datetime) -> None:
    """Raise where something was recorded after the moment at which somebody decided to publish.

    Two people may press at once: what got in first must not be left out of a report that lists
    what was known by ``as_of``.
    """
    later = (
        cycle.assessments.approved().filter(approved_at__gt=as_of),
        cycle.key_judgements.filter(recorded_at__gt=as_of),
        cycle.official_findings.filter(recorded_at__gt=as_of),
        cycle.official_reports.filter(recorded_at__gt=as_of),
    )
    if any(rows.exists() for rows in later):
        raise NotPublishable(
            f"Something was recorded in cycle {cycle.number} while you looked at it.",
            field="as_of",
            value=as_of,
            remedy="Look at the report as it would be now, then do it again.",
        )


def require_seen(cycle: ReviewCycle, number: int | None) -> None:
    """Raise where the key judgements are not the set ``number`` that the publisher read."""
    if number is None:
        return
    newest = cycle.key_judgements.values_list("number", flat=True).first() or 0
    if newest != number:
        raise NotPublishable(
            f"The key judgements of cycle {cycle.number} changed after you opened the page.",
            field="key_judgements",
            value=number,
            remedy=f"Read set {newest}, then do it again.",
        )


def _require_news(cycle: ReviewCycle, version: int, content: Mapping[str, Any]) -> None:
    before = json.loads(cycle.publications.get(version=version).content)
    now = json.loads(canonical_json(content))
    if _reported(before) == _reported(now):
        raise NotPublishable(
            f"The report on cycle {cycle.number} would say what version {version} says.",
            field="cycle",
            value=cycle.number,
            remedy="Correct a judgement, its key judgements or an official finding first.",
        )


def _reported(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _ABOUT_ITSELF}


def _tell(event: Event, program: Program, *, by: User, as_of: datetime) -> None:
    leads = program.conditions.filter(lead__isnull=False).values_list("lead", flat=True)
    people = {*managers_of([program.pk])[program.pk], *leads.order_by()} - {by.pk}
    owe_news(event=event, to=sorted(people), as_of=as_of)
