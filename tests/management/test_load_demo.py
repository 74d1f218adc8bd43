"""manage.py load_demo: accounts told once, or a refusal that says what to do."""

from __future__ import annotations

import re

import pytest
from django.core.management import CommandError, call_command

from conditions.models import Assessment, User
from tests import packs
from tests.days import TODAY, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(tmp_path, time_machine):
    """A demonstration that needs no evidence, on the day on which it is loaded."""
    time_machine.move_to(noon(TODAY))
    packs.load(packs.read_pack(packs.SENATE))
    text = packs.DEMO.read_text(encoding="utf-8")
    start, end = text.index("  - cycle: 4"), text.index("closings:")
    file = tmp_path / "demo.yaml"
    head = text[: text.index("  - cycle: 1")]
    file.write_text(f"{head}{text[start:end]}closings: []\n", encoding="utf-8")
    return str(file)


def run(capsys, *arguments):
    call_command("load_demo", *arguments)
    return capsys.readouterr().out


def test_accounts_are_told_once_with_their_addresses(demo, capsys, settings):
    told = run(capsys, demo)
    assert "2 assessments written, 0 cycles closed." in told
    found = dict(re.findall(r"  (demo-\w+) +(\S+)", told))
    assert set(found) == {"demo-viewer", "demo-analyst", "demo-reviewer", "demo-manager"}
    for username, password in found.items():
        assert User.objects.get(username=username).check_password(password)
    assert f"{settings.SITE_URL}/admin/" in told
    again = run(capsys, demo)
    assert "keep their passwords" in again
    assert not any(password in again for password in found.values())


def test_a_production_installation_is_asked_twice(demo, capsys, settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="--yes-in-production"):
        run(capsys, demo)
    assert not Assessment.objects.exists()
    assert "2 assessments" in run(capsys, demo, "--yes-in-production")


def test_without_its_program_it_says_what_to_load_first(capsys):
    with pytest.raises(CommandError, match=r"load_program .*us-senate-3899.yaml --backdate"):
        run(capsys)
