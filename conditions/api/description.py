"""What the OpenAPI document says, read from the rows and filters themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers

from conditions.api.parameters import LARGEST_PAGE, PAGE_SIZE
from conditions.api.shapes import page_of, serializer_of
from conditions.queries.lists.filters import Filter
from conditions.queries.lists.paging import Listing

KINDS = {
    "string": OpenApiTypes.STR,
    "integer": OpenApiTypes.INT,
    "boolean": OpenApiTypes.BOOL,
    "date": OpenApiTypes.DATE,
    "date-time": OpenApiTypes.DATETIME,
}
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the thing as you read it.",
)
MEANING = {
    400: "A parameter or the body cannot be accepted.",
    401: "The token is unknown, expired or revoked, or writing needs an account.",
    403: "This person may not do this.",
    404: "There is no such thing, or you may not see it.",
    405: "This address does not know the method.",
    409: "It does not fit the present state.",
    412: "Somebody saved it after you read it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    428: "The If-Match header is missing.",
    429: "Too many requests; wait as long as Retry-After says.",
}
READ = (400, 401, 429)
WRITE = (400, 401, 403, 404, 409, 413, 415, 429)
CHANGE = (*WRITE, 412, 428)


class BearerToken(OpenApiAuthenticationExtension):
    """How the document tells of our tokens."""

    target_class = "conditions.api.readers.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A token in the Authorization header."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of scope read or write, made in the admin.",
        }


@extend_schema_field({"description": "What was given."})
class AnyValue(serializers.JSONField):
    """Whatever was sent."""


class FieldError(serializers.Serializer):
    field = serializers.CharField(help_text="What was wrong.")
    value = AnyValue()
    remedy = serializers.CharField(help_text="What would be accepted.", allow_blank=True)
    message = serializers.CharField()


class Problem(serializers.Serializer):
    type = serializers.CharField(help_text="The kind of problem, as a URN.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldError(many=True)  # type: ignore[assignment]
    existing = serializers.CharField(
        required=False, help_text="The address of what is on file already."
    )


def problems(*statuses: int) -> dict[Any, Any]:
    """The refusals an endpoint may answer with."""
    return {
        (status, "application/problem+json"): OpenApiResponse(Problem, MEANING[status])
        for status in statuses
    }


def parameter(one: Filter) -> OpenApiParameter:
    """A filter as the document describes it."""
    return OpenApiParameter(one.name, KINDS[one.kind], description=one.about, enum=one.choices)


def list_parameters(listing: Listing[Any]) -> list[OpenApiParameter]:
    """Everything a list accepts."""
    return [
        *(parameter(one) for one in listing.filters),
        OpenApiParameter("ordering", str, enum=listing.orderings, default=listing.orderings[0]),
        OpenApiParameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        ),
        OpenApiParameter("cursor", str, description="From the links next and previous."),
    ]


def describes_list(
    name: str, listing: Listing[Any], about: str, *, refusals: Iterable[int] = READ
) -> Any:
    """The description of a list's GET."""
    return extend_schema(
        operation_id=f"list_{name}",
        summary=about,
        parameters=list_parameters(listing),
        responses={200: page_of(listing.row), **problems(*refusals)},
    )


def describes_row(name: str, row: type, about: str) -> Any:
    """The description of one thing's GET."""
    return extend_schema(
        operation_id=f"get_{name}",
        summary=about,
        parameters=[if_none_match()],
        responses={200: serializer_of(row), 304: NOT_MODIFIED, **problems(*READ, 404)},
    )


def describes_write(
    name: str, about: str, *, body: Any, row: type, status: int, refusals: Iterable[int] = WRITE
) -> Any:
    """The description of a POST or PATCH."""
    wants_match = 428 in refusals
    return extend_schema(
        operation_id=name,
        summary=about,
        request={"application/json": body},
        parameters=[IF_MATCH] if wants_match else [],
        responses={status: serializer_of(row), **problems(*refusals)},
    )


def if_none_match() -> OpenApiParameter:
    """The header by which a reader says what it has."""
    return OpenApiParameter(
        "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have."
    )


NOT_MODIFIED = OpenApiResponse(description="You have it already.")
