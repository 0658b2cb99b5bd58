"""What JavaScript and TypeScript files, and the manifests around them, say they use.

Found by patterns over the plain text, as in `python`: what stands in a comment or a template is found too,
told from code by its kind (`text`), and can only ever raise. Specified in `docs/spec/reach.md`.
"""

import bisect
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import

#: More imports than this are not a program that a person wrote.
_MAX_IMPORTS = 10_000
#: A longer name is no path.
_MAX_NAME = 1_000

_COMMENT = r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?"
# Bounded, since it is tried behind every keyword.
_GAP = r"(?:\s{1,200}+|//[^\n]{0,200}+\n|/\*[^*]{0,200}+\*/){0,20}+"
# From the keyword to the first quote, over whatever an import or export list may hold.
_CLAUSE = rf"(?:[^;\"'`()=/]++|{_COMMENT}|/)*+"
_STATEMENT = re.compile(rf"(?<![\w$.#@])(import|export)(?![\w$])({_CLAUSE})([\"'])?")
_KEYWORD = re.compile(r"((?:^|[;}/])[ \t]*+)?+(?<![\w$.#@])(import|export)(?![\w$])", re.MULTILINE)
_CALL = re.compile(
    rf"(?<![\w$.#])(import|require|require\.resolve|(?:jest|vi)\.\w++|import\.meta\.glob)(?:<[\w\s.,<>|]{{0,100}}>)?{_GAP}\({_GAP}"
    r"(?:([\"'`])([^\"'`\n]{1,1000}+)\2)?+(\s*+[,)])?+"
)
_URL = re.compile(r"new\s++URL\s*+\(\s*+([\"'])([^\"'\n]{1,1000}+)\1\s*+,\s*+import\.meta\.url")
_REFERENCE = re.compile(
    r"^///\s*+<reference\s++(path|types)\s*+=\s*+([\"'])([^\"'\n]{1,1000}+)\2", re.MULTILINE
)
_ENDS_IN_KEYWORD = re.compile(r"(?:^|[\s}*,\w$/])(?:from|import)$")
_TYPE_ONLY = re.compile(rf"{_GAP}type(?:\s++|{_GAP}(?=[{{*]))(?!from(?![\w$])(?!{_GAP}from))")
#: Words before `(` after which it is no call of ours: `function require(`, `async import(`.
_DEFINED = re.compile(r"(?:function|class|get|set)\s++$")

_QUOTED = re.compile(
    rf"(?P<comment>{_COMMENT})"
    r"|(?P<string>\"(?:[^\"\\\n]++|\\[\s\S])*+\"?|'(?:[^'\\\n]++|\\[\s\S])*+'?)"
    # A template's own code (`${…}`) is not told apart: what stands in it is of kind text too.
    r"|(?P<template>`(?:[^`\\]++|\\[\s\S])*+`?)"
    # A regular expression where a value may begin; else its quotes would be taken for a string's.
    r"|(?<=[=(,:\[!&|?{};\n])[ \t]*+/(?![/*])(?:[^/\\\[\n]++|\\.|\[(?:[^\]\\\n]++|\\.)*+\])++/"
)


def extract_javascript(data: bytes) -> FileFacts:
    """The modules that a JavaScript or TypeScript file names, in the order of the text, each once."""
    if len(data) > MAX_BYTES:
        return FileFacts(language="javascript", unread=f"larger than {MAX_BYTES} bytes")
    unread = "it holds NUL bytes" if b"\0" in data else ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, unread = data.decode("latin-1"), unread or "not UTF-8 text"
    found = _Found(text)
    dynamic = _calls(text, found)
    _statements(text, found)
    for one in _REFERENCE.finditer(text):
        module = one[3] if one[1] == "types" or one[3].startswith(".") else f"./{one[3]}"
        found.add(one.start(), module, "reference")
    for one in _URL.finditer(text):
        found.add(one.start(), one[2], "asset")
    if len(found.spots) > _MAX_IMPORTS:
        return FileFacts(language="javascript", unread=f"more than {_MAX_IMPORTS} imports")
    return FileFacts(language="javascript", imports=found.imports(), dynamic=dynamic, unread=unread)


