"""The imports of a Python file, by regular expressions.

A parser is seventeen times slower and gains nothing: what is found too much (an import statement in a
docstring) seldom names a module of the repository, and could only ever raise the reach.

Every pattern is linear on hostile text: repetitions are possessive, and no stretch of text is scanned from
more than a few starting points. Specified in `docs/spec/reach.md`.
"""

import bisect
import re
import sys
import unicodedata
from collections.abc import Iterator

from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import

#: More statements or names than this are not a program that a person wrote.
_MAX_STATEMENTS = 10_000

_SPACE = r"[ \t\f]*+(?:\\\n[ \t\f]*+)*+"
_NAME = r"(?!import(?!\w))[^\W\d]\w*+"
_DOTTED = rf"{_NAME}(?:{_SPACE}\.{_SPACE}{_NAME})*+"
_KEYWORD = rf"(?:lazy(?!\w){_SPACE})?+(import|from)(?!\w)"

_AT_LINE_START = re.compile(rf"^[ \t\f]*+{_KEYWORD}", re.MULTILINE)
_AFTER_ANOTHER = re.compile(rf"[;:]{_SPACE}{_KEYWORD}")
_MODULES = re.compile(r"((?:[\w \t\f,.]++|\\\n)*+)")
_ORIGIN = re.compile(rf"{_SPACE}((?:\.{_SPACE})*+)({_DOTTED})?+{_SPACE}(import(?!\w))?+")
_IN_PARENTHESES = re.compile(rf"{_SPACE}\(((?:[\w\s,*\\]++|#[^\n]*+)*+)\)")
_BARE_NAMES = re.compile(r"((?:[\w \t\f,*]++|\\\n)*+)")
_COMMENT = re.compile(r"#[^\n]*+")

# Most statements are as plain as this, and are read by one match each.
_PLAIN_NAME = r"[A-Za-z_]\w*+"
_PLAIN_DOTTED = rf"{_PLAIN_NAME}(?:\.{_PLAIN_NAME})*+"
_PLAIN_CALLED = rf"{_PLAIN_DOTTED}(?:[ \t]++as[ \t]++{_PLAIN_NAME})?+"
_PLAIN = re.compile(
    rf"from[ \t]++(\.*+)({_PLAIN_DOTTED})?+[ \t]++import[ \t]++(?:\(([\w\s,]++)\)|([\w \t,]++))(?=[\n#;]|\Z)"
    rf"|import[ \t]++({_PLAIN_CALLED}(?:[ \t]*+,[ \t]*+{_PLAIN_CALLED})*+)"
    r"[ \t]*+(?=[\n#;]|\Z)",
    re.ASCII,
)
_PLAIN_ITEMS = re.compile(rf"({_PLAIN_DOTTED})(?:\s++as\s++\w++)?+", re.ASCII)

_LOADERS = ("import_module", "__import__", "spec_from_file_location", "exec_module", "run_path", "run_module")
_CALL = re.compile(
    rf"(?<!def )(?<!\w)({'|'.join(_LOADERS)})[ \t]*+\(\s*+(?:[rRuU]?+([\"'])([\w.]*+)\2\s*+(?=[,)]))?+"
)
_RENAMED = re.compile(rf"(?<!\w)(?:{'|'.join(_LOADERS)})[ \t]++as(?!\w)")

_TYPES_ONLY = re.compile(r"^([ \t]*+)if[ \t(]++(?:\w++\.)?TYPE_CHECKING[ \t)]*+:", re.MULTILINE)

_QUOTED = re.compile(
    r"#[^\n]*+|\"\"\"((?:[^\"\\]++|\\[\s\S]|\"(?!\"\"))*+)(?:\"\"\")?|'''((?:[^'\\]++|\\[\s\S]|'(?!''))*+)(?:''')?"
    r"|\"(?:[^\"\\\n]++|\\[\s\S])*+\"?|'(?:[^'\\\n]++|\\[\s\S])*+'?"
)

_ENCODING = re.compile(rb"^[ \t\f]*+#[^\n\r]*?coding[:=][ \t]*+([-\w.]++)")
# Encodings in which ASCII bytes are ASCII characters, so that a statement looks like what it is.
_PLAIN_ENCODINGS = (
    "utf-8",
    "utf8",
    "ascii",
    "us-ascii",
    "latin",
    "iso-8859-",
    "iso8859",
    "cp125",
    "windows-125",
)


