"""Bodies: JSON of a bounded size, held against a declared shape, every fault told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from conditions.actions.faults import Fault, Faulty
from conditions.api.problems import TooLarge


class BadBody(Faulty):
    """A body does not have the shape that this address reads; ``faults`` names every field."""


class JsonBody(BaseParser):
    """Reads JSON, and no more of it than the server accepts."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value in the body; an empty body is an empty object."""
        request: Request = parser_context["request"]
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge(
                "The body is too large.",
                field="body",
                value=int(request.headers.get("Content-Length") or len(body)),
                remedy=f"Send at most {most} bytes.",
            )
        if not body.strip():
            return {}
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"This is not JSON: {error}.") from error


def read_body(
    shape: type[serializers.Serializer], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """The body's values in the shape's types. Raises BadBody with every fault."""
    data = request.data
    if not isinstance(data, dict):
        raise BadBody([Fault("body", "This is not an object.", data, "Send a JSON object.")])
    reader = shape(data=data, partial=partial)
    faults = [
        Fault(name, "There is no such field here.", data[name], _accepted(reader))
        for name in data
        if name not in reader.fields
    ]
    try:
        reader.is_valid(raise_exception=True)
    except ValidationError as error:
        faults += _faults(error.detail, data, reader)
    if faults:
        raise BadBody(faults)
    return dict(reader.validated_data)


def _accepted(reader: serializers.Serializer) -> str:
    return f"Accepted are {', '.join(reader.fields)}."


def _faults(detail: Any, data: Any, field: Any, path: str = "") -> list[Fault]:
    if isinstance(detail, Mapping):
        steps: Any = detail.items()
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        steps = enumerate(detail)
    else:
        messages = detail if isinstance(detail, list) else [detail]
        return [Fault(path, str(message), data, _remedy(field)) for message in messages]
    found = []
    for step, inner in steps:
        at = f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
        found += _faults(inner, _inside(data, step), _part(field, step), f"{path}{at}")
    return found


def _inside(data: Any, step: Any) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    in_range = isinstance(data, list) and isinstance(step, int) and step < len(data)
    return data[step] if in_range else data


def _part(field: Any, step: Any) -> Any:
    if isinstance(step, int):
        return getattr(field, "child", field)
    return getattr(field, "fields", {}).get(step, field)


def _remedy(field: Any) -> str:
    choices = getattr(field, "choices", None)
    if choices:
        return f"Use one of {', '.join(str(choice) for choice in choices if choice != '')}."
    return str(getattr(field, "help_text", None) or "See the description of this address.")
