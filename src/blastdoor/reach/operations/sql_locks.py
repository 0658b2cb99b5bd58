"""ALTER TABLE, action by action: what is lost, what locks or rewrites the table, and whose rights change.

Which action takes which lock: https://www.postgresql.org/docs/current/sql-altertable.html (Notes) and
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html. An action that stands in no
table here is unreadable.
"""

from collections.abc import Callable

from blastdoor.model import Operation
from blastdoor.model.reach import Action
from blastdoor.reach.operations.sql_added import add_column, read_add
from blastdoor.reach.operations.sql_altered import AlteredTable
from blastdoor.reach.operations.sql_words import Script, Words

_Reader = Callable[[Words, AlteredTable], list[Operation] | None]


def read_alter_table(words: Words, script: Script) -> list[Operation] | None:
    """`ALTER TABLE name action, ...`; None where the table or an action cannot be told."""
    at = words.skip(2, ("IF", "EXISTS"))
    at = words.skip(at, ("ONLY",))
    if words.has(at, "ALL"):
        return None
    name, at = words.name(at)
    if not name:
        return None
    at = words.skip(at, ("*",))
    if words.has(at, "ON", "CLUSTER"):
        at = words.name(at + 2)[1]
    table = AlteredTable(name, not script.holds_data(name), script)
    found: list[Operation] = []
    verb: tuple[str, ...] = ()
    for part in words.parts(at):
        read = _read_action(part, table, verb)
        if read is None:
            what = f"ALTER TABLE {name} {part.shown()}"
            read = [script.unreadable(what, "a change of a table that is not known")]
        found += read
        verb = _verb(part) or verb
    return found or None


def _verb(part: Words) -> tuple[str, ...]:
    """What the parts after this one carry on with, where they do not say: `ADD a int, b int`."""
    if part.has(0, "ADD"):
        return ("ADD",)
    if part.has(0, "DROP", "COLUMN"):
        return ("DROP", "COLUMN")
    return ()


def _read_action(part: Words, table: AlteredTable, verb: tuple[str, ...]) -> list[Operation] | None:
    if part.has(0, "WITH", "CHECK") or part.has(0, "WITH", "NOCHECK"):
        part = Words(part.tokens[2:])
    reader = _ACTIONS.get(part.key(0)) if part.tokens[0:1] else None
    if reader is not None:
        return reader(part, table)
    if part.key(0) in _OPTIONS and (part.key(1) in ("=", "'", "0") or len(part) == 2):
        return [_option(part, table)]
    if verb == ("ADD",):
        return add_column(part, table, 0)
    if verb and part.key(0) in ("CONSTRAINT", "COLUMN") and len(part) == 2:
        return _drop(Words([part.tokens[0], *part.tokens]), table)
    if verb and len(part) == 1:
        return [_drop_column(part.name(0)[0], table)]
    return None


# DROP ---------------------------------------------------------------------------------------------


def _drop(part: Words, table: AlteredTable) -> list[Operation] | None:
    key = part.key(1)
    at = part.skip(2, ("IF", "EXISTS"))
    if key in ("CONSTRAINT", "CHECK", "INDEX", "KEY", "FOREIGN", "PRIMARY", "PROJECTION") and len(part) > 2:
        return [_drop_rule(part, table, part.skip(at, ("KEY",)))]
    if key in ("PARTITION", "SUBPARTITION") and len(part) > 2:
        return [table.op("delete", "the rows of the partition are lost", lost=True, danger="availability")]
    if key in ("COLUMN", "COLUMNS"):
        return _drop_columns(part, table, at)
    if key in ("UNUSED", "("):
        return _drop_columns(part, table, part.skip(1, ("UNUSED", "COLUMNS")))
    return _drop_columns(part, table, part.skip(1, ("IF", "EXISTS")))


def _drop_rule(part: Words, table: AlteredTable, at: int) -> Operation:
    index = part.key(1) in ("INDEX", "KEY", "PROJECTION")
    name = part.name(at)[0]
    if index:
        return table.op("delete", "it can be built again", kind="index", part=name)
    if part.has(1, "PRIMARY"):
        return table.locked("the table is rebuilt or locked", kind="constraint", part=name)
    why = "rows are no longer checked, and rows that break the rule may come in"
    return table.op("update", why, kind="constraint", part=name)


