"""What the API's tests share: people with tokens, a program with judgements, a clean memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from conditions.models import ApiToken, Program, User
from conditions.queries.answers import PAGES, SHELF
from tests.days import FIRST_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Every request of these tests is made at noon of the fixed day."""
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture(autouse=True)
def _empty_memory() -> None:
    SHELF.clear()
    PAGES.clear()
    cache.clear()


@dataclass(frozen=True)
class Caller:
    """A reader or writer of the API, with or without a token."""

    client: Client
    user: User | None = None
    token: str = ""

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, address: str, query: Any = None, **headers: str) -> HttpResponse:
        return self.client.get(
            f"/api/v1/{address}", query, headers={**self._headers, **_named(headers)}
        )

    def send(self, method: str, address: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.client.generic(
            method,
            f"/api/v1/{address}",
            data=body if isinstance(body, bytes) else _json(body),
            content_type=headers.pop("content_type", "application/json"),
            headers={**self._headers, **_named(headers)},
        )

    def post(self, address: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", address, body, **headers)

    def patch(self, address: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("PATCH", address, body, **headers)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _json(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)


def make_token(user: User, *, scope: str = "write", **fields: Any) -> str:
    """A token of this person, valid for a month from the fixed day."""
    secret = f"secret-of-{user.pk}-{scope}-{ApiToken.objects.count()}"
    moment = noon(TODAY)
    ApiToken.objects.create(
        user=user,
        name="A program",
        prefix=secret[:8],
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        scope=scope,
        **{
            "created_at": moment - timedelta(days=60),
            "expires_at": moment + timedelta(days=30),
            **fields,
        },
    )
    return secret


def caller(role: str | None, *, scope: str = "write") -> Caller:
    """Somebody of a role, by token; a stranger without one for None."""
    client = Client(raise_request_exception=True)
    if role is None:
        return Caller(client)
    user = make_user(role)
    return Caller(client, user, make_token(user, scope=scope))


@pytest.fixture
def stranger(db: None) -> Caller:
    return caller(None)


@pytest.fixture
def analyst(db: None) -> Caller:
    return caller("analyst")


@pytest.fixture
def reviewer(db: None) -> Caller:
    return caller("reviewer")


@pytest.fixture
def program(db: None) -> Program:
    """Three conditions; two judged in cycle 1 and one of them again in cycle 2."""
    program = make_program(slug="judged", conditions=("ALPHA", "BRAVO", "CHARLIE"))
    first, second = program.cycles.order_by("number")[:2]
    alpha, bravo, charlie = program.conditions.order_by("position")
    make_assessment(condition=alpha, cycle=first, status="3")
    make_assessment(condition=bravo, cycle=first, status="U")
    make_assessment(condition=alpha, cycle=second, status="1", valid_from=FIRST_DUE)
    make_evidence(condition=charlie, stance="contradicts")
    make_evidence(condition=charlie, stance="supports", sensitivity="team")
    program.refresh_from_db()
    return program
