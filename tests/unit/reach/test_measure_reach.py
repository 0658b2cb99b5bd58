"""The level of a change, the rules that set it, and the way to what they hit."""

import pytest

from blastdoor.model import NO_TIER, Coverage, FileChange, Level, Reach, Unknown
from blastdoor.reach import (
    Catalogue,
    Edge,
    FileFacts,
    Graph,
    build,
    coverage_of,
    extract,
    language_of,
    load_catalogue,
    measure,
    unread_facts,
)

COVERAGE = Coverage(understood=1, total=1)
PYTHON = FileFacts(language="python")


def a_file(path: str, old_mode: str = "100644", new_mode: str = "100644") -> FileChange:
    return FileChange(
        path=path, status="modified", old_mode=old_mode, new_mode=new_mode, old="1" * 40, new="2" * 40
    )


def a_graph(*edges: tuple[str, str], files: tuple[str, ...] = ()) -> Graph:
    """A graph of edges (importer, imported) whose files were all read."""
    known = {*files, *(path for edge in edges for path in edge)}
    return Graph(
        edges=tuple(Edge(*pair) for pair in sorted(edges)),
        files=frozenset(path for path in known if language_of(path)),
    )


def a_catalogue(**services: tuple[int | None, str]) -> Catalogue:
    """Services in `services/<name>`, each with its tier (None: no annotation) and what it depends on."""
    return load_catalogue(
        {
            f"services/{name}/catalog-info.yaml": (
                f"kind: Component\nmetadata:\n  name: {name}\n"
                + ("" if tier is None else f'  annotations: {{ blastdoor.dev/tier: "{tier}" }}\n')
                + f"spec:\n  dependsOn: [{depends_on}]\n"
            ).encode()
            for name, (tier, depends_on) in services.items()
        }
    )


def reach(*paths: str, graph: Graph | None = None, catalogue: Catalogue | None = None) -> Reach:
    """The reach of some modified files; the Python ones among them were read."""
    return measure([a_file(path) for path in paths], graph or a_graph(files=paths), catalogue, COVERAGE)


def rules(found: Reach) -> dict[str, Level]:
    return {hit.id: hit.level for hit in found.rules}


def test_nothing_changed_reaches_nothing_and_excuses_nothing() -> None:
    found = reach()
    assert (found.level, found.tier, found.rules) == ("none", NO_TIER, ())
    assert not found.docs_only
    assert not found.tests_only


def test_documentation_alone_is_level_none() -> None:
    found = reach("README.md", "services/pay/docs/x.rst", catalogue=a_catalogue(pay=(0, "")))
    assert (found.level, found.docs_only, found.services) == ("none", True, ())
    assert rules(found) == {"docs-only": "none"}


def test_one_other_file_beside_documentation_is_low() -> None:
    found = reach("README.md", "app.py")
    assert (found.level, found.docs_only) == ("low", False)
    assert rules(found) == {"changed": "low"}
    assert found.rules[0].witness == ("app.py",)


def test_tests_alone_are_known_as_such() -> None:
    assert reach("tests/test_x.py", "tests/data.json").tests_only
    assert not reach("tests/test_x.py", "app.py").tests_only
    assert not reach("tests/test_x.py", "README.md").tests_only


def test_a_test_that_the_program_imports_is_more_than_a_test() -> None:
    graph = a_graph(("app.py", "tests/helper.py"))
    assert not reach("tests/helper.py", graph=graph).tests_only


