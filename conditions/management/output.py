"""Output of what runs on and on: said as long as somebody listens, and no reason to end."""

from __future__ import annotations

import os
from typing import TextIO


def say(stream: TextIO, line: str) -> None:
    """Write a line at once; where nobody reads any more, drop this one and all that follow.

    A pipe whose reader died and a terminal that is gone end nothing that serves.
    """
    try:
        stream.write(f"{line}\n")
        stream.flush()
    except OSError:
        _drop(stream)


def _drop(stream: TextIO) -> None:
    # In place of the file itself: what the buffer still holds goes there too when it is flushed.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
