"""Queries and changes of rows, read from sqlglot's syntax tree: which rows go, and whose old values.

sqlglot (https://sqlglot.com) parses each statement by itself. What it cannot parse, or takes for an opaque
`Command`, is unreadable here. Importing sqlglot takes long, so this module is imported where it is needed.
"""

import logging
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from blastdoor.model import Operation
from blastdoor.reach.operations.sql_acting import ACTING, MILD, WORKS_OUT
from blastdoor.reach.operations.sql_words import Script, Words, bare

# It would log every statement that it does not know, in words of whoever wrote the script.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

#: A statement with more characters or deeper brackets is not handed to the parser.
MAX_PARSED = 200_000
MAX_NESTING = 40


def read_rows(words: Words, script: Script, dialects: tuple[str, ...]) -> list[Operation] | None:
    """SELECT, INSERT, UPDATE, DELETE, MERGE and what stands within; None where no dialect parses it."""
    text = words.text()
    if len(text) > MAX_PARSED or _nesting(words) > MAX_NESTING:
        return None
    for dialect in dialects:
        tree = _parse(text, dialect)
        if tree is None:
            continue
        try:
            return list(_from_tree(tree, words, script))
        except RecursionError:
            return None  # a chain of conditions too long to be compared
    return None


def _parse(text: str, dialect: str) -> exp.Expr | None:
    """One statement as a tree; None where it does not parse, or is opaque anywhere."""
    try:
        trees = [tree for tree in sqlglot.parse(text, read=dialect or "postgres") if tree is not None]
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError):
        return None  # the parser is not ours, and the text is hostile
    if len(trees) != 1 or trees[0].find(exp.Command) is not None:
        return None
    return trees[0]


def _nesting(words: Words) -> int:
    """How deep brackets, CASE and NOT go: each costs the parser a few frames of its stack."""
    depth = most = 0
    for key in words.keys:
        depth += (key in ("(", "[", "CASE")) - (key in (")", "]", "END"))
        most = max(most, depth)
    return most


# The tree -----------------------------------------------------------------------------------------


def _from_tree(tree: exp.Expr, words: Words, script: Script) -> Iterator[Operation]:
    found = False
    for node in tree.walk(bfs=False):
        for operation in _from_node(node, script):
            found = True
            yield operation
    if not isinstance(tree, exp.Query | exp.Insert | exp.Update | exp.Delete | exp.Merge | exp.Values):
        yield script.unreadable(words.shown(), "a statement that is not known")
    elif not found:
        yield script.op("data", "data", "read", "it is only read")


def _from_node(node: exp.Expr, script: Script) -> Iterator[Operation]:
    if isinstance(node.parent, exp.When):
        return  # a part of the MERGE that it stands in
    if isinstance(node, exp.Delete):
        yield from _delete(node, script)
    elif isinstance(node, exp.Update):
        yield _update(node, script)
    elif isinstance(node, exp.Merge):
        yield _merge(node, script)
    elif isinstance(node, exp.Insert):
        yield _insert(node, script)
    elif isinstance(node, exp.Into):
        yield _into(node, script)
    elif isinstance(node, exp.Func):
        yield from _call(node, script)
    elif isinstance(node, exp.DDL | exp.Drop | exp.TruncateTable | exp.Alter) and not isinstance(
        node, exp.Query
    ):
        yield script.unreadable(type(node).__name__, "a definition within a query")


def _table(node: object) -> str:
    """The name of the table a node stands for, as it is spelled, "" where there is none."""
    table = (
        node if isinstance(node, exp.Table) else node.find(exp.Table) if isinstance(node, exp.Expr) else None
    )
    if table is None:
        return ""
    parts = [part for part in table.parts if isinstance(part, exp.Identifier)]
    return ".".join(f'"{part.this}"' if part.quoted else str(part.this) for part in parts)


def _everything(where: object) -> bool:
    """Does the condition hold for every row, or is there none? Never true where that is not certain."""
    condition = where.this if isinstance(where, exp.Where) else None
    return condition is None or _always(condition, 0)


def _always(condition: exp.Expr, depth: int) -> bool:
    if depth > 20:
        return False
    if isinstance(condition, exp.Paren):
        return _always(condition.this, depth + 1)
    if isinstance(condition, exp.Or):
        return _always(condition.left, depth + 1) or _always(condition.right, depth + 1)
    if isinstance(condition, exp.And):
        return _always(condition.left, depth + 1) and _always(condition.right, depth + 1)
    if isinstance(condition, exp.Not):
        return isinstance(condition.this, exp.Boolean) and not condition.this.this
    if isinstance(condition, exp.Boolean):
        return bool(condition.this)
    if isinstance(condition, exp.Literal):
        return str(condition.this) not in ("0", "")
    if isinstance(condition, exp.EQ | exp.GTE | exp.LTE | exp.NullSafeEQ | exp.Like):
        return bool(condition.left == condition.right)
    if isinstance(condition, exp.NEQ):
        both = isinstance(condition.left, exp.Literal) and isinstance(condition.right, exp.Literal)
        return both and condition.left != condition.right
    return False


