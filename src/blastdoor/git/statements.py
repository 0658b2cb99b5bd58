"""Approvals, rejections and withdrawals as they travel: a blob and a ref each."""

import re

import msgspec

from blastdoor.errors import InputError, SourceError
from blastdoor.git.process import run
from blastdoor.git.workshop import Workshop
from blastdoor.model import Envelope

_PREFIX = "refs/blastdoor/approvals/"
_ID = re.compile(r"apr_[a-z2-7]{16}\Z")
_MAX_REFS = 10_000
_MAX_BYTES = 65_536


class GitStatements:
    """`ports.StatementStore` on a repository's refs."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._read: tuple[Envelope, ...] | None = None
        self._unreadable: tuple[str, ...] = ()

    def read(self) -> tuple[Envelope, ...]:
        """Every envelope found, in the order of their refs."""
        if self._read is None:
            self._read = self._read_all()
        return self._read

    def unreadable(self) -> tuple[str, ...]:
        """The refs that hold something else."""
        self.read()
        return self._unreadable

    def _read_all(self) -> tuple[Envelope, ...]:
        refs = self._workshop.theirs.approvals
        if len(refs) > _MAX_REFS:
            raise SourceError(
                f"{len(refs)} statements under {_PREFIX}; at most {_MAX_REFS} are read",
                hint="delete the refs of changes that have landed",
            )
        envelopes, unreadable = [], []
        for ref, blob in sorted(refs.items()):
            envelope = self._envelope(blob)
            if envelope is None:
                unreadable.append(ref)
            else:
                envelopes.append(envelope)
        self._unreadable = tuple(unreadable)
        return tuple(envelopes)

    def _envelope(self, blob: str) -> Envelope | None:
        found = self._workshop.contents(blob)
        if found is None or found[0] != "blob" or len(found[1]) > _MAX_BYTES:
            return None
        try:
            return msgspec.json.decode(found[1], type=Envelope)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def write(self, id: str, envelope: Envelope) -> None:  # noqa: A002 - the port's word
        """Store an envelope as a blob and point a ref at it."""
        if not _ID.match(id):
            raise InputError(f"not the id of a statement: {id!r}")
        data = msgspec.json.encode(envelope)
        if len(data) > _MAX_BYTES:
            raise InputError(f"the statement has {len(data)} bytes; at most {_MAX_BYTES} travel")
        where = [f"--git-dir={self._workshop.theirs.common}"]
        _, blob = run([*where, "hash-object", "-w", "--no-filters", "--stdin"], stdin=data)
        run([*where, "update-ref", f"{_PREFIX}{id}", blob.decode("ascii").strip()])
