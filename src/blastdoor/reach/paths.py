"""Paths of a repository as text: `/` between names, no leading or trailing one, "" for the root."""

from collections.abc import Iterator


def folder_of(path: str) -> str:
    """The folder that a file is in."""
    return path.rpartition("/")[0]


def join(folder: str, path: str) -> str | None:
    """A path seen from a folder; None if it leaves the repository. `.` and empty names count for nothing."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def upwards(folder: str) -> Iterator[str]:
    """A folder and those above it, the nearest first; the root is the last."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def under(folder: str, name: str) -> str:
    """A name in a folder."""
    return f"{folder}/{name}" if folder else name


def common_folders(one: str, other: str) -> int:
    """How many leading folders two paths share; two roots share one."""
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
