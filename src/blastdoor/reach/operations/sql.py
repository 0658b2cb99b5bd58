"""What a SQL script, say a migration, destroys, endangers or locks.

The script is cut into statements first (`sql_lex`), so that one that cannot be read does not swallow the
others. Definitions, rights and upkeep are read by their words (`sql_define`, `sql_locks`, `sql_fallback`),
since a parser leaves many of them unread; queries and changes of rows from sqlglot's tree (`sql_rows`);
bodies of routines step by step (`sql_routines`). Whatever none of them knows is reported as unreadable, and
counts as dangerous.
"""

import copy
import re
from collections.abc import Iterable

import msgspec

from blastdoor.errors import InputError
from blastdoor.model import Operation, Unknown
from blastdoor.reach.operations import sql_batch
from blastdoor.reach.operations.dialects import DIALECTS
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.sql_acting import ACTING, MILD
from blastdoor.reach.operations.sql_define import is_routine, read_create, read_drop
from blastdoor.reach.operations.sql_fallback import READERS
from blastdoor.reach.operations.sql_lex import Statement, statements
from blastdoor.reach.operations.sql_mentions import destructive_words
from blastdoor.reach.operations.sql_routines import (
    only_asks,
    read_do,
    read_execute,
    read_routine,
    read_step,
    read_within,
)
from blastdoor.reach.operations.sql_session import read_client
from blastdoor.reach.operations.sql_words import Script, Words

__all__ = ["DIALECTS", "destructive_words", "read_sql"]

#: Bytes of a script that is read.
MAX_BYTES = 10_000_000
#: Statements that are read of one script, operations that are reported, and statements given to the parser.
MAX_STATEMENTS = 300_000
MAX_OPERATIONS = 5_000
MAX_PARSED = 3_000
#: Statements of an unknown dialect that are read in all of them.
MAX_TRIED = 500
MAX_UNKNOWNS = 100

_UNKNOWN_DIALECT = ("postgres", "mysql", "tsql", "sqlite")
_STEP = "read the statement yourself, or write it so that its effect stands in it"


def read_sql(data: bytes, *, dialect: str, where: str) -> Findings:
    """What the script does, in its order; `where` names its file, and operations carry `file:line`.

    `dialect` is one of DIALECTS, or an InputError is raised. Where it is not known, the script is read as
    PostgreSQL; a statement that cannot be read so is read as MySQL, T-SQL and SQLite, and whatever endangers
    in any reading is reported. What was done over and over is reported once, with its first line.
    """
    if dialect not in DIALECTS:
        allowed = ", ".join(name for name in DIALECTS if name)
        raise InputError(f"{dialect!r} is no SQL dialect that can be read", hint=f"write one of: {allowed}")
    report = _Report(where)
    text = _decode(data, report)
    if text is None:
        return report.findings
    for reading in _readings(text, dialect):
        _Reading(text, dialect, reading, report).run()
    return report.findings


class _Report:
    """What is handed back: each operation once, and no more of them than can be looked at."""

    def __init__(self, where: str) -> None:
        self.findings = Findings()
        self.where = where
        self._seen: set[Operation] = set()
        self.full = False

    def add(self, operations: Iterable[Operation]) -> None:
        for operation in operations:
            key = msgspec.structs.replace(operation, where=msgspec.UNSET)
            if key in self._seen or self.full:
                continue
            self.full = len(self._seen) >= MAX_OPERATIONS
            refused = _refused(self.where, f"more than {MAX_OPERATIONS} operations")
            self._keep(refused if self.full else operation, key)

    def _keep(self, operation: Operation, key: Operation) -> None:
        self._seen.add(key)
        self.findings.operations.append(operation)
        if operation.action == "unreadable":
            self.unknown(operation)

    def unknown(self, operation: Operation) -> None:
        """Say of an unreadable operation that it could not be known."""
        if len(self.findings.unknowns) < MAX_UNKNOWNS:
            what = f"{operation.resource}: {operation.why}"
            unknown = Unknown(code="unreadable-sql", what=what, step=_STEP, where=operation.where)
            self.findings.unknowns.append(unknown)


def _refused(where: str, why: str) -> Operation:
    return Script(where=where, dialect="").unreadable("", why)


def _decode(data: bytes, report: _Report) -> str | None:
    """The text of the script; None where it is not read at all."""
    if len(data) > MAX_BYTES:
        report.add([_refused(report.where, f"the script has more than {MAX_BYTES} bytes and is not read")])
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        what = "the script is not UTF-8; it was read as Latin-1"
        step = "save the script as UTF-8"
        report.findings.unknowns.append(
            Unknown(code="unreadable-sql", what=what, step=step, where=report.where)
        )
    if "\0" in text:
        report.add(
            [_refused(report.where, "the script holds NUL characters, at which programs stop reading")]
        )
        text = text.replace("\0", " ")
    return text


