"""Functions of databases that, called from a query, do more than work out a value, and those that do not."""

import re

#: Functions that do more than work out a value.
ACTING = {
    "PG_TERMINATE_BACKEND": "it drops connections",
    "PG_CANCEL_BACKEND": "it stops what others run",
    "PG_RELOAD_CONF": "it changes settings of the server",
    "PG_ROTATE_LOGFILE": "it changes files of the server",
    "PG_READ_FILE": "it reads files of the server",
    "PG_READ_BINARY_FILE": "it reads files of the server",
    "PG_LS_DIR": "it reads files of the server",
    "PG_FILE_WRITE": "it writes files of the server",
    "PG_DROP_REPLICATION_SLOT": "replicas that need the slot are cut off",
    "PG_SWITCH_WAL": "it acts on the server",
    "PG_PROMOTE": "it makes a replica the leader",
    "PG_ADVISORY_LOCK": "others may wait for it",
    "LO_IMPORT": "it reads files of the server",
    "LO_EXPORT": "it writes files of the server",
    "LO_UNLINK": "a large object is lost",
    "SETVAL": "numbers may be given out again",
    "NEXTVAL": "a number is used up",
    "SET_CONFIG": "a setting changes, and with it what names mean",
    "DBLINK": "it runs SQL elsewhere",
    "DBLINK_EXEC": "it runs SQL elsewhere",
    "QUERY_TO_XML": "it runs SQL from a text",
    "CURSOR_TO_XML": "it runs SQL from a text",
    "LOAD_FILE": "it reads files of the server",
    "LOAD_EXTENSION": "it runs code from a file",
    "WRITEFILE": "it writes a file",
    "EDIT": "it runs a program",
    "SYS_EXEC": "it runs a program",
    "SYS_EVAL": "it runs a program",
    "SLEEP": "it holds what it has locked",
    "PG_SLEEP": "it holds what it has locked",
    "OPENROWSET": "it reaches another server",
    "OPENQUERY": "it reaches another server",
    "OPENDATASOURCE": "it reaches another server",
    "DROP_CHUNKS": "rows are lost",
    "DROP_HYPERTABLE": "rows are lost",
    "ADD_RETENTION_POLICY": "rows will be lost",
    "CREATE_HYPERTABLE": "the table is locked while its rows move",
    "DROPGEOMETRYTABLE": "a table is lost",
    "DROPGEOMETRYCOLUMN": "a column is lost",
    "TRUNCATE_LOCAL_DATA_AFTER_DISTRIBUTING_TABLE": "rows are lost",
    "SQLITE_SEQUENCE": "numbers may be given out again",
}
#: Numbers used up or given out again are a nuisance, not a loss.
MILD = frozenset(("NEXTVAL", "SETVAL"))
#: Names of the databases' own functions that only work out a value, as far as the parser does not know them.
#: Any other function that it does not know may be one of the project's, and do anything.
WORKS_OUT = re.compile(
    r"(?:JSONB?|ARRAY|REGEXP|STRING|STR|DATE|TIME|TIMESTAMP|TO|PG_SIZE|PG_GET|PG_COLUMN|HAS|COL|OBJ|FORMAT|CURRENT|INET"
    r"|ST|TS|XML|UUID|GEN_RANDOM|RANGE|ROW|QUOTE|ENCODE|DECODE|BIT|FIND|GET_BIT|OBJECT|SCHEMA|TYPE|INFORMATION|UNI|HEX"
    r"|JULIANDAY|STRFTIME|LAST_INSERT)(?:_\w{1,60})?|(?:VERSION|DATABASE|USER|TXID_CURRENT|PG_BACKEND_PID|PG_TYPEOF"
    r"|SQLITE_VERSION|CHANGES|TOTAL_CHANGES|LAST_INSERT_ROWID|ROW_COUNT|FOUND_ROWS|CONNECTION_ID|RANDOMBLOB|ZEROBLOB|TYPEOF"
    r"|PRINTF|INSTR|IFNULL|IIF|ISNULL|NEWID|GETDATE|GETUTCDATE|SYSDATETIME|SERVERPROPERTY|DB_NAME|DB_ID|SUSER_NAME|NUMNODE"
    r"|HASHBYTES|CHECKSUM|BTRIM|LTRIM|RTRIM|INITCAP|TRANSLATE|OVERLAY|AGE|MAKE_DATE|MAKE_TIMESTAMP|MAKE_INTERVAL|CLOCK_TIMESTAMP"
    r"|STATEMENT_TIMESTAMP|TRANSACTION_TIMESTAMP|NOW|CARDINALITY|UNNEST|GENERATE_SUBSCRIPTS|NUM_NONNULLS|NUM_NULLS|WIDTH_BUCKET)$"
)
