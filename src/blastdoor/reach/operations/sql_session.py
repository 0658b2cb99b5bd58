"""Transactions, settings and lines for the client program: what the rest of a script means hangs on them."""

from collections.abc import Callable

from blastdoor.model import Operation
from blastdoor.model.reach import Danger
from blastdoor.reach.operations.sql_mentions import destructive_words
from blastdoor.reach.operations.sql_words import Script, Words, bare

Read = list[Operation] | None
Reader = Callable[[Words, Script], Read]


def quiet(why: str) -> Reader:
    """A statement that changes nothing that lasts."""

    def read(_words: Words, script: Script) -> Read:
        return [script.op("session", "session", "no-op", why)]

    return read


def opaque(why: str) -> Reader:
    """A statement whose effect does not stand in the script; what its texts speak of is told."""

    def read(words: Words, script: Script) -> Read:
        script.forget()
        texts = " ".join(token.text for token in words.tokens[:200] if token.kind == "text")
        said = ", ".join(destructive_words(texts)[:8])
        return [script.unreadable(words.shown(), f"{why}, but it speaks of {said}" if said else why)]

    return read


def read_begin(words: Words, script: Script) -> Read:
    """`BEGIN` and `START TRANSACTION`; None for a block of code."""
    rest = words.skip(
        1, ("TRANSACTION",), ("TRAN",), ("WORK",), ("DEFERRED",), ("IMMEDIATE",), ("EXCLUSIVE",)
    )
    modes = ("ISOLATION", "READ", "NOT", "DEFERRABLE", "WITH", "TRANSACTION")
    if rest < len(words) and words.key(rest) not in modes and script.dialect != "tsql":
        return None
    script.in_transaction = True
    return quiet("opens a transaction")(words, script)


def read_commit(words: Words, script: Script) -> Read:
    """`COMMIT` and `END`."""
    if words.has(1, "PREPARED"):
        return opaque("ends a transaction prepared elsewhere")(words, script)
    script.in_transaction = False
    return quiet("ends a transaction")(words, script)


def read_rollback(words: Words, script: Script) -> Read:
    """`ROLLBACK` and `ABORT`."""
    # What was made since is gone again, so its names mean other tables.
    script.forget()
    script.in_transaction = words.any_of(("TO",)) and script.in_transaction
    return quiet("takes back what the transaction did")(words, script)


def move_session(words: Words, script: Script) -> Read:
    """`USE`, and whatever else makes names mean other tables."""
    script.forget()
    return quiet("what follows is done in another database or schema")(words, script)


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


def read_set(words: Words, script: Script) -> Read:
    """`SET name = value, ...`: MySQL takes several at once."""
    found: list[Operation] = []
    for part in words.parts(1):
        found += _set_one(part, script, words)
        if script.dialect not in ("mysql", "mariadb") and words.key(1) != "@":
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
    if at >= len(part):
        return [script.unreadable(text, "a setting without a name")]
    value = part.text(at + 1).upper()
    if key == "@" or (part.tokens[at].text.startswith("@") and not part.tokens[at].text.startswith("@@")):
        return quiet("a variable of the session")(words, script) or []
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
        script.shadowed = True
        return quiet("names mean tables of other schemas from here on")(words, script) or []
    if key in _SETTINGS:
        return quiet("a setting of the session")(words, script) or []
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


def read_pragma(words: Words, script: Script) -> Read:
    """SQLite's `PRAGMA`."""
    name, after = words.name(1)
    last = name.rpartition(".")[2].upper()
    if last in _PRAGMAS or (after >= len(words) and last != "INCREMENTAL_VACUUM"):
        return quiet("a setting of the session")(words, script)
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
    r"""A line for the client program: `\connect` in psql, `.read` in sqlite3."""
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
    r"""Is it `\set` of one of psql's own settings, rather than of a variable that stands for SQL?"""
    words = line.split()
    return len(words) > 1 and words[1].isupper()
