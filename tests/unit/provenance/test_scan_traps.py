"""What looks like an agent and is none. Each of these is a kind that real histories hold."""

import pytest

from blastdoor.model import Commit, Signature
from blastdoor.provenance import builtin_registry, identity_of, scan

_NOREPLY = "users.noreply.github.com"

PERSONS = [
    ("Claude Paroz", "claude@2xlibre.net"),
    ("Claude", "41422239+claudesortwell@users.noreply.github.com"),
    ("Claude", "claude@users.noreply.github.com"),
    ("Annie-Claude Côté", "annie@example.org"),
    ("Jean-Claude", "jc@example.org"),
    ("Kiro Risk", "kiro@example.org"),
    ("Travis Cline", "travis@example.org"),
    ("Cody Cutrer", "cody@example.org"),
    ("Devin Rhode", "devin@example.org"),
    ("Devin", "devinvinson@gmail.com"),
    ("Jules Lasne", "jules@example.org"),
    ("Jules", "jules@example.org"),
    ("harips138-droid", f"1+harips138-droid@{_NOREPLY}"),
    ("theagenticguy", f"2+theagenticguy@{_NOREPLY}"),
    ("notarobot", "notarobot@example.org"),
    ("Hila Kashai", "hila@example.org"),
    ("alffarisi", "alffarisi@example.org"),
    ("Haiku", "haiku@example.org"),
    ("Boris", "boris@anthropic.com"),
    ("Sam", "sam@openai.com"),
    ("Paul Gauthier", "paul@aider.chat"),
    ("A Dev", "dev@openhands.dev"),
    ("A Dev", "dev@zed.dev"),
    ("rUv", "ruv@ruv.net"),
    ("Gemini", "gemini@example.org"),
    ("GitHub", "noreply@github.com"),
    ("not-claude", "xnoreply@anthropic.com"),
    ("digits", f"5+49699333@{_NOREPLY}"),  # a person whose login is another account's id
    ("other host", "198982749+Copilot@users.noreply.example.com"),
]

MESSAGES = [
    "bump Claude Code to 2.1.4",
    "chore: bump anthropics/claude-code-action from 1 to 2",
    "aider: add page",
    'Revert "aider: add page"',
    'Revert "feat: co-authored by Claude"',
    "claude: add page\n\nllm: refresh page",
    "cursor: fix pagination of the DB cursor\n\nagent: pass the user agent on; &amp; in text",
    "remove AI slop, sweep old gemini constellation pictures",
    "docs: vibe coding policy\n\nSay what Copilot, ChatGPT and Claude may be used for.",
    "policy: ban `Co-Authored-By: Claude <noreply@anthropic.com>` in commits",
    "Remove the 'Generated with Claude Code' footer",
    "Generated with Claude Code footers are now refused",
    "`🤖 Generated with Claude Code`",
    "> 🤖 Generated with [Claude Code](https://claude.ai/code)",
    "  > Co-authored-by: Claude <noreply@anthropic.com>",
    "> quoted\\nCo-authored-by: Claude <noreply@anthropic.com>",
    ">> Claude-Session: https://claude.ai/code/session_1",
    "Merge branch 'main' into copilot/fix-it",
    "Merge pull request #7 from o/cursor-style",
    "docs/copilot-cli-notes, webb/remove-gemini-truncation",
    "see https://notclaude.ai/code/session_1",
    "see https://app.devin.ai/review/o/r/pull/1",
    "Reviewed-by: Claude <noreply@anthropic.com>",
    "Tested-by: Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
    "Assisted-by: Claude Paroz <claude@2xlibre.net>",
    "Assisted-by: Claude <claude@2xlibre.net>",
    "Assisted-by: Claude Paroz",
    "Assisted-by: Annie-Claude Côté",
    "Assisted-by: Ai Weiwei",
    "Assisted-by: none",
    "Assisted-by: no AI was used",
    "AI-assisted: false",
    "AI-assisted: no",
    "Co-authored-by-AI:",
    "Generated-by: protoc 3.2",
    "Generated-by: OpenAPI Generator 7.1",
    "Generated-by: cursor-pagination-tool",
    "Made-with: love",
    "Made-with: Cursorial",
    "Agent-Logs-Url: https://example.org/agent.log",
    "Replit-Commit-Author: Jane",
    "Agent: ssh",
    "Model: gpt-4o",
]


@pytest.mark.parametrize(("name", "mail"), PERSONS)
def test_a_person_is_no_tool(name: str, mail: str) -> None:
    registry = builtin_registry()
    who = Signature(name=name, mail=mail)
    message = f"fix\n\nCo-authored-by: {name} <{mail}>\nSigned-off-by: {name} <{mail}>\n"
    assert scan(Commit(id="a" * 40, parents=(), author=who, committer=who, message=message), registry) == ()
    assert identity_of(name, mail, registry) is None


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("frame", ["{}", "fix: x\n\n{}\n"])
def test_words_about_tools_are_no_signal(message: str, frame: str) -> None:
    who = Signature(name="Jane Doe", mail="jane@example.org")
    commit = Commit(id="a" * 40, parents=(), author=who, committer=who, message=frame.format(message))
    assert scan(commit, builtin_registry()) == ()
