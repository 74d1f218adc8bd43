"""Folds: every document is judged by what was chosen without it, or anything on its event."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from bench.triage.documents import Document


def folds(
    documents: Sequence[Document], *, number: int, seed: int
) -> Iterator[tuple[list[Document], list[Document]]]:
    """Pairs of documents to choose on and to judge; an event is never on both sides."""
    events = sorted({document.event for document in documents})
    random.Random(seed).shuffle(events)
    fold_of = {event: at % number for at, event in enumerate(events)}
    for fold in range(number):
        train = [one for one in documents if fold_of[one.event] != fold]
        test = [one for one in documents if fold_of[one.event] == fold]
        if test:
            yield train, test