@pytest.mark.parametrize(
    ("path", "rule", "level"),
    [
        (".blastdoor/policy.yaml", "policy-files", "critical"),
        ("services/x/catalog-info.yaml", "policy-files", "critical"),
        ("docs/CODEOWNERS", "policy-files", "critical"),
        (".github/workflows/ci.yml", "control-plane", "critical"),
        ("uv.lock", "global-input", "medium"),
        ("db/001.sql", "unread-operations", "high"),
        ("infra/main.tf", "unread-operations", "high"),
        ("web/app.zig", "unread-code", "medium"),
    ],
)
def test_some_files_set_a_level_by_their_name(path: str, rule: str, level: Level) -> None:
    found = reach(path, "README.md")
    assert (found.level, rules(found)[rule]) == (level, level)
    assert next(hit.witness for hit in found.rules if hit.id == rule) == (path,)
    assert found.policy_files == (rule == "policy-files")


def test_what_may_destroy_state_is_an_operation_and_irreversible() -> None:
    found = reach("db/001.sql", "infra/main.tf", "k8s/README.md")
    assert [(one.resource, one.action, one.irreversible) for one in found.operations] == [
        ("db/001.sql", "unreadable", True),
        ("infra/main.tf", "unreadable", True),
    ]
    assert found.irreversible
    assert [unknown.where for unknown in found.unknowns] == ["db/001.sql", "infra/main.tf"]
    assert {unknown.code for unknown in found.unknowns} == {"unread-operation"}


@pytest.mark.parametrize(
    ("modes", "rule", "level"),
    [(("000000", "160000"), "submodule", "high"), (("100644", "120000"), "symlink", "medium")],
)
def test_submodules_and_links_are_unknown(modes: tuple[str, str], rule: str, level: Level) -> None:
    found = measure([a_file("README.md", *modes)], a_graph(), None, COVERAGE)
    assert (found.level, found.docs_only) == (level, False)
    assert [unknown.code for unknown in found.unknowns] == [rule]


def test_a_language_without_a_reader_is_one_unknown() -> None:
    found = reach("web/a.r", "web/b.r", "cmd/main.zig")
    assert [unknown.what.split(":")[0] for unknown in found.unknowns] == [
        "no reader for R",
        "no reader for Zig",
    ]
    assert found.level == "medium"


def test_a_language_of_which_only_imports_are_read_is_one_unknown() -> None:
    found = reach("web/A.java", "web/B.java", "lib/c.rs")
    assert [unknown.what.split(":")[0] for unknown in found.unknowns] == [
        "of java only the lines of imports are read",
        "of rust only the lines of imports are read",
    ]
    assert rules(found)["unread-code"] == "medium"


@pytest.mark.parametrize(
    ("graph", "code"),
    [
        (Graph(files=frozenset({"a.py"}), dynamic=frozenset({"a.py"})), "dynamic-import"),
        (Graph(files=frozenset({"a.py"}), unread={"a.py": "it holds NUL bytes"}), "unreadable-file"),
        (Graph(), "unreadable-file"),
    ],
)
def test_a_program_that_could_not_be_read_is_medium(graph: Graph, code: str) -> None:
    found = reach("a.py", graph=graph)
    assert (found.level, [unknown.code for unknown in found.unknowns]) == ("medium", [code])
    assert reach("b.txt", graph=graph).level == "low"


def test_what_the_caller_does_not_know_raises_and_excuses_nothing() -> None:
    unknown = Unknown(code="truncated", what="the list of files is cut off", step="ask again")
    found = measure([a_file("README.md")], a_graph(), None, COVERAGE, [unknown])
    assert (found.level, found.docs_only, found.unknowns) == ("medium", False, (unknown,))


def test_a_service_is_reached_by_its_own_files_and_by_its_imports() -> None:
    graph = a_graph(("services/pay/src/pay/app.py", "libs/money/money.py"))
    catalogue = a_catalogue(pay=(2, ""))
    own = reach("services/pay/config.yaml", graph=graph, catalogue=catalogue)
    assert [(one.name, one.distance, one.path) for one in own.services] == [
        ("pay", 0, ("services/pay/config.yaml", "pay"))
    ]
    library = reach("libs/money/money.py", graph=graph, catalogue=catalogue)
    assert [(one.name, one.distance, one.path) for one in library.services] == [
        ("pay", 1, ("libs/money/money.py", "services/pay/src/pay/app.py", "pay"))
    ]
    assert (library.tier, library.catalogue, library.level) == (2, "present", "medium")


