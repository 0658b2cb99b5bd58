"""Files that a person names on the command line."""

import sys
import tempfile
from pathlib import Path

from blastdoor.errors import InputError


def read_file(name: str, limit: int) -> bytes:
    """The bytes of a file, or of standard input for `-`. InputError if it cannot be read or is too large."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise InputError(f"{name} is larger than {limit} bytes")
    return data


def write_file(name: str, data: bytes) -> None:
    """Write a file whole or not at all. InputError if it cannot be written."""
    path = Path(name)
    if not name or path.is_dir():
        raise InputError(f"{name or 'a file without a name'} cannot be written: it is a folder")
    part = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".blastdoor-", delete=False) as file:
            part = file.name
            file.write(data)
        Path(part).replace(path)
    except OSError as error:
        if part:
            Path(part).unlink(missing_ok=True)
        raise InputError(f"{name} cannot be written: {error.strerror}") from error
