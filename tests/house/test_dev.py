"""dev.py stops at once where something is missing, with the line that mends it."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]


def test_an_old_python_is_told_three_ways_to_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit) as stop:
        dev.require_python()
    for way in ["sudo apt install python3.11", "brew install", "https://www.python.org/"]:
        assert way in str(stop.value)


def test_an_old_python_can_read_the_script_at_all() -> None:
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 7))


def test_a_missing_venv_module_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    without = {"ensurepip"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in without else find(name)
    )
    with pytest.raises(SystemExit, match=r"sudo apt install python3[.0-9]*-venv"):
        dev.require_python()


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(SystemExit, match="Write a number from 1 to 65535"):
        dev.require_free_port()


@pytest.mark.network
def test_a_taken_port_stops_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, "install", lambda wanted: pytest.fail("installed"))
    monkeypatch.setattr(dev, "SECONDS_FOR_PORT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(SystemExit, match=f"PORT={port} is taken"):
            dev.run([])


@pytest.mark.network
def test_a_port_that_a_killed_server_still_holds_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = socket.create_server(("127.0.0.1", 0))
    port = holder.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setattr(dev.time, "sleep", lambda seconds: holder.close())
    assert dev.require_free_port() == port
    assert f"PORT={port} is taken. Waiting" in capsys.readouterr().out


def test_nothing_is_installed_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev.subprocess, "check_call", calls.append)
    dev.install("test")
    first = len(calls)
    assert first > 0
    dev.install("test")
    dev.install("run")
    assert len(calls) == first
    dev.install("check")
    assert len(calls) > first
    assert json.loads((tmp_path / "installed.json").read_text())["set"] == "check"


def locked(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE))


def test_each_set_contains_the_one_before_and_all_of_them_write_reports() -> None:
    run, test, check = (locked(name) for name in dev.SETS)
    assert run < test < check
    assert {"python-docx", "statsmodels", "weasyprint"} <= run
    assert "pypdf" in run
