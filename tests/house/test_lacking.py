"""Tests are left out where a machine lacks something, and fail in CI: by one door only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from conditions.outbound.reports.pdf import REMEDY
from tests import press
from tests.lacking import leave_out
from tests.tasks.test_faults import broker

WHY = "there is no such program here."


@pytest.mark.parametrize(("ci", "ends"), [("true", pytest.fail), ("", pytest.skip)])
def test_what_is_lacking_fails_in_ci_alone(
    monkeypatch: pytest.MonkeyPatch, ci: str, ends: Any
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ends.Exception, match=WHY):
        leave_out(WHY)


def test_neither_the_press_nor_the_broker_is_left_out_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(press, "why_not", lambda: "There is no Pango.")
    press.lacking.cache_clear()
    try:
        with pytest.raises(pytest.fail.Exception, match=re.escape(REMEDY)):
            press.need_press()
    finally:
        press.lacking.cache_clear()
    with pytest.raises(pytest.fail.Exception, match="redis-server"), broker(1, tmp_path):
        pass


def test_no_test_is_skipped_by_another_door() -> None:
    tests = Path(settings.BASE_DIR, "tests")
    doors = ("pytest.skip(", "mark.skip", "importorskip", "xfail")
    found = {
        path.relative_to(tests).as_posix()
        for path in tests.rglob("*.py")
        if path != Path(__file__) and any(door in path.read_text() for door in doors)
    }
    assert found == {"lacking.py"}
