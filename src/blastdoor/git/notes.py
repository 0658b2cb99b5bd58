"""Notes that AI tools leave: `refs/notes/ai`, and others' fetched to `refs/notes/ai-remote/<remote>`."""

import re
from collections.abc import Mapping

from blastdoor.errors import SourceError
from blastdoor.git.workshop import Workshop

_OWN = "refs/notes/ai"
_FETCHED = "refs/notes/ai-remote/"
_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")


class GitNotes:
    """`ports.Notes` on a workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._listed: dict[str, tuple[str, ...]] | None = None

    def listed(self) -> Mapping[str, tuple[str, ...]]:
        """For each commit that has notes of AI tools, the ids of the notes, its own ref's first."""
        if self._listed is None:
            found: dict[str, tuple[str, ...]] = {}
            refs = self._workshop.theirs.refs
            for ref in sorted(name for name in refs if name == _OWN or name.startswith(_FETCHED)):
                for commit, blob in self._notes_of(refs[ref]):
                    if blob not in found.get(commit, ()):
                        found[commit] = (*found.get(commit, ()), blob)
            self._listed = found
        return self._listed

    def text(self, id: str, limit: int) -> bytes | None:  # noqa: A002 - the port's word
        """A note; None if it is not here or larger than `limit` bytes."""
        found = self._workshop.contents(id, limit)
        return found[1] if found is not None and found[0] == "blob" else None

    def _notes_of(self, id_: str) -> list[tuple[str, str]]:
        """Commit and blob of each note of a ref; none where the ref is no tree of notes, or is not here."""
        tree = self._workshop.info(f"{id_}^{{tree}}")
        if tree is None:
            return []
        try:
            _, out = self._workshop.run("ls-tree", "-r", "-z", "--full-tree", tree[0])
        except SourceError:
            return []  # a tree whose folders are missing tells nothing, as one that was never fetched
        notes = []
        for entry in out.split(b"\0")[:-1]:
            meta, _, path = entry.partition(b"\t")
            _, kind, blob = meta.decode("ascii").split(" ")
            # Large sets of notes fan out into folders by the first digits of the commit.
            commit = path.replace(b"/", b"").decode("ascii", "replace")
            if kind == "blob" and _COMMIT.match(commit):
                notes.append((commit, blob))
        return notes
