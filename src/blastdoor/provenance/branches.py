"""Whose branch it is, by its name, and which branch a merge brought in."""

import re

from blastdoor.provenance.entries import Entries, Tool

_READ = 400
#: What follows the number is `owner/branch`: an owner called `codex` is nobody's mark.
_GITHUB = re.compile(r"Merge (?:pull request|PR) #\d{1,12} from [^\s/]{1,100}/(\S{1,250})", re.IGNORECASE)
_BITBUCKET = re.compile(r"Merged in (\S{1,250}) \(pull request #\d{1,12}\)", re.IGNORECASE)
_PLAIN = re.compile(
    r"Merge (?:remote[- ]tracking )?(?:branch|commit) ['\"`]?(?:(?:refs/)?(?:heads/|remotes/))?([^\s'\"`]{1,250})",
    re.IGNORECASE,
)
_REMOTES = ("origin/", "upstream/", "fork/", "github/", "gitlab/")


class Branches:
    """The branches that the tools of a registry make."""

    def __init__(self, entries: Entries) -> None:
        found = [
            (one.starts.lower(), one.digits, tool)
            for tool in entries.tools
            if tool.marks == "ai"
            for one in tool.branches
        ]
        self._starts = sorted(found, key=lambda one: -len(one[0]))

    def made_by(self, branch: str) -> Tool | None:
        """The tool that makes branches of such a name; None for any other."""
        name = branch[:_READ].lower()
        for starts, digits, tool in self._starts:
            rest = name[len(starts) :]
            if name.startswith(starts) and rest and (not digits or _has_digits(rest, digits)):
                return tool
        return None

    def merged_by(self, message: str) -> Tool | None:
        """The tool whose branch a merge with this message brought in.

        A merge *into* such a branch names another one first, and is none.
        """
        if message[:5].lower() != "merge":
            return None
        subject = message[:_READ].partition("\n")[0]
        found = _GITHUB.match(subject) or _BITBUCKET.match(subject) or _PLAIN.match(subject)
        if found is None:
            return None
        branch = found[1]
        for remote in _REMOTES:
            branch = branch.removeprefix(remote)
        return self.made_by(branch)


def _has_digits(rest: str, count: int) -> bool:
    return len(rest) >= count and rest[:count].isascii() and rest[:count].isdigit()
