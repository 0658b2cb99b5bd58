"""One record in the ledger, and the chain they make. Specified in `docs/spec/entry.md`."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

import msgspec

from blastdoor.errors import InputError, IntegrityError
from blastdoor.formats import canonical_bytes, digest
from blastdoor.model import Value

MAX_ENTRY_BYTES = 16_384

Kind = Literal[
    "verdict", "approval", "rejection", "attestation", "withdrawal", "acceptance", "carry", "report",
    "deployment", "override", "override_review",
]  # fmt: skip

_ID = re.compile(r"(?:[a-z]{1,12}(?:_[a-z0-9_]{1,64})?|[A-Z]-[0-9]{1,12})\Z")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")


class Entry(Value, frozen=True, kw_only=True):
    """One entry. `seq` counts from 1 without gaps; `time` is UTC, RFC 3339, whole seconds.

    `subject` is the id of what it is about, `actor` the pseudonym of who did it (`blastdoor` for the
    program itself). `body` is the digest of a row kept beside the ledger. `prev` is the digest of the
    canonical bytes of the entry before, and absent in the first.
    """

    seq: int
    time: str
    kind: Kind
    subject: str
    actor: str
    body: str
    prev: str | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1


class _Header(msgspec.Struct):
    v: int
    seq: int = 0


def next_entry(
    previous: bytes | None, *, time: str, kind: Kind, subject: str, actor: str, body: str
) -> Entry:
    """The entry that follows `previous`, given as its canonical bytes (None: the first).

    InputError if a field is not of its form (a name in place of a pseudonym); IntegrityError if
    `previous` is no entry.
    """
    before = None if previous is None else read_entry(previous, "the last entry")
    entry = Entry(
        seq=1 if before is None else before.seq + 1,
        time=time,
        kind=kind,
        subject=subject,
        actor=actor,
        body=body,
        prev=msgspec.UNSET if previous is None else digest(previous),
    )
    problem = _problem_with(entry)
    if problem:
        raise InputError(f"this cannot be entered in the ledger: {problem}")
    return entry


def read_entry(data: bytes, what: str = "the entry") -> Entry:
    """The entry of its canonical bytes. IntegrityError, opening with `what`, if they are anything else."""
    if len(data) > MAX_ENTRY_BYTES:
        raise IntegrityError(f"{what} has {len(data)} bytes; an entry has at most {MAX_ENTRY_BYTES}")
    try:
        header = msgspec.json.decode(data, type=_Header)
        if header.v != 1:
            raise IntegrityError(
                f"{what} (seq {header.seq}) is of version {header.v}; this Blastdoor reads version 1",
                hint="verify it with the version that wrote it, or a newer one",
            )
        entry = msgspec.json.decode(data, type=Entry, strict=True)
        canonical = canonical_bytes(entry)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise IntegrityError(f"{what} is not readable as an entry: {error}") from error
    if canonical != data:
        raise IntegrityError(f"{what} (seq {entry.seq}) is not in its canonical form: its bytes were altered")
    problem = _problem_with(entry)
    if problem:
        raise IntegrityError(f"{what} (seq {entry.seq}) is not an entry: {problem}")
    return entry


def verify_chain(entries: Iterable[bytes]) -> None:
    """Check that these are the canonical bytes of entries 1, 2, 3, …, each following the one before.

    Every edit, gap, swap, insertion or repetition before the last entry raises an IntegrityError that names
    the entry. The chain alone cannot show what happened at its end: entries cut off there, or another last
    entry in place of the last (and so, any rewriting from some entry up to the end). That takes a checkpoint
    kept elsewhere.
    """
    previous: bytes | None = None
    for due, data in enumerate(entries, start=1):
        entry = read_entry(data, f"entry {due}")
        if entry.seq != due:
            raise IntegrityError(f"entry {due} is missing: {_where(due)} stands entry {entry.seq}")
        expected = msgspec.UNSET if previous is None else digest(previous)
        if entry.prev != expected:
            raise IntegrityError(_broken_link(entry))
        previous = data


def _where(due: int) -> str:
    return "at the start" if due == 1 else f"after entry {due - 1}"


def _broken_link(entry: Entry) -> str:
    if entry.seq == 1:
        return (
            "entry 1 names an entry before it, though it is the first: it was altered, or others are missing"
        )
    if entry.prev is msgspec.UNSET:
        return f"entry {entry.seq} names no entry before it: it was altered"
    return (
        f"entry {entry.seq} does not follow entry {entry.seq - 1} as it stands here:"
        " one of the two was altered or exchanged"
    )


def _problem_with(entry: Entry) -> str:
    if entry.seq < 1:
        return f"its number is {entry.seq}, and the first is 1"
    if entry.kind not in get_args(Kind):
        return f"{entry.kind!r} is no kind of entry"
    if not _is_time(entry.time):
        return f"{entry.time!r} is not a time in UTC with whole seconds (2026-03-10T12:00:00Z)"
    for field, value in (("subject", entry.subject), ("actor", entry.actor)):
        if not _ID.match(value):
            return f"its {field} {value[:60]!r} is not an id or a pseudonym"
    digests = (
        {"body": entry.body} if entry.prev is msgspec.UNSET else {"body": entry.body, "prev": entry.prev}
    )
    for field, value in digests.items():
        if not _DIGEST.match(value):
            return f"its {field} {value[:60]!r} is not a digest (sha256:<64 hex digits>)"
    return ""


def _is_time(text: str) -> bool:
    if not _TIME.match(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
