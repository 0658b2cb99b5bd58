"""ALTER TABLE, action by action: what is lost, what locks or rewrites the table, and who may do what after it.

Which action takes which lock: https://www.postgresql.org/docs/current/sql-altertable.html (Notes) and
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html. An action that stands in no table here
is unreadable.
"""

from collections.abc import Callable
from dataclasses import dataclass

from blastdoor.model import Operation
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.sql_words import Script, Words, bare


@dataclass(frozen=True, slots=True)
class _Table:
    """The table altered. `name` as it is spelled; `only_new`: made by this script, so nobody waits for it."""

    name: str
    only_new: bool
    script: Script

    def op(
        self,
        action: Action,
        why: str,
        *,
        kind: str = "table",
        part: str = "",
        lost: bool = False,
        danger: Danger | None = None,
    ) -> Operation:
        """An operation on the table, or on the part of it that is named."""
        if self.only_new and (lost or danger == "availability"):
            lost, danger, why = False, None, "the table was created in this script: nothing is lost or waits"
        resource = f"table {bare(self.name)}"
        if kind == "column":
            resource = f"column {bare(self.name)}.{bare(part)}"
        elif kind != "table":
            resource = f"{kind} {bare(part)}" if part else f"{kind} of {bare(self.name)}"
        return self.script.op(resource, kind, action, why, lost=lost, danger=danger)

    def locked(
        self, why: str, *, kind: str = "table", part: str = "", action: Action = "update"
    ) -> Operation:
        """An operation that loses nothing, but during which others wait."""
        return self.op(action, why, kind=kind, part=part, danger="availability")


_Reader = Callable[[Words, _Table], list[Operation] | None]


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
    table = _Table(name, not script.holds_data(name), script)
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


def _read_action(part: Words, table: _Table, verb: tuple[str, ...]) -> list[Operation] | None:
    if part.has(0, "WITH", "CHECK") or part.has(0, "WITH", "NOCHECK"):
        part = Words(part.tokens[2:])
    reader = _ACTIONS.get(part.key(0)) if part.tokens[0:1] else None
    if reader is not None:
        return reader(part, table)
    if part.key(0) in _OPTIONS and (part.key(1) in ("=", "'", "0") or len(part) == 2):
        return [_option(part, table)]
    if verb == ("ADD",):
        return _add_column(part, table, 0)
    if verb and part.key(0) in ("CONSTRAINT", "COLUMN") and len(part) == 2:
        return _drop(Words([part.tokens[0], *part.tokens]), table)
    if verb and len(part) == 1:
        return [_drop_column(part.name(0)[0], table)]
    return None


# ADD ----------------------------------------------------------------------------------------------------------

#: Defaults that are worked out once, not row by row, so that adding the column rewrites nothing.
_STEADY = frozenset(
    [
        "NOW",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "CURRENT_TIME",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "CURRENT_USER",
        "SESSION_USER",
        "TRANSACTION_TIMESTAMP",
        "STATEMENT_TIMESTAMP",
        "GETDATE",
        "SYSDATETIME",
        "SYSUTCDATETIME",
        "GETUTCDATE",
        "NUMERIC",
        "DECIMAL",
        "VARCHAR",
        "CHAR",
        "CHARACTER",
        "VARYING",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "BIT",
        "TO_DATE",
        "TO_TIMESTAMP",
        "ARRAY",
        "INTERVAL",
        "UTC_TIMESTAMP",
        "SYSDATE",
        "DATE",
        "LOWER",
        "UPPER",
        "COALESCE",
        "TIMEZONE",
        "JSON_ARRAY",
        "JSON_OBJECT",
        "TIME",
        "DATETIME",
        "VARCHAR2",
        "NUMBER",
        "NVARCHAR",
    ]
)
_SERIALS = frozenset(["SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL2", "SERIAL4", "SERIAL8"])
_INLINE = (
    ("PRIMARY", "a primary key is built while the table is locked"),
    ("UNIQUE", "a unique index is built while the table is locked"),
    ("REFERENCES", "both tables are locked while the foreign key is checked"),
    ("CHECK", "every row is checked while the table is locked"),
)


def _add(part: Words, table: _Table) -> list[Operation] | None:
    at = part.skip(1, ("COLUMN",), ("COLUMNS",))
    at = part.skip(at, ("IF", "NOT", "EXISTS"))
    if part.key(at) == "(":
        inner = Words(part.tokens[at + 1 : part.balanced(at) - 1])
        found: list[Operation] = []
        for column in inner.parts(0):
            found += _add_column(column, table, 0) or _add_constraint(column, table, 0) or []
        return found or None
    if part.has(1, "COLUMN"):
        return _add_column(part, table, at)
    return _add_constraint(part, table, 1) or _add_column(part, table, at)


