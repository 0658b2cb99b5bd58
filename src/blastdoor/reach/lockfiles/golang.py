"""go.mod and go.sum (go.dev/ref/mod).

Neither tells which module depends on which: where one changes, those of any other may be built with it.
"""

import re
from collections.abc import Iterator

from blastdoor.reach.lockfiles.locked import Lock, flat
from blastdoor.reach.lockfiles.values import UnreadableError

#: What changes how every file is built, or what it is called, not only which modules it is built with.
_BEYOND = frozenset({"module", "go", "toolchain", "godebug"})
_PINS = frozenset({"require", "replace", "exclude", "tool"})
#: Says something to other modules, or to the go command only.
_INERT = frozenset({"retract", "ignore"})
_SUM_WORDS = 3
_WORD = re.compile(r'"[^"\n]*+"|`[^`\n]*+`|[^\s"`]++')


def read_go_mod(data: bytes) -> Lock:
    """A go.mod: its requirements with what replaces them. Raises UnreadableError."""
    entries: list[tuple[str, str]] = []
    beyond = []
    for directive, words in _statements(data.decode("utf-8")):
        if directive in _BEYOND:
            beyond.append(f"{directive} {' '.join(words)}")
        elif directive in _PINS and words:
            entries.append((words[0], f"{directive} {' '.join(words[1:])}"))
        elif directive not in _INERT:
            raise UnreadableError(f"holds {directive[:40]!r}, which is not known")
    return flat(entries, beyond=repr(sorted(beyond)))


def _statements(content: str) -> Iterator[tuple[str, list[str]]]:
    """Each statement as its directive and words; those of a block each with the block's."""
    block = ""
    for line in content.split("\n"):
        said = line.partition("//")[0]
        words = [word.strip('"`') for word in _WORD.findall(said)]
        if _WORD.sub("", said).strip():
            raise UnreadableError("holds a quote that nothing closes")
        if not words:
            continue
        if block and words == [")"]:
            block = ""
        elif block:
            yield block, words
        elif words[1:] == ["("] or (len(words) == 1 and words[0].endswith("(")):
            block = words[0].removesuffix("(")
        else:
            yield words[0], words[1:]
    if block:
        raise UnreadableError("ends within a block")


def read_go_sum(data: bytes) -> Lock:
    """A go.sum: hashes of modules and of their go.mod files. Raises UnreadableError."""
    entries = []
    for line in data.decode("utf-8").split("\n"):
        words = line.split()
        if words and len(words) != _SUM_WORDS:
            raise UnreadableError(f"holds a line that is no module with its hash: {line[:80]!r}")
        if words:
            entries.append((words[0], f"{words[1]} {words[2]}"))
    return flat(entries)
