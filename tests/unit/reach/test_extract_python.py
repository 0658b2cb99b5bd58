"""What imports a Python file says it has, and what it says that could not be told."""

import ast
import time
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import (
    EXTRACTOR,
    MAX_BYTES,
    FileFacts,
    Import,
    decode_facts,
    encode_facts,
    extract,
    fact_key,
    language_of,
    unread_facts,
)


def imports(text: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """The imports of a text as (level, module, names)."""
    return [(one.level, one.module, one.names) for one in extract("python", text.encode()).imports]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", [(0, "a", ())]),
        ("import a as b, c.d", [(0, "a", ()), (0, "c.d", ())]),
        ("from . import x", [(1, "", ("x",))]),
        ("from.import x", [(1, "", ("x",))]),
        ("from ..a.b import (c, d)", [(2, "a.b", ("c", "d"))]),
        ("from ... a import b", [(3, "a", ("b",))]),
        ("from a import(b)", [(0, "a", ("b",))]),
        ("from a import *", [(0, "a", ("*",))]),
        (
            "from a import (\n    b,  # why (b)\n    c as d,\n)\nimport e",
            [(0, "a", ("b", "c")), (0, "e", ())],
        ),
        ("from a import \\\n    b, \\\n    c", [(0, "a", ("b", "c"))]),
        ("import \\\n  a", [(0, "a", ())]),
        ("from a \\\n import b", [(0, "a", ("b",))]),
        ("import a . b", [(0, "a.b", ())]),
        ("x = 1; import a; from b import c", [(0, "a", ()), (0, "b", ("c",))]),
        ("if x: import a\nelse: from b import c", [(0, "a", ()), (0, "b", ("c",))]),
        (
            "def f():\n\timport a\n    \n    try:\n        import b\n    except E: pass",
            [(0, "a", ()), (0, "b", ())],
        ),
        ("\f\nimport a\n\fimport b", [(0, "a", ()), (0, "b", ())]),
        ("import a\r\nimport b\rimport c", [(0, "a", ()), (0, "b", ()), (0, "c", ())]),
        ("\ufeffimport a", [(0, "a", ())]),
        ("import a  # import b", [(0, "a", ())]),
        ("# note: import b\n# import c", []),
        ("# a comment ends here \\\nimport a", [(0, "a", ())]),
        ("lazy import a\nlazy from b import c", [(0, "a", ()), (0, "b", ("c",))]),
        ("important = fromage = 1\nimported()", []),
        ("yield from a\nraise E from error", []),
        ('"""doc"""; import a', [(0, "a", ())]),
        ("import ﬁnance", [(0, "finance", ())]),
        ("import a\nimport a", [(0, "a", ())]),
        ("from from_a import import_b", [(0, "from_a", ("import_b",))]),
    ],
)
def test_an_import_is_found_however_it_is_written(
    text: str, expected: list[tuple[int, str, tuple[str, ...]]]
) -> None:
    assert sorted(imports(text)) == sorted(expected)


def test_prose_in_a_docstring_hides_no_import_behind_it() -> None:
    text = '"""\nfrom foo import (bar # """\nimport a\n# )\nfrom the \\\nimport of\n'
    assert (0, "a", ()) in imports(text)


def test_an_import_for_types_alone_is_weak() -> None:
    facts = extract(
        "python",
        b"import a\nif TYPE_CHECKING:\n    import b\n    from c import (\n        d\n    )\n\nimport e\n"
        b"if True:\n  if typing.TYPE_CHECKING:\n    import f\n  import g\n",
    )
    assert {one.module: one.weak for one in facts.imports} == {
        "a": False,
        "b": True,
        "c": True,
        "e": False,
        "f": True,
        "g": False,
    }


@pytest.mark.parametrize(
    "text",
    [
        "importlib.import_module(name)",
        "import_module( 'a' + b)",
        "importlib.import_module(f'a.{b}')",
        "import_module('.a', package)",
        "__import__(name)",
        "from importlib import import_module as load\nload(x)",
        "importlib.util.spec_from_file_location('a', path)",
    ],
)
def test_a_module_named_at_run_time_is_dynamic(text: str) -> None:
    assert extract("python", text.encode()).dynamic


@pytest.mark.parametrize(
    "text", ["importlib.import_module('a.b')", '__import__("a.b")', "import_module(\n  'a.b',\n)"]
)
def test_a_module_loaded_by_a_written_name_is_an_import(text: str) -> None:
    facts = extract("python", text.encode())
    assert not facts.dynamic
    assert [one.module for one in facts.imports] == ["a.b"]


