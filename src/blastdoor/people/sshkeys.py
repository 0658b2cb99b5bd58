"""OpenSSH public keys, read from the one line and the one binary form they have.

The wire encoding is RFC 4251 section 5; keys are RFC 4253 section 6.6 (RSA), RFC 5656 (ECDSA), RFC 8709
(Ed25519) and OpenSSH's PROTOCOL.u2f (the `sk-` types of security keys). A key has exactly one form that is
accepted here, so that "the same key" can be told by comparing text.
"""

import base64
import binascii
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from blastdoor.model import Value

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

#: Longest line that is looked at.
MAX_LINE = 16_384
_MIN_RSA_BITS, _MAX_RSA_BITS = 2048, 8192
_MAX_EXPONENT_BITS = 64
_ED25519_SIZE = 32

ED25519 = "ssh-ed25519"
RSA = "ssh-rsa"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
#: Key type to curve name, as both stand in an ECDSA key.
CURVES = {
    "ecdsa-sha2-nistp256": "nistp256",
    "ecdsa-sha2-nistp384": "nistp384",
    "ecdsa-sha2-nistp521": "nistp521",
    SK_ECDSA: "nistp256",
}


class PublicKey(Value, frozen=True, kw_only=True):
    """A public key: its `type`, and its whole binary form `blob`.

    `point` is an Ed25519 key, or an ECDSA point of `curve`, uncompressed. `exponent` and `modulus` are RSA's.
    `application` is a security key's, and None for every other key.
    """

    type: str
    blob: bytes
    curve: str = ""
    point: bytes = b""
    exponent: int = 0
    modulus: int = 0
    application: bytes | None = None

    @property
    def line(self) -> str:
        """The canonical `type base64`, without a comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode('ascii')}"


class Reader:
    """Takes the SSH wire encoding apart. Every error is a ValueError that says what is wrong with `what`."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._what = what
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        taken = self._data[self._at : self._at + size]
        if len(taken) != size:
            raise ValueError(f"{self._what} is cut short")
        self._at += size
        return taken

    def number(self) -> int:
        """An unsigned 32-bit number."""
        return int(struct.unpack(">I", self.take(4))[0])

    def string(self) -> bytes:
        """A length and as many bytes."""
        return self.take(self.number())

    def text(self) -> str:
        """A string of ASCII, as all names in this encoding are."""
        raw = self.string()
        if not raw.isascii():
            raise ValueError(f"{self._what} has a name in it that is not ASCII")
        return raw.decode("ascii")

    def positive(self) -> int:
        """An mpint greater than zero, in its shortest form."""
        raw = self.string()
        value = int.from_bytes(raw, "big", signed=True)
        if value <= 0 or raw != to_mpint(value):
            raise ValueError(f"{self._what} has a number in it that is not positive and in its shortest form")
        return value

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise ValueError(f"{self._what} has bytes after its end")


def to_string(data: bytes) -> bytes:
    """A length and as many bytes."""
    return struct.pack(">I", len(data)) + data


def to_mpint(value: int) -> bytes:
    """The bytes of a positive number, with the zero in front that keeps it positive; no length."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def decode_base64(text: str, what: str) -> bytes:
    """Base64 in its one canonical form: no other characters, no missing padding, no stray bits."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{what} is not base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError(f"{what} is not base64 in its canonical form")
    return data


def parse_public_key(line: str) -> str:
    """An OpenSSH public key line (`type base64 [comment]`) as its canonical `type base64`.

    Raises ValueError with a sentence for everything else: options in front, another type, a weak or
    malformed key, bytes left over.
    """
    return read_public_line(line).line


