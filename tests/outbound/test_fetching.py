"""Fetching: nothing reaches an address it must not, and no answer takes more than it may."""

from __future__ import annotations

import gzip
import socket
import subprocess
import time
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest

from conditions.outbound.fetching import (
    Fetched,
    FetchFailed,
    FetchRefused,
    Limits,
    OutsideOff,
    fetch,
)
from conditions.rules.networks import may_dial_port, why_not_dialled
from tests.hostile import Server, always, answer, redirect, serving, silence

# 127.0.0.2 is another machine for these tests: the one that must stay silent.
ALLOWED, SILENT = "127.0.0.1", "127.0.0.2"
pytestmark = [pytest.mark.allow_hosts([ALLOWED, SILENT, "::1"])]
CAP = 100_000


@pytest.fixture(autouse=True)
def _outside(settings: Any) -> None:
    settings.OUTSIDE_CALLS = True


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Numbers as the system reads them, however they are written; no name is looked up."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return tuple(str(one[4][0]) for one in found)


LIMITS = Limits(
    max_bytes=CAP,
    total_seconds=5,
    allowed_addresses=frozenset({ALLOWED}),
    resolve=resolve,
)


def get(url: str, **changes: Any) -> Fetched:
    return fetch(url, limits=replace(LIMITS, **changes))


def get_from(reply: bytes, **changes: Any) -> Fetched:
    with serving(always(reply)) as server:
        return get(server.url(), **changes)


# --- What must not be reached -------------------------------------------------------------------

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "0.0.0.0",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "127.0.0.1.",
    "①②⑦.0.0.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_inner_address_is_dialled(host: str) -> None:
    with silence() as listener, pytest.raises((FetchRefused, FetchFailed)):
        get(listener.url(host=host), allowed_addresses=frozenset())


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_redirect_leads_to_an_inner_address(host: str) -> None:
    with silence(at=SILENT) as listener:
        there = listener.url(host=host.replace("127.0.0.1", SILENT))
        with (
            serving(always(redirect(there))) as server,
            pytest.raises((FetchRefused, FetchFailed)) as refusal,
        ):
            # The server itself may be reached; what it leads to may not, under any spelling.
            get(server.url(), resolve=once(server))
        assert len(server.asked) == 1
    assert refusal.value


def once(server: Server) -> Any:
    """A resolver for which the first question is about a machine that may be reached."""
    answers = iter([(ALLOWED,)])

    def look_up(host: str, port: int) -> tuple[str, ...]:
        known = next(answers, None)
        if known:
            return known
        found = resolve(host, port)
        return tuple(SILENT if address == ALLOWED else address for address in found)

    return look_up


def test_a_refusal_names_the_address_and_why() -> None:
    with silence() as listener, pytest.raises(FetchRefused) as refusal:
        get(listener.url(), allowed_addresses=frozenset())
    assert str(refusal.value).startswith(
        "The site 127.0.0.1 stands at 127.0.0.1: it is this machine."
    )


def test_a_name_that_answers_otherwise_a_moment_later_is_dialled_as_it_was_checked() -> None:
    looked_up = []

    def changing(host: str, port: int) -> tuple[str, ...]:
        looked_up.append(host)
        return (ALLOWED,) if len(looked_up) == 1 else (SILENT,)

    with serving(always(answer())) as server, silence(at=SILENT, port=server.port):
        found = get(server.url(host="changing.example"), resolve=changing)
    assert found.body == b"<p>Hello</p>"
    assert looked_up == ["changing.example"]
    assert "Host: changing.example" in server.asked[0]


def test_each_redirect_to_the_same_name_is_checked_anew() -> None:
    answers = iter([(ALLOWED,), (SILENT,)])
    with serving(always(redirect("/next"))) as server, silence(at=SILENT, port=server.port):
        url = server.url(host="changing.example")
        with pytest.raises(FetchRefused, match=r"stands at 127\.0\.0\.2: it is this machine"):
            get(url, resolve=lambda host, port: next(answers))


