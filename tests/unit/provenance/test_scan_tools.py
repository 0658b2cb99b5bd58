"""Every tool of the registry, by commits that look like the ones it writes."""

import pytest

from blastdoor.model import Commit, Signal, Signature
from blastdoor.provenance import builtin_registry, scan

_JANE = "Jane Doe <jane@example.org>"


def a_commit(message: str = "fix: a thing\n", author: str = _JANE, committer: str = _JANE) -> Commit:
    return Commit(id="c" * 40, parents=(), author=_who(author), committer=_who(committer), message=message)


def _who(text: str) -> Signature:
    name, _, rest = text.rpartition(" <")
    return Signature(name=name, mail=rest.rstrip(">"))


def signals(message: str = "fix: a thing\n", **who: str) -> tuple[Signal, ...]:
    return scan(a_commit(message, **who), builtin_registry())


NOREPLY = "users.noreply.github.com"

AUTHORS = [
    ("claude-code", "Claude <noreply@anthropic.com>"),
    ("claude-code", "Claude Code <claude@anthropic.com>"),
    ("claude-code", f"claude[bot] <209825114+claude[bot]@{NOREPLY}>"),
    ("claude-code", f"claude[bot] <41898282+claude[bot]@{NOREPLY}>"),
    ("copilot", f"Copilot <198982749+Copilot@{NOREPLY}>"),
    ("copilot", f"copilot-swe-agent[bot] <198982749+Copilot@{NOREPLY}>"),
    ("copilot", f"Copilot Autofix powered by AI <62310815+github-advanced-security[bot]@{NOREPLY}>"),
    ("cursor", "Cursor Agent <cursoragent@cursor.com>"),
    ("cursor", f"cursor[bot] <206951365+cursor[bot]@{NOREPLY}>"),
    ("devin", f"Devin AI <158243242+devin-ai-integration[bot]@{NOREPLY}>"),
    ("codex", "Codex <codex@openai.com>"),
    ("codex", f"chatgpt-codex-connector[bot] <199175422+chatgpt-codex-connector[bot]@{NOREPLY}>"),
    ("jules", f"google-labs-jules[bot] <161369871+google-labs-jules[bot]@{NOREPLY}>"),
    ("gemini", f"gemini-cli[bot] <218312386+gemini-cli[bot]@{NOREPLY}>"),
    ("aider", "Jane Doe (aider) <jane@example.org>"),
    ("openhands", "openhands <openhands@all-hands.dev>"),
    ("amazon-q", f"amazon-q-developer[bot] <208079219+amazon-q-developer[bot]@{NOREPLY}>"),
    ("kiro", f"Kiro Agent <244629292+kiro-agent@{NOREPLY}>"),
    ("amp", "Amp <amp@ampcode.com>"),
    ("opencode", "opencode <noreply@opencode.ai>"),
    ("opencode", f"opencode-agent[bot] <opencode-agent[bot]@{NOREPLY}>"),
    ("factory-droid", f"factory-droid[bot] <138933559+factory-droid[bot]@{NOREPLY}>"),
    ("lovable", f"gpt-engineer-app[bot] <159125892+gpt-engineer-app[bot]@{NOREPLY}>"),
    ("firebender", "Firebender <help@firebender.com>"),
    ("qwen-code", "Qwen-Coder <qwen-coder@alibabacloud.com>"),
    ("codeflash", f"codeflash-ai[bot] <148906541+codeflash-ai[bot]@{NOREPLY}>"),
    ("ellipsis", f"ellipsis-dev[bot] <65095814+ellipsis-dev[bot]@{NOREPLY}>"),
    ("coderabbit", f"coderabbitai[bot] <136622811+coderabbitai[bot]@{NOREPLY}>"),
    ("engine-labs", f"engine-labs-app[bot] <140088366+engine-labs-app[bot]@{NOREPLY}>"),
    ("sentry-junior", f"sentry-junior[bot] <264270552+sentry-junior[bot]@{NOREPLY}>"),
    ("sisyphus", "Sisyphus <clio-agent@sisyphuslabs.ai>"),
    ("atlarix", "Atlarix <agent@atlarix.dev>"),
    ("claude-flow", "claude-flow <ruv@ruv.net>"),
    ("junie", "Junie <junie@jetbrains.com>"),
    ("roo-code", "Roo Code <roomote@roocode.com>"),
    ("warp", "Warp <agent@warp.dev>"),
    ("windsurf", "Windsurf <cascade@windsurf.ai>"),
    ("mistral-vibe", "Mistral Vibe <vibe@mistral.ai>"),
    ("letta", "Letta <noreply@letta.com>"),
    ("crush", "Crush <crush@charm.land>"),
    ("ona", "Ona <no-reply@ona.com>"),
    ("dependabot", f"dependabot[bot] <49699333+dependabot[bot]@{NOREPLY}>"),
    ("renovate", "Renovate Bot <bot@renovateapp.com>"),
    ("github-actions", f"github-actions[bot] <41898282+github-actions[bot]@{NOREPLY}>"),
    ("github-advanced-security", f"github-code-quality[bot] <223894421+github-code-quality[bot]@{NOREPLY}>"),
    ("github-merge-queue", f"github-merge-queue[bot] <118344674+github-merge-queue[bot]@{NOREPLY}>"),
    ("pre-commit-ci", f"pre-commit-ci[bot] <66853113+pre-commit-ci[bot]@{NOREPLY}>"),
    ("allcontributors", f"allcontributors[bot] <46447321+allcontributors[bot]@{NOREPLY}>"),
    ("kodiak", f"kodiakhq[bot] <49736102+kodiakhq[bot]@{NOREPLY}>"),
    ("mergify", f"mergify[bot] <37929162+mergify[bot]@{NOREPLY}>"),
    ("autofix-ci", f"autofix-ci[bot] <114827586+autofix-ci[bot]@{NOREPLY}>"),
    ("semantic-release", "semantic-release-bot <semantic-release-bot@martynus.net>"),
    ("gemini-cli-robot", "gemini-cli-robot <gemini-cli-robot@google.com>"),
    ("jules-fleet", f"jules-fleet[bot] <247082972+jules-fleet[bot]@{NOREPLY}>"),
    ("ghostty-vouch", f"ghostty-vouch[bot] <1+ghostty-vouch[bot]@{NOREPLY}>"),
    ("kilo-code", f"x <240665456+y@{NOREPLY}>"),
    ("continue-agent", "x <continue@continue.dev>"),
    ("happy", "x <yesreply@happy.engineering>"),
    ("codebuff", "x <noreply@codebuff.com>"),
    ("sweep", f"sweep-ai[bot] <1+sweep-ai[bot]@{NOREPLY}>"),
    ("codegen", f"codegen-sh[bot] <1+codegen-sh[bot]@{NOREPLY}>"),
    ("gru", f"gru-agent[bot] <1+gru-agent[bot]@{NOREPLY}>"),
    ("sentry-seer", f"seer-by-sentry[bot] <1+seer-by-sentry[bot]@{NOREPLY}>"),
    ("v0", "x <it+v0agent@vercel.com>"),
    ("builder-io", f"builderio-bot[bot] <1+builderio-bot[bot]@{NOREPLY}>"),
    ("charlie", f"charliecreates[bot] <1+charliecreates[bot]@{NOREPLY}>"),
    ("cosine", f"cosine-genie[bot] <1+cosine-genie[bot]@{NOREPLY}>"),
    ("tembo", f"tembo-io[bot] <1+tembo-io[bot]@{NOREPLY}>"),
    ("mentat", f"mentatbot[bot] <1+mentatbot[bot]@{NOREPLY}>"),
    ("sourcery", f"x <58596630+y@{NOREPLY}>"),
    ("qodo", f"qodo-merge-pro[bot] <1+qodo-merge-pro[bot]@{NOREPLY}>"),
    ("greptile", f"greptile-apps[bot] <1+greptile-apps[bot]@{NOREPLY}>"),
    ("graphite-agent", f"graphite-app[bot] <1+graphite-app[bot]@{NOREPLY}>"),
    ("cubic", f"cubic-dev-ai[bot] <1+cubic-dev-ai[bot]@{NOREPLY}>"),
    ("qoder", "x <noreply@qoder.com>"),
    ("base44", f"base44[bot] <1+base44[bot]@{NOREPLY}>"),
    ("terragon", f"terragon-labs[bot] <1+terragon-labs[bot]@{NOREPLY}>"),
    ("nori", "x <contact@tilework.tech>"),
    ("open-swe", f"open-swe[bot] <1+open-swe[bot]@{NOREPLY}>"),
    ("traycer", f"traycerai[bot] <1+traycerai[bot]@{NOREPLY}>"),
    ("release-please", f"release-please[bot] <1+release-please[bot]@{NOREPLY}>"),
    ("snyk", f"snyk-io[bot] <1+snyk-io[bot]@{NOREPLY}>"),
    ("pyup", f"pyup-bot[bot] <1+pyup-bot[bot]@{NOREPLY}>"),
    ("greenkeeper", f"greenkeeper[bot] <1+greenkeeper[bot]@{NOREPLY}>"),
    ("imgbot", f"imgbot[bot] <1+imgbot[bot]@{NOREPLY}>"),
    ("restyled", f"restyled-io[bot] <1+restyled-io[bot]@{NOREPLY}>"),
    ("weblate", f"weblate[bot] <1+weblate[bot]@{NOREPLY}>"),
    ("crowdin", f"crowdin-bot[bot] <1+crowdin-bot[bot]@{NOREPLY}>"),
    ("transifex", f"transifex-integration[bot] <1+transifex-integration[bot]@{NOREPLY}>"),
    ("copybara", f"copybara-service[bot] <1+copybara-service[bot]@{NOREPLY}>"),
    ("owl-bot", f"gcf-owl-bot[bot] <1+gcf-owl-bot[bot]@{NOREPLY}>"),
    ("deepsource", f"deepsource-autofix[bot] <1+deepsource-autofix[bot]@{NOREPLY}>"),
    ("codecov", f"codecov[bot] <1+codecov[bot]@{NOREPLY}>"),
    ("stale", f"stale[bot] <1+stale[bot]@{NOREPLY}>"),
    ("bors", f"bors[bot] <1+bors[bot]@{NOREPLY}>"),
    ("rustbot", f"rustbot[bot] <1+rustbot[bot]@{NOREPLY}>"),
    ("k8s-ci-robot", "x <k8s-ci-robot@users.noreply.github.com>"),
    ("openshift-ci", f"openshift-ci[bot] <1+openshift-ci[bot]@{NOREPLY}>"),
    ("miss-islington", "x <31488909+miss-islington@users.noreply.github.com>"),
    ("meeseeks", f"meeseeksmachine[bot] <1+meeseeksmachine[bot]@{NOREPLY}>"),
    ("backport-action", f"backport-action[bot] <1+backport-action[bot]@{NOREPLY}>"),
    ("conda-forge", f"conda-forge-admin[bot] <1+conda-forge-admin[bot]@{NOREPLY}>"),
    ("brew-test-bot", "x <1589480+BrewTestBot@users.noreply.github.com>"),
    ("flathub", f"flathubbot[bot] <1+flathubbot[bot]@{NOREPLY}>"),
    ("nixpkgs-update", "x <ryantm-bot@ryantm.com>"),
    ("changesets", f"changeset-bot[bot] <1+changeset-bot[bot]@{NOREPLY}>"),
    ("gitlab-bot", "x <gitlab-bot@gitlab.com>"),
    ("travis", "x <builds@travis-ci.org>"),
    ("circleci", "x <builds@circleci.com>"),
    ("homu", "x <homu@barosl.com>"),
    ("azure-pipelines", f"azure-pipelines[bot] <1+azure-pipelines[bot]@{NOREPLY}>"),
    ("scala-steward", f"scala-steward[bot] <1+scala-steward[bot]@{NOREPLY}>"),
    ("depfu", f"depfu[bot] <1+depfu[bot]@{NOREPLY}>"),
    ("gitbook", f"gitbook-bot[bot] <1+gitbook-bot[bot]@{NOREPLY}>"),
    ("netlify", f"netlify[bot] <1+netlify[bot]@{NOREPLY}>"),
    ("sketch", "Sketch <hello@sketch.dev>"),
    ("abacus", "x <agent@abacus.ai>"),
    ("amplifier", f"Amplifier <240397093+microsoft-amplifier@{NOREPLY}>"),
    ("all-hands-bot", "all-hands-bot <contact@all-hands.dev>"),
    ("unlisted-app", f"acme-release[bot] <77+acme-release[bot]@{NOREPLY}>"),
    ("git-ai-notes", "git-ai <git-ai@local>"),
]

