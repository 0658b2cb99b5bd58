"""Path globs, matched without regular expressions so that no pattern can be slow.

`*` and `?` stay inside one path segment, `**` stands for any number of whole segments. A pattern is
anchored at the root of the repository and must match the whole path: `docs/**` is everything below docs.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice

_WILD = re.compile(r"[*?]")


def glob_matches(pattern: str, path: str) -> bool:
    """Whether the whole path matches. Time is at most len(pattern) x len(path)."""
    return _match(pattern.split("/"), path.split("/"), "**", _segment_matches)


def _segment_matches(pattern: str, segment: str) -> bool:
    return _match(list(pattern), list(segment), "*", lambda one, other: one in {"?", other})


def _match(pattern: list[str], subject: list[str], star: str, same: Callable[[str, str], bool]) -> bool:
    # The greedy wildcard algorithm: on a mismatch only the last star has to give way, so it is never
    # exponential. It serves twice: for segments with `**`, and inside a segment with `*`.
    at = here = 0
    last_star = resume = -1
    while here < len(subject):
        if at < len(pattern) and pattern[at] == star:
            last_star, resume = at, here
            at += 1
        elif at < len(pattern) and same(pattern[at], subject[here]):
            at += 1
            here += 1
        elif last_star >= 0:
            resume += 1
            at, here = last_star + 1, resume
        else:
            return False
    return all(part == star for part in pattern[at:])


class Paths:
    """Many paths, asked about by many globs: the plain text of a glob says which are worth a look."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._sorted = sorted(paths)
        # An end of a path that is not found in here is the end of none.
        self._text = "\n" + "\n".join(self._sorted) + "\n"

    def any_matches(self, glob: str) -> bool:
        """Whether the glob matches any of the paths."""
        literal = _WILD.split(glob)
        # `a/**` is `a` as well: a slash beside `**` need not be there.
        head, tail = literal[0].rstrip("/"), literal[-1].lstrip("/")
        first = bisect_left(self._sorted, head)
        if first == len(self._sorted) or not self._sorted[first].startswith(head):
            return False
        if tail and f"{tail}\n" not in self._text:
            return False
        for path in islice(self._sorted, first, None):
            if not path.startswith(head):
                return False
            if glob_matches(glob, path):
                return True
        return False


@lru_cache(maxsize=8)
def paths_of(paths: tuple[str, ...]) -> Paths:
    """The paths of a change, made once for all the rules that ask about them."""
    return Paths(paths)
