"""What a SQL script destroys, endangers or locks, dialect by dialect, beside its harmless twins."""

import logging
import time

import msgspec
import pytest

from blastdoor.errors import InputError
from blastdoor.model import Operation
from blastdoor.reach.operations.sql import DIALECTS, destructive_words, read_sql


def read(sql: str, dialect: str = "postgres") -> list[Operation]:
    return read_sql(sql.encode(), dialect=dialect, where="m.sql").operations


def told(operation: Operation) -> str:
    """An operation as the tables below say it: action, resource, `!` where it is irreversible, danger."""
    danger = "" if operation.danger is msgspec.UNSET else f" {operation.danger}"
    return f"{operation.action} {operation.resource}{'!' if operation.irreversible else ''}{danger}"


def notable(sql: str, dialect: str = "postgres") -> list[str]:
    """What is irreversible or endangers anything."""
    found = read(sql, dialect)
    return [told(each) for each in found if each.irreversible or each.danger is not msgspec.UNSET]


LOSSES = [
    ("postgres", "DROP TABLE orders", "delete table orders!"),
    ("postgres", "drop table if exists a.orders cascade", "delete table a.orders!"),
    ("mysql", "DROP TABLE `orders`", "delete table orders!"),
    ("tsql", "DROP TABLE [dbo].[orders]", "delete table dbo.orders!"),
    ("oracle", "DROP TABLE orders PURGE", "delete table orders!"),
    ("sqlite", 'DROP TABLE "a;b"', "delete table a;b!"),
    ("postgres", "DROP SCHEMA s CASCADE", "delete schema s!"),
    ("postgres", "DROP DATABASE d", "delete database d!"),
    ("clickhouse", "DROP DATABASE d ON CLUSTER c", "delete database d!"),
    ("postgres", "DROP SEQUENCE s", "delete sequence s!"),
    ("postgres", "DROP TYPE t CASCADE", "delete type t! availability"),
    ("postgres", "DROP EXTENSION hstore CASCADE", "delete extension hstore! availability"),
    ("postgres", "DROP OWNED BY bob", "delete role bob! access"),
    ("snowflake", "DROP STAGE s", "delete data s!"),
    ("bigquery", "DROP SNAPSHOT TABLE a.b", "delete data a.b!"),
    ("postgres", "TRUNCATE orders", "delete table orders!"),
    ("snowflake", "TRUNCATE TABLE IF EXISTS orders", "delete table orders!"),
    ("postgres", "DELETE FROM orders", "delete table orders!"),
    ("postgres", "DELETE FROM ONLY orders WHERE id = 3", "delete table orders!"),
    ("postgres", "DELETE FROM orders USING b WHERE orders.id = b.id", "delete table orders!"),
    ("mysql", "DELETE a FROM a JOIN b ON a.id = b.id", "delete table a!"),
    ("tsql", "DELETE orders", "delete table orders!"),
    ("tsql", "DELETE TOP (10) FROM orders", "delete table orders!"),
    ("tsql", "DELETE o FROM orders o", "delete table orders!"),
    ("bigquery", "DELETE FROM a.b WHERE TRUE", "delete table a.b!"),
    ("postgres", "UPDATE orders SET x = 1", "update table orders!"),
    ("postgres", "UPDATE orders SET x = 1 WHERE id = 1", "update table orders!"),
    ("tsql", "UPDATE o SET x = 1 FROM orders o", "update table orders!"),
    ("postgres", "MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE", "update table a!"),
    ("tsql", "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN UPDATE SET x = 1;", "update table a!"),
    ("mysql", "REPLACE INTO a VALUES (1)", "update table a!"),
    ("sqlite", "INSERT OR REPLACE INTO a VALUES (1)", "update table a!"),
    ("mysql", "INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE x = 1", "update table a!"),
    ("postgres", "INSERT INTO a VALUES (1) ON CONFLICT (i) DO UPDATE SET x = 1", "update table a!"),
    ("snowflake", "INSERT OVERWRITE INTO a SELECT 1", "replace table a!"),
    ("snowflake", "CREATE OR REPLACE TABLE a (id int)", "replace table a!"),
    ("bigquery", "CREATE OR REPLACE TABLE a.b AS SELECT 1", "replace table a.b!"),
    ("snowflake", "CREATE OR REPLACE SCHEMA s", "replace schema s!"),
    ("postgres", "ALTER TABLE a DROP COLUMN b", "delete column a.b!"),
    ("postgres", "ALTER TABLE a DROP b", "delete column a.b!"),
    ("mysql", "ALTER TABLE `a` DROP `b`", "delete column a.b!"),
    ("tsql", "ALTER TABLE a DROP COLUMN b", "delete column a.b!"),
    ("oracle", "ALTER TABLE a SET UNUSED (b)", "delete column a.b!"),
    ("postgres", "ALTER TABLE a ALTER b TYPE varchar(50)", "update column a.b! availability"),
    ("postgres", "ALTER TABLE a ALTER type TYPE varchar(50)", "update column a.type! availability"),
    ("postgres", "ALTER TABLE a ALTER b TYPE text USING left(b, 3)", "update column a.b! availability"),
    ("tsql", "ALTER TABLE a ALTER COLUMN b varchar(10)", "update column a.b! availability"),
    ("mysql", "ALTER TABLE a MODIFY b varchar(10)", "update column a.b! availability"),
    ("oracle", "ALTER TABLE a MODIFY (b varchar2(10))", "update column a.b! availability"),
    ("mysql", "ALTER TABLE a DROP PARTITION p0", "delete table a! availability"),
    ("clickhouse", "ALTER TABLE a DROP PARTITION '2020'", "delete table a! availability"),
    ("postgres", "ALTER TABLE a DETACH PARTITION p", "forget table a! availability"),
    ("clickhouse", "ALTER TABLE a DELETE WHERE id = 1", "delete table a!"),
    ("clickhouse", "ALTER TABLE a UPDATE x = 1 WHERE 1", "update table a!"),
    ("mysql", "ALTER TABLE a DISCARD TABLESPACE", "delete table a!"),
    ("oracle", "PURGE RECYCLEBIN", "delete data!"),
    ("duckdb", "DELETE FROM a WHERE 1=1", "delete table a!"),
    ("redshift", "DELETE FROM a", "delete table a!"),
    ("mariadb", "TRUNCATE a", "delete table a!"),
]


