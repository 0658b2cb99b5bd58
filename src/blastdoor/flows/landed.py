"""Whether what an approval was given for has been on the protected branch since: a yes covers one landing."""

from collections.abc import Mapping, Sequence

from blastdoor.flows.world import World
from blastdoor.model import EMPTY_BASE, FileChange
from blastdoor.ports import Landing

#: How far the protected branch may have moved on since the sealed base before the yes must be given again.
MAX_LANDINGS = 5_000
#: How many steps that touch the same files are merged with the approved head, to see what it would give.
MAX_MERGES = 40

#: For each sealed path its mode and blob; all zeros for absent.
_State = dict[str, tuple[str, str]]


class Landings:
    """The steps of the protected branch, read once for each base and asked about as often as needed."""

    def __init__(self, world: World, tip: str) -> None:
        self._world, self._tip = world, tip
        self._steps: dict[str, tuple[Landing, ...] | None] = {}
        self._answers: dict[tuple[str, str], bool] = {}

    def have(self, base: str, head: str) -> bool:
        """Whether some state of the branch since `base` holds what `head` makes of the files it changes.

        Looked at file by file, so that it does not matter how it landed: squashed, rebased commit by commit,
        in a batch, or with other files beside it. Where the branch had changed the same files, our own merge
        says what they would have become. Too far or too much to tell counts as landed: the yes is asked
        for again.
        """
        if (base, head) not in self._answers:
            self._answers[base, head] = self._look(base, head)
        return self._answers[base, head]

    def _look(self, base: str, head: str) -> bool:
        steps = self._since(base)
        if steps is None:
            return True
        sealed = self._world.history.difference(None if base == EMPTY_BASE else base, head).files
        goals = [{file.path: (file.new_mode, file.new) for file in sealed}]
        now = {file.path: (file.old_mode, file.old) for file in sealed}
        merges = 0
        for step in reversed(steps):
            touched = _touched(step.difference.files, now)
            if not touched:
                continue
            merges += 1
            if merges > MAX_MERGES:
                return True
            goals += self._would_give(step.parent, head, now)
            now |= touched
            if any(now == goal for goal in goals):
                return True
        return False

    def _since(self, base: str) -> tuple[Landing, ...] | None:
        if base not in self._steps:
            self._steps[base] = self._world.merges.landings(base, self._tip, MAX_LANDINGS)
        return self._steps[base]

    def _would_give(self, parent: str, head: str, now: _State) -> Sequence[_State]:
        """What landing the head on this step's parent would make of the sealed files."""
        tree = self._world.merges.merge(parent, head, self._tip).tree
        if not isinstance(tree, str):
            return []
        became = _touched(self._world.history.difference(parent, tree).files, now)
        return [now | became] if became else []


def _touched(files: Sequence[FileChange], of: Mapping[str, object]) -> _State:
    return {file.path: (file.new_mode, file.new) for file in files if file.path in of}
