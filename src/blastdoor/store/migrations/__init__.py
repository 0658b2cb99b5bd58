"""The record's schema, step by step, run by Alembic. A new revision's name is its number: 0001, 0002, …"""

#: The schema that this version of Blastdoor reads and writes: the number of the newest revision.
SCHEMA = 3
