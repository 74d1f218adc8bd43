"""One value, one text, one hash; and what has no single text is refused."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.authority import WorkState
from conditions.rules.fingerprint import NotCanonical, canonical_json, fingerprint
from tests.days import FIRST_DUE, noon


@dataclass(frozen=True)
class Stranger:
    name: str = "?"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (120, "120"),
        ("met", '"met"'),
        ("سوريا", '"سوريا"'),
        ({"b": 1, "a": 2, "A": 3}, '{"A":3,"a":2,"b":1}'),
        (["b", "a"], '["b","a"]'),
        (("b", "a"), '["b","a"]'),
        (FIRST_DUE, '"2026-03-10"'),
        (noon(FIRST_DUE), '"2026-03-10T12:00:00+00:00"'),
        (WorkState.DRAFT, '"draft"'),
        ({"line": 'a "b"\n'}, '{"line":"a \\"b\\"\\n"}'),
    ],
)
def test_the_canonical_text_of_a_value(value: object, text: str):
    assert canonical_json(value) == text.encode()


def test_the_fingerprint_is_sha256_of_that_text():
    # printf '{"status":"2"}' | sha256sum
    assert fingerprint({"status": "2"}) == (
        "8d0e1925f68121dec6aaa9814718a119135a84a78ba536fb8940b21b07d078ee"
    )


def test_one_moment_has_one_fingerprint_in_every_zone():
    in_damascus = noon(FIRST_DUE).astimezone(timezone(timedelta(hours=3)))
    assert fingerprint(in_damascus) == fingerprint(noon(FIRST_DUE))


def test_a_microsecond_changes_it():
    assert fingerprint(noon(FIRST_DUE)) != fingerprint(noon(FIRST_DUE) + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (0.5, "value"),
        (math.nan, "value"),
        (math.inf, "value"),
        (Decimal("1.0"), "value"),
        (b"bytes", "value"),
        ({"a", "b"}, "value"),
        (time(12), "value"),
        (Stranger(), "value"),
        (datetime(2026, 3, 10, 12), "value"),  # noqa: DTZ001
        ("\ud800", "value"),
        ({1: "a"}, "value key"),
        ({None: "a"}, "value key"),
        ({"findings": [{"status": "2"}, {"status": 0.5}]}, "value.findings[1].status"),
    ],
)
def test_what_has_no_single_text_is_refused_where_it_stands(value: object, path: str):
    with pytest.raises(NotCanonical) as refused:
        fingerprint(value)
    assert refused.value.field == path
    assert refused.value.remedy.startswith("Give ")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(plain)
def test_a_value_read_back_has_the_same_fingerprint(value: object):
    assert fingerprint(json.loads(canonical_json(value))) == fingerprint(value)


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]):
    assert fingerprint(dict(reversed(value.items()))) == fingerprint(value)


@given(plain, plain)
def test_different_values_have_different_texts(one: object, other: object):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical_json(one) == canonical_json(other)) is same


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_can_be_written(moment: datetime):
    assert canonical_json(moment).endswith(b'+00:00"')
