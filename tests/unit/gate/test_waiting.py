"""What time alone meets, and when."""

import pytest

from blastdoor.gate import decide
from blastdoor.gate.waiting import opens_at, wait_for_all
from blastdoor.model import Offset
from blastdoor.policy import Cooling, Freeze, Limit, Window
from builders import POLICY, a_case, a_policy, a_statement, signed, with_votes

BERLIN = (
    Offset(zone="Europe/Berlin", since="2026-03-01T00:00:00Z", minutes=60),
    Offset(zone="Europe/Berlin", since="2026-03-29T01:00:00Z", minutes=120),
)
OFFICE = Window(days=("mon", "tue", "wed", "thu"), opens="09:00", closes="16:00", zone="Europe/Berlin")


def opens(requirement: Window | Cooling | Freeze | Limit, now: str, **fields: object) -> str | None:
    return opens_at(requirement, a_case(zones=BERLIN, **fields), a_policy(), now)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-10T08:30:00Z", "2026-03-10T08:30:00Z"),  # a Tuesday, 9:30 there
        ("2026-03-10T07:59:59Z", "2026-03-10T08:00:00Z"),
        ("2026-03-10T15:00:00Z", "2026-03-11T08:00:00Z"),  # 16:00 is too late
        ("2026-03-12T15:30:00Z", "2026-03-16T08:00:00Z"),  # over the weekend
        ("2026-03-27T12:00:00Z", "2026-03-30T07:00:00Z"),  # the clocks change meanwhile
        ("2026-03-30T07:30:00Z", "2026-03-30T07:30:00Z"),
    ],
)
def test_a_window_opens_by_the_clocks_of_its_zone(now: str, then: str) -> None:
    assert opens(OFFICE, now) == then


def test_a_zone_that_nobody_recorded_never_opens() -> None:
    assert (
        opens(
            Window(days=("mon",), opens="00:00", closes="24:00", zone="Mars/Olympus"), "2026-03-09T00:00:00Z"
        )
        is None
    )


def test_a_cooling_time_begins_with_our_own_record() -> None:
    assert opens(Cooling(hours=24), "2026-03-10T00:00:00Z") is None
    seen = {"first_seen": "2026-03-09T12:00:00Z"}
    assert opens(Cooling(hours=24), "2026-03-10T00:00:00Z", **seen) == "2026-03-10T12:00:00Z"
    assert opens(Cooling(hours=24), "2026-03-11T00:00:00Z", **seen) == "2026-03-11T00:00:00Z"


def test_all_are_waited_for_at_once() -> None:
    freeze = Freeze(until="2026-03-14T00:00:00Z")  # a Saturday
    case = a_case(zones=BERLIN)
    found = wait_for_all([freeze, OFFICE], case, a_policy(), "2026-03-10T08:30:00Z")
    assert found == "2026-03-16T08:00:00Z"


def test_windows_that_never_meet_are_not_waited_for() -> None:
    other = Window(days=("sun",), opens="09:00", closes="10:00", zone="Europe/Berlin")
    assert wait_for_all([OFFICE, other], a_case(zones=BERLIN), a_policy(), "2026-03-10T08:30:00Z") is None


@pytest.mark.parametrize(
    ("given_at", "verdict"), [("2026-03-10T09:10:00Z", "pass"), ("2026-03-10T09:10:01Z", "hold")]
)
def test_clocks_may_differ_by_ten_minutes(given_at: str, verdict: str) -> None:
    case = a_case()
    said = with_votes(case, signed(a_statement(case, "p_peer", given_at=given_at)))
    assert decide(said, a_policy(POLICY), "2026-03-10T09:00:00Z").verdict == verdict
