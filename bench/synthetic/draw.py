"""Chance from a seed."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Draws that are the same on every Python.

    Only `Random.random` is promised to stay as it is from version to version, so all else is made of it.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def below(self, bound: int) -> int:
        """An integer from 0 to bound - 1."""
        return int(self.random() * bound)

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True for this share of the draws."""
        return self.random() < share

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.random() * len(items))]

    def pick_early(self, items: Sequence[T]) -> T:
        """One of the items, the first ones far more often: some people, files and libraries are busy."""
        share = self.random()
        return items[int(share * share * share * len(items))]

    def by_share(self, table: Sequence[tuple[float, T]]) -> T:
        """An entry of a table of (share, item); the last takes what remains."""
        share = self.random()
        for part, item in table:
            share -= part
            if share < 0:
                return item
        return table[-1][1]
