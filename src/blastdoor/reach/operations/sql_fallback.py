"""Statements known by their first words: sessions, transactions, rights, upkeep, and other ALTERs.

These are what a SQL parser gives back unread. A statement that stands in no table here is unreadable: no guess is
made from its looks.
"""

from collections.abc import Callable

from blastdoor.model import Operation
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.sql_locks import read_alter_table
from blastdoor.reach.operations.sql_mentions import destructive_words
from blastdoor.reach.operations.sql_words import Script, Words, bare

Read = list[Operation] | None
Reader = Callable[[Words, Script], Read]


def _quiet(why: str) -> Reader:
    """A statement that changes nothing that lasts."""

    def read(_words: Words, script: Script) -> Read:
        return [script.op("session", "session", "no-op", why)]

    return read


def _opaque(why: str) -> Reader:
    """A statement whose effect does not stand in the script; what its texts speak of is told."""

    def read(words: Words, script: Script) -> Read:
        script.forget()
        texts = " ".join(token.text for token in words.tokens[:200] if token.kind == "text")
        said = ", ".join(destructive_words(texts)[:8])
        return [script.unreadable(words.shown(), f"{why}, but it speaks of {said}" if said else why)]

    return read


def _known(
    resource: str, type_: str, action: Action, why: str, danger: Danger | None, *, lost: bool = False
) -> Reader:
    def read(_words: Words, script: Script) -> Read:
        return [script.op(resource, type_, action, why, danger=danger, lost=lost)]

    return read


# Transactions and sessions ------------------------------------------------------------------------------------


def _begin(words: Words, script: Script) -> Read:
    rest = words.skip(
        1, ("TRANSACTION",), ("TRAN",), ("WORK",), ("DEFERRED",), ("IMMEDIATE",), ("EXCLUSIVE",)
    )
    modes = ("ISOLATION", "READ", "NOT", "DEFERRABLE", "WITH", "TRANSACTION")
    if rest < len(words) and words.key(rest) not in modes and script.dialect != "tsql":
        return None
    script.in_transaction = True
    return _quiet("opens a transaction")(words, script)


def _commit(words: Words, script: Script) -> Read:
    if words.has(1, "PREPARED"):
        return _opaque("ends a transaction prepared elsewhere")(words, script)
    script.in_transaction = False
    return _quiet("ends a transaction")(words, script)


def _rollback(words: Words, script: Script) -> Read:
    # What was made since is gone again, so its names mean other tables.
    script.forget()
    script.in_transaction = words.any_of(("TO",)) and script.in_transaction
    return _quiet("takes back what the transaction did")(words, script)


def _move_session(words: Words, script: Script) -> Read:
    script.forget()
    return _quiet("what follows is done in another database or schema")(words, script)