def _drop_columns(part: Words, table: AlteredTable, at: int) -> list[Operation] | None:
    if part.key(at) == "(":
        part, at = Words(part.tokens[at + 1 : part.balanced(at) - 1]), 0
    if at >= len(part):
        return [_drop_column("", table)] if part.has(1, "UNUSED") else None
    names = part.names(at)
    return None if "" in names else [_drop_column(name, table) for name in names]


def _drop_column(name: str, table: AlteredTable) -> Operation:
    if table.script.added(table.name, name):
        table.script.lose_columns(table.name)
        return table.op("delete", "added in this script: nothing is lost", kind="column", part=name)
    return table.op("delete", "the values in it are lost", kind="column", part=name, lost=True)


# ALTER COLUMN -------------------------------------------------------------------------------------


def _alter(part: Words, table: AlteredTable) -> list[Operation] | None:
    if part.key(1) in ("INDEX", "CONSTRAINT", "CHECK"):
        why = "whether it is used or enforced changes"
        return [table.op("update", why, kind="constraint", part=part.name(2)[0], danger="unknown")]
    at = part.skip(part.skip(1, ("COLUMN",)), ("IF", "EXISTS"))
    name, at = part.name(at)
    if not name or at >= len(part):
        return None
    found = _alter_rule(part, table, name, at) or _alter_type(part, table, name, at)
    return [found] if found else None


_FINE_COLUMN = (
    (("DROP", "NOT", "NULL"), "NULL is allowed from now on"),
    (("DROP", "DEFAULT"), "new rows get no default"),
    (("SET", "DEFAULT"), "new rows get another default"),
    (("SET", "STATISTICS"), "the planner samples differently"),
    (("SET", "STORAGE"), "new values are stored differently"),
    (("SET", "COMPRESSION"), "new values are stored differently"),
    (("SET", "("), "an option of the column"),
    (("RESET", "("), "an option of the column"),
    (("SET", "VISIBLE"), "whether * shows it"),
    (("SET", "INVISIBLE"), "whether * shows it"),
    (("ADD", "GENERATED"), "new rows get a number"),
    (("SET", "GENERATED"), "how new rows are numbered"),
    (("COMMENT",), "a comment"),
    (("SET", "OPTIONS"), "an option of the column"),
)


def _alter_rule(part: Words, table: AlteredTable, name: str, at: int) -> Operation | None:
    if part.has(at, "SET", "NOT", "NULL"):
        why = "every row is checked for NULL while the table is locked"
        return table.locked(why, kind="column", part=name)
    for keys, why in _FINE_COLUMN:
        if part.has(at, *keys):
            return table.op("update", why, kind="column", part=name)
    if part.has(at, "DROP", "IDENTITY") or part.has(at, "RESTART") or part.has(at, "DROP", "EXPRESSION"):
        why = "how its values are made changes, and how far it had counted is lost"
        return table.op("update", why, kind="column", part=name, lost=True)
    if part.key(at) in ("SET", "DROP", "ADD", "RESET", "REMOVE") and not part.has(at, "SET", "DATA", "TYPE"):
        why = "a change of a column that is not known"
        return table.script.unreadable(f"ALTER TABLE {table.name} {part.shown()}", why)
    return None


def _alter_type(part: Words, table: AlteredTable, name: str, at: int) -> Operation | None:
    start = part.skip(at, ("SET", "DATA", "TYPE"), ("TYPE",))
    if start == at and table.script.dialect not in ("tsql", "", "sqlite"):
        return None
    if table.script.dialect in ("", "postgres", "duckdb") and _widens(part, start, name):
        return table.op(
            "update", "the type can hold whatever texts were there before", kind="column", part=name
        )
    why = "the new type may hold less than the old one did, and the table may be rewritten while it is locked"
    return table.op("update", why, kind="column", part=name, lost=True, danger="availability")


def _widens(part: Words, at: int, name: str) -> bool:
    """Is the new type a text of any length, taken over as it is?"""
    end = part.after("USING", start=at)
    kind = part.keys[at : end - 1 if end > 0 else len(part)]
    if kind not in (["TEXT"], ["VARCHAR"], ["CHARACTER", "VARYING"]):
        return False
    return end < 0 or part.text(end).replace(" ", "") in (name, f"{name}::text", f"{name}::varchar")


