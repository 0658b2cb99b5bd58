"""Which of many commits could hold a signal, found on their raw bytes all at once.

Most commits of most histories hold none, and are not even taken apart. Whatever `classify` would find in a commit,
the screen points into it; that it also points into others costs only time.
"""

import re
from collections.abc import Iterator

from blastdoor.provenance.entries import Registry
from blastdoor.provenance.lines import cut
from blastdoor.provenance.scan import reader

_WHO = re.compile(rb"\n(?:author|committer) ([^\n]*>)")
_REMEMBERED = 100_000


class Screen:
    """A registry made ready for many commits. Call it with raw commits joined by NUL; it gives offsets."""

    def __init__(self, registry: Registry) -> None:
        self._reader = reader(registry)
        self._identities: dict[bytes, bool] = {}
        self._lines: dict[bytes, bool] = {}

    def __call__(self, commits: bytes) -> Iterator[int]:
        """Offsets, in no order and perhaps twice, into every commit that could hold a signal."""
        yield from self._signed(commits)
        low = cut(commits.lower(), plain=commits.isascii())
        for start, end in self._reader.wanted.spans(low):
            if self._says_something(commits[start:end]):
                yield start
        yield from self._reader.prose.could_say(low)
        yield from _all(low, b"\n\nmerge")
        # Text that is not UTF-8 hides its words from a search for bytes.
        yield from _all(low, b"\nencoding ")

    def _signed(self, commits: bytes) -> Iterator[int]:
        """Where an author or committer is a tool."""
        for who in set(_WHO.findall(commits)):
            known = self._identities.get(who)
            if known is None:
                known = self._identities[who] = self._is_a_tool(who)
                _forget(self._identities)
            if known:
                yield from _all(commits, b" " + who)

    def _is_a_tool(self, who: bytes) -> bool:
        name, _, rest = who.decode("utf-8", "backslashreplace").partition("<")
        return self._reader.owner_of(name.strip(), rest.partition(">")[0].strip()) is not None

    def _says_something(self, line: bytes) -> bool:
        known = self._lines.get(line)
        if known is None:
            text = line.decode("utf-8", "backslashreplace").rstrip("\\ \t")
            known = self._lines[line] = self._reader.says_something(text)
            _forget(self._lines)
        return known


def _all(text: bytes, what: bytes) -> Iterator[int]:
    at = text.find(what)
    while at >= 0:
        yield at
        at = text.find(what, at + len(what))


def _forget(known: dict[bytes, bool]) -> None:
    if len(known) > _REMEMBERED:
        known.clear()
