"""`reach graph --language python`: an edge for what each import statement says, to the file that Python would load."""

from pathlib import Path

import pytest

from functional.reach.terminal import edges, pairs
from functional.reach.trees_of_code import committed, holds

Files = dict[str, str]

PACKAGE = {
    "shop/__init__.py": "",
    "shop/a.py": "",
    "shop/b.py": "",
    "shop/sub/__init__.py": "",
    "shop/sub/c.py": "",
}


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("import shop.a", "shop/a.py"),
        ("import shop", "shop/__init__.py"),
        ("import shop.a as x, shop.b as y", "shop/a.py shop/b.py"),
        ("import shop.a, os, shop.sub.c", "shop/a.py shop/sub/c.py"),
        ("from shop import a", "shop/a.py"),
        ("from shop import a, b", "shop/a.py shop/b.py"),
        ("from shop import (\n    a,  # why\n    b,\n)\n", "shop/a.py shop/b.py"),
        ("from shop import a as x, \\\n    b as y\n", "shop/a.py shop/b.py"),
        ("from shop import NAME", "shop/__init__.py"),
        ("from shop import a, NAME", "shop/__init__.py shop/a.py"),
        ("from shop.a import NAME", "shop/a.py"),
        ("from shop.sub import c", "shop/sub/c.py"),
        ("from shop import sub", "shop/sub/__init__.py"),
        ("from shop.sub.c import *", "shop/sub/c.py"),
        ("def f():\n    import shop.a\n", "shop/a.py"),
        ("def f():\n\tfrom shop import b\n", "shop/b.py"),
        ("try:\n    import shop.a\nexcept ImportError:\n    import shop.b\n", "shop/a.py shop/b.py"),
        ("if True: import shop.a", "shop/a.py"),
        ("x = 1; import shop.a; y = 2", "shop/a.py"),
        ("import shop.a\rimport shop.b\r", "shop/a.py shop/b.py"),
        ("import shop.a\r\nimport shop.b\r\n", "shop/a.py shop/b.py"),
        ("\ufeffimport shop.a\n", "shop/a.py"),
        ("# -*- coding: utf-8 -*-\nimport shop.a\n", "shop/a.py"),
        ("from shop import\\\n  a\n", "shop/a.py"),
        ("class C:\n    from shop.a import NAME\n", "shop/a.py"),
        ("async def f():\n    from shop import a\n", "shop/a.py"),
        ("with open('x') as f: from shop import a\n", "shop/a.py"),
        ("import os\nimport json.decoder\nimport numpy\n", ""),
        ("# import shop.a\n", ""),
        ("'import shop.a'\n", ""),
        ("x = 'from shop import a'\n", ""),
        ("important = shop = a = 1\n", ""),
        ("import shopping\nimport shop2.a\n", ""),
        ("import\u0020shop.a\n\n\n", "shop/a.py"),
        ("import  shop . a\n", "shop/a.py"),
        ("import shop.missing\n", "shop/__init__.py"),
        ("match x:\n    case 1:\n        import shop.a\n", "shop/a.py"),
        ("if x:\n    pass\nelse:import shop.a\n", "shop/a.py"),
    ],
)  # fmt: skip
def test_a_statement_leads_to_the_files_that_it_names(tmp_path: Path, text: str, targets: str) -> None:
    found = pairs(committed(tmp_path, PACKAGE | {"main.py": text}), "python")
    assert found == {("main.py", target) for target in targets.split()}


def test_of_a_package_and_a_module_of_one_name_python_takes_the_package(tmp_path: Path) -> None:
    repo = committed(
        tmp_path, {"p/__init__.py": "", "p/a/__init__.py": "", "p/a.py": "", "m.py": "import p.a\n"}
    )
    assert ("m.py", "p/a/__init__.py") in pairs(repo, "python")


def test_a_module_and_its_stub_are_both_what_an_import_means(tmp_path: Path) -> None:
    """Python loads the one, type checkers read the other."""
    repo = committed(tmp_path, {"p/__init__.py": "", "p/a.pyi": "", "p/a.py": "", "m.py": "import p.a\n"})
    assert ("m.py", "p/a.py") in pairs(repo, "python")
    assert pairs(repo, "python") <= {("m.py", "p/a.py"), ("m.py", "p/a.pyi")}


