"""Opening a repository."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from blastdoor.errors import InputError, SourceError
from blastdoor.git.history import GitHistory, GitTrees
from blastdoor.git.merges import GitMerges
from blastdoor.git.notes import GitNotes
from blastdoor.git.process import check_version, run
from blastdoor.git.refs import GitRefs
from blastdoor.git.statements import GitStatements
from blastdoor.git.survey import Theirs, survey
from blastdoor.git.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """An open repository: one adapter for each port that flows need of it."""

    refs: GitRefs
    history: GitHistory
    trees: GitTrees
    merges: GitMerges
    statements: GitStatements
    reports: GitStatements
    deployments: GitStatements
    overrides: GitStatements
    notes: GitNotes
    theirs: Theirs

    @property
    def state_directory(self) -> Path:
        """Where this repository's state is kept unless the user says otherwise."""
        return self.theirs.common / "blastdoor"

    def working_tree(self) -> Path:
        """The root of the working tree. InputError for a bare repository."""
        try:
            _, out = run(["-C", self.theirs.directory, "rev-parse", "--show-toplevel"])
        except SourceError as error:
            raise InputError(f"{self.theirs.directory} has no working tree") from error
        return Path(out.removesuffix(b"\n").decode("utf-8", "surrogateescape"))


@contextmanager
def open_repository(directory: str) -> Iterator[Repository]:
    """Open the repository that holds a folder. InputError if there is none; SourceError if git is too old."""
    check_version()
    theirs = survey(directory)
    with Workshop(theirs) as workshop:
        refs = GitRefs(workshop)
        yield Repository(
            refs=refs,
            history=GitHistory(workshop),
            trees=GitTrees(workshop),
            merges=GitMerges(workshop, refs),
            statements=GitStatements(workshop, "approvals"),
            reports=GitStatements(workshop, "reports"),
            deployments=GitStatements(workshop, "deployments"),
            overrides=GitStatements(workshop, "overrides"),
            notes=GitNotes(workshop),
            theirs=theirs,
        )
