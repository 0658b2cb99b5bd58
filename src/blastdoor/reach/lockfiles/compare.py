"""Two versions of a lockfile: which direct dependencies of which project differ in what they resolve to."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from blastdoor.reach.lockfiles.bun import read_bun
from blastdoor.reach.lockfiles.cargo import read_cargo
from blastdoor.reach.lockfiles.composer import read_composer
from blastdoor.reach.lockfiles.gem import read_gem
from blastdoor.reach.lockfiles.golang import read_go_mod, read_go_sum
from blastdoor.reach.lockfiles.locked import Lock, changes, everything
from blastdoor.reach.lockfiles.npm import read_npm
from blastdoor.reach.lockfiles.pnpm import read_pnpm
from blastdoor.reach.lockfiles.python import read_pdm, read_pipenv, read_poetry
from blastdoor.reach.lockfiles.requirements import read_requirements
from blastdoor.reach.lockfiles.uv import read_uv
from blastdoor.reach.lockfiles.values import UnreadableError
from blastdoor.reach.lockfiles.yarn import read_yarn

_MAX_BYTES = 50_000_000
#: tomllib is Python, and reads some 6 MB a second.
_MAX_TOML = 10_000_000


class LockChange(NamedTuple):
    """What a changed lockfile changes.

    `importers`: project directory relative to the lockfile's ("" is its own, `*` is any project, `crate:NAME`
    a crate whose directory is not told) -> names of direct dependencies whose closure changed, as the
    project's manifest names them. Where a format does not tell which are direct, all are.
    `unread`: why the versions could not be compared; everything must then be taken as changed. `ecosystem`:
    npm, pypi, go, cargo, gem or composer.
    """

    importers: Mapping[str, frozenset[str]]
    unread: str = ""
    ecosystem: str = ""


class _Format(NamedTuple):
    ecosystem: str
    read: Callable[[bytes], Lock]
    most: int = _MAX_BYTES


def _read_binary(_: bytes) -> Lock:
    raise UnreadableError("is binary; Bun writes bun.lock as text")


_FORMATS: Mapping[str, _Format] = {
    "package-lock.json": _Format("npm", read_npm),
    "npm-shrinkwrap.json": _Format("npm", read_npm),
    "pnpm-lock.yaml": _Format("npm", read_pnpm),
    "yarn.lock": _Format("npm", read_yarn),
    "bun.lock": _Format("npm", read_bun),
    "bun.lockb": _Format("npm", _read_binary),
    "poetry.lock": _Format("pypi", read_poetry, _MAX_TOML),
    "uv.lock": _Format("pypi", read_uv, _MAX_TOML),
    "pdm.lock": _Format("pypi", read_pdm, _MAX_TOML),
    "pipfile.lock": _Format("pypi", read_pipenv),
    "go.mod": _Format("go", read_go_mod),
    "go.sum": _Format("go", read_go_sum),
    "cargo.lock": _Format("cargo", read_cargo, _MAX_TOML),
    "gemfile.lock": _Format("gem", read_gem),
    "gems.locked": _Format("gem", read_gem),
    "composer.lock": _Format("composer", read_composer),
}
_REQUIREMENTS = _Format("pypi", read_requirements)
_REQUIREMENTS_NAME = re.compile(r"(?:.*[-_.])?requirements(?:[-_.].*)?\.txt")


def is_lockfile(path: str) -> bool:
    """Whether a path is a lockfile (or go.mod, or a list of requirements) that can be compared."""
    return _format(path) is not None


def compare_lockfiles(path: str, old: bytes | None, new: bytes | None) -> LockChange:
    """What a lockfile's change changes; None where it is absent on that side. Never raises for content."""
    format_ = _format(path)
    if format_ is None:
        return LockChange({}, f"{_called(path)} is no lockfile that is read here")
    if old == new:
        return LockChange({}, "", format_.ecosystem)
    try:
        sides = [_read(format_, data) for data in (old, new) if data is not None]
        found = changes(*sides) if len(sides) > 1 else everything(*sides)
    except RecursionError:
        return LockChange({}, f"{_called(path)} is nested too deeply", format_.ecosystem)
    except UnreadableError as error:
        return LockChange({}, f"{_called(path)} {error}", format_.ecosystem)
    except ValueError as error:  # JSON, TOML and UTF-8 have their own kinds of it
        why = f"{_called(path)} is not readable: {str(error)[:200]}"
        return LockChange({}, why, format_.ecosystem)
    return LockChange(found, "", format_.ecosystem)


def _read(format_: _Format, data: bytes) -> Lock:
    if len(data) > format_.most:
        raise UnreadableError(f"has {len(data)} bytes; at most {format_.most} are read")
    return format_.read(data)


def _called(path: str) -> str:
    return path.rpartition("/")[2]


def _format(path: str) -> _Format | None:
    folder, _, name = path.lower().rpartition("/")
    if name in _FORMATS:
        return _FORMATS[name]
    if name.endswith(".txt") and (
        _REQUIREMENTS_NAME.fullmatch(name) or folder.rpartition("/")[2] == "requirements"
    ):
        return _REQUIREMENTS
    return None
