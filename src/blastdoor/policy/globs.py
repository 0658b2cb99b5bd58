"""Path globs, matched without regular expressions so that no pattern can be slow.

`*` and `?` stay inside one path segment, `**` stands for any number of whole segments. A pattern is
anchored at the root of the repository and must match the whole path: `docs/**` is everything below docs.
"""

from collections.abc import Callable


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
