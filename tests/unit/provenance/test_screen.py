"""The screen must point at every commit in which something is found; pointing at more costs only time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.model import Commit, Signature
from blastdoor.provenance import Screen, builtin_registry, classify

_WORDS = [
    "Co-Authored-By: ", "co authored by: ", "Claude", "noreply@anthropic.com", "<", ">", "\n", "\n\n", "  ", "\\n", "\r", "> ",
    "written ", "with ", "by ", "AI", "ai-generated", "Copilot ", "This PR was ", "I used ", "to ", "help of ", "## AI Disclosure\n",
    "- [x] ", "used ", "Merge branch 'codex/x'", "Merge pull request #1 from a/copilot/x", "https://claude.ai/code/session_1",
    "\U0001f916 Generated with [Claude Code](x)", "Assisted-by: ", "Cursor ", "\u2028", "\x00", "\u00e9", ".", ", ", "(", ")", "```\n",
    "Fix the parser", "AI-assisted: true", "vibe coded ", "ChatGPT",
]  # fmt: skip
_messages = st.lists(st.sampled_from(_WORDS), max_size=14).map("".join)
_people = st.sampled_from(
    [
        ("Jane Doe", "jane@example.org"),
        ("Claude", "noreply@anthropic.com"),
        ("Jane (aider)", "jane@example.org"),
        ("x", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("new", "1+new[bot]@users.noreply.github.com"),
        ("GPT-5", ""),
    ]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.tuples(_people, _people, _messages), min_size=1, max_size=4))
def test_no_commit_with_a_signal_gets_past_the_screen(
    commits: list[tuple[tuple[str, str], tuple[str, str], str]],
) -> None:
    raw = [
        (
            f"tree t\nauthor {author[0]} <{author[1]}> 1 +0000\ncommitter {committer[0]} <{committer[1]}> 1 +0000".encode(),
            message.encode(),
        )
        for author, committer, message in commits
    ]
    found = Screen(builtin_registry())(raw)
    for index, (author, committer, message) in enumerate(commits):
        commit = Commit(
            id="a" * 40,
            parents=(),
            author=Signature(name=author[0], mail=author[1]),
            committer=Signature(name=committer[0], mail=committer[1]),
            message=message,
        )
        if classify(commit, builtin_registry()).signals:
            assert index in found, (author, committer, message)
