"""policy-bot's predicates: on which changes a rule of its applies, as `touches` of ours.

Specified by https://github.com/palantir/policy-bot/blob/develop/README.md#approval-rules. What Blastdoor has
no fact for (labels, titles, authors, sizes) is left out of a condition, so that the rule applies to more
changes, never to fewer.
"""

from dataclasses import dataclass

from blastdoor.formats import Mapping, Node, Scalar, Sequence
from blastdoor.policy.importing.draft import Left
from blastdoor.policy.importing.patterns import Pattern, read_pattern

_UNSEEN = {
    "no_changed_files": "a condition cannot ask what is not touched",
    "file_not_deleted": "a condition cannot ask what is not deleted",
    "has_author_in": "who wrote a change lowers no demand here",
    "has_contributor_in": "who wrote a change lowers no demand here",
    "only_has_contributors_in": "who wrote a change lowers no demand here",
    "only_has_authors_in": "who wrote a change lowers no demand here",
    "author_is_only_contributor": "who wrote a change lowers no demand here",
    "from_branch": "the name of the branch that a change comes from is no fact here",
    "modified_lines": "how many lines change is no fact here; see reach.level",
    "changed_files_count": "how many files change is no fact here; see reach.level",
    "commit_count": "how many commits a change has is no fact here",
    "commit_messages": "what commit messages say is no fact here",
    "has_successful_status": "that a check passed lowers no demand here",
    "has_status": "how a check ended lowers no demand here",
    "has_status_check": "how a check ended lowers no demand here",
    "has_workflow_result": "how a workflow ended lowers no demand here",
    "has_labels": "labels are no fact here: whoever may set them could lower the demand",
    "title": "titles are no fact here: whoever may edit them could lower the demand",
    "repository": "a policy is that of one repository",
    "has_valid_signatures": "whether commits are signed is no fact here",
    "has_valid_signatures_by": "whether commits are signed is no fact here",
    "has_valid_signatures_by_keys": "whether commits are signed is no fact here",
}
_UNKNOWN = "it is not known here"
_MAX_ITEMS = 2_000
#: Expressions that are read in one file; rules of the others apply to every change.
_MAX_EXPRESSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Applies:
    """When a rule applies: every clause holds, and of a clause any of its globs is touched.

    `certain`: the old rule applies to every change, as its file says it and not as we widened it.
    `never`: it applies to none. `source` tells equal conditions.
    """

    clauses: tuple[tuple[str, ...], ...] = ()
    certain: bool = True
    never: bool = False
    source: str = ""


class PredicateReader:
    """Reads `if:` blocks for one branch; what is widened goes to `left`."""

    def __init__(self, branch: str, left: list[Left]) -> None:
        self._branch, self._left = branch, left
        self._read = 0

    def applies(self, node: Node | None) -> Applies:
        """When a rule with this `if:` applies, or in more cases."""
        if node is None or is_empty(node):
            return Applies()
        clauses: list[tuple[str, ...]] = []
        certain, never = True, False
        for name, given in node.mapping().entries.items():
            if is_empty(given):
                continue  # an empty predicate is none
            if name == "targets_branch":
                met = self._branch_met(given)
                never = never or met is False
                certain = certain and met is True
                continue
            certain = False
            clause = self.touched(name, given) if name in {"changed_files", "only_changed_files"} else None
            if clause is not None:
                clauses.append(clause)
            elif name not in {"changed_files", "only_changed_files"}:
                self._widened(given, name, _UNSEEN.get(name, _UNKNOWN))
        return Applies(tuple(clauses), certain, never, written(node))

    def touched(self, name: str, given: Node) -> tuple[str, ...] | None:
        """The globs of a predicate on paths; None (and told) if it cannot be said in globs."""
        fields = given.mapping()
        paths = texts(fields.get("paths"))
        if fields.get("ignore") is not None:
            self._widened(fields.need("ignore"), f"{name}.ignore", "a condition cannot leave paths out")
        for key, node in fields.entries.items():
            if key not in {"paths", "ignore"}:
                self._widened(node, f"{name}.{key}", _UNKNOWN)
        found: dict[str, None] = {}
        exact = True
        for item in paths:
            pattern = self._pattern(item.text())
            globs = None if pattern is None else pattern.globs()
            if pattern is None or globs is None:
                self._widened(item, f"{name}: {item.text()}", "the expression is not one that globs can say")
                return None
            exact = exact and pattern.exact
            found |= dict.fromkeys(globs)
        if not found:
            self._widened(given, name, "its paths match nothing that could be changed")
            return None
        if not exact:
            self._widened(
                given, name, "the globs match more paths than the expressions", rule="the rule applies"
            )
        if name == "only_changed_files":
            self._widened(
                given, name, "a condition cannot ask what is not touched, so any of the paths will do",
                rule="the rule applies",
            )  # fmt: skip
        return tuple(found)

    def _pattern(self, expression: str) -> Pattern | None:
        self._read += 1
        return read_pattern(expression) if self._read <= _MAX_EXPRESSIONS else None

    def _branch_met(self, given: Node) -> bool | None:
        pattern = given.mapping().get("pattern")
        expression = "" if pattern is None else pattern.text()
        read = self._pattern(expression)
        met = None if read is None else read.matches(self._branch)
        if met is None:
            self._widened(
                given, f"targets_branch: {expression}", "the expression is not one that is read here"
            )
        elif not met:
            self._say(
                given,
                f"targets_branch: {expression}",
                f"this draft is for what {self._branch} feeds; for another branch import again with --branch",
                "same",
            )
        return met

    def _widened(
        self, node: Node, what: str, why: str, rule: str = "the rule applies whatever it says"
    ) -> None:
        self._say(node, what, f"{why}: {rule}, and to more changes", "stricter")

    def _say(self, node: Node, what: str, why: str, differs: str) -> None:
        self._left.append(Left(line=node.line, what=what, why=why, differs=differs))  # type: ignore[arg-type]


def is_empty(node: Node) -> bool:
    """Whether a value is left out: `if:` with nothing after it."""
    return isinstance(node, Scalar) and not node.value and not node.quoted


def texts(node: Node | None) -> list[Scalar]:
    """The items of a list of texts; one that is left out is empty."""
    if node is None or is_empty(node):
        return []
    items = node.sequence().items
    if len(items) > _MAX_ITEMS:
        node.fail(f"{len(items)} items; at most {_MAX_ITEMS} are read")
    return [item.scalar() for item in items]


def written(node: Node) -> str:
    """A value as text that is equal for equal values. Depth is bounded where YAML is read."""
    match node:
        case Mapping():
            inner = (f"{key!r}:{written(node.entries[key])}" for key in sorted(node.entries))
            return "{" + ",".join(inner) + "}"
        case Sequence():
            return "[" + ",".join(written(item) for item in node.items) + "]"
        case Scalar():
            return repr(node.value)
    return ""
