"""policy-bot's policy into ours.

Its rules are approved, pending or skipped, and combined by `and` and `or`; ours are demands that all have to
be met. An `and` is the demands of its parts. An `or` is narrowed to what meets it in every case:

- the parts that always apply, by one demand that any of their approvers can meet, if that can be said;
- else the first of them; parts that apply only to some changes are exemptions, and are left out;
- if no part always applies, the demands of all of them, each where its part applies.

An `or` that is met by these is met in policy-bot. See `tests/unit/policy/test_import_is_never_weaker.py`.
"""

from dataclasses import dataclass, replace

from blastdoor.formats import Mapping, Node
from blastdoor.policy.importing.draft import PRODUCER, Actors, Draft, Left, quoted
from blastdoor.policy.importing.predicates import is_empty, texts
from blastdoor.policy.importing.source import BOT, Branching, Checked, Source, SourceReader, SourceRule, Tree

#: Globs in one condition; with more, a rule becomes several.
_GLOBS_A_RULE = 40
_LONGEST_CONDITION = 3_500
_LONGEST_GLOB = 400
_MAX_COUNT = 100
#: Teams that one group is made of.
_MOST_TEAMS = 400
#: Whom to ask where the old file asked nobody.
_ANYBODY = "anybody"
_SOME_RULE = "policy-bot: some rule applies"


@dataclass(frozen=True, slots=True)
class _Demand:
    """Where every clause holds: so many approvals, these checks, or nothing will do (`barred`)."""

    name: str
    line: int
    clauses: tuple[tuple[str, ...], ...] = ()
    count: int = 0
    actors: Actors = Actors()  # noqa: RUF009 - a frozen value
    checks: tuple[Checked, ...] = ()
    barred: bool = False

    @property
    def simple(self) -> bool:
        """Whether it asks every change for approvals and nothing else."""
        return not (self.clauses or self.checks or self.barred)


def draft_policy_bot(data: bytes, file: str, branch: str) -> tuple[Draft, list[Left]]:
    """The draft of a `.policy.yml`, and what was left. InputError with the line of what cannot be read."""
    reader = SourceReader(file, branch)
    source = reader.read(data)
    draft = Draft(branch)
    for team, called in reader.teams.items():
        draft.team(team, called)
    demands = [] if source.tree is None else _demands(source.tree, reader.left)
    _write_default(draft, demands, source)
    for demand in demands:
        _write(draft, demand, reader.left)
    if source.tree is not None and not _always_applies(source.tree):
        _write_some_rule(draft, source.tree, reader.left)
    _disapproval(draft, source, reader)
    _about_approvals(source, reader.left)
    return draft, reader.left


def _always_applies(tree: Tree) -> bool:
    """Whether the old file never skips this: it counts for every change."""
    if isinstance(tree, SourceRule):
        return tree.applies.certain and not tree.applies.never
    return any(_always_applies(part) for part in tree.parts)


def _demands(tree: Tree, left: list[Left]) -> list[_Demand]:
    if isinstance(tree, SourceRule):
        return _rule_demands(tree)
    if tree.kind == "and" or len(tree.parts) == 1:
        return [demand for part in tree.parts for demand in _demands(part, left)]
    constant = [part for part in tree.parts if _always_applies(part)]
    if not constant:
        return _each(tree, left)
    for part in tree.parts:
        if not _always_applies(part):
            _tell(left, part, "an exemption from the other ways of its `or:`, which is not made here")
    return _narrowed(tree, constant, left)


def _rule_demands(rule: SourceRule) -> list[_Demand]:
    if rule.applies.never or not (rule.count or rule.checks):
        return []
    return [
        _Demand(
            rule.name,
            rule.line,
            rule.applies.clauses,
            rule.count,
            rule.actors,
            rule.checks,
            barred=rule.barred,
        )
    ]


def _each(tree: Branching, left: list[Left]) -> list[_Demand]:
    """No part applies to every change: parts with one condition are one demand, the others each their own."""
    found: list[_Demand] = []
    alike: dict[str, list[SourceRule]] = {}
    asked, spared = 0, False
    for part in tree.parts:
        if isinstance(part, SourceRule) and not part.checks and not part.barred:
            alike.setdefault(part.applies.source, []).append(part)
        else:
            made = _demands(part, left)
            found, asked = found + made, asked + bool(made)
    for rules in alike.values():
        if any(not rule.count for rule in rules):
            spared = True  # whoever meets the condition needs nobody
            continue
        made = [one for rule in rules for one in _rule_demands(rule)]
        together = _any_of(made)
        found += made if together is None else [together]
        asked += len(made) if together is None else 1
    if asked > 1 or (asked and spared):
        why = "of its ways those that apply are all asked for, not any one of them"
        left.append(Left(line=tree.line, what="or", why=why, differs="stricter"))
    return found


