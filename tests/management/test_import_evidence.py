"""manage.py import_evidence and export_evidence, by their output and what they leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conditions.models import Evidence, EvidenceImport, Program
from tests.factories import make_evidence, make_program
from tests.sheets import HEADINGS, as_csv, sheet_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return make_program(slug="one", conditions=["ALPHA", "BETA"], is_default=True)


def sheet(tmp_path: Path, **wrong: object) -> Path:
    file = tmp_path / "rows.csv"
    file.write_bytes(as_csv([HEADINGS, sheet_row(2), sheet_row(3, **wrong), sheet_row(4)]))
    return file


def run(capsys: pytest.CaptureFixture[str], name: str, *arguments: object) -> str:
    call_command(name, *map(str, arguments))
    return capsys.readouterr().out


def test_a_dry_run_tells_every_error_and_leaves_no_trace(
    program: Program, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = sheet(tmp_path, credibility="9")
    told = run(capsys, "import_evidence", file, "--program", "one", "--dry-run")
    assert "F3 (credibility): This is no credibility. Given: '9'." in told
    assert "2 of 3 rows can be filed" in told
    assert not Evidence.objects.exists()
    assert not EvidenceImport.objects.exists()


def test_a_sheet_with_errors_is_refused_unless_the_good_rows_are_asked_for(
    program: Program, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = sheet(tmp_path, credibility="9")
    with pytest.raises(CommandError, match="1 error. Nothing changed") as refusal:
        run(capsys, "import_evidence", file, "--program", "one")
    assert "F3 (credibility)" in str(refusal.value)
    assert not EvidenceImport.objects.exists()
    told = run(capsys, "import_evidence", file, "--program", "one", "--good-rows")
    assert "Filed 2 documents with 4 links from 2 new sources" in told
    assert EvidenceImport.objects.get().state == "loaded"


def test_a_column_is_named_where_its_heading_does_not_tell(
    program: Program, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    headings = [name if name != "Title" else "What" for name in HEADINGS]
    file.write_bytes(as_csv([headings, sheet_row(2)]))
    with pytest.raises(CommandError, match="No column holds the title"):
        run(capsys, "import_evidence", file, "--program", "one")
    run(capsys, "import_evidence", file, "--program", "one", "--map", "title=What")
    assert Evidence.objects.get().title == "Document 2"
    with pytest.raises(CommandError, match="names no column"):
        run(capsys, "import_evidence", file, "--program", "one", "--map", "title")


def test_what_cannot_be_found_is_told(
    program: Program, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="no program 'two'. Use one of one"):
        run(capsys, "import_evidence", sheet(tmp_path), "--program", "two")
    with pytest.raises(CommandError, match="cannot be read"):
        run(capsys, "import_evidence", tmp_path / "none.csv", "--program", "one")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_known_when_it_is_brought_in(
    program: Program, capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    make_evidence(condition=program.conditions.get(code="ALPHA"), title="=A")
    make_evidence(sensitivity="restricted")
    file = tmp_path / f"all.{kind}"
    assert "Wrote 1 documents" in run(capsys, "export_evidence", file, "--program", "one")
    told = run(capsys, "import_evidence", file, "--program", "one", "--dry-run")
    assert "1 of 1 rows can be filed, 1 of them are on file already; 0 errors." in told
    with pytest.raises(CommandError, match="cannot be written"):
        run(capsys, "export_evidence", file, "--program", "one")
    with pytest.raises(CommandError, match="ends in .csv or .xlsx"):
        run(capsys, "export_evidence", tmp_path / "all.txt", "--program", "one")
