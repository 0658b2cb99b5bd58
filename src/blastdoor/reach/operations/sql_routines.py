"""Code within SQL: routines, triggers and blocks are looked through for what they destroy.

Nothing is run and no control flow is followed: every branch counts. A step of a body is either one of the
plain ones of PL/pgSQL, MySQL and T-SQL that only compute, or a statement like any other, or unreadable.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import msgspec

from blastdoor.model import Operation
from blastdoor.model.reach import Action
from blastdoor.reach.operations import sql_batch
from blastdoor.reach.operations.sql_acting import ACTING
from blastdoor.reach.operations.sql_define import DROPPED, kind_at
from blastdoor.reach.operations.sql_fallback import READERS
from blastdoor.reach.operations.sql_lex import Token, statements
from blastdoor.reach.operations.sql_words import Script, Words, bare

ReadStatement = Callable[[Words, Script], list[Operation]]

#: Languages whose bodies are SQL.
_LANGUAGES = ("SQL", "PLPGSQL", "'")
#: How deep bodies within bodies are looked through.
MAX_BODIES = 3


# Where statements begin within other words --------------------------------------------------------

_HEADS = frozenset(
    [
        "DROP",
        "TRUNCATE",
        "DELETE",
        "UPDATE",
        "MERGE",
        "REPLACE",
        "INSERT",
        "ALTER",
        "EXEC",
        "EXECUTE",
        "GRANT",
        "REVOKE",
        "DENY",
    ]
)
_NOT_DELETED = frozenset(
    ["ON", "WHERE", "CASCADE", "RESTRICT", "SET", "NO", "AS", "THEN", "KEYS", "AND", "OR"]
)
_NOT_BEFORE = frozenset(
    [
        "ON",
        "FOR",
        "AFTER",
        "BEFORE",
        "OF",
        "OR",
        "THEN",
        "KEY",
        ",",
        "DO",
        "GRANT",
        "REVOKE",
        "DENY",
        "NO",
        "WITH",
    ]
)


def heads(words: Words, start: int = 0) -> list[int]:
    """Where a statement that destroys, endangers or runs something begins, wherever it stands."""
    altered = start > 0 and words.has(0, "ALTER")
    places = [at for at in range(start, len(words)) if words.keys[at] in _HEADS and _is_head(words, at)]
    return [at for at in places if not (altered and _is_part(words, at))]


def _is_part(words: Words, at: int) -> bool:
    """Is it an action of the ALTER in which it stands: `ALTER TABLE t DROP INDEX i`?"""
    if words.keys[at] == "DROP":
        return words.key(at + 1) not in ("TABLE", "SCHEMA", "DATABASE") or words.key(1) in (
            "EXTENSION",
            "PUBLICATION",
        )
    return words.keys[at] == "ALTER" and words.key(at + 1) != "TABLE"


def _is_head(words: Words, at: int) -> bool:
    key, before, after = words.keys[at], words.key(at - 1), words.key(at + 1)
    if key == "DROP":
        return any(words.has(at + 1, *kind) for kind in DROPPED) or after == "INDEX"
    if key == "TRUNCATE":
        return before not in _NOT_BEFORE and (_named(words, at + 1) and after not in ("ON", "PARTITION"))
    if key == "DELETE":
        return after == "FROM" or (
            before not in _NOT_BEFORE and _named(words, at + 1) and after not in _NOT_DELETED
        )
    if key == "UPDATE":
        return before not in ("FOR", "ON", "KEY") and after != "SET" and "SET" in words.keys[at + 2 : at + 8]
    if key in ("MERGE", "REPLACE"):
        return after == "INTO"
    if key == "INSERT":
        return after == "OVERWRITE"
    if key == "ALTER":
        return after in ("TABLE", "TYPE", "ROLE", "USER", "SYSTEM", "DATABASE", "DEFAULT")
    if key in ("EXEC", "EXECUTE"):
        return after not in ("FUNCTION", "PROCEDURE", "AS", "ON", "") and before not in _NOT_BEFORE
    if key in ("GRANT", "REVOKE", "DENY"):
        return _named(words, at + 1) and after not in ("OPTION", "ADMIN", "INHERIT") and before != "WITH"
    return False


def _named(words: Words, at: int) -> bool:
    return at < len(words) and words.tokens[at].kind in ("word", "name")


def read_within(words: Words, script: Script, read: ReadStatement, start: int = 1) -> list[Operation]:
    """What begins within a statement after its first word, each part up to the next."""
    places = [*heads(words, start), len(words)]
    found: list[Operation] = []
    for at, end in pairwise(places):
        found += read(_within_brackets(Words(words.tokens[at:end])), script)
    return found


def _within_brackets(words: Words) -> Words:
    """Up to the bracket that closes one opened before."""
    depth = 0
    for at, key in enumerate(words.keys):
        depth += (key == "(") - (key == ")")
        if depth < 0:
            return Words(words.tokens[:at])
    return words


def read_execute(words: Words, script: Script, read: ReadStatement) -> list[Operation]:
    """EXECUTE and the like: what its texts would destroy; the statement itself stays unreadable."""
    found: list[Operation] = []
    for token in words.tokens[:200]:
        if token.kind == "text":
            inside = read_body(_inner(token.text), script, read)
            found += [each for each in inside if each.action != "unreadable" and _endangers(each)]
    return found


def _endangers(operation: Operation) -> bool:
    return operation.irreversible or operation.danger is not msgspec.UNSET


# Steps of a body ----------------------------------------------------------------------------------

_OPENING = frozenset(
    ["BEGIN", "ATOMIC", "ELSE", "LOOP", "THEN", "TRY", "CATCH", "REPEAT", "DECLARE", "EXCEPTION"]
)
_CONDITION = {
    "IF": ("THEN",),
    "ELSIF": ("THEN",),
    "ELSEIF": ("THEN",),
    "WHEN": ("THEN",),
    "WHILE": ("LOOP", "DO"),
    "FOR": ("LOOP", "DO"),
    "FOREACH": ("LOOP",),
    "CASE": ("THEN",),
}
#: First words of steps that only compute, return or report.
_COMPUTING = frozenset(
    [
        "RETURN",
        "RAISE",
        "NULL",
        "SIGNAL",
        "RESIGNAL",
        "LEAVE",
        "ITERATE",
        "EXIT",
        "CONTINUE",
        "GET",
        "OPEN",
        "CLOSE",
        "FETCH",
        "ASSERT",
        "PRINT",
        "THROW",
        "RAISERROR",
        "BREAK",
        "GOTO",
        "CURSOR",
        "UNTIL",
    ]
)


def read_step(words: Words, script: Script, read: ReadStatement) -> list[Operation]:
    """One step of a body: the words that steer are left out, what remains is read."""
    at = _skip_control(words)
    if at >= len(words):
        return []
    rest = Words(words.tokens[at:])
    if rest.has(0, "PERFORM"):
        rest = Words([Token("word", "SELECT", rest.tokens[0].at, gap=False), *rest.tokens[1:]])
    if rest.has(0, "RETURN", "QUERY") and rest.key(2) in ("SELECT", "WITH"):
        rest = Words(rest.tokens[2:])
    if _computes(rest):
        return []
    return read(rest, script)


def _skip_control(words: Words) -> int:
    at = 0
    while at < len(words):
        key = words.keys[at]
        if key in _CONDITION:
            ends = [words.after(end, start=at) for end in _CONDITION[key]]
            end = min((end for end in ends if end > 0), default=-1)
            if end < 0 or not only_asks(Words(words.tokens[at:end])):
                return at
            at = end
        elif key == "END":
            at = words.skip(
                at + 1, ("IF",), ("LOOP",), ("CASE",), ("WHILE",), ("REPEAT",), ("TRY",), ("CATCH",)
            )
            if at == len(words) - 1 and words.tokens[at].kind in ("word", "name"):
                at += 1  # a label
        elif key in _OPENING:
            at += 1
        else:
            return at
    return at


def only_asks(words: Words) -> bool:
    """Does a condition or declaration do nothing but ask? It may query, but not change or run anything."""
    if heads(words) or words.any_of(("EXECUTE", "EXEC", "IMMEDIATE", "INTO", "OPENQUERY")):
        return False
    return not any(words.key(at + 1) == "(" and _acts(words.keys[at]) for at in range(len(words)))


def _computes(words: Words) -> bool:
    """Does the step only compute? It may call functions, but neither query nor run SQL."""
    if words.any_of(("SELECT",)) or not only_asks(words):
        return False
    if words.key(0) in _COMPUTING:
        return True
    _, after = words.name(0)
    if words.has(after, ":", "=") or words.key(after) == "=":
        return True
    # A declaration: name type [:= value]
    return words.has(0, "SET") and words.name(1)[0].upper().startswith(("NEW.", "OLD."))


def _acts(key: str) -> bool:
    return key in ACTING


_DECLARED = re.compile(
    r"(?i)(?:int|integer|bigint|smallint|text|varchar|char|boolean|bool|numeric|decimal|date|timestamp|timestamptz|uuid"
    r"|record|jsonb?|double|float|real|interval|datetime|nvarchar|varchar2|number|constant|refcursor|rowtype)\Z"
)


_STATEMENTS = frozenset(
    (*READERS, "CREATE", "DROP", "DO", "SELECT", "WITH", "UPDATE", "DELETE", "PERFORM", "MERGE")
)


def _declares(words: Words) -> bool:
    at = words.skip(0, ("DECLARE",))
    name, after = words.name(at)
    if not name or after >= len(words) or heads(words) or words.key(at) in _STATEMENTS:
        return False
    typed = bool(_DECLARED.match(words.key(after))) or words.any_of(("%",))
    return typed and not words.any_of(("SELECT", "EXECUTE", "EXEC"))


# Bodies -------------------------------------------------------------------------------------------


def read_body(text: str, script: Script, read: ReadStatement) -> list[Operation]:
    """What the text of a body does. The names that the script made count for nothing within it."""
    inner = script.body()
    found: list[Operation] = []
    if inner.depth > MAX_BODIES:
        return [script.unreadable("", "bodies within bodies")]
    for statement in statements(text, script.dialect):
        if statement.trouble or statement.client:
            found.append(
                inner.unreadable(Words(statement.tokens).shown(), statement.trouble or "a line for a client")
            )
        found += _step_of_body(Words(statement.tokens), inner, read)
    return found


def _step_of_body(words: Words, inner: Script, read: ReadStatement) -> list[Operation]:
    if not len(words) or _declares(words):
        return []
    return read_step(words, inner, read)


def _pieces(words: Words, dialect: str) -> Iterator[Words]:
    """The parts between semicolons, where these stand within one statement."""
    for piece in _between_semicolons(words):
        if dialect == "tsql":
            yield from (part for _, part in sql_batch.split(piece))
        else:
            yield piece


def _between_semicolons(words: Words) -> Iterator[Words]:
    start = 0
    for at, key in enumerate(words.keys):
        if key == ";":
            yield Words(words.tokens[start:at])
            start = at + 1
    yield Words(words.tokens[start:])


def read_do(words: Words, script: Script, read: ReadStatement) -> list[Operation]:
    """PostgreSQL's `DO $$ ... $$`, which runs at once."""
    bodies = [token.text for token in words.tokens if token.kind == "text"]
    language = words.after("LANGUAGE")
    if not bodies or (language > 0 and words.key(language) not in _LANGUAGES):
        script.forget()
        return [script.unreadable(words.shown(), "code that is not SQL")]
    found: list[Operation] = []
    for body in bodies:
        found += read_body(_inner(body), script, read)
    # Whatever it ran may have moved tables about.
    script.forget()
    return found or [script.op("session", "session", "no-op", "it only computes")]


