"""Figures, and the table they are printed in."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

#: How a number is written, by unit.
_WRITTEN = {
    "changes/s": ",.0f",
    "ms": ",.0f",
    "s": ",.2f",
    "commits/s": ",.0f",
    "files/s": ",.0f",
    "x": ".2f",
    "MiB": ",.0f",
}
Met = Literal["met", "missed", "failed", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A bound on a figure. `later` marks one that is not yet asked for."""

    bound: float
    at_most: bool
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured thing: its median in `unit`, the samples it came from, and what it is held to.

    `failure` says why there is no figure; `value` is 0 then.
    """

    what: str
    unit: str
    value: float = 0.0
    samples: Sequence[float] = field(default=())
    note: str = ""
    aim: Aim | None = None
    failure: str = ""

    @property
    def met(self) -> Met:
        """Whether the aim is met; empty where there is none."""
        if self.failure:
            return "failed"
        if self.aim is None:
            return ""
        holds = self.value <= self.aim.bound if self.aim.at_most else self.value >= self.aim.bound
        return "met" if holds else "missed"

    def written(self, number: float) -> str:
        """A number with the figure's unit."""
        return f"{number:{_WRITTEN[self.unit]}} {self.unit}"

    def cells(self) -> tuple[str, str, str, str]:
        """What, figure, aim, met or missed."""
        text = "none" if self.failure else self.written(self.value)
        if len(self.samples) > 1:
            low, high = (
                f"{number:{_WRITTEN[self.unit]}}" for number in (min(self.samples), max(self.samples))
            )
            text += f" ({low} to {high}, n={len(self.samples)})"
        aim = ""
        if self.aim is not None:
            aim = f"{'≤' if self.aim.at_most else '≥'} {self.written(self.aim.bound)}"
            aim += " later" if self.aim.later else ""
        return self.what, text, aim, self.met

    def as_json(self) -> dict[str, object]:
        """The figure for programs."""
        aim = self.aim and {"bound": self.aim.bound, "at_most": self.aim.at_most, "later": self.aim.later}
        return {
            "what": self.what,
            "unit": self.unit,
            "value": None if self.failure else round(self.value, 4),
            "samples": [round(sample, 4) for sample in self.samples],
            "note": self.note,
            "aim": aim,
            "met": self.met,
            "failure": self.failure,
        }


def median_of(
    what: str, unit: str, samples: Sequence[float], *, note: str = "", aim: Aim | None = None
) -> Figure:
    """The median of samples, with all of them."""
    return Figure(what=what, unit=unit, value=statistics.median(samples), samples=samples, note=note, aim=aim)


def table(figures: Sequence[Figure]) -> str:
    """The figures in four aligned columns, and the notes to them below."""
    rows = [("what", "figure", "aim", "met or missed"), *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    rows.insert(1, ("-" * widths[0], "-" * widths[1], "-" * widths[2], "-" * widths[3]))
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    notes = [f"{one.what}: {one.failure or one.note}" for one in figures if one.failure or one.note]
    return "\n".join([*lines, "", *notes])
