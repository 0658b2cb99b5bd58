"""ALTER TABLE ... ADD: which new columns and constraints make others wait."""

from collections.abc import Callable

from blastdoor.model import Operation
from blastdoor.reach.operations.sql_altered import AlteredTable
from blastdoor.reach.operations.sql_words import Words, bare

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


def read_add(part: Words, table: AlteredTable) -> list[Operation] | None:
    """`ADD ...`, whatever is added; None where that cannot be told."""
    at = part.skip(1, ("COLUMN",), ("COLUMNS",))
    at = part.skip(at, ("IF", "NOT", "EXISTS"))
    if part.key(at) == "(":
        inner = Words(part.tokens[at + 1 : part.balanced(at) - 1])
        found: list[Operation] = []
        for column in inner.parts(0):
            found += add_column(column, table, 0) or _add_constraint(column, table, 0) or []
        return found or None
    if part.has(1, "COLUMN"):
        return add_column(part, table, at)
    return _add_constraint(part, table, 1) or add_column(part, table, at)


def add_column(part: Words, table: AlteredTable, at: int) -> list[Operation] | None:
    """A new column, whose name stands at `at`: does anybody wait for it?"""
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


def _why_column_waits(rest: Words, table: AlteredTable) -> str:
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


def _add_constraint(part: Words, table: AlteredTable, at: int) -> list[Operation] | None:
    name = ""
    if part.has(at, "CONSTRAINT"):
        at = part.skip(at + 1, ("IF", "NOT", "EXISTS"))
        if part.key(at) not in _CONSTRAINTS or part.key(at + 1) in _CONSTRAINTS:
            name, at = part.name(at)
    reader = _CONSTRAINTS.get(part.key(at))
    return [reader(part, table, name)] if reader else None


def _checked(part: Words, table: AlteredTable, name: str) -> Operation:
    """A foreign key or CHECK: every row is looked at, unless that is left for later."""
    if part.after("NOT", "VALID") > 0 or part.after("ENABLE", "NOVALIDATE") > 0:
        return table.op("create", "rows already there are not checked yet", kind="constraint", part=name)
    why = "every row is checked while writes wait; NOT VALID and VALIDATE CONSTRAINT would not make them wait"
    if not table.script.postgres:
        why = "every row is checked, and writes may wait meanwhile"
    return table.locked(why, kind="constraint", part=name, action="create")


def _keyed(part: Words, table: AlteredTable, name: str) -> Operation:
    """A primary key, unique or exclusion constraint: an index is built, unless there is one already."""
    if part.after("USING", "INDEX") > 0 and table.script.postgres and not part.any_of(("(",)):
        return table.op(
            "create", "it takes over an index that is already built", kind="constraint", part=name
        )
    why = "an index is built while the table is locked"
    return table.locked(why, kind="constraint", part=name, action="create")


def _indexed(part: Words, table: AlteredTable, _name: str) -> Operation:
    """MySQL's ADD INDEX: built online, but for FULLTEXT and SPATIAL."""
    if part.any_of(("FULLTEXT", "SPATIAL")):
        return table.locked("writes wait while the index is built", kind="index", action="create")
    return table.op("create", "it is built while the table stays writable", kind="index")


def _partitioned(_part: Words, table: AlteredTable, _name: str) -> Operation:
    return table.op("create", "a new partition holds nothing yet")


def _defaulted(_part: Words, table: AlteredTable, name: str) -> Operation:
    return table.op("create", "a default changes no row", kind="constraint", part=name)


_CONSTRAINTS: dict[str, Callable[[Words, AlteredTable, str], Operation]] = {
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
