"""One version of a lockfile in the terms all formats share, and the digest of a package's whole closure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from blastdoor.reach.lockfiles.values import UnreadableError

#: A node of the graph: its kind, and its id among those of its kind. `link` is a name under which a project
#: is found; `name` stands for all packages of a name, where any of them may be meant; `absent` is what the
#: lockfile names and does not hold (an optional peer, a link to somewhere else).
Key = tuple[Literal["package", "project", "link", "name", "absent"], str]


class Node(NamedTuple):
    """A pinned package (or a project): what is pinned of it, and its labelled edges to what it depends on."""

    name: str
    pin: str
    edges: tuple[tuple[str, Key], ...] = ()


class Direct(NamedTuple):
    """A direct dependency of a project: how it is depended on (kind, flags), and what it resolves to."""

    pin: str
    targets: tuple[Key, ...]


class Lock(NamedTuple):
    """A lockfile's content.

    `importers`: project directory -> name in its manifest -> dependency. `settings`: whatever holds for all
    of it. `loose`: (name, pin) of what stands beside the graph and has to be accounted for by it. `beyond`:
    what changes more than dependencies, and so leaves nothing to compare if it differs.
    """

    version: str
    nodes: Mapping[Key, Node]
    importers: Mapping[str, Mapping[str, Direct]]
    settings: str = ""
    loose: frozenset[tuple[str, str]] = frozenset()
    beyond: str = ""


#: The importer that stands for whichever project uses a package.
ANY = "*"


def changes(old: Lock, new: Lock) -> dict[str, frozenset[str]]:
    """Importer -> names of its direct dependencies whose closure differs.

    An importer on one side only is there with all its names. A package that differs, and that no importer
    reaches on its side, is found under `*`. Raises UnreadableError where they cannot be compared.
    """
    if old.beyond != new.beyond:
        raise UnreadableError("changes more than what its dependencies tell")
    if old.settings != new.settings:
        return everything(old, new)
    before, after = _digests(old.nodes), _digests(new.nodes)
    found = _of_importers(old, new, before, after)
    beside = _strays(old, before) ^ _strays(new, after)
    names = {name for name, _ in beside} | _unaccounted(old, new)
    if names:
        found[ANY] = found.get(ANY, frozenset()) | names
    if found and old.version != new.version:
        return everything(old, new)
    return found


def everything(*sides: Lock) -> dict[str, frozenset[str]]:
    """Every importer of these versions, with all its direct dependencies."""
    found: dict[str, frozenset[str]] = {}
    for side in sides:
        for importer, names in side.importers.items():
            found[importer] = found.get(importer, frozenset()) | frozenset(names)
        alone = {name for name, _ in _strays(side, _digests(side.nodes))}
        if alone:
            found[ANY] = found.get(ANY, frozenset()) | alone
    return found


def _of_importers(
    old: Lock, new: Lock, before: Mapping[Key, bytes], after: Mapping[Key, bytes]
) -> dict[str, frozenset[str]]:
    found = {}
    for importer in sorted(old.importers.keys() | new.importers.keys()):
        was = _closures(old.importers.get(importer, {}), before)
        now = _closures(new.importers.get(importer, {}), after)
        names = frozenset(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
        if names or importer not in old.importers or importer not in new.importers:
            found[importer] = names
    return found


def _closures(directs: Mapping[str, Direct], digests: Mapping[Key, bytes]) -> dict[str, bytes]:
    return {
        name: _hash(one.pin, sorted(_digest_of(key, digests) for key in set(one.targets)))
        for name, one in directs.items()
    }


def _strays(lock: Lock, digests: Mapping[Key, bytes]) -> set[tuple[str, bytes]]:
    """Packages no importer reaches: nobody's closure tells that they changed."""
    waiting = [key for one in lock.importers.values() for direct in one.values() for key in direct.targets]
    # A project's own node holds its production dependencies once more: it is reached by being a project.
    waiting += [key for key in lock.nodes if key[0] in {"project", "link"}]
    reached = set(waiting)
    while waiting:
        node = lock.nodes.get(waiting.pop())
        for _, key in node.edges if node else ():
            if key not in reached:
                reached.add(key)
                waiting.append(key)
    alone = Counter(
        (lock.nodes[key].name, digests[key]) for key in lock.nodes.keys() - reached if key[0] == "package"
    )
    # How often the same thing stands there counts too: as a name with its number, hashed.
    return {(name, _hash(digest, count)) for (name, digest), count in alone.items()}