def extract_python(data: bytes) -> FileFacts:
    """The imports of a Python source or stub file, in the order found, each once."""
    if len(data) > MAX_BYTES:
        return FileFacts(language="python", unread=f"larger than {MAX_BYTES} bytes")
    text, unread = _decode(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    found, dynamic = _Found(text, _weak_spans(text)), False
    try:
        _statements_at_line_start(text, found)
        _statements_after_another(text, found)
        dynamic = _loader_calls(text, found)
    except _TooManyError:
        unread = f"more than {_MAX_STATEMENTS} imports"
    return FileFacts(language="python", imports=found.imports(), dynamic=dynamic, unread=unread)


def _decode(data: bytes) -> tuple[str, str]:
    """The text, and why it may not be what Python reads ("" if it is)."""
    unread = "it holds NUL bytes" if b"\0" in data else ""
    plain = False
    for line in re.split(rb"\r\n|\n|\r", data, maxsplit=2)[:2]:
        named = _ENCODING.match(line)
        encoding = named[1].decode("ascii", "replace").lower().replace("_", "-") if named else "utf-8"
        if not encoding.startswith(_PLAIN_ENCODINGS):
            unread = f"written in the encoding {encoding[:40]!r}"
        plain = plain or not encoding.startswith(("utf-8", "utf8"))
    try:
        return data.decode("utf-8-sig"), unread
    except UnicodeDecodeError:
        return data.decode("latin-1"), unread or ("" if plain else "not UTF-8 text")


class _TooManyError(Exception):
    """The file holds more imports than any real one."""


class _Found:
    """Imports in the order they came, each once, with a bound on all of them."""

    def __init__(self, text: str, weak: list[tuple[int, int]]) -> None:
        self._text = text
        self._line, self._position = 1, 0
        self._imports: dict[tuple[str, int, tuple[str, ...], str], int] = {}
        self._weak = weak
        self._quoted: list[tuple[int, int]] | None = None
        self._marks, self._marked = [0, 0], 0
        self._left = _MAX_STATEMENTS

    def count(self, number: int = 1) -> None:
        self._left -= number
        if self._left < 0:
            raise _TooManyError

    def at(self, position: int) -> None:
        """What is added from here on stands at this position; positions ascend, but for a new pass."""
        if position < self._position:
            self._line, self._position = 1, 0
            self._marks, self._marked = [0, 0], 0
        self._line += self._text.count("\n", self._position, position)
        self._position = position

    def add(self, module: str, level: int, names: tuple[str, ...], kind: str = "") -> None:
        kind = kind or self._kind()
        self._imports.setdefault((module, level, names, kind), self._line)

    def imports(self) -> tuple[Import, ...]:
        return tuple(
            Import(module=module, level=level, names=names, weak=kind == "type", kind=kind, line=line)
            for (module, level, names, kind), line in self._imports.items()
        )

    def _is_quoted(self) -> bool:
        """Whether this is inside a text over several lines. An even number of marks before it says no."""
        marks = [self._text.count(mark, self._marked, self._position) for mark in ('"""', "'''")]
        self._marks = [one + other for one, other in zip(self._marks, marks, strict=True)]
        self._marked = self._position
        if not any(count % 2 for count in self._marks):
            return False
        if self._quoted is None:
            self._quoted = _quoted_spans(self._text)
        return _is_inside(self._quoted, self._position)

    def _kind(self) -> str:
        """What an import here is: in a string, it is most likely an example, and counts nevertheless."""
        if self._is_quoted():
            return "text"
        return "type" if _is_inside(self._weak, self._position) else "import"


def _statements_at_line_start(text: str, found: _Found) -> None:
    position = 0
    while start := _AT_LINE_START.search(text, position):
        found.count()
        # Going on behind what was read, also where it was no import: nothing in it can end a string, so if
        # it was text, all of it was. Without this, `from.\` on every line would be read over and over.
        found.at(start.start(1))
        position = _statement(text, start, found)


def _statements_after_another(text: str, found: _Found) -> None:
    # What `_statement` reads holds no `;` and no `:` but in parentheses, so starts do not overlap.
    for start in _AFTER_ANOTHER.finditer(text):
        found.count()
        if not _in_comment(text, start.start()):
            found.at(start.start(1))
            _statement(text, start, found)


def _in_comment(text: str, position: int) -> bool:
    # Looks back so far only, else one long line would be looked through again for each start in it.
    line = text.rfind("\n", max(position - 200, 0), position) + 1
    return (line > 0 or position <= 200) and text[line:position].lstrip(" \t\f").startswith("#")


def _statement(text: str, start: re.Match[str], found: _Found) -> int:
    """Read one statement behind its first keyword; gives the position behind it."""
    plain = _PLAIN.match(text, start.start(1))
    if plain and _plain_statement(plain, found):
        return plain.end()
    if start[1] == "import":
        listed = _match(_MODULES, text, start.end())
        for module in _items(listed[1], found):
            found.add(module, 0, ())
        return listed.end()
    origin = _match(_ORIGIN, text, start.end())
    level, module = origin[1].count("."), _joined(origin[2] or "")
    if origin[3] is None or not (level or module):
        return max(origin.end(), start.end())
    body = _IN_PARENTHESES.match(text, origin.end())
    if body:
        names = tuple(_items(_COMMENT.sub("", body[1]), found))
    else:
        body = _match(_BARE_NAMES, text, origin.end())
        names = tuple(_items(body[1], found))
    found.add(module, level, tuple(dict.fromkeys(names)))
    return body.end()


def _plain_statement(plain: re.Match[str], found: _Found) -> bool:
    """Read what `_PLAIN` matched; False if it is no statement after all."""
    dots, module, in_parentheses, bare, modules = plain.groups()
    if modules is not None:
        listed = _PLAIN_ITEMS.findall(modules)
        found.count(len(listed))
        for one in listed:
            found.add(one, 0, ())
        return True
    names = _PLAIN_ITEMS.findall(in_parentheses or bare)
    if not (dots or module):
        return False
    found.count(len(names))
    found.add(module or "", len(dots), tuple(dict.fromkeys(names)))
    return True


def _match(pattern: re.Pattern[str], text: str, position: int) -> re.Match[str]:
    match = pattern.match(text, position)
    assert match is not None  # noqa: S101 - every part of these patterns may be empty
    return match


def _items(listed: str, found: _Found) -> Iterator[str]:
    """The names of `a as b, c.d`, without what they are called here."""
    found.count(listed.count(","))
    for item in listed.replace("\\\n", " ").split(","):
        words = _spaced(item).split(None, 2)
        if words and (len(words) == 1 or words[1] == "as") and not words[0].startswith(tuple(".0123456789")):
            yield _normal(words[0].rstrip("."))


def _joined(dotted: str) -> str:
    return _normal(_spaced(dotted.replace("\\\n", " ")).strip())


def _spaced(dotted: str) -> str:
    return ".".join(part.strip() for part in dotted.split(".")) if "." in dotted else dotted


def _normal(name: str) -> str:
    # Python compares identifiers in this form (PEP 3131).
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _loader_calls(text: str, found: _Found) -> bool:
    """Whether a module is loaded by a name only known at run time. Names written out are imports."""
    if not any(loader in text for loader in _LOADERS):
        return False
    dynamic = _RENAMED.search(text) is not None
    for call in _CALL.finditer(text):
        found.count()
        if call[1] not in {"import_module", "__import__"} or not call[3]:
            dynamic = True
            continue
        found.at(call.start())
        module = call[3].lstrip(".")
        level = len(call[3]) - len(module)
        found.add(_normal(module.rstrip(".")), level, (), "call")
        # What a relative name is relative to is a second argument, which is not read.
        dynamic = dynamic or level > 0
    return dynamic


def _quoted_spans(text: str) -> list[tuple[int, int]]:
    """Where texts over several lines stand that hold the word import, ascending."""
    return [
        token.span(token.lastindex)
        for token in _QUOTED.finditer(text)
        if token.lastindex and "import" in token[token.lastindex]
    ]


def _is_inside(spans: list[tuple[int, int]], position: int) -> bool:
    if not spans:
        return False
    place = bisect.bisect_right(spans, (position, sys.maxsize)) - 1
    return place >= 0 and spans[place][0] <= position < spans[place][1]


def _weak_spans(text: str) -> list[tuple[int, int]]:
    """Where blocks under `if TYPE_CHECKING:` begin and end, ascending; those inside others left out."""
    spans: list[tuple[int, int]] = []
    position = 0
    if "TYPE_CHECKING" not in text:
        return spans
    while block := _TYPES_ONLY.search(text, position):
        if len(spans) == _MAX_STATEMENTS:
            break
        outside = re.compile(rf"^(?=[ \t]{{0,{min(len(block[1]), 400)}}}[^\s#])", re.MULTILINE)
        end = outside.search(text, block.end())
        position = end.start() if end else len(text)
        spans.append((block.start(), position))
    return spans
