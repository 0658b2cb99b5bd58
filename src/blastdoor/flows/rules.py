"""Whose rules: policy, roster and catalogue, read from the tip of the protected branch and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

import msgspec

from blastdoor.errors import InputError
from blastdoor.flows.world import World
from blastdoor.gate import assign
from blastdoor.model import Change, FileChange, Person, Root, Roster, Unknown
from blastdoor.people import NOBODY, Directory, read_people
from blastdoor.policy import Approvals, Policy, load_policy, merge, starting_policy
from blastdoor.ports import ProtectedBranch

POLICY_FILE = ".blastdoor/policy.yaml"
PEOPLE_FILE = ".blastdoor/people.yaml"
EXPORT_FILE = ".blastdoor/directory.json"
RULES_FOLDER = ".blastdoor"
#: How many earlier states of the rules are tried where those at the tip do not load.
_MAX_EARLIER = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesBase:
    """The protected branch with what it says. `own` is false where the built-in policy stands in.

    `commit` is the step of the branch whose rules these are: its tip, or where `is_earlier` the last whose
    rules load.
    """

    branch: ProtectedBranch
    commit: str
    policy: Policy
    directory: Directory
    own: bool
    is_earlier: bool = False


def read_rules(world: World, branch: ProtectedBranch) -> RulesBase:
    """The rules at the tip of the protected branch. InputError if they do not load."""
    return _read_at(world, branch, branch.commit)


def rules_for(world: World, branch: ProtectedBranch, files: Iterable[FileChange]) -> RulesBase:
    """The same for a change of some files. One of the rules alone can repair what does not load at the tip.

    It is judged by the last rules of the branch that did.
    """
    try:
        return read_rules(world, branch)
    except InputError:
        if not all(file.path.startswith(f"{RULES_FOLDER}/") for file in files):
            raise
        for commit in islice(world.history.touching(branch.commit, RULES_FOLDER), 1, _MAX_EARLIER):
            try:
                earlier = _read_at(world, branch, commit)
            except InputError:
                continue
            if earlier.own:
                return replace(earlier, is_earlier=True)
        raise


def _read_at(world: World, branch: ProtectedBranch, commit: str) -> RulesBase:
    file = f"{branch.name}:{POLICY_FILE}"
    data = world.trees.file(commit, POLICY_FILE)
    own = data is not None or world.organisation is not None
    if data is None:
        # Under an organisation, a repository without rules of its own has those of the organisation.
        text = starting_policy(branch.name, "enforce") if world.organisation is None else None
        policy = (
            load_policy(text.encode(), "the built-in policy") if text is not None else _organisations(world)
        )
    else:
        policy = _under_organisation(world, load_policy(data, file), file)
    directory = _read_people(world, commit, f"{branch.name}:") if own else NOBODY
    _check_levels(policy, directory.roster, file)
    return RulesBase(branch=branch, commit=commit, policy=policy, directory=directory, own=own)


def _organisations(world: World) -> Policy:
    above = world.organisation
    assert above is not None  # noqa: S101 - the caller has asked
    return load_policy(above.policy, f"{above.where}/policy.yaml")


def _under_organisation(world: World, own: Policy, file: str) -> Policy:
    return own if world.organisation is None else merge(_organisations(world), own, file)


def _read_people(world: World, commit: str, where: str) -> Directory:
    """people.yaml of a commit, with the directory file beside it where it counts on one."""
    data = world.trees.file(commit, PEOPLE_FILE)
    export = world.trees.file(commit, EXPORT_FILE)
    return _people_under_organisation(world, data, export, where)


def _people_under_organisation(
    world: World, data: bytes | None, export: bytes | None, where: str
) -> Directory:
    own = NOBODY if data is None else read_people(data, where + PEOPLE_FILE, export, where + EXPORT_FILE)
    above = world.organisation
    if above is None or above.people is None:
        return own
    if own.roster.persons or own.roster.root is not msgspec.UNSET:
        # Whoever could be added here could serve what the organisation demands.
        raise InputError(
            f"{where}{PEOPLE_FILE}: persons and root keys are the organisation's to list",
            hint=f"they stand in {above.where}/people.yaml",
        )
    return read_people(
        above.people, f"{above.where}/people.yaml", above.export, f"{above.where}/directory.json"
    )


def proposed_root(world: World, commit: str) -> Root | msgspec.UnsetType:
    """The root keys that the people.yaml of a commit lists, where it loads."""
    try:
        return _read_people(world, commit, "").roster.root
    except InputError:
        return msgspec.UNSET


def _check_levels(policy: Policy, roster: Roster, file: str) -> None:
    for group in policy.groups:
        unknown = sorted(group.named_levels() - set(roster.levels))
        if unknown:
            raise InputError(
                f"{file}: groups.{group.name}: no level is called {unknown[0]!r}",
                hint=f"people.yaml has: {', '.join(roster.levels)}",
            )


def proposed_rules_problem(world: World, rules: RulesBase, change: Change) -> Unknown | None:
    """What is wrong with the rules that a change proposes, if they could not be kept once landed."""
    touched = {file.path for file in change.files}

    def landed(path: str) -> bytes | None:
        # A file that the change leaves alone stays as it is on the protected branch.
        return world.trees.file(change.head if path in touched else rules.branch.commit, path)

    if not touched & {POLICY_FILE, PEOPLE_FILE, EXPORT_FILE}:
        return None
    policy_data, people_data, export = landed(POLICY_FILE), landed(PEOPLE_FILE), landed(EXPORT_FILE)
    if policy_data is None:
        return _refused(f"it takes {POLICY_FILE} away") if rules.own else None
    try:
        policy = _under_organisation(world, load_policy(policy_data, POLICY_FILE), POLICY_FILE)
        _check_environments(policy, rules)
    except InputError as error:
        return _refused(error.message)
    try:
        roster = _people_under_organisation(world, people_data, export, "").roster
    except InputError as error:
        # Where it is wrong, and no more: the rest of the sentence may hold somebody's mailbox.
        return _refused(f"{': '.join(error.message.split(': ')[:2])}: the roster does not load")
    try:
        _check_levels(policy, roster, POLICY_FILE)
        if rules.own:
            _check_satisfiable(policy, roster.on(world.now()[:10]))
    except InputError as error:
        return _refused(error.message)
    return None


def _check_environments(policy: Policy, rules: RulesBase) -> None:
    if not rules.own:
        return
    for environment in rules.policy.environments:
        if environment not in policy.environments:
            kept = policy.environment(environment.name)  # raises if it is gone
            if kept.branch not in {environment.branch, rules.branch.name}:
                raise InputError(
                    f"{POLICY_FILE}: {kept.name} would be fed by {kept.branch}, which is not this branch"
                )


def _check_satisfiable(policy: Policy, roster: Roster) -> None:
    """Refuse rules that the roster could never satisfy: nobody could repair them by the ordinary way."""
    able = [person for person in roster.persons if person.active and person.keys]
    for rule in policy.rules:
        wanted = [one for one in rule.require if isinstance(one, Approvals)]
        serving = [
            [i for i, person in enumerate(able) if policy.group(one.group).has(person, roster.levels)]
            for one in wanted
        ]
        counts = [one.count for one in wanted]
        if any(len(by) < count for by, count in zip(assign(counts, serving), counts, strict=True)):
            raise InputError(
                f"{POLICY_FILE}:{rule.line}: {rule.name}: the roster lacks the people that this asks for"
            )


def _refused(what: str) -> Unknown:
    return Unknown(
        code="proposed-rules",
        what=f"the rules in this change could not be kept: {what}",
        step="repair the rules in the change",
    )


class PastRosters:
    """Rosters as they were at earlier tips of the protected branch, each read once."""

    def __init__(self, world: World, rules: RulesBase) -> None:
        self._world, self._rules = world, rules
        self._known: dict[str, Roster | None] = {rules.commit: rules.directory.roster}
        self._by_content: dict[tuple[bytes, bytes | None], Roster | None] = {}

    def learn(self, commits: frozenset[str]) -> None:
        """Read the rosters at these commits, which the caller has found on the protected branch."""
        for commit in sorted(commits - self._known.keys()):
            data = self._world.trees.file(commit, PEOPLE_FILE)
            if self._world.organisation is not None and self._world.organisation.people is not None:
                # An organisation's roster has its history in its dates.
                self._known[commit] = self._rules.directory.roster
                continue
            if data is None:
                self._known[commit] = None
                continue
            content = (data, self._world.trees.file(commit, EXPORT_FILE))
            if content not in self._by_content:
                try:
                    read = _people_under_organisation(self._world, data, content[1], "")
                    self._by_content[content] = read.roster
                except InputError:
                    self._by_content[content] = None  # a roster that did not load listed nobody
            self._known[commit] = self._by_content[content]

    def person(self, commit: str, id_: str) -> Person | None:
        """The person as the roster at that commit had them; None if it did not, or was not learnt."""
        roster = self._known.get(commit)
        return None if roster is None else roster.person(id_)
