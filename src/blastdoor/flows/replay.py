"""Replay: what another policy would have asked of the changes that landed lately."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from blastdoor.flows.course import Destination, Running, Walk
from blastdoor.flows.gather import Question, gather_between
from blastdoor.flows.rules import RulesBase, read_rules
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes
from blastdoor.gate import Judged, judge, landing_case
from blastdoor.model import Case, Landing, Value
from blastdoor.policy import Policy
from blastdoor.provenance import builtin_registry
from blastdoor.reach import EXTRACTOR

MAX_LANDINGS = 20_000
#: Raise it when what is measured of a landing changes, beyond what the extractor's and registry's names say.
_VERSION = "landing-1"
#: What time alone meets is left out: when a change would have waited until cannot be told afterwards.
_TIMED = frozenset({"window", "cooling", "limit"})


class Replayed(Value, frozen=True, kw_only=True):
    """One landing under both policies.

    `now` and `then`: what the policy in force and the other one say (`pass`, `hold`, `deny`). `asks`: the
    demands that the other makes and this one does not, `spares` the other way round. `approved`: somebody's
    yes is on record, so that whether it would have waited can be told.
    """

    commit: str
    parent: str
    state: str
    level: str
    now: str
    then: str
    asks: tuple[str, ...]
    spares: tuple[str, ...]
    approved: bool


class Replay(Value, frozen=True, kw_only=True):
    """All of them, newest first, and how often each rule of the other policy applied."""

    landings: tuple[Replayed, ...]
    rules: dict[str, int]

    @property
    def held(self) -> int:
        """Those that the other policy asks more of, and does not let through."""
        return sum(bool(one.asks) and one.then != "pass" for one in self.landings)

    @property
    def released(self) -> int:
        """Those that the policy in force does not let through, and the other does, or asks less of."""
        return sum(one.now != "pass" and not one.asks and bool(one.spares) for one in self.landings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is replayed: the other policy, over which time, for which environment."""

    policy: Policy
    since: str
    environment: str


def replay(world: World, asked: Asked, tell: Callable[[int, int], None]) -> Replay:
    """Judge every landing since then under the policy in force and under the other."""
    rules = read_rules(world, world.refs.protected_branch())
    tip = rules.branch.commit
    steps = world.merges.steps_since(tip, asked.since, MAX_LANDINGS)
    question = Question(head=tip, base=tip, environment=asked.environment)
    whole = gather_between(world, rules, question, tip, tip, before=tip).case
    reader = _Landings(world, rules, question, whole, asked)
    now = world.now()
    found: list[Replayed] = []
    hits: Counter[str] = Counter()
    for number, (landing, (parent, commit)) in enumerate(zip(reader.read(steps), steps, strict=True), 1):
        own = landing_case(whole, landing)
        here, there = judge(own, rules.policy, now), judge(own, asked.policy, now)
        hits.update(rule.name for rule in there.evaluation.asked.rules)
        found.append(_compared(commit, parent, here, there))
        tell(number, len(steps))
    return Replay(landings=tuple(found), rules=dict(sorted(hits.items())))


def _compared(commit: str, parent: str, here: Judged, there: Judged) -> Replayed:
    # One yes serves two rules that ask for the same.
    before, after = set(_asked(here)), set(_asked(there))
    return Replayed(
        commit=commit,
        parent=parent,
        state=there.case.provenance.effective,
        level=there.case.reach.level,
        now=_answer(here),
        then=_answer(there),
        asks=tuple(sorted(after - before)),
        spares=tuple(sorted(before - after)),
        approved=any(vote.counts and vote.answer == "yes" for vote in there.votes),
    )


def _asked(judged: Judged) -> Iterator[str]:
    yield from (demand.requirement for demand in judged.demands if demand.kind not in _TIMED)
    yield from (reason.text for reason in judged.own if reason.code == "forbidden")


def _answer(judged: Judged) -> str:
    if any(reason.code == "forbidden" for reason in judged.own):
        return "deny"
    waiting = any(not demand.met for demand in judged.demands if demand.kind not in _TIMED)
    others = any(reason.code not in {"demand", "other-branch"} for reason in judged.own)
    return "hold" if waiting or others else "pass"


class _Landings:
    """Landings as they are judged, from the cache where nothing was said of them."""

    def __init__(self, world: World, rules: RulesBase, question: Question, whole: Case, asked: Asked) -> None:
        self._world = world
        destination = Destination(candidate=question.head, environment=asked.environment)
        running = Running(world, rules, whole.change.repository, destination)
        self._walk = Walk(world, rules, question, whole, running, lambda _, __: None)
        self._spoken = bool(world.statements.read())
        parts = (
            _VERSION,
            EXTRACTOR,
            builtin_registry().digest,
            whole.rules.commit,
        )
        self._prefix = "-".join(parts)

    def read(self, steps: Sequence[tuple[str, str]]) -> Iterator[Landing]:
        """Each landing, in the order asked."""
        keys = [f"{self._prefix}-{parent}-{commit}" for parent, commit in steps]
        known = {} if self._spoken else self._world.cache.get_many(keys)
        for key, (parent, commit) in zip(keys, steps, strict=True):
            landing = _decoded(known.get(key))
            if landing is None:
                landing = self._walk.between(parent, commit)
                if not self._spoken:
                    self._world.cache.put_many({key: canonical_bytes(landing)})
            yield landing


def _decoded(data: bytes | None) -> Landing | None:
    try:
        return None if data is None else msgspec.json.decode(data, type=Landing)
    except msgspec.DecodeError:
        return None
