"""Search in a graph of arrays: what depends on some nodes, how far away, and through what.

Compressed sparse rows: `start[n]` to `start[n + 1]` is where the neighbours of node `n` stand in `to`. A
million nodes are searched in a breath, where Python's own lists would take a second.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: With fewer new nodes than one in so many, sorting them is cheaper than marking all.
_FEW = 64


class Rows(NamedTuple):
    """Neighbours of each node: `start` (nodes + 1), `to` (edges), and `edge`, each one's place in a list."""

    start: Longs
    to: Ints
    edge: Ints


class Found(NamedTuple):
    """For each node its distance (-1: not reached), and the node and edge it was reached by (-1: none)."""

    distance: Ints
    parent: Ints
    edge: Ints


def rows(count: int, origin: Ints, target: Ints) -> Rows:
    """The rows of a graph of `count` nodes, by target: who depends on it. Ascending within a row."""
    order = np.lexsort((origin, target)).astype(np.int32)
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(target, minlength=count), out=start[1:])
    return Rows(start, origin[order], order)


def search(near: Rows, parts: Rows, seeds: Sequence[int]) -> Found:
    """Breadth first from `seeds`. A step along `near` adds one to the distance, one along `parts` nothing.

    Nodes are numbered in the order in which ties are to be broken.
    """
    count = len(near.start) - 1
    found = Found(*(np.full(count, -1, np.int32) for _ in range(3)))
    frontier = np.unique(np.asarray(seeds, np.int32))
    found.distance[frontier] = 0
    step = 0
    while frontier.size:
        frontier = _close(parts, frontier, step, found)
        step += 1
        frontier = _expand(near, frontier, step, found)
    return found


def _close(parts: Rows, frontier: Ints, step: int, found: Found) -> Ints:
    """The frontier with all that its nodes are parts of."""
    if not parts.to.size:
        return frontier
    layers = [frontier]
    while (fresh := _expand(parts, layers[-1], step, found)).size:
        layers.append(fresh)
    return np.sort(np.concatenate(layers)) if len(layers) > 1 else frontier


def _expand(by: Rows, frontier: Ints, step: int, found: Found) -> Ints:
    begin = by.start[frontier]
    counts = by.start[frontier + 1] - begin
    ends = np.cumsum(counts)
    total = int(ends[-1])
    if not total:
        return np.empty(0, np.int32)
    # Where each neighbour stands in `to`: its place among all of them, moved by where its row begins.
    index = _index(by, total)
    place = np.arange(total, dtype=index) + np.repeat((begin - ends + counts).astype(index), counts)
    fresh = np.flatnonzero(found.distance[by.to[place]] < 0)
    # Backwards, so that of several writers the first one, the lowest, is the last to write.
    fresh = fresh[::-1]
    place = place[fresh]
    to = by.to[place]
    found.distance[to] = step
    found.parent[to] = frontier[np.searchsorted(ends, fresh, side="right")]
    found.edge[to] = by.edge[place]
    return _ascending(to, len(found.distance))


def _index(by: Rows, total: int) -> type[np.int32] | type[np.int64]:
    return np.int32 if max(len(by.to), total) < 2**31 else np.int64


def _ascending(nodes: Ints, count: int) -> Ints:
    if nodes.size * _FEW < count:
        return np.unique(nodes)
    mark = np.zeros(count, np.bool_)
    mark[nodes] = True
    return np.flatnonzero(mark).astype(np.int32)
