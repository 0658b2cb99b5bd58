"""A statement as words, and the script it stands in: what every reader of SQL shares."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import msgspec

from blastdoor.model import Operation
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.sql_lex import Token

#: Characters of a name or statement that are shown.
MAX_SHOWN = 120
#: The words that may stand between `DROP TABLE` or `CREATE TABLE` and the name.
IF_EXISTS = (("IF", "EXISTS"), ("IF", "NOT", "EXISTS"))

_PLACE = {"text": "'", "number": "0", "name": '"'}
_QUOTES_ALIKE = frozenset(("mysql", "mariadb", "tsql", "sqlite", "bigquery", "clickhouse"))
_UNQUOTED = re.compile(r"^[`\[\"](\w+)[`\]\"]$")
_CLOSING = {'"': '"', "`": "`", "[": "]"}


class Words:
    """The tokens of a statement, to be matched by keyword.

    `keys` holds a word in capitals, a mark as it is, and `'`, `0` or `"` for a text, number or quoted name:
    what is quoted can never be taken for a keyword.
    """

    __slots__ = ("keys", "tokens")

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.keys = [_PLACE.get(token.kind) or token.text.upper() for token in tokens]

    def __len__(self) -> int:
        return len(self.tokens)

    def key(self, at: int) -> str:
        """The key at `at`, "" beyond the end."""
        return self.keys[at] if 0 <= at < len(self.keys) else ""

    def has(self, at: int, *keys: str) -> bool:
        """Do these keys stand here, one after the other?"""
        return tuple(self.keys[at : at + len(keys)]) == keys

    def skip(self, at: int, *choices: tuple[str, ...]) -> int:
        """Step over whichever of `choices` stands here, the longest first."""
        for choice in sorted(choices, key=len, reverse=True):
            if self.has(at, *choice):
                return at + len(choice)
        return at

    def after(self, *keys: str, start: int = 0) -> int:
        """The place after the first run of `keys`, -1 where there is none."""
        first = keys[0]
        for at in range(start, len(self.keys)):
            if self.keys[at] == first and self.has(at, *keys):
                return at + len(keys)
        return -1

    def any_of(self, keys: Collection[str]) -> bool:
        """Does any of these keys stand anywhere?"""
        return any(key in keys for key in self.keys)

    def name(self, at: int) -> tuple[str, int]:
        """The dotted name that starts here as it is spelled, and the place after it; "" for none."""
        parts: list[str] = []
        while at < len(self.tokens) and self.tokens[at].kind in ("word", "name"):
            parts.append(self.tokens[at].text)
            at += 1
            if self.key(at) != ".":
                break
            at += 1
            # SQL Server leaves out what lies between: database..table
            at += self.key(at) == "."
        return ".".join(parts)[: MAX_SHOWN * 2], at

    def names(self, at: int) -> list[str]:
        """The names of a list from here on, with what stands in brackets after each left out."""
        found: list[str] = []
        while True:
            name, after = self.name(at)
            found.append(name)
            after = self.balanced(after)
            if not name or self.key(after) != ",":
                return found
            at = after + 1

    def balanced(self, at: int) -> int:
        """The place after the brackets that open here; `at` itself where none open."""
        if self.key(at) != "(":
            return at
        depth = 0
        for place in range(at, len(self.keys)):
            depth += (self.keys[place] == "(") - (self.keys[place] == ")")
            if not depth:
                return place + 1
        return len(self.keys)

    def parts(self, at: int) -> list["Words"]:
        """What stands between the commas from here on; a comma in brackets does not count."""
        found: list[Words] = []
        depth, start = 0, at
        for place in range(at, len(self.keys)):
            key = self.keys[place]
            depth += (key == "(") - (key == ")")
            if key == "," and not depth:
                found.append(Words(self.tokens[start:place]))
                start = place + 1
        found.append(Words(self.tokens[start:]))
        return [part for part in found if len(part)]

    def outside(self, at: int = 0) -> list[str]:
        """The keys that stand in no bracket."""
        found, depth = [], 0
        for key in self.keys[at:]:
            depth -= key == ")"
            if depth <= 0 and key != ")":
                found.append(key)
            depth += key == "("
        return found

    def text(self, at: int = 0, end: int | None = None) -> str:
        """What stands from `at` to `end`, as SQL."""
        tokens = self.tokens[at:end]
        return "".join(f" {token.text}" if token.gap else token.text for token in tokens).strip()

    def user(self, at: int) -> str:
        """A user as MySQL spells one, `'name'@'host'`, without what identifies them."""
        return self.text(at, at + 3 if self.key(at + 1) == "@" else at + 1)

    def shown(self) -> str:
        """The beginning of the statement for people; texts are left out, since some are secrets."""
        said = []
        for token in self.tokens[:60]:
            text = "'...'" if token.kind == "text" else token.text
            said.append(f" {text}" if token.gap else text)
        return "".join(said).strip()


def bare(name: str) -> str:
    """A spelled name without its quotes, as people read it."""
    if name[:1] == "`" == name[-1:] and name.count("`") == 2:
        return name[1:-1][:MAX_SHOWN]  # BigQuery: `project.dataset.table`
    parts = [part for part in name.split(".") if part]
    plain = [
        part[1:-1] if len(part) > 1 and _CLOSING.get(part[0]) == part[-1] else part for part in parts
    ]  # a dot within quotes stays as it is spelled
    return ".".join(plain)[:MAX_SHOWN] or "?"


@dataclass(slots=True)
class Script:
    """What is known while a script is read from its first statement to its last.

    `made`: tables created by this script, as they are spelled: they held nothing before it. `columns`: those
    that it added to tables. `trusted`: whether what stands in the script surely runs, in order: not once it
    branches. `shadowed`: the search path was set, so a table may stand before a temporary one of the same
    name. `depth`: how many bodies of code surround the statement being read.
    """

    where: str
    dialect: str
    line: int = 1
    in_transaction: bool = False
    trusted: bool = True
    shadowed: bool = False
    depth: int = 0
    made: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)

    def body(self) -> "Script":
        """For what stands within a body of code: what the script made counts for nothing there."""
        return Script(
            where=self.where, dialect=self.dialect, line=self.line, trusted=False, depth=self.depth + 1
        )

    def op(
        self,
        resource: str,
        type: str,  # noqa: A002 -- named as the field of Operation is
        action: Action,
        why: str,
        *,
        lost: bool = False,
        danger: Danger | None = None,
    ) -> Operation:
        """An operation of the statement being read. `lost`: it is irreversible."""
        return Operation(
            resource=resource,
            type=type,
            action=action,
            irreversible=lost,
            why=why,
            danger=danger or msgspec.UNSET,
            where=f"{self.where}:{self.line}",
        )

    def unreadable(self, what: str, why: str) -> Operation:
        """An operation that could not be understood, and so counts as dangerous."""
        shown = " ".join(what.split())[:MAX_SHOWN]
        return self.op(
            f"statement {shown}" if shown else "statement",
            "statement",
            "unreadable",
            f"{why}; it counts as dangerous",
            lost=True,
            danger="unknown",
        )

    def spelled(self, name: str) -> str:
        """A name without quotes, in the dialects in which quotes do not make it another name."""
        if self.dialect not in _QUOTES_ALIKE:
            return name
        return ".".join(_UNQUOTED.sub(r"\1", part) for part in name.split("."))

    def holds_data(self, table: str) -> bool:
        """Can the table hold anything that was there before the script? Only its own tables cannot."""
        spelled = self.spelled(table)
        return spelled not in self.made and not spelled.startswith("#")

    def added(self, table: str, column: str) -> bool:
        """Is the column new in this script?"""
        return (self.spelled(table), self.spelled(column)) in self.columns

    def add_column(self, table: str, column: str) -> None:
        """Note a column that this script adds."""
        if self.trusted:
            self.columns.add((self.spelled(table), self.spelled(column)))

    def lose_columns(self, table: str) -> None:
        """Names of columns may mean other columns of the table from here on."""
        table = self.spelled(table)
        self.columns = {each for each in self.columns if each[0] != table}

    def make(self, table: str) -> None:
        """Note a table that this script creates."""
        if table and self.trusted:
            self.made.add(self.spelled(table))

    def rename(self, old: str, new: str) -> None:
        """Follow a table to its new name; whatever had that name before is another table now."""
        old, new = self.spelled(old), self.spelled(new)
        self.columns = {each for each in self.columns if each[0] not in (old, new)}
        ours = old in self.made
        self.made.discard(old)
        self.made.discard(new)
        if ours and new:
            self.made.add(new)

    def forget(self) -> None:
        """Names may mean other tables from here on."""
        self.made.clear()
        self.columns.clear()

    def distrust(self) -> None:
        """What follows may or may not run, so nothing that it makes can be counted on."""
        self.forget()
        self.trusted = False

    @property
    def postgres(self) -> bool:
        """Are the locks those of PostgreSQL, or is it not known whose they are?"""
        return self.dialect in ("", "postgres")