# What MySQL reads otherwise than PostgreSQL: backslashes, # and -- comments, those it executes, DELIMITER.
_AMBIGUOUS = re.compile(r"[\\#]|--(?!\s|\Z)|/\*|(?i:^\s*+delimiter\b)", re.MULTILINE)


def _readings(text: str, dialect: str) -> list[str]:
    """The spellings in which the script is cut up: more than one where it is not known which one holds."""
    if dialect or not _AMBIGUOUS.search(text):
        return [dialect]
    return ["", "mysql-like"]


class _Reading:
    """One way through the script, from its first statement to its last."""

    def __init__(self, text: str, dialect: str, spelling: str, report: _Report) -> None:
        self.text = text
        self.spelling = spelling
        self.report = report
        self.script = Script(where=report.where, dialect=dialect)
        self.parsed = self.tried = 0

    def run(self) -> None:
        for count, statement in enumerate(statements(self.text, self.spelling)):
            if count >= MAX_STATEMENTS or self.report.full:
                self.report.add([_refused(self.report.where, f"more than {MAX_STATEMENTS} statements")])
                return
            self.script.line = statement.line
            try:
                self.report.add(self._statement(statement))
            except RecursionError:
                self.report.add([self.script.unreadable("", "a statement that is nested too deeply")])

    def _statement(self, statement: Statement) -> list[Operation]:
        if statement.client:
            return read_client(statement.client, self.script)
        if statement.trouble:
            trouble = f"{statement.trouble}; nothing after it is read"
            inside = self._read(Words(statement.tokens)) if statement.tokens else []
            return [*inside, self.script.unreadable(Words(statement.tokens).shown(), trouble)]
        if self.script.dialect == "tsql":
            return self._batch(statement)
        words = Words(statement.tokens)
        if self.script.dialect:
            return self._read(words)
        return self._any_dialect(statement, words)

    def _batch(self, statement: Statement) -> list[Operation]:
        """The statements of T-SQL that no semicolon divides, each with its line."""
        found: list[Operation] = []
        place = statement.tokens[0].at
        for at, words in sql_batch.split(Words(statement.tokens)):
            begin = statement.tokens[at].at
            self.script.line += self.text.count("\n", place, begin)
            place = begin
            found += self._read(words)
        return found

    def _any_dialect(self, statement: Statement, words: Words) -> list[Operation]:
        """As PostgreSQL; where that cannot be read, as the others, with what endangers in any of them."""
        before = copy.deepcopy(self.script)
        found = self._read(words)
        self.tried += _unreadable(found)
        if not _unreadable(found) or self.tried > MAX_TRIED:
            return found
        after = self.script
        for dialect in _UNKNOWN_DIALECT[1:]:
            self.script = copy.deepcopy(before)
            self.script.dialect = dialect
            other: list[Operation] = []
            for again in statements(self.text[statement.start : statement.end], dialect):
                other += self._statement(again) if not again.trouble else [self._trouble(again)]
            if not _unreadable(other):
                self.script.dialect = ""
                return [*other, *(each for each in found if _endangers(each) and each.action != "unreadable")]
        self.script = after
        return found

    def _trouble(self, statement: Statement) -> Operation:
        return self.script.unreadable(Words(statement.tokens).shown(), statement.trouble)

    # One statement --------------------------------------------------------------------------------

    def _read(self, words: Words, script: Script | None = None) -> list[Operation]:
        """The operations of one statement, an unreadable one where it is not known."""
        script = script or self.script
        found = self._known(words, script)
        if found is None:
            found = self._steered(words, script)
        parsed = words.key(0) in _ROWS and not _unreadable(found)
        if words.key(0) not in _WHOLE and not parsed and not is_code(words):
            found += read_within(words, script, self._head)
            found += [script.unreadable(words.shown(), ACTING[key]) for key in _acting(words)]
        if _unreadable(found) and not is_code(words):
            script.forget()
        return found

    def _head(self, words: Words, script: Script) -> list[Operation]:
        """A statement found within another: read by itself, without looking further."""
        found = self._known(words, script)
        return (
            found
            if found is not None
            else [script.unreadable(words.shown(), "a statement that is not known")]
        )

    def _known(self, words: Words, script: Script) -> list[Operation] | None:
        key = words.key(0)
        if is_code(words):
            return read_routine(words, script, self._read)
        if key == "CREATE":
            return self._create(words, script)
        if key == "DROP":
            return read_drop(words, script)
        if key == "DO":
            return read_do(words, script, self._read)
        if key == "EXPLAIN":
            return self._explain(words, script)
        reader = READERS.get(key)
        found = reader(words, script) if reader else None
        if key in ("EXEC", "EXECUTE", "CALL") and found:
            return [*read_execute(words, script, self._read), *found]
        if key == "COPY" and words.key(1) == "(":
            query = self._within(Words(words.tokens[2 : words.balanced(1) - 1]), script)
            return None if query is None or found is None else [*query, *found]
        if found is None and key in _ROWS:
            return self._rows(words, script)
        return found

    def _create(self, words: Words, script: Script) -> list[Operation] | None:
        """CREATE, and the query that fills what is created."""
        found = read_create(words, script)
        query = _query_of(words)
        if found is None or query is None:
            return found
        filled = self._rows(query, script)
        if filled is None:
            return [*found, script.unreadable(query.shown(), "a query that cannot be parsed")]
        return [*found, *(each for each in filled if each.action != "read")]

    def _explain(self, words: Words, script: Script) -> list[Operation] | None:
        """EXPLAIN only plans, unless it is told to ANALYZE, which runs the statement."""
        if not words.any_of(("ANALYZE", "ANALYSE", "PROFILE")):
            return [script.op("data", "data", "read", "it is only planned")]
        at = words.balanced(words.skip(1, ("ANALYZE", "VERBOSE"), ("ANALYZE",), ("VERBOSE",)))
        return self._within(Words(words.tokens[at:]), script)

    def _within(self, words: Words, script: Script) -> list[Operation] | None:
        """A statement that EXPLAIN or COPY runs; neither may stand in the other, or in itself."""
        return None if words.key(0) in ("EXPLAIN", "COPY") else self._known(words, script)

    def _rows(self, words: Words, script: Script) -> list[Operation] | None:
        from blastdoor.reach.operations.sql_rows import read_rows  # noqa: PLC0415 -- it imports sqlglot: slow

        self.parsed += 1
        if self.parsed > MAX_PARSED:
            return [script.unreadable("", f"more than {MAX_PARSED} statements to be parsed")]
        name = {"mariadb": "mysql"}.get(script.dialect, script.dialect)
        return read_rows(words, script, (name,) if name else ("postgres",))

    def _steered(self, words: Words, script: Script) -> list[Operation]:
        """A statement that begins with words that steer: `IF ... THEN`, `BEGIN ... END`."""
        if script.dialect == "tsql" and words.key(0) in _ASKING and only_asks(words):
            if words.key(0) != "DECLARE":
                script.distrust()
            return [script.op("session", "session", "no-op", "it only steers what follows")]
        if words.key(0) in _STEERING:
            script.distrust()
            return read_step(words, script, self._head)
        return [script.unreadable(words.shown(), "a statement that is not known")]


