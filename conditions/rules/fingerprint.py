"""Fingerprints: one canonical form of a value, and its hash, to bind what was approved."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from conditions.rules.refusals import Invalid

_SURROGATE = re.compile("[\ud800-\udfff]")


class NotCanonical(Invalid):
    """A value that has no single written form, so that no hash could bind it."""


def canonical_json(value: object) -> bytes:
    """The one UTF-8 JSON text of a value: keys sorted, no spaces, dates ISO, moments in UTC.

    Takes None, booleans, integers, text, dates, aware moments, lists, tuples and mappings with text
    keys; raises NotCanonical, naming the path, for anything else. Fractions are written as text.
    """
    plain = _plain(value, "value")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def fingerprint(value: object) -> str:
    """The SHA-256 of a value's canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _plain(value: object, path: str) -> object:
    match value:
        case None | bool() | int():
            return value
        case str():
            return _text(value, path)
        case datetime():
            return _moment(value, path)
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
        case Mapping():
            return {_key(key, path): _plain(item, f"{path}.{key}") for key, item in value.items()}
    raise _refusal(path, value, "Give text, a whole number, a date, a list or a mapping.")


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise _refusal(f"{path} key", key, "Give text as the key.")
    return _text(key, f"{path} key")


def _text(text: str, path: str) -> str:
    # A lone surrogate has no UTF-8 form; str() drops the enumeration around a member's value.
    if _SURROGATE.search(text):
        raise _refusal(path, text, "Give text of whole Unicode characters.")
    return str(text)


def _moment(moment: datetime, path: str) -> str:
    # The same moment comes back from a database in another zone; its hash must not change.
    if moment.tzinfo is None:
        raise _refusal(path, moment, "Give the moment with its UTC offset.")
    return moment.astimezone(UTC).isoformat()


def _refusal(path: str, value: object, remedy: str) -> NotCanonical:
    return NotCanonical(
        f"{value!r} ({type(value).__name__}) has no canonical form.",
        field=path,
        value=value,
        remedy=remedy,
    )
