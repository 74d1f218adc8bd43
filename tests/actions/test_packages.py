"""Evidence packages: what a report rests on leaves in one file, and that it left is on record."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from conditions.actions.copies import CopyDamaged
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.packages import PackageTooLarge, export_package
from conditions.actions.record import PermissionMissing
from conditions.models import Capture, CaptureBody, CustodyEntry, Event, Evidence, Publication
from conditions.queries.packages import package_of
from tests.actions.test_captures import drop_guard_of_bodies
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user
from tests.queries.test_captures import make_copy

pytestmark = pytest.mark.django_db
JUDGED = noon(WHITE_HOUSE + 2 * DAY)
NOW = noon(FIRST_DUE + DAY)


def published(*documents: Evidence, number_of: str = "ALPHA") -> Publication:
    """A closed first cycle whose judgement cites these documents."""
    program = make_program(conditions=(number_of,), as_of=noon(WHITE_HOUSE))
    cycle = program.cycles.get(number=1)
    make_assessment(
        condition=program.conditions.get(),
        cycle=cycle,
        as_of=JUDGED,
        cited=tuple(one.pk for one in documents),
    )
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(FIRST_DUE))
    return Publication.objects.select_related("program", "cycle").get(cycle=cycle)


def test_the_package_holds_what_was_held_and_checks_itself(tmp_path: Path) -> None:
    public, team, hidden, bare = (
        make_evidence(),
        make_evidence(sensitivity="team", key="ev/../team"),
        make_evidence(sensitivity="source_protected"),
        make_evidence(),
    )
    kept = make_copy(public, b"<p>v1</p>", JUDGED - DAY)
    make_copy(public, b"<p>v2</p>", JUDGED + DAY)
    of_team = make_copy(team, b"%PDF-1.7", JUDGED - DAY, content_type="application/pdf")
    make_copy(hidden, b"secret", JUDGED - DAY)
    row, reviewer = published(public, team, hidden, bare), make_user("reviewer")
    with export_package(publication=row, by=reviewer, as_of=NOW) as file, ZipFile(file) as packed:
        packed.extractall(tmp_path)
        names = set(packed.namelist())
    page = f"copies/{public.key}-{kept.sha256[:12]}.html"
    note = f"copies/ev-team-{of_team.sha256[:12]}.pdf"
    fixed = {"README.txt", "SHA256SUMS", "manifest.json", "publication.json"}
    assert names == {page, note, *fixed}
    assert (tmp_path / page).read_bytes() == b"<p>v1</p>"
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert checked.stdout.count(": OK") == 5
    assert (tmp_path / "publication.json").read_bytes() == row.content.encode()
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["publication_sha256"] == row.sha256
    assert {one["file"]: one["sha256"] for one in told["copies"]} == {
        page: kept.sha256,
        note: of_team.sha256,
    }
    assert told["documents_without_copy"] == [bare.key]
    assert told["documents_left_out"] == 1
    assert hidden.key not in (tmp_path / "manifest.json").read_text()
    entries = CustodyEntry.objects.order_by("capture_id")
    assert [(one.capture, one.act, one.by, one.at) for one in entries] == [
        (kept, "exported", reviewer, NOW),
        (of_team, "exported", reviewer, NOW),
    ]
    assert entries[0].note == "In the evidence package of test-program, cycle 1, version 1."
    event = Event.objects.get(verb="publication.exported")
    assert (event.actor, event.after) == (reviewer, {"copies": 2, "size": kept.size + of_team.size})


def test_the_published_report_names_the_copy_that_was_held() -> None:
    public = make_evidence()
    kept = make_copy(public, b"v1", JUDGED - DAY)
    make_copy(public, b"v2", JUDGED + DAY)
    (document,) = json.loads(published(public).content)["evidence"]
    assert document["captures"] == [
        {
            "sha256": kept.sha256,
            "captured_at": kept.captured_at.isoformat(),
            "final_url": public.url,
        }
    ]


def test_too_much_is_refused_with_a_remedy_and_nothing_leaves(settings: Settings) -> None:
    public = make_evidence()
    make_copy(public, b"v1", JUDGED - DAY)
    row = published(public)
    settings.PACKAGE_MAX_BYTES = 1
    with pytest.raises(PackageTooLarge) as refusal:
        export_package(publication=row, by=make_user("reviewer"), as_of=NOW)
    assert "PACKAGE_MAX_BYTES" in refusal.value.remedy
    settings.PACKAGE_MAX_BYTES = 2
    with pytest.raises(PermissionMissing):
        export_package(publication=row, by=make_user("viewer"), as_of=NOW)
    drop_guard_of_bodies()
    CaptureBody.objects.update(body=b"x1")
    with pytest.raises(CopyDamaged):
        export_package(publication=row, by=make_user("reviewer"), as_of=NOW)
    assert not CustodyEntry.objects.exists()
    assert not Event.objects.filter(verb="publication.exported").exists()


@pytest.mark.parametrize("documents", [1, 3])
def test_what_is_in_it_takes_three_queries(documents: int) -> None:
    cited = [make_evidence() for _ in range(documents)]
    for one in cited:
        make_copy(one, b"v1", JUDGED - DAY)
    row, reviewer = published(*cited), make_user("reviewer")
    assert reviewer.has_perm("conditions.open_capture")
    with CaptureQueriesContext(connection) as queries:
        package = package_of(row, reviewer)
    assert len(queries) == 3
    assert len(package.copies) == documents
    assert package.size == 2 * documents
    assert Capture.objects.count() == documents
