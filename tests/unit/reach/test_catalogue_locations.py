"""Which files the catalogue's Locations name."""

import time

import pytest

from blastdoor.reach import load_catalogue, locations, may_locate

HERE = frozenset(
    {
        "all.yaml",
        "services/pay/service.yaml",
        "services/ship/service.yaml",
        "services/ship/fixtures/service.yaml",
        "teams/[a]/x.yaml",
        "docs/catalog/one.yaml",
    }
)


def location(*targets: str, kind: str = "Location", one: str = "") -> bytes:
    lines = [
        f"kind: {kind}",
        "metadata: { name: all }",
        "spec:",
        f"  target: '{one}'" if one else "  type: file",
    ]
    lines += ["  targets:", *(f"    - '{target}'" for target in targets)] if targets else []
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("./services/pay/service.yaml", {"services/pay/service.yaml"}),
        ("services/pay/service.yaml", {"services/pay/service.yaml"}),
        ("/services/pay/service.yaml", {"services/pay/service.yaml"}),
        ("./services/*/service.yaml", {"services/pay/service.yaml", "services/ship/service.yaml"}),
        ("./services/p?y/*.yaml", {"services/pay/service.yaml"}),
        ("./**/one.yaml", {"docs/catalog/one.yaml"}),
        ("./services/**/service.yaml", {one for one in HERE if one.startswith("services/")}),
        ("./**", set(HERE)),
        ("./teams/[a]/x.yaml", {"teams/[a]/x.yaml"}),
    ],
)
def test_a_target_is_a_file_or_all_that_fit_a_pattern(target: str, expected: set[str]) -> None:
    found, unknowns = locations({"catalog-info.yaml": location(target)}, HERE)
    assert (set(found), unknowns) == (expected, ())


