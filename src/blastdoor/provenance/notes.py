"""What git-ai's notes say: which lines of a commit a tool wrote. Specified in `docs/spec/notes.md`.

The format is git-ai's authorship log 3.0.0. Chats that a note may hold are passed over by the decoder, so
that they are never in memory as text of ours, let alone kept.
"""

import heapq
import re
from collections.abc import Mapping
from itertools import pairwise

import msgspec

from blastdoor.model import Signal, Value
from blastdoor.provenance.agents import Agents, agents
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.raw import clean

#: A longer note is not read; the longest ones met have a few megabytes.
MOST_BYTES = 16_000_000
_KEY = re.compile(r"[A-Za-z0-9_:.-]{1,200}")
_RANGES = re.compile(r"\d{1,12}(?:-\d{1,12})?(?:,\d{1,12}(?:-\d{1,12})?)*")
_MOST_RANGES = 200_000
_MOST_TOLD = 50


class NoteReading(Value, frozen=True, kw_only=True):
    """What a note says. `attested` counts the lines that some key attests, `ai` those that a tool's does."""

    readable: bool
    signals: tuple[Signal, ...] = ()
    attested: int = 0
    ai: int = 0


class _Agent(msgspec.Struct):
    tool: object = None
    model: object = None


class _Session(msgspec.Struct):
    agent_id: _Agent | None = None


class _Metadata(msgspec.Struct):
    # Of the rest (`messages`, `human_author`, addresses of chats) nothing is named here, so nothing is read.
    prompts: dict[str, _Session] | None = None
    sessions: dict[str, _Session] | None = None


class _Loose(msgspec.Struct):
    """The same for a note in which one session is not as it should be: each is read by itself."""

    prompts: dict[str, msgspec.Raw] | None = None
    sessions: dict[str, msgspec.Raw] | None = None