class _Found:
    """Module names by position; which of them stand in comments is worked out only if there are any."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.spots: list[tuple[int, str, str]] = []

    def add(self, position: int, module: str, kind: str) -> None:
        if len(module) <= _MAX_NAME and len(self.spots) <= _MAX_IMPORTS:
            self.spots.append((position, module, kind))

    def imports(self) -> tuple[Import, ...]:
        spans: list[tuple[int, int]] | None = None
        line, before, open_ = 1, 0, 0
        found: dict[tuple[str, str], int] = {}
        for position, module, kind in sorted(self.spots):
            line += self._text.count("\n", before, position)
            open_, before = open_ + _opened(self._text, before, position), position
            # At the begin of a line, with nothing open before it, a word is surely code.
            if kind == "reference" or (not open_ and (position == 0 or self._text[position - 1] == "\n")):
                pass
            elif _is_inside(spans := _quoted_spans(self._text) if spans is None else spans, position):
                kind = "text"  # noqa: PLW2901 - what it is after a closer look
            found.setdefault((module, kind), line)
        return tuple(
            Import(module=module, kind=kind, weak=kind == "type", line=at)
            for (module, kind), at in found.items()
        )


def _statements(text: str, found: _Found) -> None:
    position = 0
    while (at := text.find("port", position)) >= 0 and len(found.spots) <= _MAX_IMPORTS:
        # Both keywords end so, and little else does: a search for four letters is the fastest there is.
        start = _STATEMENT.match(text, at - 2) if at >= 2 else None
        position = at + 4 if start is None else max(start.end(), at + 4)
        if start is None or not start[3]:
            continue
        clause = _without_comments(start[2]).rstrip()
        if clause and not _ENDS_IN_KEYWORD.search(clause[-8:]):
            continue
        if not clause and start[1] == "export":
            continue
        end = text.find(start[3], start.end(), start.end() + _MAX_NAME)
        module = text[start.end() : end] if end >= 0 else ""
        if module and "\n" not in module:
            # What stands before (a declaration without a semicolon, a word in a comment) is no part of it.
            last = _last_keyword(text, start)
            kind = "import" if last[2] == "import" else "reexport"
            found.add(last.start(2), module, "type" if _TYPE_ONLY.match(text, last.end()) else kind)
            position = end + 1


def _last_keyword(text: str, statement: re.Match[str]) -> re.Match[str]:
    """The last keyword before a quote that stands where a statement may begin, else the first."""
    keywords = list(_KEYWORD.finditer(text, statement.start(), statement.end()))
    return next((one for one in reversed(keywords) if one[1] is not None), keywords[0])


def _without_comments(clause: str) -> str:
    return re.sub(_COMMENT, " ", clause) if "/" in clause else clause


def _calls(text: str, found: _Found) -> bool:
    """Whether a module is loaded by a name only known at run time. Names written out are imports."""
    dynamic = False
    if not any(
        word in text
        for word in ("import(", "import (", "require", "jest.", "vi.", "import.meta.glob", "import/")
    ):
        return False
    for call in _CALL.finditer(text):
        kind = _call_kind(call[1])
        if not kind or _DEFINED.search(text, max(call.start() - 12, 0), call.start()):
            continue
        if not call[3]:
            dynamic = dynamic or kind == "import"
        elif "${" in call[3] and call[2] == "`":
            dynamic = True
        else:
            found.add(call.start(), call[3], "glob" if kind == "glob" else kind)
            # `require("a" + x)` names only where a name begins.
            dynamic = dynamic or (kind == "import" and call[4] is None)
    return dynamic


def _call_kind(called: str) -> str:
    if called in {"import", "require"}:
        return "import"
    if called == "import.meta.glob":
        return "glob"
    method = called.partition(".")[2]
    return "call" if method.lower().endswith(("mock", "resolve", "actual", "unmock")) else ""


def _opened(text: str, start: int, end: int) -> int:
    """How many comments were opened and not closed; a template counts for ever, since it may hold anything."""
    return (
        text.count("/*", start, end) - text.count("*/", start, end) + text.count("`", start, end) * 1_000_000
    )


def _quoted_spans(text: str) -> list[tuple[int, int]]:
    """Where comments, strings and templates stand, ascending."""
    return [token.span() for token in _QUOTED.finditer(text) if token.lastgroup]


def _is_inside(spans: list[tuple[int, int]], position: int) -> bool:
    place = bisect.bisect_right(spans, (position, sys.maxsize)) - 1
    return place >= 0 and spans[place][0] <= position < spans[place][1]


# ---------------------------------------------------------------- manifests

_JSON_TOKEN = re.compile(rf"(\"(?:[^\"\\\n]++|\\.)*+\")|({_COMMENT})|,(?={_GAP}[\]}}])")
_PACKAGE_FIELDS = (
    *("name", "main", "module", "source", "types", "typings", "browser", "exports", "imports", "tsconfig"),
    *("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"),
)
_TSCONFIG_FIELDS = ("baseUrl", "paths", "rootDir", "rootDirs", "outDir")
_MAX_DEPTH = 60


def read_jsonc(data: bytes) -> Any:
    """JSON with comments and trailing commas, as TypeScript reads it. ValueError for anything else."""
    text = data.decode("utf-8-sig")
    if text.count("[") + text.count("{") > 100_000:
        raise ValueError("too many brackets")
    plain = _JSON_TOKEN.sub(lambda token: token[1] or "", text)
    try:
        return json.loads(plain)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def extract_manifest(language: str, data: bytes) -> FileFacts:
    """What a package.json or tsconfig.json says about names of modules, as `detail`."""
    if len(data) > MAX_BYTES:
        return FileFacts(language=language, unread=f"larger than {MAX_BYTES} bytes")
    try:
        read = read_jsonc(data)
    except ValueError as error:
        return FileFacts(language=language, unread=f"not readable as JSON: {str(error)[:120]}")
    if not isinstance(read, dict):
        return FileFacts(language=language, unread="not a JSON object")
    kept = _package(read) if language == "package.json" else _tsconfig(read)
    if not _is_shallow(kept):
        return FileFacts(language=language, unread=f"nested more than {_MAX_DEPTH} deep")
    imports = tuple(Import(module=name, kind="extends") for name in kept.get("extends", ()))
    return FileFacts(language=language, imports=imports, detail=json.dumps(kept, sort_keys=True))


def _package(read: dict[str, Any]) -> dict[str, Any]:
    return {key: read[key] for key in _PACKAGE_FIELDS if key in read}


def _tsconfig(read: dict[str, Any]) -> dict[str, Any]:
    options = read.get("compilerOptions")
    options = options if isinstance(options, dict) else {}
    kept = {key: options[key] for key in _TSCONFIG_FIELDS if key in options}
    extends = read.get("extends", [])
    kept["extends"] = [one for one in _listed(extends) if isinstance(one, str)]
    kept["references"] = [
        one["path"]
        for one in _listed(read.get("references", []))
        if isinstance(one, dict) and isinstance(one.get("path"), str)
    ]
    return kept


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_shallow(value: Any) -> bool:
    layer = [value]
    for _ in range(_MAX_DEPTH):
        layer = [inner for one in layer for inner in _inside(one)]
        if not layer:
            return True
    return False


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
