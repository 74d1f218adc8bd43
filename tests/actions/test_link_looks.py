"""Looks at addresses: polite, in turn, and never a verdict on what a site would not say."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from conditions.actions.evidence import EvidenceItem, amend_evidence
from conditions.actions.link_look_orders import lease_look, owe_looks, release_look
from conditions.actions.link_looks import (
    LEASE,
    Looked,
    NoAddress,
    ask_for_look,
    look_at_due_links,
)
from conditions.actions.record import PermissionMissing
from conditions.models import Event, Evidence, LinkHealth, Program
from conditions.outbound.fetching import Limits
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence, make_program, make_user
from tests.hostile import Server, answer, redirect, serving, silence

pytestmark = [pytest.mark.django_db, pytest.mark.network]
NOW = noon(TODAY)
SECOND = timedelta(seconds=1)
LIMITS = Limits(max_bytes=50_000, total_seconds=5, allowed_addresses=frozenset({"127.0.0.1"}))
GONE = answer(b"", status="404 Not Found")


@dataclass
class Origin:
    """A site whose robots.txt and pages can change; pages it does not know are the same page."""

    robots: bytes = GONE
    pages: dict[str, bytes] = field(default_factory=dict)
    page: bytes = field(default_factory=answer)
    server: Server = field(default_factory=lambda: Server(0))

    def evidence(self, path: str = "/report", **fields: Any) -> Evidence:
        """A document that stands here."""
        return make_evidence(url=self.server.url(path), **fields)

    @property
    def asked(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        paths = [" ".join(request.split(" ")[:2]) for request in self.server.asked]
        return [path for path in paths if not path.endswith("/robots.txt")]


@pytest.fixture
def origin(settings: Settings) -> Iterator[Origin]:
    """A site on this machine, and a tracker that may call outside."""
    settings.OUTSIDE_CALLS = True
    site = Origin()

    def behave(connection: socket.socket, request: str) -> None:
        path = request.split(" ")[1]
        reply = site.robots if path == "/robots.txt" else site.pages.get(path, site.page)
        connection.sendall(reply)

    with serving(behave) as server:
        site.server = server
        yield site


def look(*, at: datetime = NOW, owner: str = "one", limits: Limits = LIMITS) -> Looked:
    return look_at_due_links(owner=owner, clock=lambda: at, limits=limits)


def health(evidence: Evidence) -> LinkHealth:
    return LinkHealth.objects.get(pk=evidence.pk)


def robots(text: str) -> bytes:
    return answer(text.encode(), kind="text/plain")


# --- What is found ------------------------------------------------------------------------------


def test_a_document_at_its_address_is_found_and_looked_at_again_in_a_week(origin: Origin) -> None:
    evidence = origin.evidence()
    assert look().states == {"ok": 1}
    row = health(evidence)
    assert (row.state, row.since, row.checked_at, row.http_status) == ("ok", NOW, NOW, 200)
    assert NOW + 7 * DAY <= row.next_check_at <= NOW + 8 * DAY
    assert look().looks == 0


def test_a_site_that_refuses_head_is_asked_as_a_reader_asks_and_its_body_is_not_read(
    origin: Origin,
) -> None:
    sent = []

    def behave(connection: socket.socket, request: str) -> None:
        if request.startswith("HEAD"):
            connection.sendall(answer(b"", status="405 Method Not Allowed"))
        elif "/robots.txt" in request:
            connection.sendall(GONE)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/x-own\r\n\r\n")
            with suppress(OSError):
                while sum(sent) < 50_000_000:
                    sent.append(connection.send(b"x" * 10_000))

    with serving(behave) as server:
        evidence = make_evidence(url=server.url("/film"))
        look()
    assert health(evidence).state == "ok"
    assert sum(sent) < 50_000_000


def test_a_second_miss_loses_the_document_and_finding_it_again_is_told(origin: Origin) -> None:
    program = make_program()
    evidence = origin.evidence(condition=program.conditions.get())
    look()
    origin.page = GONE
    first, second = NOW + 9 * DAY, NOW + 11 * DAY
    assert look(at=first).missed == 1
    row = health(evidence)
    assert (row.state, row.lost_at, row.failures) == ("gone", None, 1)
    assert first + DAY <= row.next_check_at <= first + 2 * DAY
    look(at=second)
    row = health(evidence)
    assert (row.state, row.since, row.lost_at) == ("gone", first, second)
    assert Program.objects.get().changed_at == second
    third = row.next_check_at
    look(at=third)
    assert health(evidence).lost_at == second
    origin.page = answer()
    found = health(evidence).next_check_at
    assert found > third + 29 * DAY
    look(at=found)
    row = health(evidence)
    assert (row.state, row.lost_at, row.failures) == ("ok", None, 0)
    assert Program.objects.get().changed_at == found
    told = Event.objects.filter(verb="linkhealth.changed").order_by("id")
    assert [event.at for event in told] == [NOW, first, second, found]
    assert told[2].after["lost_at"] is not None
    assert told[2].reason == "The site answered 404."


def test_to_look_again_within_a_day_loses_nothing(origin: Origin) -> None:
    origin.page = GONE
    evidence = origin.evidence()
    look()
    for after in (30 * SECOND, DAY - 10 * SECOND):
        ask_for_look(evidence=evidence, by=None, as_of=NOW + after)
        assert look(at=NOW + after).missed == 1
        row = health(evidence)
        assert (row.state, row.failures, row.missed_at, row.lost_at) == ("gone", 1, NOW, None)
    ask_for_look(evidence=evidence, by=None, as_of=NOW + DAY)
    look(at=NOW + DAY)
    row = health(evidence)
    assert (row.failures, row.missed_at, row.lost_at) == (2, NOW + DAY, NOW + DAY)


@pytest.mark.parametrize("status", ["401", "403", "429", "451"])
def test_a_site_that_keeps_us_out_says_nothing_about_the_document(
    origin: Origin, status: str
) -> None:
    origin.page = answer(b"", status=f"{status} No")
    evidence = origin.evidence()
    for days in (0, 9, 18):
        look(at=NOW + days * DAY)
    row = health(evidence)
    assert (row.state, row.failures, row.lost_at) == ("blocked", 0, None)
    assert row.http_status == int(status)


def test_a_permanent_redirect_tells_the_new_address(origin: Origin) -> None:
    origin.pages["/report"] = redirect("/archive/report", status=301)
    evidence = origin.evidence()
    look()
    row = health(evidence)
    assert (row.state, row.lost_at) == ("moved", None)
    assert row.final_url == origin.server.url("/archive/report")


def test_a_document_that_leads_home_twice_is_lost(origin: Origin) -> None:
    origin.pages["/report"] = redirect("/", status=302)
    evidence = origin.evidence()
    look()
    look(at=NOW + 2 * DAY)
    row = health(evidence)
    assert (row.state, row.lost_at) == ("moved", NOW + 2 * DAY)
    assert "home page" in row.reason


def test_a_redirect_to_this_machine_is_not_followed(origin: Origin) -> None:
    with silence(at="127.0.0.1") as inner:
        origin.pages["/report"] = redirect(inner.url(host="localhost"), status=301)
        evidence = origin.evidence()

        def resolve(host: str, port: int) -> tuple[str, ...]:
            return ("127.0.0.1",) if host == "127.0.0.1" else ("127.0.0.3",)

        look(limits=replace(LIMITS, resolve=resolve))
    row = health(evidence)
    assert (row.state, row.failures) == ("failed", 1)
    assert "127.0.0.3" in row.reason


def test_an_inner_address_is_never_asked_for_not_even_its_robots(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with silence() as inner:
        evidence = make_evidence(url=inner.url("/report"))
        look(limits=replace(LIMITS, allowed_addresses=frozenset()))
    assert health(evidence).state == "failed"


def test_a_slow_site_is_left_and_counts_as_not_reached(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True

    left: list[bool] = []

    def behave(connection: socket.socket, request: str) -> None:
        left.append(server.closed.wait(60))

    with serving(behave) as server:
        evidence = make_evidence(url=server.url("/report"))
        look(limits=replace(LIMITS, total_seconds=0.5))
        server.closed.set()
    assert left == [True]
    assert (health(evidence).state, health(evidence).failures) == ("failed", 1)


def test_a_site_that_is_not_there_is_gone_the_second_time(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with serving(lambda *_: None) as server:
        evidence = make_evidence(url=server.url("/report"))
    look()
    assert health(evidence).state == "failed"
    look(at=NOW + 2 * DAY)
    assert (health(evidence).state, health(evidence).lost_at) == ("gone", NOW + 2 * DAY)


# --- What robots.txt asks -----------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(origin: Origin) -> None:
    origin.robots = robots("User-agent: *\nDisallow: /report\n")
    evidence = origin.evidence()
    look()
    row = health(evidence)
    assert (row.state, row.failures, origin.asked) == ("blocked", 0, [])
    assert "robots.txt" in row.reason
    assert row.next_check_at >= NOW + 30 * DAY


def test_what_is_said_to_us_by_name_goes_before_what_is_said_to_all(origin: Origin) -> None:
    name = "sanctions-conditions-tracker"
    origin.robots = robots(f"User-agent: *\nDisallow: /\n\nUser-agent: {name}\nAllow: /\n")
    evidence = origin.evidence()
    look()
    assert health(evidence).state == "ok"


@pytest.mark.parametrize("status", ["500", "503", "429"])
def test_a_site_whose_robots_txt_is_in_trouble_is_left_alone_for_a_day(
    origin: Origin, status: str
) -> None:
    origin.robots = answer(b"", status=f"{status} Trouble")
    evidence = origin.evidence()
    look()
    look(at=NOW + 2 * DAY)
    row = health(evidence)
    assert (row.state, row.failures, row.lost_at, origin.asked) == ("blocked", 0, None, [])
    assert status in row.reason
    assert row.next_check_at <= NOW + 4 * DAY


@pytest.mark.parametrize("status", ["404", "401", "403", "410"])
def test_a_site_without_robots_txt_may_be_visited(origin: Origin, status: str) -> None:
    origin.robots = answer(b"", status=f"{status} No")
    evidence = origin.evidence()
    look()
    assert health(evidence).state == "ok"


def test_a_robots_txt_without_end_is_left_at_the_cap(origin: Origin) -> None:
    origin.robots = robots("# " + "x" * 60_000)
    evidence = origin.evidence()
    look()
    assert (health(evidence).state, origin.asked) == ("blocked", [])
    assert "too long" in health(evidence).reason


@pytest.mark.parametrize(
    "text", ["\x00\xff\xfe", "Disallow: /report", "User-agent\nDisallow:", "\ufeffUser-agent: x"]
)
def test_a_robots_txt_that_says_nothing_forbids_nothing(origin: Origin, text: str) -> None:
    origin.robots = robots(text)
    evidence = origin.evidence()
    look()
    assert health(evidence).state == "ok"


def test_robots_txt_is_read_once_in_a_run(origin: Origin) -> None:
    for number in range(3):
        origin.evidence(f"/{number}")
    clock = iter(NOW + n * 14 * SECOND for n in range(100))
    look_at_due_links(owner="one", clock=lambda: next(clock), limits=LIMITS)
    assert len(origin.asked) == 2
    assert len(origin.server.asked) == 3


# --- Manners ------------------------------------------------------------------------------------


def test_a_host_is_left_alone_between_two_looks(origin: Origin) -> None:
    for number in range(3):
        origin.evidence(f"/{number}")
    assert look().looks == 1
    assert look(at=NOW + 9 * SECOND, owner="two").looks == 0
    assert look(at=NOW + 10 * SECOND, owner="two").looks == 1
    assert len(origin.asked) == 2


def test_a_host_that_asks_for_longer_is_left_alone_for_longer(origin: Origin) -> None:
    origin.robots = robots("User-agent: *\nCrawl-delay: 60\n")
    for number in range(2):
        origin.evidence(f"/{number}")
    assert look().looks == 1
    assert look(at=NOW + 59 * SECOND).looks == 0
    assert look(at=NOW + 60 * SECOND).looks == 1


def test_a_delay_beyond_all_reason_is_honoured_for_an_hour(origin: Origin) -> None:
    origin.robots = robots("User-agent: *\nCrawl-delay: 99999999999\n")
    for number in range(2):
        origin.evidence(f"/{number}")
    assert look().looks == 1
    assert look(at=NOW + timedelta(minutes=59)).looks == 0
    assert look(at=NOW + timedelta(hours=1)).looks == 1


def test_two_workers_never_stand_at_one_host(origin: Origin) -> None:
    origin.evidence("/one")
    other = make_evidence(url="http://elsewhere.example/two")
    origin.evidence("/three")
    owe_looks(as_of=NOW)
    first = lease_look(owner="one", as_of=NOW, lease_for=LEASE)
    second = lease_look(owner="two", as_of=NOW, lease_for=LEASE)
    assert first is not None
    assert second is not None
    assert second.pk == other.pk
    assert lease_look(owner="three", as_of=NOW, lease_for=LEASE) is None
    # A worker that died holds its host until its lease is over.
    assert lease_look(owner="three", as_of=NOW + LEASE, lease_for=LEASE) is not None


def test_a_worker_that_took_too_long_writes_nothing(origin: Origin) -> None:
    evidence = origin.evidence()
    owe_looks(as_of=NOW)
    slow = lease_look(owner="slow", as_of=NOW, lease_for=LEASE)
    look(at=NOW + LEASE, owner="quick")
    assert slow is not None
    assert not release_look(slow, state="gone")
    assert health(evidence).state == "ok"


def test_a_run_is_bounded(origin: Origin) -> None:
    for number in range(3):
        origin.evidence(f"/{number}")
    clock = iter(NOW + n * 20 * SECOND for n in range(100))
    looked = look_at_due_links(owner="one", clock=lambda: next(clock), limits=LIMITS)
    assert looked.looks == 1
    later = iter(NOW + DAY + n * 3 * SECOND for n in range(100))
    assert (
        look_at_due_links(owner="one", clock=lambda: next(later), limits=LIMITS, most=1).looks == 1
    )


def test_a_fault_of_ours_is_no_miss(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = origin.evidence()

    def broken(host: str, port: int) -> tuple[str, ...]:
        raise ZeroDivisionError

    look(limits=replace(LIMITS, resolve=broken))
    row = health(evidence)
    assert (row.state, row.failures, row.lease_owner) == ("unknown", 0, "")
    assert row.reason == "The tracker failed: ZeroDivisionError."
    assert row.next_check_at == NOW + DAY


# --- What is owed -------------------------------------------------------------------------------


def test_nothing_is_looked_at_while_outside_calls_are_off(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener:
        evidence = make_evidence(url=listener.url())
        assert look().looks == 0
    row = health(evidence)
    assert (row.state, row.checked_at, row.lease_owner) == ("unknown", None, "")


def test_only_documents_with_an_address_are_owed_a_look() -> None:
    make_evidence(url="", canonical_url="", reference="S/2026/1")
    several = [make_evidence() for _ in range(3)]
    assert [owe_looks(as_of=NOW, most=2) for _ in range(3)] == [2, 1, 0]
    assert LinkHealth.objects.count() == len(several)


def amend(evidence: Evidence, url: str) -> None:
    evidence.refresh_from_db()
    amend_evidence(
        evidence=evidence,
        item=replace(EvidenceItem.of(evidence), url=url, reference="S/2026/1"),
        by=None,
        as_of=NOW + 3 * DAY,
        expected_revision=evidence.revision,
        reason="It moved.",
    )


def test_an_amended_address_starts_anew(origin: Origin) -> None:
    evidence = origin.evidence()
    origin.page = GONE
    look()
    look(at=NOW + 2 * DAY)
    assert health(evidence).lost_at is not None
    amend(evidence, origin.server.url("/new", host="localhost"))
    row = health(evidence)
    assert (row.state, row.lost_at, row.failures) == ("unknown", None, 0)
    assert row.next_check_at == NOW + 3 * DAY
    assert row.url == origin.server.url("/new", host="localhost")
    assert Event.objects.filter(verb="linkhealth.changed").first().after["lost_at"] is None  # type: ignore[union-attr]
    amend(evidence, "")
    assert owe_looks(as_of=NOW + 3 * DAY) == 0
    assert lease_look(owner="one", as_of=NOW + 9 * DAY, lease_for=LEASE) is None


def test_whoever_may_capture_may_have_an_address_looked_at_again(origin: Origin) -> None:
    evidence = origin.evidence()
    look()
    with pytest.raises(PermissionMissing):
        ask_for_look(evidence=evidence, by=make_user("reviewer"), as_of=NOW + DAY)
    analyst = make_user("analyst")
    ask_for_look(evidence=evidence, by=analyst, as_of=NOW + DAY)
    told = Event.objects.get(verb="linkhealth.look_ordered")
    assert (told.subject_id, told.actor, told.at) == (str(evidence.pk), analyst, NOW + DAY)
    assert look(at=NOW + DAY).looks == 1
    without = make_evidence(url="", canonical_url="", reference="S/2026/1")
    with pytest.raises(NoAddress):
        ask_for_look(evidence=without, by=None, as_of=NOW)
    fresh = make_evidence()
    assert ask_for_look(evidence=fresh, by=None, as_of=NOW).state == "unknown"
