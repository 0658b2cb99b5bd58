"""Valid values for tests; name only what a test is about."""

from functools import lru_cache
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from blastdoor.formats import canonical_bytes, digest, short_id
from blastdoor.gate import risk_of, seal_of
from blastdoor.model import (
    NAMESPACE,
    Agent,
    Case,
    Change,
    Contributor,
    Coverage,
    Envelope,
    FileChange,
    FileCounts,
    MergeProof,
    Person,
    Provenance,
    Reach,
    Recorded,
    Roster,
    Rules,
    Statement,
)
from blastdoor.people.sshsig import sign
from blastdoor.policy import Policy, load_policy

NOW = "2026-03-10T09:00:00Z"
LEVELS = ("junior", "engineer", "senior", "principal")

POLICY = """\
version: 1
mode: { production: enforce }
groups:
  senior: { level_at_least: senior }
  peer: { level_at_least: engineer }
environments:
  production: { branch: main }
default: { require: [{ approvals: 1, from: peer }] }
rules:
  - name: AI needs a senior
    when: at_least(provenance.state, "ai_disclosed") && !reach.docs_only
    require: [{ approvals: 1, from: senior }]
  - name: wide reach
    when: at_least(reach.level, "high")
    require: [{ approvals: 1, from: senior }, { approvals: 1, from: peer }]
"""


def a_policy(text: str = POLICY) -> Policy:
    """A policy that asks a peer of every change, a senior of AI's, and both of wide reach."""
    return load_policy(text.encode(), "policy.yaml")


@lru_cache
def private_key(id_: str) -> Ed25519PrivateKey:
    """The key of a person or agent, the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest(id_.encode())[7:]))


def public_key(id_: str) -> str:
    """Their public key as a roster lists it."""
    line = private_key(id_).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return line.decode("ascii")


def a_person(id_: str, level: str = "engineer", **fields: Any) -> Person:
    """An active person with a key."""
    return Person(id=id_, level=level, **{"keys": (public_key(id_),), **fields})


ROSTER = Roster(
    levels=LEVELS,
    persons=(
        a_person("p_author"),
        a_person("p_peer", teams=("red",)),
        a_person("p_other", teams=("blue",)),
        a_person("p_senior", "senior", teams=("red", "blue")),
        a_person("p_elder", "senior"),
        a_person("p_junior", "junior"),
    ),
    agents=(Agent(id="a_bot", owner="p_elder", keys=(public_key("a_bot"),)),),
)


def a_file(path: str, **fields: Any) -> FileChange:
    """A modified file."""
    values = {
        "status": "modified",
        "old_mode": "100644",
        "new_mode": "100644",
        "old": "1" * 40,
        "new": "2" * 40,
    }
    return FileChange(path=path, **{**values, **fields})


def a_change(**fields: Any) -> Change:
    """One commit, one file."""
    values: dict[str, Any] = {
        "id": "chg_aaaaaaaaaaaaaaaa",
        "repository": "shop",
        "target_branch": "main",
        "base": "b" * 40,
        "head": "c" * 40,
        "tree": "d" * 40,
        "patch": digest(b"the difference"),
        "commits": ("c" * 40,),
        "patches": (digest(b"one commit"),),
        "files": (a_file("src/app.py"),),
        "branch": "feature",
    }
    return Change(**{**values, **fields})


def a_reach(**fields: Any) -> Reach:
    """A low reach, nothing unknown."""
    values: dict[str, Any] = {
        "level": "low",
        "tier": 9,
        "rules": (),
        "files": FileCounts(changed=1, reached=1),
        "services": (),
        "operations": (),
        "unknowns": (),
        "coverage": Coverage(understood=1, total=1),
        "catalogue": "none",
        "docs_only": False,
        "tests_only": False,
        "irreversible": False,
        "policy_files": False,
    }
    return Reach(**{**values, **fields})


def a_provenance(state: str = "no_disclosure", assurance: str = "asserted") -> Provenance:
    """A state without its signals."""
    return Provenance(state=state, assurance=assurance, signals=(), registry=digest(b"registry"))  # type: ignore[arg-type]


def a_contributor(id_: str = "p_author", **fields: Any) -> Contributor:
    """Somebody who had a hand in the change."""
    kind = {"p": "person", "u": "unmapped"}.get(id_.partition("_")[0], "agent")
    values: dict[str, Any] = {"kind": kind, "roles": ("author",), "assurance": "asserted"}
    return Contributor(id=id_, **{**values, **fields})


def a_case(**fields: Any) -> Case:
    """A change by p_author under rules of its repository, nobody having spoken."""
    values: dict[str, Any] = {
        "environment": "production",
        "change": a_change(),
        "rules": Rules(ref="refs/heads/main", commit="a" * 40, source="repository", assurance="asserted"),
        "provenance": a_provenance(),
        "reach": a_reach(),
        "contributors": (a_contributor(),),
        "people": ROSTER,
        "statements": (),
    }
    return Case(**{**values, **fields})


def a_statement(case: Case, person: str, answer: str = "yes", **fields: Any) -> Statement:
    """What a person says of the case as it is."""
    seal = seal_of(case.change, case.provenance, case.reach, digest(b"policy"))
    values: dict[str, Any] = {
        "answer": answer,
        "person": person,
        "seal": seal,
        "risk": risk_of(case.provenance, case.reach),
        "requirements": (),
        "rules": case.rules.commit,
        "given_at": NOW,
        "branch": case.change.branch,
    }
    return Statement(**{**values, **fields})


def signed(
    statement: Statement, by: str | None = None, then: Person | None = None, **fields: Any
) -> Recorded:
    """The statement as the case records it, signed with the key of `by` (its own person if not named)."""
    payload = canonical_bytes(statement)
    key = private_key(by or statement.person)
    listed = then or ROSTER.person(statement.person)
    return Recorded(
        envelope=Envelope(payload=payload.decode(), signature=sign(key, payload, NAMESPACE)),
        then=msgspec.UNSET if listed is None else listed,
        **fields,
    )


def statement_id(recorded: Recorded) -> str:
    """The id of a recorded statement."""
    return short_id("apr", recorded.envelope.payload.encode())


def with_votes(case: Case, *recorded: Recorded) -> Case:
    """The case with more statements."""
    return msgspec.structs.replace(case, statements=(*case.statements, *recorded))


def yes(case: Case, *persons: str) -> Case:
    """The case after these persons said yes."""
    return with_votes(case, *(signed(a_statement(case, person)) for person in persons))


def changed(case: Case, **fields: Any) -> Case:
    """The case with another change, provenance or reach, its statements kept."""
    return msgspec.structs.replace(case, **fields)


def a_proof(case: Case, **fields: Any) -> MergeProof:
    """A clean merge of the case's head with a new base that gives the tree `new_tree`."""
    values: dict[str, Any] = {
        "ours": "e" * 40,
        "theirs": case.change.head,
        "bases": (case.change.base,),
        "on_first_parent": True,
        "tree": "f" * 40,
    }
    return MergeProof(**{**values, **fields})