# Everything else ----------------------------------------------------------------------------------


def _modify(part: Words, table: AlteredTable) -> list[Operation] | None:
    at = part.skip(part.skip(1, ("COLUMN",)), ("IF", "EXISTS"))
    inner = part.key(at) == "("
    name = part.name(at + inner)[0]
    if not name:
        return None
    why = "the new type may hold less than the old one did, and the table may be rewritten while it is locked"
    found = [table.op("update", why, kind="column", part=name, lost=True, danger="availability")]
    if part.has(0, "CHANGE"):
        table.script.lose_columns(table.name)
        found.append(_renamed(table, "column", name))
    return found


def _renamed(table: AlteredTable, kind: str, name: str) -> Operation:
    return table.op(
        "move", "running code still uses the old name", kind=kind, part=name, danger="availability"
    )


def _rename(part: Words, table: AlteredTable) -> list[Operation] | None:
    at = part.skip(1, ("COLUMN",), ("INDEX",), ("KEY",), ("CONSTRAINT",), ("PARTITION",))
    if (at == 1 and part.key(1) in ("TO", "AS")) or (at == 1 and len(part) == 2):
        new, _ = part.name(part.skip(1, ("TO",), ("AS",)))
        moved = _renamed(table, "table", "")
        prefix = table.name.rpartition(".")[0]
        table.script.rename(table.name, f"{prefix}.{new}" if prefix else new)
        return [moved] if new else None
    name, after = part.name(part.skip(at, ("IF", "EXISTS")))
    if not name or part.key(after) not in ("TO", "AS"):
        return None
    if part.key(1) in ("INDEX", "KEY", "CONSTRAINT"):
        kind = "constraint" if part.has(1, "CONSTRAINT") else "index"
        return [table.op("move", "only its name changes", kind=kind, part=name)]
    table.script.lose_columns(table.name)
    return [_renamed(table, "column", name)]


def _swap(_part: Words, table: AlteredTable) -> list[Operation] | None:
    table.script.forget()
    return [_renamed(table, "table", "")]


def _validate(part: Words, table: AlteredTable) -> list[Operation] | None:
    if not part.has(1, "CONSTRAINT"):
        return None
    why = "rows are checked while the table stays writable"
    return [table.op("update", why, kind="constraint", part=part.name(2)[0])]


def _switch(part: Words, table: AlteredTable) -> list[Operation] | None:
    """ENABLE, DISABLE, FORCE, NO FORCE: triggers, rules, keys, and who sees which rows."""
    if part.after("ROW", "LEVEL", "SECURITY") > 0:
        return [table.op("update", "who sees which rows changes", danger="access")]
    if part.any_of(("TRIGGER", "RULE")):
        why = "what triggers or rules keep up or check changes"
        return [table.op("update", why, kind="trigger", danger="unknown")]
    if part.any_of(("KEYS", "CONSTRAINT")):
        return [table.locked("whether keys are kept or checked changes")]
    if part.has(0, "FORCE") and len(part) == 1:
        return [table.locked("the table is rebuilt")]
    return None


def _set(part: Words, table: AlteredTable) -> list[Operation] | None:
    if part.has(1, "SCHEMA"):
        table.script.rename(table.name, "")
        return [_renamed(table, "table", "")]
    if part.has(1, "TABLESPACE") or part.key(1) in ("LOGGED", "UNLOGGED", "ACCESS"):
        return [table.locked("the table is rewritten while it is locked")]
    if part.key(1) in ("(", "WITHOUT", "OPTIONS", "TBLPROPERTIES", "COMMENT"):
        return [table.op("update", "an option of the table")]
    if part.has(1, "UNUSED"):
        return _drop_columns(part, table, part.skip(2, ("COLUMN",)))
    return None


def _owner(_part: Words, table: AlteredTable) -> list[Operation] | None:
    return [table.op("update", "who owns the table changes", danger="access")]


def _attach(part: Words, table: AlteredTable) -> list[Operation] | None:
    if not part.any_of(("PARTITION", "PART")):
        return None
    # What is attached is no longer only the script's own.
    table.script.rename(table.name, "")
    table.script.rename(part.name(2)[0], "")
    return [table.locked("the rows of the partition are checked while it is locked")]


