"""Reading git repositories, hostile ones among them.

Invariant: the only room that starts git, and nothing of a repository's own settings, hooks, filters, drivers
or monitors ever runs. See `docs/spec/repositories.md`.
"""

from blastdoor.git.refs import normalise
from blastdoor.git.repository import Repository, open_repository

__all__ = ["Repository", "normalise", "open_repository"]
