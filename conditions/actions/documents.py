"""Documents from outside, held against their published schemas: every fault, in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from conditions.actions.faults import Fault

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
PROGRAM_SCHEMA = FIXTURES / "programs" / "program.schema.json"
EVIDENCE_SCHEMA = FIXTURES / "evidence" / "evidence.schema.json"
DEMO_SCHEMA = FIXTURES / "demo" / "demo.schema.json"

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing (null)",
}


def _is_integer(checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# JSON Schema counts 120.0 as an integer; nothing of ours does.
_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


@cache
def _validator(schema: Path) -> Any:
    text = json.loads(schema.read_text(encoding="utf-8"))
    return _Validator(text, format_checker=Draft202012Validator.FORMAT_CHECKER)


def schema_faults(document: object, schema: Path) -> list[Fault]:
    """Everything in which ``document`` departs from the schema at ``schema``, with its path."""
    faults = [_fault(error) for error in _leaves(_validator(schema).iter_errors(document))]
    return faults + list(_unstorable(document, ""))


def path_of(steps: Iterable[str | int]) -> str:
    """A place in a document as people write it: ``conditions[2].checklist[0].code``."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.validator == "anyOf" and (inner := _meant(error)):
            yield from _leaves(inner)
        else:
            yield error


def _meant(error: ValidationError) -> list[ValidationError]:
    # Of several shapes that would do, those of the right kind are the ones that were meant.
    by_shape: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        by_shape.setdefault(inner.schema_path[0], []).append(inner)
    meant = [
        shape
        for shape in by_shape.values()
        if not any(inner.validator == "type" and not inner.path for inner in shape)
    ]
    return [inner for shape in meant for inner in shape]


def _fault(error: ValidationError) -> Fault:
    path = path_of(error.absolute_path)
    rule, asked = str(error.validator), error.validator_value
    given: Any = error.instance
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    meaning = str(schema.get("description", ""))
    match rule:
        case "required":
            name = re.match(r"'(.*?)' is", error.message)
            missing = name.group(1) if name else str(asked)
            about = schema.get("properties", {}).get(missing, {}).get("description", "")
            place = f"{path}.{missing}" if path else missing
            return Fault(place, "This field is missing.", None, f"Add it. {about}".strip())
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            strange = [str(key) for key in given if key not in known]
            remedy = f"Remove it, or use one of {', '.join(known)}."
            return Fault(path, _strangers(strange), strange, remedy)
        case "type" | "anyOf":
            return Fault(path, _wrong_kind(asked), given, _kind_remedy(asked, given, meaning))
        case "enum" | "const":
            words = asked if isinstance(asked, list) else [asked]
            accepted = ", ".join("null" if word is None else str(word) for word in words)
            quotes = "" if isinstance(given, str) else " Text stands in quotes."
            return Fault(
                path, "This is not one of the accepted values.", given, f"Use {accepted}.{quotes}"
            )
    message, remedy = _measure(rule, asked)
    return Fault(path, message, given, f"{remedy} {meaning}".strip())


def _measure(rule: str, asked: Any) -> tuple[str, str]:
    known = {
        "pattern": ("This is not written as it should be.", ""),
        "format": (f"This is not a {asked}.", "Give one that exists."),
        "minLength": ("This is empty.", "Write something."),
        "maxLength": ("This is too long.", f"Use at most {asked} characters."),
        "minItems": ("This list is too short.", f"Give at least {asked}."),
        "maxItems": ("This list is too long.", f"Give at most {asked}."),
        "uniqueItems": ("This list names something twice.", "Name each once."),
        "minimum": ("This number is too small.", f"Give {asked} or more."),
        "maximum": ("This number is too large.", f"Give {asked} or less."),
        "dependentRequired": ("Something that belongs to this is missing.", "Give both."),
        "not": ("This does not belong here.", "Remove it."),
    }
    return known.get(rule, ("This does not follow the schema.", f"See its rule {rule}."))


def _strangers(names: list[str]) -> str:
    return f"There is no field {', '.join(map(str, names))} here."


def _wrong_kind(asked: Any) -> str:
    if isinstance(asked, str):
        return f"This should be {_KINDS.get(asked, asked)}."
    return "This is not of an accepted kind."


def _kind_remedy(asked: Any, given: object, meaning: str) -> str:
    plain = not isinstance(given, str | list | dict | None)
    wants_text = asked == "string" or (isinstance(asked, list) and _takes_text(asked))
    return f"{'Put it in quotes. ' if plain and wants_text else ''}{meaning}".strip()


def _takes_text(shapes: list[Any]) -> bool:
    return any(
        shape == "string" or (isinstance(shape, dict) and shape.get("type", "string") == "string")
        for shape in shapes
    )


def _unstorable(value: object, path: str) -> Iterator[Fault]:
    match value:
        case str() if UNSTORABLE.search(value):
            remedy = "Remove the broken character."
            yield Fault(path, "This text cannot be stored.", value, remedy)
        case list():
            for index, entry in enumerate(value):
                yield from _unstorable(entry, f"{path}[{index}]")
        case dict():
            for key, entry in value.items():
                yield from _unstorable(entry, f"{path}.{key}" if path else str(key))
