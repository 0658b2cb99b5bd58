"""CODEOWNERS into a rule that asks the owners of each touched path.

On GitHub the last line that fits a path says whose it is, which is what `{owners: n}` means here; the file
itself goes on being read at every check. GitLab's sections
(https://docs.gitlab.com/user/project/codeowners/reference/) ask for one approval each, which `owners` would
not: a file that has them becomes a rule for each section and each set of owners.
"""

import re
from dataclasses import dataclass, field

from blastdoor.formats import escape_path
from blastdoor.policy.importing.draft import Actors, Draft, Left

_MAX_BYTES = 1_000_000
_MAX_LINES = 20_000
_MAX_OWNERS_IN_DEFAULT = 400
_WORD = re.compile(r"(?:[^\s\\]|\\.)++")
_SECTION = re.compile(
    r"(?P<optional>\^?)\[(?P<name>[^\]]{1,200})\](?:\[(?P<count>[0-9]{1,2})\])?(?:\s(?P<owners>.*))?\Z"
)
_TOKEN = re.compile(r"@@?[A-Za-z0-9][A-Za-z0-9_./-]{0,200}\Z")
_MAILBOX = re.compile(r"[^@\s\"'<>]{1,100}@[^@\s\"'<>]{1,150}\Z")
_GLOBS_A_RULE = 40
_MAX_COUNT = 20


@dataclass(slots=True)
class _Section:
    """A section of GitLab's: how many have to approve, who if a line names nobody, and its lines."""

    name: str
    line: int
    count: int = 1
    optional: bool = False
    owners: tuple[str, ...] = ()
    entries: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def draft_codeowners(data: bytes, branch: str) -> tuple[Draft, list[Left]]:
    """The draft of a CODEOWNERS file, and what was left. It never fails for the content of a line."""
    draft, left = Draft(branch), list[Left]()
    reader = _Reader(draft, left)
    sections = reader.sections(data)
    given = [
        owners for section in sections for owners in (section.owners, *(one for _, one in section.entries))
    ]
    named = reader.actors(tuple(one for owners in given for one in owners), 1, quiet=True)
    _write_default(draft, named, left)
    if len(sections) > 1:
        for section in sections:
            _write_section(draft, section, reader)
    else:
        draft.add_rule("owners of what is touched", 'touches("**")', ("{ owners: 1 }",))
        why = (
            "blastdoor reads the file itself at every check, from the protected branch: it has to stay in "
            ".github/, the root, docs/ or .gitlab/, for elsewhere it would ask nobody"
        )
        left.append(Left(line=1, what="CODEOWNERS", why=why, differs="same"))
    why = "logins and teams stand in people.yaml without numbers, keys and members: nobody can vouch before"
    left.append(Left(line=1, what="owners", why=why, differs="shut"))
    return draft, left


def looks_like_codeowners(data: bytes) -> bool:
    """Whether some line of a file names a path and an owner."""
    for line in _lines(data):
        words = _words(line)
        if len(words) > 1 and any(_TOKEN.match(word) or _MAILBOX.match(word) for word in words[1:]):
            return True
    return False


def _lines(data: bytes) -> list[str]:
    text = escape_path(data[:_MAX_BYTES]).replace("\\\\", "\\")
    return text.replace("\r", "").split("\n")[:_MAX_LINES]


def _words(line: str) -> list[str]:
    words = _WORD.findall(line[:4000])
    for index, word in enumerate(words):
        if word.startswith("#"):
            return words[:index]
    return words


