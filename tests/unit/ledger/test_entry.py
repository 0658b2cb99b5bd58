"""The chain of entries: what nobody can change unseen."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blastdoor.errors import InputError, IntegrityError
from blastdoor.formats import canonical_bytes, digest
from blastdoor.ledger import MAX_ENTRY_BYTES, Entry, Kind, next_entry, read_entry, verify_chain

BODY = digest(b"body")
TIME = "2026-03-10T12:00:00Z"
KINDS: tuple[Kind, ...] = ("verdict", "approval", "rejection", "withdrawal")


def an_entry(previous: bytes | None, **changed: Any) -> bytes:
    fields = {"time": TIME, "kind": "approval", "subject": "apr_abc", "actor": "p_ines", "body": BODY}
    return canonical_bytes(next_entry(previous, **(fields | changed)))


def a_chain(length: int) -> list[bytes]:
    entries: list[bytes] = []
    for number in range(length):
        kind = KINDS[number % len(KINDS)]
        entries.append(an_entry(entries[-1] if entries else None, kind=kind, subject=f"apr_{number}"))
    return entries


chains = st.integers(2, 8).map(a_chain)


def rewritten(data: bytes, **changed: Any) -> bytes:
    """The same entry with other fields (None: without it), in canonical form."""
    tree = json.loads(data) | changed
    return canonical_bytes({key: value for key, value in tree.items() if value is not None})


def test_the_first_entry_has_number_one_and_no_entry_before_it() -> None:
    entry = json.loads(an_entry(None))
    assert entry == {
        "v": 1,
        "seq": 1,
        "time": TIME,
        "kind": "approval",
        "subject": "apr_abc",
        "actor": "p_ines",
        "body": BODY,
    }


def test_the_next_entry_names_the_bytes_of_the_one_before() -> None:
    first = an_entry(None)
    second = read_entry(an_entry(first))
    assert (second.seq, second.prev) == (2, digest(first))


@given(st.integers(0, 8))
def test_a_chain_as_it_was_written_verifies(length: int) -> None:
    verify_chain(a_chain(length))
    verify_chain(iter(a_chain(length)))


@given(chains, st.data())
def test_no_changed_byte_before_the_last_entry_goes_unseen(chain: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 2))
    place = data.draw(st.integers(0, len(chain[at]) - 1))
    changed = bytearray(chain[at])
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(IntegrityError, match=rf"entry ({at + 1}|{at + 2})\b"):
        verify_chain([*chain[:at], bytes(changed), *chain[at + 1 :]])


@given(chains, st.data())
def test_no_well_formed_edit_before_the_last_entry_goes_unseen(
    chain: list[bytes], data: st.DataObject
) -> None:
    """Somebody who knows the format changes a field and writes the entry in canonical form again."""
    at = data.draw(st.integers(0, len(chain) - 2))
    edits: list[dict[str, Any]] = [
        {"time": "2026-03-10T12:00:01Z"},
        {"kind": KINDS[(at + 1) % len(KINDS)]},
        {"subject": "apr_other"},
        {"actor": "p_other"},
        {"body": digest(b"other")},
        {"prev": digest(b"other")},
        {"prev": None},
        {"seq": 7_000},
    ]
    edited = rewritten(chain[at], **data.draw(st.sampled_from(edits)))
    assume(edited != chain[at])
    with pytest.raises(IntegrityError, match=rf"entry ({at + 1}|{at + 2})\b"):
        verify_chain([*chain[:at], edited, *chain[at + 1 :]])


@given(chains, st.data())
def test_no_dropped_entry_goes_unseen(chain: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 2))
    with pytest.raises(IntegrityError, match=rf"entry {at + 1} is missing"):
        verify_chain([*chain[:at], *chain[at + 1 :]])


@given(chains, st.data())
def test_no_exchanged_entries_go_unseen(chain: list[bytes], data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.permutations(range(len(chain))))[:2])
    chain[one], chain[other] = chain[other], chain[one]
    with pytest.raises(IntegrityError, match=rf"entry {one + 1} is missing"):
        verify_chain(chain)


@given(chains, st.data())
def test_no_repeated_entry_goes_unseen(chain: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    to = data.draw(st.integers(0, len(chain)))
    with pytest.raises(IntegrityError, match=r"entry \d+ is missing"):
        verify_chain([*chain[:to], chain[at], *chain[to:]])


@given(chains, st.data())
def test_no_renumbered_gap_goes_unseen(chain: list[bytes], data: st.DataObject) -> None:
    """Dropping an entry and numbering the rest anew still breaks the links."""
    at = data.draw(st.integers(0, len(chain) - 2))
    rest = [
        rewritten(entry, seq=number) for number, entry in enumerate(chain[:at] + chain[at + 1 :], start=1)
    ]
    with pytest.raises(IntegrityError, match=rf"entry {at + 1} "):
        verify_chain(rest)


def test_the_end_is_what_a_chain_alone_cannot_vouch_for() -> None:
    """Stated, so that nobody promises more: truncation, and another last entry, need a checkpoint."""
    chain = a_chain(4)
    verify_chain(chain[:2])
    verify_chain([*chain[:3], rewritten(chain[3], actor="p_other")])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "entry 1 is not readable"),
        (b"null", "entry 1 is not readable"),
        (b"[" * 10_000, "entry 1 is not readable"),
        (b"\xff\xfe", "entry 1 is not readable"),
        (b'{"v":2,"seq":1,"more":[]}', r"entry 1 \(seq 1\) is of version 2; this Blastdoor reads version 1"),
        (b" " * (MAX_ENTRY_BYTES + 1), "at most 16384"),
        (an_entry(None) + b"\n", "canonical form"),
        (json.dumps(json.loads(an_entry(None))).encode(), "canonical form"),
        (an_entry(None).replace(b'"actor"', b'"actor":"p_x","actor"'), "canonical form"),
        (an_entry(None).replace(b'"v":1', b'"v":1,"w":1'), "not readable"),
        (an_entry(None).replace(b'"v":1', b'"prev":null,"v":1'), "not readable"),
        (an_entry(None).replace(b'"seq":1', b'"seq":"1"'), "not readable"),
        (an_entry(None).replace(b'"seq":1', b'"seq":1.0'), "canonical form|not readable"),
        (rewritten(an_entry(None), seq=0), "number is 0"),
        (rewritten(an_entry(None), seq=-1), "number is -1"),
        (rewritten(an_entry(None), kind="permit"), "not readable"),
        (rewritten(an_entry(None), time="2026-03-10 12:00:00Z"), "not a time"),
        (rewritten(an_entry(None), time="2026-13-10T12:00:00Z"), "not a time"),
        (rewritten(an_entry(None), body="sha256:ABC"), "not a digest"),
        (rewritten(an_entry(None), prev="sha1:00"), "not a digest"),
        (rewritten(an_entry(None), prev=BODY), "entry 1 names an entry before it"),
        (rewritten(an_entry(None), seq=2, prev=BODY), "entry 1 is missing: at the start stands entry 2"),
        (rewritten(an_entry(None), actor="Ines Example"), "not an id or a pseudonym"),
    ],
)
def test_what_is_no_entry_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(IntegrityError, match=reason):
        verify_chain([data])


def test_a_later_entry_that_names_none_before_it_is_named() -> None:
    chain = a_chain(3)
    with pytest.raises(IntegrityError, match="entry 2 names no entry before it"):
        verify_chain([chain[0], rewritten(chain[1], prev=None), chain[2]])


@given(st.binary(max_size=300))
def test_any_bytes_are_an_entry_or_an_integrity_error(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        verify_chain([data])


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": "ines@shop.example"},
        {"actor": "Ines"},
        {"actor": ""},
        {"subject": "apr_" + "x" * 65},
        {"subject": "apr_\n"},
        {"body": "sha256:" + "G" * 64},
        {"time": "2026-03-10T12:00:00+01:00"},
        {"time": "2026-03-10T12:00:00.5Z"},
        {"kind": "permit"},
    ],
)
def test_what_an_entry_must_not_hold_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="cannot be entered"):
        an_entry(None, **fields)


def test_nothing_is_appended_to_what_is_no_entry() -> None:
    with pytest.raises(IntegrityError, match="the last entry"):
        an_entry(b"{}")


@pytest.mark.parametrize("subject", ["vrd_7f3", "apr_abc234", "A-123", "chg_x"])
@pytest.mark.parametrize("actor", ["p_ines", "a_shopbot", "u_1", "blastdoor"])
def test_ids_and_pseudonyms_are_entered(subject: str, actor: str) -> None:
    entry = read_entry(an_entry(None, subject=subject, actor=actor))
    assert (entry.subject, entry.actor) == (subject, actor)


def test_the_largest_entry_keeps_its_limit() -> None:
    entry = Entry(
        seq=2**53 - 1, time=TIME, kind="withdrawal", subject="a" * 12 + "_" + "x" * 64, actor="p_" + "x" * 64,
        body=BODY, prev=BODY,
    )  # fmt: skip
    data = canonical_bytes(entry)
    assert len(data) < MAX_ENTRY_BYTES
    assert msgspec.json.decode(data, type=Entry) == read_entry(data) == entry