@dataclass(frozen=True, slots=True)
class _Way:
    """A part of an `or`, its demands, and what was told in making them."""

    part: Tree
    demands: list[_Demand]
    told: list[Left]

    @property
    def simple(self) -> bool:
        return len(self.demands) == 1 and self.demands[0].simple


def _narrowed(tree: Branching, constant: list[Tree], left: list[Left]) -> list[_Demand]:
    """Parts that each apply to every change: what meets one of them in any case."""
    ways = []
    for part in constant:
        told: list[Left] = []
        ways.append(_Way(part, _demands(part, told), told))
    if any(not way.demands for way in ways):
        return []  # one of them asks for nothing
    kept = [way for way in ways if way.simple]
    together = _any_of([way.demands[0] for way in kept])
    if together is None:
        kept = [next((way for way in ways if not any(one.barred for one in way.demands)), ways[0])]
    elif any(way.demands[0].count != together.count for way in kept):
        why = f"the ways ask for different counts: {together.count} of all their approvers meet one of them"
        left.append(Left(line=tree.line, what="or", why=why, differs="stricter"))
    for way in ways:
        if way in kept:
            left += way.told
        else:
            _tell(
                left, way.part, "another way of its `or:`, which cannot be said beside the one that is kept"
            )
    return kept[0].demands if together is None else [together]


def _any_of(ways: list[_Demand]) -> _Demand | None:
    """One demand that meets one of the ways whoever gives the approvals, or None.

    With n approvals of one and m of the other wanted, n + m - 1 of either are enough for one of the two.
    """
    kept: list[_Demand] = []
    for way in ways:
        if way.barred or way.checks or not way.count:
            return None
        same = next((one for one in kept if one.actors == way.actors), None)
        if same is None:
            kept.append(way)
        elif way.count < same.count:
            kept[kept.index(same)] = way
    count = sum(way.count - 1 for way in kept) + 1
    if not kept or count > _MAX_COUNT:
        return None
    actors = Actors()
    for way in kept:
        actors |= way.actors
    if len(actors.teams) > _MOST_TEAMS:
        return None
    name = " or ".join(way.name for way in kept)
    return replace(
        kept[0], name=name if len(name) <= 120 else f"{kept[0].name} or others", count=count, actors=actors
    )


def _tell(left: list[Left], part: Tree, why: str) -> None:
    if isinstance(part, SourceRule):
        if not part.applies.never:
            left.append(Left(line=part.line, what=part.name, why=why, differs="stricter"))
    else:
        left.append(Left(line=part.line, what=part.kind, why=why, differs="stricter"))


def _write_default(draft: Draft, demands: list[_Demand], source: Source) -> None:
    """The first demand that every change meets becomes the default; else one approval of anybody named."""
    for demand in demands:
        if demand.simple and demand.count:
            draft.default = draft.approvals(demand.count, demand.actors, f"approvers of {demand.name}")
            demands.remove(demand)
            return
    if source.named and len(source.named.teams) <= _MOST_TEAMS:
        draft.default = draft.approvals(1, source.named, "approvers")
        return
    draft.groups[_ANYBODY] = "{ level_at_least: junior }"
    draft.default = (f"{{ approvals: 1, from: {_ANYBODY} }}",)


def _write(draft: Draft, demand: _Demand, left: list[Left]) -> None:
    if demand.barred:
        for when in _conditions(demand, left):
            draft.add_rule(demand.name, when, (), "the rule names nobody who may approve")
        return
    require: tuple[str, ...] = ()
    if demand.count:
        require = draft.approvals(demand.count, demand.actors, f"approvers of {demand.name}")
    for check in demand.checks:
        require += (_check(check.name),)
        why = (
            f"a producer called {PRODUCER} has to report it: list it with its key under `producers:`"
            if check.real
            else f"Blastdoor cannot see it: a producer called {PRODUCER} has to report it as a check, "
            "or the requirement is taken out on purpose"
        )
        left.append(Left(line=check.line, what=check.name, why=why, differs="shut"))
    for when in _conditions(demand, left):
        draft.add_rule(demand.name, when, require)


def _check(name: str) -> str:
    return f"{{ check: {quoted(name)}, producer: {PRODUCER} }}"


