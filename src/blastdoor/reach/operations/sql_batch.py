"""T-SQL needs no semicolons: where one statement ends and the next begins is told by its reserved words.

https://learn.microsoft.com/en-us/sql/t-sql/language-elements/reserved-keywords-transact-sql
"""

from collections.abc import Iterator

from blastdoor.reach.operations.sql_define import is_routine
from blastdoor.reach.operations.sql_words import Words

_STARTS = frozenset(
    [
        "CREATE",
        "DROP",
        "TRUNCATE",
        "EXEC",
        "EXECUTE",
        "GRANT",
        "REVOKE",
        "DENY",
        "BACKUP",
        "RESTORE",
        "USE",
        "PRINT",
        "DECLARE",
        "INSERT",
        "DELETE",
        "UPDATE",
        "ALTER",
        "MERGE",
        "COMMIT",
        "ROLLBACK",
        "IF",
        "ELSE",
        "WHILE",
        "KILL",
        "SHUTDOWN",
        "BEGIN",
        "RAISERROR",
        "THROW",
        "RETURN",
    ]
)
#: A reserved word after one of these belongs to the statement that is being read.
_BINDS = frozenset(
    [
        "ON",
        "FOR",
        "AFTER",
        "OF",
        "THEN",
        "OR",
        "AS",
        ",",
        "INSTEAD",
        "GRANT",
        "REVOKE",
        "DENY",
        "WITH",
        "NOT",
        "NO",
        "EXECUTE",
        "EXEC",
    ]
)
#: What `ALTER TABLE ... DROP` takes away, so that DROP does not begin a statement there.
_PARTS = frozenset(["COLUMN", "CONSTRAINT", "PERIOD", "INDEX"])


def split(words: Words) -> Iterator[tuple[int, Words]]:
    """The statements that stand in `words`, each with its place. The body of a routine stays with it."""
    if words.has(0, "CREATE") and is_routine(words):
        yield 0, words
        return
    start = depth = 0
    for at, key in enumerate(words.keys):
        depth += (key == "(") - (key == ")")
        if at > start and not depth and key in _STARTS and _begins(words, at, start):
            yield start, Words(words.tokens[start:at])
            start = at
    yield start, Words(words.tokens[start:])


def _begins(words: Words, at: int, start: int) -> bool:
    key, before, after = words.keys[at], words.key(at - 1), words.key(at + 1)
    if before in _BINDS or words.key(start) in ("GRANT", "REVOKE", "DENY"):
        return (
            key not in ("INSERT", "DELETE", "UPDATE", "EXECUTE", "ALTER", "CREATE") and before not in _BINDS
        )
    if words.has(start, "ALTER", "TABLE"):
        if key == "ALTER":
            return after != "COLUMN"
        if key == "DROP":
            return after not in _PARTS and not (after == "IF" or before == "ALTER")
    return not (key == "UPDATE" and after in ("SET", "(")) and not (key == "EXECUTE" and after == "AS")
