"""A sign of life on standard error, for whoever waits longer than a second at a terminal."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

_SECONDS = 1.0
_WIDTH = 20


@contextmanager
def patience(doing: str) -> "Iterator[Waiting]":
    """Show what is being done, if it takes over a second and somebody is watching.

    Called, what it gives ends it early: before something else speaks to the terminal.
    """
    waiting = Waiting(doing)
    if not sys.stderr.isatty():
        yield waiting
        return
    timer = threading.Timer(_SECONDS, waiting.show)
    timer.daemon = True
    timer.start()
    try:
        yield waiting
    finally:
        timer.cancel()
        waiting.end()


class Waiting:
    """The sign of life; `show` comes from the timer's thread, the rest from ours, in any order."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._lock = threading.Lock()
        self._over = False
        self._status: Status | None = None
        self._said = doing

    def __call__(self) -> None:
        """End it."""
        self.end()

    def progress(self, done: int, total: int) -> None:
        """How many of how many parts are done."""
        width = _WIDTH * done // max(total, 1)
        with self._lock:
            self._said = f"{self._doing} {'━' * width}{'╌' * (_WIDTH - width)} {done} of {total}"
            if self._status is not None:
                self._status.update(self._said)

    def show(self) -> None:
        """Begin to show it."""
        from rich.console import Console  # noqa: PLC0415 - whoever does not wait does not pay for it

        with self._lock:
            if not self._over:
                self._status = Console(stderr=True).status(self._said)
                self._status.start()

    def end(self) -> None:
        """Show nothing any more."""
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()
                self._status = None