#: tool, line, kind, strength, model ("" for none)
LINES = [
    ("claude-code", "Co-Authored-By: Claude <noreply@anthropic.com>", "trailer", "strong", ""),
    (
        "claude-code",
        "Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>",
        "trailer",
        "strong",
        "Claude Opus 4.6 (1M context)",
    ),
    (
        "claude-code",
        "Co-authored-by: Claude Fable 5 <noreply@anthropic.com>",
        "trailer",
        "strong",
        "Claude Fable 5",
    ),
    ("claude-code", "Co-Authored-By: Claude Opus 4.6", "trailer", "medium", "Claude Opus 4.6"),
    (
        "claude-code",
        "Signed-off-by: Claude Haiku 4.5 <noreply@anthropic.com>",
        "trailer",
        "strong",
        "Claude Haiku 4.5",
    ),
    (
        "claude-code",
        "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
        "footer",
        "medium",
        "",
    ),
    ("claude-code", "🤖 Generated with Claude Code", "footer", "medium", ""),
    ("claude-code", "Claude-Session: https://claude.ai/code/session_01Ab", "trailer", "strong", ""),
    ("claude-code", "see https://claude.ai/code/session_01Ab for how", "link", "medium", ""),
    (
        "claude-code",
        "Claude-Generated-By: Claude Code (cli/claude-opus-4-5=100%)",
        "trailer",
        "strong",
        "claude-opus-4-5=100%",
    ),
    ("claude-code", "Claude-Steers: 3", "trailer", "strong", ""),
    (
        "claude-code",
        "Assisted-by: Claude:claude-3-opus coccinelle sparse",
        "trailer",
        "medium",
        "claude-3-opus",
    ),
    ("claude-code", "Assisted-by: Claude Code (Opus 4.7 1M)", "trailer", "medium", "Opus 4.7 1M"),
    (
        "claude-code",
        "Co-authored-by: Claude (glm-4.7) <noreply@anthropic.com>",
        "trailer",
        "strong",
        "glm-4.7",
    ),
    ("qwen-code", "Co-authored-by: Qwen Code <noreply@anthropic.com>", "trailer", "strong", ""),
    (
        "codex",
        "Co-authored-by: gpt-5.3-codex-high <noreply@anthropic.com>",
        "trailer",
        "strong",
        "gpt-5.3-codex-high",
    ),
    ("copilot", f"Co-authored-by: Copilot <223556219+Copilot@{NOREPLY}>", "trailer", "strong", ""),
    ("copilot", f"Co-authored-by: Copilot App <223556219+Copilot@{NOREPLY}>", "trailer", "strong", ""),
    ("copilot", f"Co-authored-by: Copilot <175728472+Copilot@{NOREPLY}>", "trailer", "strong", ""),
    ("copilot", "Co-authored-by: Copilot <copilot@github.com>", "trailer", "strong", ""),
    ("copilot", "Copilot-Session: 0b5c7a6e-0000-4000-8000-000000000000", "trailer", "strong", ""),
    ("copilot", "Agent-Logs-Url: https://github.com/o/r/sessions/1f", "trailer", "strong", ""),
    (
        "copilot",
        f"Co-authored-by: Copilot Autofix powered by AI <223894421+github-code-quality[bot]@{NOREPLY}>",
        "trailer",
        "strong",
        "",
    ),
    ("cursor", "Co-authored-by: Cursor <cursoragent@cursor.com>", "trailer", "strong", ""),
    ("cursor", "Made-with: Cursor", "trailer", "strong", ""),
    ("cursor", "Assisted-by: Cursor (Auto)", "trailer", "medium", ""),
    ("cursor", "https://cursor.com/agents/bc-1a2b", "link", "medium", ""),
    ("devin", "Link to Devin run: https://app.devin.ai/sessions/1a2b", "link", "medium", ""),
    ("codex", "Co-authored-by: Codex <noreply@openai.com>", "trailer", "strong", ""),
    ("codex", "Co-authored-by: OpenAI GPT 5.5 <noreply@openai.com>", "trailer", "strong", "GPT 5.5"),
    ("codex", "https://chatgpt.com/codex/tasks/task_e_1", "link", "medium", ""),
    (
        "jules",
        "PR created automatically by Jules for task [1](https://jules.google.com/task/1)",
        "footer",
        "medium",
        "",
    ),
    (
        "gemini",
        f"Co-authored-by: gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@{NOREPLY}>",
        "trailer",
        "strong",
        "",
    ),
    ("gemini", "Assisted-by: Gemini 2.5 Pro", "trailer", "medium", "Gemini 2.5 Pro"),
    ("aider", "Co-authored-by: aider (gpt-4o) <aider@aider.chat>", "trailer", "strong", "gpt-4o"),
    ("aider", "# Aider chat conversation:", "footer", "medium", ""),
    ("openhands", "Co-authored-by: OpenHands-GPT-5 openhands@all-hands.dev", "trailer", "strong", "GPT-5"),
    ("amazon-q", "🤖 Assisted by Amazon Q Developer", "footer", "medium", ""),
    ("kiro", "Assisted-by: Kiro", "trailer", "medium", ""),
    ("amp", "Amp-Thread-ID: https://ampcode.com/threads/T-1a2b", "trailer", "strong", ""),
    ("amp", "Thread (https://ampcode.com/threads/T-1a2b) has the details", "link", "medium", ""),
    ("opencode", "Assisted-by: OpenCode (Claude Opus 4)", "trailer", "medium", "Claude Opus 4"),
    ("opencode", "Assisted-by: OpenCode.ai <Opus 4.6>", "trailer", "medium", "Opus 4.6"),
    ("replit", "Replit-Commit-Author: Agent", "trailer", "strong", ""),
    ("replit", "Replit-Commit-Session-Id: 1a2b", "trailer", "weak", ""),
    ("entire", "Entire-Checkpoint: 1a2b3c", "trailer", "medium", ""),
    ("gitlab-duo", "Assisted-by: GitLab Duo", "trailer", "medium", ""),
    ("rovo-dev", "Assisted-by: Rovo Dev", "trailer", "medium", ""),
    ("trae", "Assisted-by: Trae AI", "trailer", "medium", ""),
    ("codebuddy", "Assisted-by: CodeBuddy", "trailer", "medium", ""),
    ("iflow", "Assisted-by: iFlow CLI", "trailer", "medium", ""),
    ("blackbox", "Assisted-by: Blackbox AI", "trailer", "medium", ""),
    ("zencoder", "Assisted-by: Zencoder", "trailer", "medium", ""),
    ("bolt", "Assisted-by: Bolt.new", "trailer", "medium", ""),
    ("conductor", "Assisted-by: Conductor.build", "trailer", "medium", ""),
    ("swe-agent", "Assisted-by: SWE-agent", "trailer", "medium", ""),
    ("auto-gpt", "Assisted-by: AutoGPT", "trailer", "medium", ""),
    ("plandex", "Assisted-by: Plandex", "trailer", "medium", ""),
    ("phind", "Assisted-by: Phind", "trailer", "medium", ""),
    ("perplexity", "Assisted-by: Perplexity AI", "trailer", "medium", ""),
    ("openclaw", "Assisted-by: OpenClaw", "trailer", "medium", ""),
    ("brokk", "Assisted-by: Brokk AI", "trailer", "medium", ""),
    ("lingma", "Assisted-by: Lingma", "trailer", "medium", ""),
    ("zcode", "Assisted-by: ZCode", "trailer", "medium", ""),
    ("pi-agent", "Assisted-by: Pi Coding Agent", "trailer", "medium", ""),
    ("chatgpt", "Assisted-by: ChatGPTv5", "trailer", "medium", ""),
    ("cline", "Assisted-by: Cline", "trailer", "medium", ""),
    ("cody", "Assisted-by: Sourcegraph Cody", "trailer", "medium", ""),
    ("goose", "Assisted-by: goose (gpt-5)", "trailer", "medium", "gpt-5"),
    ("antigravity", "Assisted-by: Google Antigravity", "trailer", "medium", ""),
    ("augment", "Coding-Agent: Augment Code", "trailer", "medium", ""),
    ("zed-agent", "Coding-Agent: Zed Agent", "trailer", "medium", ""),
    ("tabnine", "AI-Tools: Tabnine", "trailer", "medium", ""),
    ("grok", "Generated-by: Grok 4", "trailer", "medium", "Grok 4"),
    ("deepseek", "Generated-by: DeepSeek V3", "trailer", "medium", "DeepSeek V3"),
    ("kimi", "Generated-by: Kimi K2", "trailer", "medium", "Kimi K2"),
    ("unnamed-ai", "Assisted-by: AI", "trailer", "medium", ""),
    ("chatgpt", "Assisted-by: AI (ChatGPT)", "trailer", "medium", ""),
    ("gemini", "Assisted-by: Google's Gemini", "trailer", "medium", ""),
    ("copilot", "Generated-by: Copilot; reviewed by Jo", "trailer", "medium", ""),
    ("claude-code", "Co-authored-by: Claude", "trailer", "medium", ""),
    ("unnamed-ai", "Assisted-by: generic LLM chatbot", "trailer", "medium", ""),
    ("unnamed-ai", "Ai-assisted: true", "trailer", "medium", ""),
    ("unnamed-ai", "Generated-by: GPT-5", "trailer", "medium", "GPT-5"),
    ("unnamed-ai", "Co-authored-by-AI: my own thing", "trailer", "medium", ""),
    ("copilot", "Co-authored-by-AI: GitHub Copilot 1.2", "trailer", "medium", ""),
]