def _inner(quoted: str) -> str:
    """What stands within a dollar-quoted or plain text."""
    if quoted.startswith("$"):
        tag = quoted[: quoted.index("$", 1) + 1]
        return quoted[len(tag) : -len(tag)]
    start = quoted.find("'")
    return quoted[start + 1 : -1].replace("''", "'") if start >= 0 else quoted


def read_routine(words: Words, script: Script, read: ReadStatement) -> list[Operation]:
    """CREATE FUNCTION, TRIGGER and the like: the object, and what its body does whenever it runs."""
    at = kind_at(words)
    type_ = "trigger" if words.key(at) in ("TRIGGER", "EVENT", "RULE", "TASK") else "function"
    name = bare(words.name(words.skip(at + 1, ("BODY",), ("IF", "NOT", "EXISTS")))[0])
    found = [_routine(words, script, type_, name)]
    for operation in _bodies(words, script, read, at):
        if _endangers(operation):
            why = f"{operation.why} (whenever {type_} {name} runs)"
            found.append(msgspec.structs.replace(operation, why=why))
    return found


def _routine(words: Words, script: Script, type_: str, name: str) -> Operation:
    replace = words.has(1, "OR") or words.has(0, "ALTER")
    action: Action = "replace" if replace else "create"
    resource = f"{type_} {name}"
    if words.after("SECURITY", "DEFINER") > 0 or words.after("EXECUTE", "AS", "OWNER") > 0:
        why = "it runs with the rights of whoever defined it"
        return script.op(resource, type_, action, why, danger="access")
    table = words.after("ON") if type_ == "trigger" else -1
    if script.postgres and table > 0 and script.holds_data(words.name(table)[0]):
        return script.op(
            resource, type_, action, "its table is locked while it is made", danger="availability"
        )
    return script.op(resource, type_, action, "it does nothing until it runs")