def test_defining_a_loader_is_not_using_one() -> None:
    assert not extract("python", b"def import_module(name):\n    return name\n").dynamic


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"import a\n\xff", "not UTF-8"),
        (b"import a\n\0", "NUL"),
        (b"# -*- coding: utf-7 -*-\nimport a", "utf-7"),
        (b"import a\n" * 20_000, "10000"),
        (b"x" * (MAX_BYTES + 1), str(MAX_BYTES)),
    ],
)
def test_what_cannot_be_read_says_so(data: bytes, why: str) -> None:
    assert why in extract("python", data).unread


def test_what_could_be_found_in_an_unreadable_file_is_kept() -> None:
    assert [one.module for one in extract("python", b"import a\n\xff").imports] == ["a"]


def test_an_older_encoding_that_is_named_is_read() -> None:
    facts = extract(
        "python", b"#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\nimport a  # \xe9t\xe9\n"
    )
    assert (facts.unread, facts.imports[0].module) == ("", "a")


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/b.py", "python"),
        ("b.pyi", "python"),
        ("B.PY", "python"),
        ("a.py/b", None),
        ("b.js", "javascript"),
        ("b.txt", None),
        ("py", None),
    ],
)
def test_the_language_is_told_by_the_suffix(path: str, language: str | None) -> None:
    assert language_of(path) == language


def test_a_key_names_content_language_and_extractor() -> None:
    key = fact_key("python", "ab" * 20)
    assert "ab" * 20 in key
    assert "python" in key
    assert EXTRACTOR in key


_names = st.text("abc_", min_size=1, max_size=4)
_facts = st.builds(
    FileFacts,
    language=st.just("python"),
    imports=st.lists(
        st.builds(
            Import,
            module=_names,
            level=st.integers(0, 3),
            names=st.lists(_names, max_size=3).map(tuple),
            weak=st.booleans(),
        ),
        max_size=5,
    ).map(tuple),
    dynamic=st.booleans(),
    unread=st.text(max_size=5),
)


@given(_facts)
def test_facts_come_back_as_they_were(facts: FileFacts) -> None:
    assert decode_facts(encode_facts(facts)) == facts


@given(st.binary(max_size=40))
def test_a_damaged_cache_gives_nothing_or_facts_but_never_an_error(data: bytes) -> None:
    found = decode_facts(data)
    assert found is None or isinstance(found, FileFacts)


def test_a_file_that_is_not_at_hand_has_facts_that_say_so() -> None:
    assert unread_facts("python", "larger than 5 bytes").unread == "larger than 5 bytes"


@given(st.text(alphabet="imporfta \\\n.,;:()#*'\"as_", max_size=200))
def test_any_text_gives_facts(text: str) -> None:
    assert extract("python", text.encode()).language == "python"


_HOSTILE = [
    "from.\\\n",
    "from .",
    "import\\\n",
    "import a\n",
    "import a,",
    "from a import (\n",
    "from a import (#\n",
    "from a import (# ",
    ";import a;",
    "; from.\\\n",
    ":\\\n",
    ":",
    "import . ",
    "from a\\\n.",
    "((((",
    "'''",
    "import_module(",
    "import_module(\n",
    "import_module\t",
    "__import__('a'),",
    "if TYPE_CHECKING:\n",
    "\\\n",
    "\t\n",
    "lazy\\\nlazy\\\n",
    "a.\\\n",
    "# ; import a",
    "# coding:",
    "from é import é\n",
    "#",
    " ",
    "x",
    "\x0c",
]


@pytest.mark.parametrize("piece", _HOSTILE)
def test_a_megabyte_of_anything_takes_linear_time(piece: str) -> None:
    """Measured at 55 ms or less; what is quadratic in a megabyte takes minutes."""
    data = (piece * (1_000_000 // len(piece) + 1))[:1_000_000].encode()[:1_500_000]
    started = time.process_time()
    extract("python", data)
    extract("python", b"from a import (" + data[:500_000])
    assert time.process_time() - started < 2


def test_no_import_is_missed_that_the_parser_sees() -> None:
    """The parser is the oracle, on every file of two packages that are installed for the tests."""
    folder = Path(hypothesis.__file__).parent
    files = [*folder.rglob("*.py"), *(folder.parent / "networkx").rglob("*.py")]
    seen = missed = 0
    for file in files:
        data = file.read_bytes()
        found = {(one.level, one.module, one.names) for one in extract("python", data).imports}
        for node in ast.walk(ast.parse(data)):
            wanted: set[tuple[int, str, tuple[str, ...]]] = set()
            if isinstance(node, ast.Import):
                wanted = {(0, alias.name, ()) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = tuple(dict.fromkeys(alias.name for alias in node.names))
                wanted = {(node.level, node.module or "", names)}
            seen += len(wanted)
            missed += len(wanted - found)
    assert seen > 3000
    assert missed == 0
