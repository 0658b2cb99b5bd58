"""Plans that are broken, are something else, are too big or lie: refused with a helpful word, or never less than they say."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functional.reach.plans import a_change, a_plan
from functional.reach.terminal import Said, apart, at_least, here, refused

DB = "aws_db_instance"
DELETES = a_plan(a_change("delete", DB))


def given(folder: Path, content: str | bytes) -> tuple[Path, Said]:
    """What is said of a plan of this content."""
    plan = folder / "the-plan.json"
    plan.write_bytes(content if isinstance(content, bytes) else content.encode())
    return plan, here("--plan", plan, "--json")


@pytest.mark.parametrize("version", ["2.0", "2.1", "3.0", "10.0"])
def test_a_format_of_another_major_version_is_refused_by_name(tmp_path: Path, version: str) -> None:
    plan, said = given(tmp_path, json.dumps(DELETES | {"format_version": version}))
    refused(said, plan, version, "format")


@pytest.mark.parametrize("version", ["", "x", "1", "1.", ".2", "-1.2", "1.2.3.4.5", " 1.2", "1.2\n", "¹.²", "01.2.x", "0x1.2", "0.1e9", "2"])  # fmt: skip
def test_a_format_that_is_no_version_is_refused_or_read_in_full(tmp_path: Path, version: str) -> None:
    plan, said = given(tmp_path, json.dumps(DELETES | {"format_version": version}))
    if said.status == 2:
        refused(said, plan)
    else:
        assert said.json["level"] == "critical"


@pytest.mark.parametrize(
    "content",
    [
        "",
        " \n\t",
        "{",
        '{"format_version": "1.2"',
        json.dumps(DELETES)[:-1],
        json.dumps(DELETES)[: len(json.dumps(DELETES)) // 2],
        json.dumps(DELETES) + "}",
        json.dumps(DELETES) + json.dumps(DELETES),
        "not JSON at all",
        "resource_changes: []\nformat_version: '1.2'\n",
        "[]",
        json.dumps([DELETES]),
        "null",
        "true",
        "42",
        '"1.2"',
        json.dumps(DELETES).replace('"1.2"', "NaN"),
        json.dumps(DELETES).replace('"', "'"),
        json.dumps(DELETES).replace("}", ",}", 1),
        json.dumps(DELETES)[:-1] + ', "variables": ' + "[" * 200_000,
        json.dumps(DELETES)[:-1] + ', "variables": ' + '{"a":' * 200_000,
        b"\xff\xfe\xff",
        json.dumps(DELETES).encode().replace(b"aws_db", b"aws\xff_db"),
        b"\x00" * 100,
        b"PK\x03\x04\x14\x00\x08\x00\x08\x00tfplan",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
        "<html><body>502 Bad Gateway</body></html>",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "Error: Failed to load plugin schemas\n",
    ],
)
def test_what_is_no_json_document_of_a_plan_is_refused_with_its_file(
    tmp_path: Path, content: str | bytes
) -> None:
    plan, said = given(tmp_path, content)
    refused(said, plan)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "a", "outputs": {}, "resources": []}, "state"),
        ({"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": []}}}, "state"),
        ({"format_version": "1.0", "valid": True, "error_count": 0, "diagnostics": []}, "plan"),
        ({"format_version": "1.0", "provider_schemas": {}}, "plan"),
        ({"format_version": "1.0"}, "plan"),
        ({}, "format"),
        ({"resource_changes": []}, "format"),
        ({"ChangeSetName": "x", "Changes": [], "StackName": "s"}, "plan"),
        ({"steps": [{"op": "delete", "urn": "urn:pulumi:x"}], "changeSummary": {"delete": 1}}, "plan"),
        ({"openapi": "3.0.0"}, "plan"),
    ],
)  # fmt: skip
def test_another_tools_document_is_refused_and_the_message_says_what_is_wanted(
    tmp_path: Path, content: Any, word: str
) -> None:
    """Each of these read as a plan would say that nothing changes."""
    plan, said = given(tmp_path, json.dumps(content))
    refused(said, plan, word)
    assert "terraform show -json" in said.err


def test_the_messages_of_plan_json_are_refused_with_a_hint(tmp_path: Path) -> None:
    """`terraform plan -json` writes a message a line; `terraform show -json` is what is asked for."""
    lines = [
        {"@level": "info", "@message": "Terraform 1.9.0", "type": "version", "ui": "1.2"},
        {"@level": "info", "type": "change_summary", "changes": {"add": 0, "change": 0, "remove": 1}},
    ]
    plan, said = given(tmp_path, "".join(json.dumps(line) + "\n" for line in lines))
    refused(said, plan, "terraform show -json")


def test_a_plan_file_as_terraform_keeps_it_is_refused_with_a_hint(tmp_path: Path) -> None:
    plan, said = given(tmp_path, b"PK\x03\x04\x14\x00\x08\x08" + bytes(range(256)))
    refused(said, plan, "terraform show -json")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_a_shell_made_of_the_encoding_is_read_or_refused(tmp_path: Path, encoding: str) -> None:
    """PowerShell's `>` writes UTF-16."""
    plan, said = given(tmp_path, json.dumps(DELETES).encode(encoding))
    if said.status == 2:
        refused(said, plan)
    else:
        assert said.json["level"] == "critical"