def read_public_line(line: str) -> PublicKey:
    """As `parse_public_key`, but the key itself."""
    if len(line) > MAX_LINE:
        raise ValueError(f"the line is longer than {MAX_LINE} characters")
    text = line.strip(" \t\r\n")
    if "\n" in text or "\r" in text or "\0" in text:
        raise ValueError("there is more than one line; a public key is one line")
    # At most one comment; it may hold anything.
    words = text.replace("\t", " ").split(" ", 1)
    type_ = words[0]
    if type_ not in _FIELDS:
        raise ValueError(
            f"a line starts with the type of its key, and {type_[:60]!r} is none that is known"
            f" ({', '.join(_FIELDS)})"
        )
    encoded = words[1].lstrip(" ").split(" ", 1)[0] if len(words) > 1 else ""
    if not encoded:
        raise ValueError(f"after {type_} the key itself is missing")
    key = read_public_blob(decode_base64(encoded, "the key"))
    if key.type != type_:
        raise ValueError(f"the line says {type_}, but the key in it is {key.type}")
    return key


def read_public_blob(blob: bytes) -> PublicKey:
    """The key of its binary form. Raises ValueError."""
    reader = Reader(blob, "the key")
    type_ = reader.text()
    if type_ not in _FIELDS:
        raise ValueError(f"keys of type {type_[:60]!r} are not read here")
    key = _FIELDS[type_](reader, type_, blob)
    reader.end()
    return key


def _ed25519(reader: Reader, type_: str, blob: bytes) -> PublicKey:
    point = reader.string()
    if len(point) != _ED25519_SIZE:
        raise ValueError(f"an Ed25519 key has {_ED25519_SIZE} bytes, this one {len(point)}")
    return PublicKey(type=type_, blob=blob, point=point, application=_application(reader, type_))


def _ecdsa(reader: Reader, type_: str, blob: bytes) -> PublicKey:
    curve, point = reader.text(), reader.string()
    if curve != CURVES[type_]:
        raise ValueError(f"the key is {type_}, but names the curve {curve[:60]!r}")
    _check_point(curve, point)
    return PublicKey(type=type_, blob=blob, curve=curve, point=point, application=_application(reader, type_))


def _check_point(curve: str, point: bytes) -> None:
    # Imported here: most runs meet no ECDSA key, and this import costs 40 ms.
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if point[:1] != b"\x04":
        raise ValueError("an ECDSA key must be an uncompressed point")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(curve_of(curve), point)
    except ValueError as error:
        raise ValueError(f"the key is not a point of the curve {curve}") from error


def curve_of(name: str) -> "ec.EllipticCurve":
    """The curve of its SSH name."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - start-up

    curves: dict[str, ec.EllipticCurve] = {
        "nistp256": ec.SECP256R1(),
        "nistp384": ec.SECP384R1(),
        "nistp521": ec.SECP521R1(),
    }
    return curves[name]


def _rsa(reader: Reader, type_: str, blob: bytes) -> PublicKey:
    exponent, modulus = reader.positive(), reader.positive()
    bits = modulus.bit_length()
    if not _MIN_RSA_BITS <= bits <= _MAX_RSA_BITS:
        raise ValueError(f"an RSA key has {_MIN_RSA_BITS} to {_MAX_RSA_BITS} bits, this one {bits}")
    # A huge exponent makes every verification slow; an even one, or 1, is no RSA.
    if exponent % 2 == 0 or exponent == 1 or exponent.bit_length() > _MAX_EXPONENT_BITS or modulus % 2 == 0:
        raise ValueError("the numbers of this RSA key are not those of an RSA key")
    return PublicKey(type=type_, blob=blob, exponent=exponent, modulus=modulus)


def _application(reader: Reader, type_: str) -> bytes | None:
    if type_ not in {SK_ED25519, SK_ECDSA}:
        return None
    application = reader.string()
    # A security key signs for many sites; only one enrolled for SSH speaks here.
    if not application.startswith(b"ssh:"):
        raise ValueError("a security key must be enrolled for an application that starts with ssh:")
    return application


_FIELDS: dict[str, Callable[[Reader, str, bytes], PublicKey]] = {
    ED25519: _ed25519,
    "ecdsa-sha2-nistp256": _ecdsa,
    "ecdsa-sha2-nistp384": _ecdsa,
    "ecdsa-sha2-nistp521": _ecdsa,
    RSA: _rsa,
    SK_ED25519: _ed25519,
    SK_ECDSA: _ecdsa,
}
