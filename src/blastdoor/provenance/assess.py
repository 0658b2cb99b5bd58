"""From the commits of a change to its provenance."""

from collections import Counter
from collections.abc import Iterable

from blastdoor.model import Commit, Provenance, Signal, State
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.identities import identities
from blastdoor.provenance.scan import scan

#: Of signals that say the same (tool, kind, raw), so many are kept; and so many in all.
_KEPT_ALIKE = 20
_KEPT = 1000


def assess(commits: Iterable[Commit], registry: Registry) -> Provenance:
    """What the commits say of AI's part in them. Reads them once; keeps nothing but signals.

    `ai_disclosed` by any AI signal that is not weak; else `automation` if a robot is the author of every
    commit; else `no_disclosure`, which says nothing about who wrote it. Commits are claims: `asserted`.
    Of a long history at most 1000 signals are kept, and the first of each tool and strength always.
    """
    kept = _Kept()
    disclosed, robots_only, empty = False, True, True
    for commit in commits:
        empty = False
        for signal in scan(commit, registry):
            disclosed = disclosed or (signal.marks == "ai" and signal.strength != "weak")
            kept.add(signal)
        robots_only = robots_only and _is_robots(commit, registry)
    by_robots: State = "automation" if robots_only and not empty else "no_disclosure"
    return Provenance(
        state="ai_disclosed" if disclosed else by_robots,
        assurance="asserted",
        signals=tuple(kept.signals),
        registry=registry.digest,
    )


def _is_robots(commit: Commit, registry: Registry) -> bool:
    claim = identities(registry).claim(commit.author.name, commit.author.mail)
    return claim is not None and claim.owner.marks == "automation"


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
