"""requirements.txt: one requirement a line (pip.pypa.io, "Requirements File Format").

It does not tell what depends on what: where one pin changes, any other package may be the one that uses it.
"""

import re
from collections.abc import Iterator

from blastdoor.reach.lockfiles.locked import Lock, flat
from blastdoor.reach.lockfiles.values import pin_of

_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*+)\s*+(?:\[[^\]]*+\])?+\s*+(?:$|[=<>!~;@]|--hash=)")
_COMMENT = re.compile(r"(?:^|\s)#.*+")


def read_requirements(data: bytes) -> Lock:
    """A list of requirements; one that draws in what stands elsewhere compares only with its like."""
    entries, options = [], []
    for line in _logical(data.decode("utf-8").removeprefix("\ufeff")):
        match = _NAMED.match(line)
        if match is None:
            options.append(line)
        else:
            first, *more = line.split()
            entries.append((match[1], pin_of([first, *more])))
    # An included file, a folder or an index has a say in every other line.
    beyond = pin_of([*options, *map(repr, entries)]) if options else ""
    return flat(entries, beyond=beyond)


def _logical(content: str) -> Iterator[str]:
    """Lines without comments, those that end in a backslash joined to the next."""
    parts: list[str] = []
    # As pip does: lines are joined first, so that a comment with a backslash at its end takes the next line.
    for line in [*content.splitlines(), ""]:
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line.strip("\\"))
            continue
        joined = _COMMENT.sub("", "".join([*parts, " " if is_comment else "", line])).strip()
        parts = []
        if joined:
            yield joined
