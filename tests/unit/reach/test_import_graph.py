"""From imports to edges, and from a changed file to everything that depends on it."""

import random
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import grimp
import networkx as nx
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import Edge, FileFacts, Graph, Import, build, extract


def edges(files: Mapping[str, str], **options: list[str]) -> set[tuple[str, str]]:
    """The edges (importer, imported) of a tree of texts."""
    facts = {path: extract("python", text.encode()) for path, text in files.items()}
    return pairs_of(build(facts, list(files), **options))  # type: ignore[arg-type]  # only `added`


def pairs_of(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges if edge.kind not in {"table", "migration"}}


def test_a_package_is_found_below_src() -> None:
    found = edges(
        {
            "src/shop/__init__.py": "",
            "src/shop/cart.py": "import shop.price",
            "src/shop/price.py": "",
            "tests/test_cart.py": "from shop.cart import total",
        }
    )
    assert found == {
        ("src/shop/cart.py", "src/shop/price.py"),
        ("src/shop/cart.py", "src/shop/__init__.py"),
        ("tests/test_cart.py", "src/shop/cart.py"),
        ("tests/test_cart.py", "src/shop/__init__.py"),
    }


def test_services_find_libraries_elsewhere_in_the_repository() -> None:
    found = edges(
        {
            "services/checkout/src/checkout/__init__.py": "",
            "services/checkout/src/checkout/app.py": "from pricing.rates import DELIVERY",
            "libs/pricing/pricing/__init__.py": "",
            "libs/pricing/pricing/rates.py": "",
        }
    )
    assert ("services/checkout/src/checkout/app.py", "libs/pricing/pricing/rates.py") in found


def test_a_name_after_import_is_a_module_if_there_is_one() -> None:
    files = {"a/__init__.py": "", "a/b.py": "", "x.py": "from a import b, c"}
    assert edges(files) == {("x.py", "a/b.py"), ("x.py", "a/__init__.py")}


def test_namespace_packages_need_no_init() -> None:
    found = edges({"src/org/one/x.py": "import org.two.y", "src/org/two/y.py": ""})
    assert found == {("src/org/one/x.py", "src/org/two/y.py")}


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        ("from . import b", {"p/q/b.py", "p/q/__init__.py"}),
        ("from .b import x", {"p/q/b.py", "p/q/__init__.py"}),
        ("from .. import c", {"p/c.py", "p/__init__.py"}),
        ("from ..c import x", {"p/c.py", "p/__init__.py"}),
        ("from .... import nothing", set()),
        ("from ..... import nothing", set()),
    ],
)
def test_relative_imports_count_from_the_file(text: str, imported: set[str]) -> None:
    files = dict.fromkeys(["p/__init__.py", "p/q/__init__.py", "p/q/b.py", "p/c.py"], "")
    found = edges(files | {"p/q/a.py": text})
    assert {target for source, target in found if source == "p/q/a.py"} == imported


def test_an_ambiguous_name_means_the_nearest() -> None:
    services = {f"services/{name}/config.py": "" for name in ("one", "two")}
    found = edges(services | {"services/one/app.py": "import config", "other/app.py": "import config"})
    assert found == {
        ("services/one/app.py", "services/one/config.py"),
        ("other/app.py", "services/one/config.py"),  # equally far: both
        ("other/app.py", "services/two/config.py"),
    }


def test_a_file_called_like_the_standard_library_is_not_it_for_others() -> None:
    found = edges({"scripts/json.py": "", "scripts/x.py": "import json", "app/y.py": "import json"})
    assert found == {("scripts/x.py", "scripts/json.py")}


def test_a_module_inside_a_package_is_not_a_top_level_name() -> None:
    assert edges({"pkg/__init__.py": "", "pkg/redis.py": "import redis"}) == set()


def test_what_is_there_of_a_compiled_module_counts() -> None:
    found = edges({"pkg/__init__.py": "", "x.py": "import pkg._speedups"})
    assert found == {("x.py", "pkg/__init__.py")}


def test_stubs_and_sources_are_one_module() -> None:
    found = edges({"a.py": "", "a.pyi": "", "x.py": "import a"})
    assert found == {("x.py", "a.py"), ("x.py", "a.pyi")}


def test_importers_of_a_deleted_file_are_found() -> None:
    facts = {"x.py": extract("python", b"import gone"), "y.py": FileFacts(language="python")}
    base = [("gone.py", FileFacts(language="python")), ("y.py", extract("python", b"import x"))]
    graph = build(facts, list(facts), extra=base)
    assert pairs_of(graph) == {("x.py", "gone.py"), ("y.py", "x.py")}
    assert list(graph.reach(["gone.py"]).distance) == ["gone.py", "x.py", "y.py"]


