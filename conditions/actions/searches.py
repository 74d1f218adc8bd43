"""The search log: where somebody looked, and found nothing or something; never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from conditions.actions.faults import Fault, Faulty
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import (
    Assessment,
    ChecklistItem,
    Condition,
    Program,
    ReviewCycle,
    SearchEntry,
    User,
)
from conditions.rules.refusals import Conflict, Invalid

LENGTHS = {"places": 2000, "terms": 2000, "note": 4000}
_TOLD = ("checklist_item_id", "places", "terms", "searched_on", "result", "note")


class BadSearch(Faulty):
    """A search cannot be recorded so; ``faults`` names every field."""


class SearchRefused(Conflict):
    """The log does not take this entry now."""


class SearchMissing(Invalid):
    """Something is said to be beyond assessment, and nobody has logged that they looked."""


@dataclass(frozen=True, slots=True)
class SearchItem:
    """One search: where, for which words, on which day, and what came of it.

    ``result`` is a value of ``SearchEntry.Result``.
    """

    places: str
    searched_on: date
    terms: str = ""
    result: str = SearchEntry.Result.NOTHING.value
    note: str = ""


def record_search(
    *,
    search: SearchItem,
    condition: Condition,
    cycle: ReviewCycle,
    by: User | None,
    as_of: datetime,
    checklist_items: Collection[ChecklistItem] = (),
    corrects: SearchEntry | None = None,
) -> tuple[SearchEntry, ...]:
    """Put a search on record: one entry for each of ``checklist_items``, else for the condition.

    A correction names the entry it ``corrects``, says why in its note, and is taken by a closed
    cycle too. Raises BadSearch, naming all that is wrong, and SearchRefused.
    """
    require_permission(by, "add_searchentry", to="write in the search log")
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        today = program.day_of(as_of)
        faults = [
            *_text_faults(search, is_correction=corrects is not None),
            *_place_faults(condition, cycle, checklist_items, corrects),
            *_day_faults(search.searched_on, cycle, today),
        ]
        if faults:
            raise BadSearch(faults)
        _require_open(cycle, corrects)
        return tuple(
            _write(search, condition, cycle, item, by=by, as_of=as_of, corrects=corrects)
            for item in (tuple(checklist_items) or (None,))
        )


def require_searched(assessment: Assessment) -> None:
    """Raise SearchMissing where *cannot be assessed* has no search of its cycle to stand on.

    A closed cycle takes no new entries, so a correction in it is not asked for one; nor is a
    demonstration, which nobody searched for.
    """
    cycle = assessment.cycle
    needs_one = assessment.status in cycle.program.scale.unclear_codes()
    if not needs_one or assessment.is_demonstration or cycle.closed_at is not None:
        return
    standing = SearchEntry.objects.filter(
        condition=assessment.condition, cycle=cycle, corrected_by=None
    )
    if not standing.exists():
        label = cycle.program.scale.label(assessment.status)
        raise SearchMissing(
            f"“{label}” needs a search to stand on, and none is logged for "
            f"{assessment.condition.code} in cycle {cycle.number}.",
            field="status",
            value=assessment.status,
            remedy="Log where you looked and what you found, then submit again.",
        )


def _write(
    search: SearchItem,
    condition: Condition,
    cycle: ReviewCycle,
    item: ChecklistItem | None,
    *,
    by: User | None,
    as_of: datetime,
    corrects: SearchEntry | None,
) -> SearchEntry:
    entry = SearchEntry.objects.create(
        condition=condition,
        cycle=cycle,
        checklist_item=item,
        places=search.places.strip(),
        terms=search.terms.strip(),
        searched_on=search.searched_on,
        result=search.result,
        note=search.note.strip(),
        corrects=corrects,
        recorded_at=as_of,
        recorded_by=by,
    )
    record_event(
        verb="searchentry.corrected" if corrects else "searchentry.recorded",
        subject=entry,
        by=by,
        as_of=as_of,
        program=cycle.program,
        condition=condition,
        cycle=cycle,
        before=snapshot(corrects, *_TOLD) if corrects else None,
        after=snapshot(entry, *_TOLD),
        reason=entry.note if corrects else "",
    )
    return entry


def _text_faults(search: SearchItem, *, is_correction: bool) -> Iterator[Fault]:
    if not search.places.strip():
        remedy = "Name the sites, archives, databases or people."
        yield Fault("places", "Say where you looked.", search.places, remedy)
    for name, most in LENGTHS.items():
        if len(getattr(search, name).strip()) > most:
            yield Fault(name, f"This is too long for {name}.", None, f"Use at most {most} letters.")
    if search.result not in SearchEntry.Result.values:
        remedy = f"Use one of {', '.join(SearchEntry.Result.values)}."
        yield Fault("result", "This is not a result of a search.", search.result, remedy)
    if is_correction and not search.note.strip():
        yield Fault("note", "A correction says why.", search.note, "Say what was wrong.")


def _place_faults(
    condition: Condition,
    cycle: ReviewCycle,
    items: Collection[ChecklistItem],
    corrects: SearchEntry | None,
) -> Iterator[Fault]:
    if condition.program_id != cycle.program_id:
        message = f"{condition.code} does not belong to the program of this cycle."
        remedy = "Choose a cycle of the condition's own program."
        yield Fault("cycle", message, cycle.number, remedy)
    own = ", ".join(condition.checklist.values_list("code", flat=True))
    for item in items:
        if item.condition_id != condition.pk:
            message = f"{item.code} is not on the checklist of {condition.code}."
            yield Fault("checklist_items", message, item.code, f"Use any of {own}, or none.")
    if len({item.pk for item in items}) < len(items):
        message = "A checklist item is named twice."
        yield Fault("checklist_items", message, None, "Name each of them once.")
    if corrects is None:
        return
    if (corrects.condition_id, corrects.cycle_id) != (condition.pk, cycle.pk):
        message = "A correction is about the same condition and cycle."
        remedy = "Start from the entry that is to be corrected."
        yield Fault("corrects", message, corrects.pk, remedy)
    if len(items) > 1:
        message = "A correction is about one checklist item, or the whole condition."
        yield Fault("checklist_items", message, len(items), "Name one at most.")


def _day_faults(searched_on: date, cycle: ReviewCycle, today: date) -> Iterator[Fault]:
    if cycle.starts_on > today:
        message = f"Cycle {cycle.number} begins on {cycle.starts_on}."
        yield Fault("cycle", message, cycle.number, "Log searches in it from that day on.")
    elif not cycle.starts_on <= searched_on <= today:
        message = f"{searched_on} cannot be the day of a search in cycle {cycle.number}."
        remedy = f"Give a day from {cycle.starts_on} to {today}."
        yield Fault("searched_on", message, searched_on, remedy)


def _require_open(cycle: ReviewCycle, corrects: SearchEntry | None) -> None:
    if corrects is None and cycle.closed_at is not None:
        raise SearchRefused(
            f"Cycle {cycle.number} was {'skipped' if cycle.is_skipped else 'closed'} on "
            f"{cycle.closed_on}: its search log takes corrections only.",
            field="cycle",
            value=cycle.number,
            remedy="Log the search in the cycle that is open now.",
        )
    if corrects is not None and SearchEntry.objects.filter(corrects=corrects).exists():
        raise SearchRefused(
            "This entry was corrected already.",
            field="corrects",
            value=corrects.pk,
            remedy="Correct the newest entry instead.",
        )
