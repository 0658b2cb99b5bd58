"""CREATE and DROP: what a script makes, and what goes with what it drops."""

from typing import NamedTuple

from blastdoor.model import Operation
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.sql_words import IF_EXISTS, Script, Words, bare

Read = list[Operation] | None


class _Drop(NamedTuple):
    """What dropping a kind of object loses. `lost`: "always", "cascade" (only dependent things), "never"."""

    type: str
    lost: str
    why: str
    danger: Danger | None = None


_CODE = "running code may still use it"
_DROPS: dict[tuple[str, ...], _Drop] = {
    ("TABLE",): _Drop("table", "always", "its rows are lost"),
    ("FOREIGN", "TABLE"): _Drop(
        "table", "never", f"its rows lie elsewhere and stay; {_CODE}", "availability"
    ),
    ("EXTERNAL", "TABLE"): _Drop(
        "table", "never", f"its rows lie elsewhere and stay; {_CODE}", "availability"
    ),
    ("MATERIALIZED", "VIEW"): _Drop("view", "never", f"it can be filled again; {_CODE}", "availability"),
    ("VIEW",): _Drop("view", "never", f"a view holds no data; {_CODE}", "availability"),
    ("SCHEMA",): _Drop("schema", "always", "the tables in it are lost with their rows"),
    ("DATABASE",): _Drop("database", "always", "everything in it is lost"),
    ("KEYSPACE",): _Drop("database", "always", "everything in it is lost"),
    ("DATASET",): _Drop("schema", "always", "the tables in it are lost with their rows"),
    ("TABLESPACE",): _Drop("database", "always", "what is stored in it may be lost"),
    ("STAGE",): _Drop("data", "always", "files kept in it are lost"),
    ("STREAM",): _Drop("data", "always", "its place in the changes is lost"),
    ("SNAPSHOT", "TABLE"): _Drop("data", "always", "the copy is lost"),
    ("SNAPSHOT",): _Drop("data", "always", "the copy is lost"),
    ("SEQUENCE",): _Drop("sequence", "always", "how far it had counted is lost"),
    ("TYPE",): _Drop("type", "cascade", f"columns of the type go with it; {_CODE}", "availability"),
    ("DOMAIN",): _Drop("type", "cascade", f"columns of the domain go with it; {_CODE}", "availability"),
    ("EXTENSION",): _Drop(
        "extension", "cascade", f"columns of its types go with it; {_CODE}", "availability"
    ),
    ("FUNCTION",): _Drop(
        "function", "cascade", f"columns computed by it go with it; {_CODE}", "availability"
    ),
    ("AGGREGATE",): _Drop("function", "cascade", _CODE, "availability"),
    ("OPERATOR",): _Drop("function", "cascade", _CODE, "availability"),
    ("PROCEDURE",): _Drop("function", "cascade", _CODE, "availability"),
    ("ROUTINE",): _Drop("function", "cascade", _CODE, "availability"),
    ("PACKAGE",): _Drop("function", "never", _CODE, "availability"),
    ("COLLATION",): _Drop("type", "cascade", f"columns that use it go with it; {_CODE}", "availability"),
    ("CAST",): _Drop("type", "cascade", _CODE, "availability"),
    ("SYNONYM",): _Drop("view", "never", _CODE, "availability"),
    ("TRIGGER",): _Drop("trigger", "never", "what it kept up or checked is no longer", "unknown"),
    ("EVENT", "TRIGGER"): _Drop("trigger", "never", "what it kept up or checked is no longer", "unknown"),
    ("EVENT",): _Drop("trigger", "never", "what it did at its time is no longer done", "unknown"),
    ("TASK",): _Drop("trigger", "never", "what it did at its time is no longer done", "unknown"),
    ("PIPE",): _Drop("trigger", "never", "what it loaded is no longer", "availability"),
    ("RULE",): _Drop("trigger", "never", "what it rewrote is no longer", "unknown"),
    ("STATISTICS",): _Drop("index", "never", "the planner knows less"),
    ("POLICY",): _Drop("role", "never", "who sees which rows changes", "access"),
    ("ROLE",): _Drop("role", "never", "who may do what changes", "access"),
    ("USER",): _Drop("role", "never", "who may do what changes", "access"),
    ("LOGIN",): _Drop("role", "never", "who may do what changes", "access"),
    ("GROUP",): _Drop("role", "never", "who may do what changes", "access"),
    ("OWNED", "BY"): _Drop("role", "always", "everything that the role owns is lost", "access"),
    ("USER", "MAPPING"): _Drop("role", "never", "who may reach a foreign server changes", "access"),
    ("SERVER",): _Drop("database", "cascade", _CODE, "network"),
    ("DATABASE", "LINK"): _Drop("database", "never", _CODE, "network"),
    ("PUBLICATION",): _Drop("database", "never", "replicas no longer get changes", "availability"),
    ("SUBSCRIPTION",): _Drop("database", "never", "changes are no longer replicated", "availability"),
    ("WAREHOUSE",): _Drop("database", "never", _CODE, "availability"),
}
#: The words for what can be dropped, the longest first.
DROPPED = tuple(sorted(_DROPS, key=len, reverse=True))