def test_a_target_is_seen_from_its_own_file_and_with_a_slash_from_the_root() -> None:
    data = location("../services/pay/service.yaml", "/all.yaml")
    assert locations({"docs/catalog-info.yaml": data}, HERE)[0] == ("services/pay/service.yaml", "all.yaml")


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("./gone.yaml", "not there"),
        ("./services", "not there"),
        ("./gone/*/service.yaml", "not there"),
        ("./services/*.yaml", "not there"),
        ("../outside.yaml", "not there"),
        ("https://shop.example/catalog-info.yaml", "outside this repository"),
        ("file:///etc/passwd", "outside this repository"),
        ("", "not a path"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(target: str, word: str) -> None:
    found, (unknown,) = locations({"catalog-info.yaml": location(target)}, HERE)
    assert found == ()
    assert (unknown.code, unknown.where) == ("catalogue-location", "catalog-info.yaml:6")
    assert word in unknown.what


@pytest.mark.parametrize("kind", ["Location", "location", "LOCATION", '"Lo\\u0063ation"'])
def test_a_location_is_one_however_it_is_spelled(kind: str) -> None:
    data = location("./all.yaml", kind=kind)
    assert locations({"catalog-info.yaml": data}, HERE)[0] == ("all.yaml",)
    assert may_locate(data)


def test_one_target_and_many_are_both_read() -> None:
    data = location("./services/pay/service.yaml", one="./all.yaml")
    assert locations({"catalog-info.yaml": data}, HERE)[0] == ("all.yaml", "services/pay/service.yaml")
    single = b"kind: Location\nspec: { targets: ./all.yaml }\n"
    assert locations({"catalog-info.yaml": single}, HERE)[0] == ("all.yaml",)


@pytest.mark.parametrize(
    "data",
    [b"kind: Location\n", b"kind: Location\nspec: []\n", b"kind: Component\nspec: { target: ./all.yaml }\n"],
)
def test_what_names_nothing_gives_nothing(data: bytes) -> None:
    assert locations({"catalog-info.yaml": data}, HERE) == ((), ())


def test_more_targets_than_are_followed_are_told() -> None:
    here = {f"s/{number}.yaml" for number in range(3_000)}
    found, unknowns = locations({"catalog-info.yaml": location(*sorted(here))}, here)
    assert len(found) <= 1_000
    assert [one.code for one in unknowns] == ["catalogue-location"]
    found, unknowns = locations({"catalog-info.yaml": location("./s/*")}, here)
    assert (len(found), len(unknowns)) == (1_000, 1)


@pytest.mark.parametrize(
    "pattern", ["./**/" * 30 + "x", "./*a*a*a*a*a*a*a*a*b/*", "./" + "*/" * 30 + "x", "./**/a*a*a*"]
)
def test_hostile_patterns_end_soon_and_are_told(pattern: str) -> None:
    here = {"/".join(["a" * 60] * 20) + f"/{number}" for number in range(20_000)}
    start = time.perf_counter()
    _, unknowns = locations({"catalog-info.yaml": location(*[pattern] * 500)}, here)
    assert time.perf_counter() - start < 20
    assert unknowns


ENTITY = "kind: {kind}\nmetadata: {{ name: orders{marks} }}\nspec: {{}}\n"
MARKS = ", annotations: { blastdoor.dev/path: . }"


@pytest.mark.parametrize("kind", ["Component", "Resource", "API", "System"])
def test_every_entity_owns_the_files_beside_it(kind: str) -> None:
    catalogue = load_catalogue({"db/catalog-info.yaml": ENTITY.format(kind=kind, marks="").encode()})
    assert catalogue.owners == {"db": (f"{kind.lower()}:default/orders",)}


@pytest.mark.parametrize("kind", ["Resource", "API", "System"])
def test_at_the_root_what_is_no_component_owns_only_what_it_says(kind: str) -> None:
    silent = load_catalogue({"catalog-info.yaml": ENTITY.format(kind=kind, marks="").encode()})
    spoken = load_catalogue({"catalog-info.yaml": ENTITY.format(kind=kind, marks=MARKS).encode()})
    assert (silent.owners, set(spoken.owners)) == ({}, {""})


@pytest.mark.parametrize("first", [True, False])
def test_what_shares_a_components_folder_does_not_lie_there(first: bool) -> None:
    both = [ENTITY.format(kind="Resource", marks=""), ENTITY.format(kind="Component", marks="")]
    data = "---\n".join(both if first else both[::-1]).encode()
    assert load_catalogue({"db/catalog-info.yaml": data}).owners == {"db": ("component:default/orders",)}


@pytest.mark.parametrize("first", [True, False])
def test_what_says_that_it_lies_in_a_components_folder_lies_there(first: bool) -> None:
    both = [ENTITY.format(kind="Resource", marks=MARKS), ENTITY.format(kind="Component", marks="")]
    data = "---\n".join(both if first else both[::-1]).encode()
    owners = ("component:default/orders", "resource:default/orders")
    assert load_catalogue({"db/catalog-info.yaml": data}).owners == {"db": owners}


def test_what_stands_in_for_something_unreadable_takes_no_folder_from_a_resource() -> None:
    data = (ENTITY.format(kind="Resource", marks="") + "---\nkind: []\n").encode()
    owners = load_catalogue({"db/catalog-info.yaml": data}).owners["db"]
    assert "resource:default/orders" in owners
    assert len(owners) == 2


@pytest.mark.parametrize(
    ("inner", "homes"),
    [
        (ENTITY.format(kind="Component", marks=""), ("svc/db",)),
        (ENTITY.format(kind="Resource", marks=""), ("svc/db", "svc")),
        (ENTITY.format(kind="System", marks=""), ("svc/db", "svc")),
        ("kind: [", ("svc/db", "svc")),
    ],
)
def test_only_a_component_hides_the_component_above_it(inner: str, homes: tuple[str, ...]) -> None:
    service = b"kind: Component\nmetadata: { name: svc }\n"
    catalogue = load_catalogue({"svc/catalog-info.yaml": service, "svc/db/catalog-info.yaml": inner.encode()})
    assert catalogue.homes("svc/db/migrations") == homes
    assert catalogue.homes("svc/src") == ("svc",)
    assert catalogue.homes("other") == ()
