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
_PYTHON = "python"


def measure_reach(world: World, rules_base: str, head: str, files: Sequence[FileChange]) -> Reach:
    """The reach of the files that differ, in the tree of `head`, by the catalogue of the rules base."""
    tree = list(world.trees.files(head))
    paths = [file.path for file in tree]
    now = {file.path: file.blob for file in tree if _is_source(file.path, file.mode)}
    # What is deleted or renamed still has importers, and what was imported before still counts.
    before = {file.path: file.old for file in files if _is_source(file.path, file.old_mode)}
    facts = _read_facts(world, {*now.values(), *before.values()})
    as_it_is = {path: facts[blob] for path, blob in now.items()}
    graph = build(
        as_it_is,
        paths,
        extra=[(path, facts[blob]) for path, blob in before.items()],
        added=[file.path for file in files if file.status == "added"],
    )
    entities = [file for file in world.trees.files(rules_base) if is_catalogue(file.path)]
    linked = [_not_followed(file.path) for file in entities if not file.mode.startswith("100")]
    contents = _contents(world, [file for file in entities if file.mode.startswith("100")])
    catalogue = load_catalogue(contents) if contents else None
    return measure(files, graph, catalogue, coverage_of(paths, as_it_is), linked)


def _is_source(path: str, mode: str) -> bool:
    return mode.startswith("100") and language_of(path) == _PYTHON


def _read_facts(world: World, blobs: Iterable[str]) -> dict[str, FileFacts]:
    """The facts of each blob of Python: from the cache, else read now and put there."""
    keys = {fact_key(_PYTHON, blob): blob for blob in sorted(set(blobs))}
    known: dict[str, FileFacts] = {}
    for key, data in world.cache.get_many(list(keys)).items():
        facts = decode_facts(data)
        if facts is not None:
            known[keys[key]] = facts
    fresh: dict[str, bytes] = {}
    missing = [blob for blob in keys.values() if blob not in known]
    for blob, content in world.trees.blobs(missing, MAX_BYTES):
        if content is None:
            # Not kept: a blob that is absent today may be fetched tomorrow.
            known[blob] = unread_facts(_PYTHON, "it is too large, or not here")
        else:
            known[blob] = extract(_PYTHON, content)
            fresh[fact_key(_PYTHON, blob)] = encode_facts(known[blob])
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