def _meant(node: exp.Expr, name: str, script: Script) -> tuple[str, bool]:
    """The table that a name means, and whether it surely is the script's own: not where it is an alias."""
    for table in node.find_all(exp.Table):
        if name and table.alias.lower() == name.strip('"').lower():
            return _table(table), False
    hidden = any(cte.alias.lower() == name.strip('"').lower() for cte in node.find_all(exp.CTE))
    return name, bool(name) and not hidden and not script.holds_data(name)


def _delete(node: exp.Delete, script: Script) -> Iterator[Operation]:
    named = [_table(table) for table in node.args.get("tables") or [] if isinstance(table, exp.Table)]
    main = _table(node.this)
    if not named or (main and script.dialect == "tsql"):
        named = [main]
    joined = node.args.get("using") or (isinstance(node.this, exp.Expr) and node.this.args.get("joins"))
    every = _everything(node.args.get("where")) and not joined
    for each in named:
        name, ours = _meant(node, each, script)
        why = "every row is lost" if every else "the rows that it names are lost"
        why = "created in this script: nothing is lost" if ours else why
        yield script.op(f"table {bare(name)}", "data", "delete", why, lost=not ours)


def _update(node: exp.Update, script: Script) -> Operation:
    name, ours = _meant(node, _table(node.this), script)
    joined = isinstance(node.this, exp.Expr) and bool(node.this.args.get("joins"))
    every = _everything(node.args.get("where")) and not node.args.get("from_") and not joined
    rows = "every row" if every else "the rows that it names"
    lost, why = True, f"the old values of {rows} are lost"
    if ours and not joined:
        lost, why = False, "created in this script: nothing is lost"
    elif not joined and _only_new_columns(node, name, script):
        lost, why = False, "only columns that this script added are filled"
    return script.op(f"table {bare(name)}", "data", "update", why, lost=lost)


def _only_new_columns(node: exp.Update, table: str, script: Script) -> bool:
    """Are the columns written all new in this script?"""
    written = []
    for assignment in node.expressions:
        if not isinstance(assignment, exp.EQ) or not isinstance(assignment.left, exp.Column):
            return False
        column = assignment.left.this
        if not isinstance(column, exp.Identifier):
            return False
        written.append(f'"{column.this}"' if column.quoted else str(column.this))
    return bool(written) and all(script.added(table, column) for column in written)


def _merge(node: exp.Merge, script: Script) -> Operation:
    name = _table(node.this)
    whens = node.args.get("whens")
    thens = [when.args.get("then") for when in whens.expressions] if isinstance(whens, exp.Expr) else [None]
    adds = all(isinstance(then, exp.Insert) for then in thens) or not script.holds_data(name)
    why = "rows are added" if adds else "the old values of rows that match are lost"
    return script.op(f"table {bare(name)}", "data", "create" if adds else "update", why, lost=not adds)


def _insert(node: exp.Insert, script: Script) -> Operation:
    name = _table(node.this)
    conflict = node.args.get("conflict")
    replaces = str(node.args.get("alternative") or "").upper() == "REPLACE"
    updates = isinstance(conflict, exp.OnConflict) and bool(conflict.expressions)
    if node.args.get("overwrite") and script.holds_data(name):
        return script.op(
            f"table {bare(name)}", "data", "replace", "the rows that were there are lost", lost=True
        )
    if (replaces or updates) and script.holds_data(name):
        why = "the old values of rows that are already there are lost"
        return script.op(f"table {bare(name)}", "data", "update", why, lost=True)
    return script.op(f"table {bare(name)}", "data", "create", "rows are added")


def _into(node: exp.Into, script: Script) -> Operation:
    name = _table(node)
    if not name:
        return script.unreadable("SELECT INTO", "where the rows go is not known")
    script.make(name)
    return script.op(f"table {bare(name)}", "table", "create", "it is new")


def _call(node: exp.Func, script: Script) -> Iterator[Operation]:
    name = str(node.this) if isinstance(node, exp.Anonymous) else node.sql_name()
    key = name.rpartition(".")[2].strip('"`[]').upper()
    why = ACTING.get(key)
    if why is None:
        if isinstance(node, exp.Anonymous) and node.find_ancestor(exp.Select) and not WORKS_OUT.match(key):
            yield script.unreadable(f"SELECT {key.lower()}()", "a function that is not known may do anything")
        return
    if key == "SET_CONFIG":
        script.forget()
        first = node.expressions[0] if node.expressions else None
        if isinstance(first, exp.Literal) and first.this == "search_path":
            script.shadowed = True
            yield script.op("session", "session", "no-op", "names mean tables of other schemas from here on")
            return
    if key in MILD:
        yield script.op(f"function {bare(key.lower())}", "sequence", "update", why, danger="unknown")
    else:
        yield script.unreadable(f"SELECT {key.lower()}()", why)
