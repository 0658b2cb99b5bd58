"""Key files, and signing with them by ourselves or by the real ssh-keygen."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from blastdoor.errors import InputError, SourceError
from blastdoor.model import NAMESPACE
from blastdoor.people import verify
from blastdoor.people.sshkeys import to_string
from blastdoor.store import load_private_key, public_key_of, sign_statement

MESSAGE = b'{"answer":"yes"}'
PASSPHRASE = "correct horse"  # noqa: S105 - of keys made for one test
KEYS: dict[str, Any] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ecdsa": ec.generate_private_key(ec.SECP256R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
}
NO_SSH_KEYGEN = shutil.which("ssh-keygen") is None
needs_ssh_keygen = pytest.mark.skipif(NO_SSH_KEYGEN, reason="ssh-keygen is not installed")
NO_AGENT = shutil.which("ssh-agent") is None or shutil.which("ssh-add") is None
needs_agent = pytest.mark.skipif(NO_AGENT, reason="ssh-agent is not installed")


def public_line(private: Any) -> str:
    return str(private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


def a_key_file(
    folder: Path, key: Any, form: PrivateFormat = PrivateFormat.OpenSSH, passphrase: str = ""
) -> Path:
    path = folder / "key"
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, form, lock))
    path.chmod(0o600)
    return path


def ssh_keygen(*arguments: str) -> None:
    subprocess.run(["ssh-keygen", "-q", *arguments], check=True)


@pytest.fixture
def answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person at the terminal who types the passphrase: OpenSSH asks this program instead."""
    askpass = tmp_path / "askpass"
    askpass.write_text(f"#!/bin/sh\necho '{PASSPHRASE}'\n")
    askpass.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(askpass))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    socket = tmp_path / "agent.sock"
    running = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            assert running.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        yield
    finally:
        running.terminate()
        running.wait(timeout=10)


@pytest.mark.parametrize("type_", KEYS)
@pytest.mark.parametrize(
    "form", [PrivateFormat.OpenSSH, PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]
)
def test_an_open_private_key_signs_without_any_program(
    type_: str, form: PrivateFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if type_ == "ed25519" and form is PrivateFormat.TraditionalOpenSSL:
        form = PrivateFormat.PKCS8  # there is no traditional form of it
    monkeypatch.setenv("PATH", "/nonexistent")
    path = a_key_file(tmp_path, KEYS[type_], form)
    key, armored = sign_statement(path, MESSAGE)
    assert key == public_line(KEYS[type_]) == public_key_of(path)
    assert verify(armored, MESSAGE, NAMESPACE).key == key
    assert load_private_key(path).public_key() == KEYS[type_].public_key()


@needs_ssh_keygen
@pytest.mark.parametrize("type_", ["ed25519", "ecdsa", "rsa"])
def test_keys_that_ssh_keygen_makes_are_read(type_: str, tmp_path: Path) -> None:
    ssh_keygen("-t", type_, "-N", "", "-C", "ines@laptop", "-f", str(tmp_path / "key"))
    expected = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    assert public_key_of(tmp_path / "key") == public_key_of(tmp_path / "key.pub") == expected
    assert sign_statement(tmp_path / "key", MESSAGE)[0] == expected


@needs_ssh_keygen
@pytest.mark.usefixtures("answering")
def test_an_encrypted_key_is_signed_with_by_ssh_keygen(tmp_path: Path) -> None:
    path = tmp_path / "-a key"  # a name that an argument parser could take for an option
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", PASSPHRASE, "-f", str(path)], check=True, cwd=tmp_path
    )
    path.with_name(path.name + ".pub").rename(tmp_path / "elsewhere.pub")
    expected = public_key_of(tmp_path / "elsewhere.pub")
    assert public_key_of(path) == expected  # the file says it in the clear
    key, armored = sign_statement(path, MESSAGE)
    assert key == expected
    assert verify(armored, MESSAGE, NAMESPACE).key == key
    with pytest.raises(InputError, match="encrypted") as refused:
        load_private_key(path)
    assert "ssh-keygen" in refused.value.hint


@needs_ssh_keygen
@pytest.mark.usefixtures("answering")
def test_an_encrypted_pem_key_is_named_by_the_file_beside_it(tmp_path: Path) -> None:
    path = a_key_file(tmp_path, KEYS["ecdsa"], PrivateFormat.TraditionalOpenSSL, PASSPHRASE)
    with pytest.raises(InputError, match=r"key\.pub is not beside it"):
        public_key_of(path)
    with pytest.raises(InputError, match=r"key\.pub is not beside it"):
        sign_statement(path, MESSAGE)
    (tmp_path / "key.pub").write_text(public_line(KEYS["ecdsa"]) + " ines\n")
    assert public_key_of(path) == public_line(KEYS["ecdsa"])
    assert sign_statement(path, MESSAGE)[0] == public_line(KEYS["ecdsa"])
    (tmp_path / "key.pub").write_text(public_line(KEYS["ed25519"]))
    with pytest.raises(SourceError, match=r"could not sign|another key"):
        sign_statement(path, MESSAGE)


