"""The tables of the record, for queries. What they are in a database is the work of `migrations/` alone.

Digests of bodies are no foreign keys: a body can be erased, and what names it stays.
"""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

entry = Table(
    "entry",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
)

body = Table(
    "body",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("bundle", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
)

statement = Table(
    "statement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("envelope", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
)

# What was seen with a verdict or statement: found again by `key`, which begins with the repository.
mark = Table(
    "mark",
    metadata,
    Column("key", Text, primary_key=True),
    Column("head", Text, primary_key=True),
    Column("signal", Text, primary_key=True),
    Column("base", Text, nullable=False),
    Column("commit", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
)

# When a difference (`key`: repository and patch digest) was first on record.
seen = Table(
    "seen",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
)

# `scope` is empty for pseudonyms that mean the same everywhere; `u_1` means somebody else in each bundle, so
# there it is the id of the verdict.
identity = Table(
    "identity",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("pseudonym", Text, primary_key=True),
    Column("name", Text),
    Column("mailbox", Text),
)
