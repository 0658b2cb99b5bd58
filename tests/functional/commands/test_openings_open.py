"""The way out is always shown: each opening, applied, opens; with one step left out the door stays shut."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builders import POLICY
from scenes import a_copy, land, on_feature
from shopfloor import AI, Shop, a_shop, catalogue, people_yaml


def ordinary(folder: Path) -> Shop:
    shop = a_shop(folder)
    shop.change()
    return shop


def ai_assisted(folder: Path) -> Shop:
    shop = a_shop(folder)
    shop.change(f"change\n\n{AI}")
    return shop


def wide(folder: Path) -> Shop:
    shop = a_shop(folder)
    land(shop, {"services/stock/catalog-info.yaml": catalogue("stock", 0)})
    on_feature(shop, {"services/stock/main.py": "stock = 3\n"}, parents=("main",))
    return shop


def rules_changed(folder: Path) -> Shop:
    shop = a_shop(folder)
    on_feature(shop, {".blastdoor/policy.yaml": POLICY + "# a word\n"})
    return shop


def by_a_stranger(folder: Path) -> Shop:
    shop = a_shop(folder)
    on_feature(shop, {"src/app.py": "x = 2\n"}, f"change\n\n{AI}", by="S <s@far.example>")
    return shop


def half_way(folder: Path) -> Shop:
    shop = a_shop(folder)
    shop.change(f"change\n\n{AI}")
    shop.yes("p_peer")
    return shop


def rejected(folder: Path) -> Shop:
    shop = a_shop(folder)
    shop.change()
    shop.approve("p_other", "--reject", "--reason", "wait")
    return shop


def many_groups(folder: Path) -> Shop:
    """Groups that overlap: p_peer is in both, and may serve one of them."""
    policy = POLICY.replace("  peer:", "  red: { team: red }\n  blue: { team: blue }\n  peer:") + (
        "  - { name: both, when: 'true',"
        " require: [{ approvals: 1, from: red }, { approvals: 1, from: blue }] }\n"
    )
    people = people_yaml()
    for person, teams in {"p_peer": "red, blue", "p_other": "red", "p_elder": "blue"}.items():
        people = people.replace(f"id: {person}, ", f"id: {person}, teams: [{teams}], ")
    shop = a_shop(folder, policy, people)
    shop.change()
    return shop


def stale(folder: Path) -> Shop:
    shop = a_shop(folder)
    shop.change()
    shop.yes("p_peer")
    on_feature(shop, {"src/more.py": "m = 1\n"})
    return shop


SCENES: list[Callable[[Path], Shop]] = [
    ordinary, ai_assisted, wide, rules_changed, by_a_stranger, half_way, rejected, many_groups, stale,
]  # fmt: skip


STRANGER = "  - { id: p_s, level: junior, accounts: [{ provider: git, id: s@far.example }] }\n"


@dataclass(frozen=True)
class Act:
    """One thing that is done: a person's yes, a no taken back, or a stranger put on the roster."""

    person: str
    withdraws: str = ""

    def apply(self, shop: Shop) -> None:
        if self.person.startswith("u_"):
            land(shop, {".blastdoor/people.yaml": people_yaml().replace("agents:", f"{STRANGER}agents:")})
            return
        words = ["--withdraw", self.withdraws] if self.withdraws else []
        said = shop.approve(self.person, *words)
        assert said.status == 0, said.out + said.err


def assignments(opening: Any, verdict: Any) -> Iterator[tuple[Act, ...]]:
    """Every way to take an opening's steps, each step by persons of its own."""
    choices = []
    for step in opening["steps"]:
        withdrawn = ""
        if step["kind"] == "withdraw":
            (withdrawn,) = [
                v["id"] for v in verdict["votes"] if v["answer"] == "no" and v["id"] in step["text"]
            ]
        groups = itertools.combinations(step["of"], step.get("count", len(step["of"])))
        choices.append([tuple(Act(person, withdrawn) for person in group) for group in groups])
    for combination in itertools.product(*choices):
        acts = tuple(itertools.chain(*combination))
        if len({act.person for act in acts}) == len(acts):
            yield acts


@pytest.mark.promise(9)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_promise_9_each_opening_opens_and_each_of_its_steps_is_needed(
    tmp_path: Path, scene: Callable[[Path], Shop]
) -> None:
    """The last assignment of each opening, and the first of the first, in both orders; the last act opens."""
    shop = scene(tmp_path)
    verdict = shop.check()
    assert (verdict["verdict"], verdict["openings_complete"]) == ("hold", True)
    assert verdict["openings"]
    for number, opening in enumerate(verdict["openings"][:3]):
        assert opening["certain"] or any(step["kind"] == "map" for step in opening["steps"])
        ways = list(assignments(opening, verdict))
        assert ways, opening
        for turn, acts in enumerate((ways[-1][::-1], ways[0])[: 1 if number else 2]):
            there = a_copy(shop, tmp_path / f"copy-{number}-{turn}")
            for act in acts[:-1]:
                act.apply(there)
            assert there.check()["verdict"] == "hold", (opening, acts)
            acts[-1].apply(there)
            assert there.check()["verdict"] == "pass", (opening, acts)


@pytest.mark.promise(9)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_promise_9_nobody_is_named_in_an_opening_whose_yes_would_be_refused(
    tmp_path: Path, scene: Callable[[Path], Shop]
) -> None:
    shop = scene(tmp_path)
    verdict = shop.check()
    hands = {one["id"] for one in verdict["contributors"]}
    for opening in verdict["openings"]:
        for step in opening["steps"]:
            if step["kind"] != "approvals":
                continue
            assert len(step["of"]) >= step["count"] >= 1
            assert not hands & set(step["of"])
            assert not {"p_junior", "a_bot", "a_shared"} & set(step["of"])


@pytest.mark.promise(9)
def test_promise_9_where_nobody_can_open_it_is_said_and_not_promised(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, people=people_yaml(p_senior="engineer", p_elder="engineer"))
    shop.change(f"change\n\n{AI}")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    for opening in verdict["openings"]:
        for step in opening["steps"]:
            assert len(step.get("of", ())) >= step.get("count", 0)
    assert "senior" in shop.run("check").out


@pytest.mark.promise(9)
def test_promise_9_the_first_opening_without_rules_is_to_make_some(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    land(shop, {".blastdoor/policy.yaml": None, ".blastdoor/people.yaml": None})
    on_feature(shop, {"src/app.py": "x = 2\n"}, parents=("main",))
    first = shop.check()["openings"][0]["steps"][0]
    assert "blastdoor init" in first["text"]
