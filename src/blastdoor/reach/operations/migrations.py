"""Migrations written in a program's own language: Alembic, Django, Rails, and their like in JavaScript.

Python is read as a syntax tree, never imported; the others by their lines. What such a file does beyond the
calls that are known here cannot be told, and counts as unreadable.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from blastdoor.model import Action, Danger, Operation
from blastdoor.reach.operations.findings import Findings, unreadable
from blastdoor.reach.operations.sql import read_sql

_MAX_BYTES = 1_000_000
_LOCKS: Danger = "availability"


class _Effect(NamedTuple):
    """What a call does: `{0}`, `{1}` in `resource` are its first arguments."""

    type: str
    action: Action
    why: str
    lost: bool = False
    danger: Danger | None = None
    resource: str = "{0}"


_DROPPED = "its rows are lost"
_RETYPED = "the new type may not hold what is there, and the table may be rewritten"
_RENAMED = "running code still uses the old name"
_LOCKED = "the table is locked while it is done"

_ALEMBIC: Mapping[str, _Effect] = {
    "drop_table": _Effect("table", "delete", _DROPPED, lost=True),
    "drop_column": _Effect("column", "delete", "its values are lost", lost=True, resource="{0}.{1}"),
    "alter_column": _Effect("column", "update", _RETYPED, lost=True, danger=_LOCKS, resource="{0}.{1}"),
    "rename_table": _Effect("table", "move", _RENAMED, danger=_LOCKS),
    "drop_constraint": _Effect("constraint", "delete", "what it kept out may come in", resource="{1}.{0}"),
    "drop_index": _Effect("index", "delete", "what relied on it becomes slow", danger=_LOCKS),
    "create_index": _Effect("index", "create", _LOCKED, danger=_LOCKS),
    "create_unique_constraint": _Effect("constraint", "create", _LOCKED, danger=_LOCKS, resource="{1}.{0}"),
    "create_check_constraint": _Effect("constraint", "create", _LOCKED, danger=_LOCKS, resource="{1}.{0}"),
    "create_exclude_constraint": _Effect("constraint", "create", _LOCKED, danger=_LOCKS, resource="{1}.{0}"),
    "create_foreign_key": _Effect("constraint", "create", _LOCKED, danger=_LOCKS, resource="{1}.{0}"),
    "create_primary_key": _Effect("constraint", "create", _LOCKED, danger=_LOCKS, resource="{1}.{0}"),
    "create_table": _Effect("table", "create", "made anew"),
    "create_table_comment": _Effect("table", "update", "a comment"),
    "drop_table_comment": _Effect("table", "update", "a comment"),
    "add_column": _Effect("column", "create", "added", resource="{0}.{1}"),
    "bulk_insert": _Effect("table", "create", "rows are added"),
}
#: Calls of `op` that neither change anything nor are steps of their own.
_HARMLESS = frozenset(
    {"f", "get_bind", "get_context", "batch_alter_table", "inline_literal", "autocommit_block"}
)
#: Libraries whose calls are read here, or only describe columns; and the standard library's that run things.
_KNOWN = frozenset(
    {"alembic", "sqlalchemy", "django", "geoalchemy2", "sqlmodel", "sqlalchemy_utils", "pgvector"}
)
_RUNNING = frozenset(
    {"subprocess", "os", "shutil", "runpy", "importlib", "socket", "urllib", "http", "sqlite3"}
)
#: Calls that only describe a field or a type.
_PASSED_ON = re.compile(r"[A-Z]\w*+")
_DJANGO: Mapping[str, _Effect] = {
    "DeleteModel": _Effect("table", "delete", _DROPPED, lost=True),
    "RemoveField": _Effect("column", "delete", "its values are lost", lost=True, resource="{0}.{1}"),
    "AlterField": _Effect("column", "update", _RETYPED, lost=True, danger=_LOCKS, resource="{0}.{1}"),
    "RenameField": _Effect("column", "move", _RENAMED, danger=_LOCKS, resource="{0}.{1}"),
    "RenameModel": _Effect("table", "move", _RENAMED, danger=_LOCKS),
    "AlterModelTable": _Effect("table", "move", _RENAMED, danger=_LOCKS),
    "AlterUniqueTogether": _Effect("constraint", "update", _LOCKED, danger=_LOCKS),
    "AlterIndexTogether": _Effect("index", "update", _LOCKED, danger=_LOCKS),
    "AlterOrderWithRespectTo": _Effect(
        "column", "update", "a column comes or goes", lost=True, danger=_LOCKS
    ),
    "AddIndex": _Effect("index", "create", _LOCKED, danger=_LOCKS),
    "AddConstraint": _Effect("constraint", "create", _LOCKED, danger=_LOCKS),
    "RemoveConstraint": _Effect("constraint", "delete", "what it kept out may come in", resource="{0}.{1}"),
    "RemoveIndex": _Effect("index", "delete", "what relied on it becomes slow", danger=_LOCKS),
    "RenameIndex": _Effect("index", "move", "only its name"),
    "CreateModel": _Effect("table", "create", "made anew"),
    "AddField": _Effect("column", "create", "added", resource="{0}.{1}"),
    "AddIndexConcurrently": _Effect("index", "create", "made without a lock"),
    "RemoveIndexConcurrently": _Effect("index", "delete", "what relied on it becomes slow"),
    "AddConstraintNotValid": _Effect("constraint", "create", "only new rows are checked"),
    "ValidateConstraint": _Effect("constraint", "update", "checked without a lock"),
    "AlterModelOptions": _Effect("table", "no-op", "nothing in the database"),
    "AlterModelManagers": _Effect("table", "no-op", "nothing in the database"),
    "AlterModelTableComment": _Effect("table", "update", "a comment"),
    "SeparateDatabaseAndState": _Effect("migration", "no-op", "its parts are listed"),
}


def read_migration(path: str, data: bytes) -> Findings:
    """What a migration file does when it is applied. A kind that is not known is unreadable."""
    if len(data) > _MAX_BYTES:
        return unreadable(path, f"larger than {_MAX_BYTES:,} bytes")
    text = data.decode("utf-8-sig", "replace")
    if "\0" in text:
        return unreadable(path, "it holds NUL bytes")
    if path.endswith(".py"):
        return _python(path, text)
    reader = _LINES.get(path[path.rfind(".") :].lower())
    return reader(path, text) if reader else unreadable(path, "no reader for migrations of this kind")


# ---------------------------------------------------------------- Python


def _python(path: str, text: str) -> Findings:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return unreadable(path, f"not Python: {str(error)[:100]}")
    try:
        return _Python(path).read(tree)
    except RecursionError:
        return unreadable(path, "nested too deeply")


class _Python:
    """Goes through one migration's tree."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._findings = Findings()
        self._made: set[str] = set()
        self._batches: set[str] = set()

    def read(self, tree: ast.Module) -> Findings:
        elsewhere = _from_elsewhere(tree)
        self._batches = _batches(tree)
        for call in self._steps(tree):
            self._call(call)
            if _root(call) in elsewhere and not _PASSED_ON.fullmatch(_name(call)):
                self._cannot_tell(f"it calls {_root(call)[:60]}, which stands elsewhere", call.lineno)
        if not self._findings.operations and _is_migration(tree):
            self._cannot_tell("no step in it is known", 1)
        return self._findings

    def _steps(self, tree: ast.Module) -> Iterator[ast.Call]:
        """Every call that stands outside of what only runs when the migration is taken back."""
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("downgrade"):
                continue
            if isinstance(node, ast.Call):
                yield node
                if _name(node) in {"RunSQL", "RunPython"}:
                    # Behind the first comes what takes it back.
                    stack += node.args[:1]
                    continue
                if _name(node) == "SeparateDatabaseAndState":
                    # What is done to the state of the models alone is not done to the database.
                    stack += node.args[:1] + [
                        one.value for one in node.keywords if one.arg == "database_operations"
                    ]
                    continue
            stack += list(ast.iter_child_nodes(node))[::-1]

    def _call(self, call: ast.Call) -> None:
        name, receiver = _name(call), _receiver(call)
        if name in {"execute", "RunSQL"} and (receiver or name == "RunSQL"):
            self._sql(call)
        elif name in {"RunPython", "run_python"}:
            self._cannot_tell("it runs a program of its own on the data", call.lineno)
        elif name in _DJANGO and (
            receiver in {"migrations", "operations", ""} or name.endswith(("ly", "id"))
        ):
            self._known(_DJANGO[name], call, _arguments(call, ("model_name", "name")))
        elif receiver in {"op", "batch_op", "operations"} or receiver in self._batches:
            if name in _ALEMBIC:
                self._alembic(name, call, receiver)
            elif name not in _HARMLESS:
                self._cannot_tell(f"op.{name} is not known here", call.lineno)
        elif receiver == "migrations" and name not in {"swappable_dependency", "Migration"}:
            self._cannot_tell(f"migrations.{name} is not known here", call.lineno)

    def _alembic(self, name: str, call: ast.Call, receiver: str) -> None:
        arguments = _arguments(call, ())
        if receiver in {"batch_op", *self._batches}:
            arguments = ["(batch)", *arguments]
        effect = _ALEMBIC[name]
        if name == "create_table":
            self._made.add(arguments[0])
        if name == "create_index" and (
            _is_true(call, "postgresql_concurrently") or arguments[1] in self._made
        ):
            effect = effect._replace(why="made without a lock on what is used", danger=None)
        if name == "alter_column" and not _has(call, "type_"):
            effect = _altered(call)
        if name == "drop_table" and arguments[0] in self._made:
            effect = effect._replace(lost=False, why="made in the same migration")
        if name == "add_column" and _is_required(call):
            effect = effect._replace(
                why="required, without a default of the database's: rows that are there stop it",
                danger=_LOCKS,
            )
        self._known(effect, call, arguments)

    def _known(self, effect: _Effect, call: ast.Call, arguments: list[str]) -> None:
        resource = f"{effect.type} {effect.resource.format(*arguments, '?', '?')}"
        self._findings.operations.append(_operation(effect, resource, f"{self._path}:{call.lineno}"))

    def _sql(self, call: ast.Call) -> None:
        given = call.args[:1] or [one.value for one in call.keywords if one.arg in {"sql", "sqltext"}][:1]
        texts = _texts(given[0]) if given else None
        if texts is None:
            self._cannot_tell("SQL that is put together when it runs", call.lineno)
            return
        for text in texts:
            self._findings.add(_read_text(text, f"{self._path}:{call.lineno}"))

    def _cannot_tell(self, why: str, line: int) -> None:
        self._findings.add(unreadable(self._path, why, line))


