"""The search log: recorded with its event, corrected by a new entry, asked for before U is said."""

from __future__ import annotations

from typing import Any

import pytest

from conditions.actions.assessments import submit_assessment
from conditions.actions.drafting import write_assessment
from conditions.actions.record import PermissionMissing
from conditions.actions.searches import (
    BadSearch,
    SearchItem,
    SearchMissing,
    SearchRefused,
    record_search,
)
from conditions.models import Assessment, Condition, Event, Program, ReviewCycle, SearchEntry
from tests.days import DAY, THIRD_DUE, TODAY, noon
from tests.factories import (
    make_assessment,
    make_judgement,
    make_program,
    make_search,
    make_user,
)

pytestmark = pytest.mark.django_db
LOOKED = SearchItem(places="UN document system", terms="prison, سجن", searched_on=TODAY)


@pytest.fixture
def program() -> Program:
    return make_program(conditions=("ALPHA", "BETA"))


@pytest.fixture
def alpha(program: Program) -> Condition:
    return program.conditions.get(code="ALPHA")


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=4)


@pytest.fixture
def record(alpha: Condition, cycle: ReviewCycle) -> Any:
    """Record a search, with changes by keyword; those of the search itself too."""

    def recorded(**changes: Any) -> tuple[SearchEntry, ...]:
        item = {name: changes.pop(name) for name in SearchItem.__slots__ if name in changes}
        defaults = {
            "search": SearchItem(
                **({name: getattr(LOOKED, name) for name in SearchItem.__slots__} | item)
            ),
            "condition": alpha,
            "cycle": cycle,
            "by": make_user("analyst"),
            "as_of": noon(TODAY),
        }
        return record_search(**(defaults | changes))

    return recorded


def test_a_search_is_recorded_with_its_event(record: Any, alpha: Condition) -> None:
    before = Program.objects.get().revision
    [entry] = record(result="nothing", note="  Two archives were down.  ")
    assert (entry.places, entry.note) == ("UN document system", "Two archives were down.")
    assert entry.checklist_item is None
    event = Event.objects.get(verb="searchentry.recorded")
    assert (event.subject_id, event.condition) == (str(entry.pk), alpha)
    assert event.after["places"] == "UN document system"
    assert Program.objects.get().revision > before


def test_a_search_for_several_items_makes_an_entry_for_each(record: Any, alpha: Condition) -> None:
    more = alpha.checklist.create(code="A.2", position=2, statement="More.", evidence_rule={})
    entries = record(checklist_items=tuple(alpha.checklist.all()))
    assert [entry.checklist_item.code for entry in entries] == ["A.1", "A.2"]
    assert entries[1].checklist_item == more
    assert Event.objects.filter(verb="searchentry.recorded").count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"places": "  "}, "places", "Name the sites"),
        ({"places": "x" * 2001}, "places", "at most 2000"),
        ({"terms": "x" * 2001}, "terms", "at most 2000"),
        ({"note": "x" * 4001}, "note", "at most 4000"),
        ({"result": "maybe"}, "result", "Use one of nothing, nothing_new, found, no_access."),
        ({"searched_on": TODAY + DAY}, "searched_on", f"to {TODAY}"),
        ({"searched_on": THIRD_DUE - DAY}, "searched_on", f"from {THIRD_DUE}"),
    ],
)
def test_a_bad_search_is_refused_at_its_field(
    record: Any, changes: dict[str, Any], field: str, remedy: str
) -> None:
    with pytest.raises(BadSearch) as refusal:
        record(**changes)
    assert refusal.value.field == field
    assert remedy in refusal.value.remedy
    assert not SearchEntry.objects.exists()
    assert not Event.objects.filter(verb="searchentry.recorded").exists()


def test_all_that_is_wrong_is_told_at_once(record: Any) -> None:
    with pytest.raises(BadSearch) as refusal:
        record(places="", result="maybe", searched_on=TODAY + DAY)
    assert [fault.path for fault in refusal.value.faults] == ["places", "result", "searched_on"]


def test_items_and_cycles_of_others_are_refused(record: Any, program: Program) -> None:
    beta = program.conditions.get(code="BETA")
    with pytest.raises(BadSearch, match=r"B\.1 is not on the checklist of ALPHA") as refusal:
        record(checklist_items=(beta.checklist.get(),))
    assert refusal.value.field == "checklist_items"
    item = program.conditions.get(code="ALPHA").checklist.get()
    with pytest.raises(BadSearch, match="named twice"):
        record(checklist_items=(item, item))
    other = make_program(slug="other")
    with pytest.raises(BadSearch, match="does not belong to the program of this cycle"):
        record(cycle=other.cycles.get(number=4))
    with pytest.raises(BadSearch, match="Cycle 5 begins on"):
        record(cycle=program.cycles.get(number=5))