def _bodies(words: Words, script: Script, read: ReadStatement, at: int) -> list[Operation]:
    language = words.after("LANGUAGE")
    if language > 0 and words.key(language) not in _LANGUAGES:
        return [script.unreadable(Words(words.tokens[: language + 1]).shown(), "a body that is not SQL")]
    as_at = words.after("AS")
    if as_at > 0 and words.key(as_at) == "'":
        found: list[Operation] = []
        for token in words.tokens[as_at : as_at + 3]:
            found += read_body(_inner(token.text), script, read) if token.kind == "text" else []
        return found
    return _inline(words, script, read, at)


#: Words after which the body of a routine begins, where it is not quoted.
_STARTS = frozenset(("BEGIN", "AS", "DO", "RETURN"))


def _body_at(words: Words, script: Script, at: int) -> int:
    """Where an open body begins, -1 where it is not found."""
    if words.has(at, "RULE"):
        place = words.after("DO", start=at)
        return words.skip(place, ("ALSO",), ("INSTEAD",)) - 1 if place > 0 else -1
    starts = _STARTS | {"IS"} if script.dialect == "oracle" else _STARTS
    start = next((place for place in range(at, len(words)) if words.keys[place] in starts), -1)
    row = words.after("EACH", "ROW", start=at)
    return row - 1 if start < 0 < row and words.key(row) == "SET" else start


def _inline(words: Words, script: Script, read: ReadStatement, at: int) -> list[Operation]:
    """A body that stands open: up to the end of the statement, or split over several."""
    inner = script.body()
    called = words.after("EXECUTE", "FUNCTION") > 0 or words.after("EXECUTE", "PROCEDURE") > 0
    start = -1 if called else _body_at(words, script, at)
    if inner.depth > MAX_BODIES:
        return [script.unreadable("", "bodies within bodies")]
    if start < 0:
        found = read_within(words, inner, read)
        return found if called or found else [script.unreadable(words.shown(), "a body that was not found")]
    if words.has(start, "BEGIN") and words.keys.count("BEGIN") > words.keys.count("END"):
        script.distrust()  # its other steps follow as statements of their own
    found = []
    first = start if words.has(start, "BEGIN") or words.has(start, "RETURN") else start + 1
    for piece in _pieces(Words(words.tokens[first:]), script.dialect):
        if len(piece) and not _declares(piece):
            found += read_step(piece, inner, read)
    return found
