"""Bundles: a decision written down so that anyone can make it again. Specified in `docs/spec/case.md`."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from blastdoor.errors import InputError, IntegrityError
from blastdoor.formats import canonical_bytes, digest
from blastdoor.gate import decide
from blastdoor.model import (
    DEPLOYMENTS,
    NAMESPACE,
    OVERRIDES,
    REPORTS,
    Bundle,
    Case,
    Course,
    Envelope,
    Verdict,
)
from blastdoor.people import verify
from blastdoor.policy import Policy, load_policy, merge

MAX_BYTES = 256_000_000


class _Header(msgspec.Struct):
    kind: str = ""
    v: int = 0
    decision: int = 0


def make_bundle(case: Case, policy: Policy, now: str, names: Mapping[str, str]) -> Bundle:
    """The bundle of a decision."""
    bundle = Bundle(
        case=case,
        policy=policy.source,
        now=now,
        digest="",
        organisation=policy.organisation,
        names=dict(names),
    )
    return msgspec.structs.replace(bundle, digest=bundle_digest(bundle))


def bundle_digest(bundle: Bundle) -> str:
    """SHA-256 over the canonical bytes of everything but `digest` and `names`."""
    return digest(canonical_bytes(msgspec.structs.replace(bundle, digest="", names={})))


def write_bundle(bundle: Bundle) -> bytes:
    """The bundle as it is written to a file."""
    return canonical_bytes(bundle) + b"\n"


def read_bundle(data: bytes, file: str) -> Bundle:
    """The bundle of a file's bytes.

    InputError if it is none, or of another version; IntegrityError if it was altered.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{file}: {len(data)} bytes; a bundle has at most {MAX_BYTES}")
    try:
        header = msgspec.json.decode(data, type=_Header)
        if header.kind == "blastdoor-bundle" and (header.v, header.decision) != (1, 1):
            raise InputError(
                f"{file}: a bundle of version {header.v}, decisions of version {header.decision};"
                " 1 and 1 are read",
                hint="decide it with the version that wrote it, or a newer one",
            )
        bundle = msgspec.json.decode(data, type=Bundle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{file}: not a bundle: {error}", hint="`blastdoor check --bundle` writes one"
        ) from error
    try:
        # Over what stands in the file, not over what was made of it: a later version adds fields.
        written = {**msgspec.json.decode(data), "digest": "", "names": {}}
        found = digest(canonical_bytes(written))
    except ValueError as error:
        raise InputError(f"{file}: not a bundle: {error}") from error
    if found != bundle.digest:
        raise IntegrityError(
            f"{file}: its contents do not have the digest it names ({bundle.digest})",
            hint="it was altered after it was written",
        )
    return bundle


def decide_again(bundle: Bundle, keys: Sequence[str] = ()) -> Verdict:
    """The same verdict, byte for byte. With `keys`, every signature must be by one of them."""
    if keys:
        _authenticate(bundle.case, frozenset(keys))
    return decide(bundle.case, policy_of(bundle), bundle.now)


def policy_of(bundle: Bundle) -> Policy:
    """The policy that a bundle was decided under."""
    own = load_policy(bundle.policy.encode("utf-8"), "the bundle's policy")
    if not isinstance(bundle.organisation, str):
        return own
    above = load_policy(bundle.organisation.encode("utf-8"), "the bundle's organisation's policy")
    return merge(above, own, "the bundle's policy")


def _authenticate(case: Case, keys: frozenset[str]) -> None:
    for id_, envelope, namespace in _signed(case):
        if not isinstance(envelope.signature, str):
            continue  # unsigned is asserted, and opens nothing
        try:
            signed = verify(envelope.signature, envelope.payload.encode("utf-8"), namespace)
        except ValueError as error:
            raise IntegrityError(f"{id_}: its signature does not verify: {error}") from error
        if signed.key not in keys:
            raise IntegrityError(f"{id_} is signed by a key that was not given", hint="add it with --key")


def _signed(case: Case) -> Iterator[tuple[str, Envelope, str]]:
    """Everything in a case that may be signed: its id, its envelope, and what it is signed for."""
    landings = case.course.landings if isinstance(case.course, Course) else ()
    for recorded in (*case.statements, *(one for landing in landings for one in landing.statements)):
        yield recorded.envelope.id, recorded.envelope, NAMESPACE
    for envelope in case.reports:
        yield envelope.id_as("rep"), envelope, REPORTS
    for envelope in case.deployments:
        yield envelope.id_as("dep"), envelope, DEPLOYMENTS
    for one in case.overrides:
        yield one.envelope.id_as("ovr"), one.envelope, OVERRIDES
