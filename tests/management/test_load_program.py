"""manage.py load_program: a list of changes, or every error on a line of its own and no change."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from conditions.models import Event, Program
from tests import packs
from tests.days import FIRST_DUE, WHITE_HOUSE, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path):
    """Writes the small pack, with changes, to a file."""

    def write(change=lambda content: None):
        content = packs.content()
        content["interpretations"] = []
        change(content)
        file = tmp_path / "pack.yaml"
        file.write_text(packs.dumped(content), encoding="utf-8")
        return str(file)

    return write


def run(capsys, *arguments):
    call_command("load_program", *arguments)
    return capsys.readouterr().out


def test_it_says_what_it_loaded_and_then_that_nothing_is_left(pack, capsys):
    first = run(capsys, pack())
    assert "+ program: Syria: six conditions" in first
    assert "+ conditions.ALPHA: Title of ALPHA" in first
    assert "test-act: 9 changes made." in first
    assert run(capsys, pack()) == "test-act: nothing to change.\n"


def test_a_dry_run_shows_before_and_after_and_changes_nothing(pack, capsys):
    run(capsys, pack())
    events = Event.objects.count()
    changed = pack(lambda content: content["conditions"][0].update(title="Better"))
    told = run(capsys, changed, "--dry-run")
    assert "~ conditions.ALPHA.title: Title of ALPHA -> Better" in told
    assert "would make 2 changes; nothing was changed." in told
    assert Event.objects.count() == events


def test_a_bad_pack_is_refused_with_every_error_on_a_line(pack, capsys):
    def spoil(content):
        content["calendar"]["interval_days"] = 3
        content["program"]["time_zone"] = "Mars/Base"

    with pytest.raises(CommandError) as refusal:
        run(capsys, pack(spoil))
    head, *lines = str(refusal.value).splitlines()
    assert "2 errors. Nothing changed." in head
    assert [line.split(": ")[1] for line in lines] == [
        "calendar.interval_days",
        "program.time_zone",
    ]
    assert refusal.value.returncode == 1
    assert not Program.objects.exists()


def test_a_missing_file_is_an_error_not_a_traceback(capsys, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(capsys, str(tmp_path / "none.yaml"))


def test_tracked_from_and_backdate(pack, capsys):
    run(capsys, pack(), "--tracked-from", "2025-11-10", "--backdate")
    program = Program.objects.get()
    assert program.tracked_from == WHITE_HOUSE
    assert program.cycles.get(number=2).opened_at == noon(FIRST_DUE)
    with pytest.raises(CommandError, match="not a date"):
        run(capsys, pack(), "--tracked-from", "yesterday")
