"""Bundles: decided again from the file alone; any edit is found."""

import json
from pathlib import Path

import msgspec
import pytest

from blastdoor.errors import InputError, IntegrityError
from blastdoor.flows.bundle import bundle_digest, decide_again, make_bundle, read_bundle, write_bundle
from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide
from blastdoor.model import Bundle
from builders import NOW, a_case, a_policy, a_statement, private_key, public_key, signed, with_votes, yes

CASE = yes(a_case(), "p_peer")


def a_bundle() -> Bundle:
    return make_bundle(CASE, a_policy(), NOW, {"p_peer": "A. Peer"})


@pytest.mark.promise(8)
def test_promise_8_a_bundle_gives_the_verdict_byte_for_byte() -> None:
    read = read_bundle(write_bundle(a_bundle()), "case.json")
    assert canonical_bytes(decide_again(read)) == canonical_bytes(decide(CASE, a_policy(), NOW))


@pytest.mark.promise(8)
def test_promise_8_an_erased_name_changes_nothing() -> None:
    erased = msgspec.structs.replace(a_bundle(), names={})
    read = read_bundle(write_bundle(erased), "case.json")
    assert canonical_bytes(decide_again(read)) == canonical_bytes(decide(CASE, a_policy(), NOW))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"environment":"production"', '"environment":"productiom"'),
        ('"level":"low"', '"level":"none"'),
        ("approvals: 1", "approvals: 2"),
        (NOW, "2027-03-10T09:00:00Z"),
        ('"what_if":false', '"what_if":true'),
    ],
)
def test_an_edited_bundle_is_refused(old: str, new: str) -> None:
    text = write_bundle(a_bundle()).decode()
    assert old in text
    with pytest.raises(IntegrityError, match="do not have the digest"):
        read_bundle(text.replace(old, new).encode(), "case.json")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"kind":"blastdoor-bundle","v":1,"decision":1}', b"\xff", b"[" * 9999]
)
def test_what_is_no_bundle_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(InputError, match=r"case.json: not a bundle"):
        read_bundle(data, "case.json")


def test_another_version_is_refused_by_name() -> None:
    document = json.loads(write_bundle(a_bundle()))
    for field in ("v", "decision"):
        with pytest.raises(InputError, match="1 and 1 are read"):
            read_bundle(json.dumps({**document, field: 2}).encode(), "case.json")


def test_an_unknown_field_is_refused() -> None:
    document = json.loads(write_bundle(a_bundle()))
    with pytest.raises(InputError, match="surprise"):
        read_bundle(json.dumps({**document, "surprise": 1}).encode(), "case.json")


def test_with_keys_every_signature_must_be_by_one_of_them() -> None:
    decide_again(a_bundle(), [public_key("p_peer")])
    with pytest.raises(IntegrityError, match="signed by a key that was not given"):
        decide_again(a_bundle(), [public_key("p_senior")])


@pytest.mark.promise(8)
def test_promise_8_a_bundle_with_its_roster_swapped_is_found_by_the_keys_one_brings() -> None:
    """Somebody who writes their own key into the case, and the digest anew, still cannot sign as another."""
    forged = signed(a_statement(a_case(), "p_senior"), by="mallory")
    case = with_votes(a_case(), forged)
    bundle = make_bundle(case, a_policy(), NOW, {})
    assert bundle.digest == bundle_digest(bundle)
    with pytest.raises(IntegrityError):
        decide_again(bundle, [public_key("p_senior")])


def test_bundles_of_format_1_stay_decidable() -> None:
    """The corpus of old bundles decides as it did when it was written."""
    corpus = sorted((Path(__file__).parent / "corpus").glob("*.bundle.json"))
    assert corpus
    for file in corpus:
        expected = file.with_name(file.name.replace(".bundle.", ".verdict.")).read_bytes()
        assert canonical_bytes(decide_again(read_bundle(file.read_bytes(), file.name))) + b"\n" == expected


def test_the_keys_of_these_tests_differ() -> None:
    assert private_key("p_peer") != private_key("p_senior")
