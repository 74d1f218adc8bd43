"""Methods: ours, and the simple ones it has to beat; each learns from one side of a fold only."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from bench.triage.documents import Document, condition_titles
from bench.triage.readings import Reading, chosen
from conditions.rules.triage.tokens import tokens_of

Codes = Callable[[Document], list[str]]
Sides = Callable[[Document, str], str]
Fitted = tuple[Codes, Sides]
Method = Callable[[Sequence[Document], Sequence[str], Mapping[str, Reading], str], Fitted]
_COMMON = {
    "and",
    "for",
    "from",
    "not",
    "out",
    "the",
    "with",
    "action",
    "against",
    "since",
    "others",
}


def field_terms(
    train: Sequence[Document], codes: Sequence[str], read: Mapping[str, Reading], program: str
) -> Fitted:
    """Field terms; only where the lines are drawn is chosen from the train folds."""
    setting = chosen([read[one.key] for one in train], codes)
    return (
        lambda one: read[one.key].codes(setting),
        lambda one, code: read[one.key].stance(code, setting),
    )


def bayes(
    train: Sequence[Document], codes: Sequence[str], read: Mapping[str, Reading], program: str
) -> Fitted:
    """Naive Bayes on the words of the documents alone, one question for each condition."""
    odds = {code: _odds(train, code) for code in codes}
    sides = {
        (code, side): _odds([one for one in train if code in one.codes], code, side)
        for code in codes
        for side in ("supports", "contradicts", "neutral")
    }

    def codes_of(one: Document) -> list[str]:
        return [code for code in codes if _speaks(odds[code], one) > 0]

    def side_of(one: Document, code: str) -> str:
        options = ("supports", "contradicts", "neutral")
        return max(options, key=lambda side: _speaks(sides[code, side], one))

    return codes_of, side_of


def keywords(
    train: Sequence[Document], codes: Sequence[str], read: Mapping[str, Reading], program: str
) -> Fitted:
    """The words of a condition's title, and its commonest stance."""
    titles = {code: _words(title) - _COMMON for code, title in condition_titles(program).items()}
    _, side = most_frequent(train, codes, read, program)
    return lambda one: [code for code in codes if titles[code] & _words(one.whole)], side


def most_frequent(
    train: Sequence[Document], codes: Sequence[str], read: Mapping[str, Reading], program: str
) -> Fitted:
    """Always the condition with most documents, and of each condition the commonest stance."""
    counted = Counter(code for one in train for code in one.codes if code in codes)
    first = counted.most_common(1)[0][0]
    usual = {
        code: Counter(one.stances[code] for one in train if code in one.codes).most_common(1)
        for code in codes
    }
    return lambda one: [first], lambda one, code: usual[code][0][0] if usual[code] else "neutral"


METHODS: dict[str, Method] = {
    "field terms": field_terms,
    "naive Bayes on all words": bayes,
    "words of the titles": keywords,
    "most frequent": most_frequent,
}


def _words(text: str) -> set[str]:
    return {token.forms[0] for token in tokens_of(text) if len(token.forms[0]) > 2}


def _odds(train: Sequence[Document], code: str, side: str = "") -> dict[str, float]:
    with_it: Counter[str] = Counter()
    without: Counter[str] = Counter()
    sizes = [0, 0]
    for one in train:
        is_it = one.stances.get(code) == side if side else code in one.codes
        (with_it if is_it else without).update(_words(one.whole))
        sizes[is_it] += 1
    prior = math.log((sizes[1] + 1) / (sizes[0] + 1))
    odds = {
        word: math.log((with_it[word] + 0.5) / (sizes[1] + 1))
        - math.log((without[word] + 0.5) / (sizes[0] + 1))
        for word in sorted({*with_it, *without})
        if with_it[word] + without[word] > 1
    }
    return {"": prior, **odds}


def _speaks(odds: Mapping[str, float], one: Document) -> float:
    return odds[""] + math.fsum(odds.get(word, 0.0) for word in sorted(_words(one.whole)))
