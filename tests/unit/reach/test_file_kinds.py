"""Which files excuse and which accuse, by their names alone."""

import pytest

from blastdoor.model import FileChange
from blastdoor.reach import kinds


def a_file(path: str, old_mode: str = "100644", new_mode: str = "100644") -> FileChange:
    status = "modified"
    if "000000" in (old_mode, new_mode):
        status = "added" if old_mode == "000000" else "deleted"
    return FileChange(
        path=path,
        status=status,  # type: ignore[arg-type]  # one of the words it takes
        old_mode=old_mode,
        new_mode=new_mode,
        old="1" * 40,
        new="2" * 40,
    )


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/a/b.rst",
        "a.adoc",
        "docs/flow.PNG",
        "doc/x.gif",
        "LICENSE",
        "NOTICE.txt",
        "CHANGELOG.md",
        "文档/介绍.md",
    ],
)
def test_what_only_people_read_is_docs(path: str) -> None:
    assert kinds.is_docs(a_file(path))
    assert kinds.is_docs(a_file(path, old_mode="000000"))
    assert kinds.is_docs(a_file(path, new_mode="000000"))


@pytest.mark.parametrize(
    "path",
    [
        "AGENTS.md",
        "docs/agents.md",
        "CLAUDE.md",
        "Claude.Md",
        "CLAUDE.local.md",
        "GEMINI.md",
        "a/SKILL.md",
        "copilot-instructions.md",
        "x.prompt.md",
        "x.instructions.md",
        "system_prompt.md",
        "prompts/a.md",
        "src/skills/x/readme.md",
        "Agents/x.md",
        "commands/x.md",
        "rules/x.md",
        "templates/x.md",
        "x.mdx",
        "docs/conf.py",
        "a.ipynb",
        ".github/pull_request_template.md",
        ".cursor/x.md",
        "a/.kiro/b.md",
        ".hidden.md",
        "docs/a.svg",
        "pictures/a.png",
        "docs/requirements.txt",
        "license.py",
        "README",
        "\uff23LAUDE.md",
        "CLAU\u200cDE.md",
        "docs\\\\..\\\\x.md",
        "a\\xff.md",
        "docs/CODEOWNERS",
    ],
)
def test_what_tools_or_agents_execute_or_obey_is_not_docs(path: str) -> None:
    assert not kinds.is_docs(a_file(path))


@pytest.mark.parametrize(
    "modes", [("100644", "120000"), ("120000", "000000"), ("100755", "100644"), ("100644", "160000")]
)
def test_only_plain_files_are_docs_or_tests(modes: tuple[str, str]) -> None:
    assert not kinds.is_docs(a_file("README.md", *modes))
    assert not kinds.is_test_change(a_file("tests/test_x.py", *modes))


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py",
        "a/test/b.java",
        "test_x.py",
        "a/x_test.py",
        "x_test.go",
        "x.test.ts",
        "x.spec.jsx",
        "__tests__/a.js",
        "tests/data/a.json",
        "x_spec.rb",
        "tests/README.md",
    ],
)
def test_tests_are_known_by_name_or_folder(path: str) -> None:
    assert kinds.is_test(path)
    assert kinds.is_test_change(a_file(path))


@pytest.mark.parametrize(
    "path",
    [
        "latest.py",
        "contest/a.py",
        "src/testing.py",
        "conftest.py",
        "tests/conftest.py",
        "tests/data/a.sql",
        "environments/test/app.yaml",
        "deploy/test/x.json",
        "tests/.hidden/x.py",
        "tests/requirements.txt",
        "tests/Dockerfile",
        "tests/CLAUDE.md",
        "tests/catalog-info.yaml",
        "k8s/test/x.yaml",
    ],
)
def test_what_is_more_than_a_test_is_no_test_change(path: str) -> None:
    assert not kinds.is_test_change(a_file(path))


@pytest.mark.parametrize(
    "path",
    [
        ".blastdoor/policy.yaml",
        ".Blastdoor/x/y",
        ".blastdoor",
        "catalog-info.yaml",
        "a/Catalog-Info.yaml",
        "CODEOWNERS",
        ".github/CODEOWNERS",
        "docs/CODEOWNERS",
        ".gitlab/CODEOWNERS",
    ],
)
def test_what_changes_are_judged_by_is_policy(path: str) -> None:
    assert kinds.is_policy(path)


