"""The dialects of SQL that are read, and which one a name stands for."""

import re
from collections.abc import Mapping

#: The dialects that can be named; "" where it is not known.
DIALECTS = (
    "postgres",
    "mysql",
    "sqlite",
    "mariadb",
    "tsql",
    "oracle",
    "snowflake",
    "bigquery",
    "redshift",
    "clickhouse",
    "duckdb",
    "",
)

_WORDS: Mapping[str, str] = {name: name for name in DIALECTS if name} | {
    **dict.fromkeys(("postgresql", "pg", "psql"), "postgres"),
    **dict.fromkeys(("mssql", "sqlserver"), "tsql"),
    **dict.fromkeys(("sqlite3",), "sqlite"),
}


def dialect_named(name: str) -> str:
    """The dialect that a person named: itself, or what it is another word for."""
    return _WORDS.get(name.strip().lower(), name)


def dialect_of(path: str) -> str:
    """The dialect of SQL that a path names in one of its words; "" for none."""
    words = re.split(r"[^a-z0-9]+", path.lower()[:1000])
    return next((_WORDS[word] for word in words if word in _WORDS), "")
