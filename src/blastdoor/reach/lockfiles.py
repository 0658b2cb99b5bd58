"""Stand-in."""

from collections.abc import Mapping
from typing import NamedTuple


class LockChange(NamedTuple):
    importers: Mapping[str, frozenset[str]]
    unread: str = ""
    ecosystem: str = ""


def is_lockfile(path: str) -> bool:
    return path.rpartition("/")[2] in {
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "uv.lock",
        "poetry.lock",
    }


def compare_lockfiles(path: str, old: bytes | None, new: bytes | None) -> LockChange:
    return LockChange({}, "stub")