_PREFIXES = (("LOCAL",), ("SESSION",), ("@", "@", "SESSION", "."), ("@", "@", "LOCAL", "."))
#: Settings of the session that change neither data nor what the rest of the script means.
_SETTINGS = frozenset(
    [
        "LOCK_TIMEOUT",
        "STATEMENT_TIMEOUT",
        "IDLE_IN_TRANSACTION_SESSION_TIMEOUT",
        "TRANSACTION_TIMEOUT",
        "CLIENT_ENCODING",
        "NAMES",
        "TIME",
        "TIMEZONE",
        "TIME_ZONE",
        "CLIENT_MIN_MESSAGES",
        "XMLOPTION",
        "CHECK_FUNCTION_BODIES",
        "DEFAULT_TABLESPACE",
        "CHARACTER",
        "CHARSET",
        "DEFAULT_TABLE_ACCESS_METHOD",
        "DEFAULT_WITH_OIDS",
        "TRANSACTION",
        "CONSTRAINTS",
        "MAINTENANCE_WORK_MEM",
        "WORK_MEM",
        "CHARACTER_SET_CLIENT",
        "CHARACTER_SET_RESULTS",
        "COLLATION_CONNECTION",
        "AUTOCOMMIT",
        "SQL_NOTES",
        "DATESTYLE",
        "NOCOUNT",
        "XACT_ABORT",
        "ANSI_NULLS",
        "ANSI_PADDING",
        "ANSI_WARNINGS",
        "ARITHABORT",
        "CONCAT_NULL_YIELDS_NULL",
        "NOEXEC",
        "LANGUAGE",
        "NUMERIC_ROUNDABORT",
        "QUOTED_IDENTIFIER",
        "DATEFORMAT",
        "SERVEROUTPUT",
        "DEFINE",
        "ECHO",
        "FEEDBACK",
        "INNODB_LOCK_WAIT_TIMEOUT",
        "LOCK_WAIT_TIMEOUT",
        "MAX_PARALLEL_MAINTENANCE_WORKERS",
        "SEARCH_PATH",
        "BYTEA_OUTPUT",
        "INTERVALSTYLE",
        "EXTRA_FLOAT_DIGITS",
        "SYNCHRONOUS_COMMIT",
        "APPLICATION_NAME",
        "JIT",
        "PGAUDIT",
    ]
)
_UNGUARDED = {
    "FOREIGN_KEY_CHECKS": "foreign keys are no longer checked",
    "UNIQUE_CHECKS": "duplicates are no longer looked for",
    "SESSION_REPLICATION_ROLE": "triggers and foreign keys no longer fire",
    "IDENTITY_INSERT": "numbers that the database gives out are written by hand",
    "SQL_SAFE_UPDATES": "rows may be changed without a key",
    "SQL_LOG_BIN": "replicas are no longer told",
    "ROW_SECURITY": "who sees which rows changes",
    "GLOBAL": "a setting of the whole server",
    "PERSIST": "a setting of the whole server",
}
_ACCESS_SETTINGS = ("ROLE", "PASSWORD", "SESSION_AUTHORIZATION", "DEFAULT_ROLE")


def _set(words: Words, script: Script) -> Read:
    """`SET name = value, ...`: MySQL takes several at once."""
    found: list[Operation] = []
    for part in words.parts(1):
        found += _set_one(part, script, words)
        if words.keys[0] == "SET" and script.postgres and words.key(1) != "@":
            break  # elsewhere a comma divides the values of one setting
    if script.postgres and _hides_others(words):
        found.append(script.unreadable(words.shown(), "several settings at once"))
    return found


def _hides_others(words: Words) -> bool:
    """Does a list for PostgreSQL hold a second `name = value`, as MySQL would read it?"""
    return sum(key == "=" for key in words.outside()) > 1 and words.key(1) != "@"


def _set_one(part: Words, script: Script, words: Words) -> list[Operation]:
    at = part.skip(0, *_PREFIXES)
    key = part.key(at)
    text = words.shown()
    value = part.text(at + 1).upper()
    if key == "@" or (part.tokens[at].text.startswith("@") and not part.tokens[at].text.startswith("@@")):
        return _quiet("a variable of the session")(words, script) or []
    key = key.removeprefix("@@")
    if key in ("SQL_MODE", "STANDARD_CONFORMING_STRINGS"):
        return _spelling(value, text, script)
    if key in _ACCESS_SETTINGS or part.has(at, "AUTHORIZATION") or part.has(at, "SESSION", "AUTHORIZATION"):
        script.forget()
        return [
            script.op("session", "role", "update", "the script goes on as somebody else", danger="access")
        ]
    if key in _UNGUARDED:
        why = _UNGUARDED[key]
        return [script.op(f"setting {key.lower()}", "setting", "update", why, danger="unknown")]
    if key == "SEARCH_PATH" or part.has(at, "SCHEMA"):
        script.forget()
        return _quiet("names mean tables of other schemas from here on")(words, script) or []
    if key in _SETTINGS:
        return _quiet("a setting of the session")(words, script) or []
    name = bare(part.name(at)[0])
    return [
        script.op(f"setting {name}", "setting", "update", "a setting that is not known", danger="unknown")
    ]


