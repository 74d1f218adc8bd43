"""An expired session: what was typed comes back after signing in, and nothing is saved silently."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from conditions.models import Assessment, Evidence
from tests.admin.conftest import Person, Work
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TYPED = "A long rationale that took an hour to write."


def kept_value(page: str) -> str:
    """The signed value in a sign-in page."""
    return re.search(r'name="kept" value="([^"]+)"', page).group(1)


def test_a_post_of_somebody_signed_out_is_kept_through_signing_in(work: Work) -> None:
    make_user("analyst", username="back", password="a-long-password")
    browser = Client()
    url = reverse("admin:conditions_condition_assess", args=[work.condition.pk])
    answer = browser.post(url, work.form(rationale=TYPED))
    page = answer.content.decode()
    assert answer.status_code == 401
    assert TYPED in page
    wrong = browser.post(
        reverse("admin:login"),
        {"username": "back", "password": "wrong", "next": url, "kept": kept_value(page)},
    )
    assert TYPED in wrong.content.decode()
    signed_in = browser.post(
        reverse("admin:login"),
        {
            "username": "back",
            "password": "a-long-password",
            "next": url,
            "kept": kept_value(wrong.content.decode()),
        },
    )
    assert signed_in["Location"] == url
    assert not Assessment.objects.exists()
    shown = browser.get(url)
    assert shown.context["form"]["rationale"].value() == TYPED
    assert shown.context["form"]["cited"].value() == [
        str(work.supporting.pk),
        str(work.contradicting.pk),
    ]
    assert "You had been signed out" in shown.content.decode()
    assert browser.get(url).context["form"]["rationale"].value() is None


def test_a_password_is_never_kept(work: Work) -> None:
    page = Client().post(
        reverse("admin:password_change"), {"old_password": "hush hush secret words here"}
    )
    assert "hush" not in page.content.decode()


def test_a_forged_value_is_not_kept(work: Work) -> None:
    make_user("analyst", username="back", password="a-long-password")
    answer = Client().post(
        reverse("admin:login"),
        {"username": "back", "password": "a-long-password", "kept": "forged", "next": "/admin/"},
    )
    assert answer["Location"] == "/admin/"


def test_an_old_token_after_signing_in_elsewhere_loses_no_text(analyst: Person, work: Work) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(analyst.user)
    url = reverse("admin:conditions_condition_assess", args=[work.condition.pk])
    browser.get(url)
    form = work.form(rationale=TYPED, csrfmiddlewaretoken="x" * 64)
    refused = browser.post(url, form, headers={"origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    held = browser.post(url, form, headers={"origin": "http://testserver"})
    assert held["Location"] == url
    assert browser.get(url).context["form"]["rationale"].value() == TYPED
    assert not Assessment.objects.exists()


def test_the_intake_is_kept_too(analyst: Person, work: Work) -> None:
    make_user("analyst", username="back", password="a-long-password")
    browser = Client()
    url = reverse("admin:conditions_evidence_add") + f"?condition={work.condition.pk}"
    page = browser.post(url, {"title": TYPED, "url": "https://example.org/new"}).content.decode()
    browser.post(
        reverse("admin:login"),
        {"username": "back", "password": "a-long-password", "kept": kept_value(page)},
    )
    assert browser.get(url).context["form"]["title"].value() == TYPED
    assert not Evidence.objects.filter(title=TYPED).exists()


def test_a_fragment_asks_nobody_to_sign_in_inside_it(db: None) -> None:
    answer = Client().get(
        reverse("admin:conditions_evidence_known"), headers={"hx-request": "true"}
    )
    assert answer.status_code == 401
    assert answer.content == b""
