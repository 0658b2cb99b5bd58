"""`blastdoor provenance` on real repositories."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from realgit import RealGit, a_repository
from shopfloor import AI, Said, Shop

_JANE = "Jane Doe <jane@example.org>"
_SESSION = "s_0123456789abcd"
NOTE = f"src/a.py\n  {_SESSION}::t_00000000000001 1-10,12\n  h_99999999999999 4\n---\n" + json.dumps(
    {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": "0" * 40,
        "prompts": {},
        "sessions": {
            _SESSION: {
                "agent_id": {"tool": "claude", "id": "x", "model": "claude-opus-4-5"},
                "human_author": "Secret Person <secret@person.example>",
                "messages": [{"type": "user", "text": "the secret chat"}],
            }
        },
    }
)


@pytest.fixture
def git(tmp_path: Path) -> RealGit:
    return a_repository(tmp_path / "repo")


def provenance(git: RealGit, *words: str) -> Said:
    return Shop(git, git.folder).run("provenance", *words)


def told(git: RealGit, *words: str) -> Any:
    said = provenance(git, *words, "--json")
    assert said.status == 0, said.err
    return said.json


def commit(git: RealGit, message: str, who: str = _JANE) -> str:
    return git.commit(message, {f"f{len(message)}.txt": message}, who=who)


def add_note(git: RealGit, commit_: str, text: str, ref: str = "refs/notes/ai") -> None:
    git("notes", f"--ref={ref}", "add", "-f", "-F", "-", commit_, stdin=text.encode())


def test_a_history_is_counted_by_state_tool_and_model(git: RealGit) -> None:
    commit(git, "one")
    marked = commit(git, "two\n\nCo-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>")
    commit(git, "bump", who="dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>")
    found = told(git)
    assert found["commits"] == {
        "total": 3, "ai_disclosed": 1, "automation": 1, "attested_none": 0, "no_disclosure": 1,
    }  # fmt: skip
    assert found["state"] == "ai_disclosed"
    assert {one["tool"]: one["commits"] for one in found["tools"]} == {"claude-code": 1, "dependabot": 1}
    assert found["models"] == [{"model": "Claude Opus 4.6", "commits": 1}]
    assert {one["sha"]: one["state"] for one in found["marked"]}[marked] == "ai_disclosed"


def test_people_get_a_table_with_bars_and_the_evidence_if_they_ask(git: RealGit) -> None:
    commit(git, "one")
    marked = commit(git, f"two\n\n{AI}")
    plain, verbose = provenance(git), provenance(git, "-v")
    assert "claude-code" in plain.out
    assert "█" in plain.out
    assert marked[:12] not in plain.out
    assert marked[:12] in verbose.out
    assert "Co-Authored-By: Claude" in verbose.out
    assert "does not mean" in plain.out


def test_ranges_revisions_and_folders_are_told_apart(git: RealGit, tmp_path: Path) -> None:
    first = commit(git, "one")
    commit(git, f"two\n\n{AI}")
    commit(git, "three")
    assert told(git, "HEAD~1..HEAD")["commits"]["total"] == 1
    assert told(git, f"{first}..")["commits"]["total"] == 2
    assert told(git, first)["commits"]["total"] == 1
    (git.folder / "below").mkdir()
    assert told(git, "below")["commits"]["total"] == 3
    elsewhere = Shop(git, git.folder).run("provenance", str(git.folder), "HEAD~1", "--json", cwd=tmp_path)
    assert elsewhere.json["commits"]["total"] == 2


@pytest.mark.parametrize("words", [("no-such",), ("a", "b", "c"), ("HEAD...HEAD",), ("--output=x",)])
def test_what_is_no_range_ends_with_2(git: RealGit, words: tuple[str, ...]) -> None:
    commit(git, "one")
    said = provenance(git, *words)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("blastdoor: error:")


@pytest.mark.parametrize("ref", ["refs/notes/ai", "refs/notes/ai-remote/origin"])
def test_notes_are_read_and_no_chat_or_person_is_shown(git: RealGit, ref: str) -> None:
    noted = commit(git, "one")
    add_note(git, noted, NOTE, ref)
    said = provenance(git, "--json")
    found = said.json
    (one,) = found["marked"]
    (signal,) = one["signals"]
    assert (signal["source"], signal["kind"], signal["tool"]) == ("note", "lines", "claude-code")
    assert signal["model"] == "claude-opus-4-5"
    assert found["lines"] == {"attested": 11, "ai": 10}
    for secret in ("secret chat", "Secret Person", "secret@person.example"):
        assert secret not in said.out + provenance(git, "-v").out


def test_notes_that_are_none_are_counted_and_say_nothing(git: RealGit) -> None:
    add_note(git, commit(git, "one"), "just a remark")
    found = told(git)
    assert found["notes"] == {"read": 1, "unreadable": 1}
    assert found["state"] == "no_disclosure"


@pytest.mark.parametrize("kind", ["blob", "tree"])
def test_a_notes_ref_that_holds_something_else_is_passed_over(git: RealGit, kind: str) -> None:
    commit(git, f"one\n\n{AI}")
    what = (
        git("rev-parse", "HEAD^{tree}") if kind == "tree" else git("hash-object", "-w", "--stdin", stdin=b"x")
    )
    git("update-ref", "refs/notes/ai", what)
    assert told(git)["commits"]["ai_disclosed"] == 1


def test_traces_are_bound_by_their_revision(git: RealGit) -> None:
    first = commit(git, "one")
    record = {
        "version": "0.1.0",
        "id": "x",
        "timestamp": "2026-01-01T00:00:00Z",
        "vcs": {"type": "git", "revision": first},
        "tool": {"name": "cursor", "version": "2"},
        "files": [
            {
                "path": "a",
                "conversations": [
                    {
                        "contributor": {"type": "ai", "model_id": "anthropic/claude-opus-4-5"},
                        "ranges": [{"start_line": 1, "end_line": 5}],
                    }
                ],
            }
        ],
    }
    git.commit("traces", {".agent-trace/traces.jsonl": json.dumps(record) + "\nnot json\n"}, who=_JANE)
    (one,) = told(git)["marked"]
    assert (one["sha"], one["tools"], one["models"]) == (first, ["cursor"], ["claude-opus-4-5"])


def test_a_mark_behind_a_nul_or_in_another_encoding_is_found(git: RealGit) -> None:
    tree, parent = git("rev-parse", f"{commit(git, 'one')}^{{tree}}"), git("rev-parse", "HEAD")
    head = (
        f"tree {tree}\nparent {parent}\nauthor {_JANE} 1700000000 +0000\ncommitter {_JANE} 1700000000 +0000\n"
    )
    mark = AI.encode()
    for extra, message in (
        ("", b"x\0\n\n" + mark + b"\n"),
        ("encoding UTF-16LE\n", ("x\n\n" + AI + "\n").encode("utf-16-le")),
        ("gpgsig -----BEGIN\n x\n -----END\n", b"no newline at the end   \n\n\n" + mark),
    ):
        raw = (head + extra + "\n").encode() + message
        made = subprocess.run(
            ["git", "-C", str(git.folder), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
            input=raw,
            check=True,
            capture_output=True,
        )
        found = told(git, made.stdout.decode().strip())
        assert found["commits"] == {
            "total": 2, "ai_disclosed": 1, "automation": 0, "attested_none": 0, "no_disclosure": 1,
        }, extra  # fmt: skip


def test_merging_an_agents_branch_counts_and_merging_into_it_does_not(git: RealGit) -> None:
    commit(git, "one")
    for message, state in (
        ("Merge pull request #1 from acme/codex/fix", "ai_disclosed"),
        ("Merge branch 'main' into codex/fix", "no_disclosure"),
        ("Merge pull request #2 from codex/main", "no_disclosure"),
    ):
        commit(git, message)
        assert told(git, "HEAD~1..HEAD")["state"] == state, message


def test_the_sifted_history_says_what_every_commit_says(git: RealGit) -> None:
    messages = [
        "plain", AI, f"a\n\n{AI}", "b\n\nWritten with Claude Code.\n", "c\n\n\n  indented\n\ttab  \n\n", "é ünï\n\nAI",
        "Merge branch 'copilot/x'", "d\\n\\nCo-authored-by: Cursor <cursoragent@cursor.com>", "e\r\n\r\n" + AI,
    ]  # fmt: skip
    for message in messages:
        git.commit(message, {"f": message + str(len(message))}, who=_JANE)
    found = told(git)
    by_classify = []
    for sha in git("rev-list", "HEAD").split():
        text = subprocess.run(
            ["git", "-C", str(git.folder), "log", "-1", "--format=%B", sha], capture_output=True, check=True
        ).stdout.decode()
        by_classify.append({"sha": sha, "message": text, "author": {"name": "Jane", "email": "j@e.org"}})
    done = subprocess.run(
        [__import__("sys").executable, "-m", "blastdoor", "provenance", "classify"],
        input="\n".join(json.dumps(one) for one in by_classify),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["sha"] for one in found["marked"]} == {one["sha"] for one in answers if one["signals"]}
    assert found["commits"]["ai_disclosed"] == sum(one["state"] == "ai_disclosed" for one in answers) == 6


def test_an_empty_repository_is_told_so(git: RealGit) -> None:
    said = provenance(git)
    assert said.status == 2
    assert "HEAD" in said.err


def test_what_could_steer_a_terminal_is_made_safe(git: RealGit) -> None:
    commit(git, "x\n\nAssisted-by: Claude\x1b[31mred")
    assert "\x1b" not in provenance(git, "-v").out


LINT = [
    ("forbid", AI, 11),
    ("forbid", "nothing", 0),
    ("disclose", AI, 11),
    ("disclose", f"{AI}\nAssisted-by: Claude Code", 0),
    ("disclose", "Signed-off-by: Claude <noreply@anthropic.com>\nAssisted-by: Claude", 11),
    ("kernel", "Assisted-by: Claude:claude-3-opus coccinelle sparse", 0),
    ("kernel", "Assisted-by: Claude Code (Opus 4.5)", 11),
    ("no-co-author", AI, 11),
    ("no-co-author", "Assisted-by: Claude", 0),
    ("attest", "nothing", 11),
    ("attest", AI, 0),
]


@pytest.mark.parametrize(("preset", "line", "status"), LINT)
def test_a_projects_rule_is_held_against_a_range(git: RealGit, preset: str, line: str, status: int) -> None:
    commit(git, "begin")
    refused = commit(git, f"x\n\n{line}")
    said = provenance(git, "lint", "HEAD~1..HEAD", "--preset", preset, "--json")
    assert said.status == status, said.out
    assert {one["commit"] for one in said.json["findings"]} == ({refused} if status else set())
    assert provenance(git, "lint", "no-such", "--preset", preset).status == 2


def test_lint_looks_at_the_change_by_default(git: RealGit) -> None:
    commit(git, f"on main\n\n{AI}")
    git("switch", "--quiet", "-c", "feature")
    commit(git, "mine")
    assert provenance(git, "lint", "--preset", "forbid").status == 0
    git("switch", "--quiet", "main")
    assert provenance(git, "lint", "--preset", "forbid").status == 2


def test_the_tools_are_listed(git: RealGit) -> None:
    assert "claude-code" in provenance(git, "tools").out
    assert len(provenance(git, "tools", "--json").json["tools"]) >= 60
