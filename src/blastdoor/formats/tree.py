"""YAML read as events into a tree of our own that remembers where everything stands.

Hostile files are the ordinary case: no tags, anchors, aliases, merge keys or duplicate keys; at most 1 MB
and 50 levels deep. Scalars stay text until somebody asks for a number or a yes/no, so that `no`, `1.0` and
`08` mean what their writer sees. Errors name file, line and field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from blastdoor.errors import InputError

_MAX_BYTES = 1_000_000
_MAX_DEPTH = 50
_INTEGER_DIGITS = 15
_PATH_SHOWN = 80
_CONDITION = re.compile(r":\s+[!&*]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in a file: `file`, `line` and `column` (both from 1), and the dotted `path` of its field."""

    file: str
    line: int
    column: int
    path: str

    def fail(self, what: str, hint: str = "") -> NoReturn:
        """Raise an InputError that names this place."""
        shown = self.path if len(self.path) <= _PATH_SHOWN else self.path[:_PATH_SHOWN] + "…"
        at = f" {shown}:" if shown else ""
        raise InputError(f"{self.file}:{self.line}:{at} {what}", hint=hint)

    def scalar(self) -> "Scalar":
        """This node, if it is a plain value; else an error."""
        if not isinstance(self, Scalar):
            self.fail("a single value is wanted here")
        return self

    def mapping(self) -> "Mapping":
        """This node, if it is a mapping; else an error."""
        if not isinstance(self, Mapping):
            self.fail("a mapping (`key: value` lines) is wanted here")
        return self

    def sequence(self) -> "Sequence":
        """This node, if it is a list; else an error."""
        if not isinstance(self, Sequence):
            self.fail("a list (`- item` lines) is wanted here")
        return self

    def text(self) -> str:
        """The value as text; an empty value is an error."""
        value = self.scalar().value
        if not value:
            self.fail("a value is missing here")
        return value

    def integer(self) -> int:
        """The value as a whole number, written in decimal digits."""
        scalar = self.scalar()
        digits = scalar.value.removeprefix("-")
        if scalar.quoted or not (digits.isascii() and digits.isdigit()) or len(digits) > _INTEGER_DIGITS:
            self.fail(f"a whole number is wanted here, not {scalar.value!r}")
        return int(scalar.value)

    def boolean(self) -> bool:
        """The value as `true` or `false`; YAML's other spellings (yes, on) are errors."""
        scalar = self.scalar()
        if scalar.quoted or scalar.value not in {"true", "false"}:
            self.fail(f"true or false is wanted here, not {scalar.value!r}")
        return scalar.value == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar(Node):
    """A single value, as it is written; `quoted` tells `"1"` from `1`."""

    value: str
    quoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Node):
    """A list of nodes."""

    items: list[Node] = field(default_factory=list)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping(Node):
    """Keys, in the order written, each with its node; `keys` holds where each key stands."""

    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        return self.entries.get(key)

    def need(self, key: str) -> Node:
        """The value of a key that must be there."""
        node = self.entries.get(key)
        if node is None:
            self.fail(f"`{key}:` is missing")
        return node

    def only(self, *known: str) -> None:
        """Refuse any other key, naming its line."""
        for key, node in self.keys.items():
            if key not in known:
                node.fail(f"unknown field `{key}`", hint=f"known here: {', '.join(known)}")


def parse_yaml(data: bytes, file: str) -> Node:
    """The one document of a YAML file. `file` is the name that errors carry. Raises InputError."""
    documents = parse_yaml_documents(data, file)
    if len(documents) != 1:
        line = documents[1].line if documents else 1
        raise InputError(f"{file}:{line}: one YAML document is wanted, {len(documents)} found")
    return documents[0]