def test_the_longest_directory_owns_a_file() -> None:
    catalogue = load_catalogue(
        {
            "catalog-info.yaml": b"kind: Component\nmetadata: { name: all }\n",
            "a/catalog-info.yaml": b"kind: Component\nmetadata: { name: inner }\n",
        }
    )
    assert [one.name for one in reach("a/x.yaml", catalogue=catalogue).services] == ["inner"]
    assert [one.name for one in reach("b/x.yaml", catalogue=catalogue).services] == ["all"]


def test_services_that_depend_on_a_reached_one_are_reached() -> None:
    catalogue = a_catalogue(
        db=(3, "component:web"), web=(3, "component:api"), api=(3, "component:db"), other=(3, "")
    )
    found = reach("services/db/x.yaml", catalogue=catalogue)
    assert [(one.name, one.distance, one.path) for one in found.services] == [
        ("db", 0, ("services/db/x.yaml", "db")),
        ("api", 1, ("services/db/x.yaml", "db", "api")),
        ("web", 2, ("services/db/x.yaml", "db", "api", "web")),
    ]
    assert rules(found)["many-services"] == "high"


def test_a_resource_between_two_services_is_a_step_and_no_service() -> None:
    resource = b"kind: Resource\nmetadata: { name: db }\nspec: { dependsOn: [a] }\n"
    catalogue = load_catalogue(
        {
            "catalog-info.yaml": resource,
            "services/a/catalog-info.yaml": b"kind: Component\nmetadata: { name: a }\n",
            "services/b/catalog-info.yaml": b"kind: Component\nmetadata: { name: b }\n"
            b"spec: { dependsOn: [resource:db] }\n",
        }
    )
    found = reach("services/a/x.yaml", catalogue=catalogue)
    assert [(one.name, one.distance, one.path) for one in found.services] == [
        ("a", 0, ("services/a/x.yaml", "a")),
        ("b", 2, ("services/a/x.yaml", "a", "resource:db", "b")),
    ]


@pytest.mark.parametrize(
    ("tier", "depends_on", "hits"),
    [
        (0, "near", {"tier-1-direct", "tier-1-reached"}),
        (1, "near", {"tier-1-direct", "tier-1-reached"}),
        (1, "far", {"tier-1-reached"}),
        (2, "near", set()),
        (None, "near", {"tier-1-direct", "tier-1-reached"}),
    ],
)
def test_a_tier_1_service_is_high_and_near_by_critical(
    tier: int | None, depends_on: str, hits: set[str]
) -> None:
    catalogue = a_catalogue(near=(5, ""), far=(5, "component:near"), pay=(tier, f"component:{depends_on}"))
    found = reach("services/near/x.yaml", catalogue=catalogue)
    assert {hit for hit in rules(found) if hit.startswith("tier-1")} == hits
    assert rules(found).get("tier-1-direct", "critical") == "critical"
    assert rules(found).get("tier-1-reached", "high") == "high"


def test_an_untiered_service_reached_is_said() -> None:
    found = reach("services/a/x.yaml", catalogue=a_catalogue(a=(None, ""), b=(4, "")))
    assert (found.tier, found.services[0].tier_known, found.services[0].tier) == (1, False, 1)
    assert [unknown.code for unknown in found.unknowns] == ["tier-missing"]


def test_tiers_that_nobody_states_raise_nothing() -> None:
    found = reach("services/a/x.yaml", catalogue=a_catalogue(a=(None, "")))
    assert (found.tier, found.level, found.unknowns, found.services[0].tier_known) == (
        NO_TIER,
        "low",
        (),
        False,
    )


def test_without_a_catalogue_no_service_is_reached() -> None:
    for catalogue in (None, load_catalogue({})):
        found = reach("a.py", catalogue=catalogue)
        assert (found.catalogue, found.tier, found.services) == ("none", NO_TIER, ())


