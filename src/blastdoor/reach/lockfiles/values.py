"""Content of unknown shape to values that can be relied on, and canonical text of what is pinned."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
import yaml

#: How deep a YAML lockfile may nest: pnpm's own nest five levels.
_MAX_DEPTH = 50
#: tomllib's time grows with the square of the parts of a dotted key; no tool writes more than a few.
_MAX_DOTS = 20
#: The longest path, and the most names in it.
_MAX_PATH = 4096
_MAX_PARTS = 64
_TOML_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*+(?:"|\\?$)|' + r"'[^'\n]*+'")


class UnreadableError(ValueError):
    """The content is not what its format says; the message says what is wrong, for a person."""


def table(value: object, what: str = "a section") -> dict[str, Any]:
    """A mapping with text keys; nothing (None, an empty YAML value) is empty. Raises UnreadableError."""
    if value is None or value == "":
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise UnreadableError(f"{what} is not a mapping")
    return value


def array(value: object, what: str = "a section") -> list[Any]:
    """A list; nothing is an empty one. Raises UnreadableError."""
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise UnreadableError(f"{what} is not a list")
    return value


def text(value: object, what: str = "a value") -> str:
    """A text; nothing is an empty one. Raises UnreadableError."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableError(f"{what} is not text")
    return value


def pin_of(value: object, without: Collection[str] = ()) -> str:
    """Canonical text of a value, whatever its order; `without`: keys at its top that pin nothing."""
    if isinstance(value, dict):
        kept = sorted(key for key in value if key not in without)
        return "{" + ",".join(f"{key!r}:{pin_of(value[key])}" for key in kept) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(pin_of, value))) + "]"
    return repr(value)


def short(pin: str) -> str:
    """A pin of fixed length, for what is repeated in many others."""
    # repr writes lone surrogates, which UTF-8 cannot, as escapes.
    return hashlib.sha256(repr(pin).encode()).hexdigest()


def salts(table_: Mapping[str, Any], name_of: Callable[[str], str]) -> dict[str, str]:
    """Package name -> digest of all that a table (of patches) says of that package."""
    found: dict[str, list[str]] = {}
    for key, value in table_.items():
        found.setdefault(name_of(key), []).append(pin_of({key: value}))
    return {name: short(repr(sorted(pins))) for name, pins in found.items()}


def before_at(descriptor: str) -> str:
    """The name in `name@range`; a scope's own `@` stands first."""
    return descriptor[:1] + descriptor[1:].partition("@")[0]


def folder(base: str, path: str) -> str:
    """A project's directory, seen from the lockfile's: `.` is "", and `..` climbs as far as it can."""
    parts: list[str] = []
    for part in f"{base}/{path}".replace("\\", "/").split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def within(path: str) -> str:
    """A path that is walked up through: refused where no tree goes as deep."""
    if len(path) > _MAX_PATH or path.count("/") > _MAX_PARTS:
        raise UnreadableError("holds a path longer than any tree has")
    return path


def read_json(data: bytes) -> dict[str, Any]:
    """A JSON object; as in JavaScript, Python and PHP, the last of two equal keys counts."""
    return table(msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf")), "the file")


def read_toml(data: bytes) -> dict[str, Any]:
    """A TOML document as tools write lockfiles: no multi-line strings, no long dotted keys."""
    content = data.decode("utf-8")
    if '"""' in content or "'''" in content:
        raise UnreadableError("holds a multi-line string, which no tool writes here")
    for line in content.split("\n"):
        if line.count(".") > _MAX_DOTS and _TOML_STRING.sub("", line).count(".") > _MAX_DOTS:
            raise UnreadableError("holds a dotted key longer than any tool writes")
    return tomllib.loads(content)


def read_yaml(data: bytes) -> list[Any]:
    """YAML documents as mappings, lists and texts: no tags, anchors, merge keys or equal keys."""
    try:
        return _YamlReader().documents(data.decode("utf-8").removeprefix("\ufeff"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(f"not YAML: {error.problem} (line {mark.line + 1 if mark else 1})") from error
    except yaml.YAMLError as error:
        raise UnreadableError("not YAML: a character that YAML forbids") from error


class _YamlReader:
    """Events to values. Lockfiles are larger than `formats.tree` reads, and nobody asks for their lines."""

    def documents(self, content: str) -> list[Any]:
        found: list[Any] = []
        stack: list[Any] = [found]
        keys: list[str | None] = [None]
        for event in yaml.parse(content, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
                keys.pop()
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event)
                self._place(value, stack, keys)
                if not isinstance(value, str):
                    if len(stack) > _MAX_DEPTH:
                        raise UnreadableError(f"nested deeper than {_MAX_DEPTH} levels")
                    stack.append(value)
                    keys.append(None)
        return found

    def _value(self, event: yaml.NodeEvent) -> Any:
        if event.anchor is not None or isinstance(event, yaml.AliasEvent):
            raise UnreadableError("holds a YAML anchor or alias")
        if getattr(event, "tag", None) is not None:
            raise UnreadableError("holds a YAML tag")
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        plain = event.style in {None, ""}  # type: ignore[attr-defined]
        value: str = event.value  # type: ignore[attr-defined]
        return "" if plain and value in {"~", "null"} else value

    def _place(self, value: object, stack: list[Any], keys: list[str | None]) -> None:
        top, key = stack[-1], keys[-1]
        if isinstance(top, list):
            top.append(value)
        elif key is not None:
            top[key] = value
            keys[-1] = None
        elif not isinstance(value, str) or value == "<<":
            raise UnreadableError("holds a key that is no plain word")
        elif value in top:
            raise UnreadableError(f"holds a key twice: {value[:80]}")
        else:
            keys[-1] = value
