"""Waiting: which demands time alone will meet, and when.

Pure: what a zone is ahead of UTC is part of the case, never looked up here.
"""

import datetime as dt
from collections.abc import Sequence

from blastdoor.formats import moment_text
from blastdoor.gate.reports import proven_deployments
from blastdoor.model import STATES, Case, Offset
from blastdoor.policy import DAYS, Cooling, Freeze, Limit, Policy, Window

Timed = Cooling | Window | Freeze | Limit
#: A window opens at least once a week; a change of the clocks may eat one.
_DAYS_AHEAD = 16
_ROUNDS = 60


def opens_at(requirement: Timed, case: Case, policy: Policy, moment: str) -> str | None:
    """The first time from `moment` on when the requirement is met; None if that cannot be told."""
    match requirement:
        case Freeze():
            return max(moment, requirement.until)
        case Cooling():
            if not isinstance(case.first_seen, str):
                return None
            return max(moment, _later(case.first_seen, requirement.hours))
        case Limit():
            return _below(requirement, case, policy, moment)
        case Window():
            return _next_window(requirement, case.zones, moment)


def wait_for_all(requirements: Sequence[Timed], case: Case, policy: Policy, moment: str) -> str | None:
    """The first time from `moment` on when all are met at once; None if none was found."""
    for _ in range(_ROUNDS):
        times = [opens_at(requirement, case, policy, moment) for requirement in requirements]
        known = [time for time in times if time is not None]
        if len(known) < len(times):
            return None
        latest = max(known, default=moment)
        if latest == moment:
            return moment
        moment = latest
    return None


def _later(moment: str, hours: int) -> str:
    return moment_text(_parsed(moment) + dt.timedelta(hours=hours))


def _parsed(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(moment)


def _below(limit: Limit, case: Case, policy: Policy, moment: str) -> str:
    """When so many of the deployed changes are old enough that another fits."""
    counted: dict[str, str] = {}
    for said, _ in proven_deployments(case.deployments, policy, case.change.repository, case.environment):
        # Whoever says that something was deployed: that more was done asks for more.
        for change in said.changes:
            risky = not isinstance(limit.state, str) or STATES.index(change.state) >= STATES.index(
                limit.state
            )
            critical = not isinstance(limit.tier, int) or change.tier <= limit.tier
            if risky and critical and not said.baseline:
                counted[change.commit] = max(said.at, counted.get(change.commit, ""))
    ends = sorted(_later(at, limit.hours) for at in counted.values())
    current = [end for end in ends if end > moment]
    if len(current) < limit.changes:
        return moment
    return current[len(current) - limit.changes]


def _next_window(window: Window, zones: Sequence[Offset], moment: str) -> str | None:
    offsets = sorted((one for one in zones if one.zone == window.zone), key=lambda one: one.since)
    if not offsets or offsets[0].since > moment:
        return None
    now = _parsed(moment)
    found = []
    for ahead in range(-1, _DAYS_AHEAD):
        for offset in offsets:
            local = now + dt.timedelta(minutes=offset.minutes, days=ahead)
            if DAYS[local.weekday()] not in window.days:
                continue
            midnight = local.replace(hour=0, minute=0, second=0) - dt.timedelta(minutes=offset.minutes)
            opens, closes = (moment_text(midnight + _of_day(time)) for time in (window.opens, window.closes))
            start = max(opens, moment)
            if start < closes and _in_force(offsets, start) == offset:
                found.append(start)
    return min(found, default=None)


def _of_day(time: str) -> dt.timedelta:
    hours, minutes = time.split(":")
    return dt.timedelta(hours=int(hours), minutes=int(minutes))


def _in_force(offsets: Sequence[Offset], moment: str) -> Offset | None:
    return next((one for one in reversed(offsets) if one.since <= moment), None)
