"""Policy tests: cases in YAML beside a policy, decided offline. Specified in `docs/spec/policy-tests.md`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from blastdoor.formats import Mapping, Node, canonical_bytes, digest, parse_yaml
from blastdoor.gate import decide, risk_of, seal_of
from blastdoor.model import (
    LEVELS,
    NAMESPACE,
    NO_TIER,
    REPORTS,
    STATES,
    Case,
    Change,
    CheckSaid,
    Contributor,
    Coverage,
    Envelope,
    Experience,
    FileChange,
    FileCounts,
    Person,
    Provenance,
    Reach,
    Recorded,
    Report,
    Roster,
    Rules,
    Statement,
    TextSaid,
    Value,
    Verdict,
)
from blastdoor.model.scales import Moment
from blastdoor.people.sshsig import sign
from blastdoor.policy import Approvals, Knows, Policy, TextNeeded
from blastdoor.policy.requirements import HEADINGS

_FIELDS = (
    "name", "environment", "at", "provenance", "level", "tier", "irreversible", "policy_files", "docs_only",
    "tests_only", "touches", "authors", "approved_by", "rejected_by", "checks", "texts", "rollout",
    "first_seen", "expect", "needs",
)  # fmt: skip
_ID = "1" * 40


#: A private key that is made for the occasion, and its canonical public key.
NewKey = Callable[[], tuple[Any, str]]


class Outcome(Value, frozen=True, kw_only=True):
    """One case: where it stands, what came out, and what is wrong with that ("" if nothing)."""

    name: str
    file: str
    line: int
    verdict: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    name: str
    fields: Mapping
    expect: str
    needs: tuple[str, ...] | None


def run_trials(
    data: bytes, file: str, policy: Policy, people: Roster, now: str, new_key: NewKey
) -> tuple[Outcome, ...]:
    """Decide every case of a file. InputError with the line where one cannot be read."""
    top = parse_yaml(data, file).mapping()
    top.only("version", "cases")
    if top.need("version").integer() != 1:
        top.need("version").fail("this Blastdoor reads version 1", "run a newer Blastdoor")
    keys = {person.id: new_key() for person in people.persons}
    signing = _with_keys(people, {id_: public for id_, (_, public) in keys.items()})
    producers = {one.name: new_key() for one in policy.producers}
    policy = _with_producers(policy, {name: public for name, (_, public) in producers.items()})
    found = []
    for item in top.need("cases").sequence():
        trial = _read(item)
        case, at = _Builder(trial, policy, signing, now).build(
            {id_: private for id_, (private, _) in keys.items()},
            {name: private for name, (private, _) in producers.items()},
        )
        verdict = decide(case, policy, at)
        found.append(
            Outcome(
                name=trial.name,
                file=file,
                line=item.line,
                verdict=verdict.verdict,
                problem=_problem(trial, verdict),
            )
        )
    return tuple(found)


def _problem(trial: _Trial, verdict: Verdict) -> str:
    unmet = sorted(demand.requirement for demand in verdict.demands if not demand.met)
    said = f"; unmet: {', '.join(unmet)}" if unmet else ""
    if verdict.verdict != trial.expect:
        return f"expected {trial.expect}, and it is {verdict.verdict}{said}"
    if trial.needs is not None and sorted(set(trial.needs)) != sorted(set(unmet)):
        return f"expected to need {', '.join(trial.needs) or 'nothing'}{said or '; nothing is unmet'}"
    return ""


def _read(item: Node) -> _Trial:
    fields = item.mapping()
    fields.only(*_FIELDS)
    for one in _items(fields.get("texts")):
        if one.text() not in {"change_record", "rollback_plan"}:
            one.fail("change_record or rollback_plan is wanted here")
    for one in _items(fields.get("rollout")):
        if not 1 <= one.integer() <= 100:
            one.fail("a percentage is wanted here")
    expect = fields.need("expect")
    if expect.text() not in {"pass", "hold", "deny"}:
        expect.fail("pass, hold or deny is wanted here")
    needs = fields.get("needs")
    return _Trial(
        name=fields.need("name").text(),
        fields=fields,
        expect=expect.text(),
        needs=None if needs is None else tuple(one.text() for one in needs.sequence()),
    )


def _items(node: Node | None) -> Iterator[Node]:
    yield from () if node is None else node.sequence()


def _with_keys(people: Roster, keys: dict[str, str]) -> Roster:
    """The roster with keys that are made for the tests: nobody's own key is needed to try a rule."""
    persons = tuple(
        msgspec.structs.replace(person, keys=(keys[person.id],) if person.keys else ())
        for person in people.persons
    )
    return msgspec.structs.replace(people, persons=persons)


