"""How far a change can go: named rules, each with its reason and its witness; the highest sets the level.

Every rule looks at one changed file, one reached file, one edge or one service at a time, or at a count that
only grows. So a change that holds more, in a graph that has more, never ranks lower. Specified in
`docs/spec/reach.md`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from blastdoor.model import (
    NO_TIER,
    Coverage,
    FileChange,
    FileCounts,
    Level,
    Order,
    OrderTerm,
    Reach,
    RuleHit,
    ServiceReached,
    Unknown,
    highest,
)
from blastdoor.reach import kinds
from blastdoor.reach.catalogue import Catalogue
from blastdoor.reach.facts import FileFacts
from blastdoor.reach.graph import Graph, Reached
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.rules import operation_rules
from blastdoor.reach.services import reach_services, untiered
from blastdoor.reach.unread import named, unexamined, unread_content

_CRITICAL_TIER = 1
_NEAR = 1
_MANY_SERVICES = 3
_MANY_IMPORTERS = 20
_WIDE_FILES = 10
_WIDE_PERCENT = 10
#: Unknowns that stand beside an operation that raises more than they would.
_TOLD_BY_OPERATIONS = frozenset({"unread-operation", "unreadable-sql", "unreadable-manifest"})
_MAX_PACKAGES = 1_000


def measure(
    files: Sequence[FileChange],
    graph: Graph,
    catalogue: Catalogue | None,
    coverage: Coverage,
    unknowns: Sequence[Unknown] = (),
    *,
    findings: Findings | None = None,
    examined: Collection[str] = (),
    owners: Sequence[str] | None = None,
) -> Reach:
    """The reach of a change.

    `graph`: as `build` gives it for head's tree with the base versions of `files` as extras. `catalogue`:
    that of the rules base; None if there is none. `coverage`: as `coverage_of` gives it. `unknowns`: what
    the caller could not find out about the change or its tree; any of them raises the level to medium at
    least, and makes `docs_only` and `tests_only` false. `findings`: what the files of the change do to stored
    state, and plans and the like that came with it; `examined`: the files that were looked at for it, and
    any other one that may hold such a thing counts as unreadable. `owners`: of the changed files.
    """
    view = _View(files=tuple(sorted(files, key=lambda one: one.path)), graph=graph, catalogue=catalogue)
    # Documentation is read by people; nothing else in a change goes unread without being said.
    others = [file for file in view.files if file.path not in view.docs]
    found = unread_content(others, graph)
    done = unexamined(others, examined)
    done.add(findings or Findings())
    told = _TOLD_BY_OPERATIONS if any(one.action == "unreadable" for one in done.operations) else ()
    unsure = [*unknowns, *(one for one in done.unknowns if one.code not in told)]
    if unsure:
        first = unsure[0]
        found.hits.append(RuleHit(id="unknown-input", level="medium", why=first.what))
    rules = (
        [hit for rule in _RULES for hit in rule(view)] + found.hits + list(operation_rules(done.operations))
    )
    docs_only = bool(files) and not unsure and not done.operations and len(view.docs) == len(view.changed)
    listed = [*unknowns, *found.unknowns, *done.unknowns]
    if catalogue is not None:
        listed += [*catalogue.unknowns, *untiered(view.services, catalogue)]
    level = highest([hit.level for hit in rules])
    return Reach(
        level=level,
        tier=min((service.tier for service in view.services), default=NO_TIER),
        rules=tuple(sorted(rules, key=_most_severe_first)),
        files=FileCounts(changed=len(view.changed), reached=view.reached_files),
        services=view.services,
        operations=tuple(done.operations),
        unknowns=tuple(sorted(dict.fromkeys(listed), key=lambda one: (one.code, one.what, str(one.where)))),
        coverage=coverage,
        catalogue="present" if catalogue is not None and catalogue.entities else "none",
        docs_only=docs_only,
        tests_only=bool(files) and not unsure and not done.operations and view.only_tests,
        irreversible=any(operation.irreversible for operation in done.operations),
        policy_files=any(hit.id == "policy-files" for hit in rules),
        packages=view.packages,
        owners=msgspec.UNSET if owners is None else tuple(owners),
        order=_order(view.services),
    )


def measure_operations(findings: Findings) -> Reach:
    """The reach of plans, change sets and SQL alone, without a repository."""
    return measure((), Graph(), None, Coverage(understood=0, total=0), findings=findings)


#: Points of a service at distance 0 or 1, by its tier.
_WEIGHTS = {0: 1600, 1: 800, 2: 400, 3: 200}
_LIGHT = 100


def _order(services: Sequence[ServiceReached]) -> Order:
    terms = tuple(
        OrderTerm(
            service=one.name,
            tier=one.tier,
            distance=one.distance,
            points=_WEIGHTS.get(one.tier, _LIGHT) >> min(max(one.distance - 1, 0), 20),
        )
        for one in services
    )
    return Order(points=sum(term.points for term in terms), terms=terms)


def coverage_of(paths: Collection[str], files: Mapping[str, FileFacts]) -> Coverage:
    """How many of a tree's `paths` are understood, by the facts of `files`.

    Understood is code whose content was read, text that people read, the catalogue and the rules.
    """
    understood = sum(not files[path].unread if path in files else kinds.has_reader(path) for path in paths)
    return Coverage(understood=understood, total=len(paths))


@dataclass(frozen=True, kw_only=True)
class _View:
    """The change as the rules see it; each part is worked out once, when a rule asks for it."""

    files: tuple[FileChange, ...]
    graph: Graph
    catalogue: Catalogue | None

    @cached_property
    def changed(self) -> frozenset[str]:
        return frozenset(file.path for file in self.files)

    @cached_property
    def docs(self) -> frozenset[str]:
        # A path listed twice is documentation only if both entries are.
        other = {file.path for file in self.files if not kinds.is_docs(file)}
        return self.changed - other

    @cached_property
    def reached(self) -> Reached:
        return self.graph.reach(self.changed)

    @cached_property
    def services(self) -> tuple[ServiceReached, ...]:
        return () if self.catalogue is None else reach_services(self.catalogue, self.reached, self.docs)

    @cached_property
    def reached_files(self) -> int:
        return sum(path in self.changed or path in self.graph.files for path in self.reached.distance)

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """The packages of what was reached, by their folders; at most so many."""
        found = {_package_of(path, self.graph) for path in self.reached.distance}
        return tuple(sorted(found - {""})[:_MAX_PACKAGES])

    @cached_property
    def only_tests(self) -> bool:
        """Whether only tests change, and nothing but tests imports them."""
        return all(kinds.is_test_change(file) for file in self.files) and all(
            kinds.is_test(path) for path in self.reached.distance
        )

    def home(self, path: str) -> tuple[str | None, str]:
        """What a file is a part of: the directory of its service, and its top-level package or folder."""
        folder = path.rpartition("/")[0]
        service = None if self.catalogue is None else self.catalogue.owner(folder)
        package = ""
        while folder in self.graph.packages:
            package, folder = folder, folder.rpartition("/")[0]
        return service, package or _top_folder(path)


def _package_of(path: str, graph: Graph) -> str:
    """A folder that is one thing (a Go package, a module), or the Python package of a file; "" for none."""
    folder = path.rpartition("/")[0]
    return folder if path.endswith("/") or folder in graph.packages else ""


def _top_folder(path: str) -> str:
    """What stands for the top-level package of a file that is in none: the folder below `src`, or two."""
    folders = path.split("/")[:-1]
    depth = folders.index("src") + 2 if "src" in folders else 2
    return "/".join(folders[:depth])


def _policy_files(view: _View) -> Iterator[RuleHit]:
    # What a Location names is the catalogue too, whatever it is called.
    described = frozenset() if view.catalogue is None else view.catalogue.files
    paths = [path for path in sorted(view.changed) if kinds.is_policy(path) or path in described]
    if paths:
        why = f"{named(paths)} is part of what changes are judged by"
        yield RuleHit(id="policy-files", level="critical", why=why, witness=(paths[0],))


def _control_plane(view: _View) -> Iterator[RuleHit]:
    paths = [path for path in sorted(view.changed) if kinds.is_control_plane(path)]
    if paths:
        why = f"{named(paths)} defines what runs with the repository's credentials"
        yield RuleHit(id="control-plane", level="critical", why=why, witness=(paths[0],))


def _tier_1(view: _View) -> Iterator[RuleHit]:
    critical = [service for service in view.services if service.tier <= _CRITICAL_TIER]
    near = next((service for service in critical if service.distance <= _NEAR), None)
    if near is not None:
        why = f"{_tier(near)}, at distance {near.distance}"
        yield RuleHit(id="tier-1-direct", level="critical", why=why, witness=near.path)
    if critical:
        first = critical[0]
        why = f"{_tier(first)}, at distance {first.distance}"
        yield RuleHit(id="tier-1-reached", level="high", why=why, witness=first.path)


def _tier(service: ServiceReached) -> str:
    if service.tier_known:
        return f"service {service.name} is of tier {service.tier}"
    return f"service {service.name} has no known tier and counts as tier {service.tier}"


def _many_services(view: _View) -> Iterator[RuleHit]:
    count = len(view.services)
    if count >= _MANY_SERVICES:
        why = f"{count} services are reached ({_MANY_SERVICES} or more)"
        yield RuleHit(id="many-services", level="high", why=why, witness=view.services[-1].path)


def _crosses(view: _View) -> Iterator[RuleHit]:
    """An import out of one service or top-level package into another, anywhere on the way."""
    if len(view.services) > 1:
        why = f"{len(view.services)} services are reached"
        yield RuleHit(id="crosses-boundary", level="medium", why=why, witness=view.services[-1].path)
        return
    for path in view.reached.distance:
        home = view.home(path)
        for edge in view.graph.edges_to(path):
            importer = edge.source
            other = view.home(importer)
            if other != home and not kinds.is_test(importer):
                way = (*view.reached.witness(path), importer)
                why = f"{importer} is not of the same service and package as {path}, and depends on it"
                yield RuleHit(id="crosses-boundary", level="medium", why=why, witness=way)
                return


def _wide_share(view: _View) -> Iterator[RuleHit]:
    inside = [path for path in view.reached.distance if path in view.graph.files]
    if len(inside) < _WIDE_FILES:
        return
    sources = [path for path in inside if not kinds.is_test(path)]
    total = sum(not kinds.is_test(path) for path in view.graph.files)
    if len(sources) >= _WIDE_FILES and len(sources) * 100 >= total * _WIDE_PERCENT:
        why = f"{len(sources)} of {total} source files are reached ({_WIDE_PERCENT} % or more)"
        yield RuleHit(id="wide-share", level="medium", why=why, witness=view.reached.witness(sources[-1]))


def _many_importers(view: _View) -> Iterator[RuleHit]:
    for path in sorted(view.changed):
        sources = [edge.source for edge in view.graph.edges_to(path) if not kinds.is_test(edge.source)]
        if len(sources) >= _MANY_IMPORTERS:
            why = f"{len(sources)} source files import {path} ({_MANY_IMPORTERS} or more)"
            yield RuleHit(id="many-importers", level="medium", why=why, witness=(path, sources[0]))
            return


def _global_inputs(view: _View) -> Iterator[RuleHit]:
    paths = [
        path
        for path in sorted(view.changed)
        # What a tsconfig extends is one, whatever it is called.
        if kinds.is_global_input(path) or any(one.kind == "extends" for one in view.graph.edges_to(path))
    ]
    if paths:
        why = f"{named(paths)} sets how everything beside it is built"
        yield RuleHit(id="global-input", level="medium", why=why, witness=(paths[0],))


def _anything(view: _View) -> Iterator[RuleHit]:
    others = sorted(view.changed - view.docs)
    if others:
        yield RuleHit(id="changed", level="low", why=f"{named(others)} changes", witness=(others[0],))
    elif view.docs:
        first = min(view.docs)
        why = f"{named(sorted(view.docs))} is documentation, and nothing else changes"
        yield RuleHit(id="docs-only", level="none", why=why, witness=(first,))


_RULES: tuple[Callable[[_View], Iterator[RuleHit]], ...] = (
    _policy_files,
    _control_plane,
    _tier_1,
    _many_services,
    _crosses,
    _wide_share,
    _many_importers,
    _global_inputs,
    _anything,
)


def _most_severe_first(hit: RuleHit) -> tuple[int, str]:
    levels: tuple[Level, ...] = ("critical", "high", "medium", "low", "none")
    return levels.index(hit.level), hit.id
