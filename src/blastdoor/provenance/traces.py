"""Agent Trace records: which lines of a revision a tool wrote. Specified in `docs/spec/notes.md`.

The format is Agent Trace 0.1.0, as JSON Lines in `.agent-trace/traces.jsonl`.
"""

import re

import msgspec

from blastdoor.model import Signal, Value
from blastdoor.provenance.agents import agents
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.raw import clean

FILE = ".agent-trace/traces.jsonl"
_MOST_RECORDS = 20_000
_LONGEST_RECORD = 4_000_000
_REVISION = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BY_A_TOOL = frozenset({"ai", "mixed"})


class TraceReading(Value, frozen=True, kw_only=True):
    """The signals of each revision, and how many lines of the file are no records."""

    by_revision: dict[str, tuple[Signal, ...]]
    unreadable: int = 0


class _Contributor(msgspec.Struct):
    type: str = ""
    model_id: str = ""


class _Range(msgspec.Struct):
    start_line: int = 0
    end_line: int = 0
    contributor: _Contributor | None = None


class _Conversation(msgspec.Struct):
    ranges: list[_Range] = []
    contributor: _Contributor | None = None


class _File(msgspec.Struct):
    conversations: list[_Conversation] = []


class _Vcs(msgspec.Struct):
    type: str = "git"
    revision: str = ""


class _Tool(msgspec.Struct):
    name: str = ""


class _Record(msgspec.Struct):
    files: list[_File]
    vcs: _Vcs | None = None
    tool: _Tool | None = None


def read_traces(data: bytes, registry: Registry) -> TraceReading:
    """What the records say, by the commit they are bound to; never raises.

    A record without a revision is provisional, and says nothing of any commit.
    """
    found: dict[str, dict[tuple[str, str], int]] = {}
    unreadable = 0
    known = agents(registry)
    for count, line in enumerate(data.split(b"\n")):
        if not line.strip():
            continue
        if count >= _MOST_RECORDS or len(line) > _LONGEST_RECORD:
            unreadable += 1
            continue
        try:
            record = msgspec.json.decode(line, type=_Record)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            unreadable += 1
            continue
        vcs = record.vcs
        if vcs is None or vcs.type != "git" or not _REVISION.fullmatch(vcs.revision):
            continue
        tools = found.setdefault(vcs.revision, {})
        for model, lines in _by_model(record).items():
            told = known.called(record.tool.name if record.tool else "", model)
            if told is not None:
                tools[told] = tools.get(told, 0) + lines
    return TraceReading(
        by_revision={revision: _signals(revision, tools) for revision, tools in found.items() if tools},
        unreadable=unreadable,
    )


def _by_model(record: _Record) -> dict[str, int]:
    """For each model, as `provider/model` or "", how many lines were written with it."""
    models: dict[str, int] = {}
    for file in record.files:
        for conversation in file.conversations:
            for one in conversation.ranges:
                who = one.contributor or conversation.contributor or _Contributor()
                if who.type in _BY_A_TOOL and 1 <= one.start_line <= one.end_line:
                    model = who.model_id.rpartition("/")[2]
                    models[model] = models.get(model, 0) + one.end_line - one.start_line + 1
    return models


def _signals(revision: str, tools: dict[tuple[str, str], int]) -> tuple[Signal, ...]:
    return tuple(
        Signal(
            source="trace",
            kind="lines",
            tool=tool,
            raw=f"{lines} line{'s' if lines != 1 else ''}",
            where=f"trace of {revision}",
            strength="strong",
            marks="ai",
            model=clean(model) or msgspec.UNSET,
        )
        for (tool, model), lines in sorted(tools.items())
    )