@needs_ssh_keygen
@needs_agent
@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("type_", KEYS)
def test_a_pub_file_is_signed_with_by_the_agent(type_: str, tmp_path: Path) -> None:
    path = a_key_file(tmp_path, KEYS[type_])
    subprocess.run(["ssh-add", "-q", str(path)], check=True)
    path.unlink()
    (tmp_path / "key.pub").write_text(public_line(KEYS[type_]) + "\n")
    key, armored = sign_statement(tmp_path / "key.pub", MESSAGE)
    assert key == public_line(KEYS[type_])
    assert verify(armored, MESSAGE, NAMESPACE).key == key


@needs_ssh_keygen
def test_a_pub_file_whose_key_is_nowhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / "key.pub").write_text(public_line(KEYS["ed25519"]) + "\n")
    with pytest.raises(SourceError, match="ssh-keygen could not sign with") as failed:
        sign_statement(tmp_path / "key.pub", MESSAGE)
    assert "agent" in failed.value.hint


def test_without_ssh_keygen_it_is_said_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key.pub").write_text(public_line(KEYS["ed25519"]) + "\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="takes ssh-keygen, which cannot be run"):
        sign_statement(tmp_path / "key.pub", MESSAGE)


def an_ssh_keygen_that_says(output: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bin").mkdir()
    (folder / "said").write_text(output)
    program = folder / "bin" / "ssh-keygen"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\ncat '{folder}/said'\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")


NO_SIGNATURES = ["", "junk", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"]


@pytest.mark.parametrize("output", NO_SIGNATURES)
def test_a_program_that_makes_no_signature_is_not_believed(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_ssh_keygen_that_says(output, tmp_path, monkeypatch)
    (tmp_path / "key.pub").write_text(public_line(KEYS["ed25519"]) + "\n")
    with pytest.raises(SourceError, match="does not verify"):
        sign_statement(tmp_path / "key.pub", MESSAGE)


def test_a_program_that_signs_with_another_key_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, armored = sign_statement(a_key_file(tmp_path, KEYS["rsa"]), MESSAGE)
    an_ssh_keygen_that_says(armored, tmp_path, monkeypatch)
    (tmp_path / "key.pub").write_text(public_line(KEYS["ed25519"]) + "\n")
    with pytest.raises(SourceError, match="another key"):
        sign_statement(tmp_path / "key.pub", MESSAGE)


def a_security_key_file(path: Path) -> str:
    """What `ssh-keygen -t ed25519-sk` writes (PROTOCOL.key and PROTOCOL.u2f); its public key."""
    point = KEYS["ed25519"].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    type_ = b"sk-ssh-ed25519@openssh.com"
    public = b"".join(map(to_string, (type_, point, b"ssh:")))
    private = bytes(8) + public + b"\1" + to_string(b"handle") + to_string(b"") + to_string(b"")
    private += bytes(range(1, 1 + -len(private) % 8))
    parts = b"".join(map(to_string, (b"none", b"none", b""))) + (1).to_bytes(4, "big")
    blob = b"openssh-key-v1\0" + parts + to_string(public) + to_string(private)
    path.write_bytes(OPENSSH % base64.encodebytes(blob).strip())
    path.chmod(0o600)
    return f"{type_.decode()} {base64.b64encode(public).decode()}"


def test_a_security_key_is_left_to_ssh_keygen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    public = a_security_key_file(path)
    assert public_key_of(path) == public
    with pytest.raises(InputError, match="in a security key"):
        load_private_key(path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="takes ssh-keygen"):
        sign_statement(path, MESSAGE)


OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----\n%b\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        b"\xff\xfe\x00",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----",
        OPENSSH % b"",
        OPENSSH % b"!!!!",
        OPENSSH % b"AAAA",
        OPENSSH % b"b3BlbnNzaC1rZXktdjEA",
        OPENSSH % base64.b64encode(b"openssh-key-v2\0"),
        OPENSSH % base64.b64encode(b"openssh-key-v1\0" + bytes(12) + b"\0\0\0\2"),
        b"x" * 100_000,
    ],
)
def test_a_file_that_is_no_key_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    for use in (load_private_key, public_key_of, lambda file: sign_statement(file, MESSAGE)):
        with pytest.raises(InputError, match=str(path)):
            use(path)


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            sign_statement(path, MESSAGE)


def test_a_private_key_file_cut_in_half_is_told(tmp_path: Path) -> None:
    path = a_key_file(tmp_path, KEYS["rsa"])
    whole = path.read_text().splitlines()
    path.write_text("\n".join([*whole[:20], whole[-1]]))
    with pytest.raises(InputError, match="not a private key that can be read"):
        load_private_key(path)


@pytest.mark.parametrize(
    "key",
    [
        ed448.Ed448PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - on purpose
    ],
    ids=["ed448", "another curve", "short rsa"],
)
def test_keys_of_other_kinds_are_told(key: Any, tmp_path: Path) -> None:
    path = a_key_file(tmp_path, key, PrivateFormat.PKCS8)
    for use in (public_key_of, lambda file: sign_statement(file, MESSAGE)):
        with pytest.raises(InputError, match=str(path)):
            use(path)
