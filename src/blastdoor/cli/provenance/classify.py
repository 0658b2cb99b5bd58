"""`blastdoor provenance classify`."""

import json
import sys
from collections.abc import Iterator

import click

#: A line longer than this is not read; a note of the largest kind fits several times.
_LONGEST = 64_000_000
_MALFORMED = 2


@click.command("classify")
def command() -> int:
    """Say for commits given as JSON Lines on standard input what they disclose of AI.

    A line is an object: {"sha"?, "author": {"name", "email"}, "committer": {"name", "email"}, "message",
    "parents"?, "note"?, "pull_request"?}. For each, in the same order, one line comes back: {"sha", "state",
    "tools", "models", "signals"}; for one that cannot be read {"line", "error"}, and the exit status is 2.
    """
    import msgspec  # noqa: PLC0415 - a command pays for what it uses

    status, out = 0, sys.stdout.buffer
    for number, line in enumerate(_lines(), 1):
        if line is not None and not line.strip():
            continue
        try:
            if line is None:
                raise ValueError(f"longer than {_LONGEST} bytes")
            answer = _answer(line)
        except (ValueError, RecursionError) as error:
            answer, status = {"line": number, "error": str(error)[:300] or "nested too deep"}, _MALFORMED
        out.write(msgspec.json.encode(answer) + b"\n")
        # Whoever writes line by line waits for the answers line by line.
        out.flush()
    return status


def _lines() -> Iterator[bytes | None]:
    """The lines of standard input; None for one that is too long."""
    stream = sys.stdin.buffer
    while line := stream.readline(_LONGEST):
        whole = len(line) < _LONGEST or line.endswith(b"\n")
        while not whole and (rest := stream.readline(_LONGEST)):
            whole = rest.endswith(b"\n")
            line = b""
        yield line or None


def _answer(line: bytes) -> dict[str, object]:
    from blastdoor.provenance import builtin_registry, classify, read_pull_request  # noqa: PLC0415
    from blastdoor.provenance.given import read_given  # noqa: PLC0415

    given = read_given(_decoded(line))
    one = classify(
        given.commit(),
        builtin_registry(),
        notes=() if given.note is None else (given.note,),
        pull_request=None if given.pull_request is None else read_pull_request(given.pull_request),
    )
    return {
        "sha": given.sha,
        "state": one.state,
        "tools": one.tools,
        "models": one.models,
        "signals": one.signals,
    }


def _decoded(line: bytes) -> object:
    import msgspec  # noqa: PLC0415

    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Half characters, as programs write that read another encoding: the standard library takes them.
        return json.loads(line)
