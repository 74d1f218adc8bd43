"""Addresses: which are accepted, and which spellings name one document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.addresses import (
    BadAddress,
    canonical_address,
    require_address,
    require_public_address,
)

CANONICAL = "https://example.org/news/coast?id=7"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://example.org/news/coast?id=7",
        "http://example.org/news/coast?id=7",
        "  HTTPS://Example.ORG:443/news/./x/../coast?id=7  ",
        "http://example.org:80/news/coast?id=7",
        "https://example.org/news/coast/?id=7",
        "https://example.org/news/coast/amp?id=7",
        "https://example.org/news/coast/amp/?id=7#top",
        "https://example.org/n%65ws/coast?id=7&utm_source=x&utm_medium=y",
        "https://example.org/news/coast?fbclid=1&id=7&gclid=2&ref_src=t",
    ],
)
def test_spellings_of_one_document(spelling):
    assert canonical_address(spelling) == CANONICAL


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/news/coast?id=8",
        "https://example.org/news/coast",
        "https://example.org/news/Coast?id=7",
        "https://example.org:8443/news/coast?id=7",
        "https://www.example.org/news/coast?id=7",
        "https://example.org/news/coast-amp?id=7",
    ],
)
def test_other_documents_stay_others(other):
    assert canonical_address(other) != CANONICAL


def test_international_names_have_one_spelling():
    assert canonical_address("http://exämple.org/ä") == canonical_address(
        "https://xn--exmple-cua.org/%C3%A4"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/x",
        "//example.org",
        "javascript:alert(1)",
        "ftp://example.org/x",
        "http://",
        "http:///x",
        "http://example.org:99999/",
        "http://[::1/x",
        "http://exa mple.org/",
        "http://example.org/\x00",
        "http://example.org\\@evil.example/",
        "http://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadAddress) as refusal:
        canonical_address(text)
    assert refusal.value.field == "url"
    assert refusal.value.remedy


def test_a_login_is_refused_and_not_repeated():
    with pytest.raises(BadAddress) as refusal:
        require_address("https://user:secret@example.org/x")
    assert "secret" not in f"{refusal.value} {refusal.value.value}"


PIECES = st.text("abcXYZ019-._~%/?&=#+:@!é ü中\u200f", max_size=30)


@given(
    scheme=st.sampled_from(["http", "https", "HTTP"]),
    host=st.sampled_from(
        ["example.org", "Example.ORG", "exämple.org", "192.0.2.1", "[2001:db8::1]"]
    ),
    port=st.sampled_from(["", ":80", ":443", ":8080", ":"]),
    path=PIECES,
    ending=st.sampled_from(["", "/", "/amp", "/AMP/", "/amp/amp", "?amp=1", "?utm_x=1&a=b", "#x"]),
)
def test_the_canonical_form_of_a_canonical_form_is_itself(scheme, host, port, path, ending):
    try:
        once = canonical_address(f"{scheme}://{host}{port}/{path}{ending}")
    except BadAddress:
        return
    assert canonical_address(once) == once
    assert once.startswith("https://")
    assert "#" not in once


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "169.254.169.254",
        "10.1.2.3",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "2130706433",
        "0x7f000001",
        "0177.1",
        "127.1",
        "0.0.0.0",
    ],
)
def test_a_number_inside_a_network_is_no_public_address(host: str) -> None:
    with pytest.raises(BadAddress, match="not the address of a public page"):
        require_public_address(f"http://{host}:8000/x")


@pytest.mark.parametrize(
    "host", ["example.org", "8.8.8.8", "[2606:4700::1111]", "127.0.0.1.nip.io"]
)
def test_names_and_public_numbers_are_taken(host: str) -> None:
    assert require_public_address(f" https://{host}/x ") == f"https://{host}/x"