def _read_text(text: str, where: str) -> Findings:
    """What a text of SQL within a program does; the place is that of the call."""
    found = read_sql(text.encode("utf-8", "replace"), dialect="", where=where)
    return Findings(
        operations=[msgspec.structs.replace(one, where=where) for one in found.operations],
        unknowns=[msgspec.structs.replace(one, where=where) for one in found.unknowns],
    )


def _root(call: ast.Call) -> str:
    """The first name of what is called: `a` of `a.b.c()`."""
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _batches(tree: ast.Module) -> set[str]:
    """What `op.batch_alter_table` is called in its block."""
    return {
        one.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for one in node.items
        if isinstance(one.context_expr, ast.Call)
        and _name(one.context_expr) == "batch_alter_table"
        and isinstance(one.optional_vars, ast.Name)
    }


def _from_elsewhere(tree: ast.Module) -> set[str]:
    """Names that a migration imports from the project itself, or from whom knows whom."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                one.asname or one.name.partition(".")[0] for one in node.names if not _is_harmless(one.name)
            }
        elif isinstance(node, ast.ImportFrom) and (node.level or not _is_harmless(node.module or "")):
            found |= {one.asname or one.name for one in node.names}
    return found


def _is_harmless(module: str) -> bool:
    top = module.partition(".")[0]
    return top in _KNOWN or top in sys.stdlib_module_names - _RUNNING


def _operation(effect: _Effect, resource: str, where: str) -> Operation:
    operation = Operation(
        resource=resource,
        type=effect.type,
        action=effect.action,
        irreversible=effect.lost,
        why=effect.why,
        where=where,
    )
    return operation if effect.danger is None else msgspec.structs.replace(operation, danger=effect.danger)


def _name(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr
        if isinstance(function, ast.Attribute)
        else function.id
        if isinstance(function, ast.Name)
        else ""
    )


def _receiver(call: ast.Call) -> str:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        return _receiver(owner) or _name(owner)
    return owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""


def _arguments(call: ast.Call, first: tuple[str, ...]) -> list[str]:
    """The names that a call is given: by the keywords asked for first, then by place; `?` where not written out."""
    by_name = {one.arg: one.value for one in call.keywords}
    named = [by_name[word] for word in first if word in by_name]
    given = [*named, *call.args] or [
        by_name[word] for word in ("table_name", "name", "column_name") if word in by_name
    ]
    return [_literal(node) for node in given[:4]] + ["?", "?"]


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value[:200]
    if isinstance(node, ast.Call) and node.args:
        return _literal(node.args[0])
    return "?"


def _texts(node: ast.expr) -> list[str] | None:
    """The texts of SQL that are written out; None if any is put together when it runs."""
    if isinstance(node, ast.Call) and _name(node) == "text" and node.args:
        return _texts(node.args[0])
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.List | ast.Tuple):
        parts = [_texts(one) for one in node.elts]
        return (
            None if any(part is None for part in parts) else [text for part in parts for text in part or ()]
        )
    if isinstance(node, ast.Attribute) and node.attr == "noop":
        return []
    return None


def _has(call: ast.Call, word: str) -> bool:
    return any(one.arg == word for one in call.keywords)


def _is_true(call: ast.Call, word: str) -> bool:
    return any(
        one.arg == word and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in call.keywords
    )


def _altered(call: ast.Call) -> _Effect:
    """What changes of a column but its type."""
    if _has(call, "new_column_name"):
        return _Effect("column", "move", _RENAMED, danger=_LOCKS, resource="{0}.{1}")
    if any(one.arg == "nullable" and not _is_true(call, "nullable") for one in call.keywords):
        return _Effect(
            "column", "update", "every row is checked under a lock", danger=_LOCKS, resource="{0}.{1}"
        )
    return _Effect("column", "update", "a default or a comment", resource="{0}.{1}")


def _is_required(call: ast.Call) -> bool:
    """Whether the column added is NOT NULL without a default of the database's."""
    columns = [one for one in call.args if isinstance(one, ast.Call)]
    return any(
        any(
            one.arg == "nullable" and isinstance(one.value, ast.Constant) and one.value.value is False
            for one in column.keywords
        )
        and not _has(column, "server_default")
        for column in columns
    )


