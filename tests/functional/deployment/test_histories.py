"""Generated histories: no approved one holds, no unapproved one passes; each uncovered landing is named."""

import random
from pathlib import Path

import pytest

from yard import Yard

_WAYS = ("squash", "merge", "rebase", "fast_forward", "batch", "push", "revert", "land again", "update")


class History:
    """Lands branches on a yard's main at random, and knows which landings were approved."""

    def __init__(self, yard: Yard, seed: int) -> None:
        self.yard, self.random = yard, random.Random(seed)
        self.uncovered: list[str] = []
        self.squashed: list[tuple[str, str]] = []  # a branch and its landing, to be reverted
        self.reverted: list[str] = []
        self.count = 0

    def step(self) -> None:
        way = self.random.choice(_WAYS)
        approved = self.random.random() < 0.6
        match way:
            case "push":
                self.count += 1
                self._landed(self.yard.push(f"src/p{self.count}.py", f"p = {self.count}\n"), approved=False)
            case "revert" if self.squashed:
                branch, landing = self.squashed.pop(self.random.randrange(len(self.squashed)))
                self._landed(self.yard.revert(landing), approved=False)
                self.reverted.append(branch)
            case "land again" if self.reverted:
                # The old yes is used up, whoever gave it.
                branch = self.reverted.pop(self.random.randrange(len(self.reverted)))
                self._landed(self.yard.squash(branch), approved=False)
            case "batch":
                names = [self._branch(approved=approved, commits=1) for _ in range(2)]
                for name in names:
                    self._landed(self.yard.merge(name), approved=approved)
            case "update":
                # The branch takes main into itself after it was approved; our own merge gives the same.
                name = self._branch(approved=approved, commits=1)
                self._landed(self.yard.push(f"src/m{self.count}.py", "m = 1\n"), approved=False)
                self.yard.git("switch", "--quiet", name)
                self.yard.git("merge", "--quiet", "-m", "update", "main")
                self._landed(self.yard.squash(name), approved=approved)
            case "rebase" | "fast_forward":
                name = self._branch(approved=approved, commits=self.random.randint(1, 3))
                before = self.yard.git("rev-parse", "main")
                getattr(self.yard, way)(name)
                steps = self.yard.git("rev-list", "--reverse", f"{before}..main").split()
                for commit in steps:
                    self._landed(commit, approved=approved)
            case _:
                name = self._branch(approved=approved, commits=self.random.randint(1, 3))
                landing = self.yard.merge(name) if way == "merge" else self.yard.squash(name)
                self._landed(landing, approved=approved)
                if way == "squash":
                    self.squashed.append((name, landing))

    def _branch(self, *, approved: bool, commits: int) -> str:
        self.count += 1
        name = f"b{self.count}"
        self.yard.branch(name, *(f"v = {number}" for number in range(commits)))
        if approved:
            self.yard.yes("p_peer")
        return name

    def _landed(self, commit: str, *, approved: bool) -> None:
        if not approved:
            self.uncovered.append(commit)


@pytest.mark.promise(7)
@pytest.mark.parametrize("seed", range(6))
def test_promise_7_a_deployment_passes_exactly_where_every_landing_was_approved(
    tmp_path: Path, seed: int
) -> None:
    yard = Yard(tmp_path)
    history = History(yard, seed)
    for _ in range(6):
        history.step()
    verdict = yard.to(yard.start)
    found = [one["commit"] for one in verdict["landings"] if one["status"] == "uncovered"]
    assert found == history.uncovered, verdict["landings"]
    assert (verdict["verdict"] == "pass") == (not history.uncovered)
    for landing in found:
        for person in ("p_peer", "p_other"):
            yard.shop.approve(person, "--landed", landing)
    assert yard.to(yard.start)["verdict"] == "pass", "the way out that was shown"