@pytest.mark.parametrize(("dialect", "sql", "expected"), LOSSES)
def test_what_cannot_be_made_again_is_irreversible(dialect: str, sql: str, expected: str) -> None:
    assert notable(sql, dialect) == [expected]


WAITS = [
    ("postgres", "CREATE INDEX i ON a (b)", "create index i availability"),
    ("postgres", "CREATE UNIQUE INDEX ON a (b)", "create index of a availability"),
    ("tsql", "CREATE INDEX i ON a (b)", "create index i availability"),
    ("oracle", "CREATE INDEX i ON a (b)", "create index i availability"),
    ("mysql", "CREATE FULLTEXT INDEX i ON a (b)", "create index i availability"),
    ("postgres", "DROP INDEX i", "delete index i availability"),
    ("postgres", "ALTER TABLE a ADD b uuid DEFAULT gen_random_uuid()", "create column a.b availability"),
    ("postgres", "ALTER TABLE a ADD b int NOT NULL", "create column a.b availability"),
    ("postgres", "ALTER TABLE a ADD b bigserial", "create column a.b availability"),
    ("postgres", "ALTER TABLE a ADD b int REFERENCES c (id)", "create column a.b availability"),
    ("postgres", "ALTER TABLE a ALTER b SET NOT NULL", "update column a.b availability"),
    ("postgres", "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c", "create constraint of a availability"),
    ("postgres", "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", "create constraint c availability"),
    ("postgres", "ALTER TABLE a ADD PRIMARY KEY (b)", "create constraint of a availability"),
    ("postgres", "ALTER TABLE a ADD CONSTRAINT u UNIQUE (b)", "create constraint u availability"),
    ("postgres", "ALTER TABLE a SET TABLESPACE s", "update table a availability"),
    ("postgres", "ALTER TABLE a ATTACH PARTITION p FOR VALUES IN (1)", "update table a availability"),
    ("postgres", "CREATE TABLE p PARTITION OF a FOR VALUES IN (1)", "create table p availability"),
    ("postgres", "CLUSTER a USING i", "update table a availability"),
    ("postgres", "VACUUM FULL a", "update table a availability"),
    ("postgres", "REINDEX INDEX i", "update index i availability"),
    ("postgres", "LOCK TABLE a IN SHARE MODE", "update table a availability"),
    ("postgres", "ALTER TYPE mood ADD VALUE 'b'", "update type mood availability"),
    ("postgres", "REFRESH MATERIALIZED VIEW v", "update view v availability"),
    ("mysql", "ALTER TABLE a ADD INDEX i (b), ALGORITHM=COPY", "update table a availability"),
    ("mysql", "ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4", "update table a availability"),
    ("mysql", "ALTER TABLE a ADD FULLTEXT INDEX i (b)", "create index of a availability"),
    ("mysql", "ALTER TABLE a ENGINE=InnoDB", "update table a availability"),
    ("mysql", "LOCK TABLES a WRITE", "update table a availability"),
    ("postgres", "ALTER TABLE a RENAME TO b", "move table a availability"),
    ("postgres", "ALTER TABLE a RENAME COLUMN b TO c", "move column a.b availability"),
    ("mysql", "RENAME TABLE a TO b", "move table a availability"),
    ("snowflake", "ALTER TABLE a SWAP WITH b", "move table a availability"),
    ("postgres", "DROP VIEW v", "delete view v availability"),
    ("postgres", "DROP MATERIALIZED VIEW v", "delete view v availability"),
    ("postgres", "DROP FUNCTION f(int, text)", "delete function f availability"),
    ("postgres", "DROP TYPE t", "delete type t availability"),
    ("postgres", "BEGIN; CREATE INDEX CONCURRENTLY i ON a (b)", "create index i availability"),
    ("postgres", "BEGIN; DROP INDEX CONCURRENTLY i", "delete index i availability"),
]


