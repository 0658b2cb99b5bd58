"""A shop whose main is deployed: branches land there in every way that a forge knows."""

from pathlib import Path
from typing import Any

from builders import POLICY, public_key
from shopfloor import Shop, a_shop, who

PRODUCERS = f"""\
producers:
  ci: {{ keys: ["{public_key("ci")}"] }}
  cd: {{ keys: ["{public_key("cd")}"] }}
"""
DEPLOYED = POLICY.replace(
    "production: { branch: main }", "production: { branch: main, deployer: cd }"
).replace("environments:", PRODUCERS + "environments:")


class Yard:
    """A shop with helpers: `branch` makes work, others bring it to main, `to` asks about deploying main."""

    def __init__(self, folder: Path, policy: str = DEPLOYED, **files: str) -> None:
        self.shop: Shop = a_shop(folder, policy, **files)
        self.shop.in_process = True
        self.git = self.shop.git
        self.start = self.git("rev-parse", "main")

    def branch(self, name: str, *texts: str, by: str = "p_author", path: str | None = None) -> str:
        """A branch off main with one commit for each text, in a file of its own. Gives its head."""
        self.git("switch", "--quiet", "-c", name, "main")
        for text in texts:
            self.git.commit(f"{name}: {text}", {path or f"src/{name}.py": f"{text}\n"}, who=who(by))
        return self.git("rev-parse", "HEAD")

    def yes(self, *ids: str, head: str = "HEAD") -> None:
        """Each says yes to the branch that is checked out."""
        for id_ in ids:
            said = self.shop.approve(id_, "--head", head)
            assert said.status == 0, said.out + said.err

    def squash(self, name: str, by: str = "p_author") -> str:
        """Land a branch as one commit."""
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--squash", name, who=who(by))
        self.git("commit", "--quiet", "--allow-empty", "-m", f"{name} (squashed)", who=who(by))
        return self.git("rev-parse", "HEAD")

    def merge(self, name: str, by: str = "p_peer") -> str:
        """Land a branch by a merge commit, made by whoever pressed the button."""
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "-m", f"merge {name}", name, who=who(by))
        return self.git("rev-parse", "HEAD")

    def rebase(self, name: str, by: str = "p_peer") -> str:
        """Land a branch commit by commit."""
        self.git("switch", "--quiet", "--detach", name)
        self.git("rebase", "--quiet", "main", who=who(by))
        head = self.git("rev-parse", "HEAD")
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--ff-only", head)
        return head

    def fast_forward(self, name: str) -> str:
        """Move main to a branch."""
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--ff-only", name)
        return self.git("rev-parse", "HEAD")

    def push(self, path: str, text: str, by: str = "p_author") -> str:
        """A commit on main that nobody approved."""
        self.git("switch", "--quiet", "main")
        return self.git.commit(f"straight to main: {text}", {path: text}, who=who(by))

    def revert(self, commit: str, by: str = "p_author") -> str:
        """A commit on main that takes another back."""
        self.git("switch", "--quiet", "main")
        parents = self.git("rev-list", "--parents", "-n1", commit).split()
        words = ["-m", "1"] if len(parents) > 2 else []
        self.git("revert", "--no-edit", *words, commit, who=who(by))
        return self.git("rev-parse", "HEAD")

    def to(self, start: str | None = None, *words: str, to: str = "main") -> Any:
        """The verdict on deploying a revision, from what runs or from a start of ours."""
        return self.shop.check("--to", to, *(["--from", start] if start else []), *words)

    def deployed(self, revision: str, *words: str, key: str = "cd") -> Any:
        """Record what runs."""
        said = self.shop.run("deployed", revision, "--key", str(self.shop.key(key)), "--json", *words)
        assert said.status in {0, 11}, said.out + said.err
        return said.json


def statuses(verdict: Any) -> list[str]:
    """How each landing stands, oldest first."""
    return [landing["status"] for landing in verdict["landings"]]
