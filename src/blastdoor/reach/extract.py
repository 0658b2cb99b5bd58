"""One door to all extractors. Each is loaded when the first file of its language is read."""

import importlib
from collections.abc import Callable
from functools import cache, partial

import msgspec

from blastdoor.reach.facts import FileFacts
from blastdoor.reach.languages import PLAIN
from blastdoor.reach.tables import named_tables

#: What a pointer of Git LFS begins with.
LFS = b"version https://git-lfs"
_PROGRAMS = frozenset({"sql", "python", "javascript", "go", *PLAIN.values()})

#: The module and function of each language; those with a third word are given it first.
_EXTRACTORS: dict[str, tuple[str, ...]] = {
    **{language: ("plain", "extract_plain", language) for language in PLAIN.values()},
    "python": ("python", "extract_python"),
    "javascript": ("javascript", "extract_javascript"),
    "package.json": ("javascript", "extract_manifest", "package.json"),
    "tsconfig": ("javascript", "extract_manifest", "tsconfig"),
    "go": ("golang", "extract_go"),
    "go.mod": ("golang", "extract_go_mod", "go.mod"),
    "go.work": ("golang", "extract_go_mod", "go.work"),
    "terraform": ("terraform", "extract_terraform"),
    "dockerfile": ("containers", "extract_dockerfile"),
    "compose": ("containers", "extract_compose"),
    "workflow": ("containers", "extract_workflow"),
    "yaml": ("containers", "extract_manifest_yaml"),
}


def extract(language: str, data: bytes) -> FileFacts:
    """The facts of a file's content. `language` as `language_of` gave it; anything else is a KeyError."""
    if data.startswith(LFS):
        return FileFacts(language=language, unread="a pointer of Git LFS: its content is not there")
    facts = FileFacts(language=language) if language == "sql" else _extractor(language)(data)
    tables = named_tables(language, data) if language in _PROGRAMS else ()
    return msgspec.structs.replace(facts, tables=tables) if tables else facts


@cache
def _extractor(language: str) -> Callable[[bytes], FileFacts]:
    module, name, *given = _EXTRACTORS[language]
    function = getattr(importlib.import_module(f"blastdoor.reach.{module}"), name)
    return partial(function, *given)
