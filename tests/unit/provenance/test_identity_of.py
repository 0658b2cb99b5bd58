import pytest

from blastdoor.provenance import builtin_registry, identity_of, owns_mailbox

_NOREPLY = "users.noreply.github.com"


@pytest.mark.parametrize(
    ("name", "mail", "tool", "marks"),
    [
        ("Claude", "noreply@anthropic.com", "claude-code", "ai"),
        (" CLAUDE ", " NoReply@Anthropic.com ", "claude-code", "ai"),
        ("Qwen Code", "noreply@anthropic.com", "qwen-code", "ai"),
        ("Jane Doe (aider)", "jane@example.org", "aider", "ai"),
        ("(aider)", "", "aider", "ai"),
        ("renamed", f"198982749+Renamed@{_NOREPLY}", "copilot", "ai"),
        ("x", f"198982749@{_NOREPLY}", "copilot", "ai"),
        ("x", "198982749", "copilot", "ai"),
        ("dependabot[bot]", f"dependabot[bot]@{_NOREPLY}", "dependabot", "automation"),
        ("dependabot[bot]", "support@github.com", "dependabot", "automation"),
        ("gemini-cli-robot", "gemini-cli-robot@google.com", "gemini-cli-robot", "automation"),
    ],
)
def test_a_tools_identity_is_told(name: str, mail: str, tool: str, marks: str) -> None:
    assert identity_of(name, mail, builtin_registry()) == (tool, marks)


@pytest.mark.parametrize("account", ["41898282", "62310815", "223894421"])
def test_an_account_that_models_and_robots_share_is_told_apart_by_name(account: str) -> None:
    registry, mail = builtin_registry(), f"{account}+any[bot]@{_NOREPLY}"
    ai = "claude[bot]" if account == "41898282" else "Copilot Autofix powered by AI"
    assert identity_of(ai, mail, registry) == ("claude-code" if account == "41898282" else "copilot", "ai")
    robot = identity_of("some-bot", mail, registry)
    assert robot is not None
    assert robot[1] == "automation"


@pytest.mark.parametrize(
    ("name", "mail"),
    [
        ("Claude Code", "jane@example.org"),  # a name alone is a hint for scan, and no identity
        ("dependabot[bot]", "jane@example.org"),
        ("Support", "support@github.com"),
        ("x", f"1989827490+Copilot@{_NOREPLY}"),
        ("x", f"198982749-Copilot@{_NOREPLY}"),
        ("x", f"198982749+jane@example.org@{_NOREPLY}"),
        ("Jane aider", "jane@example.org"),
        ("Jane (raider)", "jane@example.org"),
        ("Jane(aider)", "jane@example.org"),
        ("", ""),
    ],
)
def test_anything_else_is_not_told(name: str, mail: str) -> None:
    assert identity_of(name, mail, builtin_registry()) is None


def test_a_tool_in_a_persons_name_leaves_the_mailbox_theirs() -> None:
    registry = builtin_registry()
    assert not owns_mailbox("jane@example.org", registry)
    assert not owns_mailbox("ruv@ruv.net", registry)
    assert owns_mailbox("noreply@anthropic.com", registry)
    assert owns_mailbox(f"41898282+claude[bot]@{_NOREPLY}", registry)