@pytest.mark.parametrize(
    "path", ["a/CODEOWNERS", "blastdoor/x", "src/.blastdoor/x", "catalog-info.yaml/x", "my-catalog-info.yaml"]
)
def test_what_only_sounds_like_policy_is_not(path: str) -> None:
    assert not kinds.is_policy(path)


@pytest.mark.parametrize(
    ("path", "control"),
    [
        (".github/workflows/ci.yml", True),
        (".github/workflows", True),
        (".github/actions/x/run.js", True),
        (".GitHub/Workflows/ci.yml", True),
        (".gitlab-ci.yml", True),
        ("a/.gitlab-ci.yml", True),
        ("Jenkinsfile", True),
        (".circleci/config.yml", True),
        ("action.yml", True),
        ("a/action.yml", False),
        (".github/labels.yml", False),
        ("docs/workflows/x.md", False),
    ],
)
def test_what_ci_runs_is_the_control_plane(path: str, control: bool) -> None:
    assert kinds.is_control_plane(path) is control


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("uv.lock", True),
        ("a/package-lock.json", True),
        ("pyproject.toml", True),
        ("requirements-dev.txt", True),
        ("Dockerfile", True),
        ("x/Dockerfile.prod", True),
        ("Makefile", True),
        ("go.mod", True),
        ("a.md", False),
        ("docker-compose.override.yml", True),
        ("src/lock.py", False),
        ("requirements/x.py", False),
    ],
)
def test_lockfiles_and_manifests_are_global(path: str, expected: bool) -> None:
    assert kinds.is_global_input(path) is expected


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.SQL", "sql"),
        ("main.tf", "terraform"),
        ("x.tf.json", "terraform"),
        ("a.tfvars", "terraform"),
        ("a.tofu", "terraform"),
        ("app/migrations/0001.py", "migration"),
        ("alembic/versions/x.py", "migration"),
        ("db/migrate/1.rb", "migration"),
        ("versions/x.py", ""),
        ("k8s/app.yaml", "kubernetes"),
        ("k8s/run.go", ""),
        ("charts/shop/templates/x.yaml", "kubernetes"),
        ("src/charts/bar.tsx", ""),
        ("a/kustomization.yaml", "kubernetes"),
        ("Chart.yaml", "kubernetes"),
        ("cfn/stack.json", "cloudformation"),
        ("src/app.py", ""),
    ],
)
def test_what_can_destroy_state_is_known_by_its_name(path: str, kind: str) -> None:
    assert kinds.stateful_kind(path) == kind


@pytest.mark.parametrize(
    ("file", "language"),
    [
        (a_file("a.r"), "R"),
        (a_file("a/b.ZIG"), "Zig"),
        (a_file("a.py"), ""),
        (a_file("bin/run", new_mode="100755"), "executable files"),
        (a_file("a.yaml"), ""),
        (a_file(".js"), ""),
        (a_file("run.py", new_mode="100755"), ""),
    ],
)
def test_programs_without_a_reader_are_named(file: FileChange, language: str) -> None:
    assert kinds.unread_language(file) == language


@pytest.mark.parametrize(
    "piece", ["a", "a.", "test_", "_test", "prompt-", "../", "requirements", "*", "é", "."]
)
def test_a_path_of_any_length_is_classified_quickly(piece: str) -> None:
    path = piece * 30_000 + ".md"
    file = a_file(path)
    kinds.is_docs(file)
    kinds.is_test_change(file)
    assert not kinds.is_policy(path)


@pytest.mark.parametrize(
    "path",
    [
        *("replit.md", "docs/CONVENTIONS.md", "best_practices.md", "CURSOR.md", "AGENTS_.md", "AGENTS .md"),
        *("copilot_instructions.md", "memory-bank/active.md", "subagents/x.md", "steering/x.md", "MEMORY.md"),
    ],
)
def test_promise_5_what_agents_obey_under_another_spelling_is_no_document(path: str) -> None:
    change = FileChange(
        path=path, status="modified", old_mode="100644", new_mode="100644", old="1" * 40, new="2" * 40
    )
    assert not kinds.is_docs(change)
