"""SSH signatures: the SSHSIG format of OpenSSH's PROTOCOL.sshsig, without OpenSSH.

What `ssh-keygen -Y sign` makes is verified here, and what is signed here `ssh-keygen -Y verify` accepts.
A signature by a security key (PROTOCOL.u2f) also tells whether its user was present, and verified.
`cryptography` is imported where it is used: 40 ms that a run without signatures need not spend.
"""

import base64
import hashlib
from typing import TYPE_CHECKING

from blastdoor.model import Value
from blastdoor.people.sshkeys import (
    RSA,
    PublicKey,
    Reader,
    curve_of,
    decode_base64,
    parse_public_key,
    read_public_blob,
    read_public_line,
    to_mpint,
    to_string,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

__all__ = ["MAX_ARMOR", "SignedBy", "parse_public_key", "sign", "verify"]

#: Characters of an armored signature that are looked at; the largest real one (RSA 8192) has about 3,000.
MAX_ARMOR = 16_384
_MAGIC = b"SSHSIG"
_VERSION = 1
_BEGIN = "-----BEGIN SSH SIGNATURE-----\n"
_END = "\n-----END SSH SIGNATURE-----"
_COLUMNS = 70
_HASHES = ("sha256", "sha512")
_RSA_HASHES = {"rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512"}
_ED25519_SIGNATURE = 64
_USER_PRESENT = 0x01
_USER_VERIFIED = 0x04


class SignedBy(Value, frozen=True, kw_only=True):
    """Whose key signed, as its canonical `type base64`.

    `user_present` and `user_verified` are what a security key vouches for; no other key can.
    """

    key: str
    user_present: bool
    user_verified: bool


def verify(armored: str, message: bytes, namespace: str) -> SignedBy:
    """Who signed `message` for `namespace`. The key is proven, not trusted: the caller asks whose it is.

    Raises ValueError with the reason if nobody did: damaged armor or encoding, another version, namespace
    or message, a weak algorithm, a security key whose user was not present.
    """
    if not namespace:
        raise ValueError("an SSH signature must be for a namespace, and none was given")
    reader = Reader(_unarmored(armored), "the signature")
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise ValueError("this is not an SSH signature")
    version = reader.number()
    if version != _VERSION:
        raise ValueError(f"this is an SSH signature of version {version}; only {_VERSION} is read")
    blob, signed_for, reserved = reader.string(), reader.string(), reader.string()
    algorithm, signature = reader.text(), reader.string()
    reader.end()
    if signed_for != namespace.encode("utf-8", "surrogatepass"):
        raise ValueError(
            f"it was signed for {signed_for[:60].decode('utf-8', 'replace')!r}, not {namespace!r}"
        )
    key = read_public_blob(blob)
    data = _signed_data(message, signed_for, reserved, algorithm)
    flags = _check(key, signature, data)
    return SignedBy(
        key=key.line, user_present=bool(flags & _USER_PRESENT), user_verified=bool(flags & _USER_VERIFIED)
    )


def sign(private_key: "PrivateKey", message: bytes, namespace: str) -> str:
    """An armored signature over `message` for `namespace`, by a private key object of `cryptography`.

    Raises ValueError for a key that could not be verified again (another curve, a short RSA key).
    """
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - start-up
        Encoding,
        PublicFormat,
    )

    if not namespace:
        raise ValueError("an SSH signature must be for a namespace, and none was given")
    public = private_key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    key = read_public_line(public.decode("ascii"))
    name = namespace.encode("utf-8")
    data = _signed_data(message, name, b"", "sha512")
    blob = (
        _MAGIC
        + _VERSION.to_bytes(4, "big")
        + b"".join(to_string(part) for part in (key.blob, name, b"", b"sha512"))
        + to_string(_signature(private_key, key, data))
    )
    encoded = base64.b64encode(blob).decode("ascii")
    lines = [encoded[start : start + _COLUMNS] for start in range(0, len(encoded), _COLUMNS)]
    return f"{_BEGIN}{chr(10).join(lines)}{_END}\n"


def _unarmored(armored: str) -> bytes:
    if len(armored) > MAX_ARMOR:
        raise ValueError(f"it is longer than {MAX_ARMOR} characters; no SSH signature is")
    text = armored.removesuffix("\n")
    if not text.startswith(_BEGIN) or not text.endswith(_END):
        raise ValueError("it does not begin and end as an armored SSH signature does")
    return decode_base64(text[len(_BEGIN) : -len(_END)].replace("\n", ""), "what stands in the armor")


