"""Facts from outside: `--facts FILE`. Specified in `docs/spec/facts.md`."""

from typing import Literal

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import digest
from blastdoor.model import Check, Facts, Text, Value
from blastdoor.provenance import PullRequest


class _Text(Value, frozen=True, kw_only=True):
    kind: Literal["change_record", "rollback_plan"]
    text: str
    source: str


class _Check(Value, frozen=True, kw_only=True):
    name: str
    producer: str
    conclusion: str
    head: str
    source: str


class FactsFile(Value, frozen=True, kw_only=True):
    """What the file holds. Whoever can write a file can write anything, so all of it is `asserted`."""

    v: Literal[1]
    texts: tuple[_Text, ...] = ()
    checks: tuple[_Check, ...] = ()
    pull_request: PullRequest | msgspec.UnsetType = msgspec.UNSET


def read_facts(data: bytes, file: str) -> tuple[Facts, PullRequest | None]:
    """The facts of a file, and the pull request in it. InputError names the field that is wrong."""
    try:
        read = msgspec.json.decode(data, type=FactsFile)
        pull = read.pull_request if isinstance(read.pull_request, PullRequest) else None
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"{file}: {error}", hint="docs/spec/facts.md has the format") from error
    facts = Facts(
        texts=tuple(
            Text(kind=one.kind, digest=digest(one.text.encode()), source=one.source, assurance="asserted")
            for one in read.texts
        ),
        checks=tuple(
            Check(
                name=one.name,
                producer=one.producer,
                conclusion=one.conclusion,
                head=one.head,
                source=one.source,
                assurance="asserted",
            )
            for one in read.checks
        ),
    )
    return facts, pull