def parse_yaml_documents(data: bytes, file: str) -> list[Node]:
    """All documents of a YAML file; an empty file has none. Raises InputError."""
    if len(data) > _MAX_BYTES:
        raise InputError(f"{file}:1: {len(data)} bytes; at most {_MAX_BYTES} are read")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not UTF-8 text (byte {error.start})") from error
    try:
        return _Builder(file).documents(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # The parser finds an unfinished list only past the end, on a line that is not there.
        line = min(mark.line + 1 if mark else 1, max(len(text.splitlines()), 1))
        # A condition such as `when: !x && y` is a YAML tag and an anchor before it is anything else.
        written = "".join(text.splitlines()[line - 1 : line])
        hint = "quote the condition: '!x && y'" if _CONDITION.search(written) else ""
        raise InputError(f"{file}:{line}: not readable as YAML: {error.problem}", hint=hint) from error
    except yaml.YAMLError as error:  # a character that YAML forbids carries no mark
        raise InputError(f"{file}:1: not readable as YAML: {str(error).splitlines()[0]}") from error


class _Builder:
    """Events in, nodes out; an explicit stack, so that depth is counted and never recursed on."""

    def __init__(self, file: str) -> None:
        self.file = file

    def documents(self, text: str) -> list[Node]:
        found: list[Node] = []
        stack: list[Mapping | Sequence] = []
        pending: dict[
            int, Scalar
        ] = {}  # the key of a mapping (by its place in the stack) that awaits a value
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
                continue
            if not isinstance(event, yaml.NodeEvent):
                continue
            path = self._path(stack, pending)
            if isinstance(event, yaml.AliasEvent):
                self._at(event, path).fail("anchors and aliases (& and *) are not read here", "write it out")
            node = self._node(event, path)
            self._place(node, stack, pending, found)
            if isinstance(node, Mapping | Sequence):
                if len(stack) == _MAX_DEPTH:
                    node.fail(f"nested deeper than {_MAX_DEPTH} levels")
                stack.append(node)
                pending.pop(len(stack) - 1, None)
        return found

    def _at(self, event: yaml.Event, path: str) -> Node:
        mark = event.start_mark
        assert mark is not None  # noqa: S101 - the parser marks every event
        return Node(file=self.file, line=mark.line + 1, column=mark.column + 1, path=path)

    def _node(self, event: yaml.NodeEvent, path: str) -> Node:
        at = self._at(event, path)
        if event.anchor is not None:
            at.fail("anchors and aliases (& and *) are not read here", "write it out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            at.fail(f"a YAML tag ({tag}) is not read here", "quote the condition: '!x && y'")
        place = {"file": at.file, "line": at.line, "column": at.column, "path": path}
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(**place)  # type: ignore[arg-type]
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(**place)  # type: ignore[arg-type]
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - the three node events are all there are
        quoted = event.style not in {None, ""}
        value = "" if not quoted and event.value in {"~", "null"} else event.value
        return Scalar(**place, value=value, quoted=quoted)  # type: ignore[arg-type]

    def _path(self, stack: list[Mapping | Sequence], pending: dict[int, Scalar]) -> str:
        if not stack:
            return ""
        top = stack[-1]
        if isinstance(top, Sequence):
            return f"{top.path}[{len(top.items)}]"
        key = pending.get(len(stack) - 1)
        if key is None:
            return top.path
        return f"{top.path}.{key.value}" if top.path else key.value

    def _place(
        self, node: Node, stack: list[Mapping | Sequence], pending: dict[int, Scalar], found: list[Node]
    ) -> None:
        if not stack:
            found.append(node)
            return
        top, level = stack[-1], len(stack) - 1
        if isinstance(top, Sequence):
            top.items.append(node)
            return
        key = pending.pop(level, None)
        if key is not None:
            top.entries[key.value] = node
            return
        if not isinstance(node, Scalar):
            node.fail("a key must be a plain word")
        if node.value == "<<":
            node.fail("merge keys (<<) are not read here", "write it out")
        if node.value in top.keys:
            node.fail(f"`{node.value}` stands here twice (first on line {top.keys[node.value].line})")
        top.keys[node.value] = node
        pending[level] = node
