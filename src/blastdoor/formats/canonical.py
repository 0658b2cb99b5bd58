"""Canonical bytes: RFC 8785 (JSON Canonicalization Scheme), narrowed.

Narrowed to what two programs in two languages cannot disagree on: keys are ASCII, numbers are integers
below 2^53 in size, there is no null (a field that has no value is absent) and no lone surrogate.
Specified in `docs/spec/canonical.md`.
"""

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import msgspec

_LIMIT = 2**53


def canonical_bytes(value: Any) -> bytes:
    """The one byte string for a value: a msgspec Struct, or a tree of dict, list, tuple, str, int and bool.

    Raises ValueError for anything outside the narrowed format, naming the place (`$.case.files[3]`).
    """
    tree = msgspec.to_builtins(value)
    if not _is_plain(tree):
        _refuse_the_unrepresentable(tree)
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        _refuse_the_unrepresentable(tree)
        raise


def digest(data: bytes) -> str:
    """`sha256:<64 hex digits>` over the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def short_id(prefix: str, data: bytes) -> str:
    """`<prefix>_` and the first 16 base32 digits (80 bits) of the SHA-256 of the bytes, in lower case."""
    encoded = base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")
    return f"{prefix}_{encoded[:16].lower()}"


def moment_text(moment: dt.datetime) -> str:
    """A moment as RFC 3339 in UTC with `Z`, whole seconds. ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is no moment")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def escape_path(raw: bytes) -> str:
    r"""A repository path as text: UTF-8 as it is, a backslash doubled, other bytes as `\xNN`.

    Two different paths never give the same text.
    """
    return raw.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def _is_plain(tree: Any) -> bool:
    """Whether all but lone surrogates (which do not encode) is surely as it should be; most trees are."""
    stack = [tree]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is str or kind is bool:
            continue
        if kind is dict:
            if not all(type(key) is str and key.isascii() for key in node):
                return False
            stack.extend(node.values())
        elif kind is list or kind is tuple:
            stack.extend(node)
        elif kind is not int or not -_LIMIT < node < _LIMIT:
            return False
    return True


def _refuse_the_unrepresentable(tree: Any) -> None:
    # A stack, not recursion: a deep tree from outside must not end in a RecursionError.
    stack: list[tuple[str, Any]] = [("$", tree)]
    while stack:
        where, node = stack.pop()
        if isinstance(node, dict):
            for key, child in node.items():
                if not isinstance(key, str) or not key.isascii():
                    raise ValueError(f"{where}: key {key!r} is not ASCII text")
                stack.append((f"{where}.{key}", child))
        elif isinstance(node, list | tuple):
            stack.extend((f"{where}[{index}]", child) for index, child in enumerate(node))
        else:
            problem = _problem_with(node)
            if problem:
                raise ValueError(f"{where}: {problem}")


def _problem_with(leaf: Any) -> str:
    if isinstance(leaf, str):
        surrogate = not leaf.isascii() and any("\ud800" <= char <= "\udfff" for char in leaf)
        return "a lone surrogate has no canonical form" if surrogate else ""
    if isinstance(leaf, bool):
        return ""
    if isinstance(leaf, int):
        return "" if -_LIMIT < leaf < _LIMIT else f"{leaf} is outside the integers that JSON readers agree on"
    return f"{type(leaf).__name__} has no canonical form"
