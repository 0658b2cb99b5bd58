"""Whether a text says that AI had a part, or that it had none."""

import re
from collections.abc import Callable

READ = 1000
_FIRST = frozenset({
    "", "no", "none", "not", "never", "false", "without", "nil", "null", "na", "n/a", "-", "off", "human",
    "humans", "nobody", "0", "nope", "nothing", "n", "zero", "0%", "unused", "tbd", "unknown",
})  # fmt: skip
_CLAUSE = re.compile(r"[.;!?,\n]|\s(?:but|however|though|although|except|and then)\s")
_NEGATED = re.compile(
    r"\b(?:no|not|none|never|without|nor|neither|zero|nothing|cannot|myself|ourselves|by hand|manually|n/a"
    r"|\w{1,12}n['\u2019]t)\b",
    re.IGNORECASE,
)
#: Words of rules, promises and questions about AI, which say nothing about what was done.
_ABOUT = re.compile(
    r"\b(?:polic(?:y|ies)|guidelines?|rules?|agree|comply|complies|understand|responsib\w{0,8}|disclos\w{0,6}|if"
    r"|whether|any|should|must|may|might|would|could|please|e\.g|i\.e|describe|example|applicable|read the)\b",
    re.IGNORECASE,
)


def denies(text: str, names_a_tool: Callable[[str], bool]) -> bool:
    """Whether a trailer's value says that there was no AI: `none`, `false`, `no AI`; an empty one, too.

    `none, but Copilot for the tests` is no denial; `n/a, see above` is one.
    """
    words = text[:READ].split()
    if not words or words[0].strip(".,;:!()*_").casefold() in _FIRST:
        return not any(affirmed(clause) and names_a_tool(clause) for clause in clauses(text)[1:])
    return not any(affirmed(clause) for clause in clauses(text))


def clauses(text: str) -> list[str]:
    """The parts of a text that can be affirmed or negated by themselves."""
    return [clause for clause in (one.strip() for one in _CLAUSE.split(text[:READ])) if clause]


def affirmed(clause: str) -> bool:
    """Whether a clause is neither negated nor a rule, a condition or a question."""
    return _NEGATED.search(clause) is None and _ABOUT.search(clause) is None
