"""From the commits of a change to its provenance."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from blastdoor.model import Commit, Lines, Provenance, Share, Signal, State
from blastdoor.provenance.classify import Classified, classify
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.presets import findings, is_undeclared

#: Of signals that say the same (tool, kind, raw), so many are kept; and so many in all.
_KEPT_ALIKE = 20
_KEPT = 1000


def assess(commits: Iterable[Commit], registry: Registry) -> Provenance:
    """What the commits say of AI's part in them, without notes.

    Reads them once; keeps nothing but signals.
    """
    assessment = Assessment(registry)
    for commit in commits:
        assessment.add(classify(commit, registry))
    return assessment.close()


class Assessment:
    """A change's provenance while its commits go by.

    `ai_disclosed` by any AI signal that is not weak, of a commit or of the change; else `automation` if a
    robot is the author of every commit; else `no_disclosure`, which says nothing about who wrote it. Commits
    are claims: `asserted`. Of a long history at most 1000 signals are kept, and the first of each tool and
    strength always.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._kept = _Kept()
        self._states: Counter[State] = Counter()
        self._disclosed = False
        self._attested = self._ai = 0
        self._tool_as_author = self._undeclared = False
        #: Commits of whose message not every line was read.
        self.unread: list[str] = []

    def add(self, one: Classified) -> None:
        """Another commit."""
        self._states[one.state] += 1
        self.add_signals(one.signals)
        if isinstance(one.lines, Lines):
            self._attested += one.lines.attested
            self._ai += one.lines.ai
        self._tool_as_author = self._tool_as_author or bool(findings(one, "no-co-author", self._registry))
        self._undeclared = self._undeclared or is_undeclared(one, self._registry)
        if one.unread:
            self.unread.append(one.id)

    def add_signals(self, signals: Iterable[Signal]) -> None:
        """Signals, of a commit or of the change as a whole."""
        for signal in signals:
            self._disclosed = self._disclosed or (signal.marks == "ai" and signal.strength != "weak")
            self._kept.add(signal)

    def close(self) -> Provenance:
        """The provenance of all that went by."""
        total = self._states.total()
        by_robots: State = "automation" if 0 < total == self._states["automation"] else "no_disclosure"
        return Provenance(
            state="ai_disclosed" if self._disclosed else by_robots,
            assurance="asserted",
            signals=tuple(self._kept.signals),
            registry=self._registry.digest,
            tool_as_author=self._tool_as_author,
            undeclared=self._undeclared,
            commits=Share(
                total=total,
                ai_disclosed=self._states["ai_disclosed"],
                automation=self._states["automation"],
            ),
            lines=Lines(attested=self._attested, ai=self._ai) if self._attested else msgspec.UNSET,
        )


class _Kept:
    """Signals in the order they came, without the hundredth repetition of one."""

    def __init__(self) -> None:
        self.signals: list[Signal] = []
        self._alike: Counter[tuple[str, str, str]] = Counter()
        self._firsts: set[tuple[str, str, str]] = set()

    def add(self, signal: Signal) -> None:
        """Keep a signal, unless enough like it are kept."""
        first = (signal.tool, signal.marks, signal.strength)
        if first not in self._firsts:
            self._firsts.add(first)
        elif len(self.signals) >= _KEPT:
            return
        else:
            alike = (signal.tool, signal.kind, signal.raw)
            if self._alike[alike] >= _KEPT_ALIKE:
                return
            self._alike[alike] += 1
        self.signals.append(signal)
