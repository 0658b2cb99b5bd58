"""A security key in software, after OpenSSH's PROTOCOL.u2f: it can say that its user was verified."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from builders import private_key

_TYPE, _APPLICATION = b"sk-ssh-ed25519@openssh.com", b"ssh:"
_PRESENT, _VERIFIED = 0x01, 0x04


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _public(id_: str) -> bytes:
    raw = private_key(f"sk {id_}").public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _string(_TYPE) + _string(raw) + _string(_APPLICATION)


def passkey(id_: str) -> str:
    """A person's security key as a roster lists it."""
    return f"{_TYPE.decode()} {base64.b64encode(_public(id_)).decode()}"


def in_person(id_: str, payload: bytes, namespace: str, *, verified: bool = True) -> str:
    """An armored signature by a person's security key, touched, and with the user verified or not."""
    signed = _string(namespace.encode()) + _string(b"") + _string(b"sha512")
    data = b"SSHSIG" + signed + _string(hashlib.sha512(payload).digest())
    tail = struct.pack(">BI", _PRESENT | (_VERIFIED if verified else 0), 7)
    challenge = hashlib.sha256(_APPLICATION).digest() + tail + hashlib.sha256(data).digest()
    made = _string(_TYPE) + _string(private_key(f"sk {id_}").sign(challenge)) + tail
    blob = b"SSHSIG" + struct.pack(">I", 1) + _string(_public(id_)) + signed + _string(made)
    text = base64.b64encode(blob).decode()
    lines = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"