def read_drop(words: Words, script: Script) -> Read:
    """`DROP kind name, ...`; None where the kind is not known."""
    at = words.skip(1, ("TEMPORARY",), ("TEMP",), ("IF", "EXISTS"))
    if words.has(at, "INDEX"):
        return _drop_index(words, script, at + 1)
    if words.has(at, "ROW", "ACCESS") or words.has(at, "MASKING"):
        at += 1 + words.has(at, "ROW")
    kind = next((kind for kind in DROPPED if words.has(at, *kind)), None)
    if kind is None:
        return None
    at = words.skip(at + len(kind), ("IF", "EXISTS"), ("CONCURRENTLY",))
    names = words.names(at)
    if _DROPS[kind].type == "role" and words.key(at) == "'":
        names = [words.user(at)]
    if "" in names:
        return None
    return [_drop_one(_DROPS[kind], name, words, script) for name in names]


def _drop_one(drop: _Drop, name: str, words: Words, script: Script) -> Operation:
    cascade = words.any_of(("CASCADE",))
    lost = drop.lost == "always" or (drop.lost == "cascade" and cascade)
    why = drop.why
    if drop.type == "table" and lost and (words.has(1, "TEMPORARY") or not script.holds_data(name)):
        lost, why = False, "created in this script, or temporary: nothing is lost"
    script.rename(name, "")
    if drop.type in ("schema", "database"):
        script.forget()
    return script.op(f"{drop.type} {bare(name)}", drop.type, "delete", why, lost=lost, danger=drop.danger)


def _drop_index(words: Words, script: Script, at: int) -> Read:
    online = words.has(at, "CONCURRENTLY")
    names = words.names(words.skip(at + online, ("IF", "EXISTS")))
    if "" in names:
        return None
    why = "it can be built again"
    danger: Danger | None = None
    if online and script.in_transaction:
        why, danger = "CONCURRENTLY fails within a transaction", "availability"
    elif not online and script.postgres:
        why, danger = "without CONCURRENTLY the table is locked, reads included", "availability"
    return [
        script.op(f"index {bare(name)}", "index", "delete", why, danger=_danger(danger)) for name in names
    ]


def _danger(name: str | None) -> Danger | None:
    return "availability" if name else None