def read_note(text: str | bytes, where: str, registry: Registry) -> NoteReading:
    """What a note says; never raises. `where` is told with each signal.

    A line belongs to the last entry of its file that has it. A key that begins with `h_` is a person's, and
    says nothing of tools; one that the note does not explain is a tool's that is not named.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if not data or len(data) > MOST_BYTES:
        return NoteReading(readable=False)
    head, found, tail = _parts(data)
    entries = _entries(head.decode("utf-8", "replace"))
    named = _named(tail)
    if not entries and (named is None or not found):
        return NoteReading(readable=False)
    return _told(entries, named or {}, where, agents(registry))


def _parts(data: bytes) -> tuple[bytes, bool, bytes]:
    if data.startswith((b"---\n", b"---\r\n")):
        return b"", True, data.split(b"\n", 1)[1]
    for mark in (b"\n---\n", b"\n---\r\n"):
        head, found, tail = data.partition(mark)
        if found:
            return head, True, tail
    if data.endswith(b"\n---"):
        return data[:-4], True, b""
    return data, False, b""


def _entries(head: str) -> dict[str, list[tuple[str, str]]]:
    """For each file its entries in order: a key and its ranges as they are written."""
    files: dict[str, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] | None = None
    for line in head.split("\n"):
        line = line.rstrip("\r")  # noqa: PLW2901 - the same line without its end
        if not line.strip():
            continue
        if not line[0].isspace():
            current = files.setdefault(line, [])
            continue
        key, _, ranges = line.strip().partition(" ")
        if current is not None and _KEY.fullmatch(key) and _RANGES.fullmatch(ranges.strip()):
            current.append((key, ranges.strip()))
    return {path: entries for path, entries in files.items() if entries}


def _named(tail: bytes) -> dict[str, tuple[str, str]] | None:
    """For each session or prompt the note explains: tool and model as it names them. None: no metadata."""
    try:
        read: _Metadata | _Loose = msgspec.json.decode(tail, type=_Metadata)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        try:
            read = msgspec.json.decode(tail, type=_Loose)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None
    named = {}
    for group in (read.prompts, read.sessions):
        for key, session in (group or {}).items():
            named[key] = _tool_and_model(session)
    return named


def _tool_and_model(session: _Session | msgspec.Raw) -> tuple[str, str]:
    if isinstance(session, msgspec.Raw):
        try:
            session = msgspec.json.decode(session, type=_Session)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return "", ""
    agent = session.agent_id or _Agent()
    tool, model = (value if isinstance(value, str) else "" for value in (agent.tool, agent.model))
    return tool, model


def _told(
    files: Mapping[str, list[tuple[str, str]]],
    named: Mapping[str, tuple[str, str]],
    where: str,
    known: Agents,
) -> NoteReading:
    lines: dict[str, int] = {}
    attested, left = 0, _MOST_RANGES
    for entries in files.values():
        owned, left = _lines_by_key(entries, left)
        attested += sum(owned.values())
        for key, count in owned.items():
            lines[key] = lines.get(key, 0) + count
    by_tool: dict[tuple[str, str], tuple[int, str]] = {}
    ai = 0
    for key, count in lines.items():
        told = None if key.startswith("h_") else known.called(*named.get(key, ("", "")))
        if told is None or not count:
            continue
        ai += count
        before = by_tool.get(told, (0, key))
        by_tool[told] = (before[0] + count, before[1])
    signals = [
        _signal(told, "lines", f"{_count(count)} ({key[:24]})", where)
        for told, (count, key) in by_tool.items()
    ]
    for key in named.keys() - {key for key, count in lines.items() if count}:
        told = None if key.startswith("h_") else known.called(*named[key])
        if told is not None and told not in by_tool:
            by_tool[told] = (0, key)
            signals.append(_signal(told, "session", f"a session without lines ({key[:24]})", where))
    signals.sort(key=lambda one: (one.kind, one.tool, one.raw))
    return NoteReading(readable=True, signals=tuple(signals[:_MOST_TOLD]), attested=attested, ai=ai)


def _lines_by_key(entries: list[tuple[str, str]], left: int) -> tuple[dict[str, int], int]:
    """How many lines of a file each key has, where the last entry of a line counts; no range is spelt out."""
    spans: list[tuple[int, int, int, str]] = []
    for order, (key, ranges) in enumerate(entries):
        for part in ranges.split(","):
            if left == 0:
                break
            left -= 1
            first, dash, last = part.partition("-")
            begin, end = int(first), int(last if dash else first)
            if 1 <= begin <= end:
                spans.append((order, begin, end, key.partition("::")[0]))
    return _sweep(spans), left


def _sweep(spans: list[tuple[int, int, int, str]]) -> dict[str, int]:
    """Lengths by key where the highest order wins, from the beginnings and ends of the spans in one pass."""
    edges = sorted({begin for _, begin, _, _ in spans} | {end + 1 for _, _, end, _ in spans})
    starts = sorted(spans, key=lambda span: span[1])
    owned: dict[str, int] = {}
    open_: list[tuple[int, int, str]] = []
    at = 0
    for edge, following in pairwise(edges):
        while at < len(starts) and starts[at][1] <= edge:
            order, _, end, key = starts[at]
            heapq.heappush(open_, (-order, end, key))
            at += 1
        while open_ and open_[0][1] < edge:
            heapq.heappop(open_)
        if open_:
            owned[open_[0][2]] = owned.get(open_[0][2], 0) + following - edge
    return owned


def _count(lines: int) -> str:
    return "1 line" if lines == 1 else f"{lines} lines"


def _signal(told: tuple[str, str], kind: str, raw: str, where: str) -> Signal:
    tool, model = told
    return Signal(
        source="note",
        kind=kind,  # type: ignore[arg-type] # the two kinds this module makes
        tool=tool,
        raw=clean(raw),
        where=where,
        strength="strong" if kind == "lines" else "medium",
        marks="ai",
        model=clean(model) or msgspec.UNSET,
    )
