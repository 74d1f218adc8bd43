"""Signing in: wrong passwords are limited by name and address, and by address alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from conditions.admin.sign_in import MOST_FOR_ADDRESS, MOST_FOR_NAME, WAIT_SECONDS
from conditions.models import User
from tests.days import TODAY, noon
from tests.factories import make_user

pytestmark = pytest.mark.django_db

RIGHT = "correct horse battery"
TOO_MANY = "There were too many wrong passwords. Wait 15 minutes, then sign in."


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ana() -> User:
    user = make_user("analyst", username="ana")
    user.set_password(RIGHT)
    user.save()
    return user


def sign_in(
    name: str, password: str, *, address: str = "192.0.2.1", **headers: str
) -> HttpResponse:
    form = {"username": name, "password": password, "next": reverse("admin:index")}
    return Client().post(reverse("admin:login"), form, REMOTE_ADDR=address, headers=headers)


def guess(times: int, *, name: str = "ana", **options: str) -> None:
    for number in range(times):
        assert sign_in(name.format(number), "wrong", **options).status_code == 200


def test_the_right_password_after_a_few_wrong_ones(ana: User) -> None:
    guess(MOST_FOR_NAME - 1)
    assert sign_in("ana", RIGHT).status_code == 302


def test_after_too_many_even_the_right_one_waits(ana: User) -> None:
    guess(MOST_FOR_NAME)
    refused = sign_in("ANA", RIGHT)
    assert refused.status_code == 200
    assert TOO_MANY in refused.content.decode()
    assert sign_in("ana", RIGHT, address="192.0.2.2").status_code == 302
    with time_machine.travel(noon(TODAY) + timedelta(seconds=WAIT_SECONDS + 1), tick=False):
        assert sign_in("ana", RIGHT).status_code == 302


def test_one_address_cannot_try_every_name(ana: User) -> None:
    guess(MOST_FOR_ADDRESS, name="person-{}")
    assert TOO_MANY in sign_in("ana", RIGHT).content.decode()


def test_behind_a_proxy_its_word_counts_and_not_the_callers(ana: User, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    for number in range(MOST_FOR_NAME):
        sign_in("ana", "wrong", **{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"})
    assert TOO_MANY in sign_in("ana", RIGHT, **{"X-Forwarded-For": "203.0.113.7"}).content.decode()
    assert sign_in("ana", RIGHT, **{"X-Forwarded-For": "203.0.113.8"}).status_code == 302