_SKIPPED = frozenset(
    [
        "OR",
        "REPLACE",
        "ALTER",
        "TEMP",
        "TEMPORARY",
        "LOCAL",
        "GLOBAL",
        "PRIVATE",
        "UNLOGGED",
        "VOLATILE",
        "TRANSIENT",
        "DYNAMIC",
        "HYBRID",
        "ICEBERG",
        "UNIQUE",
        "CLUSTERED",
        "NONCLUSTERED",
        "FULLTEXT",
        "SPATIAL",
        "BITMAP",
        "COLUMNSTORE",
        "RECURSIVE",
        "SECURE",
        "FORCE",
        "NO",
        "NOFORCE",
        "EDITIONABLE",
        "NONEDITIONABLE",
        "CONSTRAINT",
        "PUBLIC",
        "TRUSTED",
        "PROCEDURAL",
        "AUTHID",
        "SHARED",
        "MULTISET",
        "SET",
    ]
)
#: Kinds whose making does nothing beyond itself, with the type reported and what it endangers.
_CREATES: dict[tuple[str, ...], tuple[str, str, Danger | None]] = {
    ("SCHEMA",): ("schema", "it is new", None),
    ("DATABASE",): ("database", "it is new", None),
    ("TYPE",): ("type", "it is new", None),
    ("DOMAIN",): ("type", "it is new", None),
    ("COLLATION",): ("type", "it is new", None),
    ("SEQUENCE",): ("sequence", "it is new", None),
    ("STATISTICS",): ("index", "the planner knows more", None),
    ("SYNONYM",): ("view", "it is new", None),
    ("MATERIALIZED", "VIEW"): ("view", "it is new", None),
    ("VIEW",): ("view", "it is new", None),
    ("FOREIGN", "TABLE"): ("table", "its rows lie elsewhere", "network"),
    ("EXTERNAL", "TABLE"): ("table", "its rows lie elsewhere", "network"),
    ("SERVER",): ("database", "another server can be reached", "network"),
    ("FOREIGN", "DATA", "WRAPPER"): ("database", "other servers can be reached", "network"),
    ("DATABASE", "LINK"): ("database", "another server can be reached", "network"),
    ("USER", "MAPPING"): ("role", "who may reach a foreign server changes", "access"),
    ("PUBLICATION",): ("database", "changes are sent to replicas", "network"),
    ("SUBSCRIPTION",): ("database", "changes come from another server", "network"),
    ("ROLE",): ("role", "who may do what changes", "access"),
    ("USER",): ("role", "who may do what changes", "access"),
    ("LOGIN",): ("role", "who may do what changes", "access"),
    ("GROUP",): ("role", "who may do what changes", "access"),
    ("POLICY",): ("role", "who sees which rows changes", "access"),
}
_CREATED = sorted(_CREATES, key=len, reverse=True)
_ROUTINES = (
    "FUNCTION",
    "PROCEDURE",
    "PROC",
    "TRIGGER",
    "EVENT",
    "PACKAGE",
    "RULE",
    "AGGREGATE",
    "TASK",
    "ROUTINE",
)
#: Extensions of PostgreSQL that neither reach out nor let anybody run code outside the database.
_EXTENSIONS = frozenset(
    [
        "HSTORE",
        "CITEXT",
        "UUID-OSSP",
        "PGCRYPTO",
        "POSTGIS",
        "PG_TRGM",
        "BTREE_GIST",
        "BTREE_GIN",
        "UNACCENT",
        "LTREE",
        "VECTOR",
        "INTARRAY",
        "CUBE",
        "PG_STAT_STATEMENTS",
        "TIMESCALEDB",
        "EARTHDISTANCE",
        "FUZZYSTRMATCH",
        "TABLEFUNC",
        "ISN",
        "BLOOM",
        "SEG",
        "DICT_INT",
        "LO",
        "PLPGSQL",
    ]
)


def kind_at(words: Words) -> int:
    """Where the kind stands in `CREATE ... kind name`: after the words that only modify it."""
    at = 1
    while at < len(words) and at < 24:
        if words.key(at + 1) == "=" or words.has(at, "SQL", "SECURITY"):
            # MySQL: DEFINER = `root`@`localhost`, ALGORITHM = MERGE
            at += 3
            at += 2 * (words.key(at) == "@")
        elif words.keys[at] in _SKIPPED:
            at += 1
        else:
            return at
    return at


def is_routine(words: Words) -> bool:
    """Does this CREATE or ALTER hold code that runs later?"""
    at = kind_at(words)
    return words.key(at) in _ROUTINES and not words.has(at, "EVENT", "TRIGGER")


def read_create(words: Words, script: Script) -> Read:
    """`CREATE kind name`; None where the kind is not known. Routines are read elsewhere."""
    at = kind_at(words)
    replace = words.has(1, "OR", "REPLACE")
    if words.has(at, "TABLE"):
        return _create_table(words, script, at + 1, replace=replace)
    if words.has(at, "INDEX"):
        return create_index(words, script, at + 1)
    if words.has(at, "EXTENSION"):
        return _create_extension(words, script, at + 1)
    kind = next((kind for kind in _CREATED if words.has(at, *kind)), None)
    if kind is None:
        return None
    name, _ = words.name(words.skip(at + len(kind), *IF_EXISTS, ("FOR",), ("AUTHORIZATION",)))
    type_, why, danger = _CREATES[kind]
    if not name and type_ == "role":
        name = words.user(words.skip(at + len(kind), *IF_EXISTS))
    if not name:
        return None
    lost = replace and type_ in ("schema", "database", "sequence")
    why = "what it held before is lost" if lost else "what was there before is replaced" if replace else why
    if type_ == "view" and words.has(at - 1, "DEFINER"):
        why, danger = "it reads with the rights of its definer", "access"
    action: Action = "replace" if replace else "create"
    return [script.op(f"{type_} {bare(name)}", type_, action, why, lost=lost, danger=danger)]


