"""Passages: a document as its title and its sentences, each with its place and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conditions.rules.triage.tokens import Token, tokens_of

TITLE, TEXT = "title", "text"
# Beyond this a text is not read: a suggestion has to come at once, whatever was sent.
LONGEST_TEXT = 200_000
LONGEST_TITLE = 1_000
# A page speaks of itself and of other pages in lines that end no sentence: menus, tags, and what
# else there is to read, up to the next full sentence.
_MENU = re.compile(r"(?:[|›•·].*){2}")
_ELSEWHERE = re.compile(
    r"(?:related|read (?:also|more|next)|(?:also|see) (?:read|also)|more (?:on|from|stories)|"
    r"most (?:read|popular|viewed)|trending|recommended|you may (?:also )?like|tags|topics|"
    r"sections|share|follow us|subscribe|sign up|skip to|"
    r"اقرأ|إقرأ|مواضيع|مقالات|أخبار ذات|ذات صلة|الأكثر|تابعنا|شارك|وسوم|الوسوم)\b",
    re.IGNORECASE,
)
_WORDS_OF_A_HEADLINE = 18
_MOST_WORDS = 80
_QUOTES = " \"'”’)]"
# "U.S. forces" and "Gen. Bakir" are not the ends of sentences.
_END = re.compile(
    r"(?<=[.!?؟。…])(?<!\b[A-Z]\.)(?<!\bGen\.)(?<!\bBrig\.)(?<!\bLt\.)(?<!\bDr\.)(?<!\bMr\.)"
    r"[\"'”’)\]]*\s+|\n\s*"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A title or a sentence: ``part`` says which, ``start`` and ``end`` its place in that part.

    ``asks`` says that it is a question.
    """

    part: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    asks: bool = False


def sentences_of(title: str, text: str) -> list[Sentence]:
    """The title and then every sentence that has a word; very long ones are cut."""
    heading = title[:LONGEST_TITLE]
    whole = Sentence(TITLE, 0, len(heading), tuple(tokens_of(heading)), _asks(heading))
    sentences = [whole]
    text = text[:LONGEST_TEXT]
    for start, end in _told(text):
        sentences += _cut(start, end, tokens_of(text, start, end), asks=_asks(text[start:end]))
    return sentences


def _told(text: str) -> Iterator[tuple[int, int]]:
    """The sentences that belong to the account, without what leads elsewhere."""
    elsewhere = False
    for start, end in _spans(text):
        sentence = text[start:end]
        ends = sentence.rstrip(_QUOTES).endswith((".", "!", "?", "؟", "。", "…"))
        ends = ends or sentence.count(" ") >= _WORDS_OF_A_HEADLINE
        elsewhere = not ends and (elsewhere or bool(_ELSEWHERE.match(sentence)))
        if not elsewhere and (ends or not _MENU.search(sentence)):
            yield start, end


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _END.finditer(text):
        yield from _trimmed(text, start, gap.start())
        start = gap.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    sentence = text[start:end].strip()
    if sentence:
        begins = text.index(sentence, start)
        yield begins, begins + len(sentence)


def _asks(sentence: str) -> bool:
    return sentence.rstrip(_QUOTES).endswith(("?", "؟"))


def _cut(start: int, end: int, tokens: list[Token], *, asks: bool) -> Iterator[Sentence]:
    for at in range(0, len(tokens), _MOST_WORDS):
        part = tokens[at : at + _MOST_WORDS]
        whole = len(tokens) <= _MOST_WORDS
        begins, ends = (start, end) if whole else (part[0].start, part[-1].end)
        yield Sentence(TEXT, begins, ends, tuple(part), asks)
