"""Every error this package raises on purpose.

Error
├── InputError       somebody can fix it: a bad file, ref, argument or setting
├── SourceError      the outside world failed: git, a disk, a database, ssh-keygen
└── IntegrityError   a record does not verify; never retried, never hidden

The command line alone prints them and exits: 2 for each of them, so that a caller who only looks at the
status finds the door shut.
"""


class Error(Exception):
    """Something went wrong that a person can act on.

    `message` says what is wrong and where; `hint`, if any, says what to do.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(Error):
    """A file, ref, argument or setting is wrong, and its owner can put it right."""


class SourceError(Error):
    """The outside world failed: git, a disk, a database, a program we call."""


class IntegrityError(Error):
    """A record is not what it claims to be."""
