"""Network addresses: which ones the tracker may dial when it fetches from outside."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

# Names of machines that answer to whoever stands beside them: the metadata of clouds.
_METADATA: Final = frozenset(
    ip_address(text)
    for text in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
)
# IPv6 addresses that carry an IPv4 address, and so lead wherever that one leads.
_CARRIERS: Final = tuple(
    ip_network(text)
    for text in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of one network
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
_MORE: Final = (
    ip_network("fec0::/10"),  # site-local, no longer assigned
    ip_network("192.88.99.0/24"),  # relays of 6to4
)
_WEB_PORTS: Final = frozenset({80, 443})
_FIRST_FREE_PORT: Final = 1024


def why_not_dialled(address: str) -> str:
    """Why a numeric address is not on the public internet, in a few words; empty when it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return "it is no network address"
    if isinstance(found, IPv6Address) and any(found in network for network in _CARRIERS):
        return "it is an address inside another address"
    for is_so, words in _kinds(found):
        if is_so:
            return words
    return ""


def number_of(host: str) -> str:
    """The numeric address that a host is written as, in any form that a resolver reads without
    asking anybody (``[::1]``, ``127.1``, ``2130706433``, ``0x7f.1``); empty for a name."""
    with suppress(ValueError):
        return str(ip_address(host.strip("[]")))
    with suppress(OSError, UnicodeError):
        return socket.inet_ntoa(socket.inet_aton(host))
    return ""


def may_dial_port(port: int) -> bool:
    """Whether a web server may stand there: 80, 443, or a port that no other service owns."""
    return port in _WEB_PORTS or _FIRST_FREE_PORT <= port <= 65_535


def _kinds(found: IPv4Address | IPv6Address) -> tuple[tuple[bool, str], ...]:
    return (
        (found in _METADATA, "it is the metadata service of a cloud"),
        (found.is_unspecified, "it names no machine"),
        (found.is_loopback, "it is this machine"),
        (found.is_link_local, "it is a machine beside this one"),
        (found.is_multicast, "it is a group of machines"),
        (found.is_private, "it is in a private network"),
        (found.is_reserved, "it is reserved"),
        (any(found in network for network in _MORE), "it is reserved"),
        (not found.is_global, "it is not on the public internet"),
    )
