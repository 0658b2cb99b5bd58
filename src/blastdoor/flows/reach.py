"""Reach of a change: list the tree, ask the cache, read what is missing, measure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from blastdoor.errors import InputError
from blastdoor.flows.rules import RulesBase, read_rules
from blastdoor.flows.world import World
from blastdoor.model import FileChange, Reach, Unknown
from blastdoor.policy import Policy, glob_matches
from blastdoor.ports import FactCache, TreeFile
from blastdoor.reach import (
    LFS,
    MAX_BYTES,
    MAX_EXAMINED,
    OWNERS_FILES,
    Call,
    Catalogue,
    Configs,
    Declared,
    FileFacts,
    Findings,
    Graph,
    Owners,
    Version,
    build,
    coverage_of,
    decode_facts,
    encode_facts,
    examine,
    extract,
    fact_key,
    is_catalogue,
    is_docs,
    language_of,
    load_catalogue,
    load_owners,
    locations,
    may_locate,
    measure,
    measure_operations,
    pair_moves,
    reach_services,
    stateful_kind,
    unread_facts,
)
from blastdoor.reach.build import Resolved
from blastdoor.reach.lockfiles import LockChange, compare_lockfiles, is_lockfile
from blastdoor.reach.operations.dialects import dialect_named, dialect_of

if TYPE_CHECKING:
    from blastdoor.reach.listing import Listed
    from blastdoor.reach.operations.plan import Summary

_MAX_CATALOGUE_BYTES = 1_000_000
_MAX_STARTS = 50
_MAX_WAYS = 5
_MAX_CONFIGS = 50
_MAX_ROUNDS = 10
_MAX_POINTERS = 10_000
_POINTER_BYTES = 1_024
_ABSENT = b"\0"
#: Facts that are kept in a process, in files. When there are more, all but those of one tree are let go.
_MAX_KEPT = 60_000


@dataclass(slots=True)
class _Kept:
    """What a process keeps from one change to the next: only what follows from the bytes it is kept under.

    `facts`: by key of the cache. `resolved`: of the last tree. `described`: what was read of the last
    catalogue and owners, by paths and blobs.
    """

    facts: dict[str, FileFacts] = field(default_factory=dict)
    resolved: Resolved = field(default_factory=Resolved)
    described: "tuple[object, tuple[Catalogue | None, Owners | None]]" = (None, (None, None))


#: By the cache of a world, so that it is gone when the world is, and no world sees another's.
_KEPT: WeakKeyDictionary[FactCache, _Kept] = WeakKeyDictionary()


def _kept(world: World) -> _Kept:
    return _KEPT.setdefault(world.cache, _Kept())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The reach of a change, and the graph and catalogue it was measured in."""

    reach: Reach
    graph: Graph
    catalogue: Catalogue | None
    changed: frozenset[str]


def measure_reach(world: World, rules: RulesBase, head: str, files: Sequence[FileChange]) -> Reach:
    """The reach of the files that differ, in the tree of `head`, by the catalogue of the rules base."""
    return measure_change(world, rules.branch.commit, head, files, services=_declared(rules.policy)).reach


def _declared(policy: Policy) -> tuple[Declared, ...]:
    """The services of a policy."""
    if not isinstance(policy.services, tuple):
        return ()
    return tuple(
        Declared(
            name=one.name,
            tier=one.tier if isinstance(one.tier, int) else None,
            owns=partial(_is_any, one.paths),
            depends_on=one.depends_on,
        )
        for one in policy.services
    )


def _is_any(globs: Sequence[str], path: str) -> bool:
    return any(glob_matches(glob, path) for glob in globs)