@pytest.mark.parametrize(
    ("where", "text", "targets"),
    [
        ("shop/x.py", "from . import a", "shop/a.py"),
        ("shop/x.py", "from .a import NAME", "shop/a.py"),
        ("shop/x.py", "from .sub import c", "shop/sub/c.py"),
        ("shop/x.py", "from .sub.c import f", "shop/sub/c.py"),
        ("shop/sub/x.py", "from .. import a", "shop/a.py"),
        ("shop/sub/x.py", "from ..a import NAME", "shop/a.py"),
        ("shop/sub/x.py", "from ..a import NAME\nfrom . import c", "shop/a.py shop/sub/c.py"),
        ("shop/sub/x.py", "from ... import a", ""),
        ("shop/sub/__init__.py", "from . import c", "shop/sub/c.py"),
        ("shop/sub/__init__.py", "from .c import f", "shop/sub/c.py"),
        ("shop/sub/__init__.py", "from .. import a", "shop/a.py"),
        ("shop/sub/__init__.py", "from ..b import x", "shop/b.py"),
        ("shop/x.py", "from.a import NAME", "shop/a.py"),
        ("shop/x.py", "from . import (a, b)", "shop/a.py shop/b.py"),
        ("shop/x.py", "from . import NAME", "shop/__init__.py"),
        ("shop/x.py", "import a", ""),
    ],
)
def test_dots_count_from_the_package_of_the_file(tmp_path: Path, where: str, text: str, targets: str) -> None:
    found = pairs(committed(tmp_path, PACKAGE | {where: text}), "python")
    assert found == {(where, target) for target in targets.split()}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"pyproject.toml": "[project]\nname='shop'\n", "src/shop/__init__.py": "", "src/shop/a.py": "from shop import b\n",
             "src/shop/b.py": "", "tests/test_a.py": "from shop.a import x\n"},
            "src/shop/a.py -> src/shop/b.py\ntests/test_a.py -> src/shop/a.py", id="src-layout"),
        pytest.param(
            {"pyproject.toml": "[tool.setuptools.packages.find]\nwhere=['python']\n", "python/shop/__init__.py": "",
             "python/shop/a.py": "", "bin/run.py": "import shop.a\n"},
            "bin/run.py -> python/shop/a.py", id="another-root"),
        pytest.param(
            {"ns/one/a.py": "", "ns/two/b.py": "from ns.one import a\nimport ns.one.a\n", "main.py": "from ns.two.b import x\n"},
            "ns/two/b.py -> ns/one/a.py\nmain.py -> ns/two/b.py", id="namespace"),
        pytest.param(
            {"libs/one/acme/one/__init__.py": "", "libs/one/acme/one/a.py": "", "libs/two/acme/two/__init__.py": "",
             "libs/two/acme/two/b.py": "from acme.one import a\n"},
            "libs/two/acme/two/b.py -> libs/one/acme/one/a.py", id="one-namespace-in-two-places"),
        pytest.param(
            {"libs/one/src/acme/one/a.py": "", "libs/two/src/acme/two/b.py": "from acme.one.a import x\n",
             "libs/one/pyproject.toml": "", "libs/two/pyproject.toml": ""},
            "libs/two/src/acme/two/b.py -> libs/one/src/acme/one/a.py", id="implicit-namespace-over-src"),
        pytest.param(
            {"p/__init__.py": "from .impl import Thing as Thing\n__all__ = ['Thing']\n", "p/impl.py": "", "main.py": "from p import Thing\n"},
            "p/__init__.py -> p/impl.py\nmain.py -> p/__init__.py", id="reexport"),
        pytest.param(
            {"p/__init__.py": "from . import deep\n", "p/deep/__init__.py": "from .core import *\n", "p/deep/core.py": "", "m.py": "from p.deep import f\n"},
            "p/__init__.py -> p/deep/__init__.py\np/deep/__init__.py -> p/deep/core.py\nm.py -> p/deep/__init__.py", id="reexport-of-all"),
        pytest.param(
            {"p/__init__.py": "", "p/a.py": "from p import b\n", "p/b.py": "from p import a\n"},
            "p/a.py -> p/b.py\np/b.py -> p/a.py", id="cycle"),
        pytest.param(
            {"p/__init__.py": "", "p/json.py": "", "p/m.py": "import json\n", "q/__init__.py": "", "q/x.py": "from p import json\n"},
            "q/x.py -> p/json.py", id="called-like-the-standard-library"),
        pytest.param(
            {"app/one/utils.py": "", "app/one/main.py": "import utils\n", "app/two/utils.py": "", "app/two/main.py": "import utils\n"},
            "app/one/main.py -> app/one/utils.py\napp/two/main.py -> app/two/utils.py", id="scripts-beside-each-other"),
        pytest.param(
            {"ünï/__init__.py": "", "ünï/mödül.py": "", "m.py": "import ünï.mödül\n"},
            "m.py -> ünï/mödül.py", id="names-beyond-ascii"),
        pytest.param(
            {"p/__init__.py": "", "p/with space.py": "import p.b\n", "p/b.py": ""},
            "p/with space.py -> p/b.py", id="a-file-with-a-space"),
        pytest.param(
            {"p/__main__.py": "from p.cli import main\n", "p/__init__.py": "", "p/cli.py": ""},
            "p/__main__.py -> p/cli.py", id="main"),
        pytest.param(
            {"p/__init__.py": "", "p/a.py": "def f(:\n  import p.b\nimport p.c\n", "p/b.py": "", "p/c.py": ""},
            "p/a.py -> p/b.py p/c.py", id="a-file-that-does-not-parse"),
        pytest.param(
            {"p/__init__.py": "", "p/a.py": "print 'python 2'\nimport p.b\nexec 'x'\n", "p/b.py": ""},
            "p/a.py -> p/b.py", id="python-2"),
    ],
)  # fmt: skip
def test_modules_are_found_where_python_finds_them(tmp_path: Path, files: Files, expected: str) -> None:
    holds(tmp_path, "python", files, expected)


