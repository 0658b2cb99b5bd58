"""The demo tells its story, and what it tells is what happens."""

import subprocess
import sys
import time
from pathlib import Path

from realgit import ENVIRONMENT

COMMAND = [sys.executable, "-m", "blastdoor"]


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *words], env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_story_is_played_in_time_and_leaves_a_shop_to_try(tmp_path: Path) -> None:
    began = time.monotonic()
    played = run("demo", "--into", str(tmp_path / "demo"))
    assert time.monotonic() - began < 30
    assert played.returncode == 0, played.stderr
    for words in (
        "Paul Author had a hand in the change",
        "Shop Coder is an agent: a bot never counts",
        "Vera Agentowner had a hand in the change (owner of Shop Coder)",
        "Kim Junior qualifies for none of the approvals asked",
        "which is not this content",
        "carried: our own merge of the approved head gives this tree",
    ):
        assert words in played.stdout
    statuses = [line[-3:-1].strip() for line in played.stdout.splitlines() if line.startswith("(exit status")]
    assert statuses == ["10", "11", "11", "11", "11", "0", "0", "0", "10", "0", "10", "0", "0", "0"]
    shop = tmp_path / "demo" / "shop"
    assert run("check", "--repo", str(shop)).returncode == 10
    ines, vera = (str(tmp_path / "demo" / "keys" / id_) for id_ in ("p_ines", "p_vera"))
    assert run("approve", "--repo", str(shop), "--key", ines).returncode == 0
    assert run("check", "--repo", str(shop)).returncode == 0
    assert run("approve", "--repo", str(shop), "--key", vera, "--reject", "--reason", "x").returncode == 0
    assert run("check", "--repo", str(shop)).returncode == 10


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    refused = run("demo", "--into", str(tmp_path))
    assert (refused.returncode, "is not empty" in refused.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
