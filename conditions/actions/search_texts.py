"""The texts that full-text search looks through, written whenever evidence says something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from django.db import connection, transaction

from conditions.actions.text_comparisons import owe_comparisons
from conditions.models import Capture, Evidence, EvidenceText
from conditions.models.full_text import rebuild_full_text
from conditions.rules.search_words import words_of

LONGEST_BODY: Final = 100_000
CHUNK: Final = 200


def write_search_text(evidence_ids: Iterable[int]) -> None:
    """Write what these documents are found by: title, summary with notes, text of the newest copy.

    It holds the words of those texts, folded; call it in the transaction that changed them. Each
    document owes a comparison with the others from then on. Four queries for every two hundred.
    """
    waiting = iter(evidence_ids)
    while some := list(islice(waiting, CHUNK)):
        with transaction.atomic():
            _write(some)
            owe_comparisons(some)


def write_all_search_texts() -> Iterator[int]:
    """Write the search text of every document anew, and the index with it.

    Yields how many are done, chunk by chunk; each chunk is a transaction of its own, so it may be
    stopped and begun again while people work.
    """
    last, done = 0, 0
    while ids := _next_ids(after=last):
        with transaction.atomic():
            _write(ids)
        last, done = ids[-1], done + len(ids)
        yield done
    rebuild_full_text(connection)


def _write(evidence_ids: list[int]) -> None:
    EvidenceText.objects.bulk_create(
        _texts(evidence_ids),
        update_conflicts=True,
        unique_fields=["evidence"],
        update_fields=["title", "summary", "body"],
    )


def _next_ids(*, after: int) -> list[int]:
    rows = Evidence.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:CHUNK])


def _texts(evidence_ids: Iterable[int]) -> Iterator[EvidenceText]:
    text = Capture.objects.newest_text(LONGEST_BODY)
    # Locked, so that what is written last is what was said last.
    rows = Evidence.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=evidence_ids)
    rows = rows.order_by("pk")
    for pk, title, summary, notes, body in rows.values_list("pk", "title", "summary", "text", text):
        yield EvidenceText(
            evidence_id=pk,
            title=_folded(title),
            summary=_folded(f"{summary}\n{notes}"),
            body=_folded(body or ""),
        )


def _folded(text: str) -> str:
    # Some characters fold to many: the length holds for the result too.
    return " ".join(words_of(text))[:LONGEST_BODY]
