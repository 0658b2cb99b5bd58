"""Evidence that may be kept: short, printable, and without persons' mailboxes."""

import re
from collections.abc import Callable

from blastdoor.provenance.identities import REDACTED

#: The longest `raw` and `model` of a signal, in characters.
LONGEST = 200
_READ = 1000
_GAPS = re.compile(r"([\s<>]+)")


def clean(text: str) -> str:
    """The text in one line of printable characters, cut to 200 with an ellipsis."""
    text = text[:_READ]
    if not text.isprintable():
        # Controls, bidirectional overrides and lone surrogates go; what was a break stays a gap.
        text = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in text)
    text = text.strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def without_mailboxes(text: str, is_a_tools: Callable[[str], bool]) -> str:
    """The text with every mailbox that is not a tool's replaced by `<redacted>`."""
    cut = text[:_READ]
    if len(text) > _READ:
        cut = cut.rpartition(" ")[0] or cut  # the last word may be half a mailbox
    if "@" not in cut:
        return cut
    pieces = [piece if _may_stay(piece, is_a_tools) else REDACTED for piece in _GAPS.split(cut)]
    return "".join(pieces).replace(f"<{REDACTED}>", REDACTED)


def _may_stay(piece: str, is_a_tools: Callable[[str], bool]) -> bool:
    return "@" not in piece or is_a_tools(piece.strip("()[],;:.'\""))
