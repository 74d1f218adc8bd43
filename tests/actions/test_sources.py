"""Sources: added with a grade, described anew, graded again; every grade stays on record."""

from __future__ import annotations

import pytest

from conditions.actions.evidence import EvidenceItem
from conditions.actions.imports import import_at_once
from conditions.actions.intake import Publisher, take_in
from conditions.actions.record import PermissionMissing
from conditions.actions.sources import (
    BadSource,
    GradeUnexplained,
    SourceItem,
    SourceKnown,
    add_source,
    change_source,
    regrade_source,
)
from conditions.models import Event, Evidence, Program, Source
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_program, make_source, make_user
from tests.sheets import HEADINGS, as_csv, sheet_row

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def analyst():
    return make_user("analyst")


def added(by, **fields):
    said = {"reliability": "B", "reason": "Right for years.", **fields}
    item = said.pop("item", SourceItem(name="The Gazette", kind="independent_media"))
    return add_source(item=item, by=by, as_of=NOW, **said)


def test_a_source_is_added_with_its_first_grade(analyst):
    source = added(analyst)
    grade = source.grades.get()
    assert (grade.reliability, grade.reason, grade.recorded_by) == (
        "B",
        "Right for years.",
        analyst,
    )
    event = Event.objects.get(verb="source.added")
    assert event.after["reliability"] == "B"


@pytest.mark.parametrize("name", ["The Gazette", "the  gazette "])
def test_a_name_is_on_file_once(analyst, name):
    added(analyst)
    with pytest.raises(SourceKnown):
        added(analyst, item=SourceItem(name=name))


def test_a_source_is_the_one_so_spelled_else_the_first_on_file() -> None:
    first, second = (Source.objects.create(name=name) for name in ("THE Gazette", "The GAZETTE"))
    assert Source.objects.named(" The  GAZETTE ") == second
    assert Source.objects.named("the gazette") == first
    assert Source.objects.named("The Gazette, late edition") is None


@pytest.mark.parametrize("name", ["Østfold avis", "ØSTFOLD AVIS"])
def test_every_way_in_finds_the_same_source(analyst, name):
    known = Source.objects.create(name="Østfold Avis")
    Source.objects.create(name="Østfold AVIS")
    item = EvidenceItem("A title", 0, "What it says.", url="https://example.org/1")
    filed = take_in(item=item, publisher=Publisher(name), links=(), by=analyst, as_of=NOW)
    assert filed.source == Source.objects.named(name)
    # SQLite folds the letters of ASCII alone, whichever way in.
    assert filed.source == known or name.isupper()
    import_at_once(
        program=make_program(),
        filename="a.csv",
        body=as_csv([HEADINGS, sheet_row(2, publisher=name, bears_on="")]),
        mapping={},
        only_good_rows=False,
        by=analyst,
        clock=lambda: NOW,
    )
    assert Evidence.objects.exclude(pk=filed.pk).get().source == filed.source


def test_everything_wrong_with_a_source_is_told_at_once(analyst):
    with pytest.raises(BadSource) as refusal:
        added(analyst, item=SourceItem(name=" ", kind="blog", language="English"))
    assert [fault.path for fault in refusal.value.faults] == ["name", "kind", "language"]


@pytest.mark.parametrize("fields", [{"reliability": "G"}, {"reason": " "}])
def test_a_grade_is_a_letter_with_a_reason(analyst, fields):
    with pytest.raises(GradeUnexplained) as refusal:
        added(analyst, **fields)
    assert refusal.value.field in fields
    assert not Source.objects.exists()


def test_a_new_grade_touches_every_program_that_shows_the_source(analyst):
    shown, elsewhere = make_program(slug="shown"), make_program(slug="elsewhere")
    source = make_source(reliability="B")
    for code in shown.conditions.all():
        make_evidence(condition=code, source=source)
    regrade_source(
        source=source, reliability="D", reason="Two reports fell.", by=analyst, as_of=NOW
    )
    source.refresh_from_db()
    assert source.reliability == "D"
    assert [grade.reliability for grade in source.grades.all()] == ["D", "B"]
    event = Event.objects.get(verb="source.regraded")
    assert (event.before, event.after) == ({"reliability": "B"}, {"reliability": "D"})
    assert event.reason == "Two reports fell."
    assert Program.objects.get(pk=shown.pk).revision == shown.revision + 1
    assert Program.objects.get(pk=elsewhere.pk).revision == elsewhere.revision


def test_the_same_grade_again_changes_nothing(analyst):
    source = make_source(reliability="B")
    regrade_source(source=source, reliability="B", reason="Still.", by=analyst, as_of=NOW)
    assert source.grades.count() == 1
    assert not Event.objects.exists()


def test_a_source_is_described_anew(analyst):
    source = added(analyst)
    item = SourceItem(name="The New Gazette", kind="state_media", ownership="The ministry.")
    changed = change_source(source=source, item=item, by=analyst, as_of=NOW)
    assert (changed.kind, changed.reliability) == ("state_media", "B")
    assert Event.objects.get(verb="source.changed").before["name"] == "The Gazette"
    change_source(source=source, item=item, by=analyst, as_of=NOW)
    assert Event.objects.filter(verb="source.changed").count() == 1
    with pytest.raises(SourceKnown):
        change_source(source=make_source(), item=item, by=analyst, as_of=NOW)


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_only_who_may_grade_does(role):
    source, reader = make_source(), make_user(role)
    with pytest.raises(PermissionMissing):
        regrade_source(source=source, reliability="D", reason="Why.", by=reader, as_of=NOW)
    with pytest.raises(PermissionMissing):
        added(reader)
    with pytest.raises(PermissionMissing):
        change_source(source=source, item=SourceItem(name="New"), by=reader, as_of=NOW)
