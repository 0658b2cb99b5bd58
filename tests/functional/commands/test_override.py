"""Emergencies have a door: another person, a reason, one revision, an expiry, a review by a third."""

from pathlib import Path
from typing import Any

import pytest

from shopfloor import Said
from yard import DEPLOYED, Yard

DOOR = "override: { from: senior, presence: false, reviewed_by: peer, per_incident: 2 }\ndefault:"
pytestmark = pytest.mark.promise(10)


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    """Production runs the start, and something that nobody approved is on main."""
    made = Yard(tmp_path, DEPLOYED.replace("default:", DOOR, 1))
    begin(made)
    made.push("src/fix.py", "fix = 1\n")
    return made


def begin(yard: Yard) -> None:
    for person in ("p_senior", "p_peer"):
        assert yard.shop.approve(person, "--baseline", yard.start).status == 0
    assert yard.deployed(yard.start, "--baseline")["covered"]


def override(
    yard: Yard, by: str = "p_senior", *words: str, asked_by: str = "p_author", incident: str = "INC-1"
) -> Said:
    return yard.shop.run(
        "override", "--reason", "the shop is down", "--incident", incident, "--requested-by", asked_by,
        "--to", "main", "--key", str(yard.shop.key(by)), *words,
    )  # fmt: skip


def report(yard: Yard) -> Any:
    return yard.shop.run("override", "report", "--json").json["overrides"]


def test_promise_10_a_second_person_opens_the_door_for_one_revision(yard: Yard) -> None:
    assert yard.to()["verdict"] == "hold"
    said = override(yard)
    assert said.status == 0, said.out + said.err
    verdict = yard.to()
    assert (verdict["verdict"], verdict["override"]["person"]) == ("pass", "p_senior")
    assert verdict["reasons"], "what was overridden stays told"
    yard.push("src/fix.py", "fix = 2\n")
    assert yard.to()["verdict"] == "hold", "another revision"


@pytest.mark.parametrize(
    ("by", "asked_by", "why"),
    [
        ("p_senior", "p_senior", "second person"),
        ("p_peer", "p_author", "is not of senior"),
        ("p_senior", "p_nobody", "second person"),
    ],
)
def test_promise_10_not_everybody_is_a_second_person(yard: Yard, by: str, asked_by: str, why: str) -> None:
    said = override(yard, by, asked_by=asked_by)
    assert (said.status, why in said.out) == (11, True), said.out
    assert report(yard) == []


def test_promise_10_who_wrote_it_cannot_open_the_door_for_it(yard: Yard) -> None:
    yard.push("src/other.py", "x = 1\n", by="p_senior")
    said = override(yard)
    assert (said.status, "had a hand" in said.out) == (11, True), said.out


def test_promise_10_presence_is_asked_for_unless_the_policy_says_otherwise(tmp_path: Path) -> None:
    yard = Yard(tmp_path, DEPLOYED.replace("default:", DOOR.replace("presence: false, ", ""), 1))
    begin(yard)
    yard.push("src/fix.py", "fix = 1\n")
    said = override(yard)
    assert (said.status, "presence" in said.out) == (11, True), said.out


def test_promise_10_an_incident_has_so_many_and_no_more(yard: Yard) -> None:
    for number in range(2):
        assert override(yard).status == 0
        yard.push("src/fix.py", f"fix = {number + 5}\n")
    said = override(yard)
    assert (said.status, "INC-1 has had its 2 overrides" in said.out) == (11, True), said.out
    assert override(yard, incident="INC-2").status == 0


def test_promise_10_a_review_is_owed_by_somebody_else(yard: Yard) -> None:
    assert override(yard, asked_by="p_peer").status == 0
    (given,) = report(yard)
    assert (given["reviewed_by"], given["overdue"]) == ("", False)

    def review(by: str) -> Said:
        return yard.shop.run(
            "override", "review", given["id"], "--finding", "it was needed", "--key", str(yard.shop.key(by))
        )

    assert review("p_senior").status == 2
    assert review("p_peer").status == 2
    assert review("p_junior").status == 2
    assert review("p_other").status == 0
    (given,) = report(yard)
    assert (given["reviewed_by"], given["finding"]) == ("p_other", "it was needed")


def test_promise_10_what_came_in_by_override_is_owed_and_coverage_does_not_start_there(yard: Yard) -> None:
    assert override(yard).status == 0
    said = yard.deployed("main")
    assert (said["covered"], "override" in said["deployment"]) == (False, True)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    yard.squash("one")
    verdict = yard.to()
    assert verdict["start"] == yard.start
    assert [one["status"] for one in verdict["landings"]] == ["owed", "covered"]


def test_without_a_door_in_the_policy_there_is_none(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    begin(yard)
    yard.push("src/fix.py", "fix = 1\n")
    said = override(yard)
    assert (said.status, "no door for emergencies" in said.err) == (2, True)
