"""The forms in which citations can be had, by the name that an address gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from conditions.outbound.citations import bibtex, plain, ris, wikimedia
from conditions.queries.works import Work
from conditions.rules.refusals import NotFound


class UnknownForm(NotFound):
    """A form of citation that is not offered."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its name in addresses, what people call it, its media type and end of name."""

    name: str
    label: str
    media_type: str
    ending: str
    write: Callable[[Sequence[Work]], str]


def _lines(each: Callable[[Work], str]) -> Callable[[Sequence[Work]], str]:
    return lambda works: "".join(f"{each(work)}\n" for work in works)


_TEXT: Final = "text/plain; charset=utf-8"
FORMS: Final = (
    Form("ris", "RIS (Zotero)", "application/x-research-info-systems", "ris", ris.library),
    Form("bib", "BibTeX", "application/x-bibtex; charset=utf-8", "bib", bibtex.library),
    Form("wiki", "Wikitext", _TEXT, "wiki.txt", _lines(wikimedia.template)),
    Form("plain", "Plain text", _TEXT, "txt", _lines(plain.citation)),
)
_BY_NAME: Final = {form.name: form for form in FORMS}


def form_named(name: str) -> Form:
    """The form of that name. Raises UnknownForm."""
    if name not in _BY_NAME:
        raise UnknownForm(
            "Citations are not offered in this form.",
            field="form",
            value=name,
            remedy=f"Use one of {', '.join(_BY_NAME)}.",
        )
    return _BY_NAME[name]


def written(form: Form, works: Sequence[Work]) -> bytes:
    """The citations of these documents in one form, as a file holds them."""
    return form.write(works).encode()
