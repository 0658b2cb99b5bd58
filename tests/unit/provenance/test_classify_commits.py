"""Whole commits as they are met, and what each says; a wrong answer to any of them is a bug."""

import pytest

from blastdoor.model import Commit, Signature
from blastdoor.provenance import builtin_registry, classify, read_pull_request

_N = "users.noreply.github.com"
JANE = ("Jane Doe", "jane@example.org")
DEPENDABOT = ("dependabot[bot]", f"49699333+dependabot[bot]@{_N}")
ACTIONS = ("github-actions[bot]", f"41898282+github-actions[bot]@{_N}")
CLAUDE = "Co-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>"

AI, ROBOT, NOTHING = "ai_disclosed", "automation", "no_disclosure"
#: state, tools, author, message
COMMITS = [
    (AI, ("claude-code",), JANE, f"Feature (#1)\n\n* one\n\n{CLAUDE}\n\n* two\n\n---------\n\nCo-authored-by: J <j@e.org>"),
    (ROBOT, ("dependabot",), DEPENDABOT, "Bump x from 1 to 2\n\nupdated-dependencies:\n- dependency-name: x"),
    (ROBOT, ("dependabot",), DEPENDABOT, "Bump x\n\nRelease notes:\n\n\U0001f916 Generated with [Claude Code](https://x)"),
    (AI, ("copilot",), DEPENDABOT, f"Bump x\n\n* Fix\n\nCo-authored-by: copilot-swe-agent[bot] <198982749+Copilot@{_N}>"),
    (ROBOT, ("github-actions",), ACTIONS, "Release v1.2.3\n\nCo-authored-by: openhands <openhands@all-hands.dev>"),
    (AI, ("openhands",), ACTIONS, "Fix the parser\n\nCo-authored-by: openhands <openhands@all-hands.dev>"),
    (AI, ("claude-code",), ("claude[bot]", f"41898282+claude[bot]@{_N}"), "x"),
    (ROBOT, ("unlisted-app",), ("acme[bot]", f"7+acme[bot]@{_N}"), "x"),
    (AI, ("cursor",), ("acme-cursor-agent[bot]", f"7+acme-cursor-agent[bot]@{_N}"), "x"),
    (ROBOT, ("gemini-cli-robot",), ("gemini-cli-robot", "gemini-cli-robot@google.com"), "chore(release): bump version"),
    (AI, ("aider",), JANE, "aider: add tests\n\n# Aider chat conversation:\n\nUSER: hi"),
    (NOTHING, (), JANE, "aider: add page (#123)"),
    (NOTHING, (), ("Paul", "paul@aider.chat"), "x"),
    (NOTHING, (), JANE, "x\n\nCo-authored-by: Claude <claude@users.noreply.github.com>"),
    (NOTHING, (), JANE, "x\n\nCo-authored-by: Claude <41422239+claudesortwell@users.noreply.github.com>"),
    (NOTHING, (), ("Devin", "devinvinson@gmail.com"), "x"),
    (AI, ("codex",), ("GPT 5.6", f"199175422+codex@{_N}"), "x"),
    (AI, (), JANE, "x\n\nAssisted-by: generic LLM chatbot"),
    (AI, ("claude-code",), JANE, "x\n\nCo-Authored-By: <noreply@anthropic.com>"),
    (AI, ("claude-code",), JANE, "x\n\nCo-Authored-By: Claude [noreply@anthropic.com](mailto:noreply@anthropic.com)"),
    (AI, ("claude-code",), JANE, "x\\n\\nCo-Authored-By: Claude \\u003cnoreply@anthropic.com\\u003e"),
    (AI, ("claude-code",), JANE, "x\n\nAgent: Claude Code\nModel: claude-opus-4-5"),
    (NOTHING, (), JANE, "x\n\nAgent: Claude Code\nResult: failed"),
    (AI, ("replit",), JANE, "x\n\nReplit-Commit-Author: Agent\nReplit-Commit-Session-Id: a"),
    (NOTHING, (), JANE, "x\n\nReplit-Commit-Author: User\nReplit-Commit-Session-Id: a"),
    (NOTHING, (), JANE, "x\n\n## Summary by Sourcery\n\nNew Features:\n- add"),
    (NOTHING, (), JANE, "x\n\n> [!NOTE]\n> <sup>Written by [Cursor Bugbot](https://cursor.com/x) for abc.</sup>"),
    (NOTHING, (), JANE, '<a href="https://app.devin.ai/review/a/b/pull/1"><picture>'),
    (AI, ("claude-code",), JANE, "Merge branch 'claude/fix' into 'main'\n\nSee merge request a/b!1"),
    (AI, ("codex",), JANE, "Merge remote-tracking branch 'origin/codex/fix'"),
    (AI, ("cursor",), JANE, "Merged in cursor/fix (pull request #12)"),
    (AI, ("devin",), JANE, "Merge pull request #1 from org/devin/1738000000-fix"),
    (NOTHING, (), JANE, "Merge pull request #1 from org/devin/fix-login"),
    (NOTHING, (), JANE, "Merge pull request #1 from mitchellh/cursor-style"),
    (NOTHING, (), JANE, "Merge branch 'main' into copilot/fix"),
    (NOTHING, (), JANE, 'Revert "Merge pull request #1 from org/codex/fix"'),
    (NOTHING, (), JANE, "x\n\nSuggested-by: Claude"),
    (NOTHING, (), JANE, "x\n\nHelped-by: Devin"),
    (AI, ("claude-code",), JANE, "x\n\nHelped-by: Claude Code"),
    (AI, ("copilot",), JANE, "x\n\nSuggested-by: Copilot"),
    (AI, ("claude-code",), JANE, "x\n\nAssisted-by: Claude"),
    (NOTHING, (), JANE, "Merge"),
    (NOTHING, (), ("", ""), ""),
]  # fmt: skip


