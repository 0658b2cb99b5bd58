"""The catalogue of services, from Backstage's files. Specified in `docs/spec/catalogue.md`.

Nothing in it is an error: the files are somebody else's format, and a door that cannot read one of them must
not stand open. What cannot be read is an `Unknown`, and counts as the most critical.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from blastdoor import formats
from blastdoor.errors import InputError
from blastdoor.formats import Node, Scalar, escape_path, parse_yaml_documents
from blastdoor.model import NO_TIER, Unknown
from blastdoor.reach.paths import upwards

_KINDS = ("component", "resource", "system", "api")
_TIER = "blastdoor.dev/tier"
_PATH = "blastdoor.dev/path"
_DEFAULT = "default"
_UNTIERED = 1
_UNREADABLE = "unreadable:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A component (`is_service`) or something between components.

    `key` is Backstage's `kind:namespace/name` in lower case, `name` what people call it. `tier` is None where
    it is not known. `directories` hold its files ("" is the whole repository). `owned_by` is the
    group or user that it says it belongs to, as it is written.
    """

    key: str
    name: str
    is_service: bool
    tier: int | None
    directories: tuple[str, ...]
    depends_on: tuple[str, ...]
    owned_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Who owns which directory, who depends on whom, and what of that is not known.

    `tiers_in_use`: whether any entity states a tier. Where none does, tiers say nothing at all. `files`: the
    paths that it was read from, whatever they are called.
    """

    entities: Mapping[str, Entity] = field(default_factory=dict)
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknowns: tuple[Unknown, ...] = ()
    tiers_in_use: bool = False
    declared: "tuple[Declared, ...]" = ()
    files: frozenset[str] = frozenset()

    def tier(self, entity: Entity) -> int:
        """The tier an entity counts as: its own; 1 where others have one and it has none; else 9."""
        if entity.tier is not None:
            return entity.tier
        return _UNTIERED if self.tiers_in_use else NO_TIER

    def with_services(self, declared: Sequence["Declared"]) -> "Catalogue":
        """The catalogue with services that the rules declare: one that it has already gets more files.

        Of two tiers the more critical one counts.
        """
        if not declared:
            return self
        names = {one.name.lower(): key for key, one in self.entities.items() if one.is_service}
        entities = dict(self.entities)
        for one in declared:
            key = names.setdefault(one.name.lower(), f"component:declared/{one.name.lower()}")
            before = entities.get(key)
            entity = _seen(key, one.name) if before is None else before
            tiers = [tier for tier in (entity.tier, one.tier) if tier is not None]
            entities[key] = replace(entity, tier=min(tiers, default=None))
        dependents = {key: set(found) for key, found in self.dependents.items()}
        unknowns = list(self.unknowns)
        for one in declared:
            for needed in one.depends_on:
                if needed.lower() in names:
                    dependents.setdefault(names[needed.lower()], set()).add(names[one.name.lower()])
                else:
                    unknowns.append(_missing(one.name, needed, ".blastdoor/policy.yaml"))
        return replace(
            self,
            entities=entities,
            dependents={key: tuple(sorted(found)) for key, found in dependents.items()},
            unknowns=tuple(unknowns),
            tiers_in_use=self.tiers_in_use or any(one.tier is not None for one in declared),
            declared=tuple(replace(one, key=names[one.name.lower()]) for one in declared),
        )

    def with_calls(self, calls: Sequence["Call"]) -> "Catalogue":
        """The catalogue with what was seen when it ran: who calls a service depends on it.

        A service that is called or calls and is not described becomes one of unknown tier without files.
        """
        if not calls:
            return self
        names = {one.name.lower(): key for key, one in self.entities.items() if one.is_service}
        entities = dict(self.entities)
        dependents = {key: set(found) for key, found in self.dependents.items()}
        for call in calls:
            ends = []
            for name in (call.client, call.server):
                key = names.setdefault(name.lower(), f"component:seen/{name.lower()}")
                if key not in entities:
                    entities[key] = _seen(key, name)
                ends.append(key)
            if ends[0] != ends[1]:
                dependents.setdefault(ends[1], set()).add(ends[0])
        told = {key: tuple(sorted(found)) for key, found in dependents.items()}
        return replace(self, entities=entities, dependents=told)

    def owner(self, folder: str) -> str | None:
        """The nearest directory, from this one upwards, that belongs to somebody."""
        return next((place for place in upwards(folder) if place in self.owners), None)

    def homes(self, folder: str) -> tuple[str, ...]:
        """Every directory upwards from this one that belongs to somebody, as far as the nearest component's.

        What is no component, or cannot be read, hides no component above it.
        """
        found: list[str] = []
        for place in upwards(folder):
            if place in self.owners:
                found.append(place)
                if any(_is_described(self.entities[key]) for key in self.owners[place]):
                    break
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A service that the rules declare: `owns` tells whose a path is. `key` is set by the catalogue."""

    name: str
    tier: int | None
    owns: Callable[[str], bool]
    depends_on: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One service was seen to call another, so many times."""

    client: str
    server: str
    count: int = 1


def _seen(key: str, name: str) -> Entity:
    return Entity(key=key, name=name, is_service=True, tier=None, directories=(), depends_on=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """An entity as one document has it, with its place."""

    entity: Entity
    where: str
    states_tier: bool = False
    states_path: bool = False
    references: "tuple[_Reference, ...]" = ()


class _Reference(NamedTuple):
    """What an entity names: as it is written, its key, where, and whether the named depends on the namer."""

    text: str
    key: str
    where: str
    turned: bool


#: Backstage's relations: the kind that a bare name means, and whether it is the named that depends on the
#: namer. What a system is made of changes the system; an API changes with the component that provides it.
_RELATIONS: Mapping[str, tuple[str, bool]] = {
    "dependsOn": ("component", False),
    "consumesApis": ("api", False),
    "providesApis": ("api", True),
    "dependencyOf": ("component", True),
    "subcomponentOf": ("component", True),
    "system": ("system", True),
}


def load_catalogue(files: Mapping[str, bytes]) -> Catalogue:
    """The catalogue that the files (by repository path) make together. Never raises for their content."""
    written: list[_Written] = []
    unknowns: list[Unknown] = []
    for path, data in sorted(files.items()):
        written += _read_file(path, data, unknowns)
    entities = _merge(written, unknowns)
    _add_provided(written, entities)
    dependents: dict[str, set[str]] = {}
    for one in written:
        for reference in one.references:
            if reference.key not in entities:
                # Systems are often described elsewhere; nothing of this repository depends on one then.
                if reference.key.startswith("system:"):
                    continue
                unknowns.append(_missing(one.entity.name, reference.text, reference.where))
                continue
            ends = (reference.key, one.entity.key)
            needed, needing = reversed(ends) if reference.turned else ends
            dependents.setdefault(needed, set()).add(needing)
    return Catalogue(
        entities=entities,
        dependents={key: tuple(sorted(found)) for key, found in dependents.items()},
        owners={folder: tuple(sorted(found)) for folder, found in _owners(written, entities).items()},
        unknowns=tuple(unknowns),
        tiers_in_use=any(one.states_tier for one in written),
        files=frozenset(files),
    )


def _owners(written: Sequence[_Written], entities: Mapping[str, Entity]) -> dict[str, set[str]]:
    """Whose each directory is.

    What shares a component's directory is described there, and lies there only where it says so.
    """
    spoken = [one.entity for one in written if one.states_path]
    said = {(one.key, folder) for one in spoken for folder in one.directories}
    taken = {folder for one in entities.values() if _is_described(one) for folder in one.directories}
    owners: dict[str, set[str]] = {}
    for entity in entities.values():
        for folder in entity.directories:
            if entity.is_service or folder not in taken or (entity.key, folder) in said:
                owners.setdefault(folder, set()).add(entity.key)
    return owners


def _is_described(entity: Entity) -> bool:
    """Whether it is a component that somebody wrote, none that stands in for what cannot be read."""
    return entity.is_service and not entity.key.startswith(_UNREADABLE)


def _merge(written: Sequence[_Written], unknowns: list[Unknown]) -> dict[str, Entity]:
    """One entity per key. Of two with one name both stand: all directories, and the more critical tier."""
    entities: dict[str, Entity] = {}
    places: dict[str, str] = {}
    for one in written:
        key = one.entity.key
        before = entities.get(key)
        if before is None:
            entities[key], places[key] = one.entity, one.where
            continue
        unknowns.append(
            Unknown(
                code="catalogue-duplicate",
                what=f"the catalogue has {one.entity.name!r} twice (first at {places[key]})",
                step="give one of them another name",
                where=one.where,
            )
        )
        entities[key] = Entity(
            key=key,
            name=before.name,
            is_service=before.is_service,
            tier=_more_critical(before.tier, one.entity.tier),
            directories=tuple(dict.fromkeys(before.directories + one.entity.directories)),
            depends_on=tuple(dict.fromkeys(before.depends_on + one.entity.depends_on)),
            owned_by=before.owned_by or one.entity.owned_by,
        )
    return entities


def _add_provided(written: Sequence[_Written], entities: dict[str, Entity]) -> None:
    """An API that somebody provides is one, also where no entity of its own describes it."""
    for reference in (reference for one in written for reference in one.references):
        if reference.turned and reference.key.startswith("api:") and reference.key not in entities:
            api = _seen(reference.key, f"api:{reference.text}")
            entities[reference.key] = replace(api, is_service=False)


def _more_critical(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        # An unknown tier counts as 1, and only 0 is more critical than that.
        return 0 if 0 in (one, other) else None
    return min(one, other)


def _read_file(path: str, data: bytes, unknowns: list[Unknown]) -> list[_Written]:
    try:
        documents = parse_yaml_documents(data, path)
    except InputError as error:
        place = re.match(r":(\d+): ?", error.message[len(path) :]) if error.message.startswith(path) else None
        where = f"{path}:{place[1]}" if place else f"{path}:1"
        what = error.message[len(path) + place.end() :] if place else error.message
        unknowns.append(_unreadable(path, what, where))
        return [_stand_in(path, where)]
    found: list[_Written] = []
    for document in documents:
        if isinstance(document, Scalar) and not document.value:
            continue
        where = f"{path}:{document.line}"
        try:
            one = _read_entity(path, document, where, unknowns)
        except InputError as error:
            unknowns.append(_unreadable(path, error.message.removeprefix(f"{path}:"), where))
            one = _stand_in(path, where)
        if one is not None:
            found.append(one)
    return found


def _stand_in(path: str, where: str) -> _Written:
    """A service of unknown tier in the place of what could not be read, called by its file."""
    entity = Entity(
        key=f"{_UNREADABLE}{where}",
        name=path,
        is_service=True,
        tier=None,
        directories=(path.rpartition("/")[0],),
        depends_on=(),
    )
    return _Written(entity=entity, where=where)


def _read_entity(path: str, document: Node, where: str, unknowns: list[Unknown]) -> _Written | None:
    root = document.mapping()
    kind = root.need("kind").text().lower()
    if kind not in _KINDS:
        return None
    metadata = root.need("metadata").mapping()
    name = metadata.need("name").text()
    namespace = _text(metadata.get("namespace")) or _DEFAULT
    annotations = metadata.get("annotations")
    marks = annotations.entries if isinstance(annotations, formats.Mapping) else {}
    spec = root.get("spec")
    said = spec.entries if isinstance(spec, formats.Mapping) else {}
    called = name if namespace.lower() == _DEFAULT else f"{namespace}/{name}"
    references: list[_Reference] = []
    for relation, (default, turned) in _RELATIONS.items():
        found = _references(path, called, said.get(relation), namespace, unknowns, default=default)
        references += [_Reference(*one, turned) for one in found]
    is_service = kind == "component"
    # At the root all files lie beside it, which says nothing.
    lies = is_service or _PATH in marks or "/" in path
    entity = Entity(
        key=_key(kind, namespace, name),
        name=called if is_service else f"{kind}:{called}",
        is_service=is_service,
        tier=_read_tier(path, called, marks.get(_TIER), unknowns),
        directories=(_directory(path, called, marks.get(_PATH), unknowns),) if lies else (),
        depends_on=tuple(one.key for one in references if not one.turned),
        owned_by=_text(said.get("owner")).strip(),
    )
    return _Written(
        entity=entity,
        where=where,
        states_tier=_TIER in marks,
        states_path=_PATH in marks,
        references=tuple(references),
    )


def _read_tier(path: str, name: str, node: Node | None, unknowns: list[Unknown]) -> int | None:
    if node is None:
        return None
    text = _text(node).strip()
    if len(text) == 1 and text in "0123456789":
        return int(text)
    unknowns.append(
        Unknown(
            code="tier-unreadable",
            what=f"the tier of {name!r} is {text[:40]!r}, not a number from 0 to 9; it counts as {_UNTIERED}",
            step=f'write {_TIER}: "2" (0 is the most critical)',
            where=f"{path}:{node.line}",
        )
    )
    return None


def _directory(path: str, name: str, node: Node | None, unknowns: list[Unknown]) -> str:
    """The directory a component owns: the annotated one, seen from the file's own; else the file's own."""
    own = path.rpartition("/")[0]
    if node is None:
        return own
    given = escape_path(_text(node).strip().encode("utf-8", "backslashreplace"))
    folder = own.split("/") if own else []
    inside = bool(given) and not given.startswith("/")
    for part in given.split("/"):
        if part == "..":
            inside = inside and bool(folder)
            folder = folder[:-1]
        elif part not in {"", "."}:
            folder = [*folder, part]
    if inside:
        return "/".join(folder)
    unknowns.append(
        Unknown(
            code="catalogue-path",
            what=f"the path of {name!r} ({given[:80]!r}) is not inside the repository; "
            "the directory of its file is taken",
            step=f"write {_PATH} relative to the file, without leaving the repository",
            where=f"{path}:{node.line}",
        )
    )
    return own


def _references(
    path: str, name: str, listed: Node | None, namespace: str, unknowns: list[Unknown], *, default: str
) -> list[tuple[str, str, str]]:
    if listed is None or (isinstance(listed, Scalar) and not listed.value):
        return []
    items = listed.items if isinstance(listed, formats.Sequence) else [listed]
    found = []
    for item in items:
        where = f"{path}:{item.line}"
        text = _text(item)
        kind, colon, rest = text.rpartition(":")
        space, slash, target = rest.rpartition("/")
        if not target or (colon and not kind) or (slash and not space):
            unknowns.append(_missing(name, text, where))
            continue
        found.append((text, _key(kind or default, space or namespace, target), where))
    return found


def _key(kind: str, namespace: str, name: str) -> str:
    return f"{kind}:{namespace}/{name}".lower()


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, Scalar) else ""


def _missing(name: str, target: str, where: str) -> Unknown:
    return Unknown(
        code="catalogue-dependency",
        what=f"{name!r} depends on {target[:80]!r}, which no catalogue file here describes",
        step="add its catalog-info.yaml, or correct the reference",
        where=where,
    )


def _unreadable(path: str, what: str, where: str) -> Unknown:
    return Unknown(
        code="catalogue-unreadable",
        what=f"{path} is not readable as Backstage entities ({what}); it counts as a service of unknown tier",
        step="put the file right",
        where=where,
    )
