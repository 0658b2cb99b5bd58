"""The rooms keep their directions, and the pure ones touch nothing."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PURE = ("gate", "provenance", "reach", "policy", "people", "ledger", "model", "formats")


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(program), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_of_the_house_are_kept(house: Path) -> None:
    ran = lint(house)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("model", "import blastdoor.gate"),
        ("policy", "import blastdoor.people"),
        ("flows", "import blastdoor.git"),
        ("gate", "import blastdoor.flows"),
        ("gate", "import subprocess"),
        ("reach", "import os"),
    ],
)
def test_a_room_that_imports_upwards_or_outwards_fails(house: Path, room: str, line: str) -> None:
    (house / "src" / "blastdoor" / room / "astray.py").write_text(f'"""Astray."""\n\n{line}\n')
    ran = lint(house)
    assert ran.returncode != 0
    assert "BROKEN" in ran.stdout


def test_a_new_room_must_be_placed(house: Path) -> None:
    (house / "src" / "blastdoor" / "annexe").mkdir()
    (house / "src" / "blastdoor" / "annexe" / "__init__.py").write_text('"""Unplaced."""\n')
    assert lint(house).returncode != 0


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_open_no_file_and_ask_no_clock(room: str) -> None:
    for file in (ROOT / "src" / "blastdoor" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert name not in {"open", "print", "input", "eval", "exec", "__import__"}, (
                    f"{file}:{node.lineno}"
                )
                assert not name.endswith((".now", ".utcnow", ".today")), f"{file}:{node.lineno}"


def test_no_pickle_and_no_shell_anywhere() -> None:
    for file in (ROOT / "src").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not names & {"pickle", "marshal", "shelve"}, file
            if isinstance(node, ast.keyword):
                assert node.arg != "shell", f"{file}:{node.lineno}"


def test_every_room_is_described_and_nothing_is_described_that_is_not_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = {path.name for path in (ROOT / "src" / "blastdoor").iterdir() if (path / "__init__.py").exists()}
    described = {
        word for word in (*PURE, "cli", "flows", "git", "store", "web", "forges") if f"**`{word}/`**" in text
    }
    assert described == rooms
