"""What in a change no reader of ours understands, and so might do anything."""

from collections.abc import Collection, Sequence

from blastdoor.model import FileChange, RuleHit, Unknown
from blastdoor.reach import kinds
from blastdoor.reach.graph import Graph
from blastdoor.reach.languages import PLAIN, language_of
from blastdoor.reach.operations.findings import Findings, unreadable

_PARTLY_READ = frozenset(PLAIN.values())


class Unread:
    """What in a change no reader of ours understands."""

    def __init__(self) -> None:
        self.hits: list[RuleHit] = []
        self.unknowns: list[Unknown] = []


def unread_content(files: Sequence[FileChange], graph: Graph) -> Unread:
    """Each such file as an unknown, each kind of it as a rule."""
    found = Unread()
    _submodules([file for file in files if file.is_submodule], found)
    _symlinks([file for file in files if file.is_symlink], found)
    plain = [file for file in files if not file.is_submodule]
    _code(plain, graph, found)
    return found


def named(paths: Sequence[str]) -> str:
    """The first of some paths, and how many more there are."""
    return paths[0] if len(paths) == 1 else f"{paths[0]} (and {len(paths) - 1} more)"


def _submodules(files: Sequence[FileChange], found: Unread) -> None:
    for file in files:
        found.unknowns.append(
            Unknown(
                code="submodule",
                what=f"{file.path} is a commit of another repository, which is not read",
                step="check that repository's change by itself",
                where=file.path,
            )
        )
    if files:
        paths = [file.path for file in files]
        why = f"{named(paths)} is a submodule: what it brings is not known"
        found.hits.append(RuleHit(id="submodule", level="high", why=why, witness=(paths[0],)))


def _symlinks(files: Sequence[FileChange], found: Unread) -> None:
    for file in files:
        found.unknowns.append(
            Unknown(
                code="symlink",
                what=f"{file.path} is a symbolic link, which is not followed",
                step="put the file itself there",
                where=file.path,
            )
        )
    if files:
        paths = [file.path for file in files]
        why = f"{named(paths)} is a symbolic link: what depends on it is not known"
        found.hits.append(RuleHit(id="symlink", level="medium", why=why, witness=(paths[0],)))


def unexamined(files: Sequence[FileChange], examined: Collection[str]) -> Findings:
    """Files that may destroy state by their name, and whose content nobody looked at."""
    findings = Findings()
    for file in files:
        if not file.is_submodule and file.path not in examined and kinds.stateful_kind(file.path):
            findings.add(unreadable(file.path, "its content is not at hand"))
    return findings


def _code(files: Sequence[FileChange], graph: Graph, found: Unread) -> None:
    languages: dict[str, str] = {}
    partly: dict[str, str] = {}
    witness = ""
    for file in files:
        read = language_of(file.path)
        if read in _PARTLY_READ and not kinds.is_test(file.path):
            partly.setdefault(read, file.path)
            witness = witness or file.path
        language = kinds.unread_language(file)
        if language:
            languages.setdefault(language, file.path)
        unknown = None if language or file.is_symlink else _unread_code(file.path, graph)
        if unknown is not None:
            found.unknowns.append(unknown)
        if language or unknown is not None:
            witness = witness or file.path
    for language, path in languages.items():
        found.unknowns.append(
            Unknown(
                code="no-reader",
                what=f"no reader for {language}: what depends on those files is not known",
                step="let somebody who knows the code say what depends on it",
                where=path,
            )
        )
    for language, path in partly.items():
        found.unknowns.append(
            Unknown(
                code="partly-read",
                what=f"of {language} only the lines of imports are read: who depends on it is a guess",
                step="let somebody who knows the code say what depends on it",
                where=path,
            )
        )
    if witness:
        why = f"{witness} is code whose imports or importers are not known"
        found.hits.append(RuleHit(id="unread-code", level="medium", why=why, witness=(witness,)))


def _unread_code(path: str, graph: Graph) -> Unknown | None:
    # What a tsconfig extends is read as one, whatever it is called.
    if language_of(path) is None and path not in graph.files:
        return None
    why = graph.unread.get(path) if path in graph.files else "its content is not at hand"
    if why:
        what = f"{path} could not be read: {why}"
        return Unknown(code="unreadable-file", what=what, step="make it an ordinary source file", where=path)
    if path in graph.missing:
        one = graph.missing[path]
        what = f"{path} uses {one.module[:100]}, and nothing here answers to that (line {one.line})"
        step = "correct it, or say what makes that file"
        return Unknown(code="unresolved-import", what=what, step=step, where=f"{path}:{one.line}")
    if path in graph.dynamic:
        what = f"{path} loads modules by names that are only known when it runs"
        step = "import them by name, or let somebody say which they are"
        return Unknown(code="dynamic-import", what=what, step=step, where=path)
    return None
