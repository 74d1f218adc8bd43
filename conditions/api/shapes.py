"""Rows as the OpenAPI document describes them: read from their types, so the two cannot part."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from rest_framework import serializers

Shape = type[serializers.Serializer]

_PLAIN: dict[Any, Callable[..., serializers.Field]] = {
    str: serializers.CharField,
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    date: serializers.DateField,
    datetime: serializers.DateTimeField,
}
# One class for one name: the document refuses two shapes that are called alike.
_SHAPES: dict[type[Any], Shape] = {}
_PAGES: dict[type[Any], Shape] = {}


def serializer_of(row: type[Any]) -> Shape:
    """A serializer that describes a row class; it is for the document and never runs."""
    if row in _SHAPES:
        return _SHAPES[row]
    hints = get_type_hints(row)
    described = {one.name: _field(hints[one.name]) for one in fields(row)}
    name = row.__name__.removesuffix("Row")
    text = (row.__doc__ or "").strip()
    members = {**described, "__doc__": text}
    return _SHAPES.setdefault(row, type(f"{name}Serializer", (serializers.Serializer,), members))


def page_of(row: type[Any]) -> Shape:
    """The description of a page of rows."""
    if row in _PAGES:
        return _PAGES[row]
    link: dict[str, Any] = {"allow_null": True, "help_text": "The neighbouring page, or null."}
    members = {
        "__doc__": "Some rows in order.",
        "next": serializers.CharField(**link),
        "previous": serializers.CharField(**link),
        "results": serializer_of(row)(many=True),
    }
    name = f"{row.__name__.removesuffix('Row')}Page"
    return _PAGES.setdefault(row, type(name, (serializers.Serializer,), members))


def _field(hint: Any, **options: Any) -> serializers.Field:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (kind,) = (one for one in inside if one is not type(None))
        return _field(kind, allow_null=True, **options)
    if origin in (tuple, list):
        child = inside[0]
        if is_dataclass(child):
            return serializer_of(child)(many=True, **options)  # type: ignore[arg-type]
        return serializers.ListField(child=_field(child), **options)
    if origin is dict:
        return serializers.DictField(**options)
    if is_dataclass(hint):
        return serializer_of(hint)(**options)  # type: ignore[arg-type]
    if hint in _PLAIN:
        blank = {"allow_blank": True} if hint is str else {}
        return _PLAIN[hint](**blank, **options)
    return serializers.JSONField(**options)
