"""The lines of a message that could say something, found without reading the others.

All searches go forward only, over literal bytes or a pattern without nested repetition, so that time grows
with the message alone.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

import msgspec
from ahocorasick_rs import BytesAhoCorasick, Implementation

#: Breaks that tools leave inside one line of git's: a written-out `\n`, and line ends of other systems.
#: Each is replaced by as many newlines as it has bytes, so that offsets stay.
_WRITTEN_OUT = (b"\\n", b"\\r")
_BEYOND_ASCII = ("\x85".encode(), "\u2028".encode(), "\u2029".encode())
_FOLDED = (
    bytes(range(256)).lower().translate(bytes(10 if code in {11, 12, 13} else code for code in range(256)))
)
_FLAT = bytes(code if chr(code).isalnum() or code >= 128 else 32 for code in bytes(range(256)).lower())
_BULLETS = " \t*-•_"
_LONGEST_KEY = 100
_IDENTITIES_READ = 100
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("\\u003c", "<"), ("\\u003e", ">"))
_COLONS = (":", "\uff1a")
_FENCE = re.compile(rb"\n[ \t]{0,8}(?:```|~~~)")
#: So many different lines of one message are read; nobody writes more, and what is left is told as unread.
MOST_LINES = 1500


class Line(msgspec.Struct, frozen=True):
    """A line, or a part of one between written-out breaks, by git's number (from 1) and its span of bytes."""

    number: int
    text: str
    span: tuple[int, int] = (0, 0)


class Wanted:
    """What makes a line worth reading: a trailer's key (ASCII, any case), or a text anywhere in it."""

    def __init__(self, keys: Iterable[str], texts: Iterable[str] = ()) -> None:
        self.keys = _key_pattern({key.lower() for key in keys})
        searched = sorted({text.lower().encode("ascii") for text in texts})
        self.texts = BytesAhoCorasick(searched, implementation=Implementation.DFA) if searched else None

    def spans(self, cut: bytes, limit: int | None = None) -> list[tuple[int, int]]:
        """Where the wanted lines begin and end in a text as `cut` makes it, with a newline in front.

        With a `limit` the first so many of those with a key, and of the others as far as there is room.
        """
        spans = [_line_around(cut, match.end() - 1) for match in islice(self.keys.finditer(cut), limit)]
        found = self.texts.find_matches_as_indexes(cut) if self.texts else ()
        if not found:
            return spans
        all_spans, done = set(spans), 0
        for _, at, _ in found:
            if at >= done and len(all_spans) < (limit or len(all_spans) + 1):
                all_spans.add(span := _line_around(cut, at))
                done = span[1]
        return sorted(all_spans)


class Message:
    """A message made ready for searching: `data` as it was written, `cut` and `flat` by these functions.

    All begin with a newline, and an offset means the same in each, so that all lines are alike, and the
    count of newlines before a line is its number.
    """

    def __init__(self, text: str) -> None:
        # surrogatepass: whoever decoded the message may have left lone surrogates in it.
        self.data = b"\n" + text.encode("utf-8", "surrogatepass")
        self.cut = cut(self.data, plain=text.isascii())
        self.flat = flat(self.data)
        self._fences: list[tuple[int, int]] | None = None

    def lines(self, spans: Collection[tuple[int, int]], *, fenced: bool = False) -> Iterator[Line]:
        """The lines at these places, in order, without quotes (`>`), fenced code, and many of one kind."""
        number, line_start, done, seen = 0, 0, 0, dict[bytes, int]()
        for start, end in spans:
            number += self.data.count(b"\n", done, start)
            line_start = max(line_start, self.data.rfind(b"\n", done, start) + 1)
            done = start
            raw = self.data[start:end]
            seen[raw] = seen.get(raw, 0) + 1
            quoted = self.is_quote(start, line_start) or (not fenced and self.is_fenced(start))
            if seen[raw] > _ALIKE or quoted:
                continue
            yield Line(number, raw.decode("utf-8", "surrogatepass").rstrip("\\ \t"), (start, end))

    def is_quote(self, start: int, line_start: int) -> bool:
        """Whether what begins at `start` (in git's line, at `line_start`) is somebody else's words."""
        return _is_quote(self.data[start : start + 80]) or _is_quote(self.data[line_start : line_start + 80])

    def is_fenced(self, start: int) -> bool:
        """Whether what begins there stands between fences, as an example of code does."""
        if self._fences is None:
            self._fences = _fenced(self.data)
        return any(begin <= start < end for begin, end in self._fences)


#: A line that stands in a message more often than this is not told again.
_ALIKE = 20


def suspects(message: str, wanted: Wanted) -> Iterator[Line]:
    """The wanted lines of a message, in order, but quotes."""
    made_ready = Message(message)
    yield from made_ready.lines(wanted.spans(made_ready.cut), fenced=True)


