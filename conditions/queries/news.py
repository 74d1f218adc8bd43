"""What happened, with all that a message about it tells, and whether anybody still needs it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from conditions.models import Assessment, Event, OfficialReport, Program, Publication, User
from conditions.rules.release import EARLIEST, LATEST, ReleaseWindow, window_of

# Days from its sending on which a report's release is spoken of: as the window opens, and closes.
OPENS, CLOSES = EARLIEST.days, LATEST.days
# What is no news any more once the other has followed, and why.
_OVERTAKEN = {
    "escalation.fired": ("escalation.withdrawn", "The escalation was withdrawn meanwhile."),
    "cycle.extended": ("cycle.extended", "The cycle was extended again meanwhile."),
}
_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class News:
    """One event as a message tells it on the legal day ``day``; ``moot`` says why nobody needs it.

    The judgement, publication or record of a report that it is about stands beside it.
    """

    event: Event
    offset: int
    program: Program
    cycle_number: int
    day: date
    assessment: Assessment | None = None
    publication: Publication | None = None
    report: OfficialReport | None = None
    moot: str = ""

    @property
    def window(self) -> ReleaseWindow | None:
        """When the official report that this is about should become public."""
        return window_of(self.report.submitted_on) if self.report else None

    @property
    def is_demonstration(self) -> bool:
        """Whether this is shown for demonstration only."""
        about = (self.program, self.event.cycle, self.assessment, self.publication)
        return any(one.is_demonstration for one in about if one is not None)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the events are about, each kind of row read once for all of them."""

    assessments: Mapping[str, Assessment]
    corrected: frozenset[int]
    publications: Mapping[tuple[int, int], Publication]
    reports: Mapping[str, OfficialReport]
    replaced: frozenset[int]
    later: tuple[Event, ...]


def news_of(wanted: Collection[_Key], as_of: datetime) -> Mapping[_Key, News]:
    """The news of each (event id, offset), as things stand at ``as_of``. Seven queries at most."""
    if not wanted:
        return {}
    ids = {event_id for event_id, _ in wanted}
    events = (
        Event.objects.filter(pk__in=ids).select_related("cycle__program", "condition").in_bulk()
    )
    rows = _rows(events.values())
    return {key: _news(events[key[0]], key[1], rows, as_of) for key in wanted}


def allowed_everywhere(people: Collection[int]) -> frozenset[int]:
    """Which of these people may open a program that is not public. One query."""
    allowed = User.objects.with_perm(
        "conditions.view_program", backend="django.contrib.auth.backends.ModelBackend"
    )
    return frozenset(allowed.filter(pk__in=people).order_by().values_list("pk", flat=True))


def basis_of(event: Event) -> str:
    """Whose findings an escalation counts: ``own`` or ``official``."""
    return str((event.after or event.before or {}).get("basis", ""))


def _news(event: Event, offset: int, rows: _Rows, as_of: datetime) -> News:
    cycle = event.cycle
    if cycle is None:
        raise ValueError(f"{event} belongs to no cycle, so nobody can be owed news of it.")
    version = (event.after or {}).get("version", 0)
    news = News(
        event=event,
        offset=offset,
        program=cycle.program,
        cycle_number=cycle.number,
        day=cycle.program.day_of(as_of),
        assessment=rows.assessments.get(_subject(event, "assessment")),
        publication=rows.publications.get((cycle.pk, version)) if _is_report(event) else None,
        report=rows.reports.get(_subject(event, "officialreport")),
    )
    return replace(news, moot=_moot(news, rows))


def _moot(news: News, rows: _Rows) -> str:
    """Why nobody needs this any more; empty while somebody does."""
    if not news.program.is_active:
        return "The program is no longer active."
    if news.assessment and news.assessment.pk in rows.corrected:
        return "The judgement was corrected meanwhile."
    if news.report and news.report.pk in rows.replaced:
        return "The record of this report was replaced meanwhile."
    if news.report and news.offset and news.report.released_on is not None:
        return "The report was released meanwhile."
    if news.window and news.offset == OPENS and news.day >= news.window.closes_on:
        return "The release window closes by now, which another message says."
    follows, reason = _OVERTAKEN.get(news.event.verb, ("", ""))
    return reason if any(_overtakes(one, news.event, follows) for one in rows.later) else ""


def _overtakes(later: Event, event: Event, verb: str) -> bool:
    return (
        later.verb == verb
        and later.pk > event.pk
        and later.cycle_id == event.cycle_id
        and basis_of(later) == basis_of(event)
    )


def _subject(event: Event, kind: str) -> str:
    return event.subject_id if event.subject_type == kind else ""


def _is_report(event: Event) -> bool:
    return event.verb.startswith("publication.")


def _rows(events: Iterable[Event]) -> _Rows:
    judged = {int(one.subject_id) for one in events if one.subject_type == "assessment"}
    sent = {int(one.subject_id) for one in events if one.subject_type == "officialreport"}
    published = {one.cycle_id for one in events if _is_report(one)}
    followed = {one.cycle_id for one in events if one.verb in _OVERTAKEN}
    corrections = Assessment.objects.approved().filter(corrects__in=judged)
    newer = OfficialReport.objects.filter(replaces__in=sent)
    verbs = {verb for verb, _ in _OVERTAKEN.values()}
    return _Rows(
        assessments={str(row.pk): row for row in Assessment.objects.filter(pk__in=judged)},
        corrected=frozenset(corrections.order_by().values_list("corrects_id", flat=True)),
        publications={
            (row.cycle_id, row.version): row
            for row in Publication.objects.without_texts().filter(cycle__in=published)
        },
        reports={str(row.pk): row for row in OfficialReport.objects.filter(pk__in=sent)},
        replaced=frozenset(newer.order_by().values_list("replaces_id", flat=True)),
        later=tuple(Event.objects.filter(cycle__in=followed, verb__in=verbs)),
    )
