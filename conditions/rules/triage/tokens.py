"""Words of a text in one written form, each with its place: any script, any spelling of letters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Accents and invisible characters inside a word belong to it, and vanish when it is folded.
_INNER = "\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff"
_APOSTROPHES = "'’‘ʼʻ`´ʿʾ"
_WORD = re.compile(rf"[^\W_][{_INNER}\w]*(?:[{_APOSTROPHES}][^\W_][{_INNER}\w]*)*")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$")
_HYPHENS = frozenset("-‐‑")
_ARTICLES = frozenset({"al", "el"})
_BEFORE_HYPHEN = frozenset(
    {"ad", "an", "ar", "as", "ash", "at", "az", "ed", "er", "es", "esh", "ez"}
)
_ARABIC_ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=..)")
_ARABIC_PREFIXES = frozenset("وفبلك")
_SAME_LETTER = str.maketrans({"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ı": "i"})
_LONGEST = 40
_AS_WRITTEN = 4


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its folded forms, how it is written if it is short, and its half-open place."""

    forms: tuple[str, ...]
    written: str
    start: int
    end: int


def tokens_of(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words of ``text[start:end]`` in order, without articles such as al- and ash-."""
    found = []
    end = len(text) if end is None else end
    # A line all in capitals says nothing by its capitals.
    shouted = text[start:end].isupper()
    for match in _WORD.finditer(text, start, end):
        word = match.group()[: _LONGEST * 2]
        form = fold(word)
        if form and not _is_article(form, text, match.end()):
            written = "" if shouted or len(word) > _AS_WRITTEN else word
            found.append(Token(_forms(form), written, match.start(), match.end()))
    return found


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """One form for all spellings of a word: case, accents, apostrophes, Arabic letters, al-."""
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", word)).casefold()
    kept = "".join(letter for letter in plain if letter.isalnum()).translate(_SAME_LETTER)
    return _ARABIC_ARTICLE.sub("", kept)[:_LONGEST]


def _forms(form: str) -> tuple[str, ...]:
    # "And", "in" and "for" are written together with an Arabic word.
    if len(form) >= 4 and form[0] in _ARABIC_PREFIXES:
        return (form, form[1:])
    return (form,)


def _is_article(form: str, text: str, end: int) -> bool:
    return form in _ARTICLES or (form in _BEFORE_HYPHEN and text[end : end + 1] in _HYPHENS)