def _unaccounted(old: Lock, new: Lock) -> set[str]:
    if old.loose == new.loose:
        return set()
    moved = {(node.name, node.pin) for node in old.nodes.values()} ^ {
        (node.name, node.pin) for node in new.nodes.values()
    }
    return {name for name, _ in old.loose ^ new.loose} - {name for name, _ in moved}


def _hash(*parts: object) -> bytes:
    # repr keeps parts apart and writes lone surrogates, which UTF-8 cannot, as escapes.
    return hashlib.sha256(repr(parts).encode()).digest()


def _digest_of(key: Key, digests: Mapping[Key, bytes]) -> bytes:
    found = digests.get(key)
    return _hash("absent", key) if found is None else found


def _digests(nodes: Mapping[Key, Node]) -> dict[Key, bytes]:
    """The digest of each node's closure: its own pin and those of all it depends on, wherever they stand.

    Equal for equal closures whatever their keys, so that a package that only moves in the tree of folders
    does not differ. Linear: dependencies before dependents, a cycle as one.
    """
    digests: dict[Key, bytes] = {}
    for component in _components(nodes):
        if len(component) == 1 and all(target != component[0] for _, target in nodes[component[0]].edges):
            node = nodes[component[0]]
            edges = sorted((label, _digest_of(target, digests)) for label, target in set(node.edges))
            digests[component[0]] = _hash(node.name, node.pin, edges)
        else:
            digests.update(_of_cycle(component, nodes, digests))
    return digests


def _of_cycle(
    component: list[Key], nodes: Mapping[Key, Node], digests: Mapping[Key, bytes]
) -> dict[Key, bytes]:
    """Members of a cycle share one closure; they are told apart by what they are, twins by where."""
    looks = Counter((nodes[key].name, nodes[key].pin) for key in component)
    local: dict[Key, tuple[object, ...]] = {}
    for key in component:
        look = (nodes[key].name, nodes[key].pin)
        local[key] = look if looks[look] == 1 else (*look, key)
    parts = []
    for key in component:
        edges = sorted(
            (label, repr(local[target]) if target in local else _digest_of(target, digests).hex())
            for label, target in set(nodes[key].edges)
        )
        parts.append(_hash(local[key], edges))
    whole = _hash(sorted(parts))
    return {key: _hash(whole, local[key]) for key in component}


def _components(nodes: Mapping[Key, Node]) -> Iterator[list[Key]]:
    """The strongly connected components, each after those it depends on (Tarjan, without recursion)."""
    order: dict[Key, int] = {}
    low: dict[Key, int] = {}
    open_: dict[Key, None] = {}
    for root in nodes:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        open_[root] = None
        walk = [(root, _targets(root, nodes))]
        while walk:
            key, rest = walk[-1]
            for target in rest:
                if target not in order:
                    order[target] = low[target] = len(order)
                    open_[target] = None
                    walk.append((target, _targets(target, nodes)))
                    break
                if target in open_:
                    low[key] = min(low[key], order[target])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[key])
                if low[key] == order[key]:
                    yield _closed(key, open_)


def _closed(key: Key, open_: dict[Key, None]) -> list[Key]:
    component = []
    while True:
        last, _ = open_.popitem()
        component.append(last)
        if last == key:
            return component


def _targets(key: Key, nodes: Mapping[Key, Node]) -> Iterator[Key]:
    return iter([target for _, target in nodes[key].edges if target in nodes])


def named(names: Iterable[tuple[str, Key]]) -> dict[str, Direct]:
    """Direct dependencies out of (name, key): one of each name, with all its keys."""
    found: dict[str, list[Key]] = {}
    for name, key in names:
        found.setdefault(name, []).append(key)
    return {name: Direct("", tuple(dict.fromkeys(keys))) for name, keys in found.items()}


def every_package(nodes: Mapping[Key, Node]) -> dict[str, Direct]:
    """All packages as direct dependencies, for formats that do not tell which of them are."""
    return named((node.name, key) for key, node in nodes.items() if key[0] == "package")


def name_nodes(packages: Mapping[str, Iterable[Key]]) -> dict[Key, Node]:
    """A node for each name, so that edges to what shares a name do not multiply."""
    return {
        ("name", name): Node(name, "name", tuple(("", key) for key in keys))
        for name, keys in packages.items()
    }


def flat(entries: Iterable[tuple[str, str]], version: str = "", settings: str = "", beyond: str = "") -> Lock:
    """A lock that tells (name, pin) but not what depends on what: each may depend on any other."""
    pins = sorted(set(entries))
    every: Key = ("name", "")
    nodes = {every: Node("", repr(pins), ())}
    return Lock(version, nodes, {"": named((name, every) for name, _ in pins)}, settings, beyond=beyond)
