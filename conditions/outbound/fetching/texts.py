"""The text in a copy, for search and display; a copy without one is a copy all the same."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings

from conditions.outbound.extracting import plain
from conditions.rules.captures import PAGES, PDF, TEXT

LONGEST_SECONDS = 40
READABLE = PAGES | {PDF}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was found, and the tool with its version; both empty where nothing could be."""

    text: str = ""
    tool: str = ""


def text_of(body: bytes, *, content_type: str, charset: str = "") -> Extracted:
    """The text of a page, a PDF or a text file. Never raises: what came is not to be trusted."""
    if content_type == TEXT:
        return Extracted(plain(body, charset), "plain text")
    if content_type not in READABLE:
        return Extracted()
    command = [sys.executable, "-m", "conditions.outbound.extracting"]
    try:
        done = subprocess.run(
            [*command, content_type, charset],
            input=body,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
            cwd=settings.BASE_DIR,
        )
        text, tool = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        logger.warning("No text was found in a copy of %s: %s", content_type, _said(error))
        return Extracted()
    return Extracted(str(text), str(tool))


def _said(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else f"ended with {error.returncode}"
    return type(error).__name__
