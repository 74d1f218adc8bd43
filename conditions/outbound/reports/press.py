"""The press: HTML on standard input becomes a tagged PDF on standard output.

It runs as a process of its own, without Django, without our settings and with nothing to fetch, so
that neither a large report nor a fault in a library of the system stays in a process that serves.
Ends with 3, and a sentence on standard error, where PDF cannot be made on this machine.
"""

from __future__ import annotations

import contextlib
import importlib
import resource
import sys
from typing import Any

LARGEST_MEMORY = 1_500 * 2**20
LONGEST_CPU_SECONDS = 100
CANNOT = 3
VARIANT = "pdf/ua-1"


def main(arguments: list[str]) -> int:
    """Prints what stands on standard input; with ``--check`` only says whether it could."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_SECONDS, LONGEST_CPU_SECONDS))
    try:
        weasyprint = importlib.import_module("weasyprint")
    except ImportError:
        return _cannot("WeasyPrint is not installed.")
    except OSError as error:
        return _cannot(f"Pango is not installed ({str(error).splitlines()[0]}).")
    if "--check" in arguments:
        return 0
    sys.stdout.buffer.write(_printed(weasyprint, sys.stdin.buffer.read().decode()))
    return 0


def _printed(weasyprint: Any, html: str) -> bytes:
    urls = importlib.import_module("weasyprint.urls")
    # Whatever a text names is refused: no file of this machine, no address of the network.
    nothing = urls.URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=html, url_fetcher=nothing)
    made: bytes = page.write_pdf(pdf_variant=VARIANT, pdf_identifier=b"")
    return made


def _cannot(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return CANNOT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
