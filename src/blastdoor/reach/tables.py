"""Tables of databases: which files use them, and which migrations change them.

Found by the words around a name, so by low confidence: what is named in a comment counts too. A table is a
node only where some file of the tree makes or changes it. Specified in `docs/spec/reach.md`.
"""

import re
from collections.abc import Iterator

from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import
from blastdoor.reach.graph import Edge
from blastdoor.reach.tree import Tree

_MAX_TABLES = 500
_NAME = r"[\"'`\[:]{0,2}((?:[A-Za-z_]\w{0,62}\.){0,2}[A-Za-z_]\w{0,62})"
#: Words without which a text uses no table, or changes none: a search for each costs next to nothing.
_HINTS = (b"FROM ", b"JOIN ", b"INTO ", b"UPDATE ", b"tablename", b"table_name", b"tableName", b"db_table", b"@Table", b"@Entity")  # fmt: skip # noqa: E501
_MIGRATES = (b"alembic", b"ActiveRecord::Migration", b"queryInterface", b"queryRunner", b"knex")
_USED = re.compile(
    rf"(?<!\w)(?:(?:FROM|JOIN|INTO|UPDATE)\s{{1,4}}(?:ONLY\s{{1,4}})?{_NAME}"
    rf"|(?:__tablename__|db_table|self\.table_name|tableName|table_name)\s{{0,4}}[:=]\s{{0,4}}[\"']{_NAME}"
    rf"|@(?:Table|Entity)\(\s{{0,4}}(?:name\s{{0,4}}[=:]\s{{0,4}})?[\"']{_NAME})"
)
_CHANGED = re.compile(
    rf"(?<!\w)(?:(?:CREATE|ALTER|DROP|TRUNCATE|LOCK|RENAME)\s{{1,4}}(?:\w{{1,12}}\s{{1,4}}){{0,2}}?TABLE\s{{1,4}}"
    rf"(?:IF\s{{1,4}}(?:NOT\s{{1,4}})?EXISTS\s{{1,4}})?(?:ONLY\s{{1,4}})?{_NAME}"
    rf"|(?:INSERT\s{{1,4}}INTO|UPDATE|DELETE\s{{1,4}}FROM|TRUNCATE|MERGE\s{{1,4}}INTO)\s{{1,4}}{_NAME}"
    rf"|op\.(?!f\()\w{{3,40}}\(\s{{0,40}}(?:op\.f\()?(?:table_name\s{{0,2}}=\s{{0,2}})?[\"']{_NAME}"
    rf"|(?:create|drop|change|rename|alter)_?[tT]able\w{{0,10}}[ (]{{1,2}}{_NAME}"
    rf"|(?:add|remove|change|rename)_(?:column|index|reference|timestamps)s?[ (]{{1,2}}{_NAME})",
    re.IGNORECASE,
)
_KEYWORDS = frozenset(
    {"select", "set", "the", "a", "if", "not", "exists", "only", "table", "values", "where", "lateral"}
)


def named_tables(language: str, data: bytes) -> tuple[Import, ...]:
    """The tables that a file names, each once: SQL and migrations change them, programs use them."""
    if len(data) > MAX_BYTES:
        return ()
    if language == "sql" or any(word in data for word in _MIGRATES):
        return _found(_CHANGED, data.decode("latin-1"), "alters")
    return _found(_USED, data.decode("latin-1"), "table") if any(hint in data for hint in _HINTS) else ()


def _found(pattern: re.Pattern[str], text: str, kind: str) -> tuple[Import, ...]:
    found: dict[str, Import] = {}
    line, before = 1, 0
    for one in pattern.finditer(text):
        name = next(group for group in one.groups() if group).rpartition(".")[2].lower()
        if name in _KEYWORDS or name in found:
            continue
        line, before = line + text.count("\n", before, one.start()), one.start()
        found[name] = Import(module=name, kind=kind, line=line)
        if len(found) == _MAX_TABLES:
            break
    return tuple(found.values())


class Tables:
    """Edges from users to tables, and from tables to what changes them."""

    def __init__(self, tree: Tree) -> None:
        self._changed: set[str] = set()
        for versions in tree.facts.values():
            for facts in versions:
                for one in facts.tables:
                    if one.kind == "alters":
                        self._changed.add(one.module)

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file."""
        for one in facts.tables:
            if one.kind == "alters":
                yield Edge(f"table:{one.module}", path, "migration", 0, "medium")
            elif one.module in self._changed:
                yield Edge(path, f"table:{one.module}", "table", one.line, "low")

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:  # noqa: ARG002 - many tables stand elsewhere
        """Nothing: what makes a table is often in another repository."""
        return iter(())
