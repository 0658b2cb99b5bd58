"""Regular expressions over paths, as policy-bot writes them, into globs that match at least as much.

Read is the part of RE2 (https://github.com/google/re2/wiki/Syntax) that such files use: anchors, literals,
`.` with its repetitions, classes, alternation, groups. A glob may match more than its expression, never
less: a rule is then asked for too often and not too seldom. What is not read is told by None.
"""

import re
from dataclasses import dataclass

# Tokens of more than one character; a token of one is that character.
_ANY, _ONE, _STAR, _SOME, _START, _END = "any", "one", "any*", "one*", "^^", "$$"
_MAX_LENGTH = 300
_MAX_DEPTH = 8
_MAX_WAYS = 48
_MAX_SET = 4
_REPEAT = re.compile(r"[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\}")
_NAMED = re.compile(r"\?(?::|P?<[A-Za-z_][A-Za-z0-9_]{0,50}>)")

Sequence = tuple[str, ...]


class _UnreadError(Exception):
    """The expression uses what is not read here."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression as token sequences, one for each way through it; `exact` if they match nothing more."""

    ways: tuple[Sequence, ...]
    exact: bool

    def globs(self) -> tuple[str, ...] | None:
        """Globs that match whatever the expression matches; None if they would be too many."""
        found: dict[str, None] = {}
        for way in self.ways:
            for plain in _without_any(way):
                for glob in _globs(_merged(plain)):
                    # A path has no empty segment, so a glob with one matches nothing.
                    if "" not in glob.split("/"):
                        found[glob] = None
            if len(found) > _MAX_WAYS:
                return None
        return tuple(found)

    def matches(self, text: str) -> bool | None:
        """Whether the expression matches a text; None if that cannot be told exactly."""
        return any(_matches(way, text) for way in self.ways) if self.exact else None


def read_pattern(expression: str) -> Pattern | None:
    """The pattern of an expression, None if it uses what is not read here."""
    if len(expression) > _MAX_LENGTH:
        return None
    reader = _Reader(expression)
    try:
        ways = reader.alternatives(0)
        if reader.at != len(expression):
            return None
        return Pattern(tuple(dict.fromkeys(_bounded(way) for way in ways)), reader.exact)
    except _UnreadError:
        return None