@pytest.mark.parametrize(("dialect", "sql", "expected"), WAITS)
def test_what_blocks_others_or_breaks_running_code_endangers_availability(
    dialect: str, sql: str, expected: str
) -> None:
    assert notable(sql, dialect) == [expected]


RIGHTS = [
    ("postgres", "GRANT DELETE, TRUNCATE, UPDATE ON TABLE a TO bob", "update rights on a access"),
    ("postgres", "REVOKE ALL ON a FROM bob", "update rights on a access"),
    ("tsql", "DENY SELECT ON a TO bob", "update rights on a access"),
    ("postgres", "CREATE ROLE bob", "create role bob access"),
    ("postgres", "ALTER USER bob SUPERUSER", "update role bob access"),
    ("mysql", "CREATE USER 'bob'@'%' IDENTIFIED BY 'secret'", "create role 'bob'@'%' access"),
    ("mysql", "DROP USER 'bob'@'%'", "delete role 'bob'@'%' access"),
    ("postgres", "DROP USER bob", "delete role bob access"),
    ("postgres", "CREATE POLICY p ON a USING (true)", "create role p access"),
    ("postgres", "DROP POLICY p ON a", "delete role p access"),
    ("postgres", "ALTER TABLE a DISABLE ROW LEVEL SECURITY", "update table a access"),
    ("postgres", "ALTER TABLE a NO FORCE ROW LEVEL SECURITY", "update table a access"),
    ("postgres", "ALTER TABLE a OWNER TO bob", "update table a access"),
    ("postgres", "SET ROLE bob", "update session access"),
    ("postgres", "ALTER TABLE a DISABLE TRIGGER ALL", "update trigger of a unknown"),
    ("tsql", "DISABLE TRIGGER t ON a", "update trigger t unknown"),
    ("postgres", "DROP TRIGGER t ON a", "delete trigger t unknown"),
    (
        "postgres",
        "SET session_replication_role = replica",
        "update setting session_replication_role unknown",
    ),
    ("mysql", "SET FOREIGN_KEY_CHECKS=0", "update setting foreign_key_checks unknown"),
    ("mysql", "SET @a = 1, GLOBAL max_connections = 2", "update setting global unknown"),
    ("sqlite", "PRAGMA writable_schema=1", "update setting writable_schema unknown"),
    ("sqlite", "PRAGMA foreign_keys=OFF", "update setting foreign_keys unknown"),
    ("postgres", "CREATE EXTENSION plpython3u", "create extension plpython3u unknown"),
    ("postgres", "SELECT setval('s', 1)", "update function setval unknown"),
]


@pytest.mark.parametrize(("dialect", "sql", "expected"), RIGHTS)
def test_rights_and_guards_that_change_are_said_to_endanger(dialect: str, sql: str, expected: str) -> None:
    assert notable(sql, dialect) == [expected]


def test_changed_default_privileges_endanger_access() -> None:
    found = notable("ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO bob")
    assert found == ["update role any access", "update rights on TABLES access"]


TOUCH = """
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n int;
BEGIN
  NEW.at = now();
  IF NEW.a > 1 THEN NEW.b := 2; END IF;
  RETURN NEW;
END $$
"""