@pytest.mark.parametrize(("tool", "author"), AUTHORS, ids=[f"{tool}-{who[:20]}" for tool, who in AUTHORS])
@pytest.mark.parametrize("role", ["author", "committer"])
def test_a_tool_that_signs_as_author_or_committer_is_told(tool: str, author: str, role: str) -> None:
    (signal,) = signals(**{role: author})
    marks = next(one.marks for one in builtin_registry().tools if one.name == tool)
    assert (signal.tool, signal.kind, signal.marks) == (tool, "identity", marks)
    assert signal.where == f"commit {'c' * 40} {role}"


@pytest.mark.parametrize(
    ("tool", "line", "kind", "strength", "model"), LINES, ids=[line[1][:50] for line in LINES]
)
@pytest.mark.parametrize(
    "frame", ["{}", "fix: a thing\n\n{}\n", "* one\n\n{}\n\n* two\n\nmore text", "a\\n\\n{}"]
)
def test_a_tools_line_is_told_wherever_it_stands(
    tool: str, line: str, kind: str, strength: str, model: str, frame: str
) -> None:
    (signal,) = signals(frame.format(line))
    found = signal.model if isinstance(signal.model, str) else ""
    assert (signal.tool, signal.kind, signal.strength, found) == (tool, kind, strength, model)
    number = 1 if "\n" not in frame else 3
    assert signal.where == f"commit {'c' * 40} line {number}"


