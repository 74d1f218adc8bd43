"""A busy database, and a fault of ours: answered in the form of the face that was asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from conditions.models import InboxItem
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LOCKED = "database is locked"


class LockTimeout(Exception):
    """What PostgreSQL's driver says when a lock was not had in time."""

    sqlstate = "55P03"


def ask(client: Client, address: str, words: str, *, cause: Exception | None = None) -> Any:
    """The answer while the database fails at everything that writes or reads our tables."""

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if "django_" in sql or "SAVEPOINT" in sql or "conditions_user" in sql:
            return execute(sql, *rest)
        raise OperationalError(words) from cause

    with connection.execute_wrapper(fail):
        return client.get(address)


@pytest.mark.parametrize(
    ("words", "cause"), [(LOCKED, None), ("canceling statement", LockTimeout())]
)
def test_the_api_says_when_to_come_again(words: str, cause: Exception | None) -> None:
    answer = ask(Client(), "/api/v1/sources/", words, cause=cause)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:sanctions-conditions:problem:busy"


def test_any_other_failure_of_the_api_is_a_problem_that_tells_nothing() -> None:
    answer = ask(Client(raise_request_exception=False), "/api/v1/sources/", "disk secret")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()


def test_the_desk_and_the_dashboard_stay_calm() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user("analyst"))
    for address in ("/", reverse("admin:conditions_source_changelist")):
        answer = ask(client, address, LOCKED)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5"), address
        assert "Busy for a moment" in answer.content.decode()
        assert ask(client, address, "disk secret").status_code == 500


def test_a_form_is_given_back_while_the_database_is_busy() -> None:
    client = Client()
    client.force_login(make_user("analyst"))

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "conditions_inboxitem"'):
            raise OperationalError(LOCKED)
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        answer = client.post(reverse("admin:conditions_inboxitem_paste"), {"pasted": "Typed."})
    html = answer.content.decode()
    assert "Typed." in html
    assert "Nothing was written. Try again in a moment." in html
    assert not InboxItem.objects.exists()
