"""LEFT.md: what was not carried over, for the person who reviews the draft."""

from collections.abc import Sequence

from blastdoor.policy.importing.draft import Differs, Left

_HEADINGS: dict[Differs, tuple[str, str]] = {
    "shut": ("Holds until you provide something", "Nothing that these concern passes before."),
    "stricter": ("Stricter than before", "The draft asks for more, or asks more often."),
    "same": ("Said in another way", "What passes is no different."),
}
_LONGEST = 300


def left_page(left: Sequence[Left], source: str) -> str:
    """The text of LEFT.md; `source` is the name of the file that was imported."""
    lines = [
        f"# What was left of {_code(source)}",
        "",
        "Nothing was made easier. The draft differs as follows; numbers are lines of the old file.",
    ]
    for differs, (heading, meaning) in _HEADINGS.items():
        items = [one for one in left if one.differs == differs]
        if items:
            lines += ["", f"## {heading}", "", meaning, ""]
            lines += [f"- {one.line}: {_code(one.what)}: {_text(one.why)}" for one in items]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{_text(text).replace('`', chr(39))}`"


def _text(text: str) -> str:
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(char if char.isprintable() else "?" for char in cut)
