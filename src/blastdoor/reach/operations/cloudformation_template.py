"""Templates of CloudFormation as trees: from JSON, or from YAML with its short forms of functions."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from blastdoor.reach.operations.cloudformation_report import MAX_DEPTH, checked_text, refuse_deep, short
from blastdoor.reach.operations.trees import Refused, mapping_of, no_constant, unique

_MAX_BYTES = 1_000_000
_ESCAPED = re.compile(rb"\\(?:u00|x)([2-7][0-9a-fA-F])")
_RESOURCES = re.compile(rb"(?<![\w.-])Resources[\"']?\s{0,9}+:")
_SIGN = re.compile(
    rb"AWSTemplateFormatVersion|(?<![\w.-])Type[\"']?\s{0,9}+:\s{0,9}+[\"']?[A-Za-z0-9]{1,64}+::\w"
)


def is_template(data: bytes) -> bool:
    """Whether a YAML or JSON file seems to be a CloudFormation or SAM template. In doubt, yes.

    Reads no structure, so that a broken template is one as well.
    """
    plain = data.replace(b"\0", b"")
    if b"\\" in plain:
        plain = _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), plain)
    return bool(_RESOURCES.search(plain) and _SIGN.search(plain))


@dataclass(slots=True)
class Template:
    """A template: its sections, and on which line each resource stands. Every scalar is text, or None."""

    sections: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Any]:
        """A section; empty where there is none."""
        return mapping_of(self.sections.get(name))


def read_template(data: bytes | None) -> Template:
    """The template; one that is not there has no resources. Raises Refused."""
    if data is None:
        return Template()
    text = checked_text(data, _MAX_BYTES)
    template = _from_json(text) if text.lstrip()[:1] == "{" else None
    template = template or _from_yaml(text)
    if not isinstance(template.sections.get("Resources"), dict):
        raise Refused("it has no Resources, so it is no template")
    for name in ("Parameters", "Mappings", "Conditions", "Outputs"):
        if not isinstance(template.sections.get(name), dict | None):
            raise Refused(f"{name} is not a mapping")
    return template


def _from_json(text: str) -> Template | None:
    """None where it is not JSON: YAML may begin like it."""
    try:
        tree = json.loads(
            text, object_pairs_hook=unique, parse_constant=no_constant, parse_int=str, parse_float=str
        )
    except RecursionError as error:
        raise Refused(f"nested deeper than {MAX_DEPTH} levels") from error
    except ValueError:
        return None
    refuse_deep(tree)
    return Template(_words(tree))


def _words(tree: Any) -> Any:
    """The tree with `true` and `false` as text, as CloudFormation takes them. Its depth is bounded."""
    if isinstance(tree, dict):
        return {key: _words(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_words(value) for value in tree]
    return str(tree).lower() if isinstance(tree, bool) else tree


#: The short forms that YAML has for functions; all but two stand for `Fn::` and the same word.
_TAGS = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{
        f"!{name}": f"Fn::{name}"
        for name in (
            *("And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAZs", "GetAtt", "If"),
            *("ImportValue", "Join", "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString"),
            "Transform",
        )
    },
}


_STANDARD_TAGS = {
    "!",
    *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "map", "seq")),
}


_WORD_OF = {**dict.fromkeys(("true", "yes", "on"), "true"), **dict.fromkeys(("false", "no", "off"), "false")}


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read: `key` awaits its value, `tag` is put around all of it."""

    value: dict[str, Any] | list[Any]
    tag: str | None
    line: int
    key: str | None = None


def _from_yaml(text: str) -> Template:
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(
            f"line {mark.line + 1 if mark else 1}: not readable as YAML: {error.problem}"
        ) from error
    except yaml.YAMLError as error:
        raise Refused(f"not readable as YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(builder.root, dict):
        raise Refused("it is empty" if builder.root is None else "it is not a mapping")
    return Template(builder.root, builder.lines)


class _Builder:
    """Events in, a tree out. An explicit stack, so that depth is counted and never recursed on."""

    def __init__(self) -> None:
        self.root: Any = None
        self.lines: dict[str, int] = {}
        self._stack: list[_Frame] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the file."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self._stack.pop()
            self._place(_tagged(frame.tag, frame.value, frame.line), frame.line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Refused(f"line {line}: a second document begins, where a template is one")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise Refused(f"line {line}: anchors and aliases (& and *) are not read here")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in {None, ""} and event.tag is None
            self._place(_tagged(event.tag, _scalar(event.value, plain=plain), line), line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._stack) == MAX_DEPTH:
                raise Refused(f"line {line}: nested deeper than {MAX_DEPTH} levels")
            value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._stack.append(_Frame(value, event.tag, line))

    def _place(self, value: Any, line: int) -> None:
        if not self._stack:
            self.root = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None
        else:
            if not isinstance(value, str) or value == "<<":
                raise Refused(f"line {line}: a key must be a plain word, and no merge (<<)")
            if value in top.value:
                raise Refused(f"line {line}: {short(value)} stands twice in one mapping")
            top.key = value
            if len(self._stack) == 2 and self._stack[0].key == "Resources":
                self.lines[value] = line


def _scalar(text: str, *, plain: bool) -> str | None:
    if not plain:
        return text
    return None if text in {"", "~", "null", "Null", "NULL"} else _WORD_OF.get(text.lower(), text)


def _tagged(tag: str | None, value: Any, line: int) -> Any:
    """A value in the long form of its tag: `!Ref x` is `{"Ref": "x"}`."""
    if tag is None or tag in _STANDARD_TAGS:
        return value
    name = _TAGS.get(tag)
    if name is None:
        raise Refused(f"line {line}: the tag {short(tag)} is not known")
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}
