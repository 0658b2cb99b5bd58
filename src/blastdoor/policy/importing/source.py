"""A `.policy.yml` of policy-bot into rules and the tree that combines them.

Specified by https://github.com/palantir/policy-bot/blob/develop/README.md. A field that is not known might
ask for more, so it is an error, except within a condition, where leaving it out asks for more.
"""

from dataclasses import dataclass
from typing import Literal

from blastdoor.errors import InputError
from blastdoor.formats import Mapping, Node, Scalar, parse_yaml
from blastdoor.policy.importing.draft import Actors, Left
from blastdoor.policy.importing.predicates import Applies, PredicateReader, is_empty, texts

_RULE = ("name", "description", "if", "options", "requires")
_ACTORS = ("users", "teams", "organizations", "permissions", "admins", "write_collaborators")
#: What the login of a program ends with.
BOT = "[bot]"
_MAX_DEPTH = 10
_MAX_COUNT = 100
_MAX_LEAVES = 2_000

#: Options that change nothing in what passes here, or ask for more: why, and which of the two.
_OPTIONS: dict[str, tuple[str, Literal["stricter", "same"]]] = {
    "allow_author": ("whoever wrote a change never vouches for it here", "stricter"),
    "allow_contributor": ("whoever had a hand in a change never vouches for it here", "stricter"),
    "allow_non_author_contributor": (
        "whoever had a hand in a change never vouches for it here",
        "stricter",
    ),
    "invalidate_on_push": ("a yes always ends when the content changes", "same"),
    "ignore_edited_comments": ("a yes is a signed statement, which nobody can edit", "same"),
    "ignore_update_merges": (
        "a yes is carried over a merge only if the merge is proven to add nothing",
        "stricter",
    ),
    "ignore_commits_by": (
        "no commit is left out: each has its hands, and changes what is approved",
        "stricter",
    ),
    "request_review": ("nobody is asked for a review here; the verdict lists who may give it", "same"),
    "methods": ("a yes is a signed statement (blastdoor approve), not a comment or a review", "stricter"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A demand that a producer's report has to meet: its name, and whether a real check is called so."""

    name: str
    real: bool
    line: int


@dataclass(frozen=True, slots=True)
class SourceRule:
    """A rule of the old file. `barred`: its approvals can be given by nobody."""

    name: str
    line: int
    applies: Applies
    count: int = 0
    actors: Actors = Actors()  # noqa: RUF009 - a frozen value
    checks: tuple[Checked, ...] = ()

    @property
    def barred(self) -> bool:
        """Whether it asks for approvals that nobody may give."""
        return self.count > 0 and not self.actors


@dataclass(frozen=True, slots=True)
class Branching:
    """An `and` or an `or` of the tree."""

    kind: Literal["and", "or"]
    parts: "tuple[Tree, ...]"
    line: int


Tree = SourceRule | Branching


@dataclass(frozen=True, slots=True)
class Source:
    """The old file: its tree (none if it asks for nothing), who may disapprove, what it disapproves of."""

    tree: Branching | None
    named: Actors
    disapproval: Mapping | None


class SourceReader:
    """Reads a file once; `left` gathers what is told on the way, `teams` what each team was called."""

    def __init__(self, file: str, branch: str) -> None:
        self.file = file
        self.left: list[Left] = []
        self.teams: dict[str, str] = {}
        self.predicates = PredicateReader(branch, self.left)
        self._slugs: dict[str, str] = {}
        self._methods: Mapping | None = None
        self._rules: dict[str, SourceRule] = {}
        self._leaves = 0

    def read(self, data: bytes) -> Source:
        """The file of some bytes. InputError with the line of what cannot be read."""
        top = parse_yaml(data, self.file).mapping()
        if top.get("remote") is not None:
            top.need("remote").fail(
                "the policy stands in another repository", "import the file that `remote:` names"
            )
        top.only("policy", "approval_rules", "approval_defaults")
        self._defaults(top.get("approval_defaults"))
        self._read_rules(top.get("approval_rules"))
        policy = top.get("policy")
        fields = (
            Mapping(file=self.file, line=1, column=1, path="policy") if policy is None else policy.mapping()
        )
        fields.only("approval", "disapproval")
        approval, disapproval = fields.get("approval"), fields.get("disapproval")
        tree = None
        if approval is not None and not is_empty(approval) and approval.sequence().items:
            tree = Branching("and", tuple(self._tree(item, 1) for item in approval.sequence()), approval.line)
        self._unused(tree)
        named = Actors()
        for rule in {rule.name: rule for rule in leaves(tree)}.values():
            named |= rule.actors
        gone = disapproval is None or is_empty(disapproval)
        return Source(tree, named, None if gone else disapproval.mapping())  # type: ignore[union-attr]

    def say(self, node: Node, what: str, why: str, differs: Literal["stricter", "shut", "same"]) -> None:
        """Note what was left, on the node's line."""
        self.left.append(Left(line=node.line, what=what, why=why, differs=differs))

    def _defaults(self, node: Node | None) -> None:
        if node is None or is_empty(node):
            return
        node.mapping().only("options")
        options = node.mapping().get("options")
        self._options(options, "approval_defaults")
        self._methods = _methods_of(options)

    def _read_rules(self, node: Node | None) -> None:
        for item in [] if node is None or is_empty(node) else node.sequence().items:
            fields = item.mapping()
            fields.only(*_RULE)
            name = fields.need("name")
            if name.text() in self._rules:
                # policy-bot takes the last of them, which nobody sees who reads the first.
                name.fail(f"a rule called {name.text()!r} is there already", "give each its own name")
            self._rules[name.text()] = self._rule(name, fields)

    def _rule(self, name: Node, fields: Mapping) -> SourceRule:
        self._options(fields.get("options"), name.text())
        description = fields.get("description")
        if description is not None and not is_empty(description):
            self.say(description, f"{name.text()}: description", "a rule has a name alone", "same")
        applies = self.predicates.applies(fields.get("if"))
        node = fields.get("requires")
        if node is None or is_empty(node):
            return SourceRule(name.text(), name.line, applies)
        requires = node.mapping()
        requires.only("count", "conditions", *_ACTORS)
        count = self._count(requires.get("count"))
        checks = self._conditions(requires.get("conditions"), name.text())
        words = _methods_of(fields.get("options")) or self._methods
        if count and _needs_words(_methods_of(fields.get("options")), self._methods):
            # Our yes counts for every rule; theirs for the rule whose words it says.
            line = name.line if words is None else words.line
            checks += (Checked(f"policy-bot: {name.text()}: options.methods", False, line),)
        return SourceRule(
            name.text(),
            name.line,
            applies,
            count,
            self._approvers(requires) if count else Actors(),
            checks,
        )

    def _count(self, node: Node | None) -> int:
        if node is None or is_empty(node):
            return 0
        if node.integer() > _MAX_COUNT:
            node.fail(f"{node.integer()} approvals; at most {_MAX_COUNT} are read")
        return max(node.integer(), 0)

    def _options(self, node: Node | None, rule: str) -> None:
        if node is None or is_empty(node):
            return
        fields = node.mapping()
        fields.only(*_OPTIONS)
        for name, given in fields.entries.items():
            if isinstance(given, Scalar) and given.value in {"", "false"}:
                continue
            why, differs = _OPTIONS[name]
            self.say(given, f"{rule}: options.{name}", why, differs)

    def _approvers(self, requires: Mapping) -> Actors:
        for item in texts(requires.get("users")):
            if item.text().endswith(BOT):
                self.say(item, f"users: {item.text()}", "a program never vouches here", "stricter")
        return self.actors(requires)

    def actors(self, fields: Mapping) -> Actors:
        """Which persons may speak, as `users`, `teams` and so on of a mapping say it; programs never do."""
        users, teams = set(), set()
        for item in texts(fields.get("users")):
            if not item.text().endswith(BOT):
                users.add(item.text().casefold())
        for item in texts(fields.get("teams")):
            teams.add(self._team(item.text()))
        for item in texts(fields.get("organizations")):
            teams.add(self._noted(f"org {item.text().casefold()}", f"every member of {item.text()}"))
        for item in texts(fields.get("permissions")):
            teams.add(self._permission(item.text()))
        for key, permission in (("admins", "admin"), ("write_collaborators", "write")):
            node = fields.get(key)
            if node is not None and not is_empty(node) and node.boolean():
                teams.add(self._permission(permission))
        return Actors(frozenset(users), frozenset(teams))

    def _team(self, called: str) -> str:
        """A team's slug, which is its name in a directory file; with its organisation if two share it."""
        slug = called.casefold().rpartition("/")[2] or called.casefold()
        if self._slugs.setdefault(slug, called.casefold()) != called.casefold():
            slug = called.casefold()
        return self._noted(slug, called)

    def _permission(self, permission: str) -> str:
        return self._noted(
            f"permission {permission}", f"whoever has the permission {permission} or more on the repository"
        )

    def _noted(self, team: str, called: str) -> str:
        self.teams.setdefault(team, called)
        return team

    def _conditions(self, node: Node | None, rule: str) -> tuple[Checked, ...]:
        """Conditions are demands: whoever can see whether one is met has to report it."""
        if node is None or is_empty(node):
            return ()
        found: list[Checked] = []
        for name, given in node.mapping().entries.items():
            if not is_empty(given):
                found += self._condition(name, given, rule)
        return tuple(found)

    def _condition(self, name: str, given: Node, rule: str) -> list[Checked]:
        statuses = _statuses(name, given)
        if statuses:
            if name == "has_status" and "conclusions" in given.mapping().entries:
                self.say(given, f"{rule}: {name}.conclusions", "a check counts if it succeeded", "stricter")
            return [Checked(item.text(), True, item.line) for item in statuses]
        return [Checked(f"policy-bot: {rule}: {name}", False, given.line)]

    def _tree(self, node: Node, depth: int) -> Tree:
        if depth > _MAX_DEPTH:
            node.fail(f"and/or nested deeper than {_MAX_DEPTH} levels")
        self._leaves += 1
        if self._leaves > _MAX_LEAVES:
            node.fail(f"over {_MAX_LEAVES} rules are combined here")
        if isinstance(node, Scalar):
            rule = self._rules.get(node.text())
            if rule is None:
                node.fail(f"no rule is called {node.text()!r}")
            return rule
        fields = node.mapping()
        if len(fields.entries) != 1 or not set(fields.entries) <= {"and", "or"}:
            node.fail("a rule's name, `and:` or `or:` is wanted here")
        ((kind, parts),) = fields.entries.items()
        if not parts.sequence().items:
            parts.fail("an empty list combines nothing")
        made = tuple(self._tree(part, depth + 1) for part in parts.sequence())
        return Branching("or" if kind == "or" else "and", made, node.line)

    def _unused(self, tree: Tree | None) -> None:
        used = {rule.name for rule in leaves(tree)}
        for rule in self._rules.values():
            if rule.name not in used:
                self.left.append(
                    Left(
                        line=rule.line,
                        what=rule.name,
                        why="the rule is not named in policy.approval, so it asked for nothing",
                        differs="same",
                    )
                )


def _statuses(name: str, given: Node) -> list[Scalar]:
    """The checks that a condition wants to have passed; none if it is not about that."""
    if name == "has_successful_status":
        return texts(given)
    if name not in {"has_status", "has_status_check"}:
        return []
    fields = given.mapping()
    ends = {item.text() for item in texts(fields.get("conclusions"))} or {"success"}
    key = "statuses" if name == "has_status" else "checks"
    plain = name == "has_status" and set(fields.entries) <= {"statuses", "conclusions"}
    return texts(fields.get(key)) if plain and "success" in ends else []


def _methods_of(options: Node | None) -> Mapping | None:
    if options is None or is_empty(options):
        return None
    methods = options.mapping().get("methods")
    return None if methods is None or is_empty(methods) else methods.mapping()


def _needs_words(own: Mapping | None, otherwise: Mapping | None) -> bool:
    """Whether only certain words approve: neither any review does, nor the ordinary thumb."""
    review, patterns, comments = (
        next((one.get(key) for one in (own, otherwise) if one is not None and one.get(key) is not None), None)
        for key in ("github_review", "github_review_comment_patterns", "comments")
    )
    # Where patterns are given, even reviews have to match one of them.
    if (review is None or is_empty(review) or review.boolean()) and not texts(patterns):
        return False
    return comments is not None and not {":+1:", "👍"} & {item.text() for item in texts(comments)}


def leaves(tree: Tree | None) -> list[SourceRule]:
    """The rules of a tree, in order."""
    if tree is None:
        return []
    if isinstance(tree, SourceRule):
        return [tree]
    return [rule for part in tree.parts for rule in leaves(part)]


def is_policy_bot(data: bytes) -> bool:
    """Whether some bytes are a file of policy-bot, by its top fields."""
    try:
        top = parse_yaml(data, "file")
    except InputError:
        return False
    return isinstance(top, Mapping) and bool({"policy", "approval_rules", "remote"} & set(top.entries))