def _spelling(value: str, text: str, script: Script) -> list[Operation]:
    """Settings that change where a text ends, and so what the rest of the script is."""
    if "NO_BACKSLASH" in value or "ANSI" in value or "OFF" in value or "CONCAT" in value:
        return [script.unreadable(text, "it changes how the rest of the script is read")]
    return [script.op("session", "session", "no-op", "a setting of the session")]


_PRAGMAS = frozenset(
    [
        "FOREIGN_KEY_CHECK",
        "INTEGRITY_CHECK",
        "QUICK_CHECK",
        "TABLE_INFO",
        "INDEX_LIST",
        "INDEX_INFO",
        "CACHE_SIZE",
        "BUSY_TIMEOUT",
        "USER_VERSION",
        "APPLICATION_ID",
        "ENCODING",
        "TEMP_STORE",
        "OPTIMIZE",
        "COMPILE_OPTIONS",
        "DATABASE_LIST",
        "MMAP_SIZE",
    ]
)


def _pragma(words: Words, script: Script) -> Read:
    name, after = words.name(1)
    last = name.rpartition(".")[2].upper()
    if last in _PRAGMAS or (after >= len(words) and last != "INCREMENTAL_VACUUM"):
        return _quiet("a setting of the session")(words, script)
    why = {
        "FOREIGN_KEYS": "whether foreign keys are checked changes",
        "DEFER_FOREIGN_KEYS": "foreign keys are checked only at the end",
        "WRITABLE_SCHEMA": "the schema can be written as data, and the file be broken",
        "JOURNAL_MODE": "what survives a crash may change",
        "SYNCHRONOUS": "what survives a crash may change",
        "IGNORE_CHECK_CONSTRAINTS": "rows that break the rules may come in",
    }.get(last, "a setting that is not known")
    danger: Danger = "availability" if last == "JOURNAL_MODE" else "unknown"
    return [script.op(f"setting {last.lower()}", "setting", "update", why, danger=danger)]


# Rights -------------------------------------------------------------------------------------------------------


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
            # A new label of an enum is only read from the catalogue; nothing waits.
            if type_ == "type" and words.after("ADD", "VALUE") > 0:
                why = "values in use stay as they are, but running code may not know the new one"
            return [script.op(f"{type_} {bare(name)}", type_, action, why, danger=danger)]
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


# Upkeep -------------------------------------------------------------------------------------------------------


def _upkeep(what: str, why: str) -> Reader:
    """A statement that loses nothing, but during which others wait."""

    def read(words: Words, script: Script) -> Read:
        name = words.name(words.skip(1, ("TABLE",), ("TABLES",), ("FULL",)))[0]
        return [script.op(f"{what} {bare(name)}", what, "update", why, danger="availability")]

    return read


def _vacuum(words: Words, script: Script) -> Read:
    if words.any_of(("FULL",)) or script.dialect in ("sqlite", "redshift"):
        return _upkeep("table", "the table is rewritten while it is locked")(words, script)
    return _quiet("tidies up while the table stays in use")(words, script)


def _reindex(words: Words, script: Script) -> Read:
    if words.any_of(("CONCURRENTLY",)) and not script.in_transaction:
        return _quiet("builds indexes again while the table stays in use")(words, script)
    return _upkeep("index", "the table is locked while the index is built")(words, script)


def _refresh(words: Words, script: Script) -> Read:
    online = words.any_of(("CONCURRENTLY",))
    at = words.skip(1, ("MATERIALIZED",))
    name = bare(words.name(words.skip(at, ("VIEW", "CONCURRENTLY"), ("VIEW",)))[0])
    why = "it is filled again" if online else "it cannot be read while it is filled again"
    return [script.op(f"view {name}", "view", "update", why, danger=None if online else "availability")]


def _rename(words: Words, script: Script) -> Read:
    """MySQL's `RENAME TABLE a TO b, c TO d`, done from left to right."""
    found: list[Operation] = []
    type_ = "role" if words.has(1, "USER") else "table"
    for part in words.parts(words.skip(1, ("TABLE",), ("TABLES",), ("USER",))):
        old, at = part.name(0)
        new = part.name(at + 1)[0]
        if not old or not new or part.key(at) != "TO":
            return None
        script.rename(old, new)
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
    return _opaque("it loads what does not stand in the script")(words, script)


