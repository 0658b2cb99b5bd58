"""Which direct dependencies of which project a changed lockfile changes: one reader a family of formats.

A reader turns bytes into a `Lock`: pinned packages, what each of them depends on, and the projects with their
direct dependencies. Two Locks are compared by digests over closures. What a reader does not understand makes
the comparison unread, never empty.
"""

from blastdoor.reach.lockfiles.compare import LockChange, compare_lockfiles, is_lockfile

__all__ = ["LockChange", "compare_lockfiles", "is_lockfile"]