def _is_migration(tree: ast.Module) -> bool:
    """Whether the file is a step at all, and not a package's empty `__init__`."""
    return any(
        (isinstance(node, ast.FunctionDef) and node.name == "upgrade" and not _is_empty(node))
        or (isinstance(node, ast.ClassDef) and node.name == "Migration" and _has_operations(node))
        for node in tree.body
    )


def _is_empty(node: ast.FunctionDef) -> bool:
    return all(
        isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in node.body
    )


def _has_operations(node: ast.ClassDef) -> bool:
    return any(
        isinstance(one, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "operations" for target in one.targets)
        and not (isinstance(one.value, ast.List) and not one.value.elts)
        for one in node.body
    )


# ---------------------------------------------------------------- by lines

_RUBY = (
    (r"drop_table|drop_join_table", _Effect("table", "delete", _DROPPED, lost=True)),
    (r"\w\.remove(?:_\w{1,20})?|remove_columns?|remove_timestamps|remove_reference|remove_belongs_to", _Effect("column", "delete", "its values are lost", lost=True)),
    (r"change_column|change", _Effect("column", "update", _RETYPED, lost=True, danger=_LOCKS)),
    (r"truncate|truncate_tables|delete_all|destroy_all", _Effect("table", "delete", "rows are lost", lost=True)),
    (r"update_all|update_columns?", _Effect("table", "update", "old values are lost", lost=True)),
    (r"rename_table|rename_column", _Effect("table", "move", _RENAMED, danger=_LOCKS)),
    (r"change_column_null|add_foreign_key|add_check_constraint|add_reference|add_unique_constraint|add_exclusion_constraint", _Effect("constraint", "create", _LOCKED, danger=_LOCKS)),
    (r"add_index", _Effect("index", "create", _LOCKED, danger=_LOCKS)),
    (r"remove_index", _Effect("index", "delete", "what relied on it becomes slow", danger=_LOCKS)),
    (r"create_table|create_join_table|add_column|add_columns|add_timestamps|change_column_default|change_column_comment|change_table_comment|remove_foreign_key|remove_check_constraint|validate_foreign_key|validate_check_constraint|enable_extension", _Effect("table", "create", "added")),
    (r"disable_extension|drop_enum|drop_schema", _Effect("extension", "delete", "what is of its types is lost", lost=True)),
)  # fmt: skip
_JS = (
    (r"dropTable|dropTableIfExists|dropDatabase|dropSchema|dropAllTables|dropAllSchemas|truncate|clearTable", _Effect("table", "delete", _DROPPED, lost=True)),
    (r"dropColumns?|removeColumn|dropTimestamps|del|bulkDelete|deleteMany", _Effect("column", "delete", "what is in it is lost", lost=True)),
    (r"changeColumns?|alterColumn|alter|alterTable", _Effect("column", "update", _RETYPED, lost=True, danger=_LOCKS)),
    (r"renameTable|renameColumn", _Effect("table", "move", _RENAMED, danger=_LOCKS)),
    (r"createIndex|createIndices|addIndex|addConstraint|createForeignKey|createUniqueConstraint|createCheckConstraint|dropIndex|removeIndex|dropForeign|dropUnique|dropConstraint|removeConstraint|dropForeignKey", _Effect("index", "update", _LOCKED, danger=_LOCKS)),
    (r"createTable|createTableIfNotExists|addColumns?|bulkInsert", _Effect("table", "create", "added")),
)  # fmt: skip
_DOWN = re.compile(r"^[ \t]*+(?:def[ \t]++(?:self\.)?down\b|(?:public[ \t]++)?(?:async[ \t]++)?(?:function[ \t]++)?down\s*+\(|(?:exports|module\.exports)\.down\b|export[ \t]++(?:async[ \t]++)?(?:const|function)[ \t]++down\b|down\s*+[:(=])", re.MULTILINE)  # fmt: skip
_STRING = re.compile(r"<<[~-]?['\"]?(\w{1,40}+)['\"]?[^\n]*+\n|`((?:[^`\\]++|\\[\s\S])*+)`|\"((?:[^\"\\\n]++|\\.)*+)\"|'((?:[^'\\\n]++|\\.)*+)'")  # fmt: skip
_QUERY = re.compile(
    r"(?<![\w$])(?:execute|exec_query|select_value|query|raw|\$executeRaw(?:Unsafe)?|sql)(?=[ \t(`])"
)


