"""manage.py load_evidence: a count, or every error on a line of its own and no change."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from conditions.models import Evidence
from tests import packs
from tests.factories import make_program

pytestmark = pytest.mark.django_db
CODES = ["ISIS", "MINORITIES", "NEIGHBOURS", "TERRORISM", "FIGHTERS", "RIGHTS"]


@pytest.fixture
def program():
    # The first by slug is not the default one: codes are those of the default program.
    make_program(slug="another", conditions=["L1"])
    return make_program(slug="the-default", conditions=CODES, is_default=True)


def run(capsys, *arguments):
    call_command("load_evidence", *map(str, arguments))
    return capsys.readouterr().out


def test_it_counts_what_it_filed_and_what_it_knew(program, capsys):
    dry = run(capsys, packs.EVIDENCE, "--dry-run")
    assert dry.endswith(
        "Would file 75 documents with 102 links from 66 new sources; 0 were on file already.\n"
    )
    assert not Evidence.objects.exists()
    told = run(capsys, packs.EVIDENCE, "--backdate")
    assert "The Media Line is graded B 2 times, C 1 times in the file; B is kept." in told
    assert "Filed 75 documents" in told
    assert not Evidence.objects.filter(is_demonstration=False).exists()
    assert "Filed 0 documents" in run(capsys, packs.EVIDENCE)


def test_a_bad_file_is_refused_with_every_error_on_a_line(program, capsys, tmp_path):
    good, other = packs.EVIDENCE.read_text(encoding="utf-8").splitlines()[:2]
    bad = json.dumps(json.loads(other) | {"language": "Russian", "source_reliability": "Z"})
    file = tmp_path / "bad.jsonl"
    file.write_text(f"{good}\n{bad}\nnot json\n", encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        run(capsys, file)
    head, *lines = str(refusal.value).splitlines()
    assert "3 errors. Nothing changed." in head
    assert [line.split(":")[0].strip() for line in lines] == ["line 2", "line 2", "line 3"]
    assert not Evidence.objects.exists()


def test_a_missing_file_is_an_error_not_a_traceback(program, capsys, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(capsys, tmp_path / "none.jsonl")


def test_without_a_program_it_says_what_to_load_first(capsys):
    with pytest.raises(CommandError, match="load_program FILE"):
        run(capsys, packs.EVIDENCE)
