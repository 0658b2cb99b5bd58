"""What a rule requires, read from its item in the file."""

import re

import msgspec

from blastdoor.formats import Mapping, Node
from blastdoor.model import NO_TIER, STATES
from blastdoor.policy.values import (
    DAYS,
    Approvals,
    CheckNeeded,
    Cooling,
    Knows,
    Limit,
    OwnersNeeded,
    Requirement,
    RolloutNeeded,
    TextNeeded,
    Window,
)

#: What a change record has, unless the rule names other headings.
HEADINGS = ("Summary", "Risk", "Verification", "Rollback")
_MAX_COUNT = 20
_MAX_DAYS = 3_650
_MAX_HOURS = 24 * 365
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]\Z|24:00\Z")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9+_-]{0,30}(?:/[A-Za-z0-9+_-]{1,30}){0,2}\Z")
_KINDS = (
    "approvals, owners, service_owners, change_record, rollback_plan, staged_rollout, check, cooling_hours,"
    " window or limit"
)


def read_requirements(fields: Mapping, groups: frozenset[str]) -> tuple[Requirement, ...]:
    """The list under `require:`. InputError with the line of what is wrong."""
    node = fields.need("require")
    found = tuple(_requirement(item.mapping(), groups) for item in node.sequence())
    if not found:
        node.fail("an empty list asks for nothing")
    return found


def _requirement(item: Mapping, groups: frozenset[str]) -> Requirement:
    if "approvals" in item.entries:
        return read_approvals(item, groups)
    if "check" in item.entries:
        item.only("check", "producer")
        return CheckNeeded(name=item.need("check").text(), producer=item.need("producer").text())
    if "service_owners" in item.entries:
        item.only("service_owners", "tier")
        return OwnersNeeded(
            count=_whole(item.need("service_owners"), 1, _MAX_COUNT), of="services", tier=_tier(item)
        )
    if "window" in item.entries:
        return _window(item, groups)
    item.only("owners", "change_record", "rollback_plan", "staged_rollout", "cooling_hours", "limit")
    if len(item.entries) != 1:
        item.fail("one requirement a list item", _KINDS)
    ((name, value),) = item.entries.items()
    return _single(name, value)


def _single(name: str, value: Node) -> Requirement:
    match name:
        case "owners":
            return OwnersNeeded(count=_whole(value, 1, _MAX_COUNT), of="paths")
        case "cooling_hours":
            return Cooling(hours=_whole(value, 1, _MAX_HOURS))
        case "change_record":
            return TextNeeded(text="change_record", headings=_headings(value))
        case "staged_rollout":
            return _rollout(value)
        case "limit":
            return _limit(value.mapping())
    _true(value, name)
    return TextNeeded(text="rollback_plan")


def read_approvals(item: Mapping, groups: frozenset[str]) -> Approvals:
    """One demand for approvals."""
    item.only("approvals", "from", "presence", "trained", "within_days", "knows_code")
    group = item.need("from")
    if group.text() not in groups:
        group.fail(f"no group is called {group.text()}", f"groups: {', '.join(sorted(groups))}")
    presence, trained, within = item.get("presence"), item.get("trained"), item.get("within_days")
    if within is not None and trained is None:
        within.fail("within_days goes with trained")
    return Approvals(
        count=_whole(item.need("approvals"), 1, _MAX_COUNT),
        group=group.text(),
        presence=presence is not None and presence.boolean(),
        trained=msgspec.UNSET if trained is None else trained.text(),
        within_days=msgspec.UNSET if within is None else _whole(within, 0, _MAX_DAYS),
        knows=_knows(item.get("knows_code")),
    )


def read_unless(node: Node | None, groups: frozenset[str]) -> tuple[Approvals, ...]:
    """The approvals that make an exception."""
    if node is None:
        return ()
    found = tuple(read_approvals(item.mapping(), groups) for item in node.sequence())
    if not found:
        node.fail("an empty list would let everything through", "leave `unless` out")
    return found


def _knows(node: Node | None) -> Knows | msgspec.UnsetType:
    if node is None:
        return msgspec.UNSET
    fields = node.mapping()
    fields.only("commits", "days")
    commits, days = _whole(fields.need("commits"), 1, 1_000), _whole(fields.need("days"), 1, _MAX_DAYS)
    return Knows(commits=commits, days=days)


def _headings(node: Node) -> tuple[str, ...]:
    if not isinstance(node, Mapping):
        _true(node, "change_record")
        return HEADINGS
    node.only("headings")
    given = node.need("headings")
    headings = tuple(item.text().strip() for item in given.sequence())
    if not headings or len({one.casefold() for one in headings}) != len(headings):
        given.fail("headings are a list without repeats")
    return headings


def _rollout(node: Node) -> RolloutNeeded:
    if not isinstance(node, Mapping):
        _true(node, "staged_rollout")
        return RolloutNeeded()
    node.only("first_percent")
    return RolloutNeeded(first_percent=_whole(node.need("first_percent"), 1, 99))


def _window(item: Mapping, groups: frozenset[str]) -> Window:
    item.only("window", "unless")
    fields = item.need("window").mapping()
    fields.only("days", "from", "until", "zone")
    node, zone = fields.need("days"), fields.need("zone")
    days = tuple(day.text() for day in node.sequence())
    if not days or not set(days) <= set(DAYS) or len(set(days)) != len(days):
        node.fail(f"a list of days is wanted here, of: {', '.join(DAYS)}")
    opens, closes = fields.need("from"), fields.need("until")
    for time in (opens, closes):
        if not _TIME.match(time.text()):
            time.fail(f"a time of day as 09:00 is wanted here, not {time.text()!r}", "put it in quotes")
    if closes.text() <= opens.text():
        closes.fail("this is not after `from`: a window lies within one day", "write two rules")
    if not _ZONE.match(zone.text()):
        zone.fail(f"a time zone as Europe/Berlin or UTC is wanted here, not {zone.text()!r}")
    return Window(
        days=days,
        opens=opens.text(),
        closes=closes.text(),
        zone=zone.text(),
        unless=read_unless(item.get("unless"), groups),
    )


def _limit(fields: Mapping) -> Limit:
    fields.only("changes", "hours", "state", "tier")
    state = fields.get("state")
    if state is not None and state.text() not in STATES:
        state.fail(f"no state is called {state.text()!r}", f"states: {', '.join(STATES)}")
    return Limit(
        changes=_whole(fields.need("changes"), 1, 10_000),
        hours=_whole(fields.need("hours"), 1, _MAX_HOURS),
        state=msgspec.UNSET if state is None else state.text(),  # type: ignore[arg-type]
        tier=_tier(fields),
    )


def _tier(fields: Mapping) -> int | msgspec.UnsetType:
    node = fields.get("tier")
    return msgspec.UNSET if node is None else _whole(node, 0, NO_TIER)


def _whole(node: Node, least: int, most: int) -> int:
    if not least <= node.integer() <= most:
        node.fail(f"a count from {least} to {most} is wanted here")
    return node.integer()


def _true(node: Node, name: str) -> None:
    if not node.boolean():
        node.fail(f"`{name}: false` asks for nothing: leave it out")
