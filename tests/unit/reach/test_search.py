"""Search in arrays, against a library that searches in dictionaries."""

import random
import time
from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import Edge, Graph
from blastdoor.reach.search import rows, search

_nodes = st.integers(0, 11)
_pairs = st.sets(st.tuples(_nodes, _nodes), max_size=50)


@given(_pairs, _pairs, st.sets(_nodes, min_size=1, max_size=3))
def test_distances_are_those_of_dijkstra_where_parts_cost_nothing(
    steps: set[tuple[int, int]], parts: set[tuple[int, int]], seeds: set[int]
) -> None:
    tables = []
    for pairs in (steps, parts):
        ends = np.array(sorted(pairs), np.int32).reshape(-1, 2)
        tables.append(rows(12, ends[:, 0].copy(), ends[:, 1].copy()))
    found = search(tables[0], tables[1], sorted(seeds))
    oracle = nx.DiGraph()
    oracle.add_nodes_from(range(12))
    oracle.add_weighted_edges_from((target, origin, 1) for origin, target in steps)
    oracle.add_weighted_edges_from((target, origin, 0) for origin, target in parts)
    expected = nx.multi_source_dijkstra_path_length(oracle, seeds)
    assert {node: int(found.distance[node]) for node in expected} == expected
    assert int((found.distance >= 0).sum()) == len(expected)


@given(_pairs, st.sets(_nodes, min_size=1, max_size=3))
def test_a_witness_goes_along_edges_and_is_as_long_as_the_distance(
    pairs: set[tuple[int, int]], seeds: set[int]
) -> None:
    names = [f"f{number:02}.py" for number in range(12)]
    graph = Graph(edges=tuple(Edge(names[one], names[other]) for one, other in pairs))
    reached = graph.reach({names[seed] for seed in seeds})
    for path, distance in reached.distance.items():
        way = reached.witness(path)
        assert len(way) == distance + 1
        assert all(graph.between(after, before) for before, after in pairwise(way))


def test_the_order_of_edges_changes_nothing() -> None:
    edges = [Edge(f"f{a}", f"f{b}", "import", a) for a in range(30) for b in range(30) if (a * b) % 7 == 1]
    first = Graph(edges=tuple(edges)).reach(["f1"])
    random.Random(1).shuffle(edges)
    second = Graph(edges=tuple(edges)).reach(["f1"])
    assert list(first.distance.items()) == list(second.distance.items())
    assert first.parent == second.parent


def test_a_million_edges_are_searched_in_a_breath() -> None:
    """Measured at 0.03 s; the bound leaves room for a busy machine."""
    chance = np.random.default_rng(1)
    origin, target = (chance.integers(0, 200_000, 1_000_000, dtype=np.int32) for _ in range(2))
    near = rows(200_000, origin, target)
    none = rows(200_000, np.empty(0, np.int32), np.empty(0, np.int32))
    started = time.process_time()
    found = search(near, none, range(10))
    assert time.process_time() - started < 1
    assert int((found.distance >= 0).sum()) > 190_000