def _by_lines(table: tuple[tuple[str, _Effect], ...]) -> Callable[[str, str], Findings]:
    patterns = [
        (re.compile(rf"(?<![\w$'\"])(?<!def )(?:{words})(?=[ \t(]|$)(?![ \t]*+=)"), effect)
        for words, effect in table
    ]

    def read(path: str, text: str) -> Findings:
        findings = Findings()
        for line, part in _upwards(text):
            plain = part.split("#")[0] if path.endswith(".rb") else part.split("//")[0]
            for pattern, effect in patterns:
                found = pattern.search(plain)
                if found:
                    concurrent = "concurrently" in part and effect.danger == _LOCKS and not effect.lost
                    kept = effect._replace(danger=None) if concurrent or "validate: false" in part else effect
                    told = _STRING.search(plain, found.end())
                    name = (
                        next((one for one in told.groups() if one), "")
                        if told
                        else _symbol(plain[found.end() :])
                    )
                    findings.operations.append(
                        _operation(kept, f"{effect.type} {name[:100] or '?'}", f"{path}:{line}")
                    )
        for at, query in _queries(text):
            why = "SQL that is put together when it runs"
            findings.add(_read_text(query, f"{path}:{at}") if query else unreadable(path, why, at))
        if not findings.operations:
            return unreadable(path, "no step in it is known")
        return findings

    return read