HARMLESS = [
    ("postgres", "CREATE INDEX CONCURRENTLY i ON a (b)"),
    ("postgres", "DROP INDEX CONCURRENTLY i"),
    ("postgres", "REINDEX INDEX CONCURRENTLY i"),
    ("postgres", "REFRESH MATERIALIZED VIEW CONCURRENTLY v"),
    ("tsql", "CREATE INDEX i ON a (b) WITH (ONLINE = ON)"),
    ("oracle", "CREATE INDEX i ON a (b) ONLINE"),
    ("mysql", "CREATE INDEX i ON a (b)"),
    ("mysql", "DROP INDEX i ON a"),
    ("mysql", "ALTER TABLE a ADD INDEX i (b), ALGORITHM=INPLACE, LOCK=NONE"),
    ("mysql", "ALTER TABLE a DROP INDEX i, DROP FOREIGN KEY f"),
    ("mysql", "DROP TEMPORARY TABLE a"),
    ("tsql", "CREATE TABLE #t (id int) INSERT INTO #t VALUES (1) DROP TABLE #t"),
    ("postgres", "ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES c (id) NOT VALID"),
    ("postgres", "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID"),
    ("postgres", "ALTER TABLE a VALIDATE CONSTRAINT fk"),
    ("postgres", "ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i"),
    ("postgres", "ALTER TABLE a DROP CONSTRAINT fk"),
    ("postgres", "ALTER TABLE a ADD b text"),
    ("postgres", "ALTER TABLE a ADD b timestamptz NOT NULL DEFAULT now()"),
    ("postgres", "ALTER TABLE a ADD b numeric(10, 2) DEFAULT 0"),
    ("postgres", "ALTER TABLE a ALTER b TYPE text"),
    ("postgres", "ALTER TABLE a ALTER COLUMN b SET DATA TYPE text USING b::text"),
    ("postgres", "ALTER TABLE a ALTER b DROP NOT NULL, ALTER b SET DEFAULT 3, ALTER c DROP DEFAULT"),
    ("tsql", "ALTER TABLE a ADD b int NULL, c int NULL"),
    ("postgres", "CREATE TABLE a (id int PRIMARY KEY); CREATE INDEX i ON a (id); DROP TABLE a"),
    ("postgres", "CREATE TABLE a (id int); ALTER TABLE a ADD CHECK (id > 0), ALTER id TYPE bigint"),
    ("postgres", "CREATE TEMP TABLE t AS SELECT 1; DELETE FROM t; TRUNCATE t; DROP TABLE t"),
    ("mysql", "CREATE TABLE `a` (`id` int) ENGINE=InnoDB; DELETE FROM `a`; DROP TABLE a"),
    ("postgres", "ALTER TABLE a ADD b text; UPDATE a SET b = 'x'"),
    ("postgres", "CREATE TABLE a AS SELECT * FROM b"),
    ("postgres", "SELECT * INTO a FROM b; DROP TABLE a"),
    ("postgres", "CREATE VIEW v AS SELECT 1; CREATE OR REPLACE VIEW v AS SELECT 2"),
    ("postgres", 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE EXTENSION hstore'),
    ("postgres", "INSERT INTO a VALUES (1, 'DROP TABLE x; --')"),
    ("postgres", "INSERT INTO a SELECT * FROM b ON CONFLICT DO NOTHING"),
    ("mysql", "INSERT IGNORE INTO a VALUES (1)"),
    ("mysql", r"INSERT INTO a VALUES ('it\'s; DROP TABLE x')"),
    ("postgres", "-- DROP TABLE x\n/* DROP TABLE y; /* TRUNCATE z */ DELETE FROM a */ SELECT 1"),
    ("postgres", "SELECT $x$; DROP TABLE a; $x$, E'\\'; DROP TABLE b', 1 AS \"; DROP TABLE c\""),
    ("postgres", "COMMENT ON TABLE a IS 'DROP TABLE x'"),
    ("postgres", "COPY a (b) FROM stdin;\nDROP TABLE x;\n\\.\nSELECT 1"),
    ("postgres", "COPY a TO STDOUT"),
    ("postgres", "\\connect other\n\\set ON_ERROR_STOP on\n\\echo 'DROP TABLE x'\nSELECT 1;"),
    ("postgres", "BEGIN; SET LOCAL lock_timeout = '2s'; SET statement_timeout TO 0; COMMIT"),
    ("postgres", "SELECT pg_catalog.set_config('search_path', '', false)"),
    ("mysql", "SET NAMES utf8mb4; SET @x = 1; USE d"),
    ("mysql", "/*!40101 SET @OLD=@@CHARACTER_SET_CLIENT */;"),
    ("postgres", "ANALYZE a; VACUUM a; EXPLAIN DELETE FROM a"),
    ("sqlite", "PRAGMA table_info(a)"),
    ("snowflake", "UNDROP TABLE a; // DROP TABLE x\nSELECT 1"),
    ("mysql", "SELECT 1 # DROP TABLE x"),
    ("redshift", "SET search_path TO a, b"),
    ("oracle", "SELECT q'[it's; DROP TABLE x]' FROM dual"),
    ("postgres", TOUCH),
    ("mysql", "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = 1"),
    ("postgres", "DO $$ BEGIN RAISE NOTICE 'DROP TABLE x'; END $$"),
    ("tsql", "DECLARE @n int = 1\nIF EXISTS (SELECT 1 FROM a) PRINT 'DROP TABLE x'\nGO"),
    ("", "INSERT INTO `a` VALUES ('x'); SELECT TOP 10 * FROM [dbo].[x]"),
    ("postgres", ""),
    ("postgres", " ;; -- nothing\n;"),
]


@pytest.mark.parametrize(("dialect", "sql"), HARMLESS)
def test_harmless_twins_lose_and_endanger_nothing(dialect: str, sql: str) -> None:
    assert notable(sql, dialect) == []


RENAMED = """
ALTER TABLE x ADD b int;
ALTER TABLE x RENAME b TO c;
ALTER TABLE x RENAME d TO b;
UPDATE x SET b = 1
"""

HIDDEN = [
    ("mysql", "CREATE TABLE a (i int) /*!40000 DROP TABLE x */", "delete table x!"),
    ("mysql", "/*!40000 DROP TABLE IF EXISTS `x` */;", "delete table x!"),
    ("mariadb", "/*M!100100 DROP TABLE x */", "delete table x!"),
    ("", "/*!40000 DROP TABLE x */", "delete table x!"),
    ("", r"SELECT '\'; DROP TABLE x; -- '", "delete table x!"),
    ("postgres", r"SELECT '\'; DROP TABLE x; -- '", "delete table x!"),
    ("mysql", r"SELECT 'a\\'; DROP TABLE x; -- '", "delete table x!"),
    ("mysql", "SELECT 1 /* /* */; DROP TABLE x; -- */", "delete table x!"),
    ("postgres", "DROP/**/TABLE--\nx", "delete table x!"),
    ("postgres", "WITH d AS (DELETE FROM x RETURNING *) SELECT * FROM d", "delete table x!"),
    ("postgres", "EXPLAIN (ANALYZE, VERBOSE) DELETE FROM x", "delete table x!"),
    ("postgres", "COPY (DELETE FROM x RETURNING *) TO STDOUT", "delete table x!"),
    ("postgres", "DO $$ BEGIN DROP TABLE x; END $$", "delete table x!"),
    ("postgres", "DO $$ BEGIN IF a THEN DELETE FROM x; END IF; END $$", "delete table x!"),
    ("postgres", "CREATE FUNCTION f() RETURNS void AS 'DELETE FROM x' LANGUAGE sql", "delete table x!"),
    ("postgres", "CREATE RULE r AS ON INSERT TO t DO INSTEAD DELETE FROM x", "delete table x!"),
    ("mysql", "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW DELETE FROM x", "delete table x!"),
    ("mysql", "DELIMITER $$\nCREATE PROCEDURE p() BEGIN DROP TABLE x; END$$\nDELIMITER ;", "delete table x!"),
    ("sqlite", "CREATE TRIGGER t AFTER DELETE ON a BEGIN DELETE FROM x; END", "delete table x!"),
    ("oracle", "BEGIN EXECUTE IMMEDIATE 'DROP TABLE x'; END;\n/\n", "delete table x!"),
    ("tsql", "IF OBJECT_ID('x') IS NOT NULL DROP TABLE x", "delete table x!"),
    ("tsql", "CREATE TABLE y (id int)\nDROP TABLE x\nGO", "delete table x!"),
    ("", "CREATE TABLE y (id int)\nDROP TABLE x\nGO", "delete table x!"),
    ("tsql", "CREATE PROC p AS SELECT 1 DELETE FROM x", "delete table x!"),
    ("postgres", "SELECT 1\\; DROP TABLE x;", "delete table x!"),
    ("postgres", "garbage here; DROP TABLE x; more garbage", "delete table x!"),
    ("postgres", "DROP TABLE x; SELECT 'never closed", "delete table x!"),
    ("postgres", "CREATE TABLE IF NOT EXISTS x (i int); DROP TABLE x", "delete table x!"),
    ("postgres", "BEGIN; CREATE TABLE x (i int); ROLLBACK; DROP TABLE x", "delete table x!"),
    ("postgres", "CREATE TABLE x (i int); DROP TABLE x; DROP TABLE x", "delete table x!"),
    ("postgres", "CREATE TABLE x (i int); SET search_path = p; DROP TABLE x", "delete table x!"),
    ("postgres", "CREATE TABLE x (i int);\n\\c other\nDROP TABLE x", "delete table x!"),
    ("postgres", "CREATE TEMP TABLE x (i int) ON COMMIT DROP; DROP TABLE x", "delete table x!"),
    ("postgres", "CREATE TEMP TABLE x (i int); DROP TABLE public.x", "delete table public.x!"),
    ("postgres", 'CREATE TABLE "X" (i int); DROP TABLE x', "delete table x!"),
    ("tsql", "IF 1 = 0 CREATE TABLE x (i int)\nDROP TABLE x", "delete table x!"),
    ("mysql", "CREATE TABLE n (i int); RENAME TABLE x TO o, n TO x; DROP TABLE o", "delete table o!"),
    ("mysql", "CREATE TABLE o (i int); DELETE o FROM x o", "delete table x!"),
    ("mysql", "CREATE TABLE o (i int); UPDATE o, x SET x.a = 1", "update table o!"),
    ("tsql", "CREATE TABLE o (i int); UPDATE o SET a = 1 FROM x o", "update table x!"),
    ("postgres", RENAMED, "update table x!"),
    ("postgres", "SET search_path = p; CREATE TEMP TABLE x (i int); DROP TABLE x", "delete table x!"),
    ("mysql", "CREATE TEMPORARY TABLE x (i int); RENAME TABLE x TO y; DROP TABLE y", "delete table y!"),
    ("snowflake", "CREATE OR ALTER TABLE x (i int)", "update table x!"),
    ("postgres", "PREPARE p AS DELETE FROM x", "delete table x!"),
    ("postgres", "ALTER TABLE x ADD COLUMN IF NOT EXISTS b int; UPDATE x SET b = 1", "update table x!"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "expected"), HIDDEN)
def test_nothing_hides_a_loss(dialect: str, sql: str, expected: str) -> None:
    assert expected in notable(sql, dialect)


OPAQUE = [
    ("mysql", "SELECT * FROM a INTO OUTFILE '/tmp/x'"),
    ("postgres", "DO $$ BEGIN CALL date(); END $$"),
    ("postgres", "DO $$ BEGIN IF pg_terminate_backend(1) THEN NULL; END IF; END $$"),
    ("tsql", "CREATE TABLE x (i int)\nSELECT * FROM OPENROWSET('a', 'b', 'c')"),
    ("postgres", "PREPARE TRANSACTION 'x'"),
    ("postgres", "foo bar"),
    ("postgres", "SELECT FROM WHERE ("),
    ("postgres", "CALL p()"),
    ("postgres", "EXECUTE plan"),
    ("postgres", "COPY a TO PROGRAM 'rm -rf /'"),
    ("postgres", "COPY a TO '/etc/passwd'"),
    ("postgres", "SELECT pg_terminate_backend(1)"),
    ("postgres", "SELECT 1 UNION SELECT dblink_exec('DROP TABLE x')"),
    ("postgres", "CREATE TABLE x AS SELECT pg_terminate_backend(1)"),
    ("postgres", "CREATE TABLE x AS EXECUTE plan"),
    ("postgres", "COPY (SELECT pg_terminate_backend(1)) TO STDOUT"),
    ("postgres", "ALTER TABLE a FROBNICATE b"),
    ("postgres", "DROP SOMETHING x"),
    ("postgres", "CREATE SOMETHING x"),
    ("postgres", "SET standard_conforming_strings = off"),
    ("mysql", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'"),
    ("postgres", "DO LANGUAGE plpython3u $$ x $$"),
    ("postgres", "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ x $$"),
    ("postgres", "DO $$ BEGIN EXECUTE 'DROP' || x; END $$"),
    ("postgres", "\\i other.sql"),
    ("postgres", "SELECT 'DROP TABLE x' \\gexec"),
    ("postgres", "\\! rm"),
    ("sqlite", ".read x.sql"),
    ("sqlite", "ATTACH DATABASE 'x' AS y"),
    ("mysql", "LOAD DATA INFILE 'x' INTO TABLE a"),
    ("mysql", "SOURCE x.sql"),
    ("postgres", "WITH d AS (SELECT 1) DROP ROLE x"),
    ("postgres", "SET LOCAL"),
    ("tsql", "EXEC xp_cmdshell 'dir'"),
    ("tsql", "EXEC sp_rename 'a.b', 'c'"),
    ("duckdb", "INSTALL httpfs"),
    ("redshift", "ALTER TABLE a APPEND FROM b"),
    ("", "DROP TABLE {{ x }}"),
    ("postgres", "SELECT 'never closed"),
    ("postgres", "SELECT 1; /* never closed"),
    ("postgres", "SELECT $x$ never closed"),
    ("mysql", "/*!40000 SELECT 1"),
    ("postgres", "COPY a FROM stdin;\n1\n"),
    ("mysql", "DELIMITER abc\nSELECT 1"),
]


@pytest.mark.parametrize(("dialect", "sql"), OPAQUE)
def test_what_is_not_understood_counts_as_dangerous_and_is_said_to_be_unknown(dialect: str, sql: str) -> None:
    found = read_sql(sql.encode(), dialect=dialect, where="m.sql")
    opaque = [each for each in found.operations if each.action == "unreadable"]
    assert opaque
    assert all(each.irreversible and "counts as dangerous" in each.why for each in opaque)
    assert "unreadable-sql" in [each.code for each in found.unknowns]


@pytest.mark.parametrize(
    ("sql", "every"),
    [
        ("DELETE FROM a", True),
        ("DELETE FROM a WHERE 1=1", True),
        ("DELETE FROM a WHERE TRUE", True),
        ("DELETE FROM a WHERE id = id", True),
        ("DELETE FROM a WHERE (1 = 1 AND TRUE) OR id = 3", True),
        ("UPDATE a SET x = 1 WHERE NOT FALSE", True),
        ("DELETE FROM a WHERE id = 1", False),
        ("DELETE FROM a WHERE id = 1 AND TRUE", False),
        ("UPDATE a SET x = 1 WHERE a.id <> a.id", False),
    ],
)
def test_a_condition_that_always_holds_is_none(sql: str, *, every: bool) -> None:
    (operation,) = read(sql)
    assert ("every row" in operation.why) is every


def test_an_operation_names_the_line_of_its_statement() -> None:
    found = read("-- first\n\nSELECT 1;\n/* two\nlines */ DROP TABLE a;\nDROP TABLE\n b;")
    assert [each.where for each in found] == ["m.sql:3", "m.sql:5", "m.sql:6"]


def test_statements_that_no_semicolon_divides_have_each_its_line() -> None:
    found = read("CREATE TABLE a (i int)\nDROP TABLE b\n\nDROP TABLE c\n", "tsql")
    assert [each.where for each in found] == ["m.sql:1", "m.sql:2", "m.sql:4"]


def test_a_routine_that_runs_with_rights_of_its_definer_endangers_access() -> None:
    sql = "CREATE OR REPLACE FUNCTION f() RETURNS int SECURITY DEFINER LANGUAGE sql AS $$ SELECT 1 $$"
    assert notable(sql) == ["replace function f access"]


def test_what_a_body_destroys_is_said_to_happen_when_it_runs() -> None:
    found = read("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ TRUNCATE a $$")
    assert [(each.resource, "whenever function f runs" in each.why) for each in found] == [
        ("function f", False),
        ("table a", True),
    ]


def test_a_text_that_is_run_is_told_of() -> None:
    (operation,) = [each for each in read("EXECUTE 'DROP TABLE ' || x") if each.action == "unreadable"]
    assert "DROP TABLE" in operation.why


def test_secrets_in_texts_do_not_reach_the_report() -> None:
    for sql in ("CALL f('hunter2')", "CREATE USER 'a'@'b' IDENTIFIED BY 'hunter2'", "foo 'hunter2'"):
        assert "hunter2" not in repr(read_sql(sql.encode(), dialect="mysql", where="m.sql"))


def test_a_repeated_operation_is_reported_once() -> None:
    found = read("INSERT INTO a VALUES (1);\n" * 50 + "DROP TABLE a")
    assert [told(each) for each in found] == ["create table a", "delete table a!"]


def test_an_unknown_dialect_name_is_an_input_error_that_names_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        read_sql(b"", dialect="db2", where="m.sql")
    assert all(name in caught.value.hint for name in DIALECTS)


def test_a_script_that_is_not_utf_8_is_read_all_the_same_and_said_to_be_so() -> None:
    found = read_sql("DROP TABLE caf\xe9".encode("latin-1"), dialect="postgres", where="m.sql")
    assert [told(each) for each in found.operations] == ["delete table caf\xe9!"]
    assert "UTF-8" in found.unknowns[0].what


def test_nul_characters_are_reported_and_do_not_hide_what_follows() -> None:
    assert [each.split()[0] for each in notable("SELECT 1;\0DROP TABLE a")] == ["unreadable", "delete"]


def test_a_byte_order_mark_is_no_part_of_the_first_statement() -> None:
    assert notable("\ufeffDROP TABLE a") == ["delete table a!"]


def test_a_script_that_is_too_long_is_refused_with_its_limit() -> None:
    found = read_sql(b" " * 10_000_001, dialect="", where="m.sql")
    assert [each.action for each in found.operations] == ["unreadable"]
    assert "10000000 bytes" in found.operations[0].why


@pytest.mark.parametrize(
    "sql",
    [
        ";" * 1_000_000,
        "SELECT " + "(" * 50_000,
        "SELECT " + "f(" * 39 + "1" + ")" * 39,
        "SELECT " + "NOT " * 30_000 + "1",
        "SELECT 1 WHERE " + " OR ".join(["x = 1"] * 3_000),
        "DROP TABLE " + "a," * 20_000,
        "DROP TABLE a " * 10_000,
        "ALTER TABLE a " + "DROP COLUMN b," * 10_000,
        "DO $a$ DO $b$ DO $c$ DO $d$ DROP TABLE x $d$ $c$ $b$ $a$",
        "BEGIN " * 20_000,
        "EXPLAIN ANALYZE " * 5_000,
        "COPY (" * 5_000,
        "CREATE FUNCTION f() AS " * 5_000,
        "".join(f"DO $a{n}$ " for n in range(3_000)) + "".join(f" $a{n}$" for n in reversed(range(3_000))),
        "SET LOCAL",
        "IF a THEN " * 20_000,
        "'" + "''" * 100_000,
        "/*" * 100_000,
        "$a" * 100_000,
        "[" * 100_000,
        "DELIMITER //\n" * 5_000,
        "\x01\ud7ff\u202e'\"`" * 1_000,
    ],
    ids=lambda sql: sql[:12],
)
@pytest.mark.parametrize("dialect", ["", "mysql", "tsql"])
def test_hostile_scripts_neither_raise_nor_take_long(sql: str, dialect: str) -> None:
    begun = time.monotonic()
    found = read(sql, dialect)
    assert len(found) <= 5_001
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_sees_a_dropped_table(dialect: str) -> None:
    assert notable("SELECT 1; DROP TABLE orders; SELECT 'x'", dialect) == ["delete table orders!"]


def test_reading_leaves_nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for dialect, sql, *_ in [*LOSSES, *WAITS, *RIGHTS, *HIDDEN, *OPAQUE]:
            read(sql, dialect)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DROP TABLE orders", ("DROP TABLE",)),
        ("drop\n  table orders; delete from a", ("DROP TABLE", "DELETE FROM")),
        ("DROP/**/TABLE x", ("DROP TABLE",)),
        ("/*!40000 DROP TABLE x */", ("DROP TABLE",)),
        ("ALTER TABLE a DROP COLUMN b", ("ALTER TABLE", "DROP COLUMN")),
        ("TRUNCATE orders", ("TRUNCATE",)),
        ("UPDATE a SET b = 1", ("UPDATE",)),
        ("UPDATE {table} SET b = 1", ("UPDATE",)),
        ("DROP #{kind} x", ("DROP",)),
        ("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING", ("ON CONFLICT",)),
        ("GRANT SELECT ON a TO b", ("GRANT",)),
        ("SELECT 1", ()),
        ("CREATE TABLE a (updated_at int)", ()),
        ("he dropped the table", ()),
        ("", ()),
    ],
)
def test_destructive_words_are_found_in_texts_of_other_languages(
    text: str, expected: tuple[str, ...]
) -> None:
    assert destructive_words(text) == expected
