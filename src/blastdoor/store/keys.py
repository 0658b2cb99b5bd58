"""Key files, and signing with them: by ourselves where the key lies open, else by `ssh-keygen`.

An encrypted key, a security key and a key that lives in an agent are `ssh-keygen`'s work: it asks for the
passphrase or the touch on the person's own terminal, and Blastdoor never sees either.
"""

import base64
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from blastdoor.errors import InputError, SourceError
from blastdoor.model import NAMESPACE, Value
from blastdoor.people.sshkeys import Reader, parse_public_key, read_public_blob
from blastdoor.people.sshsig import sign, verify

if TYPE_CHECKING:
    from blastdoor.people.sshsig import PrivateKey

_MAX_BYTES = 65_536
_OPENSSH_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_OPENSSH_END = b"-----END OPENSSH PRIVATE KEY-----"
_OPENSSH_MAGIC = b"openssh-key-v1\0"
_HINT = "an OpenSSH key file is wanted: ~/.ssh/id_ed25519, or its .pub with the key in an agent"


class _OpenSsh(Value, frozen=True, kw_only=True):
    """What an OpenSSH private key file says in the clear (PROTOCOL.key): its public key, its cipher."""

    public: str
    encrypted: bool

    @property
    def in_hardware(self) -> bool:
        """A security key: the file holds a handle, and the key never leaves its device."""
        return self.public.startswith("sk-")


def load_private_key(path: Path) -> "PrivateKey":
    """The private key of an unencrypted OpenSSH or PEM file (Ed25519, ECDSA or RSA).

    InputError if the file is not that; its hint says so where `ssh-keygen` can sign with it all the same.
    How widely the file may be read is not looked at.
    """
    key = _private_key(path, _read(path))
    if key is None:
        raise InputError(
            f"{path}: the key is encrypted, or is in a security key",
            hint="only ssh-keygen can sign with it",
        )
    return key


def throwaway_key() -> "tuple[PrivateKey, str]":
    """An Ed25519 key for one run, and its canonical public key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return key, line.decode("ascii")


def public_key_of(path: Path) -> str:
    """The canonical public key of a key file, private or public, without asking for a passphrase.

    InputError if it cannot be told: then its `.pub` file is missing.
    """
    data = _read(path)
    if _is_private(data):
        return _public_of_private(path, data)
    try:
        return parse_public_key(data.decode("utf-8", "replace"))
    except ValueError as error:
        raise InputError(f"{path}: not a key file: {error}", hint=_HINT) from error


def sign_statement(key_file: Path, message: bytes, namespace: str = NAMESPACE) -> tuple[str, str]:
    """The canonical public key, and an armored signature over `message`, by default as of an approval.

    InputError if the file is no key; SourceError if `ssh-keygen` was needed and is absent or failed.
    """
    data = _read(key_file)
    key = _private_key(key_file, data) if _is_private(data) else None
    if key is not None:
        try:
            armored = sign(key, message, namespace)
        except ValueError as error:
            raise InputError(f"{key_file}: {error}", hint=_HINT) from error
        return verify(armored, message, namespace).key, armored
    expected = public_key_of(key_file)
    armored = _sign_by_ssh_keygen(key_file, message, namespace)
    try:
        signed = verify(armored, message, namespace)
    except ValueError as error:
        raise SourceError(f"ssh-keygen made a signature that does not verify: {error}") from error
    if signed.key != expected:
        raise SourceError(f"ssh-keygen signed with another key than that of {key_file}")
    return signed.key, armored


def _sign_by_ssh_keygen(key_file: Path, message: bytes, namespace: str) -> str:
    command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(key_file)]
    try:
        # Its standard error stays the person's: that is where it asks for a touch.
        made = subprocess.run(command, input=message, stdout=subprocess.PIPE, check=False)
    except OSError as error:
        raise SourceError(
            f"{key_file}: signing with this key takes ssh-keygen, which cannot be run ({error.strerror})",
            hint="install OpenSSH (8.2 or newer), or use an unencrypted private key file",
        ) from error
    if made.returncode != 0:
        raise SourceError(
            f"ssh-keygen could not sign with {key_file} (status {made.returncode})",
            hint="was the passphrase right, and is the key in your agent (`ssh-add -L`)?",
        )
    return made.stdout.decode("ascii", "replace")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: the key file cannot be read ({error.strerror})", hint=_HINT) from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"{path}: not a key file: it is larger than {_MAX_BYTES} bytes", hint=_HINT)
    return data


def _is_private(data: bytes) -> bool:
    return b"-----BEGIN " in data and b"PRIVATE KEY-----" in data


def _private_key(path: Path, data: bytes) -> "PrivateKey | None":
    """The key of a private key file; None if it is encrypted or in a security key."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - start-up

    openssh = _openssh(path, data)
    if openssh is not None and (openssh.encrypted or openssh.in_hardware):
        return None
    load = serialization.load_pem_private_key if openssh is None else serialization.load_ssh_private_key
    try:
        key = load(data, None)
    except TypeError:  # how `cryptography` says that a password is needed
        return None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"{path}: not a private key that can be read", hint=_HINT) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise InputError(f"{path}: not an Ed25519, ECDSA or RSA key", hint=_HINT)
    return key


def _public_of_private(path: Path, data: bytes) -> str:
    openssh = _openssh(path, data)
    if openssh is not None:
        return openssh.public
    key = _private_key(path, data)
    if key is None:
        public = path.with_name(path.name + ".pub")
        if not public.exists():
            raise InputError(
                f"{path}: the key is encrypted, and {public.name} is not beside it",
                hint=f"write it: ssh-keygen -y -f {path} > {public}",
            )
        return public_key_of(public)
    try:
        return verify(sign(key, b"", NAMESPACE), b"", NAMESPACE).key
    except ValueError as error:
        raise InputError(f"{path}: {error}", hint=_HINT) from error


def _openssh(path: Path, data: bytes) -> _OpenSsh | None:
    """The open part of an OpenSSH private key file; None if it is a PEM file of another kind."""
    begin = data.find(_OPENSSH_BEGIN)
    if begin < 0:
        return None
    encoded = data[begin + len(_OPENSSH_BEGIN) :].partition(_OPENSSH_END)[0]
    try:
        reader = Reader(base64.b64decode(b"".join(encoded.split()), validate=True), "the key file")
        if reader.take(len(_OPENSSH_MAGIC)) != _OPENSSH_MAGIC:
            raise ValueError("it is of another version")
        cipher, _kdf, _options = reader.string(), reader.string(), reader.string()
        if reader.number() != 1:
            raise ValueError("it holds more than one key")
        public = read_public_blob(reader.string())
    except ValueError as error:
        raise InputError(f"{path}: not a key file: {error}", hint=_HINT) from error
    return _OpenSsh(public=public.line, encrypted=cipher != b"none")
