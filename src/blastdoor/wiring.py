"""The only place that names concrete adapters. Settings are read once, here."""

import datetime as dt
import os
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blastdoor.errors import InputError, SourceError
from blastdoor.flows import Organisation, World
from blastdoor.git import open_repository
from blastdoor.ports import Record
from blastdoor.store import (
    SqliteFactCache,
    SqliteMarks,
    open_record,
    public_key_of,
    sign_statement,
    throwaway_key,
)

__all__ = ["Local", "clock", "new_key", "open_world", "public_key_of", "signer", "working_tree"]


def clock() -> dt.datetime:
    """The time in UTC, from the machine."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is the Clock port's one adapter


def offsets(zone: str, since: dt.datetime, days: int) -> tuple[tuple[dt.datetime, int], ...] | None:
    """The port `Zones`, from the time zone database of the machine, else of the package `tzdata`."""
    try:
        place = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
    found: list[tuple[dt.datetime, int]] = []
    for hour in range(days * 24):
        moment = since + dt.timedelta(hours=hour)
        ahead = moment.astimezone(place).utcoffset()
        minutes = 0 if ahead is None else int(ahead.total_seconds() // 60)
        if not found or found[-1][1] != minutes:
            found.append((moment, minutes))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A repository at hand: the world of its flows, and its record, opened when something is recorded."""

    world: World
    record: Callable[[], Record]


def _organisation() -> Organisation | None:
    """The rules above the repository's own, from the folder that `BLASTDOOR_ORGANISATION` names."""
    folder = os.environ.get("BLASTDOOR_ORGANISATION")
    if not folder:
        return None
    read: dict[str, bytes | None] = {}
    for name in ("policy.yaml", "people.yaml", "directory.json"):
        try:
            read[name] = (Path(folder) / name).read_bytes()
        except FileNotFoundError:
            read[name] = None
        except OSError as error:
            raise SourceError(f"{Path(folder) / name} cannot be read: {error.strerror}") from error
    policy = read["policy.yaml"]
    if policy is None:
        raise InputError(
            f"{folder} holds no policy.yaml", hint="BLASTDOOR_ORGANISATION names the organisation's rules"
        )
    return Organisation(
        policy=policy, people=read["people.yaml"], export=read["directory.json"], where=folder
    )


@contextmanager
def open_world(repo: str, state: str | None) -> Iterator[Local]:
    """Open the repository that holds `repo`; state under `state`, else in its git directory."""
    with open_repository(repo) as repository:
        directory = repository.state_directory if state is None else Path(state)
        world = World(
            refs=repository.refs,
            history=repository.history,
            trees=repository.trees,
            merges=repository.merges,
            statements=repository.statements,
            reports=repository.reports,
            deployments=repository.deployments,
            overrides=repository.overrides,
            zones=offsets,
            notes=repository.notes,
            marks=SqliteMarks(directory),
            cache=SqliteFactCache(directory),
            clock=clock,
            organisation=_organisation(),
        )
        yield Local(world=world, record=lambda: open_record(directory, clock))


def working_tree(repo: str) -> tuple[Path, str]:
    """The root of the working tree that holds `repo`, and the name of its protected branch."""
    with open_repository(repo) as repository:
        return repository.working_tree(), repository.refs.protected_branch().name


def new_key() -> tuple[Any, str]:
    """A private key that is kept nowhere, and its canonical public key."""
    return throwaway_key()


def signer(file: Path) -> Callable[[bytes, str], tuple[str, str]]:
    """A signer by the key in a file: of a payload for a namespace gives the public key and the signature."""
    return lambda payload, namespace: sign_statement(file, payload, namespace)
