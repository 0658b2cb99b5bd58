"""What in a change no reader of ours understands, and so might do anything."""

from collections.abc import Sequence

from blastdoor.model import FileChange, Operation, RuleHit, Unknown
from blastdoor.reach import kinds
from blastdoor.reach.graph import Graph
from blastdoor.reach.languages import language_of


class Unread:
    """What in a change no reader of ours understands."""

    def __init__(self) -> None:
        self.hits: list[RuleHit] = []
        self.unknowns: list[Unknown] = []
        self.operations: list[Operation] = []


def unread_content(files: Sequence[FileChange], graph: Graph) -> Unread:
    """Each such file as an unknown, each kind of it as a rule."""
    found = Unread()
    _submodules([file for file in files if file.is_submodule], found)
    _symlinks([file for file in files if file.is_symlink], found)
    plain = [file for file in files if not file.is_submodule]
    _operations([file.path for file in plain if kinds.stateful_kind(file.path)], found)
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


def _operations(paths: Sequence[str], found: Unread) -> None:
    paths = list(dict.fromkeys(paths))
    for path in paths:
        kind = kinds.stateful_kind(path)
        why = f"{kind} files can destroy what cannot be made again, and are not read yet"
        found.operations.append(
            Operation(resource=path, type=kind, action="unreadable", irreversible=True, why=why)
        )
        found.unknowns.append(
            Unknown(
                code="unread-operation",
                what=f"what {path} does to stored state ({kind}) is not known",
                step="have somebody read it who knows that state",
                where=path,
            )
        )
    if paths:
        why = f"{named(paths)} may destroy stored state, and cannot be read yet"
        found.hits.append(RuleHit(id="unread-operations", level="high", why=why, witness=(paths[0],)))


def _code(files: Sequence[FileChange], graph: Graph, found: Unread) -> None:
    languages: dict[str, str] = {}
    witness = ""
    for file in files:
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
    if witness:
        why = f"{witness} is code whose imports or importers are not known"
        found.hits.append(RuleHit(id="unread-code", level="medium", why=why, witness=(witness,)))


def _unread_code(path: str, graph: Graph) -> Unknown | None:
    if language_of(path) is None:
        return None
    why = graph.unread.get(path) if path in graph.files else "its content is not at hand"
    if why:
        what = f"{path} could not be read: {why}"
        return Unknown(code="unreadable-file", what=what, step="make it an ordinary source file", where=path)
    if path in graph.dynamic:
        what = f"{path} loads modules by names that are only known when it runs"
        step = "import them by name, or let somebody say which they are"
        return Unknown(code="dynamic-import", what=what, step=step, where=path)
    return None
