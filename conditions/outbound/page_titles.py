"""The title of a page, from its source: what a reader sees in the browser's tab."""

from __future__ import annotations

import html
import re
from typing import Final

from conditions.outbound.extracting import decoded, stored
from conditions.rules.captures import PAGES

LONGEST: Final = 400
_SEARCHED: Final = 200_000
_TITLE = re.compile(r"<title\b[^>]{0,300}>([^<]{1,2000})", re.IGNORECASE)


def title_of(body: bytes, content_type: str, charset: str) -> str:
    """The title in one line, empty where there is none or it is no page."""
    if content_type not in PAGES:
        return ""
    found = _TITLE.search(decoded(body[:_SEARCHED], charset))
    if found is None:
        return ""
    line = " ".join(stored(html.unescape(found.group(1))).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
