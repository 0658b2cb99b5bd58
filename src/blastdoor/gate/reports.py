"""Reports: what producers signed of a change, as far as it is proven. Specified in `docs/spec/report.md`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from msgspec import UNSET

from blastdoor.model import DEPLOYMENTS, REPORTS, Case, Deployment, Envelope, Report
from blastdoor.people import verify
from blastdoor.policy import CheckNeeded, Policy, RolloutNeeded, TextNeeded

_MIN_STAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The reports about a change that are signed by whom they name, and those that are only asserted."""

    reports: tuple[Report, ...]
    asserted: tuple[Report, ...]

    def has(self, needed: TextNeeded | CheckNeeded | RolloutNeeded) -> bool:
        """Whether what is needed is proven."""
        return _is_in(self.reports, needed)

    def claims(self, needed: TextNeeded | CheckNeeded | RolloutNeeded) -> bool:
        """Whether somebody said it without proof."""
        return _is_in(self.asserted, needed)


def prove(case: Case, policy: Policy, about: Iterable[tuple[str, str]]) -> Proven:
    """The reports about one of some (head, tree), sorted into proven and asserted."""
    wanted = frozenset(about)
    proven: list[Report] = []
    asserted: list[Report] = []
    for envelope in case.reports:
        report = envelope.read(Report)
        if report is None or report.repository != case.change.repository:
            continue
        if (report.head, report.tree) not in wanted:
            continue
        (proven if _is_proven(case, policy, envelope, report) else asserted).append(report)
    return Proven(reports=tuple(proven), asserted=tuple(asserted))


def proven_deployments(
    envelopes: Iterable[Envelope], policy: Policy, repository: str, environment: str
) -> tuple[tuple[Deployment, bool], ...]:
    """What was said to run in an environment, oldest first, each with whether its deployer said it."""
    deployer = policy.environment(environment).deployer
    producer = policy.producer(deployer) if isinstance(deployer, str) else None
    found = []
    for envelope in envelopes:
        said = envelope.read(Deployment)
        if said is None or (said.repository, said.environment) != (repository, environment):
            continue
        named = producer is not None and said.producer == producer.name
        keys = producer.keys if producer is not None and named else ()
        found.append((said, signed_by(envelope, DEPLOYMENTS) in keys))
    return tuple(sorted(found, key=lambda one: (one[0].at, one[0].revision)))


def signed_by(envelope: Envelope, namespace: str) -> str:
    """The key that signed an envelope for a namespace; "" if none did."""
    if not isinstance(envelope.signature, str):
        return ""
    try:
        return verify(envelope.signature, envelope.payload.encode("utf-8"), namespace).key
    except ValueError:
        return ""


def _is_proven(case: Case, policy: Policy, envelope: Envelope, report: Report) -> bool:
    key = signed_by(envelope, REPORTS)
    if not key:
        return False
    if report.producer.startswith("p_"):
        person = case.people.person(report.producer)
        # A person vouches for what they wrote; that a check passed takes whoever ran it.
        return person is not None and person.active and key in person.keys and not report.checks
    producer = policy.producer(report.producer)
    return producer is not None and key in producer.keys


def _is_in(reports: Sequence[Report], needed: TextNeeded | CheckNeeded | RolloutNeeded) -> bool:
    match needed:
        case CheckNeeded():
            said = [
                check.conclusion
                for report in reports
                if report.producer == needed.producer
                for check in report.checks
                if check.name == needed.name
            ]
            # Which of two came later is a claim: one failure is enough.
            return bool(said) and all(one == "success" for one in said)
        case TextNeeded():
            headings = needed.headings if needed.headings is not UNSET else ()
            wanted = {one.casefold() for one in headings}
            return any(
                text.kind == needed.text and wanted <= {one.strip().casefold() for one in text.headings}
                for report in reports
                for text in report.texts
            )
        case RolloutNeeded():
            most = needed.first_percent if isinstance(needed.first_percent, int) else 99
            return any(_is_staged(report.rollout, most) for report in reports)


def _is_staged(stages: Sequence[int], first_at_most: int) -> bool:
    rising = all(one < other for one, other in pairwise(stages))
    return len(stages) >= _MIN_STAGES and rising and stages[0] <= first_at_most
