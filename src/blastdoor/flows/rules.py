"""Whose rules: policy, roster and catalogue, read from the tip of the protected branch and nowhere else."""

from dataclasses import dataclass

from blastdoor.errors import InputError
from blastdoor.flows.world import World
from blastdoor.gate import assign
from blastdoor.model import Change, Person, Roster, Unknown
from blastdoor.people import NOBODY, Directory, load_directory
from blastdoor.policy import Approvals, Policy, load_policy, starting_policy
from blastdoor.ports import ProtectedBranch

POLICY_FILE = ".blastdoor/policy.yaml"
PEOPLE_FILE = ".blastdoor/people.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesBase:
    """The protected branch with what it says. `own` is false where the built-in policy stands in."""

    branch: ProtectedBranch
    policy: Policy
    directory: Directory
    own: bool


def read_rules(world: World, branch: ProtectedBranch) -> RulesBase:
    """The rules at the tip of the protected branch. InputError if they do not load."""
    policy_data = world.trees.file(branch.commit, POLICY_FILE)
    if policy_data is None:
        text = starting_policy(branch.name, "enforce")
        policy = load_policy(text.encode(), "the built-in policy")
        return RulesBase(branch=branch, policy=policy, directory=NOBODY, own=False)
    policy = load_policy(policy_data, f"{branch.name}:{POLICY_FILE}")
    people_data = world.trees.file(branch.commit, PEOPLE_FILE)
    directory = NOBODY if people_data is None else load_directory(people_data, f"{branch.name}:{PEOPLE_FILE}")
    _check_levels(policy, directory.roster, f"{branch.name}:{POLICY_FILE}")
    return RulesBase(branch=branch, policy=policy, directory=directory, own=True)


def _check_levels(policy: Policy, roster: Roster, file: str) -> None:
    for group in policy.groups:
        if isinstance(group.level_at_least, str) and group.level_at_least not in roster.levels:
            raise InputError(
                f"{file}: groups.{group.name}: no level is called {group.level_at_least!r}",
                hint=f"people.yaml has: {', '.join(roster.levels)}",
            )


def proposed_rules_problem(world: World, rules: RulesBase, change: Change) -> Unknown | None:
    """What is wrong with the rules that a change proposes, if they could not be kept once landed."""
    touched = {file.path for file in change.files}

    def landed(path: str) -> bytes | None:
        # A file that the change leaves alone stays as it is on the protected branch.
        return world.trees.file(change.head if path in touched else rules.branch.commit, path)

    if not touched & {POLICY_FILE, PEOPLE_FILE}:
        return None
    policy_data, people_data = landed(POLICY_FILE), landed(PEOPLE_FILE)
    if policy_data is None:
        return _refused(f"it takes {POLICY_FILE} away") if rules.own else None
    try:
        policy = load_policy(policy_data, POLICY_FILE)
        _check_environments(policy, rules)
    except InputError as error:
        return _refused(error.message)
    try:
        roster = NOBODY.roster if people_data is None else load_directory(people_data, PEOPLE_FILE).roster
    except InputError as error:
        # Where it is wrong, and no more: the rest of the sentence may hold somebody's mailbox.
        return _refused(f"{': '.join(error.message.split(': ')[:2])}: people.yaml does not load")
    try:
        _check_levels(policy, roster, POLICY_FILE)
        if rules.own:
            _check_satisfiable(policy, roster)
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
        self._known: dict[str, Roster | None] = {rules.branch.commit: rules.directory.roster}
        self._by_content: dict[bytes, Roster | None] = {}

    def learn(self, commits: frozenset[str]) -> None:
        """Read the rosters at these commits, which the caller has found on the protected branch."""
        for commit in sorted(commits - self._known.keys()):
            data = self._world.trees.file(commit, PEOPLE_FILE)
            if data is not None and data not in self._by_content:
                try:
                    self._by_content[data] = load_directory(data, PEOPLE_FILE).roster
                except InputError:
                    self._by_content[data] = None  # a roster that did not load listed nobody
            self._known[commit] = None if data is None else self._by_content[data]

    def person(self, commit: str, id_: str) -> Person | None:
        """The person as the roster at that commit had them; None if it did not, or was not learnt."""
        roster = self._known.get(commit)
        return None if roster is None else roster.person(id_)
