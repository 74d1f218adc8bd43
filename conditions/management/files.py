"""Files as commands read them: line by line, whatever their size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

# Longer than any line that is accepted, so that an endless line is refused and not read whole.
LONGEST_READ = 1_000_000


@contextmanager
def lines_of(file: Path) -> Iterator[Iterator[bytes]]:
    """The lines of a file as bytes, read as they are asked for."""
    try:
        with file.open("rb") as handle:
            yield iter(lambda: handle.readline(LONGEST_READ), b"")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
