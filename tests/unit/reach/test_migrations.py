"""What migrations in a program's own language do when they are applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import Findings
from blastdoor.reach.operations.migrations import read_migration


def deeds(path: str, text: str) -> list[tuple[str, str, bool]]:
    return [
        (one.action, one.resource, one.irreversible) for one in read_migration(path, text.encode()).operations
    ]


def alembic(*steps: str, down: str = "pass") -> list[tuple[str, str, bool]]:
    body = "\n".join(f"    {step}" for step in steps)
    text = f"from alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n{body}\ndef downgrade():\n    {down}\n"
    return deeds("alembic/versions/a.py", text)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("op.drop_table('t')", ("delete", "table t", True)),
        ("op.drop_column('t', 'c')", ("delete", "column t.c", True)),
        ("op.drop_column(table_name='t', column_name='c')", ("delete", "column t.c", True)),
        ("op.alter_column('t', 'c', type_=sa.Integer())", ("update", "column t.c", True)),
        ("op.alter_column('t', 'c', nullable=False)", ("update", "column t.c", False)),
        ("op.alter_column('t', 'c', new_column_name='d')", ("move", "column t.c", False)),
        ("op.rename_table('t', 'u')", ("move", "table t", False)),
        ("op.add_column('t', sa.Column('c', sa.Text()))", ("create", "column t.c", False)),
        ("op.create_index('i', 't', ['c'])", ("create", "index i", False)),
        ("op.create_index(op.f('i'), 't', ['c'])", ("create", "index i", False)),
        ("op.execute('DROP TABLE t')", ("delete", "table t", True)),
        ("op.execute(sa.text('DELETE FROM t'))", ("delete", "table t", True)),
        ("op.get_bind().execute('TRUNCATE t')", ("delete", "table t", True)),
        ("op.execute(f'DROP TABLE {t}')", ("unreadable", "alembic/versions/a.py", True)),
        ("op.run_magic()", ("unreadable", "alembic/versions/a.py", True)),
    ],
)
def test_a_step_of_alembic_is_what_it_does(step: str, expected: tuple[str, str, bool]) -> None:
    assert alembic(step) == [expected]


def test_what_only_takes_a_migration_back_is_not_done() -> None:
    assert alembic("op.create_table('t', sa.Column('id'))", down="op.drop_table('t')") == [
        ("create", "table t", False)
    ]


def test_a_table_made_in_the_same_migration_may_be_dropped_and_indexed() -> None:
    found = alembic("op.create_table('t')", "op.create_index('i', 't', ['c'])", "op.drop_table('t')")
    assert [lost for _, _, lost in found] == [False, False, False]


def test_a_required_column_without_a_default_is_a_danger() -> None:
    text = "from alembic import op\ndef upgrade():\n    op.add_column('t', sa.Column('c', sa.Text(), nullable=False))\n"
    (one,) = read_migration("alembic/versions/a.py", text.encode()).operations
    assert one.danger == "availability"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("migrations.DeleteModel(name='Order')", [("delete", "table Order", True)]),
        ("migrations.RemoveField('order', 'mail')", [("delete", "column order.mail", True)]),
        ("migrations.RemoveField(model_name='order', name='mail')", [("delete", "column order.mail", True)]),
        (
            "migrations.AlterField('order', 'mail', models.TextField())",
            [("update", "column order.mail", True)],
        ),
        ("migrations.RenameField('order', 'a', 'b')", [("move", "column order.a", False)]),
        ("migrations.AddField('order', 'a', models.TextField())", [("create", "column order.a", False)]),
        ("migrations.RunSQL('DROP TABLE t', 'CREATE TABLE t ()')", [("delete", "table t", True)]),
        (
            "migrations.RunSQL('CREATE TABLE t ()', reverse_sql='DROP TABLE t')",
            [("create", "table t", False)],
        ),
        ("migrations.RunSQL(['DROP TABLE t'])", [("delete", "table t", True)]),
        ("migrations.RunSQL(open('x').read())", [("unreadable", "shop/migrations/2.py", True)]),
        (
            "migrations.RunPython(f, migrations.RunPython.noop)",
            [("unreadable", "shop/migrations/2.py", True)],
        ),
        (
            "migrations.SeparateDatabaseAndState(database_operations=[], state_operations=[migrations.DeleteModel('A')])",
            [("no-op", "migration ?", False)],
        ),
    ],
)
def test_a_step_of_django_is_what_it_does(step: str, expected: list[tuple[str, str, bool]]) -> None:
    text = f"from django.db import migrations, models\nclass Migration(migrations.Migration):\n    operations = [{step}]\n"
    assert deeds("shop/migrations/2.py", text) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("drop_table :orders", ("delete", "table orders", True)),
        ("remove_column :orders, :mail", ("delete", "column orders.mail", True)),
        ("change_column :orders, :mail, :string, limit: 5", ("update", "column orders.mail", True)),
        ("rename_column :orders, :a, :b", ("move", "table orders.a", False)),
        ("add_column :orders, :a, :text", ("create", "table orders.a", False)),
        ('execute "DROP TABLE t"', ("delete", "table t", True)),
        ("execute <<~SQL\n      DROP TABLE t;\n    SQL", ("delete", "table t", True)),
        ('execute "DROP TABLE #{t}"', ("unreadable", "db/migrate/2.rb", True)),
        ("Order.delete_all", ("delete", "table ?", True)),
        ("whatever", ("unreadable", "db/migrate/2.rb", True)),
    ],
)
def test_a_step_of_rails_is_what_it_does(step: str, expected: tuple[str, str, bool]) -> None:
    text = f"class A < ActiveRecord::Migration[7.1]\n  def up\n    {step}\n  end\n  def down\n    drop_table :z\n  end\nend\n"
    assert deeds("db/migrate/2.rb", text) == [expected]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("knex.schema.dropTable('orders')", ("delete", "table orders", True)),
        ("t.dropColumn('mail')", ("delete", "column mail", True)),
        ("await queryInterface.removeColumn('orders', 'mail')", ("delete", "column orders", True)),
        ("await queryRunner.query(`DROP TABLE t`)", ("delete", "table t", True)),
        ("await queryRunner.query(`DROP TABLE ${t}`)", ("unreadable", "migrations/2.ts", True)),
        ("knex.schema.createTable('n', f)", ("create", "table n", False)),
    ],
)
def test_a_step_of_javascript_is_what_it_does(step: str, expected: tuple[str, str, bool]) -> None:
    text = f"exports.up = async (knex) => {{\n  {step}\n}}\nexports.down = (knex) => knex.schema.dropTable('z')\n"
    assert deeds("migrations/2.ts", text) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("m/migrations/1.py", "def f(:"),
        ("m/migrations/1.py", "\0"),
        ("m/migrations/1.py", "(" * 5000),
        ("m/migrations/1.java", "class A {}"),
        ("alembic/versions/1.py", "def upgrade():\n    do_it()\n"),
        ("alembic/versions/1.py", "from shop.cleanup import wipe\ndef upgrade():\n    wipe()\n"),
        ("alembic/versions/1.py", "import os\ndef upgrade():\n    os.system('x')\n"),
        ("m/migrations/1.py", "class Migration:\n    operations = steps()\n"),
    ],
)
def test_what_cannot_be_read_may_destroy_anything(path: str, text: str) -> None:
    found = read_migration(path, text.encode())
    assert [(one.action, one.irreversible) for one in found.operations] == [("unreadable", True)]
    assert [one.code for one in found.unknowns] == ["unread-operation"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("m/migrations/__init__.py", ""),
        ("alembic/env.py", "context.configure()\n"),
        ("a/versions/1.py", "def upgrade():\n    pass\n"),
    ],
)
def test_a_file_without_a_step_does_nothing(path: str, text: str) -> None:
    assert deeds(path, text) == []


@given(
    st.sampled_from([".py", ".rb", ".js"]),
    st.text(alphabet="op.execute('\"`){}[]#\n:DROP TABLE x=def up", max_size=80),
)
def test_nothing_written_makes_it_fail(ending: str, text: str) -> None:
    assert isinstance(read_migration(f"migrations/1{ending}", text.encode()), Findings)
