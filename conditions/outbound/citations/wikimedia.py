"""Citations as the templates of Wikipedia and its sister projects: cite news, cite web, citation.

The copies that we keep are not public, so no archive is named: only the address and when it was
seen.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from conditions.outbound.citations.texts import day_in_words, is_of_another_script, one_line
from conditions.queries.works import Work

# What would end a field, a template or a link, or begin a tag.
_SIGNS: Final = str.maketrans({sign: f"&#{ord(sign)};" for sign in "|{}[]<>"})
# What wikitext reads as more than itself: bold, a signature, a magic word, an entity.
_RUNS: Final = re.compile(r"''+|~~~+|__+|&(?=#?\w+;)")
_UNSAFE_IN_ADDRESS: Final = "|{}[]<>\"'` \\^"


def template(work: Work) -> str:
    """The document as one call of a template, on one line."""
    name = "citation" if not work.url else "cite news" if work.is_news else "cite web"
    title = one_line(work.title)
    # The template sets a title in another script apart from one that it may put into italics.
    is_other = bool(_code(work)) and is_of_another_script(title)
    fields = {
        "script-title" if is_other else "title": _safe(
            f"{_code(work)}:{title}" if is_other else title
        ),
        "url": _address(work.url),
        "work" if work.is_news else "publisher": _safe(work.publisher),
        "date": day_in_words(work.published_on) if work.published_on else "",
        "id": _safe(work.reference),
        "language": _code(work) if _code(work) != "en" else "",
        "access-date": day_in_words(work.seen_on) if work.url and work.seen_on else "",
    }
    told = "".join(f" |{name}={value}" for name, value in fields.items() if value)
    return f"{{{{{name}{told}}}}}"


def _code(work: Work) -> str:
    """The language's code, without its region."""
    code = one_line(work.language).lower().partition("-")[0]
    return code if code.isascii() and code.isalpha() else ""


def _safe(text: str) -> str:
    def spelt(found: re.Match[str]) -> str:
        return "".join(f"&#{ord(sign)};" for sign in found.group())

    # Entities first: what is spelt out afterwards has ampersands of its own.
    return _RUNS.sub(spelt, one_line(text)).translate(_SIGNS)


def _address(url: str) -> str:
    return "".join(
        quote(sign, safe="") if sign in _UNSAFE_IN_ADDRESS else sign for sign in one_line(url)
    )