def test_an_empty_file_added_hides_no_importer() -> None:
    """`libs/__init__.py` makes `libs` a package; what imported from within it still does."""
    files = {
        "libs/pay/__init__.py": "",
        "libs/pay/card.py": "",
        "app/x.py": "import pay.card",
        "libs/__init__.py": "",
    }
    assert ("app/x.py", "libs/pay/card.py") in edges(files, added=["libs/__init__.py"])


def test_a_path_names_what_could_not_be_read_in_either_version() -> None:
    now = {"a.py": FileFacts(language="python", dynamic=True)}
    graph = build(now, ["a.py"], extra=[("a.py", FileFacts(language="python", unread="it holds NUL bytes"))])
    assert (graph.unread, graph.dynamic) == ({"a.py": "it holds NUL bytes"}, frozenset({"a.py"}))


def test_the_witness_is_a_shortest_way_and_ties_go_by_path() -> None:
    graph = Graph(edges=tuple(Edge(*pair) for pair in ("ba", "ca", "db", "dc", "ad")))
    reached = graph.reach(["a"])
    assert list(reached.distance.items()) == [("a", 0), ("b", 1), ("c", 1), ("d", 2)]
    assert reached.witness("d") == ("a", "b", "d")
    assert reached.witness("a") == ("a",)


_nodes = st.sampled_from("abcdefghij")


@given(st.sets(st.tuples(_nodes, _nodes), max_size=40), st.sets(_nodes, min_size=1, max_size=3))
def test_reverse_reach_is_what_networkx_finds(pairs: set[tuple[str, str]], changed: set[str]) -> None:
    reached = Graph(edges=tuple(Edge(*pair) for pair in pairs)).reach(changed)
    oracle = nx.DiGraph([(imported, importer) for importer, imported in pairs])
    oracle.add_nodes_from(changed)
    assert dict(reached.distance) == nx.multi_source_dijkstra_path_length(oracle, changed)
    for path, distance in reached.distance.items():
        way = reached.witness(path)
        assert (len(way), way[0] in changed, way[-1]) == (distance + 1, True, path)
        assert all((after, before) in pairs for before, after in pairwise(way))


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_edges_are_those_of_grimp_on_a_real_package() -> None:
    """Every edge of grimp's, and beyond them only four kinds.

    - to the packages above an imported module: importing it runs them, and grimp leaves that out;
    - of imports written in strings and docstrings, which a pattern does not tell from code;
    - of modules in folders without `__init__.py`, which grimp does not read;
    - of modules named in calls of `import_module` and `__import__`, which grimp does not follow.
    """
    site = Path(sqlalchemy.__file__).parent.parent
    texts = {
        file.relative_to(site).as_posix(): file.read_bytes() for file in (site / "sqlalchemy").rglob("*.py")
    }
    graph = build({path: extract("python", data) for path, data in texts.items()}, list(texts))
    ours = {(_module(importer), _module(imported)) for importer, imported in pairs_of(graph)}
    oracle = grimp.build_graph("sqlalchemy", cache_dir=None)
    theirs = {(one, two) for one in oracle.modules for two in oracle.find_modules_directly_imported_by(one)}
    assert len(theirs) > 2000
    assert theirs - ours == set()
    to_parents = {(one, parent) for one, two in theirs for parent in _parents(two)}
    rest = ours - theirs - to_parents
    assert len(rest) < 0.05 * len(theirs)
    sources = {_module(path): data.decode() for path, data in texts.items()}
    for importer, imported in rest:
        # The imported name, or its last part after `import`, stands somewhere in the importer's text.
        assert imported.rpartition(".")[2] in sources[importer]


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def test_five_thousand_files_are_built_and_searched_quickly() -> None:
    """Measured at 0.16 s for 58,700 edges; the bound leaves room for a busy machine."""
    chance = random.Random(1)
    paths = [f"services/s{i % 25}/src/s{i % 25}/p{i // 25 % 10}/m{i}.py" for i in range(5000)]
    names = [path.partition("/src/")[2].removesuffix(".py").replace("/", ".") for path in paths]
    files = {
        path: FileFacts(
            language="python", imports=tuple(Import(module=name) for name in chance.sample(names, 10))
        )
        for path in paths
    }
    started = time.process_time()
    graph = build(files, paths)
    reached = graph.reach([paths[0]])
    assert time.process_time() - started < 2
    assert len(graph.edges) > 49_900  # a file never imports itself
    assert len(reached.distance) > 4000
