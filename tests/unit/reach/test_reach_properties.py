"""More change, more edges, more that is unknown: never a lower level, tier or demand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.formats import canonical_bytes
from blastdoor.model import LEVELS, Coverage, FileChange, Reach, Unknown
from blastdoor.reach import Catalogue, Edge, Graph, load_catalogue, measure

COVERAGE = Coverage(understood=1, total=1)
SERVICES = ("pay", "cart", "mail")
PATHS = [
    *(
        f"services/{name}/{file}"
        for name in SERVICES
        for file in ("app.py", "tests/test_app.py", "README.md")
    ),
    *(f"lib/m{number}.py" for number in range(24)),
    *(
        "lib/__init__.py",
        "README.md",
        "docs/a.png",
        "AGENTS.md",
        "uv.lock",
        "a.sql",
        "web/a.ts",
        "tests/conftest.py",
    ),
    *(".blastdoor/policy.yaml", ".github/workflows/ci.yml", "catalog-info.yaml", "infra/main.tf", "x.yaml"),
]
_paths = st.sampled_from(PATHS)
_code = st.sampled_from([path for path in PATHS if path.endswith(".py")])
_edges = st.sets(st.tuples(_code, _code), max_size=60)
_modes = st.sampled_from(
    [("100644", "100644"), ("000000", "100644"), ("100644", "000000"), ("100755", "100755")]
)
_odd_modes = st.sampled_from([("100644", "120000"), ("000000", "160000")])
_files = st.builds(
    lambda path, modes: FileChange(
        path=path, status="modified", old_mode=modes[0], new_mode=modes[1], old="1" * 40, new="2" * 40
    ),
    _paths,
    _modes | _odd_modes,
)
_changes = st.lists(_files, max_size=5)
_unknowns = st.builds(Unknown, code=st.just("gap"), what=st.sampled_from("abc"), step=st.just("look"))


@st.composite
def _catalogues(draw: st.DrawFn) -> Catalogue | None:
    files = {}
    for name in draw(st.sets(st.sampled_from(SERVICES))):
        tier = draw(st.sampled_from(["", "0", "1", "3", "high"]))
        depends_on = ", ".join(draw(st.lists(st.sampled_from([*SERVICES, "gone"]), max_size=2)))
        mark = f", annotations: {{ blastdoor.dev/tier: '{tier}' }}" if tier else ""
        text = f"kind: Component\nmetadata: {{ name: {name}{mark} }}\nspec: {{ dependsOn: [{depends_on}] }}\n"
        files[f"services/{name}/catalog-info.yaml"] = text.encode()
    return load_catalogue(files) if files else None


def a_graph(edges: set[tuple[str, str]], dynamic: bool) -> Graph:
    return Graph(
        edges=tuple(Edge(*pair) for pair in sorted(edges)),
        files=frozenset(path for path in PATHS if path.endswith(".py")),
        dynamic=frozenset({"lib/m1.py"} if dynamic else ()),
        packages=frozenset({"lib"}),
    )


def assert_no_less(before: Reach, after: Reach, *, was_empty: bool) -> None:
    """Everything a policy can ask of the second is at least what it is of the first."""
    assert LEVELS.index(after.level) >= LEVELS.index(before.level)
    assert after.tier <= before.tier
    for fact in ("irreversible", "policy_files"):
        assert getattr(after, fact) >= getattr(before, fact)
    if not was_empty:  # of an empty change both are false, since nothing is known of it
        assert after.docs_only <= before.docs_only
        assert after.tests_only <= before.tests_only
    assert {one.name for one in before.services} <= {one.name for one in after.services}
    assert {(one.code, one.what) for one in before.unknowns if one.code != "tier-missing"} <= {
        (one.code, one.what) for one in after.unknowns
    }
    assert {one.resource for one in before.operations} <= {one.resource for one in after.operations}


@pytest.mark.promise(5)
@given(_changes, _files, _edges, _catalogues(), st.booleans())
def test_one_more_file_never_lowers(
    change: list[FileChange], more: FileChange, edges: Any, catalogue: Catalogue | None, dynamic: bool
) -> None:
    graph = a_graph(edges, dynamic)
    before = measure(change, graph, catalogue, COVERAGE)
    assert_no_less(before, measure([*change, more], graph, catalogue, COVERAGE), was_empty=not change)


@pytest.mark.promise(5)
@given(_changes, _edges, st.tuples(_code, _code), _catalogues())
def test_one_more_import_never_lowers(
    change: list[FileChange], edges: Any, more: tuple[str, str], catalogue: Catalogue | None
) -> None:
    before = measure(change, a_graph(edges, dynamic=False), catalogue, COVERAGE)
    after = measure(change, a_graph(edges | {more}, dynamic=True), catalogue, COVERAGE)
    assert_no_less(before, after, was_empty=False)


@pytest.mark.promise(1)
@given(_changes, _edges, st.lists(_unknowns, max_size=3), _unknowns, _catalogues())
def test_one_more_unknown_never_lowers(
    change: list[FileChange], edges: Any, unknowns: list[Unknown], more: Unknown, catalogue: Catalogue | None
) -> None:
    graph = a_graph(edges, dynamic=False)
    before = measure(change, graph, catalogue, COVERAGE, unknowns)
    after = measure(change, graph, catalogue, COVERAGE, [*unknowns, more])
    assert_no_less(before, after, was_empty=False)
    assert LEVELS.index(after.level) >= LEVELS.index("medium")
    assert not after.docs_only


@given(st.permutations(PATHS[:12]), _edges, _catalogues())
def test_the_order_of_files_does_not_matter(
    paths: list[str], edges: Any, catalogue: Catalogue | None
) -> None:
    graph = a_graph(edges, dynamic=False)
    files = [
        FileChange(
            path=path, status="modified", old_mode="100644", new_mode="100644", old="1" * 40, new="2" * 40
        )
        for path in paths
    ]
    ordered = sorted(files, key=lambda file: file.path)
    one = canonical_bytes(measure(files, graph, catalogue, COVERAGE))
    assert one == canonical_bytes(measure(ordered, graph, catalogue, COVERAGE))


@given(_changes, _edges, _catalogues())
def test_every_rule_and_service_has_a_way_from_the_change(
    change: list[FileChange], edges: Any, catalogue: Catalogue | None
) -> None:
    found = measure(change, a_graph(edges, dynamic=False), catalogue, COVERAGE)
    changed = {file.path for file in change}
    for hit in found.rules:
        assert hit.witness[0] in changed
        assert hit.why
    for service in found.services:
        assert service.path[0] in changed
        assert service.path[-1] == service.name
        # Files and names: n files are n-1 steps, and each further name is one more.
        assert len(service.path) == service.distance + 2