def _add_column(part: Words, table: _Table, at: int) -> list[Operation] | None:
    name, after = part.name(at)
    if not name or (after >= len(part) and table.script.dialect not in ("sqlite", "")):
        return None
    rest = Words(part.tokens[after:])
    if not part.has(at - 3, "IF", "NOT", "EXISTS"):
        table.script.add_column(table.name, name)
    why = _why_column_waits(rest, table)
    if why:
        return [table.locked(why, kind="column", part=name, action="create")]
    return [table.op("create", "it is new", kind="column", part=name)]


def _why_column_waits(rest: Words, table: _Table) -> str:
    """Why adding the column blocks or fails on a table with rows, "" where it does not."""
    keys = rest.outside()
    if _SERIALS.intersection(keys[:1]) or "IDENTITY" in keys or "STORED" in keys or "PERSISTED" in keys:
        return "its value is worked out row by row, so the table is rewritten"
    default = rest.after("DEFAULT")
    if default > 0 and (call := _volatile(rest, default)):
        return f"its default {call}() may differ row by row, so the table is rewritten"
    for key, why in _INLINE:
        if key in keys:
            return why
    not_null = rest.after("NOT", "NULL") > 0
    lenient = table.script.dialect in ("mysql", "mariadb", "clickhouse")
    if not_null and default < 0 and "AS" not in keys and not lenient:
        return "NOT NULL without a default fails where the table has rows"
    return ""


def _volatile(rest: Words, start: int) -> str:
    """The first function called from here on that is not known to be worked out once."""
    for at in range(start, len(rest)):
        if rest.key(at) in ("CHECK", "REFERENCES", "CONSTRAINT"):
            return ""
        called = rest.tokens[at].kind in ("word", "name") and rest.key(at + 1) == "("
        if called and rest.key(at) not in _STEADY:
            return bare(rest.tokens[at].text).lower()
    return ""


def _add_constraint(part: Words, table: _Table, at: int) -> list[Operation] | None:
    name = ""
    if part.has(at, "CONSTRAINT"):
        at = part.skip(at + 1, ("IF", "NOT", "EXISTS"))
        if part.key(at) not in _CONSTRAINTS or part.key(at + 1) in _CONSTRAINTS:
            name, at = part.name(at)
    reader = _CONSTRAINTS.get(part.key(at))
    return [reader(part, table, name)] if reader else None


def _checked(part: Words, table: _Table, name: str) -> Operation:
    """A foreign key or CHECK: every row is looked at, unless that is left for later."""
    if part.after("NOT", "VALID") > 0 or part.after("ENABLE", "NOVALIDATE") > 0:
        return table.op("create", "rows already there are not checked yet", kind="constraint", part=name)
    why = "every row is checked while writes wait; NOT VALID and VALIDATE CONSTRAINT would not make them wait"
    if not table.script.postgres:
        why = "every row is checked, and writes may wait meanwhile"
    return table.locked(why, kind="constraint", part=name, action="create")


def _keyed(part: Words, table: _Table, name: str) -> Operation:
    """A primary key, unique or exclusion constraint: an index is built, unless there is one already."""
    if part.after("USING", "INDEX") > 0 and table.script.postgres and not part.any_of(("(",)):
        return table.op(
            "create", "it takes over an index that is already built", kind="constraint", part=name
        )
    why = "an index is built while the table is locked"
    return table.locked(why, kind="constraint", part=name, action="create")


def _indexed(part: Words, table: _Table, _name: str) -> Operation:
    """MySQL's ADD INDEX: built online, but for FULLTEXT and SPATIAL."""
    if part.any_of(("FULLTEXT", "SPATIAL")):
        return table.locked("writes wait while the index is built", kind="index", action="create")
    return table.op("create", "it is built while the table stays writable", kind="index")


def _partitioned(_part: Words, table: _Table, _name: str) -> Operation:
    return table.op("create", "a new partition holds nothing yet")


def _defaulted(_part: Words, table: _Table, name: str) -> Operation:
    return table.op("create", "a default changes no row", kind="constraint", part=name)


_CONSTRAINTS: dict[str, Callable[[Words, _Table, str], Operation]] = {
    "FOREIGN": _checked,
    "CHECK": _checked,
    "NOT": _checked,
    "PRIMARY": _keyed,
    "UNIQUE": _keyed,
    "EXCLUDE": _keyed,
    "INDEX": _indexed,
    "KEY": _indexed,
    "FULLTEXT": _indexed,
    "SPATIAL": _indexed,
    "PARTITION": _partitioned,
    "DEFAULT": _defaulted,
}


# DROP ---------------------------------------------------------------------------------------------------------


def _drop(part: Words, table: _Table) -> list[Operation] | None:
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


