"""What somebody signed, as it travels: a blob and a ref each. Approvals, reports, deployments, overrides."""

import re
from collections.abc import Sequence

import msgspec

from blastdoor.errors import InputError, SourceError
from blastdoor.formats import escape_path
from blastdoor.git.process import run
from blastdoor.git.survey import SIGNED
from blastdoor.git.workshop import Workshop
from blastdoor.model import Envelope

_ID = re.compile(r"[a-z]{3}_[a-z2-7]{16}\Z")
_MAX_REFS = 10_000
_MAX_BYTES = 65_536


class GitStatements:
    """`ports.StatementStore` on a repository's refs, for one folder of them (`approvals`)."""

    def __init__(self, workshop: Workshop, folder: str) -> None:
        self._workshop = workshop
        self._folder = f"{SIGNED}{folder}/"
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
        everything = self._workshop.theirs.signed
        refs = {ref: blob for ref, blob in everything.items() if ref.startswith(self._folder)}
        if len(refs) > _MAX_REFS:
            raise SourceError(
                f"{len(refs)} statements under {self._folder}; at most {_MAX_REFS} are read",
                hint="delete the refs of changes that have landed",
            )
        envelopes, unreadable = [], []
        for ref, blob in sorted(refs.items()):
            envelope = self._envelope(blob)
            if envelope is None:
                unreadable.append(escape_path(ref.encode("utf-8", "surrogateescape")))
            else:
                envelopes.append(envelope)
        self._unreadable = tuple(unreadable)
        return tuple(envelopes)

    def _envelope(self, blob: str) -> Envelope | None:
        found = self._workshop.contents(blob, _MAX_BYTES)
        if found is None or found[0] != "blob" or found[1] is None:
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
        self._refuse_hooks_by_setting(where)
        _, blob = run([*where, "hash-object", "-w", "--no-filters", "--stdin"], stdin=data)
        id_ = blob.decode("ascii").strip()
        run([*where, "update-ref", f"{self._folder}{id}", id_])
        self._workshop.theirs.signed[f"{self._folder}{id}"] = id_
        self._read = None

    def remove(self, id: str) -> None:  # noqa: A002 - the port's word
        """Take back what `write` stored just now."""
        run([f"--git-dir={self._workshop.theirs.common}", "update-ref", "-d", f"{self._folder}{id}"])
        self._workshop.theirs.signed.pop(f"{self._folder}{id}", None)
        self._read = None

    def _refuse_hooks_by_setting(self, where: Sequence[str]) -> None:
        # Git 2.54 and newer run programs that settings name where a ref is written. They are switched off
        # on each command line, but that switch is young too; so where one stands, nothing is written.
        _, out = run([*where, "config", "--null", "--get-regexp", r"^hook\..*\.event$"], accept=(0, 1))
        events = [setting.partition(b"\n")[2].strip() for setting in out.split(b"\0")]
        if b"reference-transaction" in events:
            raise SourceError(
                "the repository's settings run a program whenever a ref is written: nothing is stored here",
                hint="remove the hook on reference-transaction: git config --get-regexp '^hook'",
            )
