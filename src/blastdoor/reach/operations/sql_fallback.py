"""Statements known by their first words: sessions, transactions, rights, upkeep, and other ALTERs.

These are what a SQL parser gives back unread. A statement that stands in no table here is unreadable:
no guess is made from its looks.
"""

from blastdoor.model import Operation
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.sql_locks import read_alter_table
from blastdoor.reach.operations.sql_session import (
    Read,
    Reader,
    move_session,
    opaque,
    quiet,
    read_begin,
    read_commit,
    read_pragma,
    read_rollback,
    read_set,
)
from blastdoor.reach.operations.sql_words import Script, Words, bare


def _known(
    resource: str, type_: str, action: Action, why: str, danger: Danger | None, *, lost: bool = False
) -> Reader:
    def read(_words: Words, script: Script) -> Read:
        return [script.op(resource, type_, action, why, danger=danger, lost=lost)]

    return read


# Rights -------------------------------------------------------------------------------------------


def _rights(words: Words, script: Script) -> Read:
    on = words.after("ON")
    on = words.skip(on, ("TABLE",), ("SCHEMA",), ("DATABASE",), ("SEQUENCE",), ("FUNCTION",)) if on > 0 else 1
    what = "all tables" if words.has(on, "ALL") else bare(words.name(on)[0])
    why = "who may do what changes"
    return [script.op(f"rights on {what}", "role", "update", why, danger="access")]


_ALTERS: dict[tuple[str, ...], tuple[str, Action, str, Danger | None]] = {
    ("DEFAULT", "PRIVILEGES"): ("role", "update", "who may do what with new tables changes", "access"),
    ("ROLE",): ("role", "update", "who may do what changes", "access"),
    ("USER",): ("role", "update", "who may do what changes", "access"),
    ("LOGIN",): ("role", "update", "who may do what changes", "access"),
    ("GROUP",): ("role", "update", "who may do what changes", "access"),
    ("POLICY",): ("role", "update", "who sees which rows changes", "access"),
    ("SYSTEM",): ("database", "update", "a setting of the whole server", "unknown"),
    ("DATABASE",): ("database", "update", "a setting of the whole database", "unknown"),
    ("SERVER",): ("database", "update", "which other server is reached changes", "network"),
    ("SUBSCRIPTION",): ("database", "update", "what is replicated changes", "availability"),
    ("PUBLICATION",): ("database", "update", "what is replicated changes", "availability"),
    ("TYPE",): ("type", "update", "what uses the type is locked or rewritten", "availability"),
    ("DOMAIN",): ("type", "update", "every row that uses it is checked", "availability"),
    ("EXTENSION",): ("extension", "update", "running code may meet another version", "availability"),
    ("SEQUENCE",): ("sequence", "update", "numbers may be given out again or left out", "unknown"),
    ("EVENT", "TRIGGER"): ("trigger", "update", "what triggers keep up or check changes", "unknown"),
    ("TRIGGER",): ("trigger", "update", "what triggers keep up or check changes", "unknown"),
    ("STATISTICS",): ("index", "update", "the planner samples differently", None),
}


def _alter(words: Words, script: Script) -> Read:
    if words.has(1, "TABLE"):
        return read_alter_table(words, script)
    if words.has(1, "SESSION"):
        script.forget()
        return [script.op("session", "session", "update", "a setting of the session", danger="unknown")]
    if words.key(1) in ("INDEX", "VIEW", "MATERIALIZED", "SCHEMA", "FUNCTION", "PROCEDURE"):
        return _alter_object(words, script)
    for keys, (type_, action, why, danger) in _ALTERS.items():
        if words.has(1, *keys):
            name = (
                words.name(words.skip(1 + len(keys), ("IF", "EXISTS")))[0] if keys[0] != "DEFAULT" else "any"
            )
            if type_ == "type" and words.after("DROP", "ATTRIBUTE") > 0:
                return [script.op(f"type {bare(name)}", type_, "delete", "values are lost", lost=True)]
            if words.after("RENAME") > 0 and type_ != "role":
                return [_moved(script, type_, name)]
            labelled = type_ == "type" and words.after("ADD", "VALUE") > 0
            said = "running code may not know the new value" if labelled else why
            return [script.op(f"{type_} {bare(name)}", type_, action, said, danger=danger)]
    return None


def _moved(script: Script, type_: str, name: str) -> Operation:
    why = "running code still uses the old name"
    return script.op(f"{type_} {bare(name)}", type_, "move", why, danger="availability")


