"""`blastdoor policy import`: three files, written once."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from blastdoor.cli.policy.importing import command
from blastdoor.errors import InputError
from blastdoor.policy import load_policy

OWNERS = "* @shop/platform\n/db/ @ada ops@shop.example\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)


@pytest.fixture
def owners(tmp_path: Path) -> str:
    (tmp_path / "CODEOWNERS").write_text(OWNERS, encoding="utf-8")
    return str(tmp_path / "CODEOWNERS")


def test_a_policy_a_roster_and_what_was_left_are_written(tmp_path: Path, owners: str) -> None:
    result = run(owners, "--out", str(tmp_path / "made" / "here"))
    assert (result.exception, result.return_value) == (None, 0)
    folder = tmp_path / "made" / "here"
    assert sorted(one.name for one in folder.iterdir()) == ["LEFT.md", "people.yaml", "policy.yaml"]
    assert load_policy((folder / "policy.yaml").read_bytes(), "policy.yaml").rules
    assert "holds until you provide something:" in result.output


def test_json_is_one_document_of_what_was_left(tmp_path: Path, owners: str) -> None:
    result = run(owners, "--out", str(tmp_path / "out"), "--json")
    told = json.loads(result.output)
    assert told["kind"] == "CODEOWNERS"
    assert {one["differs"] for one in told["left"]} <= {"shut", "stricter", "same"}
    assert all(one["line"] >= 1 and one["what"] and one["why"] for one in told["left"])


@pytest.mark.parametrize("name", ["policy.yaml", "people.yaml", "LEFT.md"])
def test_nothing_is_overwritten(tmp_path: Path, owners: str, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    result = run(owners, "--out", str(tmp_path))
    assert isinstance(result.exception, InputError)
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert len([one for one in tmp_path.iterdir() if one.name != "CODEOWNERS"]) == 1


def test_a_link_is_not_followed(tmp_path: Path, owners: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "policy.yaml").symlink_to(tmp_path / "elsewhere")
    assert isinstance(run(owners, "--out", str(tmp_path / "out")).exception, InputError)
    assert not (tmp_path / "elsewhere").exists()


def test_what_cannot_be_read_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".policy.yml").write_text("policy: &here {}\n", encoding="utf-8")
    result = run(str(tmp_path / ".policy.yml"), "--out", str(tmp_path / "out"))
    assert isinstance(result.exception, InputError)
    assert ".policy.yml:1: policy: anchors" in result.exception.message
    assert not (tmp_path / "out").exists()
