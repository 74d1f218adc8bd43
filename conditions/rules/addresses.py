"""Web addresses: what is accepted as one, and the one form by which a document is recognised."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from url_normalize import url_normalize

from conditions.rules.networks import number_of, why_not_dialled
from conditions.rules.refusals import Invalid

LONGEST_ADDRESS: Final = 2000
_BLANK_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff\\]")
# Set by the page that led a reader to an address; the document is the same without them.
_TRACKING = re.compile(
    r"(utm_|at_|mc_|pk_|mtm_|hsa_)\w+|[gdy]clid|fbclid|msclkid|gbraid|wbraid|igshid|igsh|_ga|"
    r"ref_src|ref_url|cmpid|ocid|ncid|smid|amp",
    re.IGNORECASE,
)
_MOST_ROUNDS = 8


class BadAddress(Invalid):
    """Text that is not the address of a public document."""


def require_address(text: str, *, field: str = "url") -> str:
    """``text`` without surrounding blanks, if it is a full http or https address; else BadAddress.

    An address that carries a user name or password is refused: it would be shown to every reader.
    """
    address = text.strip()
    if len(address) > LONGEST_ADDRESS:
        remedy = f"Give an address of at most {LONGEST_ADDRESS} characters."
        raise BadAddress("This address is too long.", field=field, value=text, remedy=remedy)
    if _BLANK_OR_CONTROL.search(address):
        remedy = "Give the address as the browser shows it, without blanks or backslashes."
        raise BadAddress("This is not a web address.", field=field, value=text, remedy=remedy)
    parts = _split(address, field)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        remedy = "Give a full address that begins with http:// or https://."
        raise BadAddress("This is not a web address.", field=field, value=text, remedy=remedy)
    if parts.username is not None or parts.password is not None:
        remedy = "Leave out the user name and password before the @."
        raise BadAddress(
            "This address carries a login.", field=field, value=_without_login(parts), remedy=remedy
        )
    return address


def require_public_address(text: str, *, field: str = "url") -> str:
    """As ``require_address``; a host written as a number must stand on the public internet.

    What is put on file is held to this when it is entered: it would never be fetched, nor could a
    reader open it. Where a name leads is only known when it is dialled.
    """
    address = require_address(text, field=field)
    number = number_of(urlsplit(address).hostname or "")
    why = why_not_dialled(number) if number else ""
    if why:
        raise BadAddress(
            f"This is not the address of a public page: {why}.",
            field=field,
            value=address,
            remedy="Give the address under which everybody can open the page.",
        )
    return address


def canonical_address(text: str, *, field: str = "url") -> str:
    """The form in which two spellings of one document's address are equal; raises BadAddress.

    Made alike: case of scheme and host, default ports, dots in the path, percent signs and
    international host names (RFC 3986, by url-normalize); http and https, which serve one document;
    a slash or ``/amp`` at the end, the same page for telephones. Dropped: the fragment, which names
    a place in the document, and parameters that only say where a reader came from. Other parameters
    stay in their order: they may name the document. The canonical form of a canonical form is
    itself. It is a key to compare by, not an address to open.
    """
    address = require_address(text, field=field)
    for _ in range(_MOST_ROUNDS):
        again = _plainer(address, field)
        if again == address:
            return address
        address = again
    raise BadAddress(
        "This address has no plain form.",
        field=field,
        value=text,
        remedy="Open the page and copy the address that the browser shows.",
    )


# A document's address is asked for several times over while it is filed.
@lru_cache(maxsize=2_048)
def _plainer(address: str, field: str) -> str:
    try:
        parts = urlsplit(url_normalize(address) or "")
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    except ValueError as error:
        raise _malformed(address, field) from error
    if not host:
        raise _malformed(address, field)
    plain = SplitResult(
        scheme="https",
        netloc=f"{host}{port}",
        path=_path(parts.path),
        query=_query(parts.query),
        fragment="",
    ).geturl()
    if len(plain) > LONGEST_ADDRESS:
        remedy = "Give an address that is shorter when written out in plain letters."
        raise BadAddress("This address is too long.", field=field, value=address, remedy=remedy)
    return plain


def _path(path: str) -> str:
    shorter = path.rstrip("/")
    return shorter[: -len("/amp")].rstrip("/") if shorter.lower().endswith("/amp") else shorter


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(unquote(name))]
    # Written anew only where something is dropped: some sites read their query letter by letter.
    return query if len(kept) == len(pairs) else urlencode(kept, errors="surrogateescape")


def _split(address: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise _malformed(address, field) from error
    return parts


def _malformed(address: str, field: str) -> BadAddress:
    return BadAddress(
        "This is not a web address.",
        field=field,
        value=address,
        remedy="Give a full address that begins with http:// or https://.",
    )


def _without_login(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