def _upwards(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a migration but those that take it back, as far as the layout tells."""
    down = _DOWN.search(text)
    up = text.find("def up") if "def up" in text else -1
    for number, line in enumerate(
        (text if down is None or up > down.start() else text[: down.start()]).splitlines(), 1
    ):
        yield number, line[:2000]


def _symbol(rest: str) -> str:
    found = re.match(r"[\s(]*+:?(\w{1,100}+)(?:[ \t]*+,[ \t]*+:(\w{1,100}+))?", rest)
    return ".".join(part for part in found.groups() if part) if found else ""


def _queries(text: str) -> Iterator[tuple[int, str]]:
    """SQL in calls that run it, with its line; empty where it is not written out."""
    down = _DOWN.search(text)
    end = len(text) if down is None or "def up" in text[down.start() :] else down.start()
    for call in _QUERY.finditer(text, 0, end):
        line = text.count("\n", 0, call.start()) + 1
        string = _STRING.search(text, call.end(), min(call.end() + 200, len(text)))
        # The pattern is searched near the call, and matched again to its own end.
        whole = _STRING.match(text, string.start()) if string else None
        if whole is None:
            yield line, ""
        elif whole[1]:
            stop = re.compile(rf"^[ \t]*+{re.escape(whole[1])}\b", re.MULTILINE).search(text, whole.end())
            yield line, text[whole.end() : stop.start() if stop else len(text)]
        else:
            query = next((one for one in whole.groups()[1:] if one), "")
            yield line, "" if "${" in query or "#{" in query else query


_LINES: Mapping[str, Callable[[str, str], Findings]] = {
    ".rb": _by_lines(_RUBY),
    **dict.fromkeys((".js", ".ts", ".mjs", ".cjs", ".mts", ".cts"), _by_lines(_JS)),
}
