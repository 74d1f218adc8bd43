"""Made-up prose with common and rare words, so that a search has both to look for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random

_FIRST = (
    *("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru"),
    *("sa", "te", "vo", "wi", "za", "bri", "cla", "dre", "fro", "gri"),
)
_LAST = ("dan", "lor", "mek", "nis", "pol", "rav", "sen", "tim", "vur", "wex")
VOCABULARY = [f"{a}{b}{c}" for a in _FIRST for b in _FIRST for c in _LAST]
# Zipf: the n-th word comes 1/n as often as the first.
_WEIGHTS = list(accumulate(1 / n for n in range(1, len(VOCABULARY) + 1)))


def prose(rng: Random, words: int) -> str:
    """So many words, as a sentence."""
    return " ".join(rng.choices(VOCABULARY, cum_weights=_WEIGHTS, k=words)).capitalize() + "."


def sentences(rng: Random, *, words: int, variety: int) -> Iterator[str]:
    """Sentences without end, out of a stock of ``variety``, which costs less than new ones."""
    stock = [prose(rng, words) for _ in range(variety)]
    while True:
        yield from rng.sample(stock, variety)
