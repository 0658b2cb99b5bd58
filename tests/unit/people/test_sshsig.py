"""SSH signatures: whose they are, and everything that is not one."""

import base64
import hashlib
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.people.sshkeys import to_mpint, to_string
from blastdoor.people.sshsig import SignedBy, parse_public_key, sign, verify

SPACE = "approval@blastdoor"
MESSAGE = b'{"answer":"yes"}'
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
PRESENT, VERIFIED = 0x01, 0x04

KEYS: dict[str, Any] = {
    "ssh-ed25519": ed25519.Ed25519PrivateKey.from_private_bytes(b"the same key in every run of it."),
    "ecdsa-sha2-nistp256": ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-sha2-nistp384": ec.generate_private_key(ec.SECP384R1()),
    "ecdsa-sha2-nistp521": ec.generate_private_key(ec.SECP521R1()),
    "ssh-rsa": rsa.generate_private_key(65537, 2048),
}
each_key = pytest.mark.parametrize("type_", KEYS)
needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"
)


def public_line(private: Any) -> str:
    return str(private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


def join(*parts: bytes | str) -> bytes:
    return b"".join(to_string(part.encode() if isinstance(part, str) else part) for part in parts)


def armor(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


def unarmor(armored: str) -> bytes:
    return base64.b64decode("".join(armored.splitlines()[1:-1]))


def public_blob(line: str) -> bytes:
    return base64.b64decode(line.split()[1])


class Parts:
    """A signature blob by its fields, so that a test can put one wrong."""

    def __init__(self, key: bytes, sign_raw: Callable[[bytes], bytes], **fields: Any) -> None:
        self.magic, self.version, self.reserved = b"SSHSIG", 1, b""
        self.space, self.hash, self.key, self.sign_raw = SPACE.encode(), "sha512", key, sign_raw
        self.tail = b""
        self.__dict__.update(fields)

    def armored(self, message: bytes = MESSAGE) -> str:
        hashed = hashlib.new("sha256" if self.hash == "sha256" else "sha512", message).digest()
        data = b"SSHSIG" + join(self.space, self.reserved, self.hash, hashed)
        blob = self.magic + struct.pack(">I", self.version)
        blob += join(self.key, self.space, self.reserved, self.hash, self.sign_raw(data))
        return armor(blob + self.tail)


def by_ed25519(**fields: Any) -> Parts:
    private = KEYS["ssh-ed25519"]
    key = public_blob(public_line(private))
    fields.setdefault("key", key)
    fields.setdefault("sign_raw", lambda data: join("ssh-ed25519", private.sign(data)))
    return Parts(**fields)


class Authenticator:
    """A security key in software, after OpenSSH's PROTOCOL.u2f."""

    def __init__(self, type_: str, application: bytes = b"ssh:", flags: int = PRESENT) -> None:
        self.type, self.application, self.flags, self.counter = type_, application, flags, 7
        self.private: Any = KEYS["ssh-ed25519" if type_ == SK_ED25519 else "ecdsa-sha2-nistp256"]
        public = self.private.public_key()
        if type_ == SK_ED25519:
            point = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            self.key = join(type_, point, application)
        else:
            point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            self.key = join(type_, "nistp256", point, application)

    def sign_raw(self, data: bytes) -> bytes:
        tail = struct.pack(">BI", self.flags, self.counter)
        challenge = hashlib.sha256(self.application).digest() + tail + hashlib.sha256(data).digest()
        if self.type == SK_ED25519:
            raw = self.private.sign(challenge)
        else:
            signature = self.private.sign(challenge, ec.ECDSA(hashes.SHA256()))
            raw = join(*(to_mpint(number) for number in utils.decode_dss_signature(signature)))
        return join(self.type, raw) + tail

    def armored(self, **fields: Any) -> str:
        return Parts(self.key, self.sign_raw, **fields).armored()

    def line(self) -> str:
        return f"{self.type} {base64.b64encode(self.key).decode()}"


SIGNATURES = {type_: sign(private, MESSAGE, SPACE) for type_, private in KEYS.items()} | {
    SK_ED25519: Authenticator(SK_ED25519).armored(),
    SK_ECDSA: Authenticator(SK_ECDSA).armored(),
}


# --- round trips -----------------------------------------------------------------------------------------


@each_key
def test_what_is_signed_verifies_and_names_its_key(type_: str) -> None:
    signed = verify(sign(KEYS[type_], MESSAGE, SPACE), MESSAGE, SPACE)
    assert signed == SignedBy(key=public_line(KEYS[type_]), user_present=False, user_verified=False)
    assert signed.key.startswith(type_ + " ")


@given(message=st.binary(max_size=300), namespace=st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_message_and_namespace_make_the_round_trip(message: bytes, namespace: str) -> None:
    private = KEYS["ssh-ed25519"]
    assert verify(sign(private, message, namespace), message, namespace).key == public_line(private)


def test_a_huge_message_is_signed_by_its_hash() -> None:
    message = b"x" * 20_000_000
    assert verify(sign(KEYS["ssh-ed25519"], message, SPACE), message, SPACE).key


def test_armor_has_seventy_columns() -> None:
    lines = SIGNATURES["ssh-rsa"].splitlines()
    assert {len(line) for line in lines[1:-2]} == {70}


@pytest.mark.parametrize("hash_", ["sha256", "sha512"])
def test_both_hashes_of_the_format_are_read(hash_: str) -> None:
    assert verify(by_ed25519(hash=hash_).armored(), MESSAGE, SPACE).key


def test_rsa_may_sign_by_sha256() -> None:
    private = KEYS["ssh-rsa"]

    def raw(data: bytes) -> bytes:
        return join("rsa-sha2-256", private.sign(data, padding.PKCS1v15(), hashes.SHA256()))

    assert verify(Parts(public_blob(public_line(private)), raw).armored(), MESSAGE, SPACE).key


def test_a_reserved_field_is_signed_and_otherwise_ignored() -> None:
    assert verify(by_ed25519(reserved=b"later").armored(), MESSAGE, SPACE).key


# --- with OpenSSH ----------------------------------------------------------------------------------------


def write_private(private: Any, path: Path) -> None:
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)


@needs_ssh_keygen
@each_key
def test_what_ssh_keygen_signs_verifies_here(type_: str, tmp_path: Path) -> None:
    write_private(KEYS[type_], tmp_path / "key")
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", SPACE, "-f", str(tmp_path / "key")]
    made = subprocess.run(command, input=MESSAGE, capture_output=True, check=True)
    assert verify(made.stdout.decode(), MESSAGE, SPACE).key == public_line(KEYS[type_])


def ssh_keygen_accepts(armored: str, line: str, folder: Path) -> bool:
    (folder / "allowed").write_text(f"ines {line}\n")
    (folder / "sig").write_text(armored)
    command = ["ssh-keygen", "-Y", "verify", "-f", str(folder / "allowed"), "-I", "ines", "-n", SPACE]
    ran = subprocess.run(
        [*command, "-s", str(folder / "sig")], input=MESSAGE, capture_output=True, check=False
    )
    return ran.returncode == 0


@needs_ssh_keygen
@each_key
def test_what_is_signed_here_ssh_keygen_verifies(type_: str, tmp_path: Path) -> None:
    assert ssh_keygen_accepts(SIGNATURES[type_], public_line(KEYS[type_]), tmp_path)


@needs_ssh_keygen
@pytest.mark.parametrize("type_", [SK_ED25519, SK_ECDSA])
def test_ssh_keygen_takes_our_security_key_for_real(type_: str, tmp_path: Path) -> None:
    """It holds the fake of these tests to the format: OpenSSH verifies it as it verifies hardware."""
    key = Authenticator(type_)
    assert ssh_keygen_accepts(key.armored(), key.line(), tmp_path)


# --- security keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", [SK_ED25519, SK_ECDSA])
def test_a_security_key_vouches_for_its_user(type_: str) -> None:
    touched = verify(Authenticator(type_).armored(), MESSAGE, SPACE)
    assert touched == SignedBy(key=Authenticator(type_).line(), user_present=True, user_verified=False)
    verified = verify(Authenticator(type_, flags=PRESENT | VERIFIED).armored(), MESSAGE, SPACE)
    assert verified.user_verified
    assert verify(Authenticator(type_, b"ssh:work").armored(), MESSAGE, SPACE).key


@pytest.mark.parametrize("flags", [0, VERIFIED])
def test_a_security_key_that_nobody_touched_is_refused(flags: int) -> None:
    with pytest.raises(ValueError, match="without its user being present"):
        verify(Authenticator(SK_ED25519, flags=flags).armored(), MESSAGE, SPACE)


def test_a_security_key_of_a_website_is_refused() -> None:
    key = Authenticator(SK_ECDSA, b"https://shop.example")
    with pytest.raises(ValueError, match="starts with ssh:"):
        verify(key.armored(), MESSAGE, SPACE)
    with pytest.raises(ValueError, match="starts with ssh:"):
        parse_public_key(key.line())


def test_presence_cannot_be_claimed_for_a_signature_that_had_none() -> None:
    key = Authenticator(SK_ED25519, flags=0)

    def lying(data: bytes) -> bytes:
        return key.sign_raw(data)[:-5] + struct.pack(">BI", PRESENT | VERIFIED, key.counter)

    with pytest.raises(ValueError, match="did not sign this"):
        verify(Parts(key.key, lying).armored(), MESSAGE, SPACE)


# --- everything else is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("type_", SIGNATURES)
@given(data=st.data())
def test_no_changed_byte_of_a_signature_goes_unseen(type_: str, data: st.DataObject) -> None:
    blob = bytearray(unarmor(SIGNATURES[type_]))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match=r"."):
        verify(armor(bytes(blob)), MESSAGE, SPACE)


@pytest.mark.parametrize("type_", ["ssh-ed25519", SK_ECDSA])
def test_no_byte_at_all_can_be_flipped(type_: str) -> None:
    """The same, for every place in the blob."""
    blob = unarmor(SIGNATURES[type_])
    for at in range(len(blob)):
        for mask in (0x01, 0x80, 0xFF):
            changed = blob[:at] + bytes([blob[at] ^ mask]) + blob[at + 1 :]
            with pytest.raises(ValueError, match=r"."):
                verify(armor(changed), MESSAGE, SPACE)


@pytest.mark.parametrize("type_", SIGNATURES)
def test_no_signature_is_read_when_it_is_cut_short_or_goes_on(type_: str) -> None:
    blob = unarmor(SIGNATURES[type_])
    for size in range(len(blob)):
        with pytest.raises(ValueError, match=r"."):
            verify(armor(blob[:size]), MESSAGE, SPACE)
    with pytest.raises(ValueError, match="bytes after its end"):
        verify(armor(blob + b"\0"), MESSAGE, SPACE)


@given(st.text(max_size=200))
def test_text_that_is_no_signature_is_refused(text: str) -> None:
    for armored in (text, f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n"):
        with pytest.raises(ValueError, match=r"."):
            verify(armored, MESSAGE, SPACE)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_signature_are_refused(blob: bytes) -> None:
    for start in (b"", b"SSHSIG\0\0\0\1", b"SSHSIG\0\0\0\1" + join(by_ed25519().key, SPACE, "", "sha512")):
        with pytest.raises(ValueError, match=r"."):
            verify(armor(start + blob), MESSAGE, SPACE)


def test_another_message_or_namespace_is_refused() -> None:
    with pytest.raises(ValueError, match="did not sign this"):
        verify(SIGNATURES["ssh-ed25519"], MESSAGE + b" ", SPACE)
    with pytest.raises(ValueError, match=r"signed for 'approval@blastdoor', not 'file'"):
        verify(SIGNATURES["ssh-ed25519"], MESSAGE, "file")
    with pytest.raises(ValueError, match="must be for a namespace"):
        verify(by_ed25519(space=b"").armored(), MESSAGE, "")
    with pytest.raises(ValueError, match="must be for a namespace"):
        sign(KEYS["ssh-ed25519"], MESSAGE, "")


def test_armor_is_read_strictly() -> None:
    good = SIGNATURES["ssh-ed25519"]
    assert verify(good.removesuffix("\n"), MESSAGE, SPACE).key
    bad = [
        "",
        good + good,
        "junk\n" + good,
        good + "junk",
        good + "\n",
        " " + good,
        good.replace("\n", "\r\n"),
        good.replace("SSH SIGNATURE", "SSH SIGNATURE ", 1),
        good.replace("\n", "\n \n", 1),
        good.replace("-----\n", "-----\né", 1),
        good.replace("-----\n", "-----\n\ud800", 1),
        good.replace("-----\n", "-----\n\uff21", 1),
        good.replace("-----\n", "-----\n====", 1),
        "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n",
        good.replace("-----\n", "-----\n" + "A" * 20_000, 1),
        "A" * 1_000_000,
    ]
    for armored in bad:
        with pytest.raises(ValueError, match=r"."):
            verify(armored, MESSAGE, SPACE)


def test_stray_bits_of_base64_are_refused() -> None:
    """The last letter holds bits that no byte needs: two texts must not be one signature."""
    blob = unarmor(SIGNATURES["ssh-ed25519"])
    assert len(blob) % 3 != 0
    text = base64.b64encode(blob).decode().rstrip("=")
    padded = "=" * (-len(text) % 4)
    other = text[:-1] + chr(ord(text[-1]) + 1) + padded
    assert base64.b64decode(other) == blob
    with pytest.raises(ValueError, match="canonical"):
        verify(f"-----BEGIN SSH SIGNATURE-----\n{other}\n-----END SSH SIGNATURE-----\n", MESSAGE, SPACE)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"magic": b"SSHSIh"}, "not an SSH signature"),
        ({"version": 0}, "version 0"),
        ({"version": 2}, "version 2"),
        ({"hash": "sha1"}, "hashes its message by 'sha1'"),
        ({"hash": "md5"}, "hashes its message"),
        ({"hash": "SHA512"}, "hashes its message"),
        ({"hash": ""}, "hashes its message"),
        ({"hash": "sha512é"}, "not ASCII"),
        ({"tail": b"x"}, "bytes after its end"),
        ({"key": b""}, "cut short"),
        ({"key": join("ssh-dss", "x")}, "not read here"),
        ({"sign_raw": lambda _: b""}, "cut short"),
        ({"sign_raw": lambda _: join("ssh-ed25519", b"x" * 63)}, "has 64 bytes, this one 63"),
        ({"sign_raw": lambda _: join("ssh-ed25519", b"x" * 64)}, "did not sign this"),
        ({"sign_raw": lambda _: join("ssh-ed25519", b"x" * 64) + b"\0"}, "bytes after its end"),
        ({"sign_raw": lambda _: join("ssh-rsa", b"x" * 64)}, "must not sign by 'ssh-rsa'"),
        ({"sign_raw": lambda _: join(SK_ED25519, b"x" * 64) + b"\1\0\0\0\0"}, "must not sign by"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        verify(by_ed25519(**fields).armored(), MESSAGE, SPACE)


def test_rsa_with_sha1_is_refused() -> None:
    private = KEYS["ssh-rsa"]
    key = public_blob(public_line(private))

    def weak(data: bytes) -> bytes:
        return join("ssh-rsa", private.sign(data, padding.PKCS1v15(), hashes.SHA1()))  # noqa: S303 - on purpose

    with pytest.raises(ValueError, match="must not sign by 'ssh-rsa'"):
        verify(Parts(key, weak).armored(), MESSAGE, SPACE)

    def mislabelled(data: bytes) -> bytes:
        return join("rsa-sha2-256", private.sign(data, padding.PKCS1v15(), hashes.SHA512()))

    with pytest.raises(ValueError, match="did not sign this"):
        verify(Parts(key, mislabelled).armored(), MESSAGE, SPACE)

    def shortened(data: bytes) -> bytes:
        return join("rsa-sha2-512", private.sign(data, padding.PKCS1v15(), hashes.SHA512())[1:])

    with pytest.raises(ValueError, match="has 256 bytes, this one 255"):
        verify(Parts(key, shortened).armored(), MESSAGE, SPACE)


def test_ecdsa_numbers_have_one_form_and_a_range() -> None:
    private = KEYS["ecdsa-sha2-nistp256"]
    order = ec.SECP256R1().group_order

    def made(change: Callable[[int, int], bytes]) -> str:
        def raw(data: bytes) -> bytes:
            numbers = utils.decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
            return join("ecdsa-sha2-nistp256", change(*numbers))

        return Parts(public_blob(public_line(private)), raw).armored()

    assert verify(made(lambda r, s: join(to_mpint(r), to_mpint(s))), MESSAGE, SPACE).key
    form, range_ = "in its shortest form", "outside their range"
    wrong: list[tuple[Callable[[int, int], bytes], str]] = [
        (lambda r, s: join(b"\0" + to_mpint(r), to_mpint(s)), form),
        (lambda _, s: join(b"", to_mpint(s)), form),
        (lambda _, s: join(b"\0", to_mpint(s)), form),
        (lambda r, _: join(to_mpint(r), b"\xff"), form),
        (lambda _, s: join(to_mpint(order), to_mpint(s)), range_),
        (lambda r, s: join(to_mpint(r), to_mpint(s + order)), range_),
        (lambda r, s: join(to_mpint(r), to_mpint(s)) + b"\0", "after its end"),
        (lambda r, _: join(to_mpint(r)), "cut short"),
        (lambda r, s: join(to_mpint(s), to_mpint(r)), "did not sign this"),
    ]
    for change, reason in wrong:
        with pytest.raises(ValueError, match=reason):
            verify(made(change), MESSAGE, SPACE)


def test_a_signature_is_not_anothers() -> None:
    other = ed25519.Ed25519PrivateKey.generate()
    parts = by_ed25519(sign_raw=lambda data: join("ssh-ed25519", other.sign(data)))
    with pytest.raises(ValueError, match="did not sign this"):
        verify(parts.armored(), MESSAGE, SPACE)


def test_keys_that_could_not_be_verified_again_do_not_sign() -> None:
    with pytest.raises(ValueError, match="2048 to 8192 bits"):
        sign(rsa.generate_private_key(65537, 1024), MESSAGE, SPACE)  # noqa: S505 - on purpose
    with pytest.raises(ValueError, match=r"."):
        sign(ec.generate_private_key(ec.SECP256K1()), MESSAGE, SPACE)


# --- public keys -----------------------------------------------------------------------------------------


@each_key
def test_a_public_key_is_made_canonical(type_: str) -> None:
    line = public_line(KEYS[type_])
    for written in (line, line + "\n", f"  {line} ines@laptop, the new one é\r\n", line.replace(" ", "\t  ")):
        assert parse_public_key(written) == line


def b64(blob: bytes) -> str:
    return base64.b64encode(blob).decode()


def rsa_line(exponent: bytes, modulus: bytes) -> str:
    return "ssh-rsa " + b64(join("ssh-rsa", exponent, modulus))


def ecdsa_line(curve: str, point: bytes, type_: str = "ecdsa-sha2-nistp256") -> str:
    return f"{type_} " + b64(join(type_, curve, point))


ED_LINE = public_line(KEYS["ssh-ed25519"])
ED_BLOB = public_blob(ED_LINE)
POINT = KEYS["ecdsa-sha2-nistp256"].public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
ODD_2048 = to_mpint(2**2047 + 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "none that is known"),
        ("ssh-ed25519", "key itself is missing"),
        ("ssh-ed25519 ", "key itself is missing"),
        (f"no-pty {ED_LINE}", "none that is known"),
        (f'command="true" {ED_LINE}', "none that is known"),
        (f"{ED_LINE}\n{ED_LINE}", "more than one line"),
        (ED_LINE.replace("ssh-ed25519", "ssh-dss"), "none that is known"),
        (ED_LINE.replace("ssh-ed25519", "ssh-rsa"), "says ssh-rsa, but the key in it is ssh-ed25519"),
        ("ssh-ed25519 " + b64(ED_BLOB + b"\0"), "bytes after its end"),
        ("ssh-ed25519 " + b64(ED_BLOB[:-1]), "cut short"),
        ("ssh-ed25519 " + b64(join("ssh-ed25519", b"x" * 31)), "has 32 bytes, this one 31"),
        ("ssh-ed25519 " + b64(ED_BLOB)[:-1], "not base64"),
        ("ssh-ed25519 ÀAAA", "not base64"),
        ("ssh-ed25519 AAAA\ud800", "not base64"),
        ("ssh-ed25519 " + "A" * 20_000, "longer than"),
        ("ssh-ed25519 " + b64(join("ssh-dss")), "not read here"),
        (rsa_line(b"\1\0\1", to_mpint(2**2046 + 1)), "this one 2047"),
        (rsa_line(b"\1\0\1", to_mpint(2**8192 + 1)), "this one 8193"),
        (rsa_line(b"\1\0\1", b"\0" + ODD_2048), "shortest form"),
        (rsa_line(b"\1\0\1", ODD_2048[1:]), "not positive"),
        (rsa_line(b"\1\0\1", to_mpint(2**2047)), "not those of an RSA key"),
        (rsa_line(b"\2", ODD_2048), "not those of an RSA key"),
        (rsa_line(b"\1", ODD_2048), "not those of an RSA key"),
        (rsa_line(to_mpint(2**64 + 1), ODD_2048), "not those of an RSA key"),
        (ecdsa_line("nistp384", POINT), "names the curve 'nistp384'"),
        (ecdsa_line("nistp256", POINT[:-1]), "not a point of the curve"),
        (ecdsa_line("nistp256", POINT[:-1] + bytes([POINT[-1] ^ 1])), "not a point of the curve"),
        (ecdsa_line("nistp256", b"\2" + POINT[1:33]), "uncompressed"),
        (ecdsa_line("nistp256", b"\0"), "uncompressed"),
        (ecdsa_line("nistp256", b""), "uncompressed"),
    ],
)
def test_a_line_that_is_no_key_is_refused_with_its_reason(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_public_key(line)


@given(st.text(max_size=100))
def test_any_text_is_a_key_or_a_value_error(text: str) -> None:
    for line in (text, f"ssh-ed25519 {text}", f"ssh-ed25519 {b64(text.encode('utf-8', 'replace'))}"):
        with pytest.raises(ValueError, match=r"."):
            parse_public_key(line)


def test_reading_an_ed25519_key_does_not_load_cryptography() -> None:
    code = (
        f"import sys; from blastdoor.people.sshsig import parse_public_key; parse_public_key({ED_LINE!r});"
        "sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
