"""Notes of git-ai and records of Agent Trace, whole, broken and hostile."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.provenance import builtin_registry, read_traces
from blastdoor.provenance.notes import NoteReading, read_note

_REGISTRY = builtin_registry()
_S, _P = "s_0123456789abcd", "0123456789abcdef"


def agent(tool: str = "claude", model: str = "claude-opus-4-5", **more: Any) -> dict[str, Any]:
    return {"agent_id": {"tool": tool, "id": "x", "model": model}, **more}


def note(lines: str, prompts: Any = None, sessions: Any = None, **more: Any) -> str:
    metadata = {"schema_version": "authorship/3.0.0", "base_commit_sha": "0" * 40, "prompts": prompts or {}}
    return f"{lines}---\n" + json.dumps({**metadata, "sessions": sessions or {}, **more})


def read(text: str | bytes) -> NoteReading:
    return read_note(text, "note of x", _REGISTRY)


def told(text: str | bytes) -> list[tuple[str, str, Any]]:
    return [
        (one.kind, one.tool, one.model if isinstance(one.model, str) else "") for one in read(text).signals
    ]


def test_sessions_and_prompts_are_told_by_tool_and_model() -> None:
    text = note(
        f'"a b.py"\n  {_S}::t_1 1-10\nc.py\n  {_P} 5,7-8\n', {_P: agent("codex", "gpt-5")}, {_S: agent()}
    )
    assert told(text) == [("lines", "claude-code", "claude-opus-4-5"), ("lines", "codex", "gpt-5")]
    assert (read(text).attested, read(text).ai) == (13, 13)


def test_the_last_entry_of_a_line_wins() -> None:
    text = note(f"a\n  {_S}::t 1-10\n  h_12345678901234 3-4,20\n", sessions={_S: agent()})
    assert (read(text).attested, read(text).ai) == (11, 8)
    text = note(f"a\n  {_S}::t 1-10\n  h_12345678901234 1-10\n", sessions={_S: agent()})
    assert told(text) == [("session", "claude-code", "claude-opus-4-5")]


@pytest.mark.parametrize("key", ["s_0123456789abcd::t_1", "abcde", "abcdefg", "01234567", "a" * 36, _P])
def test_a_key_that_is_not_explained_is_ai_that_is_not_named(key: str) -> None:
    assert told(note(f"a\n  {key} 1\n")) == [("lines", "unnamed-ai", "")]


@pytest.mark.parametrize(
    "text",
    [note(""), note("a\n  h_12345678901234 1-5\n", humans={"h_12345678901234": {"author": "J"}}),
     note(f"a\n  {_S}::t 1\n", sessions={_S: agent("mock_ai", "m")})],
)  # fmt: skip
def test_persons_nobody_and_stand_ins_say_nothing(text: str) -> None:
    assert read(text).readable
    assert told(text) == []


def test_a_session_without_a_line_is_a_weaker_signal() -> None:
    (one,) = read(note("", sessions={_S: agent("cursor", "")})).signals
    assert (one.kind, one.tool, one.strength) == ("session", "cursor", "medium")


@pytest.mark.parametrize(
    "text",
    ["", "hello", "---\nnot json", "{}", "a: b\n c: d", b"\xff\xfe\x00", "x\n---\n[1,2]", "---", "\n\n"],
)
def test_what_is_no_such_note_is_not_readable(text: str | bytes) -> None:
    assert not read(text).readable
    assert told(text) == []


@pytest.mark.parametrize("tail", ["", "---\n", "---\n{broken", "---\n" + "[" * 100_000])
def test_lines_are_read_where_the_rest_is_broken(tail: str) -> None:
    assert told(f"a.py\n  {_S}::t_1 1-10\n{tail}") == [("lines", "unnamed-ai", "")]


def test_one_odd_session_hides_no_other() -> None:
    text = note(f"a\n  {_S} 1\n  {_P} 2\n", {_P: {"agent_id": 5}}, {_S: agent(), "s_x": [1], "s_y": None})
    assert ("lines", "claude-code", "claude-opus-4-5") in told(text)


def test_no_chat_person_or_address_is_kept() -> None:
    text = note(
        f"a\n  {_S} 1\n",
        sessions={
            _S: agent(
                human_author="Secret <s@e.org>", messages=[{"text": "secret"}], messages_url="https://secret"
            )
        },
    )
    assert "ecret" not in str(read(text))
    assert "s@e.org" not in str(read(note(f"a\n  {_S} 1\n", sessions={_S: agent("claude", "x s@e.org")})))


@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_nothing_makes_the_reader_fail(text: str | bytes) -> None:
    assert read(text).ai <= read(text).attested


@pytest.mark.parametrize(
    "text",
    [
        "a\n" + "".join(f"  k{i} {i}-{i + 5}\n" for i in range(120_000)) + "---\n{}",
        f"a\n  {_S} " + ",".join(f"{i}" for i in range(1, 400_000)) + "\n---\n{}",
        f"a\n  {_S} 1-999999999999\n---\n"
        + json.dumps({"prompts": {_P: agent(messages=["x" * 100] * 30_000)}}),
        "".join(f"f{i}\n  {_S} 1\n" for i in range(150_000)) + "---\n{}",
        "a\n" * 1_000_000,
        "  " * 1_000_000,
    ],
    ids=["keys", "ranges", "chat", "files", "paths", "spaces"],
)
def test_a_note_of_megabytes_takes_no_longer_than_reading_it(text: str) -> None:
    begun = time.perf_counter()
    read(text)
    assert time.perf_counter() - begun < 3


def test_traces_are_bound_by_revision_and_others_left_out() -> None:
    def record(**more: Any) -> str:
        who = more.pop("who", {"type": "ai", "model_id": "anthropic/claude-opus-4-5"})
        ranges = [
            {"start_line": 1, "end_line": 4},
            {"start_line": 9, "end_line": 9, "contributor": {"type": "human"}},
        ]
        files = [{"path": "a", "conversations": [{"contributor": who, "ranges": ranges}]}]
        return json.dumps(
            {
                "version": "0.1.0",
                "id": "x",
                "timestamp": "t",
                "files": files,
                "tool": {"name": "cursor"},
                **more,
            }
        )

    git = {"type": "git", "revision": "a" * 40}
    data = "\n".join(
        [record(vcs=git), record(), record(vcs={"type": "hg", "revision": "b" * 40}), "junk", "",
         record(vcs={**git, "revision": "c" * 40}, who={"type": "human"}), record(vcs={**git, "revision": "../x"})]
    )  # fmt: skip
    found = read_traces(data.encode(), _REGISTRY)
    (signal,) = found.by_revision["a" * 40]
    assert (signal.tool, signal.model, signal.raw) == ("cursor", "claude-opus-4-5", "4 lines")
    assert list(found.by_revision) == ["a" * 40]
    assert found.unreadable == 1
