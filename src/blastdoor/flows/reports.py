"""Report: a producer, or a person, signs what they know of a change. Specified in `docs/spec/report.md`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from blastdoor.errors import InputError
from blastdoor.flows.approve import Signer, store_signed
from blastdoor.flows.rules import read_rules
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes, digest
from blastdoor.model import REPORTS, CheckSaid, Envelope, Report, TextSaid
from blastdoor.ports import Record

_MAX_TEXT = 1_000_000
_HEADING = re.compile(r"\s{0,3}#{1,6}\s++(.{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is reported: checks as (name, conclusion), texts as (kind, bytes), the rollout's stages."""

    checks: Sequence[tuple[str, str]] = ()
    texts: Sequence[tuple[str, bytes]] = ()
    rollout: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report that was stored: its id, what it says, and whether it counts (else why not)."""

    id: str
    report: Report
    problem: str


def report(
    world: World,
    head: str,
    producer: str | None,
    findings: Findings,
    key: str,
    sign: Signer,
    record: Callable[[], Record],
) -> Reported:
    """Sign and store a report on a commit. `key` is the public key of the signer."""
    if not (findings.checks or findings.texts or findings.rollout):
        raise InputError(
            "there is nothing to report", hint="give --check, --change-record, --rollback-plan …"
        )
    rules = read_rules(world, world.refs.protected_branch())
    names = [one.name for one in rules.policy.producers if key in one.keys]
    names += [person.id for person in rules.directory.roster.persons if key in person.keys]
    chosen = producer or next(iter(names), None)
    if chosen is None:
        raise InputError(
            "this key is nobody's that the rules name", hint="say who reports with --producer NAME"
        )
    commit = world.refs.resolve(head)
    repository = rules.policy.id if isinstance(rules.policy.id, str) else world.refs.repository_id()
    made = Report(
        producer=chosen,
        repository=repository,
        head=commit,
        tree=world.history.tree_of(commit),
        given_at=world.now(),
        checks=tuple(CheckSaid(name=name, conclusion=said) for name, said in findings.checks),
        texts=tuple(
            TextSaid(kind=kind, digest=digest(text), headings=headings_of(text))  # type: ignore[arg-type]
            for kind, text in findings.texts
        ),
        rollout=tuple(findings.rollout),
    )
    payload = canonical_bytes(made)
    envelope = Envelope(payload=payload.decode("utf-8"), signature=sign(payload, REPORTS)[1])
    id_ = envelope.id_as("rep")
    store_signed(world.reports, record, id_, envelope, chosen if chosen.startswith("p_") else "blastdoor")
    return Reported(id=id_, report=made, problem=_problem(chosen, names, made))


def _problem(chosen: str, names: Sequence[str], made: Report) -> str:
    if chosen not in names:
        return f"the rules do not list this key for {chosen}"
    if chosen.startswith("p_") and made.checks:
        return "that a check passed counts from a producer of the policy alone"
    return ""


def headings_of(text: bytes) -> tuple[str, ...]:
    """The headings of a text in Markdown that have something under them, in order.

    InputError if it is not UTF-8, or over 1 MB.
    """
    if len(text) > _MAX_TEXT:
        raise InputError(f"a text of {len(text)} bytes; at most {_MAX_TEXT} are read")
    try:
        lines = text.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"the text is not UTF-8 (byte {error.start})") from error
    found: dict[str, None] = {}
    current = ""
    for line in lines:
        heading = _HEADING.match(line)
        if heading:
            current = heading[1].strip().rstrip("#").strip()
        elif line.strip() and current:
            found[current] = None
    return tuple(found)
