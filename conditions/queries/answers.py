"""What a hot read asks first, in one indexed lookup, and the finished answers kept in memory.

An answer is kept under the revision of its program, which every write raises, so a kept answer is
never older than the database: a write makes its key one that nobody asks for again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.db import connection

_OURS: Final = Path(__file__).resolve().parent.parent

_PROGRAM = """
SELECT p.id, p.revision, p.changed_at, p.is_public, p.time_zone
FROM conditions_program p WHERE p.slug = %s
"""


def _release() -> str:
    digest = hashlib.sha256()
    for path in sorted(_OURS.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".svg") and path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# Names the code that is running: an answer written by other code is another answer.
RELEASE: Final = _release()


@dataclass(frozen=True, slots=True)
class ProgramMark:
    """What tells one state of a program from every other, and where its days begin."""

    id: int
    revision: int
    changed_at: datetime
    is_public: bool
    time_zone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: its bytes, what they are, and whether gzip packed them."""

    body: bytes
    content_type: str
    is_packed: bool = False


def program_mark(slug: str) -> ProgramMark | None:
    """The mark of the program with this slug, or None. One query on one index."""
    with connection.cursor() as cursor:
        cursor.execute(_PROGRAM, [slug])
        row = cursor.fetchone()
    return None if row is None else mark_from(row)


_NEWEST = """
SELECT (SELECT max(id) FROM conditions_event), (SELECT max(id) FROM conditions_reviewcycle)
"""


def data_mark() -> str:
    """What tells one state of everything that is listed from every other. One query, by keys.

    Every action writes an event, and cycles made ahead of time are rows of their own. On PostgreSQL
    a later event may be seen before an earlier one, so there the snapshot of what is seen counts.
    """
    sql = (
        f"{_NEWEST}, pg_current_snapshot()::text" if connection.vendor == "postgresql" else _NEWEST
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return "|".join(map(str, cursor.fetchone()))


def mark_from(row: tuple[Any, ...]) -> ProgramMark:
    """The mark in a database row of id, revision, changed_at, is_public and time_zone."""
    pk, revision, changed_at, is_public, time_zone = row
    # SQLite hands back moments without their zone, which is always UTC, and booleans as numbers.
    aware = changed_at if changed_at.tzinfo else changed_at.replace(tzinfo=UTC)
    return ProgramMark(pk, revision, aware, bool(is_public), time_zone)


class Shelf:
    """A bounded store of finished answers in this process; the least recently asked for goes."""

    def __init__(self, *, most_bytes: int, largest: int) -> None:
        self.most_bytes = most_bytes
        self.largest = largest
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: str) -> Answer | None:
        """The answer kept under ``key``."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, unless it is too large to share the room."""
        size = len(answer.body)
        if size > self.largest:
            return
        with self._lock:
            replaced = self._answers.pop(key, None)
            self._bytes += size - (len(replaced.body) if replaced else 0)
            self._answers[key] = answer
            while self._bytes > self.most_bytes:
                _, gone = self._answers.popitem(last=False)
                self._bytes -= len(gone.body)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)


# In each web process: a thousand scorecards, a hundred pages of lists.
SHELF: Final = Shelf(most_bytes=8 * 2**20, largest=2**20)
PAGES: Final = Shelf(most_bytes=4 * 2**20, largest=2**20)