def _signed_data(message: bytes, namespace: bytes, reserved: bytes, algorithm: str) -> bytes:
    """What the key signs.

    `reserved` goes in as it stands: its meaning is ignored, but nobody can add to it afterwards.
    """
    if algorithm not in _HASHES:
        raise ValueError(f"it hashes its message by {algorithm[:60]!r}; sha256 and sha512 are accepted")
    hashed = hashlib.new(algorithm, message).digest()
    return _MAGIC + b"".join(
        to_string(part) for part in (namespace, reserved, algorithm.encode("ascii"), hashed)
    )


def _check(key: PublicKey, signature: bytes, data: bytes) -> int:
    """The flags that a security key signed with the data; 0 for other keys. Raises ValueError."""
    reader = Reader(signature, "the signature")
    algorithm, raw = reader.text(), reader.string()
    if algorithm not in (_RSA_HASHES if key.type == RSA else (key.type,)):
        raise ValueError(f"a key of type {key.type} must not sign by {algorithm[:60]!r}")
    flags = 0
    if key.application is not None:
        tail = reader.take(5)  # one byte of flags, and the four of the authenticator's counter
        flags = tail[0]
        data = hashlib.sha256(key.application).digest() + tail + hashlib.sha256(data).digest()
    reader.end()
    _check_raw(key, algorithm, raw, data)
    if key.application is not None and not flags & _USER_PRESENT:
        raise ValueError("the security key signed without its user being present")
    return flags


def _check_raw(key: PublicKey, algorithm: str, raw: bytes, data: bytes) -> None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - start-up

    try:
        if key.curve:
            _check_ecdsa(key, raw, data)
        elif key.modulus:
            _check_rsa(key, algorithm, raw, data)
        else:
            _check_ed25519(key, raw, data)
    except InvalidSignature as error:
        raise ValueError("the key it names did not sign this") from error
    except UnsupportedAlgorithm as error:  # a restricted build of OpenSSL lacks some curves
        raise ValueError(f"this machine cannot verify a key of type {key.type}") from error


def _check_ed25519(key: PublicKey, raw: bytes, data: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - start-up

    if len(raw) != _ED25519_SIGNATURE:
        raise ValueError(f"an Ed25519 signature has {_ED25519_SIGNATURE} bytes, this one {len(raw)}")
    Ed25519PublicKey.from_public_bytes(key.point).verify(raw, data)


def _check_ecdsa(key: PublicKey, raw: bytes, data: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - start-up

    reader = Reader(raw, "the ECDSA signature")
    r, s = reader.positive(), reader.positive()
    reader.end()
    curve = curve_of(key.curve)
    if r >= curve.group_order or s >= curve.group_order:
        raise ValueError("the numbers of the ECDSA signature are outside their range")
    public = ec.EllipticCurvePublicKey.from_encoded_point(curve, key.point)
    public.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(_curve_hash(key.curve)))


def _curve_hash(curve: str) -> "hashes.HashAlgorithm":
    """RFC 5656 section 6.2.1: the size of the curve sets the hash."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - start-up

    by_curve: dict[str, hashes.HashAlgorithm] = {
        "nistp256": hashes.SHA256(),
        "nistp384": hashes.SHA384(),
        "nistp521": hashes.SHA512(),
    }
    return by_curve[curve]


def _check_rsa(key: PublicKey, algorithm: str, raw: bytes, data: bytes) -> None:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 - start-up

    size = (key.modulus.bit_length() + 7) // 8
    if len(raw) != size:
        raise ValueError(f"a signature by this RSA key has {size} bytes, this one {len(raw)}")
    hash_ = hashes.SHA256() if _RSA_HASHES[algorithm] == "sha256" else hashes.SHA512()
    public = rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key()
    public.verify(raw, data, padding.PKCS1v15(), hash_)


def _signature(private_key: "PrivateKey", key: PublicKey, data: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils  # noqa: PLC0415 - start-up

    algorithm = key.type
    if isinstance(private_key, rsa.RSAPrivateKey):
        algorithm = "rsa-sha2-512"
        raw = private_key.sign(data, padding.PKCS1v15(), hashes.SHA512())
    elif isinstance(private_key, ec.EllipticCurvePrivateKey):
        r, s = utils.decode_dss_signature(private_key.sign(data, ec.ECDSA(_curve_hash(key.curve))))
        raw = to_string(to_mpint(r)) + to_string(to_mpint(s))
    else:
        raw = private_key.sign(data)
    return to_string(algorithm.encode("ascii")) + to_string(raw)