def _alter_object(words: Words, script: Script) -> Read:
    at = words.skip(
        1, ("MATERIALIZED", "VIEW"), ("VIEW",), ("INDEX",), ("SCHEMA",), ("FUNCTION",), ("PROCEDURE",)
    )
    type_ = {"MATERIALIZED": "view", "PROCEDURE": "function"}.get(words.key(1), words.key(1).lower())
    name, end = words.name(words.skip(at, ("IF", "EXISTS")))
    end = words.balanced(end)
    if not name:
        return None
    if type_ == "schema":
        script.forget()
    if words.has(end, "RENAME"):
        if type_ == "index":
            return [script.op(f"index {bare(name)}", type_, "move", "only its name changes")]
        return [_moved(script, type_, name)]
    if words.has(end, "SET", "SCHEMA"):
        return [_moved(script, type_, name)]
    if words.has(end, "OWNER") or words.after("SECURITY", start=end) > 0:
        return [
            script.op(f"{type_} {bare(name)}", type_, "update", "with whose rights it runs", danger="access")
        ]
    if type_ == "index" and words.key(end) in ("SET", "RESET", "ATTACH", "REBUILD", "VISIBLE", "INVISIBLE"):
        why = "the index may be locked or rebuilt"
        return [script.op(f"index {bare(name)}", type_, "update", why, danger="availability")]
    return None


def _trigger(words: Words, script: Script) -> Read:
    """T-SQL's `DISABLE TRIGGER t ON table`."""
    if not words.has(1, "TRIGGER"):
        return None
    why = "what triggers keep up or check changes"
    return [script.op(f"trigger {bare(words.name(2)[0])}", "trigger", "update", why, danger="unknown")]


# Upkeep -------------------------------------------------------------------------------------------


def _upkeep(what: str, why: str) -> Reader:
    """A statement that loses nothing, but during which others wait."""

    def read(words: Words, script: Script) -> Read:
        name = words.name(words.skip(1, ("TABLE",), ("TABLES",), ("FULL",), ("INDEX",), ("SCHEMA",)))[0]
        return [script.op(f"{what} {bare(name)}", what, "update", why, danger="availability")]

    return read


def _vacuum(words: Words, script: Script) -> Read:
    if words.any_of(("FULL",)) or script.dialect in ("sqlite", "redshift"):
        return _upkeep("table", "the table is rewritten while it is locked")(words, script)
    return quiet("tidies up while the table stays in use")(words, script)


def _reindex(words: Words, script: Script) -> Read:
    if words.any_of(("CONCURRENTLY",)) and not script.in_transaction:
        return quiet("builds indexes again while the table stays in use")(words, script)
    return _upkeep("index", "the table is locked while the index is built")(words, script)


def _refresh(words: Words, script: Script) -> Read:
    online = words.any_of(("CONCURRENTLY",))
    at = words.skip(1, ("MATERIALIZED",))
    name = bare(words.name(words.skip(at, ("VIEW", "CONCURRENTLY"), ("VIEW",)))[0])
    why = "it is filled again" if online else "it cannot be read while it is filled again"
    return [script.op(f"view {name}", "view", "update", why, danger=None if online else "availability")]


def _detach(words: Words, script: Script) -> Read:
    """ClickHouse takes a table out of use; elsewhere a file is closed."""
    if words.key(1) in ("TABLE", "VIEW", "DICTIONARY"):
        return _upkeep("table", "it is out of use until it is attached again")(words, script)
    return move_session(words, script)


def _use(words: Words, script: Script) -> Read:
    if words.has(1, "ROLE") or words.has(1, "SECONDARY"):
        return [
            script.op("session", "role", "update", "the script goes on as somebody else", danger="access")
        ]
    return move_session(words, script)


def _rename(words: Words, script: Script) -> Read:
    """MySQL's `RENAME TABLE a TO b, c TO d`, done from left to right."""
    found: list[Operation] = []
    type_ = "role" if words.has(1, "USER") else "table"
    for part in words.parts(words.skip(1, ("TABLE",), ("TABLES",), ("USER",))):
        old, at = part.name(0)
        new = part.name(at + 1)[0]
        if not old or not new or part.key(at) != "TO":
            return None
        # It never renames a temporary table, which may have the name of the one that it does rename.
        script.rename(old, "")
        script.rename(new, "")
        found.append(_moved(script, type_, old))
    return found


def _truncate(words: Words, script: Script) -> Read:
    at = words.skip(1, ("TABLE",))
    at = words.skip(words.skip(at, ("IF", "EXISTS")), ("ONLY",))
    names = words.names(at)
    if "" in names:
        return None
    found = []
    for name in names:
        lost = script.holds_data(name) or words.any_of(("CASCADE",))
        why = "all its rows are lost" if lost else "created in this script: nothing is lost"
        found.append(script.op(f"table {bare(name)}", "table", "delete", why, lost=lost))
    return found


def _copy(words: Words, script: Script) -> Read:
    keys = words.outside()
    if "PROGRAM" in keys or ("TO" in keys and "STDOUT" not in keys):
        return [script.unreadable(words.shown(), "it writes a file or runs a program on the server")]
    if "FROM" not in keys:
        return [script.op("data", "data", "read", "it is only read")] if "TO" in keys else None
    name = words.name(words.skip(1, ("INTO",)))[0]
    if not name:
        return None
    return [script.op(f"table {bare(name)}", "data", "create", "rows are added")]


