"""Canonical bytes: one value, one byte string (docs/spec/canonical.md)."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.formats import canonical_bytes, digest, escape_path, moment_text, short_id

text = st.text(st.characters(exclude_categories=["Cs"]))
ascii_keys = st.text(st.characters(max_codepoint=127))
trees = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=4),
    max_leaves=20,
)


@given(trees)
def test_reading_canonical_bytes_gives_the_value_back(tree: Any) -> None:
    assert json.loads(canonical_bytes(tree)) == tree


@given(st.dictionaries(ascii_keys, trees))
def test_the_order_of_keys_does_not_show(tree: dict[str, Any]) -> None:
    turned = dict(reversed(list(tree.items())))
    assert canonical_bytes(turned) == canonical_bytes(tree)


def test_the_example_of_rfc_8785_comes_out_byte_for_byte() -> None:
    """RFC 8785, section 3.2.2, its string and literals (our format has no floats and no null)."""
    value = {"string": '€$\u000f\nA\'B"\\\\"/', "literals": [True, False]}
    assert canonical_bytes(value) == (
        b'{"literals":[true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, 2.5]}, "$.a[1]"),
        ({"a": None}, "$.a"),
        ({"a": {"b": 2**53}}, "$.a.b"),
        ({"a": "\ud800"}, "$.a"),
        ({"ä": 1}, "$"),
    ],
)
def test_what_two_readers_could_disagree_on_is_refused_with_its_place(value: Any, where: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        canonical_bytes(value)
    assert str(caught.value).startswith(where + ":")


def test_a_digest_names_its_algorithm() -> None:
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_an_id_is_its_kind_and_eighty_bits() -> None:
    assert short_id("chg", b"") == "chg_4oymiquy7qobjgx3"


@given(st.binary(), st.binary())
def test_two_paths_never_share_a_text(one: bytes, other: bytes) -> None:
    assert (escape_path(one) == escape_path(other)) == (one == other)


def test_a_path_that_is_not_utf8_shows_its_bytes() -> None:
    assert escape_path(b"caf\xe9\\x") == "caf\\xe9\\\\x"


def test_a_moment_is_told_in_utc_whatever_its_zone() -> None:
    there = dt.timezone(dt.timedelta(hours=2))
    assert moment_text(dt.datetime(2026, 3, 10, 11, 0, 0, 999999, there)) == "2026-03-10T09:00:00Z"
    with pytest.raises(ValueError, match="without a time zone"):
        moment_text(dt.datetime(2026, 3, 10))  # noqa: DTZ001 - what the test is about
