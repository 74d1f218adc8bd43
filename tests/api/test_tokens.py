"""Tokens: what opens, what no longer does, and what a token never may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from conditions.actions.people import issue_token, revoke_token
from conditions.models import ApiToken
from tests.api.conftest import Caller, caller, make_token
from tests.days import TODAY, noon
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ADDRESSES = ("programs/", "programs/p/status/", "programs/p/")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_at": noon(TODAY)}, "This token expired on 2026-11-21."),
        ({"revoked_at": noon(TODAY) - MINUTE}, "This token was revoked on 2026-11-21."),
    ],
)
def test_a_token_past_its_time_opens_nothing(
    address: str, fields: dict[str, object], words: str
) -> None:
    make_program(slug="p")
    user = make_user("manager")
    gone = Caller(Client(), user, make_token(user, **fields))

    answer = gone.get(address)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(words)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Bearer a b", "Basic YTpi", "x"])
def test_what_is_no_token_is_refused_even_for_public_reading(
    stranger: Caller, address: str, header: str
) -> None:
    make_program(slug="p")

    answer = stranger.get(address, Authorization=header)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["field"] == "Authorization"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_minute_before_its_end_it_still_opens(address: str) -> None:
    make_program(slug="p", is_public=False)
    user = make_user("viewer")
    late = Caller(Client(), user, make_token(user, expires_at=noon(TODAY) + MINUTE))

    assert late.get(address).status_code == 200


def test_a_person_who_left_has_no_token() -> None:
    gone = caller("manager")
    assert gone.user is not None
    gone.user.is_active = False
    gone.user.save()

    assert gone.get("programs/").status_code == 401


def test_a_token_that_reads_never_writes() -> None:
    reader = caller("manager", scope="read")
    answer = reader.post("sources/", {"name": "A", "reliability": "B", "reason": "Known."})

    assert answer.status_code == 403
    assert answer.json()["errors"][0] == {
        "field": "Authorization",
        "value": "read",
        "remedy": "Use a token with the scope write.",
        "message": "This token may only read.",
    }


def test_a_token_that_was_issued_opens_until_it_is_revoked() -> None:
    make_program(slug="p", is_public=False)
    user = make_user("viewer")
    issued = issue_token(
        user=user,
        name="A report",
        scope="read",
        expires_at=noon(TODAY) + timedelta(days=7),
        by=user,
        as_of=noon(TODAY),
    )
    holder = Caller(Client(), user, issued.secret)

    assert holder.get("programs/p/status/").status_code == 200
    assert issued.secret not in map(str, ApiToken.objects.values().get().values())
    revoke_token(token=issued.token, by=user, as_of=noon(TODAY))
    assert holder.get("programs/p/status/").status_code == 401


def test_a_session_writes_with_the_csrf_token_only() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("analyst"))
    session = Caller(client)
    body = {"name": "A paper", "reliability": "B", "reason": "Known."}

    refused = session.post("sources/", body)
    client.cookies["csrftoken"] = "a" * 32
    accepted = session.post("sources/", body, X_CSRFToken="a" * 32)

    assert (refused.status_code, refused.json()["status"]) == (403, 403)
    assert accepted.status_code == 201


def test_a_superuser_sees_everything_by_token() -> None:
    make_program(slug="p", is_public=False)
    user = make_user("", is_superuser=True)

    assert Caller(Client(), user, make_token(user)).get("programs/p/status/").status_code == 200
