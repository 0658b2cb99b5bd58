"""A repository with a base on its protected branch and a change on another, measured by the command."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functional.reach.terminal import Said, here, write
from realgit import RealGit, a_repository


class Ground:
    """The repository; `base` is what stands on main."""

    def __init__(self, folder: Path, base: Mapping[str, str | bytes]) -> None:
        self.git: RealGit = a_repository(folder / "repo")
        write(self.git.folder, base)
        self.git.commit("base")
        self.git("switch", "--quiet", "-c", "feature")

    def change(self, files: Mapping[str, str | bytes | None]) -> None:
        """Commit a change; None removes."""
        for path in [path for path, content in files.items() if content is None]:
            (self.git.folder / path).unlink()
        write(self.git.folder, {path: content for path, content in files.items() if content is not None})
        self.git.commit("change")

    def ask(self, *words: str | Path) -> Said:
        """Ask about HEAD, or as the words say."""
        return here(*words, "--repo", self.git.folder, "--json")

    def reach(self, files: Mapping[str, str | bytes | None], *words: str | Path) -> Any:
        """Commit a change and measure it."""
        self.change(files)
        return self.ask(*words).json


def services(found: Any) -> dict[str, int]:
    """Names and distances of the services reached."""
    return {one["name"]: one["distance"] for one in found["services"]}


def rule_ids(found: Any) -> set[str]:
    """The rules that hit."""
    return {hit["id"] for hit in found["rules"]}


def component(name: str, tier: int | None = None, spec: str = "", kind: str = "Component") -> str:
    """A catalogue's entity."""
    marks = "" if tier is None else f"\n  annotations: {{ blastdoor.dev/tier: '{tier}' }}"
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}{marks}\n"
        f"spec:\n  type: service\n  lifecycle: production\n  owner: team-a\n{spec}"
    )
