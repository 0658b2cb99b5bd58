"""Terraform and OpenTofu: blocks, what they refer to, and the modules they call.

Parsed with tree-sitter's HCL grammar, so that text in a heredoc is no block. The unit is the module, that is
the folder: a node `folder/`, whose parts are its files; a block is a node `folder/address`. Specified in
`docs/spec/reach.md`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from tree_sitter import Language, Node, Parser

from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import
from blastdoor.reach.graph import PART, Edge
from blastdoor.reach.paths import folder_of, join
from blastdoor.reach.tree import Tree

_MAX_BLOCKS = 5_000
_MAX_REFERENCES = 500
#: Blocks with two labels, with one, and without: how they are addressed.
_ADDRESSES = {"resource": "{0}.{1}", "data": "data.{0}.{1}", "ephemeral": "ephemeral.{0}.{1}"} | {
    kind: f"{name}.{{0}}" for kind, name in (("module", "module"), ("variable", "var"), ("output", "output"))
}
_REFERENCE = re.compile(
    r"(?<![\w.\"-])(?:(data\.[a-z]\w*+\.[\w-]++|module\.[\w-]++|var\.[\w-]++|local\.[\w-]++|ephemeral\.[a-z]\w*+\.[\w-]++)"
    r"|([a-z][a-z0-9]*+_\w++\.[\w-]++))"
)
_FILE = re.compile(
    r"(?<!\w)(?:file|filebase64|templatefile|filemd5|filesha\w*+|filebase64sha\w*+|fileset)\(\s*+"
    r"\"(?:\$\{path\.(?:module|root)\}/?)?([^\"$\n]{1,500}+)\""
)
_SOURCE = re.compile(r"^[ \t]*+source[ \t]*+=[ \t]*+\"([^\"\n]{1,500}+)\"", re.MULTILINE)
_STATE = re.compile(r"^[ \t]*+(?:key|path|prefix|name)[ \t]*+=[ \t]*+\"([^\"\n$]{1,500}+)\"", re.MULTILINE)


@cache
def _parser() -> Parser:
    import tree_sitter_hcl  # noqa: PLC0415 - loaded only where there is Terraform

    return Parser(Language(tree_sitter_hcl.language()))


class _Block(NamedTuple):
    address: str
    line: int
    text: str


def extract_terraform(data: bytes) -> FileFacts:
    """The blocks of a `.tf` or `.tf.json` file: modules, files, and as `detail` who refers to whom."""
    if len(data) > MAX_BYTES:
        return FileFacts(language="terraform", unread=f"larger than {MAX_BYTES} bytes")
    text = data.decode("utf-8-sig", "replace")
    if text.lstrip().startswith("{"):
        blocks, unread = _json_blocks(text)
    else:
        blocks, unread = _hcl_blocks(data, text)
    imports: list[Import] = []
    said: list[dict[str, Any]] = []
    for block in blocks:
        imports += _files(block)
        said.append({"address": block.address, "line": block.line, "refs": _references(block)})
    return FileFacts(
        language="terraform",
        imports=tuple(imports),
        unread=unread,
        detail=json.dumps(said),
        dynamic=False,
    )


def _hcl_blocks(data: bytes, text: str) -> tuple[list[_Block], str]:
    tree = _parser().parse(data)
    blocks: list[_Block] = []
    unread = (
        "" if not tree.root_node.has_error else f"not readable as HCL near line {_error_line(tree.root_node)}"
    )
    body = next((child for child in tree.root_node.children if child.type == "body"), None)
    for node in body.children if body is not None else ():
        if node.type == "block" and len(blocks) < _MAX_BLOCKS:
            blocks.append(_block(node, data))
    if len(blocks) == _MAX_BLOCKS:
        unread = unread or f"more than {_MAX_BLOCKS} blocks"
    if unread:
        # What the parser lost still counts: one block that refers to all that is named.
        blocks.append(_Block("", 1, text))
    return blocks, unread


def _block(node: Node, data: bytes) -> _Block:
    labels = [
        data[child.start_byte : child.end_byte].decode("utf-8", "replace").strip('"')
        for child in node.children[:4]
        if child.type in {"identifier", "string_lit"}
    ]
    text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return _Block(_address(labels), node.start_point[0] + 1, text)


def _address(labels: Sequence[str]) -> str:
    form = _ADDRESSES.get(labels[0] if labels else "")
    needed = 0 if form is None else form.count("{")
    return form.format(*labels[1:]) if form is not None and len(labels) > needed else ""


def _error_line(root: Node) -> int:
    """The first line that does not parse. Goes down by the first child with an error, not by recursion."""
    node = root
    while True:
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            return node.start_point[0] + 1
        node = inner


def _json_blocks(text: str) -> tuple[list[_Block], str]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [_Block("", 1, text)], f"not readable as JSON: {str(error)[:100]}"
    blocks: list[_Block] = []
    for kind, inner in read.items() if isinstance(read, dict) else ():
        depth = _ADDRESSES.get(kind, "").count("{")
        for labels, value in _labelled(inner, depth):
            blocks.append(
                _Block(_address([kind, *labels]), 1, json.dumps(value, indent=0).replace('": "', '" = "'))
            )
    return blocks[:_MAX_BLOCKS], ""


def _labelled(value: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for _ in range(depth):
        found = [
            ((*labels, name), inner)
            for labels, one in found
            for part in (one if isinstance(one, list) else [one])
            if isinstance(part, dict)
            for name, inner in part.items()
        ]
    yield from found


def _files(block: _Block) -> Iterator[Import]:
    for one in _FILE.finditer(block.text):
        yield Import(module=one[1], kind="file", line=_line(block, one.start()))
    if block.address.startswith("module."):
        source = _SOURCE.search(block.text) or re.search(r"\"source\" = \"([^\"\n]{1,500}+)\"", block.text)
        if source:
            yield Import(
                module=source[1], kind="module", names=(block.address,), line=_line(block, source.start())
            )
    if block.address.startswith("data.terraform_remote_state."):
        for one in _STATE.finditer(block.text):
            yield Import(module=one[1], kind="state", names=(block.address,), line=_line(block, one.start()))
    if not block.address and "backend" in block.text:
        for one in _STATE.finditer(block.text):
            yield Import(module=one[1], kind="backend", line=_line(block, one.start()))


def _line(block: _Block, position: int) -> int:
    return block.line + block.text.count("\n", 0, position)


def _references(block: _Block) -> list[str]:
    found: dict[str, None] = {}
    for one in _REFERENCE.finditer(block.text):
        found.setdefault(one[1] or one[2])
        if len(found) > _MAX_REFERENCES:
            break
    found.pop(block.address, None)
    return list(found)


class Terraform:
    """Modules and blocks of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._folders: set[str] = set()
        self._addresses: dict[str, set[str]] = {}
        self._backends: dict[str, list[str]] = {}
        for path, facts in tree.of("terraform"):
            folder = folder_of(path)
            self._folders.add(folder)
            for block in _said(facts):
                self._addresses.setdefault(folder, set()).add(block["address"])
            for one in facts.imports:
                if one.kind == "backend":
                    self._backends.setdefault(one.module, []).append(folder)

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file: its module is made of it, its blocks of each other."""
        folder = folder_of(path)
        yield Edge(f"{folder}/", path, PART)
        known = self._addresses.get(folder, set())
        for block in _said(facts):
            source = _node(folder, block["address"]) if block["address"] else path
            if source != path:
                yield Edge(source, path, PART)
            for name in block["refs"]:
                if name in known:
                    yield Edge(source, _node(folder, name), "reference", block["line"])
        for one in facts.imports:
            source = _node(folder, one.names[0]) if one.names else path
            for target in self._targets(folder, one):
                yield Edge(source, target, one.kind, one.line, "medium" if one.kind == "state" else "high")

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:  # noqa: ARG002 - others can tell
        """Nothing: what is not here may well be made, or fetched."""
        return iter(())

    def _targets(self, folder: str, one: Import) -> Iterator[str]:
        if one.kind == "state":
            for other in self._backends.get(one.module, ()):
                if other != folder:
                    yield f"{other}/"
            return
        if one.kind == "backend" or (one.kind == "module" and not one.module.startswith(("./", "../", "."))):
            return
        place = join(folder, one.module.partition("//")[0])
        if place is None:
            return
        if one.kind == "module":
            if place in self._folders:
                yield f"{place}/"
        elif place in self._tree.paths:
            yield place


def _said(facts: FileFacts) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = json.loads(facts.detail) if facts.detail else ()
    return found


def _node(folder: str, address: str) -> str:
    return f"{folder}/{address}" if folder else address