def is_code(words: Words) -> bool:
    """Does the statement define code that runs later?"""
    return words.key(0) in ("CREATE", "ALTER") and is_routine(words)


def _acting(words: Words) -> list[str]:
    """Functions called that do more than work out a value."""
    called = (key for at, key in enumerate(words.keys) if key in ACTING and words.key(at + 1) == "(")
    return [key for key in dict.fromkeys(called) if key not in MILD]


def _unreadable(found: Iterable[Operation]) -> bool:
    return any(operation.action == "unreadable" for operation in found)


def _endangers(operation: Operation) -> bool:
    return operation.irreversible or operation.danger is not msgspec.UNSET


_ROWS = frozenset(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "(", "FROM"))
#: Statements that are read whole, or in which the words of others stand for rights.
_WHOLE = frozenset(("GRANT", "REVOKE", "DENY", "DO", "SELECT", "VALUES", "COPY", "EXPLAIN"))
_ASKING = frozenset(("IF", "WHILE", "ELSE", "DECLARE", "RETURN", "RAISERROR", "THROW"))
_STEERING = frozenset(
    [
        "BEGIN",
        "END",
        "IF",
        "ELSE",
        "ELSIF",
        "ELSEIF",
        "WHILE",
        "FOR",
        "LOOP",
        "DECLARE",
        "CASE",
        "WHEN",
        "EXCEPTION",
        "RETURN",
        "REPEAT",
        "RAISERROR",
        "THROW",
    ]
)


def _query_of(words: Words) -> Words | None:
    """The query of `CREATE TABLE ... AS SELECT`, None where there is none."""
    depth = 0
    for at, key in enumerate(words.keys):
        depth += (key == "(") - (key == ")")
        if key == "AS" and not depth and words.key(at + 1) in ("SELECT", "WITH", "(", "VALUES", "TABLE"):
            end = _query_end(words)
            return Words(words.tokens[at + 1 : end])
    return None


def _query_end(words: Words) -> int:
    """PostgreSQL says after the query whether the table is filled from it."""
    if words.keys[-2:] == ["NO", "DATA"]:
        return len(words) - 3
    return len(words) - 2 if words.keys[-2:] == ["WITH", "DATA"] else len(words)