def _with_producers(policy: Policy, keys: dict[str, str]) -> Policy:
    producers = tuple(msgspec.structs.replace(one, keys=(keys[one.name],)) for one in policy.producers)
    return msgspec.structs.replace(policy, producers=producers)


class _Builder:
    """A case out of what a trial says; what it leaves out is harmless."""

    def __init__(self, trial: _Trial, policy: Policy, people: Roster, now: str) -> None:
        self._fields, self._policy, self._people = trial.fields, policy, people
        self._at = self._moment("at", now)

    def build(self, keys: dict[str, Any], producers: dict[str, Any]) -> tuple[Case, str]:
        """The case, and the time it is decided at."""
        environment = self._text("environment", self._policy.environments[0].name)
        branch = self._policy.environment(environment).branch
        change = self._change(branch)
        case = Case(
            environment=environment,
            change=change,
            rules=Rules(ref=f"refs/heads/{branch}", commit=_ID, source="repository", assurance="token"),
            provenance=Provenance(
                state=self._word("provenance", STATES, "no_disclosure"),  # type: ignore[arg-type]
                assurance="token",
                signals=(),
                registry=digest(b""),
            ),
            reach=self._reach(),
            contributors=tuple(
                Contributor(id=id_, kind="person", roles=("author",), assurance="token")
                for id_ in self._persons("authors")
            ),
            people=self._people,
            statements=(),
            reports=tuple(self._reports(change, producers)),
            experience=tuple(self._experience()),
            first_seen=self._moment("first_seen", self._at),
        )
        said = [*self._says(case, "yes", "approved_by", keys), *self._says(case, "no", "rejected_by", keys)]
        return msgspec.structs.replace(case, statements=tuple(said)), self._at

    def _change(self, branch: str) -> Change:
        files = tuple(
            FileChange(
                path=path, status="modified", old_mode="100644", new_mode="100644", old=_ID, new="2" * 40
            )
            for path in self._list("touches")
        )
        return Change(
            id="chg_aaaaaaaaaaaaaaaa",
            repository="test",
            target_branch=branch,
            base="b" * 40,
            head="c" * 40,
            tree="d" * 40,
            patch=digest(b"patch"),
            commits=("c" * 40,),
            patches=(),
            files=files,
        )

    def _reach(self) -> Reach:
        tier = self._fields.get("tier")
        return Reach(
            level=self._word("level", LEVELS, "low"),  # type: ignore[arg-type]
            tier=NO_TIER if tier is None else tier.integer(),
            rules=(),
            files=FileCounts(changed=1, reached=1),
            services=(),
            operations=(),
            unknowns=(),
            coverage=Coverage(understood=1, total=1),
            catalogue="present",
            docs_only=self._flag("docs_only"),
            tests_only=self._flag("tests_only"),
            irreversible=self._flag("irreversible"),
            policy_files=self._flag("policy_files"),
        )

    def _says(self, case: Case, answer: str, field: str, keys: dict[str, Any]) -> Iterator[Recorded]:
        for id_ in self._persons(field):
            statement = Statement(
                answer=answer,  # type: ignore[arg-type]
                person=id_,
                seal=seal_of(case.change, case.provenance, case.reach, self._policy.digest),
                risk=risk_of(case.provenance, case.reach),
                requirements=(),
                rules=case.rules.commit,
                given_at=self._at,
            )
            payload = canonical_bytes(statement)
            signature = sign(keys[id_], payload, NAMESPACE)
            then = self._people.person(id_)
            yield Recorded(
                envelope=Envelope(payload=payload.decode(), signature=signature),
                then=then if isinstance(then, Person) else msgspec.UNSET,
            )

    def _reports(self, change: Change, producers: dict[str, Any]) -> Iterator[Envelope]:
        checks = self._fields.get("checks")
        by_producer: dict[str, list[CheckSaid]] = {}
        for item in () if checks is None else checks.sequence():
            fields = item.mapping()
            fields.only("check", "producer", "conclusion")
            producer, conclusion = fields.need("producer"), fields.get("conclusion")
            if producer.text() not in producers:
                producer.fail(f"no producer is called {producer.text()}")
            said = "success" if conclusion is None else conclusion.text()
            check = CheckSaid(name=fields.need("check").text(), conclusion=said)
            by_producer.setdefault(producer.text(), []).append(check)
        texts = tuple(
            TextSaid(kind=one, digest=digest(b""), headings=self._headings())  # type: ignore[arg-type]
            for one in self._list("texts")
        )
        rollout = tuple(int(one) for one in self._list("rollout"))
        if (texts or rollout) and producers:
            by_producer.setdefault(next(iter(producers)), [])
        for name, said_checks in by_producer.items():
            report = Report(
                producer=name,
                repository=change.repository,
                head=change.head,
                tree=change.tree,
                given_at=self._at,
                checks=tuple(said_checks),
                texts=texts,
                rollout=rollout,
            )
            payload = canonical_bytes(report)
            signature = sign(producers[name], payload, REPORTS)
            yield Envelope(payload=payload.decode(), signature=signature)

    def _headings(self) -> tuple[str, ...]:
        named = {
            heading
            for rule in self._policy.rules
            for one in rule.require
            if isinstance(one, TextNeeded)
            for heading in one.headings or ()
        }
        return tuple(sorted(named | set(HEADINGS)))

    def _experience(self) -> Iterator[Experience]:
        """Everybody knows the code, unless they are told not to: it is not what most tests are about."""
        asked = {
            (one.knows.days, one.knows.commits)
            for rule in self._policy.rules
            for one in rule.require
            if isinstance(one, Approvals) and isinstance(one.knows, Knows)
        }
        for person in self._people.persons:
            for days, commits in sorted(asked):
                yield Experience(person=person.id, days=days, commits=commits)

    def _persons(self, field: str) -> Sequence[str]:
        node = self._fields.get(field)
        for item in () if node is None else node.sequence():
            if self._people.person(item.text()) is None:
                item.fail(f"people.yaml has nobody with the id {item.text()!r}")
        return self._list(field)

    def _list(self, field: str) -> list[str]:
        node = self._fields.get(field)
        return [] if node is None else [item.text() for item in node.sequence()]

    def _text(self, field: str, otherwise: str) -> str:
        node = self._fields.get(field)
        return otherwise if node is None else node.text()

    def _word(self, field: str, scale: Sequence[str], otherwise: str) -> str:
        node = self._fields.get(field)
        if node is not None and node.text() not in scale:
            node.fail(f"{node.text()!r} is not on its scale", f"the scale: {', '.join(scale)}")
        return otherwise if node is None else node.text()

    def _flag(self, field: str) -> bool:
        node = self._fields.get(field)
        return node is not None and node.boolean()

    def _moment(self, field: str, otherwise: str) -> str:
        node = self._fields.get(field)
        if node is None:
            return otherwise
        try:
            return str(msgspec.convert(node.text(), type=Moment))
        except msgspec.ValidationError:
            node.fail("a time in UTC as 2026-03-10T09:00:00Z is wanted here")