def _conditions(demand: _Demand, left: list[Left]) -> list[str]:
    """The conditions under which the demand is made: of several, each by itself."""
    clauses = [clause for clause in demand.clauses if all(len(glob) <= _LONGEST_GLOB for glob in clause)]
    text = " && ".join(
        f"({_touched(clause)})" if len(clauses) > 1 else _touched(clause) for clause in clauses
    )
    if len(clauses) != len(demand.clauses) or (len(clauses) > 1 and len(text) > _LONGEST_CONDITION):
        why = "the condition is too long for one of ours: the rule applies to more changes"
        left.append(Left(line=demand.line, what=demand.name, why=why, differs="stricter"))
    if not clauses:
        return ["true"]
    if len(clauses) > 1 and len(text) <= _LONGEST_CONDITION:
        return [text]
    # Of several clauses that are too long, one alone is a wider condition.
    return _split(min(clauses, key=len))


def _split(clause: tuple[str, ...]) -> list[str]:
    texts: list[str] = []
    held = 0
    for glob in clause:
        one = _touched((glob,))
        if texts and held < _GLOBS_A_RULE and len(texts[-1]) + len(one) < _LONGEST_CONDITION:
            texts[-1] += f" || {one}"
            held += 1
        else:
            texts.append(one)
            held = 1
    return texts


def _touched(globs: tuple[str, ...]) -> str:
    return " || ".join(f'touches("{glob}")' for glob in globs)


def _write_some_rule(draft: Draft, tree: Branching, left: list[Left]) -> None:
    """policy-bot holds a change to which none of its rules applies; no condition of ours can say that."""
    draft.add_rule("some rule of the old policy applies", "true", (_check(_SOME_RULE),))
    why = (
        "policy-bot holds a change that skips all of its rules, which no condition can say here: "
        f"a producer called {PRODUCER} has to report this check, or the rule is taken out on purpose, "
        "and such a change then needs the default alone"
    )
    left.append(
        Left(line=tree.line, what="approval: no rule applies to every change", why=why, differs="shut")
    )


def _disapproval(draft: Draft, source: Source, reader: SourceReader) -> None:
    fields = source.disapproval
    if fields is None:
        return
    fields.only("if", "options", "requires")
    options, requires, predicates = fields.get("options"), fields.get("requires"), fields.get("if")
    if requires is not None and not is_empty(requires):
        named = reader.actors(requires.mapping())
        for user in sorted(named.users):
            draft.person(user)
        for team in sorted(named.teams):
            draft.team(team, reader.teams[team])
        why = "whoever is on the roster can say no (approve --reject), and it holds until they withdraw it"
        reader.say(requires, "disapproval.requires", why, "stricter")
        for item in texts(requires.mapping().get("users")):
            if item.text().endswith(BOT):
                # A program has no vote here, and its no must not be lost.
                _shut_unless(draft, f"disapproved by {item.text()}", item, reader)
    if options is not None and not is_empty(options):
        why = "a no is a signed statement and only its person withdraws it"
        reader.say(options, "disapproval.options", why, "stricter")
    if predicates is not None and not is_empty(predicates):
        _disapproved_if(draft, predicates.mapping(), reader)


def _disapproved_if(draft: Draft, predicates: Mapping, reader: SourceReader) -> None:
    """What the old file disapproves of by itself: forbidden, or shut until somebody reports otherwise."""
    for name, given in predicates.entries.items():
        if is_empty(given):
            continue
        globs = reader.predicates.touched(name, given) if name == "changed_files" else None
        rule = f"disapproved: {name}"
        if globs is not None:
            forbidden = _Demand(rule, given.line, (globs,), barred=True)
            for when in _conditions(forbidden, reader.left):
                draft.add_rule(rule, when, (), "the old policy disapproves of changes to these paths")
        else:
            _shut_unless(draft, rule, given, reader)


def _shut_unless(draft: Draft, rule: str, node: Node, reader: SourceReader) -> None:
    """A rule that holds until somebody reports that the change is not so."""
    check = Checked(f"policy-bot: not {rule}", False, node.line)
    _write(draft, _Demand(rule, node.line, checks=(check,)), reader.left)


def _about_approvals(source: Source, left: list[Left]) -> None:
    line = 1 if source.tree is None else source.tree.line
    why = "logins and teams stand in people.yaml without numbers, keys and members: nobody can vouch before"
    left.append(Left(line=line, what="users, teams, organizations", why=why, differs="shut"))
    if source.tree is None:
        why = "the old policy asks for nothing; the default asks for one approval"
        left.append(Left(line=line, what="policy.approval", why=why, differs="stricter"))
    why = "a yes is for the content that was seen and ends when it changes"
    left.append(Left(line=line, what="invalidate_on_push, where it was not set", why=why, differs="stricter"))
