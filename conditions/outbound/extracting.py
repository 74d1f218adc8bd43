"""The child process that finds text in a copy: it may fail, hang or fill up, and harms nobody.

Reads the bytes from its standard input and writes JSON: what was found, and by which tool.
"""

from __future__ import annotations

import codecs
import importlib
import json
import re
import resource
import sys
from io import BytesIO
from typing import Final

from conditions.rules.captures import PAGES, PDF

MOST_MEMORY: Final = 2_000_000_000
MOST_CPU_SECONDS: Final = 25
MOST_PAGE: Final = 8_000_000
MOST_LEAVES: Final = 1_000
MOST_TEXT: Final = 2_000_000
_META = re.compile(
    rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([-_a-zA-Z0-9:.]{1,40})", re.IGNORECASE
)
# What a site names is handed to Python's codecs, some of which are slow or no character sets.
_CHARSET = re.compile(
    r"(utf|iso|windows|cp|koi8|gb|big5|shift|euc|us-ascii|ascii|latin|mac)[-_a-z0-9:]*"
)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def extracted(body: bytes, content_type: str, charset: str) -> tuple[str, str]:
    """The text in a copy, and the tool that found it with its version."""
    if content_type == PDF:
        return _of_pdf(body)
    if content_type in PAGES:
        return _of_page(plain(body, charset))
    return plain(body, charset), "plain text"


def plain(body: bytes, charset: str) -> str:
    """The letters of a text file, or of the source of a page, as a database takes them."""
    return stored(decoded(body[:MOST_PAGE], charset))


def decoded(body: bytes, charset: str) -> str:
    """Bytes as letters: by the character set that is named and fits, else by the likeliest."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    inside = _META.search(body[:4_096])
    named = [charset, inside.group(1).decode("ascii") if inside else "", "utf-8", "cp1256"]
    for name in filter(_CHARSET.fullmatch, (name.lower() for name in named)):
        try:
            return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def stored(text: str) -> str:
    """``text`` without what a database refuses, cut where it is beyond all reading."""
    return _UNSTORABLE.sub(" ", text)[:MOST_TEXT].strip()


def _of_page(page: str) -> tuple[str, str]:
    # Loaded on use: each of the two readers takes longer to load than most copies to read.
    trafilatura = importlib.import_module("trafilatura")
    text = trafilatura.extract(page, include_comments=False) or trafilatura.html2txt(page) or ""
    return stored(text), f"trafilatura {trafilatura.__version__}"


def _of_pdf(body: bytes) -> tuple[str, str]:
    pypdf = importlib.import_module("pypdf")
    leaves = pypdf.PdfReader(BytesIO(body)).pages
    found = [leaves[number].extract_text() for number in range(min(len(leaves), MOST_LEAVES))]
    return stored("\n\n".join(found)), f"pypdf {pypdf.__version__}"


def main() -> None:
    """Bound this process, read, find, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    text, tool = extracted(sys.stdin.buffer.read(), sys.argv[1], sys.argv[2])
    sys.stdout.write(json.dumps([text, tool]))


if __name__ == "__main__":
    main()
