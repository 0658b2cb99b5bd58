"""What is read of Backstage's files, and what is said where they cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.model import NO_TIER
from blastdoor.reach import Catalogue, is_catalogue, load_catalogue


def a_component(
    name: str, *, tier: str = "", path: str = "", depends_on: str = "", kind: str = "Component"
) -> bytes:
    """A catalogue file of one entity; name only what the test is about."""
    annotations = "".join(
        f"    blastdoor.dev/{key}: {value}\n" for key, value in (("tier", tier), ("path", path)) if value
    )
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n"
        + (f"  annotations:\n{annotations}" if annotations else "")
        + f"spec:\n  type: service\n  owner: group:shop\n  dependsOn: [{depends_on}]\n"
    ).encode()


def codes(catalogue: Catalogue) -> list[tuple[str, object]]:
    return [(unknown.code, unknown.where) for unknown in catalogue.unknowns]


def test_a_component_owns_the_directory_of_its_file() -> None:
    catalogue = load_catalogue({"services/pay/catalog-info.yaml": a_component("pay", tier='"1"')})
    assert catalogue.owners == {"services/pay": ("component:default/pay",)}
    assert catalogue.entities["component:default/pay"].tier == 1
    assert (catalogue.unknowns, catalogue.tiers_in_use) == ((), True)
    assert catalogue.owner("services/pay/src/pay") == "services/pay"
    assert catalogue.owner("services/payments") is None


@pytest.mark.parametrize(
    ("path", "owned"),
    [("../../libs/x/", "libs/x"), (".", "a/b"), ("src", "a/b/src"), ("../..", ""), ("./src/../y", "a/b/y")],
)
def test_an_annotated_path_is_relative_to_the_file(path: str, owned: str) -> None:
    catalogue = load_catalogue({"a/b/catalog-info.yaml": a_component("x", path=path)})
    assert list(catalogue.owners) == [owned]
    assert catalogue.unknowns == ()


@pytest.mark.parametrize("path", ["../../..", "/etc", "../../../a/b", "''", "[a]"])
def test_a_path_out_of_the_repository_is_not_followed(path: str) -> None:
    catalogue = load_catalogue({"a/b/catalog-info.yaml": a_component("x", path=path)})
    assert list(catalogue.owners) == ["a/b"]
    assert codes(catalogue) == [("catalogue-path", "a/b/catalog-info.yaml:6")]


def test_several_entities_stand_in_one_file() -> None:
    both = a_component("x") + b"---\n" + a_component("y") + b"---\n"
    assert load_catalogue({"catalog-info.yaml": both}).owners == {
        "": ("component:default/x", "component:default/y")
    }


@pytest.mark.parametrize(
    "reference", ["component:default/y", "component:y", "y", "Component:Default/Y", "default/y"]
)
def test_a_reference_is_found_in_every_spelling(reference: str) -> None:
    files = {
        "x/catalog-info.yaml": a_component("x", depends_on=reference),
        "y/catalog-info.yaml": a_component("y"),
    }
    catalogue = load_catalogue(files)
    assert catalogue.dependents == {"component:default/y": ("component:default/x",)}
    assert catalogue.unknowns == ()


@pytest.mark.parametrize(
    "reference", ["component:default/gone", "gone", "resource:x", "':x'", "'/x'", "'x/'", "{a: b}"]
)
def test_a_reference_to_nothing_is_an_unknown(reference: str) -> None:
    catalogue = load_catalogue({"x/catalog-info.yaml": a_component("x", depends_on=reference)})
    assert codes(catalogue) == [("catalogue-dependency", "x/catalog-info.yaml:8")]


def test_a_name_that_stands_twice_keeps_both_directories_and_the_more_critical_tier() -> None:
    files = {
        "a/catalog-info.yaml": a_component("x", tier="3"),
        "b/catalog-info.yaml": a_component("X", tier="2"),
    }
    catalogue = load_catalogue(files)
    assert catalogue.entities["component:default/x"].tier == 2
    assert set(catalogue.owners) == {"a", "b"}
    assert codes(catalogue) == [("catalogue-duplicate", "b/catalog-info.yaml:1")]


@pytest.mark.parametrize(
    ("one", "other", "counts_as"), [("3", "", 1), ("0", "", 0), ("", "0", 0), ("high", "4", 1), ("5", "4", 4)]
)
def test_of_two_tiers_the_more_critical_counts(one: str, other: str, counts_as: int) -> None:
    files = {
        "a/catalog-info.yaml": a_component("x", tier=one),
        "b/catalog-info.yaml": a_component("x", tier=other),
    }
    catalogue = load_catalogue(files)
    assert catalogue.tier(catalogue.entities["component:default/x"]) == counts_as


@pytest.mark.parametrize("tier", ["high", "10", "-1", "1.0", "''", "[1]", "٣"])
def test_a_tier_that_is_no_digit_is_unknown_and_counts_as_1(tier: str) -> None:
    catalogue = load_catalogue({"catalog-info.yaml": a_component("x", tier=tier)})
    entity = catalogue.entities["component:default/x"]
    assert (entity.tier, catalogue.tier(entity)) == (None, 1)
    assert codes(catalogue) == [("tier-unreadable", "catalog-info.yaml:6")]


def test_without_a_tier_one_counts_as_1_where_others_have_one_and_as_none_where_nobody_has() -> None:
    alone = load_catalogue({"x/catalog-info.yaml": a_component("x")})
    beside = load_catalogue(
        {"x/catalog-info.yaml": a_component("x"), "y/catalog-info.yaml": a_component("y", tier="4")}
    )
    entity = alone.entities["component:default/x"]
    assert (alone.tier(entity), beside.tier(entity)) == (NO_TIER, 1)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"kind: [", 1),
        (b"kind: Component\nmetadata: &x {}\n", 2),
        (b"\xff", 1),
        (b"- a\n- b\n", 1),
        (b"kind: Component\n", 1),
        (b"kind: Component\nmetadata:\n  title: x\n", 1),
        (b"x" * 1_100_000, 1),
    ],
)
def test_a_file_that_cannot_be_read_is_a_service_of_unknown_tier(data: bytes, line: int) -> None:
    catalogue = load_catalogue({"a/catalog-info.yaml": data})
    assert codes(catalogue) == [("catalogue-unreadable", f"a/catalog-info.yaml:{line}")]
    assert list(catalogue.owners) == ["a"]
    (entity,) = catalogue.entities.values()
    assert (entity.is_service, entity.tier) == (True, None)


@pytest.mark.parametrize(
    "data", [b"", b"---\n", b"kind: Location\nspec: {}\n", b"kind: Group\nmetadata: {name: x}\n"]
)
def test_what_is_no_service_says_nothing(data: bytes) -> None:
    catalogue = load_catalogue({"catalog-info.yaml": data})
    assert (catalogue.entities, catalogue.owners, catalogue.unknowns) == ({}, {}, ())


def test_fields_of_backstage_that_mean_nothing_here_are_passed_over() -> None:
    data = a_component("x", kind="component").replace(b"spec:", b"extra: {a: [1]}\nspec:\n  system: s")
    assert load_catalogue({"catalog-info.yaml": data}).unknowns == ()


def test_a_resource_owns_no_directory_and_carries_dependence_on() -> None:
    files = {
        "catalog-info.yaml": a_component("db", kind="Resource", depends_on="component:y"),
        "x/catalog-info.yaml": a_component("x", depends_on="resource:db"),
        "y/catalog-info.yaml": a_component("y"),
    }
    catalogue = load_catalogue(files)
    assert set(catalogue.owners) == {"x", "y"}
    assert catalogue.dependents["resource:default/db"] == ("component:default/x",)


def test_another_namespace_is_part_of_the_name() -> None:
    data = a_component("x").replace(b"  name: x", b"  namespace: shop\n  name: x")
    (entity,) = load_catalogue({"catalog-info.yaml": data}).entities.values()
    assert (entity.key, entity.name) == ("component:shop/x", "shop/x")


@given(st.dictionaries(st.sampled_from(["catalog-info.yaml", "a/catalog-info.yaml"]), st.binary(max_size=80)))
def test_no_content_is_an_error(files: dict[str, bytes]) -> None:
    load_catalogue(files)


@given(st.text("kindCompoet:metadata nsp\n-[]{}\"'0", max_size=120))
def test_no_text_is_an_error(text: str) -> None:
    load_catalogue({"catalog-info.yaml": b"kind: Component\nmetadata: {name: x}\n" + text.encode()})


def test_a_catalogue_file_is_known_by_its_exact_name() -> None:
    assert [
        is_catalogue(path) for path in ("catalog-info.yaml", "a/catalog-info.yaml", "a/xcatalog-info.yaml")
    ] == [
        True,
        True,
        False,
    ]