def test_unknowns_of_the_catalogue_are_listed() -> None:
    catalogue = load_catalogue({"services/x/catalog-info.yaml": b"{"})
    found = reach("a.py", catalogue=catalogue)
    assert [unknown.code for unknown in found.unknowns] == ["catalogue-unreadable"]
    assert found.level == "low"


def test_a_service_whose_file_cannot_be_read_is_critical_where_others_have_tiers() -> None:
    files = {
        "services/x/catalog-info.yaml": b"{",
        "services/y/catalog-info.yaml": b"kind: Component\n"
        b"metadata: {name: y, annotations: {blastdoor.dev/tier: '5'}}",
    }
    assert reach("services/x/a.yaml", catalogue=load_catalogue(files)).level == "critical"


def test_an_import_into_another_package_crosses_a_boundary() -> None:
    files = {
        "src/shop/__init__.py": b"",
        "src/shop/a.py": b"from shop import b",
        "src/shop/b.py": b"",
        "src/admin/__init__.py": b"",
        "src/admin/c.py": b"from shop import a",
        "tests/test_a.py": b"import shop.d",
        "src/shop/d.py": b"",
    }
    graph = build({path: extract("python", data) for path, data in files.items()}, list(files))
    found = reach("src/shop/b.py", graph=graph)
    assert rules(found)["crosses-boundary"] == "medium"
    assert found.rules[0].witness == ("src/shop/b.py", "src/shop/a.py", "src/admin/c.py")
    assert rules(reach("src/shop/d.py", graph=graph)) == {"changed": "low"}  # a test crosses nothing


@pytest.mark.parametrize(("importers", "hit"), [(19, False), (20, True)])
def test_many_importers_are_medium(importers: int, hit: bool) -> None:
    spare = tuple(f"p/spare{number}.py" for number in range(1000))
    graph = a_graph(*((f"p/m{number}.py", "p/x.py") for number in range(importers)), files=spare)
    assert ("many-importers" in rules(reach("p/x.py", graph=graph))) is hit
    tests = a_graph(*((f"p/test_{number}.py", "p/x.py") for number in range(importers)), files=spare)
    assert rules(reach("p/x.py", graph=tests)) == {"changed": "low"}


@pytest.mark.parametrize(("chain", "others", "hit"), [(10, 90, True), (10, 91, False), (9, 0, False)])
def test_a_tenth_of_the_sources_is_wide(chain: int, others: int, hit: bool) -> None:
    edges = [(f"p/m{number + 1}.py", f"p/m{number}.py") for number in range(chain - 1)]
    spare = [f"p/spare{number}.py" for number in range(others)]
    graph = a_graph(*edges, files=(*spare, "tests/a.py", "tests/b.py"))
    assert ("wide-share" in rules(reach("p/m0.py", graph=graph))) is hit


def test_the_level_is_the_highest_rule_and_that_stands_first() -> None:
    found = reach("web/a.zig", "uv.lock", ".github/workflows/x.yml")
    assert found.level == "critical"
    assert [hit.level for hit in found.rules] == ["critical", "medium", "medium", "low"]


def test_files_are_counted() -> None:
    graph = a_graph(("b.py", "a.py"), ("c.py", "b.py"))
    found = reach("a.py", "README.md", graph=graph)
    assert (found.files.changed, found.files.reached) == (2, 4)


def test_coverage_counts_what_is_understood() -> None:
    paths = [
        "a.py",
        "b.py",
        "c.py",
        "README.md",
        "x.ts",
        "catalog-info.yaml",
        ".blastdoor/policy.yaml",
        "data.json",
    ]
    files = {"a.py": PYTHON, "b.py": unread_facts("python", "larger than 5 bytes")}
    assert coverage_of(paths, files) == Coverage(understood=4, total=8)