def _detach(part: Words, table: AlteredTable) -> list[Operation] | None:
    if not part.any_of(("PARTITION", "PART")):
        return None
    why = "the table no longer holds the rows of the partition"
    online = part.any_of(("CONCURRENTLY",)) and not table.script.in_transaction
    return [table.op("forget", why, lost=True, danger=None if online else "availability")]


def _inherit(_part: Words, table: AlteredTable) -> list[Operation] | None:
    table.script.rename(table.name, "")
    return [table.locked("which rows the parent table shows changes")]


def _truncate(_part: Words, table: AlteredTable) -> list[Operation] | None:
    return [table.op("delete", "the rows of the partition are lost", lost=True)]


def _exchange(_part: Words, table: AlteredTable) -> list[Operation] | None:
    table.script.forget()
    return [table.op("update", "the rows of the partition are exchanged for others", lost=True)]


def _rebuild(_part: Words, table: AlteredTable) -> list[Operation] | None:
    return [table.locked("the table is rebuilt while it is locked")]


def _discard(_part: Words, table: AlteredTable) -> list[Operation] | None:
    return [table.op("delete", "the file that holds the rows is removed", lost=True)]


def _change_rows(part: Words, table: AlteredTable) -> list[Operation] | None:
    """ClickHouse changes rows by ALTER TABLE ... DELETE and UPDATE."""
    action: Action = "delete" if part.has(0, "DELETE") else "update"
    return [table.op(action, "what the rows held is lost", lost=True)]


def _replica(_part: Words, table: AlteredTable) -> list[Operation] | None:
    return [table.op("update", "what replicas are told of a change")]


def _algorithm(part: Words, table: AlteredTable) -> list[Operation] | None:
    """MySQL's ALGORITHM and LOCK: how the change is made."""
    if part.any_of(("COPY", "SHARED", "EXCLUSIVE")):
        return [table.locked(f"{part.text()} makes writes wait while the table is copied or changed")]
    if part.any_of(("INPLACE", "INSTANT", "NONE", "DEFAULT", "NOCOPY")):
        return []
    return None


def _option(part: Words, table: AlteredTable) -> Operation:
    why = "an option of the table"
    return table.locked("the table is rebuilt") if _OPTIONS[part.key(0)] else table.op("update", why)


#: Options of MySQL's tables; True where setting one rebuilds the table.
_OPTIONS = {
    "ENGINE": True,
    "ROW_FORMAT": True,
    "KEY_BLOCK_SIZE": True,
    "CHARSET": True,
    "COLLATE": True,
    "AUTO_INCREMENT": False,
    "COMMENT": False,
    "STATS_PERSISTENT": False,
    "STATS_AUTO_RECALC": False,
    "MAX_ROWS": False,
    "MIN_ROWS": False,
}
_ACTIONS: dict[str, _Reader] = {
    "ADD": read_add,
    "DROP": _drop,
    "ALTER": _alter,
    "MODIFY": _modify,
    "CHANGE": _modify,
    "RENAME": _rename,
    "SWAP": _swap,
    "VALIDATE": _validate,
    "ENABLE": _switch,
    "DISABLE": _switch,
    "FORCE": _switch,
    "CHECK": _switch,
    "NOCHECK": _switch,
    "NO": lambda part, table: _inherit(part, table) if part.has(1, "INHERIT") else _switch(part, table),
    "SET": _set,
    "RESET": lambda _, table: [table.op("update", "an option of the table")],
    "CLUSTER": lambda _, table: [table.op("update", "the order of a later CLUSTER")],
    "OWNER": _owner,
    "ATTACH": _attach,
    "DETACH": _detach,
    "INHERIT": _inherit,
    "TRUNCATE": _truncate,
    "EXCHANGE": _exchange,
    "REPLACE": _exchange,
    "CONVERT": _rebuild,
    "REBUILD": _rebuild,
    "MOVE": _rebuild,
    "ORDER": _rebuild,
    "COALESCE": _rebuild,
    "REORGANIZE": _rebuild,
    "PARTITION": _rebuild,
    "DISCARD": _discard,
    "CLEAR": _discard,
    "DELETE": _change_rows,
    "UPDATE": _change_rows,
    "REPLICA": _replica,
    "ALGORITHM": _algorithm,
    "LOCK": _algorithm,
    "DEFAULT": lambda _, table: [table.op("update", "what new columns get by default")],
}