def a_commit(author: tuple[str, str], message: str, committer: tuple[str, str] | None = None) -> Commit:
    who, by = (Signature(name=name, mail=mail) for name, mail in (author, committer or author))
    return Commit(id="a" * 40, parents=(), author=who, committer=by, message=message)


@pytest.mark.parametrize(("state", "tools", "author", "message"), COMMITS)
def test_a_commit_says_what_it_says(
    state: str, tools: tuple[str, ...], author: tuple[str, str], message: str
) -> None:
    found = classify(a_commit(author, message), builtin_registry())
    assert (found.state, found.tools) == (state, tools)


def test_the_committer_counts_as_well() -> None:
    commit = a_commit(JANE, "x", ("Jane Doe (aider)", "jane@example.org"))
    assert classify(commit, builtin_registry()).tools == ("aider",)


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({"head": "codex/fix", "body": "https://chatgpt.com/codex/tasks/task_e_1"}, ["branch", "link"]),
        ({"user": {"login": "jane", "id": 5}, "head": {"ref": "fix"}}, []),
        ({"author": "app/devin-ai-integration", "head": "jane:devin/1738000000-x"}, ["identity", "branch"]),
        ({"labels": ["AI-Generated", {"name": "bug"}]}, ["label"]),
        ({"body": "## What\n\nA fix.\n\n## AI disclosure\n\nClaude Code wrote the tests."}, ["section"]),
        ({"body": "- [x] AI was used\n- [ ] none"}, ["checkbox"]),
        ({"body": "- [ ] AI was used\n- [x] No AI was used"}, []),
        ({"title": "Add Claude support", "body": "This adds Claude Code support."}, []),
        ({"author": None, "labels": None, "body": None}, []),
    ],
)
def test_a_pull_request_says_what_it_says(given: dict[str, object], kinds: list[str]) -> None:
    found = classify(a_commit(JANE, "x"), builtin_registry(), pull_request=read_pull_request(given))
    assert [one.kind for one in found.signals] == kinds
    assert all(one.source == "pull_request" for one in found.signals)