def test_a_file_that_is_not_there_a_folder_and_one_among_several(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text(json.dumps(DELETES), encoding="utf-8")
    refused(here("--plan", tmp_path / "absent.json", "--json"), tmp_path / "absent.json")
    refused(here("--plan", tmp_path, "--json"), tmp_path)
    refused(here("--plan", good, "--plan", tmp_path / "absent.json", "--json"), "absent.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    refused(here("--plan", good, "--plan", tmp_path / "broken.json", "--json"), "broken.json")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused(here("--plan", tmp_path / "loop", "--json"), "loop")


def test_a_plan_without_end_is_refused(tmp_path: Path) -> None:
    said = apart("--plan", "/dev/zero", "--json", cwd=tmp_path, seconds=30)
    refused(said, "/dev/zero")


def test_nothing_of_a_plan_is_written_to_where_the_command_runs(tmp_path: Path) -> None:
    given(tmp_path, json.dumps(DELETES))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["the-plan.json"]


WRONG: list[Any] = [
    None,
    0,
    -1,
    1e400,
    True,
    False,
    "x",
    "",
    [],
    {},
    [[]],
    [None],
    [1],
    ["x"],
    {"x": 1},
    {"delete": None},
]
FULL = a_plan(
    a_change(
        "delete", DB, module="module.a", index="k", deposed="ab", previous_address="a.b", action_reason="x",
        replace_paths=[["id"]], importing={"id": "1"}, generated_config="resource",
    ),
    resource_drift=[a_change("update", DB, "d")],
    output_changes={"o": {"actions": ["update"], "before": 1, "after": 2}},
    deferred_changes=[{"reason": "unknown", "resource_change": a_change("create", DB, "e")}],
    prior_state={"format_version": "1.0", "values": {"root_module": {}}}, variables={"a": {"value": 1}},
    relevant_attributes=[{"resource": "a.b", "attribute": ["id"]}], checks=[], timestamp="2026-01-01T00:00:00Z",
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a document."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in members:
        yield (*path, key)
        yield from places(inner, (*path, key))


def with_(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with something else in one place."""
    made = copy.deepcopy(document)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


@pytest.mark.parametrize("path", [*places(FULL)], ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_type_anywhere_is_refused_or_hides_no_deletion(tmp_path: Path, path: tuple[Any, ...]) -> None:
    """Where the deletion itself is replaced by something else, that it was one cannot be told any more."""
    gone = {("resource_changes",), ("resource_changes", 0)} & {path}
    for wrong in WRONG:
        plan, said = given(tmp_path, json.dumps(with_(FULL, path, wrong)))
        if said.status == 2:
            refused(said, plan)
        elif not gone:
            found = said.json
            assert at_least(found, "high"), (path, wrong, found["rules"])


@pytest.mark.parametrize("wrong", [1, "x", True, {}, {"0": a_change("delete", DB)}])
def test_a_list_of_changes_that_is_no_list_is_refused(tmp_path: Path, wrong: Any) -> None:
    plan, said = given(tmp_path, json.dumps(DELETES | {"resource_changes": wrong}))
    refused(said, plan)


@pytest.mark.parametrize(
    "wrong", [None, 1, "x", [], {}, {"address": "a.b"}, {"change": {"actions": ["delete"]}}]
)
def test_a_change_that_is_none_is_refused_or_unreadable(tmp_path: Path, wrong: Any) -> None:
    plan, said = given(tmp_path, json.dumps(a_plan(a_change("create", "null_resource"), wrong)))
    if said.status == 2:
        refused(said, plan)
    else:
        assert at_least(said.json, "high"), said.json


@pytest.mark.parametrize(
    "missing", [*FULL["resource_changes"][0], "change.actions", "change.before", "change.after"]
)
def test_what_is_missing_in_a_deletion_makes_it_no_less(tmp_path: Path, missing: str) -> None:
    plan = copy.deepcopy(DELETES)
    place = plan["resource_changes"][0]
    for word in missing.split(".")[:-1]:
        place = place[word]
    place.pop(missing.rpartition(".")[2], None)
    file, said = given(tmp_path, json.dumps(plan))
    if said.status == 2:
        refused(said, file)
    else:
        assert at_least(said.json, "high"), said.json["operations"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"resource_changes":', '"resource_changes": [], "ignored":'),
        ('"planned_values":', '"resource_changes": [], "planned_values":'),
        ('"configuration":', '"resource_changes": [], "configuration":'),
        ('"actions":', '"actions": ["no-op"], "actions":'),
        ('"before":', '"actions": ["no-op"], "before":'),
        ('"mode":', '"mode": "data", "mode":'),
        ('"type":', '"mode": "data", "type":'),
        ('"errored":', '"change": {}, "errored":'),
    ],
)
def test_a_key_that_stands_twice_hides_nothing(tmp_path: Path, before: str, after: str) -> None:
    """Readers of JSON differ in which of two they take, so a deletion could stand in the one that is not read."""
    text = json.dumps(DELETES)
    if "ignored" in after:
        text = text.replace('"resource_changes":', '"resource_changes_":').replace(
            '"configuration":',
            f'"resource_changes": {json.dumps(DELETES["resource_changes"])}, "resource_changes": [], "configuration":',
        )
    else:
        text = text.replace(before, after, 1)
    plan, said = given(tmp_path, text)
    if said.status == 2:
        refused(said, plan)
    else:
        assert at_least(said.json, "high"), said.json


@pytest.mark.parametrize("word", ["Resource_Changes", "RESOURCE_CHANGES", "resourceChanges"])
def test_a_list_under_another_name_is_no_plan_that_changes_nothing(tmp_path: Path, word: str) -> None:
    """Go's reader of JSON takes names in any case, so such a file passes through other tools."""
    plan = dict(DELETES)
    plan[word] = plan.pop("resource_changes")
    for key in ("planned_values", "configuration", "applyable", "complete", "errored"):
        plan.pop(key)
    file, said = given(tmp_path, json.dumps(plan))
    if said.status == 2:
        refused(said, file)
    else:
        assert at_least(said.json, "medium")


def test_a_message_shows_nothing_of_a_plan_that_may_be_secret(tmp_path: Path) -> None:
    text = json.dumps(with_(DELETES, ("resource_changes", 0, "change", "before"), {"password": "hunter2"}))
    for broken in (text[:-2], text.replace('["delete"]', '"hunter2"'), text.replace('"1.2"', '"2.0"')):
        _, said = given(tmp_path, broken)
        assert "hunter2" not in said.err + said.out


def _big(plan: Path, megabytes: int, value: str) -> int:
    """A plan of about this size that ends with a deletion; gives how many things it adds."""
    one = json.dumps(a_change("create", "aws_sns_topic", "x@", after={"policy": value})).split("x@")
    count = megabytes * 1_000_000 // (sum(map(len, one)) + 8)
    with plan.open("w", encoding="utf-8") as file:
        file.write('{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [')
        for number in range(count):
            file.write(f"x{number}".join(one) + ",")
        file.write(json.dumps(a_change("delete", DB)) + "]}")
    return count


@pytest.mark.parametrize("value", ["v" * 1500, "v" * 5_000_000], ids=["many", "large"])
def test_a_plan_of_a_hundred_megabytes_is_read_or_refused_with_its_size_and_the_limit(
    tmp_path: Path, value: str
) -> None:
    plan = tmp_path / "big.json"
    count = _big(plan, 100, value)
    said = apart("--plan", plan, "--json", cwd=tmp_path, seconds=30)
    plan.unlink()
    if said.status == 2:
        refused(said, "big.json", "limit", "B")
        assert sum(word[0].isdigit() for word in said.err.replace("(", " ").split()) >= 2, (
            "its size and the limit"
        )
    else:
        (counts,) = said.json["plans"]
        assert (counts["add"], counts["destroy"], said.json["level"]) == (count, 1, "critical")


def test_a_plan_of_very_many_changes_takes_time_in_proportion(tmp_path: Path) -> None:
    plan = tmp_path / "many.json"
    count = _big(plan, 20, "")
    said = apart("--plan", plan, "--json", cwd=tmp_path, seconds=20)
    (counts,) = said.json["plans"]
    assert (counts["add"], counts["destroy"]) == (count, 1)


def test_a_reader_that_goes_away_is_no_crash(tmp_path: Path) -> None:
    plan = tmp_path / "p.json"
    _big(plan, 3, "")
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "blastdoor", "reach", "--plan", plan, "--json"],
        stdout=write, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        os.close(write)
        os.close(read)
        _, err = running.communicate(timeout=30)
    assert "Traceback" not in err
