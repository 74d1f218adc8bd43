"""Copying: whether reworded copies are found, and whether companions on an event come first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.triage.documents import Document
from conditions.rules.triage import Known, Shelf
from conditions.rules.triage.copies import COPY

# A copy of a wire keeps most of it: its end is cut, some words are changed, an agency line added.
_CHANGED_WORD = 12
_KEPT_OF_COPY = 0.8


@dataclass(frozen=True, slots=True)
class Copies:
    """How many made-up copies were found, how many strangers taken for one, and how often a
    document's companions on the same event were the closest, or among the closest three.
    """

    copies: int
    found: int
    mistaken: int
    with_companions: int
    closest: int
    among_three: int


def copies_found(documents: Sequence[Document]) -> Copies:
    """Copies made of each document and looked for among all; companions looked for among others."""
    shelf = Shelf(Known(one.key, one.whole) for one in documents)
    made = [(one.key, shelf.like(_copied(one, at))) for at, one in enumerate(documents)]
    taken = [(key, {like.key for like in found if like.kind == COPY}) for key, found in made]
    return Copies(
        copies=len(made),
        found=sum(key in copies for key, copies in taken),
        mistaken=sum(len(copies - {key}) for key, copies in taken),
        **_companions(documents),
    )


def _companions(documents: Sequence[Document]) -> dict[str, int]:
    counted = {"with_companions": 0, "closest": 0, "among_three": 0}
    shelf = Shelf(Known(one.key, one.whole) for one in documents)
    for one in documents:
        meant = {other.key for other in documents if other.event == one.event} - {one.key}
        if meant:
            # The document itself is on the shelf too, as its own copy.
            found = [like.key for like in shelf.like(one.whole) if like.key != one.key]
            counted["with_companions"] += 1
            counted["closest"] += bool(meant & set(found[:1]))
            counted["among_three"] += bool(meant & set(found[:3]))
    return counted


def _copied(one: Document, seed: int) -> str:
    chance = random.Random(seed)
    words = one.whole.split()
    kept = words[: int(len(words) * _KEPT_OF_COPY)]
    for at in range(chance.randrange(_CHANGED_WORD), len(kept), _CHANGED_WORD):
        kept[at] = "reportedly"
    return " ".join(["(Agency)", *kept])