class _Reader:
    """Recursive descent with a bounded depth; each part is the list of ways through it."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.exact = text, 0, True

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise _UnreadError
        self.at += 1
        return char

    def alternatives(self, depth: int) -> list[Sequence]:
        if depth > _MAX_DEPTH:
            raise _UnreadError
        found = self._branch(depth)
        while self._peek() == "|":
            self.at += 1
            found += self._branch(depth)
        if len(found) > _MAX_WAYS:
            raise _UnreadError
        return found

    def _branch(self, depth: int) -> list[Sequence]:
        ways: list[Sequence] = [()]
        plain: list[
            str
        ] = []  # what all ways end with, so that a long literal is not copied at each character
        while self._peek() not in {"", "|", ")"}:
            part = self._repeated(self._atom(depth))
            if len(part) == 1:
                plain += part[0]
                continue
            if len(ways) * len(part) > _MAX_WAYS:
                raise _UnreadError
            ways = [(*way, *plain, *one) for way in ways for one in part]
            plain = []
        return [(*way, *plain) for way in ways]

    def _atom(self, depth: int) -> list[Sequence]:
        char = self._take()
        match char:
            case "(":
                return self._group(depth)
            case "[":
                return self._set()
            case "\\":
                return self._escape()
            case ".":
                return [(_ANY,)]
            case "^":
                return [(_START,)]
            case "$":
                return [(_END,)]
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise _UnreadError
        return [(char,)]

    def _group(self, depth: int) -> list[Sequence]:
        if self._peek() == "?":
            named = _NAMED.match(self.text, self.at)
            if named is None:
                raise _UnreadError  # flags, such as (?i)
            self.at = named.end()
        found = self.alternatives(depth + 1)
        if self._take() != ")":
            raise _UnreadError
        return found

    def _escape(self) -> list[Sequence]:
        char = self._take()
        if not char.isalnum() and char.isascii():
            return [(char,)]
        match char:
            case "A":
                return [(_START,)]
            case "z":
                return [(_END,)]
        self.exact = False
        match char:
            case "d" | "w" | "s":
                return [(_ONE,)]
            case "D" | "W" | "S":
                return [(_ANY,)]
            case "b" | "B":
                return [()]
        raise _UnreadError

    def _set(self) -> list[Sequence]:
        negated = self._peek() == "^"
        self.at += negated
        members, wide, slash = self._members()
        if negated:
            if members == ["/"] and not wide:
                return [(_ONE,)]
            self.exact = False
            return [(_ONE,)] if "/" in members else [(_ANY,)]
        if not wide and len(members) <= _MAX_SET:
            return [(one,) for one in members]
        self.exact = False
        return [(_ANY,)] if slash or "/" in members else [(_ONE,)]

    def _members(self) -> tuple[list[str], bool, bool]:
        """The single characters of a set, whether it has more than these, and whether `/` may be of those."""
        members: list[str] = []
        wide = slash = False
        while self._peek() != "]" or not (members or wide):
            char = self._take()
            if char == "]" or (char == "[" and self._peek() == ":"):
                raise _UnreadError
            if char == "\\":
                char = self._take()
                if char in "dws":
                    wide = True
                    continue
                if char.isalnum() or not char.isascii():
                    raise _UnreadError
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.at += 1
                last = self._take()
                if last in "\\[":
                    raise _UnreadError
                wide, slash = True, slash or char <= "/" <= last
                continue
            members.append(char)
        self.at += 1
        return members, wide, slash

    def _repeated(self, atom: list[Sequence]) -> list[Sequence]:
        found = _REPEAT.match(self.text, self.at)
        if found is None:
            return atom
        self.at = found.end()
        if self._peek() == "?":  # a lazy repetition matches the same texts
            self.at += 1
        if _REPEAT.match(self.text, self.at):
            raise _UnreadError
        if any(token in {_START, _END} for way in atom for token in way):
            raise _UnreadError
        if found[0] == "?":
            return [(), *atom]
        if atom in ([(_ANY,)], [(_ONE,)]) and found[0] in {"*", "+"}:
            star = _STAR if atom == [(_ANY,)] else _SOME
            return [(star,)] if found[0] == "*" else [(*atom[0], star)]
        self.exact = False
        within = all(token not in {_ANY, _STAR, "/"} for way in atom for token in way)
        return [(_SOME,)] if within else [(_STAR,)]


def _bounded(way: Sequence) -> Sequence:
    """Anchors become the ends of the sequence, and a missing one any text there."""
    start, end = way[:1] == (_START,), way[-1:] == (_END,)
    inner = way[start : len(way) - end]
    if _START in inner or _END in inner:
        raise _UnreadError
    # What a condition's text cannot hold, or a path shows in another way, is not for globs.
    characters = [one for one in inner if len(one) == 1]
    if any(one in '"\\' or not one.isprintable() for one in characters):
        raise _UnreadError
    return (() if start else (_STAR,)) + inner + (() if end else (_STAR,))


def _without_any(way: Sequence) -> list[Sequence]:
    """`.` is a character within a segment, or the slash; too many of them are any text."""
    if way.count(_ANY) > 3:
        return [tuple(_STAR if token == _ANY else token for token in way)]
    found = [list(way)]
    for index, token in enumerate(way):
        if token == _ANY:
            found += [one.copy() for one in found]
            for number, one in enumerate(found):
                one[index] = _ONE if number < len(found) // 2 else "/"
    return [tuple(one) for one in found]


def _merged(way: Sequence) -> list[str]:
    merged: list[str] = []
    for token in way:
        if token in {_STAR, _SOME} and merged and merged[-1] in {_STAR, _SOME}:
            merged[-1] = _STAR if _STAR in {token, merged[-1]} else _SOME
        else:
            merged.append(token)
    return merged


def _globs(way: list[str]) -> list[str]:
    """A `**` is a whole segment of a glob, so what stands for any text depends on what is beside it."""
    partial = [""]
    for index, token in enumerate(way):
        if token == _STAR:
            right = index == len(way) - 1 or way[index + 1] == "/"
            partial = [one + tail for one in partial for tail in _any_text(one, right)]
            if len(partial) > _MAX_WAYS:
                return ["**"]
            continue
        # A star that is meant as one cannot be written in a glob: any character is a wider reading.
        text = {_ONE: "?", _SOME: "*", "*": "?"}.get(token, token)
        partial = [one + text for one in partial]
    return partial


def _any_text(before: str, right: bool) -> tuple[str, ...]:
    left = not before or before.endswith("/")
    if left and right:
        return ("**",)
    if left:
        return ("**/*",)
    return ("*/**",) if right else ("*", "*/**/*")


def _matches(way: Sequence, text: str) -> bool:
    """By the set of places reached, so in time of length times length."""
    reached = {0}
    for token in way:
        if token in {_STAR, _SOME}:
            grown: set[int] = set()
            for start in reached:
                end = len(text) if token == _STAR else (text + "/").index("/", start)
                grown.update(range(start, end + 1))
            reached = grown
        else:
            reached = {one + 1 for one in reached if one < len(text) and _is(token, text[one])}
    return len(text) in reached


def _is(token: str, char: str) -> bool:
    return token in {_ANY, char} or (token == _ONE and char != "/")