@pytest.mark.parametrize(
    "text",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.b import T\n",
        "import typing\nif typing.TYPE_CHECKING:\n    from p.b import T\n",
        "import typing as t\nif t.TYPE_CHECKING:\n    import p.b\n",
    ],
)
def test_what_only_a_type_checker_imports_is_an_edge_of_its_own_kind(tmp_path: Path, text: str) -> None:
    listed = edges(
        committed(
            tmp_path, {"p/__init__.py": "", "p/a.py": text + "import p.c\n", "p/b.py": "", "p/c.py": ""}
        ),
        "python",
    )
    kinds = {target: kind for _, target, kind in listed}
    assert set(kinds) == {"p/b.py", "p/c.py"}
    assert kinds["p/b.py"] != kinds["p/c.py"]


def test_an_else_of_type_checking_runs(tmp_path: Path) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.b\nelse:\n    import p.c\nimport p.d\n"
    listed = edges(
        committed(tmp_path, {"p/__init__.py": "", "p/a.py": text, "p/b.py": "", "p/c.py": "", "p/d.py": ""}),
        "python",
    )
    kinds = {target: kind for _, target, kind in listed}
    assert kinds["p/c.py"] == kinds["p/d.py"] != kinds["p/b.py"]


def test_an_import_inside_a_text_is_no_statement(tmp_path: Path) -> None:
    text = "\"\"\"Use it so:\n\n    import p.b\n\"\"\"\nHELP = '''\nfrom p import b\n'''\nimport p.c\n"
    repo = committed(tmp_path, {"p/__init__.py": "", "p/a.py": text, "p/b.py": "", "p/c.py": ""})
    assert pairs(repo, "python") == {("p/a.py", "p/c.py")}


def test_a_thousand_modules_in_a_chain_are_all_followed(tmp_path: Path) -> None:
    files = {f"p/m{number}.py": f"from p import m{number + 1}\n" for number in range(1000)} | {
        "p/m1000.py": ""
    }
    repo = committed(tmp_path, files)
    assert len(pairs(repo, "python")) == 1000
