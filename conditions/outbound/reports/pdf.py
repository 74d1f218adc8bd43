"""The report as a tagged PDF, printed from the same HTML and the same style as the page."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from conditions.outbound.reports import press
from conditions.outbound.reports.sheet import sheet_of
from conditions.queries.report import Report

REMEDY: Final = (
    "Run: sudo apt install libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core"
    " (and, where it is WeasyPrint that is missing: pip install weasyprint)"
)
LONGEST_SECONDS = 90.0
# How long one draft waits for another that is being printed in this process.
LONGEST_WAIT = 20.0
STYLES = ("tokens", "marks", "dashboard", "report")
# Where a Mac keeps Pango, which its loader would not find by itself.
_MAC_LIBRARIES = "/opt/homebrew/lib:/usr/local/lib:/usr/lib"
_STATIC = Path(__file__).resolve().parents[2] / "static" / "conditions"
_MARKS = ("glyph", "arrow", "bars", "sheet", "sign", "bar", "tone-")
_PRESSES = BoundedSemaphore(1)


class CannotPrint(Exception):
    """PDF cannot be made on this machine; the message says what is not there."""


class PrintingFailed(Exception):
    """The press ran and gave no PDF; the message is the end of what it said."""


class PressBusy(Exception):
    """Another report is being printed in this process."""


def printed(report: Report) -> bytes:
    """The report as PDF. Raises CannotPrint, PrintingFailed and PressBusy."""
    return printed_html(printable(report))


def printed_html(html: str) -> bytes:
    """One HTML document as PDF; whatever it names besides is refused. Raises as ``printed``."""
    if not _PRESSES.acquire(timeout=LONGEST_WAIT):
        raise PressBusy("Another report is being printed.")
    try:
        made = _run_press(html.encode(errors="replace"))
    finally:
        _PRESSES.release()
    if not made.startswith(b"%PDF-"):
        raise PrintingFailed("The press gave something that is no PDF.")
    return made


def printable(report: Report) -> str:
    """The one HTML document that is printed, with its styles inside."""
    html = render_to_string(
        "dashboard/report_print.html",
        {"report": report, "sheet": sheet_of(report), "styles": _styles()},
    )
    # The press reads a drawing's style only where it stands inside the drawing.
    return re.sub(r"(<svg\b[^>]*>)", rf"\1<style>{_drawing_style()}</style>", html)


def why_not() -> str:
    """Why PDF cannot be made on this machine; empty where it can."""
    try:
        _run_press(b"", "--check")
    except (CannotPrint, PrintingFailed) as error:
        return str(error)
    return ""


def _run_press(html: bytes, *arguments: str) -> bytes:
    # Nothing of our own environment, which holds secrets; only where fonts are remembered.
    environment = {
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(settings.DATA_DIR / "press"),
        "DYLD_FALLBACK_LIBRARY_PATH": _MAC_LIBRARIES,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(press.__file__)), *arguments],
            input=html,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PrintingFailed(f"The press took longer than {LONGEST_SECONDS:g} seconds.") from error
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == press.CANNOT:
        raise CannotPrint(said)
    if done.returncode:
        raise PrintingFailed(f"The press ended with {done.returncode}: {said[-1_000:]}")
    return done.stdout


@cache
def _styles() -> tuple[str, ...]:
    return tuple((_STATIC / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


@cache
def _drawing_style() -> str:
    """The rules of the marks' drawings, with the colours of paper in place of their names."""
    tokens, marks = (re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) for text in _styles()[:2])
    colours = dict(re.findall(r"(--[\w-]+): (#\w+);", tokens.partition("@media print")[2]))
    rules = re.findall(r"([^{}]+)\{([^{}]+)\}", marks)
    drawn = (
        f"{selector.strip()}{{{body.strip()}}}"
        for selector, body in rules
        if selector.strip().startswith(tuple(f".{name}" for name in _MARKS))
    )
    return re.sub(r"var\((--[\w-]+)\)", lambda found: colours.get(found[1], "#000"), "".join(drawn))
