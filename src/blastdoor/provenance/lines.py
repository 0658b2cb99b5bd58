"""The lines of a message that could say something, found without reading the others.

All searches are for literal bytes and go forward only, so that time grows with the message alone.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

#: Breaks that tools leave inside one line of git's: a written-out `\n`, and line ends of other systems.
#: Each is replaced by as many newlines as it has bytes, so that offsets stay.
_WRITTEN_OUT = (b"\\n", b"\\r")
_CONTROLS = (b"\r", b"\x0b", b"\x0c")
_BEYOND_ASCII = ("\x85".encode(), "\u2028".encode(), "\u2029".encode())
_KEY_FILLERS = b"-_ *\t" + "•".encode()
_PIECE = re.compile(rb"[a-z]{4,}")
_BULLETS = " \t*-•_"
_LONGEST_KEY = 100
_IDENTITIES_READ = 100


class Line(msgspec.Struct, frozen=True):
    """A line, or a part of one between written-out breaks. `number` counts git's lines from 1."""

    number: int
    text: str


class Wanted(msgspec.Struct, frozen=True):
    """What makes a line worth reading: a trailer's key (folded), or a text anywhere in it.

    The texts are kept under few `pieces`, each of which is in all of its texts, so that most messages are
    done with sooner.
    """

    keys: frozenset[bytes]
    pieces: tuple[tuple[bytes, tuple[bytes, ...]], ...]


def wanted(keys: Iterable[str], texts: Iterable[str] = ()) -> Wanted:
    """The lines with these trailers' keys or these texts (ASCII, any case)."""
    folded = {text.lower().encode("ascii") for text in texts}
    return Wanted(frozenset(fold_key(key).encode("ascii") for key in keys), tuple(_pieces(folded)))


def suspects(message: str, want: Wanted) -> Iterator[Line]:
    """The lines that are wanted, in order, but quotes (`>`)."""
    # surrogatepass: whoever decoded the message may have left lone surrogates in it. The newline in front
    # makes all lines alike, and the count of newlines before a line its number.
    data = b"\n" + message.encode("utf-8", "surrogatepass")
    cut = _cut(data.lower(), plain=message.isascii())
    spans = list(_trailers(cut, want.keys))
    more = [span for piece, texts in want.pieces if piece in cut for span in _spans(cut, texts)]
    if more:
        spans = sorted({*spans, *more})
    number, line_start, done = 0, 0, 0
    for start, end in spans:
        number += data.count(b"\n", done, start)
        line_start = max(line_start, data.rfind(b"\n", done, start) + 1)
        done = start
        text = data[start:end].decode("utf-8", "surrogatepass").rstrip("\\ \t")
        if not (_is_quote(data[start : start + 80]) or _is_quote(data[line_start : line_start + 80])):
            yield Line(number, text)


def trailer(line: str) -> tuple[str, str] | None:
    """Key (as written) and value of a line that could be a trailer."""
    key, colon, value = line.lstrip(_BULLETS).partition(":")
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
    if "&lt;" in value:
        value = value.replace("&lt;", "<").replace("&gt;", ">")
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
    return name.strip(" \t,;()"), words[at].strip("()[],;.'\"").removeprefix("mailto:")


def _trailers(cut: bytes, keys: frozenset[bytes]) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end whose text before the first colon is one of the keys."""
    at = cut.find(b":")
    while at >= 0:
        start, end = _line_around(cut, at)
        if at - start <= _LONGEST_KEY and cut[start:at].translate(None, _KEY_FILLERS) in keys:
            yield start, end
        at = cut.find(b":", end)


def _cut(folded: bytes, *, plain: bool) -> bytes:
    if b"\\" in folded:
        for mark in _WRITTEN_OUT:
            folded = folded.replace(mark, b"\n\n")
    for mark in _CONTROLS:
        if mark in folded:
            folded = folded.replace(mark, b"\n")
    for mark in () if plain else _BEYOND_ASCII:
        folded = folded.replace(mark, b"\n" * len(mark))
    return folded


def _spans(cut: bytes, texts: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Where the lines with one of the texts begin and end."""
    for text in texts:
        at = cut.find(text)
        while at >= 0:
            span = _line_around(cut, at)
            yield span
            at = cut.find(text, span[1])


def _line_around(cut: bytes, at: int) -> tuple[int, int]:
    end = cut.find(b"\n", at)
    return cut.rfind(b"\n", 0, at) + 1, end if end >= 0 else len(cut)


def _is_quote(text: bytes) -> bool:
    return text.lstrip().startswith(b">")


def _pieces(texts: set[bytes]) -> Iterator[tuple[bytes, tuple[bytes, ...]]]:
    """Few words such that each text has one of them, the words that most texts have first."""
    left = sorted(texts)
    while left:
        words = {word for text in left for word in _PIECE.findall(text) or [text]}
        best = max(words, key=lambda word: (sum(word in text for text in left), len(word), word))
        yield best, tuple(text for text in left if best in text)
        left = [text for text in left if best not in text]
