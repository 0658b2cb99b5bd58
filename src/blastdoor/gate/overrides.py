"""Overrides: the door for emergencies, its debt and its review. Specified in `docs/spec/override.md`."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import UNSET

from blastdoor.formats import moment_text
from blastdoor.gate.votes import is_ahead
from blastdoor.model import OVERRIDES, Case, Override, OverrideUsed, Overriding, Person, Roster
from blastdoor.people import verify
from blastdoor.policy import Emergency, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An override as it stands: `problem` is why it is nobody's word, `reviewed_by` whose review counts."""

    id: str
    said: Override
    problem: str
    due: str
    reviewed_by: str = ""
    finding: str = ""

    def is_overdue(self, now: str) -> bool:
        """Whether its review is owed and late."""
        return not self.problem and not self.reviewed_by and now > self.due


def overrides_of(
    spoken: Iterable[Overriding], people: Roster, policy: Policy, repository: str, now: str
) -> tuple[Given, ...]:
    """Every override of a repository, oldest first, with its review. `people` are as they are now."""
    emergency = policy.emergency
    if not isinstance(emergency, Emergency):
        return ()
    heard = {}
    reviews: dict[str, list[Override]] = {}
    for one in spoken:
        said = one.envelope.read(Override)
        if said is None or said.repository != repository:
            continue
        problem = _problem(people, policy, emergency, one, said, now)
        if said.answer == "override":
            heard[one.envelope.id_as("ovr")] = (said, problem)
        elif isinstance(said.of, str) and not problem:
            reviews.setdefault(said.of, []).append(said)
    found = []
    for id_, (said, problem) in heard.items():
        # The two who opened the door do not review that they did.
        review = next(
            (r for r in reviews.get(id_, []) if r.person not in {said.person, said.requested_by}), None
        )
        found.append(
            Given(
                id=id_,
                said=said,
                problem=problem,
                due=_later(said.given_at, emergency.review_hours),
                reviewed_by="" if review is None else review.person,
                finding="" if review is None else review.reason,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.said.given_at, one.id)))


def find_override(
    case: Case, policy: Policy, now: str, hands: Iterable[str], revision: str, target: str | None
) -> tuple[OverrideUsed | None, tuple[str, ...]]:
    """The override that opens this door now, and why others for it do not."""
    emergency = policy.emergency
    given = overrides_of(case.overrides, case.people, policy, case.change.repository, now)
    if not isinstance(emergency, Emergency):
        return None, ()
    barred, refused = frozenset(hands), []
    for one in given:
        said = one.said
        if (said.revision, said.environment) != (revision, case.environment):
            continue
        why = one.problem or _why_not(one, emergency, given, barred, target, now)
        if not why:
            return _used(one), ()
        refused.append(f"override {one.id} does not count: {why}")
    return None, tuple(refused)


def _used(one: Given) -> OverrideUsed:
    return OverrideUsed(
        id=one.id,
        person=one.said.person,
        requested_by=one.said.requested_by,
        incident=one.said.incident,
        expires=one.said.expires,
        review_due=one.due,
    )


def _why_not(
    one: Given,
    emergency: Emergency,
    given: tuple[Given, ...],
    hands: frozenset[str],
    target: str | None,
    now: str,
) -> str:
    said = one.said
    if said.target is not UNSET and said.target != target:
        return f"it is for target {said.target}"
    if now >= said.expires:
        return "it is over"
    if said.person in hands:
        return f"{said.person} had a hand in what would be deployed"
    before = [
        other
        for other in given
        if not other.problem
        and other.said.incident == said.incident
        and other.id != one.id
        # Of two that were given in one second nobody can tell which was first.
        and other.said.given_at <= said.given_at
    ]
    if len(before) >= emergency.per_incident:
        return f"incident {said.incident} has had its {emergency.per_incident} overrides"
    owing = {
        person: other.id
        for other in given
        if other.is_overdue(now)
        for person in (other.said.person, other.said.requested_by)
    }
    for person in (said.person, said.requested_by):
        if person in owing:
            return f"{person} owes the review of {owing[person]}, which is overdue"
    return ""


def _problem(
    people: Roster, policy: Policy, emergency: Emergency, one: Overriding, said: Override, now: str
) -> str:
    """Why it is not what its person may say; "" if it is."""
    envelope, person = one.envelope, people.person(said.person)
    if not isinstance(envelope.signature, str):
        return "asserted: it is not signed"
    try:
        signed = verify(envelope.signature, envelope.payload.encode("utf-8"), OVERRIDES)
    except ValueError as error:
        return f"asserted: its signature does not verify ({error})"
    if person is None or not person.active or signed.key not in person.keys:
        return "asserted: the rules base does not list its key for an active person"
    if not isinstance(one.then, Person) or signed.key not in one.then.keys:
        return "its person or key was not in the roster it was given under"
    if is_ahead(said.given_at, now):
        return "given at a time that has not come"
    group = policy.group(emergency.group if said.answer == "override" else emergency.reviewers)
    levels = people.levels
    if not (group.has(person, levels) and group.has(one.then.on(said.given_at[:10]), levels)):
        return f"{said.person} is not of {group.name}"
    return "" if said.answer == "review" else _unfit(people, emergency, said, present=signed.user_verified)


def _unfit(people: Roster, emergency: Emergency, said: Override, *, present: bool) -> str:
    """Why a well-signed override is none all the same."""
    asker = people.person(said.requested_by)
    if asker is None or said.requested_by == said.person:
        return "it takes a second person: whoever asks cannot open the door for themselves"
    if emergency.presence and not present:
        return "presence is asked for: it takes a verifying security key, or the service"
    if not said.given_at < said.expires <= _later(said.given_at, emergency.hours):
        return f"given for longer than {emergency.hours} hours"
    return ""


def _later(moment: str, hours: int) -> str:
    try:
        return moment_text(dt.datetime.fromisoformat(moment) + dt.timedelta(hours=hours))
    except (ValueError, OverflowError):
        return ""  # no time that the calendar has: over, and overdue, at once
