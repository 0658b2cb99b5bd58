"""A sign of life on standard error, for whoever waits longer than a second at a terminal."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

_SECONDS = 1.0


@contextmanager
def patience(doing: str) -> Iterator[Callable[[], None]]:
    """Show a spinner with what is being done, if it takes over a second and somebody is watching.

    Gives a function that ends it early: before something else speaks to the terminal.
    """
    waiting = _Waiting(doing)
    if not sys.stderr.isatty():
        yield waiting.end
        return
    timer = threading.Timer(_SECONDS, waiting.show)
    timer.daemon = True
    timer.start()
    try:
        yield waiting.end
    finally:
        timer.cancel()
        waiting.end()


class _Waiting:
    """The spinner; `show` comes from the timer's thread, `end` from ours, in either order."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._lock = threading.Lock()
        self._over = False
        self._status: Status | None = None

    def show(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - whoever does not wait does not pay for it

        with self._lock:
            if not self._over:
                self._status = Console(stderr=True).status(self._doing)
                self._status.start()

    def end(self) -> None:
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()
                self._status = None
