"""`blastdoor provenance classify`: JSON Lines in, JSON Lines out."""

import json
import subprocess
import sys
import time
from typing import Any

from blastdoor.model import Commit, Signature
from blastdoor.provenance import builtin_registry
from blastdoor.provenance import classify as answer
from shopfloor import AI


def classify(data: bytes) -> tuple[int, list[Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "blastdoor", "provenance", "classify"],
        input=data,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def lines(*values: Any) -> bytes:
    return "\n".join(json.dumps(value) for value in values).encode()


def test_each_line_is_answered_in_order() -> None:
    status, answers = classify(
        lines({"sha": "1", "message": AI}, {"message": "x"}, {"sha": "3", "message": AI})
    )
    assert status == 0
    assert [(one["sha"], one["state"]) for one in answers] == [
        ("1", "ai_disclosed"), (None, "no_disclosure"), ("3", "ai_disclosed"),
    ]  # fmt: skip
    assert list(answers[0]) == ["sha", "state", "tools", "models", "signals"]


def test_a_malformed_line_is_told_with_its_number_and_the_others_are_answered() -> None:
    data = b'{"message":"x"}\nnot json\n\n[1]\n{"message":5}\n{}\n{"message":"y","author":[]}\n\xff\n{"message":"z"}'
    status, answers = classify(data)
    assert status == 2
    assert [one.get("line") for one in answers] == [None, 2, 4, 5, 6, 7, 8, None]
    assert all(one["error"] for one in answers if "line" in one)


def test_nothing_in_is_nothing_out() -> None:
    assert classify(b"") == (0, [])


def test_half_characters_nesting_and_unknown_fields_are_taken() -> None:
    data = (
        b'{"message":"\\udce9\\u0000 '
        + AI.encode().replace(b"<", b"\\n<")
        + b'","more":{"a":[1]},"parents":["x"]}\n'
    )
    deep = b'{"message":"x","pull_request":' + b'{"a":' * 5000 + b"1" + b"}" * 5001 + b"\n"
    status, answers = classify(data + deep + lines({"message": "x", "author": None, "note": None}))
    assert status == 2
    assert [one.get("line") for one in answers] == [None, 2, None]


def test_pull_requests_are_read_in_three_forms() -> None:
    ours = {"author": "copilot-swe-agent[bot]", "head": "copilot/fix"}
    rest = {
        "user": {"login": "Copilot", "id": 198982749},
        "head": {"ref": "copilot/fix"},
        "labels": [{"name": "x"}],
    }
    gh = {"author": {"login": "app/copilot-swe-agent", "is_bot": True}, "headRefName": "copilot/fix"}
    status, answers = classify(lines(*({"message": "x", "pull_request": one} for one in (ours, rest, gh))))
    assert status == 0
    for told in answers:
        assert [one["kind"] for one in told["signals"]] == ["identity", "branch"]
        assert told["tools"] == ["copilot"]


def test_answers_come_before_the_input_ends() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "blastdoor", "provenance", "classify"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines({"message": AI}) + b"\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["state"] == "ai_disclosed"
    process.stdin.close()
    process.stdout.close()
    assert process.wait(timeout=30) == 0


def test_hostile_text_takes_no_longer_than_long_text() -> None:
    size = 1_000_000
    texts = [
        "a" * size, " " * size, "\n" * size, ":\n" * (size // 2), "(" * size, "<" * size, "@" * size, "`" * size,
        "Co-authored-by: " * (size // 16), "Co-authored-by: x\n" * (size // 18), " ai" * (size // 3),
        "written by " * (size // 11), "this was written by AI. " * (size // 24), "with the help of " * (size // 17),
        "\n".join(f"Co-authored-by: P{i} <p{i}@e.org>" for i in range(size // 34)),
        "\n".join(f"Assisted-by: Claude {i}" for i in range(size // 24)),
        "- [x] AI " * (size // 9), "## AI Disclosure\n\n" * (size // 18), "```\n" * (size // 4),
        "<!--" * (size // 4), "almost " * (size // 7) + "by AI", "this " * (size // 5) + "claude", "\\n" * (size // 2),
        "i used " * (size // 7) + "claude", "\n\nAI: " * (size // 6), "https://claude.ai/code/session_" * (size // 31),
    ]  # fmt: skip
    data = lines(*({"message": text} for text in texts))
    who, registry = Signature(name="J", mail="j@e.org"), builtin_registry()
    answer(Commit(id="", parents=(), author=who, committer=who, message=AI + "\nwritten by AI"), registry)
    slow = {}
    for text in texts:
        commit = Commit(id="", parents=(), author=who, committer=who, message=text)
        begun = time.perf_counter()
        answer(commit, registry)
        took = time.perf_counter() - begun
        if took > 0.25:
            slow[text[:30]] = round(took, 3)
    assert not slow
    assert len(classify(data)[1]) == len(texts)