def test_one_inner_address_among_good_ones_is_enough_to_refuse() -> None:
    with silence() as listener, silence(at=SILENT, port=listener.port):
        url = listener.url(host="mixed.example")
        with pytest.raises(FetchRefused):
            get(url, resolve=lambda host, port: (ALLOWED, SILENT))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1:70/x",
        "data:text/html,hello",
        "javascript:alert(1)",
        "//example.org/x",
        "http://",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://example.org/\r\nX-Header: 1",
        "http://exa mple.org/",
        "http://example.org\\@127.0.0.1/",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused_and_not_looked_up(url: str) -> None:
    def never(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(f"{host} was looked up")

    with pytest.raises(FetchRefused) as refusal:
        get(url, resolve=never)
    assert "secret" not in str(refusal.value) + str(refusal.value.value)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/x",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1/\x01X",
        "http://127.0.0.1/\tX",
        "http://127.0.0.1\\@example.org/",
        "http://[::1",
        "javascript:alert(1)",
    ],
)
def test_no_redirect_leads_away_from_the_web(location: str) -> None:
    with serving(always(redirect(location))) as server, pytest.raises(FetchRefused):
        get(server.url())
    assert len(server.asked) == 1


def test_a_line_end_in_a_redirect_never_becomes_a_header() -> None:
    def behave(connection: socket.socket, request: str) -> None:
        is_first = request.startswith("GET / ")
        to = redirect("/next%0d%0aX-Injected:%201?q=\xe9 x")
        connection.sendall(to if is_first else answer())

    with serving(behave) as server:
        found = get(server.url())
    assert "X-Injected" not in server.asked[1].partition("\r\n")[2]
    assert "%0d%0aX-Injected:%201" in found.final_url.replace("%0D%0A", "%0d%0a")


@pytest.mark.parametrize("port", [1, 22, 25, 110, 143, 445, 1023, 0, 70_000])
def test_ports_of_other_services_are_not_dialled(port: int) -> None:
    assert not may_dial_port(port)
    with pytest.raises((FetchRefused, FetchFailed)):
        get(f"http://127.0.0.1:{port}/")


def test_nothing_is_looked_up_or_dialled_while_outside_calls_are_off(settings: Any) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener, pytest.raises(OutsideOff, match="OUTSIDE_CALLS=true"):
        get(listener.url())


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with silence(at=SILENT) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(host=SILENT))
        assert get_from(answer()).status == 200


def test_public_addresses_are_dialled() -> None:
    assert [why_not_dialled(a) for a in ("93.184.215.14", "2606:2800:21f::1", "1.1.1.1")] == [
        ""
    ] * 3
    assert why_not_dialled("not-an-address") == "it is no network address"


# --- What an answer may take --------------------------------------------------------------------


