"""Which of many commits could hold a signal, found on their raw bytes all at once.

Most commits of most histories hold none, and are not even taken apart. Whatever `classify` would find in a
commit, the screen points into it; that it also points into others costs only time.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from blastdoor.provenance.entries import Registry
from blastdoor.provenance.lines import cut, flat
from blastdoor.provenance.scan import reader

_WHO = re.compile(rb"\n(?:author|committer) ([^\n]*>)")
_REMEMBERED = 100_000
_SUBJECT = 1000


class Screen:
    """A registry made ready for many commits at a time."""

    def __init__(self, registry: Registry) -> None:
        self._reader = reader(registry)
        self._identities: dict[bytes, bool] = {}
        self._lines: dict[bytes, bool] = {}

    def __call__(self, commits: Sequence[tuple[bytes, bytes]]) -> set[int]:
        """Which of the commits (headers and message of each, as they are stored) could hold a signal."""
        heads = _Joined([head for head, _ in commits])
        found = {heads.index(at) for at in self._signed(heads.text)}
        # Text that is not UTF-8 hides its words from a search for bytes.
        found.update(heads.index(at) for at in _all(heads.text, b"\nencoding "))
        messages = _Joined([message for _, message in commits])
        found.update(messages.index(at) for at in self._saying(messages.text))
        return found

    def _saying(self, text: bytes) -> Iterator[int]:
        low = cut(text, plain=text.isascii())
        for start, end in self._reader.wanted.spans(low):
            if self._says_something(text[start:end]):
                yield start
        yield from self._reader.prose.could_say(flat(text), low)
        for at in _all(low, b"\0\nmerge"):
            if self._merges(text[at + 2 : at + _SUBJECT].partition(b"\n")[0]):
                yield at + 2

    def _signed(self, heads: bytes) -> Iterator[int]:
        """Where an author or committer is a tool."""
        for who in set(_WHO.findall(heads)):
            known = self._identities.get(who)
            if known is None:
                known = self._identities[who] = self._is_a_tool(who)
                _forget(self._identities)
            if known:
                yield from _all(heads, b" " + who)

    def _is_a_tool(self, who: bytes) -> bool:
        name, _, rest = who.decode("utf-8", "backslashreplace").partition("<")
        return self._reader.owner_of(name.strip(), rest.partition(">")[0].strip()) is not None

    def _merges(self, subject: bytes) -> bool:
        return self._reader.merged.merged_by(subject.decode("utf-8", "backslashreplace")) is not None

    def _says_something(self, line: bytes) -> bool:
        known = self._lines.get(line)
        if known is None:
            # A last line without an end runs into the NUL before the next message.
            text = line.decode("utf-8", "backslashreplace").rstrip("\\ \t\0")
            known = self._lines[line] = self._reader.says_something(text)
            _forget(self._lines)
        return known


class _Joined:
    """Many texts as one, each with a NUL and a newline before it."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self.text = b"\0\n" + b"\0\n".join(parts)
        self._ends = list(accumulate(len(part) + 2 for part in parts))

    def index(self, at: int) -> int:
        """The text that holds an offset."""
        return bisect_right(self._ends, at)


def _all(text: bytes, what: bytes) -> Iterator[int]:
    at = text.find(what)
    while at >= 0:
        yield at
        at = text.find(what, at + len(what))


def _forget(known: dict[bytes, bool]) -> None:
    if len(known) > _REMEMBERED:
        known.clear()
