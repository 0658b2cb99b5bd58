"""The counts of plans that Terraform (or OpenTofu) makes here and now, held against the line that it prints itself.

Only the built-in `terraform_data` is used, so nothing is fetched. Skipped, and said so, where there is no Terraform.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from functional.reach.terminal import here

PROGRAM = shutil.which("terraform") or shutil.which("tofu")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="neither terraform nor tofu on this machine")


def thing(name: str, input_: str = "a", more: str = "") -> str:
    """A resource that takes nothing to make."""
    return f'resource "terraform_data" "{name}" {{\n  input = "{input_}"\n  {more}\n}}\n'


def cycled(name: str, value: str, first: bool = False) -> str:
    """A resource that is replaced when its value changes."""
    life = "lifecycle { create_before_destroy = true }" if first else ""
    return f'resource "terraform_data" "{name}" {{\n  triggers_replace = "{value}"\n  {life}\n}}\n'


def each(*keys: str) -> str:
    """A resource for each of some keys."""
    return f'resource "terraform_data" "each" {{\n  for_each = toset({json.dumps(keys, ensure_ascii=False)})\n}}\n'


def run(folder: Path, *words: str, ok: tuple[int, ...] = (0,)) -> str:
    """Run Terraform without anybody's settings."""
    own = {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run(
        [str(PROGRAM), *words], cwd=folder, env=kept | own, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip
    assert done.returncode in ok, done.stdout + done.stderr
    return done.stdout


def planned(
    folder: Path, before: str, after: str, *words: str, ok: tuple[int, ...] = (0,)
) -> tuple[Any, str, Any]:
    """Make `before` real, plan `after`; gives what we say, what Terraform printed, and its plan."""
    (folder / "main.tf").write_text(before, encoding="utf-8")
    run(folder, "init", "-no-color")
    if before:
        run(folder, "apply", "-auto-approve", "-no-color")
    (folder / "main.tf").write_text(after, encoding="utf-8")
    printed = run(folder, "plan", "-no-color", "-out=p.bin", *words, ok=ok)
    text = run(folder, "show", "-json", "p.bin")
    (folder / "p.json").write_text(text, encoding="utf-8")
    return here("--plan", folder / "p.json", "--json").json, printed, json.loads(text)


def line(printed: str) -> Counter[str]:
    """What stands in `Plan: 1 to import, 2 to add, 0 to change, 1 to destroy.`"""
    told = re.search(r"^Plan: (.*)\.", printed, re.MULTILINE)
    parts = re.findall(r"(\d+) to (\w+)", told[1]) if told else []
    return Counter({word: int(number) for number, word in parts})


ALL_BEFORE = "".join(
    [thing("keep"), thing("upd"), cycled("rep", "a"), cycled("cbd", "a", first=True), thing("gone"), thing("out"),
     thing("old"), each("a.b", 'q"x', "ü", "[0]")]
)  # fmt: skip
ALL_AFTER = "".join(
    [thing("keep"), thing("upd", "b"), cycled("rep", "b"), cycled("cbd", "b", first=True), thing("new"),
     "removed {\n from = terraform_data.out\n lifecycle { destroy = false }\n}\n",
     "moved {\n from = terraform_data.old\n to = terraform_data.new\n}\n",
     'import {\n to = terraform_data.imp\n id = "xyz"\n}\n', thing("imp"),
     'resource "terraform_data" "fresh" {\n input = terraform_data.upd.output\n}\n',
     'data "terraform_remote_state" "s" {\n backend = "local"\n config = { path = terraform_data.fresh.id }\n}\n',
     each("a.b", "ü"), 'output "o" {\n value = terraform_data.upd.output\n}\n']
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param("", thing("a") + thing("b"), (), id="create"),
        pytest.param(thing("a"), thing("a", "b"), (), id="update"),
        pytest.param(thing("a") + thing("b"), thing("a"), (), id="delete"),
        pytest.param(thing("a"), thing("a"), (), id="nothing"),
        pytest.param(cycled("a", "1"), cycled("a", "2"), (), id="replace"),
        pytest.param(cycled("a", "1", first=True), cycled("a", "2", first=True), (), id="replace-first"),
        pytest.param(thing("a"), thing("a"), ("-replace=terraform_data.a",), id="replace-asked"),
        pytest.param(thing("a") + thing("b"), thing("a"), ("-destroy",), id="destroy"),
        pytest.param(thing("a"), thing("a"), ("-refresh-only",), id="refresh-only"),
        pytest.param(thing("a") + thing("b"), "", ("-target=terraform_data.a",), id="target"),
        pytest.param(thing("a"), "moved {\n from = terraform_data.a\n to = terraform_data.b\n}\n" + thing("b"), (), id="move"),
        pytest.param(thing("a"), "moved {\n from = terraform_data.a\n to = terraform_data.b\n}\n" + thing("b", "z"), (), id="move-update"),
        pytest.param(thing("a"), "moved {\n from = terraform_data.a\n to = terraform_data.b[0]\n}\n" + thing("b", "z", "count = 2"), (), id="move-count"),
        pytest.param(thing("a"), "removed {\n from = terraform_data.a\n lifecycle { destroy = false }\n}\n", (), id="forget"),
        pytest.param("", 'import {\n to = terraform_data.a\n id = "i"\n}\nresource "terraform_data" "a" {}\n', (), id="import"),
        pytest.param(each("a", "b.c", "é"), each("b.c", 'x"y'), (), id="keys"),
        pytest.param(thing("a", more="count = 3"), thing("a", more="count = 1"), (), id="count"),
        pytest.param('output "o" { value = 1 }\n', 'output "o" { value = 2 }\n', (), id="outputs"),
        pytest.param(thing("a"), thing("a") + 'output "o" { value = terraform_data.a.id }\n', (), id="new-output"),
        pytest.param(ALL_BEFORE, ALL_AFTER, (), id="everything"),
        pytest.param(ALL_BEFORE, ALL_AFTER, ("-destroy",), id="everything-destroyed"),
    ],
)  # fmt: skip
def test_our_counts_are_those_of_the_line_that_terraform_prints(
    tmp_path: Path, before: str, after: str, words: tuple[str, ...]
) -> None:
    found, printed, plan = planned(tmp_path, before, after, *words)
    (ours,) = found["plans"]
    theirs = line(printed)
    told = {word: ours[word] for word in ("import", "add", "change", "destroy")}
    assert told == {word: theirs[word] for word in told}, printed
    # Terraform 1.11 does not print what is forgotten; its plan says it.
    forgotten = [one for one in plan.get("resource_changes", ()) if "forget" in one["change"]["actions"]]
    assert ours["forget"] == len(forgotten)
    if "No changes." in printed:
        assert found["level"] == "none", found["rules"]
    if sum(theirs.values()) - theirs["import"]:
        assert found["level"] != "none", printed


def test_every_address_is_spelled_as_terraform_spells_it(tmp_path: Path) -> None:
    found, _, plan = planned(tmp_path, ALL_BEFORE, ALL_AFTER)
    theirs = {one["address"] for one in plan["resource_changes"] if one["change"]["actions"] != ["no-op"]}
    assert theirs <= {one["resource"] for one in found["operations"]}
    told = {one["resource"]: one["action"] for one in found["operations"]}
    assert {name: told[f"terraform_data.{name}"] for name in ("upd", "rep", "cbd", "gone", "out", "new", "fresh")} == {
        "upd": "update", "rep": "replace", "cbd": "replace", "gone": "delete", "out": "forget", "new": "move", "fresh": "create",
    }  # fmt: skip
    assert found["irreversible"] is False, "terraform_data holds nothing"


def test_a_plan_of_a_part_is_told_to_be_one(tmp_path: Path) -> None:
    found, _, plan = planned(tmp_path, thing("a") + thing("b"), "", "-target=terraform_data.a")
    assert plan["complete"] is False
    assert found["unknowns"]


def test_a_plan_that_failed_is_told_to_have(tmp_path: Path) -> None:
    broken = thing(
        "b", "x", 'lifecycle {\n precondition {\n  condition = self.id == null\n  error_message = "no"\n }\n}'
    )
    broken = broken.replace("self.id == null", "terraform_data.a.input == null")
    found, _, plan = planned(tmp_path, thing("a"), thing("a", "z") + broken, ok=(0, 1))
    assert plan["errored"] is True
    assert found["unknowns"]


def test_the_state_that_terraform_shows_is_refused_as_one(tmp_path: Path) -> None:
    planned(tmp_path, thing("a"), thing("a"))
    (tmp_path / "state.json").write_text(run(tmp_path, "show", "-json"), encoding="utf-8")
    for name in ("state.json", "terraform.tfstate", "p.bin"):
        said = here("--plan", tmp_path / name, "--json")
        assert (said.status, said.out, name in said.err) == (2, "", True), said
        assert "terraform show -json" in said.err or "state" in said.err