_LITERAL = frozenset(("'", "0", ",", "(", ")", "NULL", "TRUE", "FALSE", "DEFAULT", "-", "+"))


def _insert(words: Words, script: Script) -> list[Operation] | None:
    """An INSERT of literals, as dumps hold by the thousand: known without parsing it."""
    if not words.has(0, "INSERT", "INTO"):
        return None
    name, at = words.name(2)
    if words.key(at) == "(":
        at = words.balanced(at)
    if not name or not words.has(at, "VALUES") or not _LITERAL.issuperset(words.keys[at + 1 :]):
        return None
    return [script.op(f"table {bare(name)}", "data", "create", "rows are added")]


def _replace(words: Words, script: Script) -> Read:
    """`REPLACE INTO` of MySQL and SQLite: a row with the same key is deleted first."""
    name = words.name(words.skip(1, ("LOW_PRIORITY",), ("DELAYED",), ("INTO",)))[0]
    if not name or not words.any_of(("VALUES", "VALUE", "SELECT", "SET", "TABLE")):
        return None
    lost = script.holds_data(name)
    why = "the old values of rows that are already there are lost" if lost else "rows are added"
    return [script.op(f"table {bare(name)}", "data", "update" if lost else "create", why, lost=lost)]


def _lock(words: Words, script: Script) -> Read:
    return _upkeep("table", "others wait until the transaction ends")(words, script)


def _load(words: Words, script: Script) -> Read:
    return opaque("it loads what does not stand in the script")(words, script)


def _comment(words: Words, script: Script) -> Read:
    return quiet("a comment")(words, script) if words.has(1, "ON") else None


_EXECUTES = "what it runs does not stand in the script"
_SHUT = _known("database", "database", "update", "the server stops, or drops its connections", "availability")

#: First word of a statement, and who reads it.
READERS: dict[str, Reader] = {
    "BEGIN": read_begin,
    "START": lambda words, script: read_begin(words, script) if words.has(1, "TRANSACTION") else None,
    "COMMIT": read_commit,
    "END": read_commit,
    "ROLLBACK": read_rollback,
    "ABORT": read_rollback,
    "SAVEPOINT": quiet("a place to come back to"),
    "SAVE": quiet("a place to come back to"),
    "RELEASE": quiet("a place to come back to"),
    "USE": _use,
    "SET": read_set,
    "RESET": move_session,
    "DISCARD": move_session,
    "SHOW": quiet("only shows"),
    "DESCRIBE": quiet("only shows"),
    "DESC": quiet("only shows"),
    "PRINT": quiet("only shows"),
    "PROMPT": quiet("only shows"),
    "ANALYZE": quiet("counts rows for the planner"),
    "CHECKPOINT": quiet("writes what is in memory"),
    "DEALLOCATE": quiet("forgets a prepared statement"),
    "CLOSE": quiet("closes a cursor"),
    "FETCH": quiet("reads from a cursor"),
    "LISTEN": quiet("waits for a notice"),
    "UNLISTEN": quiet("waits for no notice"),
    "NOTIFY": quiet("sends a notice"),
    "UNLOCK": quiet("others need not wait any longer"),
    "COMMENT": _comment,
    "PRAGMA": read_pragma,
    "GRANT": _rights,
    "REVOKE": _rights,
    "DENY": _rights,
    "SECURITY": _rights,
    "REASSIGN": _known("role", "role", "update", "who owns what changes", "access"),
    "ALTER": _alter,
    "ENABLE": _trigger,
    "DISABLE": _trigger,
    "RENAME": _rename,
    "TRUNCATE": _truncate,
    "VACUUM": _vacuum,
    "REINDEX": _reindex,
    "REFRESH": _refresh,
    "CLUSTER": _upkeep("table", "the table is rewritten while it is locked"),
    "OPTIMIZE": _upkeep("table", "the table may be rewritten while it is locked"),
    "REPAIR": _upkeep("table", "the table is locked while it is repaired"),
    "FLUSH": _upkeep("table", "tables are closed, and others wait"),
    "LOCK": _lock,
    "COPY": _copy,
    "INSERT": _insert,
    "REPLACE": _replace,
    "KILL": _SHUT,
    "SHUTDOWN": _SHUT,
    "RESTART": _SHUT,
    "UNDROP": _known("table", "table", "create", "what was dropped is back", None),
    "PURGE": _known("data", "data", "delete", "what could have been restored is lost", None, lost=True),
    "FLASHBACK": _known("data", "data", "update", "what was written since is lost", None, lost=True),
    "RESTORE": _known("data", "data", "replace", "what was there is replaced by a copy", None, lost=True),
    "IMPORT": _known("schema", "schema", "create", "rows of another server become tables", "network"),
    "LOAD": _load,
    "ATTACH": opaque("it opens a file that does not stand in the script"),
    "DETACH": _detach,
    "INSTALL": _load,
    "EXEC": opaque(_EXECUTES),
    "EXECUTE": opaque(_EXECUTES),
    "CALL": opaque(_EXECUTES),
}