def test_a_body_without_end_is_left_at_the_cap() -> None:
    sent = []

    def behave(connection: socket.socket, request: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        with suppress(OSError):
            while sum(sent) < 50 * CAP:
                sent.append(connection.send(b"x" * 10_000))

    with serving(behave) as server, pytest.raises(FetchRefused, match="larger than 100,000 bytes"):
        get(server.url())
    assert sum(sent) < 50 * CAP


def test_a_promise_beyond_the_cap_is_not_read() -> None:
    with pytest.raises(FetchRefused, match="larger"):
        get_from(answer(length=10**30))


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_small_body_that_unpacks_to_a_huge_one_is_left_at_the_cap(packing: str) -> None:
    pack = gzip.compress if packing == "gzip" else zlib.compress
    bomb = pack(b"\0" * 50_000_000)
    assert len(bomb) < CAP
    with pytest.raises(FetchRefused, match="larger"):
        get_from(answer(bomb, lines=(f"Content-Encoding: {packing}",)))


def test_many_packed_parts_are_one_body_with_one_cap() -> None:
    part = gzip.compress(b"\0" * 60_000)
    packed = ("Content-Encoding: gzip",)
    assert len(get_from(answer(part, lines=packed)).body) == 60_000
    with pytest.raises(FetchRefused, match="larger"):
        get_from(answer(part * 2, lines=packed))


def test_a_packed_redirect_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    def behave(connection: socket.socket, request: str) -> None:
        lines = ("Location: /next", "Content-Encoding: gzip")
        to = answer(bomb, status="302 Found", lines=lines)
        connection.sendall(to if request.startswith("GET / ") else answer())

    with serving(behave) as server:
        assert get(server.url()).body == b"<p>Hello</p>"


@pytest.mark.parametrize("where", ["head", "body"])
def test_an_answer_that_drips_is_cut_when_its_time_is_up(where: str) -> None:
    def behave(connection: socket.socket, request: str) -> None:
        if where == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not server.closed.is_set():
            connection.sendall(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with serving(behave) as server:
        with pytest.raises(FetchFailed, match=r"longer than 0\.5 seconds") as failure:
            get(server.url(), total_seconds=0.5)
        took = time.monotonic() - began
        server.closed.set()
    assert failure.value.kind == "failed"
    assert took > 0.4


def test_a_site_that_says_nothing_is_left() -> None:
    def behave(connection: socket.socket, request: str) -> None:
        server.closed.wait(3)

    with serving(behave) as server:
        with pytest.raises(FetchFailed, match="did not answer in time"):
            get(server.url(), silence_seconds=0.2)
        server.closed.set()


def test_an_answer_that_breaks_off_is_no_copy() -> None:
    with pytest.raises(FetchFailed, match="ended before its end|broke off"):
        get_from(answer(b"half", length=8))
    half = gzip.compress(b"x" * 1_000)[:-9]
    with pytest.raises(FetchFailed, match="ended before its end"):
        get_from(answer(half, lines=("Content-Encoding: gzip",)))


@pytest.mark.parametrize("packing", ["br", "gzip, gzip", "nonsense"])
def test_what_is_packed_in_another_way_is_no_copy(packing: str) -> None:
    with pytest.raises(FetchFailed, match="not asked for"):
        get_from(answer(b"abc", lines=(f"Content-Encoding: {packing}",)))


@pytest.mark.parametrize("reply", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_answer_is_a_failure(reply: bytes) -> None:
    with pytest.raises(FetchFailed, match="broke off"):
        get_from(reply)


def test_headers_without_end_are_a_failure() -> None:
    lines = tuple(f"X-{number}: y" for number in range(5_000))
    with pytest.raises(FetchFailed):
        get_from(answer(lines=lines))


# --- Redirects ----------------------------------------------------------------------------------


def test_redirects_are_followed_one_by_one_and_told() -> None:
    def behave(connection: socket.socket, request: str) -> None:
        path = request.split()[1]
        step = {"/": redirect("/a", status=301), "/a": redirect("b?x=1#there", status=307)}
        connection.sendall(step.get(path, answer()))

    with serving(behave) as server:
        found = get(server.url())
    assert [(hop.url, hop.status) for hop in found.hops] == [
        (server.url(), 301),
        (server.url("/a"), 307),
    ]
    assert found.final_url == server.url("/b?x=1")


def test_too_many_redirects_are_refused() -> None:
    def behave(connection: socket.socket, request: str) -> None:
        connection.sendall(redirect(request.split()[1] + "x"))

    with serving(behave) as server, pytest.raises(FetchRefused, match="too often"):
        get(server.url())
    assert len(server.asked) == 6


@pytest.mark.parametrize("to", ["/", "/a"])
def test_a_circle_of_redirects_is_refused(to: str) -> None:
    def behave(connection: socket.socket, request: str) -> None:
        connection.sendall(redirect(to if request.startswith("GET / ") else "/"))

    with serving(behave) as server, pytest.raises(FetchRefused, match="where it came from"):
        get(server.url())


# --- What comes ---------------------------------------------------------------------------------


def test_an_answer_is_kept_as_it_came() -> None:
    body = "<p>مرحبا</p>".encode()
    packed = gzip.compress(body)
    lines = ("Content-Encoding: gzip", "Set-Cookie: a=secret", "X-Kept: yes\x07")
    with serving(always(answer(packed, lines=lines))) as server:
        found = get(server.url())
    assert (found.body, found.content_type, found.charset) == (body, "text/html", "utf-8")
    assert ("X-Kept", "yes ") in found.headers or ("X-Kept", "yes") in found.headers
    assert "secret" not in str(found.headers)
    asked = server.asked[0]
    assert "User-Agent: sanctions-conditions-tracker/" in asked
    assert "Cookie" not in asked


@pytest.mark.parametrize(
    ("kind", "content_type", "charset"),
    [
        ("text/html; charset=nonsense-9", "text/html", "nonsense-9"),
        ('TEXT/HTML; Charset="ISO-8859-6"', "text/html", "iso-8859-6"),
        ("application/pdf", "application/pdf", ""),
    ],
)
def test_a_wrong_or_absent_character_set_is_no_obstacle(
    kind: str, content_type: str, charset: str
) -> None:
    found = get_from(answer(b"\xff\xfe\x00<p>", kind=kind))
    assert (found.content_type, found.charset) == (content_type, charset)


@pytest.mark.parametrize("kind", ["application/zip", "video/mp4", "", "nonsense", "text/html/x y"])
def test_other_kinds_are_refused_by_name(kind: str) -> None:
    with pytest.raises(FetchRefused, match="no copy is kept"):
        get_from(answer(kind=kind))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "blocked"), (403, "blocked"), (429, "blocked"), (451, "blocked")]
    + [(404, "gone"), (410, "gone"), (500, "failed"), (503, "failed"), (302, "failed")],
)
def test_a_refusing_site_is_told_by_how_it_refuses(status: int, kind: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        get_from(answer(status=f"{status} No"))
    assert (failure.value.kind, failure.value.status) == (kind, status)


def test_a_dead_site_is_a_failure() -> None:
    with serving(always(b"")) as server:
        pass
    with pytest.raises(FetchFailed, match="could not be reached"):
        get(server.url())


def test_a_site_that_cannot_prove_who_it_is_is_not_read(tmp_path: Path) -> None:
    with (
        serving(always(answer()), tls=self_signed(tmp_path)) as server,
        pytest.raises(FetchFailed) as failure,
    ):
        get(server.url().replace("http:", "https:"))
    told = "The site could not prove who it is: its certificate or encryption is not in order."
    assert failure.value.reason == told
    assert server.asked == []


def self_signed(folder: Path) -> SSLContext:
    """What a site needs to speak encrypted, vouched for by nobody but itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*asked, *named, *files], check=True, capture_output=True)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_an_unchanged_document_is_an_answer_without_a_body() -> None:
    with serving(always(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')) as server:
        found = fetch(server.url(), limits=LIMITS, conditional={"If-None-Match": '"1"'})
    assert (found.status, found.body) == (304, b"")
    assert 'If-None-Match: "1"' in server.asked[0]


@pytest.mark.parametrize("conditional", [{"Host": "x"}, {"If-None-Match": '"1"\r\nX-Injected: 1'}])
def test_no_other_header_is_sent(conditional: dict[str, str]) -> None:
    with silence() as listener, pytest.raises(FetchRefused, match="never sent"):
        fetch(listener.url(), limits=LIMITS, conditional=conditional)


def test_only_the_head_is_read_where_no_body_is_wanted() -> None:
    found = get_from(answer(length=10**30, kind="video/mp4"), wants_body=False)
    assert (found.status, found.body) == (200, b"")
