"""Notes as git-ai writes them, in the sizes it has: mostly a kilobyte, some with a whole chat."""

import json
from collections.abc import Sequence
from typing import IO, Any

from bench.synthetic.draw import Draw

_TOOLS = (("claude", "claude-opus-4-5"), ("codex", "gpt-5.3-codex"), ("cursor", "composer-1"))
_LONG = 0.05
_CHAT = 180_000


def write_notes(sink: IO[bytes], commits: Sequence[str], seed: int = 7) -> None:
    """A stream for `git fast-import` that leaves `refs/notes/ai` with a note on each commit."""
    draw = Draw(seed)
    sink.write(b"commit refs/notes/ai\ncommitter git-ai <git-ai@local> 1780000000 +0000\ndata 6\nnotes\n\n")
    for commit in commits:
        note = _note(draw, commit).encode()
        sink.write(b"N inline %b\ndata %d\n%b\n" % (commit.encode(), len(note), note))


def _note(draw: Draw, commit: str) -> str:
    metadata: dict[str, Any] = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": commit,
        "prompts": {},
    }
    if draw.chance(0.17):  # nobody but persons
        return "---\n" + json.dumps(metadata)
    key = f"{draw.below(1 << 56):014x}"
    tool, model = draw.pick(_TOOLS)
    author = "Jane Doe <jane@shop.example>"
    agent: dict[str, Any] = {
        "agent_id": {"tool": tool, "id": key, "model": model}, "human_author": author,
    }  # fmt: skip
    if draw.chance(0.4):
        name = f"{draw.below(1 << 62):016x}"
        agent |= {"total_additions": 40, "total_deletions": 3, "accepted_lines": 38, "overriden_lines": 2}
        if draw.chance(2 * _LONG):
            agent["messages"] = [{"type": "user", "text": "please " * 20}] * (_CHAT // 160)
        metadata["prompts"] = {name: agent}
    else:
        name = f"s_{key}::t_{draw.below(1 << 56):014x}"
        metadata["sessions"] = {f"s_{key}": agent}
        if draw.chance(_LONG):
            agent["custom_attributes"] = {"log": "x" * _CHAT}
    lines = []
    for number in range(draw.between(1, 8)):
        lines.append(f"src/shop/module_{number}.py")
        first = draw.between(1, 300)
        lines.append(f"  {name} {first}-{first + draw.between(0, 90)},{first + 200}")
    return "\n".join([*lines, "---", json.dumps(metadata, indent=2)])