def test_every_tool_of_the_registry_is_shown_here() -> None:
    shown = {tool for tool, _ in AUTHORS} | {line[0] for line in LINES}
    assert {tool.name for tool in builtin_registry().tools} == shown


def test_every_identity_trailer_footer_and_link_of_the_registry_works() -> None:
    """Whatever the data says, the code does: one commit for each entry."""
    for tool in builtin_registry().tools:
        for identity in tool.identities:
            name = identity.names[0] if identity.names else "somebody"
            mails = [identity.mail] if isinstance(identity.mail, str) else []
            mails += [f"{identity.id}+x@{NOREPLY}"] if isinstance(identity.id, int) else []
            mails += [f"7+{identity.login}@{NOREPLY}"] if isinstance(identity.login, str) else []
            for mail in mails:
                assert tool.name in {one.tool for one in signals(author=f"{name} <{mail}>")}, mail
        for trailer in tool.trailers:
            for value in (*trailer.equals, *(f"{start}x1" for start in trailer.starts)) or ("something",):
                assert tool.name in {one.tool for one in signals(f"{trailer.key.upper()}: {value}")}, value
        for text in (*tool.footers, *(f"https://{link}1" for link in tool.links)):
            assert tool.name in {one.tool for one in signals(f"x\n\n{text}\n")}, text


