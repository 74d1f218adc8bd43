"""Values as a program pack or a stored row gives them: read exactly, or refused by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from conditions.rules.refusals import Invalid


class UnknownKey(Invalid):
    """A key nobody reads, which is more often a typing error than an intention."""


class BadValue(Invalid):
    """A value of the wrong kind or out of bounds."""


def require_keys(mapping: Mapping[str, object], known: Collection[str], *, what: str) -> None:
    """Raise UnknownKey for the first key of ``mapping`` that ``what`` does not know."""
    for key in mapping:
        if key not in known:
            raise UnknownKey(
                f"{what} has no {key!r}.",
                field=str(key),
                value=mapping[key],
                remedy=f"Use {', '.join(known)}.",
            )


def require_whole(field: str, value: object, *, least: int, most: int) -> int:
    """``value``, if it is a whole number from ``least`` to ``most``; else raise BadValue."""
    # True is an int to Python, and to nobody else.
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadValue(
            f"{value!r} cannot be the value of {field}.",
            field=field,
            value=value,
            remedy=f"Give a whole number from {least} to {most}.",
        )
    return value


def require_list(field: str, value: object) -> Iterable[object]:
    """``value``, if it is a list or tuple; else raise BadValue."""
    if not isinstance(value, list | tuple):
        raise BadValue(
            f"{value!r} cannot be the value of {field}.",
            field=field,
            value=value,
            remedy="Give a list.",
        )
    return value


def require_one_of(field: str, value: object, accepted: Collection[str]) -> str:
    """``value``, if it is one of the accepted words; else raise BadValue naming them."""
    if not isinstance(value, str) or value not in accepted:
        raise BadValue(
            f"{value!r} cannot be the value of {field}.",
            field=field,
            value=value,
            remedy=f"Give one of {', '.join(accepted)}.",
        )
    return value


def require_text(field: str, value: object) -> str:
    """``value``, if it is text that says something; else raise BadValue."""
    if not isinstance(value, str) or not value.strip():
        raise BadValue(
            f"{value!r} cannot be the value of {field}.",
            field=field,
            value=value,
            remedy="Give some text.",
        )
    return value
