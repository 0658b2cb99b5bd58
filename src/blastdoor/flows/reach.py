"""Reach of a change: list the tree, ask the cache, read what is missing, measure."""

from collections.abc import Iterable, Mapping, Sequence

from blastdoor.flows.world import World
from blastdoor.model import FileChange, Reach, Unknown
from blastdoor.ports import TreeFile
from blastdoor.reach import (
    MAX_BYTES,
    FileFacts,
    build,
    coverage_of,
    decode_facts,
    encode_facts,
    extract,
    fact_key,
    is_catalogue,
    language_of,
    load_catalogue,
    measure,
    unread_facts,
)

_MAX_CATALOGUE_BYTES = 1_000_000


def measure_reach(world: World, rules_base: str, head: str, files: Sequence[FileChange]) -> Reach:
    """The reach of the files that differ, in the tree of `head`, by the catalogue of the rules base."""
    tree = list(world.trees.files(head))
    paths = [file.path for file in tree]
    now = _sources((file.path, file.mode, file.blob) for file in tree)
    # What is deleted or renamed still has importers, and what was imported before still counts.
    before = _sources((file.path, file.old_mode, file.old) for file in files)
    facts = _read_facts(world, {*now.values(), *before.values()})
    as_it_is = {path: facts[key] for path, key in now.items()}
    graph = build(
        as_it_is,
        paths,
        extra=[(path, facts[key]) for path, key in before.items()],
        added=[file.path for file in files if file.status == "added"],
    )
    entities = [file for file in world.trees.files(rules_base) if is_catalogue(file.path)]
    linked = [_not_followed(file.path) for file in entities if not file.mode.startswith("100")]
    contents = _contents(world, [file for file in entities if file.mode.startswith("100")])
    catalogue = load_catalogue(contents) if contents else None
    return measure(files, graph, catalogue, coverage_of(paths, as_it_is), linked)


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
    known: dict[tuple[str, str], FileFacts] = {}
    for key, data in world.cache.get_many(list(keys)).items():
        facts = decode_facts(data)
        if facts is not None:
            known[keys[key]] = facts
    fresh: dict[str, bytes] = {}
    missing = [one for one in keys.values() if one not in known]
    contents = world.trees.blobs([blob for _, blob in missing], MAX_BYTES)
    for (language, blob), (_, content) in zip(missing, contents, strict=True):
        if content is None:
            # Not kept: a blob that is absent today may be fetched tomorrow.
            known[language, blob] = unread_facts(language, "it is too large, or not here")
        else:
            facts = known[language, blob] = extract(language, content)
            fresh[fact_key(language, blob)] = encode_facts(facts)
    if fresh:
        world.cache.put_many(fresh)
    return known


def _contents(world: World, found: Sequence[TreeFile]) -> Mapping[str, bytes]:
    contents = world.trees.blobs([file.blob for file in found], _MAX_CATALOGUE_BYTES)
    # A file that cannot be read must not vanish from the catalogue: its bytes are made unreadable instead.
    return {
        file.path: b"\0" if content is None else content
        for file, (_, content) in zip(found, contents, strict=True)
    }


def _not_followed(path: str) -> Unknown:
    return Unknown(
        code="catalogue-link",
        what=f"{path} is a link, and links are not followed",
        step="put the file itself there",
        where=path,
    )