def _comment(words: Words, script: Script) -> Read:
    return _quiet("a comment")(words, script) if words.has(1, "ON") else None


_EXECUTES = "what it runs does not stand in the script"
_SHUT = _known("database", "database", "update", "the server stops, or drops its connections", "availability")

#: First word of a statement, and who reads it.
READERS: dict[str, Reader] = {
    "BEGIN": _begin,
    "START": lambda words, script: _begin(words, script) if words.has(1, "TRANSACTION") else None,
    "COMMIT": _commit,
    "END": _commit,
    "ROLLBACK": _rollback,
    "ABORT": _rollback,
    "SAVEPOINT": _quiet("a place to come back to"),
    "SAVE": _quiet("a place to come back to"),
    "RELEASE": _quiet("a place to come back to"),
    "USE": _move_session,
    "SET": _set,
    "RESET": _move_session,
    "DISCARD": _move_session,
    "SHOW": _quiet("only shows"),
    "DESCRIBE": _quiet("only shows"),
    "DESC": _quiet("only shows"),
    "PRINT": _quiet("only shows"),
    "PROMPT": _quiet("only shows"),
    "ANALYZE": _quiet("counts rows for the planner"),
    "CHECKPOINT": _quiet("writes what is in memory"),
    "DEALLOCATE": _quiet("forgets a prepared statement"),
    "CLOSE": _quiet("closes a cursor"),
    "FETCH": _quiet("reads from a cursor"),
    "LISTEN": _quiet("waits for a notice"),
    "UNLISTEN": _quiet("waits for no notice"),
    "NOTIFY": _quiet("sends a notice"),
    "UNLOCK": _quiet("others need not wait any longer"),
    "COMMENT": _comment,
    "PRAGMA": _pragma,
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
    "ATTACH": _opaque("it opens a file that does not stand in the script"),
    "DETACH": _move_session,
    "INSTALL": _load,
    "EXEC": _opaque(_EXECUTES),
    "EXECUTE": _opaque(_EXECUTES),
    "CALL": _opaque(_EXECUTES),
}


#: Client lines of psql and sqlite3 that neither run anything nor change what follows.
_HARMLESS = frozenset(
    [
        "echo",
        "qecho",
        "warn",
        "pset",
        "timing",
        "encoding",
        "x",
        "a",
        "t",
        "f",
        "g",
        "p",
        "conninfo",
        "d",
        "dt",
        "di",
        "dn",
        "du",
        "df",
        "l",
        "z",
        "h",
        "?",
        "restrict",
        "unrestrict",
        "unset",
        ".headers",
        ".header",
        ".mode",
        ".print",
        ".timer",
        ".echo",
        ".width",
        ".nullvalue",
        ".tables",
        ".schema",
        ".bail",
        ".changes",
        ".separator",
    ]
)
#: Client lines that go on in another database.
_ELSEWHERE = frozenset(["c", "connect", ".open"])


def read_client(line: str, script: Script) -> list[Operation]:
    """A line for the client program: `\\connect` in psql, `.read` in sqlite3."""
    command = line.split(maxsplit=1)[0] if line.split() else line
    name = command.removeprefix("\\").rstrip("+")
    plain = "`" not in line and "|" not in line
    if name in _ELSEWHERE and plain:
        script.forget()
        return [script.op("session", "session", "no-op", "what follows is done in another database")]
    if (name in _HARMLESS and plain) or (name == "set" and plain and _calm(line)):
        return [script.op("session", "session", "no-op", "a setting of the client")]
    # A branch, a file that is read in, a program that is run: nothing after it can be counted on.
    script.distrust()
    return [script.unreadable(line, "the client program is told to do what does not stand in the script")]


def _calm(line: str) -> bool:
    """Is it `\\set` of one of psql's own settings, rather than of a variable that stands for SQL?"""
    words = line.split()
    return len(words) > 1 and words[1].isupper()