def test_a_closed_cycle_takes_corrections_only(
    record: Any, cycle: ReviewCycle, alpha: Condition
) -> None:
    [entry] = record()
    ReviewCycle.objects.filter(pk=cycle.pk).update(
        closed_on=TODAY, closed_at=noon(TODAY), closed_by=make_user("manager")
    )
    with pytest.raises(SearchRefused, match="its search log takes corrections only"):
        record()
    [corrected] = record(corrects=entry, note="The archive was named wrongly.")
    assert corrected.corrects == entry


def test_a_correction_says_why_and_what(record: Any, program: Program, alpha: Condition) -> None:
    [entry] = record()
    with pytest.raises(BadSearch, match="A correction says why"):
        record(corrects=entry)
    beta = program.conditions.get(code="BETA")
    with pytest.raises(BadSearch, match="about the same condition and cycle"):
        record(corrects=entry, condition=beta, note="Wrong one.")
    alpha.checklist.create(code="A.2", position=2, statement="More.", evidence_rule={})
    with pytest.raises(BadSearch, match="one checklist item, or the whole"):
        record(corrects=entry, note="Both.", checklist_items=tuple(alpha.checklist.all()))
    record(corrects=entry, result="found", note="One report had been missed.")
    event = Event.objects.get(verb="searchentry.corrected")
    assert (event.before["result"], event.after["result"]) == ("nothing", "found")
    assert event.reason == "One report had been missed."
    with pytest.raises(SearchRefused, match="corrected already"):
        record(corrects=entry, note="Again.")


@pytest.mark.parametrize("role", ["viewer", "reviewer", ""])
def test_only_who_writes_evidence_writes_in_the_log(record: Any, role: str) -> None:
    with pytest.raises(PermissionMissing):
        record(by=make_user(role))


def test_nothing_is_written_when_the_event_is_not(
    record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("conditions.actions.searches.record_event", broken)
    with pytest.raises(RuntimeError):
        record()
    assert not SearchEntry.objects.exists()


def test_cannot_be_assessed_stands_on_a_search_of_its_cycle(
    alpha: Condition, cycle: ReviewCycle, program: Program
) -> None:
    author = make_user("analyst")
    draft = make_assessment(condition=alpha, cycle=cycle, status="U", author=author, state="draft")
    make_search(condition=alpha, cycle=program.cycles.get(number=3))
    make_search(condition=program.conditions.get(code="BETA"), cycle=cycle)
    with pytest.raises(SearchMissing, match="needs a search to stand on") as refusal:
        _submit(draft)
    assert refusal.value.field == "status"
    assert "ALPHA in cycle 4" in refusal.value.message
    make_search(condition=alpha, cycle=cycle)
    assert _submit(draft).state == "submitted"


def test_a_status_on_the_scale_asks_for_no_search(alpha: Condition, cycle: ReviewCycle) -> None:
    assert make_assessment(condition=alpha, cycle=cycle, status="0").state == "approved"
    assert not SearchEntry.objects.exists()


def test_a_demonstration_asks_for_no_search(alpha: Condition, cycle: ReviewCycle) -> None:
    draft = make_assessment(condition=alpha, cycle=cycle, status="U", state="draft")
    draft.is_demonstration = True
    draft.save()
    assert _submit(draft).state == "submitted"


def test_a_search_is_written_with_the_judgement_or_not_at_all(
    alpha: Condition, cycle: ReviewCycle
) -> None:
    judgement = make_judgement(
        condition=alpha, valid_from=THIRD_DUE, status="U", confidence="", trend=""
    )
    write = {
        "condition": alpha,
        "cycle": cycle,
        "by": make_user("analyst"),
        "as_of": noon(TODAY),
        "search": LOOKED,
        "submit": True,
    }
    with pytest.raises(Exception, match="still lacks a confidence"):
        write_assessment(judgement=judgement, **write)
    assert not SearchEntry.objects.exists()
    whole = make_judgement(condition=alpha, valid_from=THIRD_DUE, status="U", trend="")
    saved = write_assessment(judgement=whole, **write)
    assert saved.state == "submitted"
    assert SearchEntry.objects.get().cycle == cycle


def _submit(assessment: Assessment) -> Assessment:
    return submit_assessment(
        assessment=assessment,
        by=assessment.author,
        as_of=noon(TODAY),
        expected_revision=assessment.revision,
    )
