"""Field terms for triage: one file a program, checked against its schema and read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from conditions.actions.documents import FIXTURES, schema_faults
from conditions.actions.faults import Fault, Faulty, sorted_faults
from conditions.actions.yaml_text import YamlDocument, read_yaml
from conditions.rules.triage.terms import STANCES, BadTerms, TermLists, read_terms

TERMS = FIXTURES / "triage"
TERMS_SCHEMA = TERMS / "terms.schema.json"
_LISTS = ("names", "signs", *STANCES)


class BadTermsFile(Faulty):
    """A file of field terms with faults; none of it is used."""


@cache
def terms_of(program_slug: str) -> TermLists | None:
    """The field terms of a program, or none if it has no file. Raises BadTermsFile."""
    file = _file(program_slug)
    return read_terms_file(file) if file.is_file() else None


def read_terms_file(file: Path) -> TermLists:
    """The terms in a file, with those of the program it extends; raises BadTermsFile."""
    document = _checked(file)
    content = document.value
    base = _base(document)
    try:
        return read_terms(_joined(content, base.value if base else {}))
    except BadTerms as refusal:
        raise BadTermsFile([document.located(Fault.of(refusal, refusal.field))]) from refusal


def _checked(file: Path) -> YamlDocument:
    try:
        document = read_yaml(file)
    except Faulty as refusal:
        raise BadTermsFile(refusal.faults) from refusal
    faults = [*document.faults, *schema_faults(document.value, TERMS_SCHEMA)]
    if faults:
        raise BadTermsFile(sorted_faults(map(document.located, faults)))
    return document


def _base(document: YamlDocument) -> YamlDocument | None:
    slug = document.value.get("extends")
    faults: list[Fault] = []
    base = None
    if slug is not None:
        if not _file(slug).is_file():
            remedy = "Name a program that has a file of terms."
            faults = [Fault("extends", "This program has no field terms.", slug, remedy)]
        else:
            base = _checked(_file(slug))
    faults = faults or list(_lost(document.value, base.value if base else {}))
    if faults:
        raise BadTermsFile(sorted_faults(map(document.located, faults)))
    return base


def _lost(content: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[Fault]:
    """Names that lead nowhere."""
    known = {part["code"]: part for part in base.get("conditions", ())}
    if "about" not in content and "about" not in base:
        yield Fault("about", "This field is missing.", None, "Name places of the country.")
    for at, part in enumerate(content["conditions"]):
        path, like = f"conditions[{at}]", part.get("like")
        if like is not None and like not in known:
            remedy = f"Use one of {', '.join(known) or 'none: this file extends no other'}."
            yield Fault(f"{path}.like", "There is no such condition to take from.", like, remedy)
        items = {code for one in known.values() for code in one.get("items", {})}
        for code, named in part.get("items_like", {}).items():
            if named not in items:
                remedy = "Name an item that has terms there."
                place = f"{path}.items_like.{code}"
                yield Fault(place, "There is no such item to take from.", named, remedy)


def _joined(content: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a file with what it takes from the other written out."""
    parts = {part["code"]: part for part in base.get("conditions", ())}
    items = {code: one for part in parts.values() for code, one in part.get("items", {}).items()}
    return {
        "program": content["program"],
        "country": content["country"],
        "words": {**base.get("words", {}), **content.get("words", {})},
        "about": [*base.get("about", ()), *content.get("about", ())],
        "conditions": [
            _condition(part, parts.get(part.get("like", ""), {}), items)
            for part in content["conditions"]
        ],
    }


def _condition(
    part: Mapping[str, Any], like: Mapping[str, Any], items: Mapping[str, list[str]]
) -> dict[str, Any]:
    # Its own terms stand first, so that a fault in them is found at its own place.
    lists = {name: [*part.get(name, ()), *like.get(name, ())] for name in _LISTS}
    own, taken = part.get("items", {}), part.get("items_like", {})
    return {
        "code": part["code"],
        **lists,
        "items": {
            code: [*own.get(code, ()), *items.get(taken.get(code, ""), ())]
            for code in sorted({*own, *taken})
        },
    }


def _file(slug: str) -> Path:
    return TERMS / f"{slug}.yaml"