def cut(text: bytes, *, plain: bool) -> bytes:
    """The text in small letters, with every break that tools leave in a line made a newline; offsets stay."""
    folded = text.translate(_FOLDED)
    if b"\\" in folded:
        for mark in _WRITTEN_OUT:
            folded = folded.replace(mark, b"\n\n")
    for mark in () if plain else _BEYOND_ASCII:
        folded = folded.replace(mark, b"\n" * len(mark))
    return folded


def flat(text: bytes) -> bytes:
    """The text in small letters, all that is no letter or digit a space, and one more; offsets stay."""
    return text.translate(_FLAT) + b" "


def trailer(line: str) -> tuple[str, str] | None:
    """Key (as written) and value of a line that could be a trailer."""
    bare = line.lstrip(_BULLETS)
    key, colon, value = bare.partition(":")
    if not colon or len(key) > _LONGEST_KEY:
        key, colon, value = bare.partition("\uff1a")
    if not colon or len(key) > _LONGEST_KEY:
        return None
    return key.rstrip(" *_\t"), value.strip(" *_\t")


def fold_key(key: str) -> str:
    """A trailer's key as it is compared: `Co-Authored-By`, `Co authored by` and `Coauthored-by` are one."""
    return key.lower().replace("-", "").replace(" ", "").replace("_", "").replace("*", "")


def identities_in(value: str) -> list[tuple[str, str]]:
    """The names and mailboxes in a trailer's value, the first hundred; an absent mailbox is "".

    Understood: `Name <mail>`, several of them in a row, `Name mail`, a name alone, and `&lt;mail&gt;`.
    """
    for written, meant in _ESCAPED:
        if written in value:
            value = value.replace(written, meant)
    if "<" not in value:
        found = _without_brackets(value)
        return [found] if any(found) else []
    found_all: list[tuple[str, str]] = []
    for piece in value.split(">", _IDENTITIES_READ)[:_IDENTITIES_READ]:
        name, bracket, mail = piece.rpartition("<")
        if not bracket:
            continue
        if "@" not in mail and not mail.isdigit():  # `OpenCode.ai <Opus 4.6>`: no mailbox, part of the name
            name, mail = f"{name.strip()} <{mail.strip()}>" if mail.strip() else name, ""
        found = (name.strip(" \t,;&<\"'"), mail.strip())
        if any(found):
            found_all.append(found)
    return found_all


def _without_brackets(value: str) -> tuple[str, str]:
    if "@" not in value:
        return value.strip(" \t.,;"), ""
    words = value.split()
    at = next(index for index, word in enumerate(words) if "@" in word)
    name = " ".join(words[:at] + words[at + 1 :])
    # As a link of Markdown a mailbox stands twice: `[mail](mailto:mail)`.
    mail = words[at].partition("](")[0].strip("()[],;.'\"").removeprefix("mailto:")
    return name.strip(" \t,;()"), mail


def _key_pattern(keys: set[str]) -> re.Pattern[bytes]:
    """A line that begins with one of the keys.

    As a tree of letters: a line that has none is left at its first.
    """
    tree: dict[str, object] = {}
    for key in keys:
        node = tree
        for char in key:
            node = node.setdefault(char, {})  # type: ignore[assignment] # a tree of dicts all the way down
        node[""] = {}
    body = _branches(tree)
    colon = "|".join(re.escape(one.encode()).decode("latin-1") for one in _COLONS)
    # The key may be emphasised or stand in a list; a space may stand before the colon, or a line end for it.
    before = "\\n[ \\t*_-]{0,40}(?:\u2022[ \\t]{0,9})?"
    pattern = f"{before}{body}[ \\t*_]{{0,9}}(?:{colon}|[ \\t](?=[^\\n]{{0,200}}@))"
    return re.compile(pattern.replace("\u2022", "\u2022".encode().decode("latin-1")).encode("latin-1"))


def _branches(tree: dict[str, object]) -> str:
    ways = []
    for char, below in sorted(tree.items(), reverse=True):
        assert isinstance(below, dict)  # noqa: S101 - as built above
        if char == "":
            ways.append("")
        else:
            ways.append(("[-_ ]{0,2}" if char == "-" else re.escape(char)) + _branches(below))
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _line_around(cut: bytes, at: int) -> tuple[int, int]:
    end = cut.find(b"\n", at)
    return cut.rfind(b"\n", 0, at) + 1, end if end >= 0 else len(cut)


def _fenced(data: bytes) -> list[tuple[int, int]]:
    """Where code stands between fences; a fence that is never closed fences nothing."""
    if b"```" not in data and b"~~~" not in data:
        return []
    marks = [match.start() for match in _FENCE.finditer(data)]
    return list(zip(marks[::2], marks[1::2], strict=False))[:_MOST_FENCES]


_MOST_FENCES = 50


def _is_quote(text: bytes) -> bool:
    return text.lstrip().startswith(b">")
