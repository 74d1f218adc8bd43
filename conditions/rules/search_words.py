"""What a person types into a search, and the words that a text is searched by.

Both databases are handed the same words, folded here: case, diacritics, vowel marks and the forms
of letters and digits do not matter, and whatever is neither letter nor digit separates words. What
was typed is read once and said to each database from that one reading, so both find alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from conditions.rules.addresses import BadAddress, canonical_address
from conditions.rules.refusals import Invalid

LONGEST_SEARCH: Final = 400
MOST_WORDS: Final = 30
LONGEST_WORD: Final = 80
SHORTEST_PREFIX: Final = 2
_TATWEEL: Final = "\u0640"
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„«»", '"'))
# In quotes, closed or not, or up to the next space; perhaps with a minus before or a star behind.
_PIECE: Final = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))(\*?)')


_KEY: Final = re.compile(r"ev-(?:doc-)?[0-9a-f]{12}(?:-[0-9]{1,3})?", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)


class BadSearch(Invalid):
    """What was typed cannot be searched for."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together in this order; of a prefix, the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False

    def holds(self, word: str, place: int) -> bool:
        """Whether a word of a text serves at this place of the term."""
        wanted = self.words[place]
        may_go_on = self.is_prefix and place == len(self.words) - 1
        return word.startswith(wanted) if may_go_on else word == wanted


@dataclass(frozen=True, slots=True)
class Search:
    """All of ``wanted`` and none of ``unwanted``; ``typed`` is what the person wrote.

    Where it is the ``key`` or the ``address`` (in canonical form) of one document, that document is
    meant, and there are no words.
    """

    typed: str
    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()
    key: str = ""
    address: str = ""

    def for_fts5(self) -> str:
        """The MATCH expression of SQLite."""
        wanted = " AND ".join(map(_fts5, self.wanted))
        if not self.unwanted:
            return wanted
        return f"({wanted}) NOT ({' OR '.join(map(_fts5, self.unwanted))})"

    def for_tsquery(self) -> str:
        """The text that PostgreSQL's ``to_tsquery`` of the configuration ``simple`` takes."""
        return " & ".join(
            (*map(_tsquery, self.wanted), *(f"!{_tsquery(term)}" for term in self.unwanted))
        )


def read_search(typed: str) -> Search:
    """The search that a person typed.

    Words are all wanted; "words in quotes" stand together; -word is not wanted; word* may go on.
    The key or the address of a document, alone, means that document. Anything else is text.
    Raises BadSearch.
    """
    if "\x00" in typed:
        raise _bad(typed, "A search cannot hold the character NUL.", "Take it out.")
    if (named := _named(typed.strip())) is not None:
        return named
    if len(typed) > LONGEST_SEARCH:
        shown = f"{typed[:40]}…"
        remedy = f"Give at most {LONGEST_SEARCH} characters; a few words are enough."
        raise _bad(shown, "This is too long to search for.", remedy)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for piece in _PIECE.finditer(typed.translate(_QUOTES)):
        term = _term(piece)
        if term.words:
            (unwanted if piece["minus"] else wanted).append(term)
    _require_some(typed, wanted, unwanted)
    return Search(typed.strip(), tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _named(typed: str) -> Search | None:
    if _KEY.fullmatch(typed):
        return Search(typed, (), key=typed.lower())
    if not _ADDRESS.fullmatch(typed):
        return None
    try:
        return Search(typed, (), address=canonical_address(typed))
    except BadAddress:
        return None


def words_of(text: str) -> list[str]:
    """The words by which a text is found, in order."""
    return [word[:LONGEST_WORD] for word in text.translate(_FOLDED).split()]


def _term(piece: re.Match[str]) -> Term:
    text = piece["phrase"] if piece["phrase"] is not None else piece["word"]
    # Of a word, the star was read as part of it.
    starred = bool(piece[4]) or (piece["phrase"] is None and text.endswith("*"))
    return Term(tuple(words_of(text)), starred)


def _require_some(typed: str, wanted: list[Term], unwanted: list[Term]) -> None:
    if not wanted:
        remedy = (
            "Add a word that they should hold."
            if unwanted
            else "Type a word or more, of letters or digits."
        )
        raise _bad(typed, "There is no word to look for.", remedy)
    terms = (*wanted, *unwanted)
    if sum(len(term.words) for term in terms) > MOST_WORDS:
        remedy = f"Give at most {MOST_WORDS} words."
        raise _bad(typed, "These are too many words to search for.", remedy)
    for term in terms:
        if term.is_prefix and len(term.words[-1]) < SHORTEST_PREFIX:
            remedy = f"Give {SHORTEST_PREFIX} letters or more before the star."
            raise _bad(typed, "The beginning of a word before the star is too short.", remedy)


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"{"*" if term.is_prefix else ""}'


def _tsquery(term: Term) -> str:
    ends = [""] * (len(term.words) - 1) + ["*" if term.is_prefix else ""]
    if len(term.words) == 1:
        (word,) = term.words
        return f"{word}:*" if term.is_prefix else word
    # Title, summary and body follow one another there: each weight alone, no phrase spans two.
    in_each = (
        " <-> ".join(f"{word}:{end}{part}" for word, end in zip(term.words, ends, strict=True))
        for part in "ABC"
    )
    return f"(({') | ('.join(in_each)}))"


def _bad(typed: str, message: str, remedy: str) -> BadSearch:
    return BadSearch(message, field="q", value=typed, remedy=remedy)


# Letters that are written now this way, now that: Arabic by its habits and by a Persian or Urdu
# keyboard, and the signs for hamza and ayn that a transliteration sets or leaves out.
_ALIKE: Final = str.maketrans(
    {
        "\u0671": "\u0627",  # alef wasla: alef
        "\u0649": "\u064a",  # alef maqsura: yeh
        "\u06cc": "\u064a",  # Persian yeh: yeh
        "\u06d2": "\u064a",  # yeh barree: yeh
        "\u0629": "\u0647",  # teh marbuta: heh
        "\u06c0": "\u0647",  # heh with yeh above: heh
        "\u06c1": "\u0647",  # heh goal: heh
        "\u06d5": "\u0647",  # ae, as Kurdish writes it: heh
        "\u06a9": "\u0643",  # keheh: kaf
        **dict.fromkeys("\u02bb\u02bc\u02bd\u02be\u02bf\u02b9"),
    }
)


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code))
        folded = unicodedata.normalize("NFKD", plain.casefold())
        self[code] = "".join(map(_folded, folded)).translate(_ALIKE)
        return self[code]


def _folded(char: str) -> str:
    if char == _TATWEEL or unicodedata.category(char)[0] == "M":
        return ""
    if unicodedata.category(char) == "Cf":
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return char if char.isalnum() else " "


_FOLDED: Final = _Folding()
