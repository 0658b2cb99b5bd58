"""Text for a terminal: what comes from a repository is hostile, and ids are shown as names."""

import re
import unicodedata
from collections.abc import Mapping

_ID = re.compile(r"\b(?:p|a|u)_[a-z0-9_]+\b")
#: Control, format (bidirectional overrides among them), surrogate and private-use characters.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_LONGEST = 400


def plain(text: str) -> str:
    r"""The text on one line, at most 400 characters, what could steer a terminal shown as `\xNN`."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(_safe(char) for char in cut)


def _safe(char: str) -> str:
    if char.isprintable() and unicodedata.category(char) not in _UNSAFE:
        return char
    return " " if char in "\t\n\r" else f"\\x{ord(char):02x}"


def named(text: str, names: Mapping[str, str]) -> str:
    """The text with ids replaced by the names they are known by, made safe."""
    return plain(_ID.sub(lambda match: names.get(match[0], match[0]), text))