def _create_extension(words: Words, script: Script, at: int) -> Read:
    at = words.skip(at, ("IF", "NOT", "EXISTS"))
    name = bare(words.tokens[at].text) if at < len(words) else "?"
    known = name.upper() in _EXTENSIONS
    why = "it is new" if known else "it may reach outside the database, or run code there"
    return [script.op(f"extension {name}", "extension", "create", why, danger=None if known else "unknown")]


_TEMPORARY = frozenset(("TEMP", "TEMPORARY", "VOLATILE"))


def _create_table(words: Words, script: Script, at: int, *, replace: bool) -> Read:
    at = words.skip(at, ("IF", "NOT", "EXISTS"))
    unsure = words.has(at - 3, "IF", "NOT", "EXISTS")
    name, end = words.name(at)
    if not name or words.key(end) in ("{", "$", ":", "%", "?"):
        return None
    if words.after("AS", "EXECUTE", start=end) > 0:
        return None
    temporary = bool(_TEMPORARY.intersection(words.keys[1:at]))
    lost = replace and script.holds_data(name) and not temporary
    if words.has(1, "OR", "ALTER"):
        why = "columns that no longer stand in it are lost"
        return [script.op(f"table {bare(name)}", "table", "update", why, lost=True)]
    if (
        not unsure
        and not (temporary and script.shadowed)
        and words.after("ON", "COMMIT", "DROP", start=end) < 0
    ):
        script.make(name)
    if replace:
        why = (
            "the table that was there is lost with its rows"
            if lost
            else "only a table of this script is replaced"
        )
        return [script.op(f"table {bare(name)}", "table", "replace", why, lost=lost)]
    parent = words.after("PARTITION", "OF", start=end)
    if parent > 0 and script.holds_data(words.name(parent)[0]):
        why = "the table that it becomes part of is locked"
        return [script.op(f"table {bare(name)}", "table", "create", why, danger="availability")]
    return [script.op(f"table {bare(name)}", "table", "create", "it is new")]


def create_index(words: Words, script: Script, at: int) -> Read:
    """`CREATE INDEX`, from the words after it on: does the table stay writable meanwhile?"""
    online = words.has(at, "CONCURRENTLY")
    at = words.skip(at + online, *IF_EXISTS)
    name, end = ("", at) if words.has(at, "ON") else words.name(at)
    on = words.after("ON", start=end)
    table = words.name(words.skip(on, ("ONLY",)))[0] if on > 0 else ""
    if not table:
        return None
    why = _index_why(words, script, table, online=online)
    danger: Danger | None = "availability" if why else None
    return [
        script.op(
            f"index {bare(name or f'of {table}')}", "index", "create", why or "it is new", danger=danger
        )
    ]


def _index_why(words: Words, script: Script, table: str, *, online: bool) -> str:
    """Why building the index endangers the table, "" where it does not."""
    if online:
        return "CONCURRENTLY fails within a transaction" if script.in_transaction else ""
    if not script.holds_data(table):
        return ""
    if script.postgres or script.dialect == "redshift":
        return "without CONCURRENTLY the table cannot be written while the index is built"
    online_at = words.after("ONLINE")
    if script.dialect == "tsql" and not (online_at > 0 and words.has(online_at, "=", "ON")):
        return "without ONLINE = ON the table cannot be written while the index is built"
    if script.dialect == "oracle" and online_at < 0:
        return "without ONLINE the table cannot be written while the index is built"
    if script.dialect in ("mysql", "mariadb") and words.any_of(("FULLTEXT", "SPATIAL")):
        return "the table cannot be written while a FULLTEXT or SPATIAL index is built"
    return ""
