"""The gate can fail: no step is forgiven, and a missing tool closes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]


def test_a_failing_step_closes_the_gate(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "install", lambda wanted: None)
    steps = [("good", ["true"], {}), ("bad", ["false"], {}), ("after", ["true"], {})]
    monkeypatch.setattr(dev, "gate", lambda scratch: steps)
    assert dev.check([]) == 1
    assert "Failed: bad" in capfd.readouterr().out
    monkeypatch.setattr(dev, "gate", lambda scratch: steps[:1])
    assert dev.check([]) == 0


def test_a_missing_tool_closes_the_gate() -> None:
    assert not dev.passes("a tool", [str(ROOT / "no-such-tool")], {})


def test_the_gate_has_every_step(tmp_path: Path) -> None:
    assert [name for name, _, _ in dev.gate(str(tmp_path))] == [
        "format",
        "lint",
        "layers",
        "types",
        "django idioms",
        "system check",
        "system check, server",
        "migrations",
        "static files",
        "compose file",
        "Dockerfile",
        "ci script",
    ]


def test_ci_runs_both_suites_and_the_gate_and_forgives_nothing() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "set -euo pipefail" in script
    assert script.count("python3 dev.py test") == 2
    assert script.count("python3 dev.py check") == 1
    assert "|| true" not in script + (ROOT / "dev.py").read_text()


@pytest.mark.parametrize("name", ["run", "test", "check", "uv"])
def test_the_locked_lists_pin_hashes_and_name_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9.-]+==", requirement), requirement
        assert "--hash=sha256:" in requirement
    assert "://" not in text
    assert "-i " not in text
    assert "--index" not in text