def measure_change(
    world: World,
    rules_base: str,
    head: str,
    files: Sequence[FileChange],
    *,
    with_findings: Findings | None = None,
    calls: Sequence[Call] = (),
    services: Sequence[Declared] = (),
) -> Measured:
    """The same with what it was measured in.

    `with_findings`: what plans and the like say, `calls`: who was seen to call whom; both only ever raise.
    `services`: those that the rules declare.
    """
    tree = list(world.trees.files(head))
    paths = [file.path for file in tree]
    now = _sources((file.path, file.mode, file.blob) for file in tree)
    # What is deleted or renamed still has importers, and what was imported before still counts.
    before = _sources((file.path, file.old_mode, file.old) for file in files)
    facts = _read_facts(world, {*now.values(), *before.values()})
    _add_extended(world, [(_plain(tree), now), (_plain_before(files), before)], facts)
    as_it_is = {path: facts[key] for path, key in now.items()}
    versions = _versions(world, files)
    graph = build(
        as_it_is,
        paths,
        extra=[(path, facts[key]) for path, key in before.items()],
        added=[file.path for file in files if file.status == "added"],
        locks=_locks(versions),
        kept=_kept(world).resolved,
    )
    catalogue, owners, linked = read_described(world, rules_base, frozenset(file.path for file in files))
    # What was read as something, by whatever name, is told with the rest of its kind.
    linked = [*linked, *_pointers(world, [file for file in files if file.path not in now])]
    found = Findings()
    for version in versions:
        found.add(examine(version, stateful_kind(version.path)))
    findings = pair_moves(found)
    findings.add(with_findings or Findings())
    if catalogue is not None or services:
        catalogue = (catalogue or Catalogue()).with_services(services).with_calls(calls)
    reach = measure(
        files,
        graph,
        catalogue,
        coverage_of(paths, as_it_is),
        linked,
        findings=findings,
        examined={version.path for version in versions},
        owners=None if owners is None else owners.of(file.path for file in files),
    )
    changed = frozenset(file.path for file in files)
    return Measured(reach=reach, graph=graph, catalogue=catalogue, changed=changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What somebody gives beside a change: it raises, and never lowers.

    `plans`: each plan's name and what its last line would count. `service_graph`: who was seen to call whom.
    """

    findings: Findings
    plans: "tuple[tuple[str, Summary], ...]" = ()
    calls: tuple[Call, ...] = ()
    is_empty: bool = True

    @classmethod
    def read(
        cls,
        *,
        plans: Sequence[tuple[str, bytes]] = (),
        scripts: Sequence[tuple[str, bytes]] = (),
        dialect: str = "",
        change_sets: Sequence[tuple[str, bytes]] = (),
        service_graph: tuple[str, bytes] | None = None,
    ) -> "Inputs":
        """Read files, each given with its name. InputError names the one that is not what it should be."""
        # A command pays for the readers that it uses.
        from blastdoor.reach.operations.cloudformation_change_set import read_change_set  # noqa: PLC0415
        from blastdoor.reach.operations.plan import read_plan  # noqa: PLC0415
        from blastdoor.reach.operations.sql import read_sql  # noqa: PLC0415
        from blastdoor.reach.service_graph import read_service_graph  # noqa: PLC0415

        findings = Findings()
        summaries = []
        for name, data in plans:
            found, summary = read_plan(data, where=name)
            findings.add(found)
            summaries.append((name, summary))
        for name, data in scripts:
            findings.add(
                read_sql(
                    data,
                    dialect=dialect_named(dialect) if dialect else dialect_of(name),
                    where=name,
                )
            )
        for name, data in change_sets:
            findings.add(read_change_set(data, where=name))
        calls = () if service_graph is None else read_service_graph(service_graph[1], where=service_graph[0])
        empty = not (plans or scripts or change_sets)
        return cls(findings=findings, plans=tuple(summaries), calls=calls, is_empty=empty)


def measure_inputs(inputs: Inputs) -> Reach:
    """The reach of plans, SQL and change sets alone."""
    return measure_operations(inputs.findings)


def measure_range(world: World, revisions: str, inputs: Inputs) -> Measured:
    """The reach of `A..B`, of `A...B`, or of a revision against the protected branch."""
    base, head = _ends(world, revisions)
    files = world.history.difference(base, head).files
    rules_base, services = _rules_base(world, head)
    return measure_change(
        world,
        rules_base,
        head,
        files,
        with_findings=inputs.findings,
        calls=inputs.calls,
        services=services,
    )


def _ends(world: World, revisions: str) -> tuple[str | None, str]:
    before, dots, after = revisions.partition("..")
    if not dots:
        return _against_branch(world, revisions)
    head = world.refs.resolve(after.removeprefix(".") or "HEAD")
    base = world.refs.resolve(before or "HEAD")
    if after.startswith("."):
        bases = world.refs.merge_bases(base, head)
        return (bases[0] if bases else None), head
    return base, head


def _against_branch(world: World, revision: str) -> tuple[str | None, str]:
    """Since it left the protected branch; a commit that is on it already, since its first parent."""
    head = world.refs.resolve(revision)
    bases = world.refs.merge_bases(world.refs.protected_branch().commit, head)
    if head not in bases:
        return (bases[0] if bases else None), head
    return next(iter(world.history.first_parents([head])))[1], head


def _rules_base(world: World, head: str) -> tuple[str, tuple[Declared, ...]]:
    """Whose catalogue, services and owners count: the protected branch's, else the change's own."""
    try:
        branch = world.refs.protected_branch()
    except InputError:
        return head, ()
    return branch.commit, _declared(read_rules(world, branch).policy)


class Step(NamedTuple):
    """A step on a way: what is reached, and by which kind of edge from what was before ("" for the first)."""

    name: str
    kind: str
    line: int
    confidence: str


def explain(world: World, revisions: str, target: str, inputs: Inputs) -> list[list[Step]]:
    """The shortest way from each changed file (the first of them) to a file, folder or service."""
    measured = measure_range(world, revisions, inputs)
    ways = []
    for path in sorted(measured.changed)[:_MAX_STARTS]:
        way = _way_to(measured, path, target)
        if way:
            ways.append(
                [_step(measured.graph, before, name) for before, name in zip(["", *way], way, strict=False)]
            )
    return sorted(ways, key=lambda way: (len(way), way))[:_MAX_WAYS]


def _way_to(measured: Measured, start: str, target: str) -> tuple[str, ...]:
    reached = measured.graph.reach([start])
    for name in (target, target.rstrip("/") + "/"):
        if name in reached.distance:
            return reached.witness(name)
    services = () if measured.catalogue is None else reach_services(measured.catalogue, reached)
    found = next((one.path for one in services if one.name == target), ())
    if found:
        return found
    below = target.rstrip("/") + "/"
    inside = next((path for path in reached.distance if path.startswith(below)), "")
    return reached.witness(inside) if inside else ()


def _step(graph: Graph, before: str, name: str) -> Step:
    if not before:
        return Step(name, "", 0, "high")
    edge = graph.between(name, before)
    if edge is None:
        return Step(name, "service", 0, "high")
    return Step(name, edge.kind, edge.line, edge.confidence)


def list_edges(world: World, revision: str, language: str | None, *, every: bool) -> "list[Listed]":
    """The edges of a commit's tree, as `reach graph` lists them."""
    paths, facts = _tree_of(world, world.refs.resolve(revision))
    from blastdoor.reach.listing import listed_edges  # noqa: PLC0415 - a command pays for what it uses

    return list(listed_edges(build(facts, paths), paths, facts, language, every=every))


def read_graph(world: World, commit: str) -> Graph:
    """The graph of one commit's tree."""
    paths, facts = _tree_of(world, commit)
    return build(facts, paths)


def _tree_of(world: World, commit: str) -> tuple[frozenset[str], dict[str, FileFacts]]:
    tree = list(world.trees.files(commit))
    now = _sources((file.path, file.mode, file.blob) for file in tree)
    known = _read_facts(world, now.values())
    _add_extended(world, [(_plain(tree), now)], known)
    return frozenset(file.path for file in tree), {path: known[key] for path, key in now.items()}


_Facts = dict[tuple[str, str], FileFacts]


def _plain(tree: Iterable[TreeFile]) -> dict[str, str]:
    return {file.path: file.blob for file in tree if file.mode.startswith("100")}


def _plain_before(files: Iterable[FileChange]) -> dict[str, str]:
    return {file.path: file.old for file in files if file.old_mode.startswith("100")}


def _add_extended(
    world: World, sides: Sequence[tuple[Mapping[str, str], dict[str, tuple[str, str]]]], facts: _Facts
) -> None:
    """Read what a tsconfig extends as one too, whatever it is called.

    A side: the blobs of its files by path, and what of them is read as which language, which grows.
    """
    read = [(path, key) for _, sources in sides for path, key in sources.items()]
    configs = Configs((path, facts[key]) for path, key in read if key[0] == "package.json")
    waiting = [(path, key) for path, key in read if key[0] == "tsconfig"]
    for left in reversed(range(_MAX_CONFIGS)):
        names = dict.fromkeys(one for path, key in waiting for one in configs.named_by(path, facts[key]))
        waiting = []
        for blobs, sources in sides:
            new = {name: ("tsconfig", blobs[name]) for name in names if name in blobs and name not in sources}
            sources.update(new)
            waiting += new.items()
        if not waiting:
            return
        keys = [key for _, key in waiting]
        why = "configurations that extend each other go on for too long"
        facts.update(
            _read_facts(world, keys) if left else {key: unread_facts("tsconfig", why) for key in keys}
        )


def _pointers(world: World, files: Sequence[FileChange]) -> Iterator[Unknown]:
    """Changed files that no reader knows, and that are only pointers of Git LFS."""
    unknown = [
        file
        for file in files
        if file.new_mode.startswith("100") and language_of(file.path) is None and not is_docs(file)
    ]
    if len(unknown) > _MAX_POINTERS:
        yield Unknown(
            code="unreadable-file",
            what=f"of {len(unknown)} files that no reader knows only {_MAX_POINTERS} were looked at",
            step="make the change smaller",
            where=unknown[_MAX_POINTERS].path,
        )
    looked_at = unknown[:_MAX_POINTERS]
    contents = world.trees.blobs([file.new for file in looked_at], _POINTER_BYTES)
    for file, (_, content) in zip(looked_at, contents, strict=True):
        if content is not None and content.startswith(LFS):
            yield Unknown(
                code="unreadable-file",
                what=f"{file.path} could not be read: a pointer of Git LFS: its content is not there",
                step="let somebody look at the file itself",
                where=file.path,
            )


def _versions(world: World, files: Sequence[FileChange]) -> list[Version]:
    """Both versions of every changed file that may destroy something, or pins what others use."""
    plain = [file for file in files if not (file.is_submodule or file.is_symlink or is_docs(file))]
    wanted = [file for file in plain if _is_examined(file.path)]
    sides = [(file.old_mode, file.old) for file in wanted] + [(file.new_mode, file.new) for file in wanted]
    ids = [blob for mode, blob in sides if mode.startswith("100")]
    contents = dict(zip(ids, (data for _, data in world.trees.blobs(ids, MAX_EXAMINED)), strict=True))
    found = []
    for file in wanted:
        old = contents.get(file.old) if file.old_mode.startswith("100") else None
        new = contents.get(file.new) if file.new_mode.startswith("100") else None
        readable = (old is not None or not file.old_mode.startswith("100")) and (
            new is not None or not file.new_mode.startswith("100")
        )
        found.append(Version(file.path, old, new, readable))
    return found


def _is_examined(path: str) -> bool:
    return (
        bool(stateful_kind(path))
        or is_lockfile(path)
        or path.lower().endswith((".yaml", ".yml", ".json", ".template"))
    )


def _locks(versions: Sequence[Version]) -> dict[str, LockChange]:
    return {
        one.path: compare_lockfiles(one.path, one.old, one.new)
        if one.readable
        else LockChange({}, "not at hand")
        for one in versions
        if is_lockfile(one.path)
    }


def read_described(
    world: World, rules_base: str, changed: Collection[str] = ()
) -> tuple[Catalogue | None, Owners | None, list[Unknown]]:
    """What the rules base says of services and of owners.

    Those of the `changed` paths that a Location names are files of the catalogue before they are there.
    """
    tree = list(world.trees.files(rules_base))
    entities = [file for file in tree if is_catalogue(file.path)]
    linked = [_not_followed(file.path) for file in entities if not file.mode.startswith("100")]
    plain = {file.path: file for file in tree if file.mode.startswith("100")}
    owners = next((plain[path] for path in OWNERS_FILES if path in plain), None)
    catalogue = [file for file in entities if file.path in plain]
    return *_described(world, catalogue, owners, plain, changed), linked


def _described(
    world: World,
    entities: Sequence[TreeFile],
    owners: TreeFile | None,
    plain: Mapping[str, TreeFile],
    changed: Collection[str],
) -> tuple[Catalogue | None, Owners | None]:
    kept = _kept(world)
    files = [*entities, owners] if owners else [*entities]
    key = [(file.path, file.blob) for file in files], owners is None
    if kept.described[0] == key:
        return kept.described[1]
    contents = dict(_contents(world, files))
    own = None if owners is None else contents[owners.path]
    described = {file.path: contents[file.path] for file in entities}
    located, told = _located(world, described, plain)
    catalogue = load_catalogue(described | located) if described else None
    if catalogue is not None:
        named, _ = locations(described | located, changed)
        unknowns = (*catalogue.unknowns, *told)
        catalogue = replace(catalogue, unknowns=unknowns, files=catalogue.files.union(named))
    found = catalogue, None if own is None else load_owners(own)
    # Not kept where a file is not at hand: it may be fetched tomorrow. Nor where there may be a Location:
    # what it names is not in the key, nor is what it names one day when it names nothing today.
    if not any(data == _ABSENT or may_locate(data) for data in contents.values()):
        kept.described = key, found
    return found


def _located(
    world: World, files: Mapping[str, bytes], plain: Mapping[str, TreeFile]
) -> tuple[dict[str, bytes], list[Unknown]]:
    """What Locations of the catalogue name, and what those name; and what they name and is not there."""
    found: dict[str, bytes] = {}
    told: list[Unknown] = []
    latest = files
    for _ in range(_MAX_ROUNDS):
        paths, unknowns = locations(latest, plain)
        told += unknowns
        more = [path for path in paths if path not in files and path not in found]
        latest = dict(_contents(world, [plain[path] for path in more]))
        found |= latest
        if not latest:
            break
    else:
        what = f"Locations that name Locations are followed {_MAX_ROUNDS} times, and no further"
        told.append(Unknown(code="catalogue-location", what=what, step="name the files themselves"))
    return found, told


def _sources(files: Iterable[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
    """Of (path, mode, blob) the regular files with a reader: path to language and blob."""
    found = {}
    for path, mode, blob in files:
        language = language_of(path) if mode.startswith("100") else None
        if language is not None:
            found[path] = (language, blob)
    return found


def _read_facts(world: World, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], FileFacts]:
    """The facts of each (language, blob): from the cache, else read now and put there."""
    keys = {fact_key(*one): one for one in sorted(set(wanted))}
    kept = _kept(world).facts
    known = {one: kept[key] for key, one in keys.items() if key in kept}
    asked = [key for key in keys if key not in kept]
    for key, data in (world.cache.get_many(asked) if asked else {}).items():
        facts = decode_facts(data)
        if facts is not None:
            known[keys[key]] = kept[key] = facts
    fresh: dict[str, bytes] = {}
    missing = [one for one in keys.values() if one not in known]
    contents = world.trees.blobs([blob for _, blob in missing], MAX_BYTES)
    for (language, blob), (_, content) in zip(missing, contents, strict=True):
        if content is None:
            # Not kept: a blob that is absent today may be fetched tomorrow.
            known[language, blob] = unread_facts(language, "it is too large, or not here")
        else:
            facts = known[language, blob] = extract(language, content)
            key = fact_key(language, blob)
            kept[key], fresh[key] = facts, encode_facts(facts)
    if fresh:
        world.cache.put_many(fresh)
    if len(kept) > _MAX_KEPT:
        _kept(world).facts = {key: kept[key] for key in keys if key in kept}
    return known


def _contents(world: World, found: Sequence[TreeFile]) -> Mapping[str, bytes]:
    contents = world.trees.blobs([file.blob for file in found], _MAX_CATALOGUE_BYTES)
    # A file that cannot be read must not vanish from the catalogue: its bytes are made unreadable instead.
    return {
        file.path: _ABSENT if content is None else content
        for file, (_, content) in zip(found, contents, strict=True)
    }


def _not_followed(path: str) -> Unknown:
    return Unknown(
        code="catalogue-link",
        what=f"{path} is a link, and links are not followed",
        step="put the file itself there",
        where=path,
    )
