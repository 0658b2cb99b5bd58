"""Small trees in real repositories, and the edges that `reach graph` lists for them."""

from collections.abc import Mapping
from pathlib import Path

from functional.reach.terminal import arrows, edges, write
from realgit import a_repository


def committed(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A repository with these files in one commit."""
    git = a_repository(folder / "repo")
    write(git.folder, files)
    git.commit("begin")
    return git.folder


def holds(
    folder: Path, language: str, files: Mapping[str, str | bytes], expected: str, kinds: str = ""
) -> None:
    """The tree has exactly these edges (of these kinds, where they are named)."""
    listed = edges(committed(folder, files), language)
    wanted = set(kinds.split())
    found = {(source, target) for source, target, kind in listed if not wanted or kind in wanted}
    wished = set(arrows(expected))
    assert found == wished, f"missing {sorted(wished - found)}, too many {sorted(found - wished)}"
