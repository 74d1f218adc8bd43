"""The inbox and its feeds over the API: who sees and decides, and what is told to the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from pytest_django import DjangoAssertNumQueries, Settings

from conditions.models import Evidence, Feed, InboxItem, Program, TriageDecision
from tests.api.conftest import Caller, caller
from tests.factories import make_evidence, make_program, make_source

pytestmark = pytest.mark.django_db
SENATE = "us-senate-3899"
RAID = (
    "Syrian forces and the global coalition raided an Islamic State cell near Raqqa in Syria. "
    "The interior ministry in Damascus said that ISIS members were arrested."
)
ROLES = (None, "viewer", "reviewer", "analyst", "manager")
SEEING = {"reviewer", "analyst", "manager"}
WRITING = {"analyst", "manager"}


@pytest.fixture
def senate(db: None) -> Program:
    """A program of the name for which the repository holds field terms."""
    return make_program(slug=SENATE, conditions=("ISIS", "RIGHTS"))


def paste(by: Caller, **said: Any) -> InboxItem:
    answer = by.post("inbox/", {"title": "A raid", "text": RAID, **said})
    assert answer.status_code == 201, answer.content
    return InboxItem.objects.get(pk=answer.json()["id"])


def filing(**changes: Any) -> dict[str, Any]:
    link = {"program": SENATE, "condition": "ISIS", "stance": "supports"}
    given = {"summary": "A cell was raided.", "publisher": "The Wire", "links": [link]}
    return {**given, "reference": "S/2026/1", **changes}


def fields_of(answer: HttpResponse) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "codename"), [("inbox/", "view_inboxitem"), ("feeds/", "view_feed")]
)
def test_the_page_kept_for_one_reader_is_not_given_to_one_who_sees_less(
    senate: Program, analyst: Caller, address: str, codename: str
) -> None:
    paste(analyst)
    analyst.post("feeds/", {"url": "https://example.org/feed"})
    seeing, other = caller("viewer"), caller("viewer")
    assert seeing.user is not None
    seeing.user.user_permissions.add(Permission.objects.get(codename=codename))
    assert len(seeing.get(address).json()["results"]) == 1
    assert other.get(address).json()["results"] == []


@pytest.mark.parametrize("role", ROLES)
def test_only_the_team_sees_what_came_in(senate: Program, analyst: Caller, role: str) -> None:
    item = paste(analyst)
    analyst.post("feeds/", {"url": "https://example.org/feed"})
    feed = Feed.objects.get()
    reader = caller(role)
    for address in ("inbox/", "feeds/"):
        assert len(reader.get(address).json()["results"]) == (role in SEEING)
    for address in (f"inbox/{item.pk}/", f"feeds/{feed.pk}/"):
        assert reader.get(address).status_code == (200 if role in SEEING else 404)
    events = reader.get("events/", {"subject_type": "inboxitem"}).json()["results"]
    assert len(events) == (role in SEEING)


def test_an_item_is_told_with_suggestion_passages_and_copies(
    senate: Program, analyst: Caller
) -> None:
    copy = make_evidence(title="A raid", summary=RAID)
    item = paste(analyst)
    row = analyst.get(f"inbox/{item.pk}/").json()
    assert row["suggested"][SENATE]["conditions"]["ISIS"]["stance"]
    (program,) = row["programs"]
    suggestion = program["conditions"][0]["suggestion"]
    passage = next(one for one in suggestion["passages"] if one["part"] == "text")
    assert row["text"][passage["start"] : passage["end"]] == passage["text"]
    assert [(one["key"], one["kind"]) for one in row["copies"]] == [(copy.key, "copy")]
    assert row["prefill"]["credibility"] == 6
    assert row["links"][0]["condition"] == "ISIS"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"state": "waiting"}, 2),
        ({"state": "dismissed"}, 0),
        ({"origin": "address"}, 1),
        ({"q": "RAQQA damascus"}, 1),
        ({"reading": "owed"}, 1),
        ({"program": SENATE}, 2),
        ({"program": SENATE, "about": "true"}, 1),
        ({"about": "false"}, 1),
        ({"condition": "ISIS"}, 1),
        ({"program": SENATE, "condition": "RIGHTS"}, 0),
        ({"feed": "1"}, 0),
        ({"changed_since": "2026-11-21T12:00:00Z"}, 2),
        ({"changed_since": "2026-11-22"}, 0),
    ],
)
def test_the_inbox_is_narrowed(
    senate: Program, analyst: Caller, query: dict[str, str], found: int
) -> None:
    paste(analyst)
    analyst.post("inbox/", {"url": "https://example.org/page"})
    assert len(analyst.get("inbox/", query).json()["results"]) == found


@pytest.mark.parametrize(
    "query", [{"state": "lost"}, {"about": "x"}, {"feed": "0"}, {"nonsense": "1"}, {"cursor": "x"}]
)
def test_a_filter_that_is_none_is_named(analyst: Caller, query: dict[str, str]) -> None:
    answer = analyst.get("inbox/", query)
    assert (answer.status_code, fields_of(answer)) == (400, list(query))


@pytest.mark.parametrize("many", [1, 3])
def test_lists_ask_as_often_however_long_they_are(
    senate: Program, analyst: Caller, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        paste(analyst, title=f"A raid {number}")
        analyst.post("feeds/", {"url": f"https://example.org/{number}"})
    # The token with its permissions, the state of the data, the program, the list.
    with django_assert_num_queries(4):
        analyst.get("inbox/", {"program": SENATE, "about": "true"})
    with django_assert_num_queries(3):
        analyst.get("feeds/")


# --- Pasting --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_write_paste_and_decide(
    senate: Program, analyst: Caller, role: str | None
) -> None:
    writer = caller(role)
    item = paste(analyst)
    denied = 401 if role is None else 403
    expected = 201 if role in WRITING else denied
    assert writer.post("inbox/", {"text": RAID}).status_code == expected
    assert writer.post("feeds/", {"url": "https://example.org/f"}).status_code == expected
    hidden = 404 if role == "viewer" else denied
    expected = 200 if role in WRITING else hidden
    for step, body in (
        ("text", {"text": RAID}),
        ("dismiss", {"dismissed_as": "not_about"}),
        ("reopen", {}),
        ("accept", filing()),
    ):
        answer = writer.post(f"inbox/{item.pk}/{step}/", body)
        assert answer.status_code == expected, (step, answer.content)
    item.refresh_from_db()
    assert item.state == ("accepted" if role in WRITING else "waiting")


def test_a_text_is_kept_as_it_was_given(analyst: Caller) -> None:
    given = f"\n  {RAID}\t\n"
    item = paste(analyst, text=given)
    assert (item.text, item.origin) == (given, "text")
    with_address = paste(analyst, url="https://example.org/page")
    assert (with_address.origin, with_address.reading) == ("address", "given")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["url"]),
        ({"text": "   "}, ["url"]),
        ({"url": "ftp://example.org"}, ["url"]),
        ({"text": "a\x1bb"}, ["text"]),
        ({"text": "a\x00b"}, ["text"]),
        ({"text": 5, "title": ["x"]}, ["title", "text"]),
        ({"text": "x" * 200_001}, ["text"]),
        ({"text": RAID, "published_on": "yesterday", "more": 1}, ["more", "published_on"]),
        (
            {"text": RAID, "published_on": "2027-01-01", "language": "??"},
            ["published_on", "language"],
        ),
        ([], ["body"]),
    ],
)
def test_what_cannot_be_pasted_is_named(analyst: Caller, body: Any, fields: list[str]) -> None:
    answer = analyst.post("inbox/", body)
    assert (answer.status_code, fields_of(answer)) == (400, fields)
    assert answer["Content-Type"] == "application/problem+json"
    assert not InboxItem.objects.exists()


def test_what_is_there_already_is_told_with_its_address(analyst: Caller) -> None:
    first = analyst.post("inbox/", {"url": "https://example.org/page"})
    again = analyst.post("inbox/", {"url": "http://example.org/page/"})
    assert (again.status_code, again.json()["existing"]) == (409, first["Location"])
    evidence = make_evidence()
    on_file = analyst.post("inbox/", {"url": evidence.url})
    assert on_file.status_code == 409
    assert on_file.json()["existing"].endswith(f"/evidence/{evidence.pk}/")


def test_an_address_waits_and_says_how_to_go_on(analyst: Caller, settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    row = analyst.post("inbox/", {"url": "https://example.org/page"}).json()
    assert (row["reading"], row["title"]) == ("owed", "")
    assert "OUTSIDE_CALLS=true" in row["last_error"]
    given = analyst.post(f"inbox/{row['id']}/text/", {"text": RAID, "title": "A raid"}).json()
    assert (given["reading"], given["title"], given["last_error"]) == ("given", "A raid", "")


# --- Deciding -------------------------------------------------------------------------------------


def test_accepting_files_what_was_said_and_the_rest_from_the_item(
    senate: Program, analyst: Caller
) -> None:
    item = paste(analyst, url="https://example.org/raid", published_on="2026-11-20")
    row = analyst.post(f"inbox/{item.pk}/accept/", filing(credibility=2)).json()
    evidence = Evidence.objects.get()
    assert (row["state"], row["evidence_id"], row["evidence"]) == (
        "accepted",
        evidence.pk,
        evidence.key,
    )
    assert (evidence.title, evidence.url) == ("A raid", "https://example.org/raid")
    assert (str(evidence.published_on), evidence.credibility) == ("2026-11-20", 2)
    assert evidence.links.get().condition.code == "ISIS"
    assert TriageDecision.objects.get().decided["conditions"] == {"ISIS": "supports"}


def test_what_is_left_out_is_filed_as_it_was_proposed(senate: Program, analyst: Caller) -> None:
    item = paste(analyst, publisher="The Wire", published_on="2026-11-20")
    proposed = analyst.get(f"inbox/{item.pk}/").json()["prefill"]
    assert proposed["summary"] == ("Report by The Wire of 20 November 2026: A raid.")
    answer = analyst.post(f"inbox/{item.pk}/accept/", {"links": filing()["links"]})
    assert answer.status_code == 200, answer.content
    evidence = Evidence.objects.get()
    assert evidence.source.name == proposed["publisher"]
    for name in ("title", "reference", "summary", "language", "credibility"):
        assert getattr(evidence, name) == proposed[name]


def test_a_document_on_file_is_named_and_then_linked(senate: Program, analyst: Caller) -> None:
    there = make_evidence()
    item = paste(analyst)
    refused = analyst.post(f"inbox/{item.pk}/accept/", filing(url=there.url))
    assert refused.status_code == 409
    assert refused.json()["existing"].endswith(f"/evidence/{there.pk}/")
    links = filing()["links"]
    done = analyst.post(f"inbox/{item.pk}/accept/", {"evidence_id": there.pk, "links": links})
    assert (done.status_code, done.json()["evidence"]) == (200, there.key)
    nowhere = analyst.post(f"inbox/{paste(analyst).pk}/accept/", {"evidence_id": 10**9})
    assert (nowhere.status_code, fields_of(nowhere)) == (404, ["evidence_id"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (filing(summary=""), "summary"),
        (filing(publisher=""), "name"),
        (filing(source_id=1), "source_id"),
        (filing(credibility=7), "credibility"),
        (
            filing(links=[{"program": SENATE, "condition": "NONE", "stance": "x"}]),
            "links[0].stance",
        ),
        (filing(evidence_id="x"), "evidence_id"),
    ],
)
def test_a_filing_that_cannot_be_is_refused_and_the_item_waits(
    senate: Program, analyst: Caller, body: dict[str, Any], field: str
) -> None:
    item = paste(analyst)
    answer = analyst.post(f"inbox/{item.pk}/accept/", body)
    assert (answer.status_code, fields_of(answer)) == (400, [field])
    item.refresh_from_db()
    assert (item.state, Evidence.objects.count()) == ("waiting", 0)


def test_who_comes_second_gets_a_conflict(senate: Program, analyst: Caller) -> None:
    item = paste(analyst)
    assert analyst.post(f"inbox/{item.pk}/accept/", filing()).status_code == 200
    for step, body in (
        ("accept", filing(reference="S/2026/2")),
        ("dismiss", {"dismissed_as": "on_file"}),
        ("reopen", {}),
        ("text", {"text": RAID}),
    ):
        answer = caller("manager").post(f"inbox/{item.pk}/{step}/", body)
        assert (answer.status_code, fields_of(answer)) == (409, ["state"])
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "dismissed_as"),
        ({"dismissed_as": "boring"}, "dismissed_as"),
        ({"dismissed_as": "other"}, "reason"),
        ({"dismissed_as": "not_about", "reason": "x" * 2_001}, "reason"),
    ],
)
def test_a_dismissal_says_why(analyst: Caller, body: dict[str, Any], field: str) -> None:
    answer = analyst.post(f"inbox/{paste(analyst).pk}/dismiss/", body)
    assert (answer.status_code, fields_of(answer)) == (400, [field])


# --- Feeds ----------------------------------------------------------------------------------------


def test_a_feed_is_added_changed_with_its_etag_and_paused(analyst: Caller) -> None:
    source = make_source()
    made = analyst.post("feeds/", {"url": "https://example.org/feed", "source_id": source.pk})
    assert made.status_code == 201
    row = made.json()
    assert (row["title"], row["source"], row["is_active"]) == ("example.org", source.name, True)
    here = f"feeds/{row['id']}/"
    assert analyst.patch(here, {"is_active": False}).status_code == 428
    stale = analyst.patch(here, {"is_active": False}, if_match='"other"')
    assert stale.status_code == 412
    etag = analyst.get(here)["ETag"]
    done = analyst.patch(here, {"is_active": False, "title": "News"}, if_match=etag)
    assert (done.status_code, done.json()["title"], done.json()["is_active"]) == (
        200,
        "News",
        False,
    )
    assert analyst.patch(here, {"title": "Other"}, if_match=etag).status_code == 412
    again = analyst.post("feeds/", {"url": "http://example.org/feed/"})
    assert (again.status_code, again.json()["existing"]) == (409, made["Location"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["url"]),
        ({"url": "example.org"}, ["url"]),
        ({"url": "https://u:p@example.org/"}, ["url"]),
        (
            {"url": "https://example.org/", "language": "X", "source_id": 9**9},
            ["language", "source_id"],
        ),
        ({"url": "https://example.org/", "is_active": "perhaps"}, ["is_active"]),
        ({"url": "https://example.org/", "etag": "x"}, ["etag"]),
    ],
)
def test_a_feed_that_cannot_be_is_named(
    analyst: Caller, body: dict[str, Any], fields: list[str]
) -> None:
    answer = analyst.post("feeds/", body)
    assert (answer.status_code, fields_of(answer)) == (400, fields)


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_others_do_not_change_feeds(analyst: Caller, role: str) -> None:
    made = analyst.post("feeds/", {"url": "https://example.org/feed"}).json()
    answer = caller(role).patch(f"feeds/{made['id']}/", {"title": "X"}, if_match="*")
    assert answer.status_code == (404 if role == "viewer" else 403)


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
def test_what_became_a_document_one_may_not_see_tells_no_text(
    senate: Program, analyst: Caller, sensitivity: str
) -> None:
    item = paste(analyst, title="Told in confidence")
    there = make_evidence(sensitivity=sensitivity)
    analyst.post(f"inbox/{item.pk}/accept/", {"evidence_id": there.pk, "links": []})
    other = caller("viewer")
    assert other.user is not None
    other.user.user_permissions.add(Permission.objects.get(codename="view_inboxitem"))
    assert analyst.get(f"inbox/{item.pk}/").json()["title"] == "Told in confidence"
    detail = other.get(f"inbox/{item.pk}/")
    (row,) = other.get("inbox/").json()["results"]
    for one in (row, detail.json()):
        assert one["title"] == "A document you may not see"
        assert (one["url"], one["publisher"], one["suggested"]) == ("", "", {})
        assert (one["evidence_id"], one["evidence"]) == (None, None)
    assert detail.json()["text"] == ""
    body = detail.content.decode()
    assert "confidence" not in body
    assert RAID[:30] not in body


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://[::1]/x", "http://2130706433/x"])
@pytest.mark.parametrize("there", ["inbox/", "feeds/"])
def test_an_address_inside_a_network_is_refused_when_it_is_given(
    analyst: Caller, there: str, url: str
) -> None:
    refused = analyst.post(there, {"url": url})
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["field"], error["value"]) == ("url", url)
    assert "not the address of a public page" in error["message"]


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"text": 5}, "text", 5),
        ({"text": "Said.", "title": 7.5}, "title", 7.5),
        (b"null", "body", None),
    ],
)
def test_what_is_no_text_is_refused_with_what_was_sent(
    analyst: Caller, body: Any, field: str, value: object
) -> None:
    refused = analyst.post("inbox/", body)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["field"], error["value"]) == (field, value)
    assert not InboxItem.objects.exists()


def test_a_body_beyond_what_is_read_is_told_with_its_size(analyst: Caller) -> None:
    refused = analyst.post("inbox/", b'"' + b"x" * 3_000_000 + b'"')
    assert refused.status_code == 413
    assert refused.json()["errors"][0]["value"] == 3_000_002