@pytest.mark.parametrize(
    "line",
    [
        "co-authored-by: claude <NOREPLY@anthropic.com>",
        "CO-AUTHORED-BY:Claude<noreply@anthropic.com>",
        "  Co-authored-by :  Claude <noreply@anthropic.com>  ",
        "- Co-authored-by: Claude <noreply@anthropic.com>",
        "**Co-authored-by:** Claude <noreply@anthropic.com>",
        "Co-authored-by: Claude &lt;noreply@anthropic.com&gt;",
        "Co-authored-by: Jane <jane@example.org>, Claude <noreply@anthropic.com>",
        "Co-developed-by: Claude <noreply@anthropic.com>\r",
        "Co-authored-by: Claude noreply@anthropic.com",
        "text\x0bCo-authored-by: Claude <noreply@anthropic.com>",
        "text\u2028Co-authored-by: Claude <noreply@anthropic.com>",
    ],
)
def test_sloppy_spellings_of_a_trailer_are_read(line: str) -> None:
    (signal,) = signals(f"Größe: ändern\n\n{line}\n")
    assert (signal.tool, signal.strength, signal.where[-6:]) == ("claude-code", "strong", "line 3")


def test_git_would_not_call_it_a_trailer_but_we_read_it() -> None:
    message = (
        "Squash (#12)\n\nCo-authored-by: Claude <noreply@anthropic.com>\nCopilot-Session: 1a\n\n"
        "# Conflicts:\n#\tsrc/a.py\n\n<a href='x'><img src='y'></a>\n"
    )
    assert [one.tool for one in signals(message)] == ["claude-code", "copilot"]


def test_author_committer_and_lines_come_in_this_order() -> None:
    found = signals(
        "x\n\nCo-authored-by: Claude <noreply@anthropic.com>\nMade-with: Cursor\n",
        author=f"dependabot[bot] <49699333+dependabot[bot]@{NOREPLY}>",
        committer=f"Copilot <198982749+Copilot@{NOREPLY}>",
    )
    assert [one.where.split(" ", 2)[2] for one in found] == ["author", "committer", "line 3", "line 4"]
    assert [one.marks for one in found] == ["automation", "ai", "ai", "ai"]


def test_a_model_behind_a_robots_mailbox_is_ai() -> None:
    (signal,) = signals(
        f"x\n\nCo-authored-by: Antigravity CLI (Gemini 3.8 Flash) <224641728+gemini-cli-robot@{NOREPLY}>"
    )
    assert (signal.tool, signal.marks, signal.model) == ("antigravity", "ai", "Gemini 3.8 Flash")
