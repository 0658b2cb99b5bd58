"""A person on a day: what is dated counts on its days and on no other."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.formats import canonical_bytes
from blastdoor.model import Absence, LevelSince, Membership, Person, Root, Roster

LEVELS = ("junior", "engineer", "senior")
DAYS = st.dates().map(lambda day: day.isoformat())
NAMES = st.sampled_from(["red", "blue", "green"])


@st.composite
def periods(draw: st.DrawFn) -> tuple[str, str]:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return first, last


@st.composite
def persons(draw: st.DrawFn) -> Person:
    starts = sorted(draw(st.sets(DAYS, max_size=4)))
    held = draw(st.lists(st.tuples(NAMES, periods()), max_size=4))
    trained = draw(st.dictionaries(NAMES, periods(), max_size=3))
    away = draw(st.lists(periods(), max_size=2))
    return Person(
        id="p_x",
        level="junior",
        levels=tuple(LevelSince(level=draw(st.sampled_from(LEVELS)), since=day) for day in starts)
        or msgspec.UNSET,
        memberships=tuple(Membership(team=team, since=a, until=b) for team, (a, b) in held) or msgspec.UNSET,
        trainings={name: a for name, (a, _) in trained.items()},
        expiries={name: b for name, (_, b) in trained.items()} or msgspec.UNSET,
        absences=tuple(Absence(since=a, until=b) for a, b in away) or msgspec.UNSET,
    )


PERSON = Person(
    id="p_x",
    level="junior",
    teams=("red",),
    levels=(LevelSince(level="engineer", since="2024-01-01"), LevelSince(level="senior", since="2026-02-01")),
    memberships=(Membership(team="sre", since="2026-01-01", until="2026-06-30"),),
    trainings={"review": "2026-01-31", "on-call": "2026-01-31"},
    expiries={"on-call": "2027-01-31"},
    absences=(Absence(since="2026-07-01", until="2026-07-21"),),
)


@pytest.mark.parametrize(
    ("day", "level", "teams", "trainings"),
    [
        ("2023-12-31", "junior", ("red",), set()),
        ("2024-01-01", "engineer", ("red",), set()),
        ("2025-12-31", "engineer", ("red",), set()),
        ("2026-01-01", "engineer", ("red", "sre"), set()),
        ("2026-01-31", "engineer", ("red", "sre"), {"review", "on-call"}),
        ("2026-02-01", "senior", ("red", "sre"), {"review", "on-call"}),
        ("2026-06-30", "senior", ("red", "sre"), {"review", "on-call"}),
        ("2026-07-01", "senior", ("red",), {"review", "on-call"}),
        ("2027-01-31", "senior", ("red",), {"review", "on-call"}),
        ("2027-02-01", "senior", ("red",), {"review"}),
    ],
)
def test_first_and_last_days_are_included(
    day: str, level: str, teams: tuple[str, ...], trainings: set[str]
) -> None:
    then = PERSON.on(day)
    assert (then.level, then.teams, set(then.trainings)) == (level, teams, trainings)


@pytest.mark.parametrize(
    ("day", "away"),
    [("2026-06-30", False), ("2026-07-01", True), ("2026-07-21", True), ("2026-07-22", False)],
)
def test_an_absence_has_days_and_is_no_inactivity(day: str, away: bool) -> None:
    assert PERSON.absent(day) is PERSON.on(day).absent(day) is away
    assert PERSON.on(day).active


@pytest.mark.parametrize(
    ("membership", "held"),
    [
        (Membership(team="sre"), [True, True, True]),
        (Membership(team="sre", since="2026-01-02"), [False, True, True]),
        (Membership(team="sre", until="2026-01-02"), [True, True, False]),
    ],
)
def test_a_membership_is_open_where_it_has_no_date(membership: Membership, held: list[bool]) -> None:
    person = Person(id="p_x", level="junior", memberships=(membership,))
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    assert [person.on(day).teams == ("sre",) for day in days] == held


@given(persons(), DAYS)
def test_a_person_on_a_day_is_plain_and_depends_on_nothing_else(person: Person, day: str) -> None:
    twin = msgspec.json.decode(msgspec.json.encode(person), type=Person)
    then = person.on(day)
    assert then == twin.on(day)
    assert (then.levels, then.memberships, then.expiries) == (msgspec.UNSET,) * 3
    assert (then.id, then.keys, then.active) == (person.id, person.keys, person.active)
    assert then.on(day) == then


@given(persons(), periods(), st.sampled_from(LEVELS))
def test_a_later_level_changes_no_earlier_day(person: Person, two: tuple[str, str], level: str) -> None:
    earlier, later = two
    more = (*(person.levels or ()), LevelSince(level=level, since=later))
    changed = msgspec.structs.replace(person, levels=tuple(sorted(more, key=lambda one: one.since)))
    assert earlier == later or changed.on(earlier) == person.on(earlier)


@given(persons(), periods(), NAMES)
def test_a_later_membership_changes_no_earlier_day(person: Person, two: tuple[str, str], team: str) -> None:
    earlier, later = two
    more = (*(person.memberships or ()), Membership(team=team, since=later))
    changed = msgspec.structs.replace(person, memberships=more)
    assert earlier == later or changed.on(earlier) == person.on(earlier)


@given(persons(), DAYS)
def test_a_training_counts_from_its_day_to_its_last(person: Person, day: str) -> None:
    counted = set(person.on(day).trainings)
    expiries = person.expiries or {}
    assert counted == {name for name, done in person.trainings.items() if done <= day <= expiries[name]}


@given(st.lists(persons(), max_size=3), DAYS)
def test_a_roster_on_a_day_is_its_persons_on_that_day(several: list[Person], day: str) -> None:
    root = Root(keys=("ssh-ed25519 AAAA",), needed=1)
    roster = Roster(levels=LEVELS, persons=tuple(several), agents=(), root=root)
    then = roster.on(day)
    assert then.persons == tuple(one.on(day) for one in several)
    assert (then.levels, then.agents, then.root) == (roster.levels, roster.agents, roster.root)


def test_who_has_nothing_dated_is_written_as_before() -> None:
    person = Person(id="p_x", level="senior", trainings={"review": "2026-01-31"})
    roster = Roster(levels=LEVELS, persons=(person,), agents=())
    assert canonical_bytes(roster.on("2026-01-31")) == canonical_bytes(roster)
    assert canonical_bytes(person) == (
        b'{"active":true,"id":"p_x","keys":[],"level":"senior","teams":[],"trainings":{"review":"2026-01-31"}}'
    )