class _Reader:
    def __init__(self, draft: Draft, left: list[Left]) -> None:
        self._draft, self._left = draft, left
        self._told: set[str] = set()
        self._slugs: dict[str, str] = {}

    def sections(self, data: bytes) -> list[_Section]:
        """The lines before any section, as one without a name, and then the sections."""
        found = [_Section("", 1)]
        for number, line in enumerate(_lines(data), 1):
            words = _words(line)
            if not words:
                continue
            header = _SECTION.match(" ".join(words)) if words[0].startswith(("[", "^[")) else None
            if header is not None:
                count = min(max(int(header["count"] or 1), 1), _MAX_COUNT)
                if int(header["count"] or 1) > _MAX_COUNT:
                    self._tell(
                        number, line, f"at most {_MAX_COUNT} approvals are asked for by one rule", "shut"
                    )
                owners = tuple((header["owners"] or "").split())
                found.append(_Section(header["name"], number, count, bool(header["optional"]), owners))
                continue
            owners = tuple(words[1:])
            self.actors(owners, number)
            found[-1].entries.append((words[0].replace("\\ ", " "), owners))
        return found

    def actors(self, owners: tuple[str, ...], line: int, *, quiet: bool = False) -> Actors:
        """Whom some owners mean; told, once, of those that mean nobody."""
        users, teams, mailboxes = set(), set(), set()
        for owner in owners:
            if _MAILBOX.match(owner) and not owner.startswith("@"):
                mailboxes.add(owner.casefold())
            elif not _TOKEN.match(owner):
                if not quiet:
                    self._tell(line, owner, "no login, team or mailbox: it counts as nobody", "stricter")
            elif owner.startswith("@@"):
                teams.add(self._noted(f"role {owner[2:]}", f"whoever has the role {owner}"))
            elif "/" in owner:
                teams.add(self._team(owner[1:]))
            else:
                users.add(owner[1:].casefold())
        return Actors(frozenset(users), frozenset(teams), frozenset(mailboxes))

    def _team(self, called: str) -> str:
        slug = called.casefold().rpartition("/")[2] or called.casefold()
        if self._slugs.setdefault(slug, called.casefold()) != called.casefold():
            slug = called.casefold()
        return self._noted(slug, called)

    def _noted(self, team: str, called: str) -> str:
        return self._draft.team(team, called)

    def _tell(self, line: int, what: str, why: str, differs: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._left.append(Left(line=line, what=what, why=why, differs=differs))  # type: ignore[arg-type]

    def tell_section(self, section: _Section, why: str, differs: str) -> None:
        """Note what is different of a section."""
        self._tell(
            section.line, f"[{section.name}]" if section.name else "lines before any section", why, differs
        )


def _write_default(draft: Draft, named: Actors, left: list[Left]) -> None:
    if named and len(named.teams) <= _MAX_OWNERS_IN_DEFAULT:
        draft.default = draft.approvals(1, named, "all owners")
        who = "anybody who owns something"
    else:
        draft.groups["anybody"] = "{ level_at_least: junior }"
        draft.default, who = ("{ approvals: 1, from: anybody }",), "anybody"
    why = f"one approval of {who} is asked for all the same: a policy without a default does not load"
    left.append(Left(line=1, what="paths that nobody owns", why=why, differs="stricter"))


def _write_section(draft: Draft, section: _Section, reader: _Reader) -> None:
    if section.optional:
        reader.tell_section(section, "an optional section asks for nothing, and here neither", "same")
        return
    by_owners: dict[Actors, list[str]] = {}
    for pattern, given in section.entries:
        owners = given or section.owners
        if owners and not pattern.startswith("!"):
            actors = reader.actors(owners, section.line, quiet=True)
            by_owners.setdefault(actors, []).append(_glob(pattern))
        elif pattern.startswith("!"):
            reader.tell_section(section, f"{pattern}: a condition cannot leave paths out", "stricter")
    if len(by_owners) > 1:
        why = "of several lines that fit a path each is asked for, not the last alone"
        reader.tell_section(section, why, "stricter")
    name = f"section {section.name}" if section.name else "lines before any section"
    for actors, globs in by_owners.items():
        unique = list(dict.fromkeys(globs))
        for start in range(0, len(unique), _GLOBS_A_RULE):
            when = " || ".join(f'touches("{glob}")' for glob in unique[start : start + _GLOBS_A_RULE])
            when = when if len(when) <= 3_500 else "true"
            if actors:
                draft.add_rule(name, when, draft.approvals(section.count, actors, f"owners in {name}"))
            else:
                draft.add_rule(name, when, (), "its owners are nobody who can be named here")


def _glob(pattern: str) -> str:
    """A pattern as gitignore has it, as a glob that matches at least as much; see `reach/owners.py`."""
    body = pattern.strip("/")
    anchored = pattern.startswith("/") or "/" in body
    parts = [re.sub(r"\*+", "*", part) if part != "**" else part for part in body.split("/")]
    odd = any("**" in part and part != "**" for part in body.split("/"))
    if odd or not body or "" in parts or any(char in '"\\' or not char.isprintable() for char in body):
        return "**"
    ends_in_level = body.endswith("/*") or (body == "*" and anchored)
    tail = [] if ends_in_level or parts[-1] == "**" else ["**"]
    return "/".join([*([] if anchored else ["**"]), *parts, *tail])