def _drop_rule(part: Words, table: _Table, at: int) -> Operation:
    index = part.key(1) in ("INDEX", "KEY", "PROJECTION")
    name = part.name(at)[0]
    if index:
        return table.op("delete", "it can be built again", kind="index", part=name)
    if part.has(1, "PRIMARY"):
        return table.locked("the table is rebuilt or locked", kind="constraint", part=name)
    why = "rows are no longer checked, and rows that break the rule may come in"
    return table.op("update", why, kind="constraint", part=name)


def _drop_columns(part: Words, table: _Table, at: int) -> list[Operation] | None:
    if part.key(at) == "(":
        part, at = Words(part.tokens[at + 1 : part.balanced(at) - 1]), 0
    if at >= len(part):
        return [_drop_column("", table)] if part.has(1, "UNUSED") else None
    names = part.names(at)
    return None if "" in names else [_drop_column(name, table) for name in names]


def _drop_column(name: str, table: _Table) -> Operation:
    if table.script.added(table.name, name):
        table.script.lose_columns(table.name)
        return table.op("delete", "added in this script: nothing is lost", kind="column", part=name)
    return table.op("delete", "the values in it are lost", kind="column", part=name, lost=True)


# ALTER COLUMN -------------------------------------------------------------------------------------------------


def _alter(part: Words, table: _Table) -> list[Operation] | None:
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


def _alter_rule(part: Words, table: _Table, name: str, at: int) -> Operation | None:
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


def _alter_type(part: Words, table: _Table, name: str, at: int) -> Operation | None:
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


# Everything else ----------------------------------------------------------------------------------------------


def _modify(part: Words, table: _Table) -> list[Operation] | None:
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


def _renamed(table: _Table, kind: str, name: str) -> Operation:
    return table.op(
        "move", "running code still uses the old name", kind=kind, part=name, danger="availability"
    )


def _rename(part: Words, table: _Table) -> list[Operation] | None:
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


def _swap(_part: Words, table: _Table) -> list[Operation] | None:
    table.script.forget()
    return [_renamed(table, "table", "")]


def _validate(part: Words, table: _Table) -> list[Operation] | None:
    if not part.has(1, "CONSTRAINT"):
        return None
    why = "rows are checked while the table stays writable"
    return [table.op("update", why, kind="constraint", part=part.name(2)[0])]


def _switch(part: Words, table: _Table) -> list[Operation] | None:
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


def _set(part: Words, table: _Table) -> list[Operation] | None:
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


def _owner(_part: Words, table: _Table) -> list[Operation] | None:
    return [table.op("update", "who owns the table changes", danger="access")]


def _attach(part: Words, table: _Table) -> list[Operation] | None:
    if not part.any_of(("PARTITION", "PART")):
        return None
    # What is attached is no longer only the script's own.
    table.script.rename(table.name, "")
    table.script.rename(part.name(2)[0], "")
    return [table.locked("the rows of the partition are checked while it is locked")]


def _detach(part: Words, table: _Table) -> list[Operation] | None:
    if not part.any_of(("PARTITION", "PART")):
        return None
    why = "the table no longer holds the rows of the partition"
    online = part.any_of(("CONCURRENTLY",)) and not table.script.in_transaction
    return [table.op("forget", why, lost=True, danger=None if online else "availability")]


def _inherit(_part: Words, table: _Table) -> list[Operation] | None:
    table.script.rename(table.name, "")
    return [table.locked("which rows the parent table shows changes")]


def _truncate(_part: Words, table: _Table) -> list[Operation] | None:
    return [table.op("delete", "the rows of the partition are lost", lost=True)]


def _exchange(_part: Words, table: _Table) -> list[Operation] | None:
    table.script.forget()
    return [table.op("update", "the rows of the partition are exchanged for others", lost=True)]


def _rebuild(_part: Words, table: _Table) -> list[Operation] | None:
    return [table.locked("the table is rebuilt while it is locked")]


def _discard(_part: Words, table: _Table) -> list[Operation] | None:
    return [table.op("delete", "the file that holds the rows is removed", lost=True)]


def _change_rows(part: Words, table: _Table) -> list[Operation] | None:
    """ClickHouse changes rows by ALTER TABLE ... DELETE and UPDATE."""
    action: Action = "delete" if part.has(0, "DELETE") else "update"
    return [table.op(action, "what the rows held is lost", lost=True)]


def _replica(_part: Words, table: _Table) -> list[Operation] | None:
    return [table.op("update", "what replicas are told of a change")]


def _algorithm(part: Words, table: _Table) -> list[Operation] | None:
    """MySQL's ALGORITHM and LOCK: how the change is made."""
    if part.any_of(("COPY", "SHARED", "EXCLUSIVE")):
        return [table.locked(f"{part.text()} makes writes wait while the table is copied or changed")]
    if part.any_of(("INPLACE", "INSTANT", "NONE", "DEFAULT", "NOCOPY")):
        return []
    return None


def _option(part: Words, table: _Table) -> Operation:
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
    "ADD": _add,
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
