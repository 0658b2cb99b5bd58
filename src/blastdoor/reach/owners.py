"""CODEOWNERS: whose a path is.

Format: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
GitLab's sections are read as plain lines: their headings name no path.
"""

import re
from collections.abc import Iterable
from functools import cache

from blastdoor.formats import escape_path

#: Where the file may stand; the first that is there counts.
OWNERS_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_MAX_LINES = 20_000
_WORD = re.compile(r"(?:[^\s\\]|\\.)++")


class Owners:
    """Rules in the order of the file; of those that fit a path, the last counts."""

    def __init__(self, rules: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        self._rules = [(_matcher(pattern), owners) for pattern, owners in rules]

    def owners(self, path: str) -> tuple[str, ...]:
        """The owners of a path as they are written; none where no rule fits, or the last names nobody."""
        for matcher, owners in reversed(self._rules):
            if matcher.match(path):
                return owners
        return ()

    def of(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Everybody who owns one of some paths, in order of name."""
        return tuple(sorted({owner for path in paths for owner in self.owners(path)}))


def load_owners(data: bytes) -> Owners:
    """The rules of a CODEOWNERS file. What is no rule is passed over; it never fails for its content."""
    rules = []
    for line in escape_path(data).replace("\\x0d", "").split("\n")[:_MAX_LINES]:
        words = _WORD.findall(line[:4000])
        if not words or words[0].startswith(("#", "[", "^[")):
            continue
        owners = []
        for word in words[1:]:
            if word.startswith("#"):
                break
            owners.append(word)
        rules.append((words[0].replace("\\ ", " "), tuple(owners)))
    return Owners(rules)


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    """A pattern as gitignore has it, without negation and ranges, which CODEOWNERS does not know."""
    anchored = "/" in pattern.rstrip("/")[:-1] or pattern.startswith("/")
    body = pattern.strip("/")
    # As gitignore has it: `**/` any folders, `/**` everything inside, `*` and `?` within a name.
    parts = re.split(r"(\*\*/|/\*\*|\*++|\?)", body[:500])
    words = {"**/": "(?:[^/]++/)*", "/**": "/.*", "?": "[^/]"}
    text = "".join(
        words.get(part) or ("[^/]*" if part.startswith("*") else re.escape(part)) for part in parts
    )
    if pattern.endswith("/"):
        end = "/"
    elif body.endswith("/*") or (body == "*" and anchored):
        end = "$"  # one level only
    else:
        end = "(?:/|$)"
    return re.compile(("" if anchored else "(?:.*/)?") + text + end)
