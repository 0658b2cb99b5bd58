"""What a clever person does by hand to a shop: commits in a stroke, statements forged, copied, re-signed.

The signatures are made here from OpenSSH's PROTOCOL.sshsig and not by the code under test, so that the two
check each other.
"""

import base64
import hashlib
import json
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from builders import private_key
from realgit import RealGit
from shopfloor import Shop, mail, who

APPROVALS = "refs/blastdoor/approvals/"
NAMESPACE = "approval@blastdoor"
CLAUDE = "Claude <noreply@anthropic.com>"
#: Paths (bytes for names that are no text) to content; None for a path that goes.
Tree = Mapping[str, str | bytes | None] | Mapping[bytes, bytes] | Mapping[str, str]


def quoted(path: str | bytes) -> bytes:
    """A path as fast-import takes it, whatever bytes it has."""
    raw = path if isinstance(path, bytes) else path.encode()
    return b'"' + b"".join(b"\\%03o" % byte for byte in raw) + b'"'


def one_commit(by: str, committer: str, message: str, parents: tuple[str, ...]) -> bytes:
    """The head of a commit in fast-import's words."""
    data = message.encode()
    at = b"1772355600 +0000"
    lines = [
        b"author %s %s" % (by.encode(), at),
        b"committer %s %s" % (committer.encode(), at),
        b"data %d\n%s" % (len(data), data),
    ]
    lines += [b"%s %s" % (b"merge" if i else b"from", parent.encode()) for i, parent in enumerate(parents)]
    return b"\n".join(lines) + b"\n"


def commit(
    git: RealGit,
    branch: str,
    files: Tree,
    message: str = "change",
    *,
    by: str = "p_author",
    committer: str | None = None,
    parents: tuple[str, ...] | None = None,
    mode: str = "100644",
) -> str:
    """A commit on a branch without touching the working tree; None removes a file. Gives its id.

    `by` is a person of the shop, or a whole `Name <mail>`. `parents` default to the branch as it is.
    """
    signature = by if "<" in by else who(by)
    closer = signature if committer is None else committer if "<" in committer else who(committer)
    ref = f"refs/heads/{branch}"
    above = (f"{ref}^0",) if parents is None else parents
    stream = b"commit %s\n" % ref.encode() + one_commit(signature, closer, message, above)
    for path, text in files.items():
        if text is None:
            stream += b"D %s\n" % quoted(path)
            continue
        data = text if isinstance(text, bytes) else text.encode()
        if mode == "160000":
            stream += b"M 160000 %s %s\n" % (data, quoted(path))
        else:
            stream += b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), quoted(path), len(data), data)
    git("fast-import", "--quiet", "--force", stdin=stream)
    return git("rev-parse", ref)


def land(shop: Shop, files: Tree, message: str = "meanwhile", by: str = "p_elder") -> str:
    """A commit on main by somebody who is not in the story."""
    return commit(shop.git, "main", files, message, by=by)


def on_feature(shop: Shop, files: Tree, message: str = "change", **fields: Any) -> str:
    """A commit of the change, and the working tree with it."""
    made = commit(shop.git, "feature", files, message, **fields)
    shop.git("reset", "--quiet", "--hard", "feature")
    return made


def rebase(shop: Shop, by: str = "p_author") -> None:
    """Put the change on the tip of main, as its author would."""
    shop.git("rebase", "--quiet", "main", who=who(by))


# Statements ------------------------------------------------------------------------------------------


def statements(shop: Shop) -> dict[str, dict[str, Any]]:
    """Every envelope as it lies in the repository, by the name of its ref."""
    refs = shop.git("for-each-ref", "--format=%(refname)", APPROVALS).split()
    return {ref: json.loads(shop.git("cat-file", "blob", ref)) for ref in refs}


def only_statement(shop: Shop) -> dict[str, Any]:
    """The one envelope of the repository, which is then taken away."""
    ((ref, envelope),) = statements(shop).items()
    shop.git("update-ref", "-d", ref)
    return envelope


def put(shop: Shop, envelope: Mapping[str, Any]) -> str:
    """Put an envelope where approvals travel, under the id that its payload has. Gives the id."""
    id_ = statement_id(envelope["payload"])
    blob = shop.git("hash-object", "-w", "--stdin", stdin=json.dumps(envelope).encode())
    shop.git("update-ref", APPROVALS + id_, blob)
    return id_


def statement_id(payload: str) -> str:
    """`apr_` and 16 characters of base32 of the payload's digest."""
    text = base64.b32encode(hashlib.sha256(payload.encode()).digest()).decode().lower()
    return f"apr_{text[:16]}"


def text_of(value: Mapping[str, Any]) -> str:
    """Canonical JSON, for the plain values that statements hold."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def said_again(envelope: Mapping[str, Any], key: str, namespace: str = NAMESPACE, **fields: Any) -> Any:
    """The statement with other fields (`seal__base` for one inside the seal), properly signed with a key."""
    payload = json.loads(envelope["payload"])
    for name, value in fields.items():
        *folders, last = name.split("__")
        place = payload
        for folder in folders:
            place = place[folder]
        if value is msgspec.UNSET:
            del place[last]
        else:
            place[last] = value
    text = text_of(payload)
    return {"v": 1, "payload": text, "signature": signature(key, text, namespace)}


def signature(key: str, text: str, namespace: str = NAMESPACE) -> str:
    """An armored SSH signature (OpenSSH's PROTOCOL.sshsig, SHA-512) over a text, by a person's key."""

    def string(data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + data

    private = private_key(key)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    digest = hashlib.sha512(text.encode()).digest()
    common = string(namespace.encode()) + string(b"") + string(b"sha512")
    made = private.sign(b"SSHSIG" + common + string(digest))
    blob = (
        b"SSHSIG"
        + struct.pack(">I", 1)
        + string(string(b"ssh-ed25519") + string(public))
        + common
        + string(string(b"ssh-ed25519") + string(made))
    )
    body = base64.b64encode(blob).decode()
    lines = [body[i : i + 70] for i in range(0, len(body), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


# Looking ---------------------------------------------------------------------------------------------


def vote_of(verdict: Any, person: str) -> Any:
    """The one vote of a person."""
    (vote,) = [vote for vote in verdict["votes"] if vote["person"] == person]
    return vote


def still_shut(shop: Shop, person: str) -> str:
    """The door is shut, and this person's yes is shown and does not count; gives why."""
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("hold", 10), verdict["votes"]
    vote = vote_of(verdict, person)
    assert not vote["counts"], vote
    assert vote["why"]
    return str(vote["why"])


def opens(shop: Shop) -> Any:
    """The door is open; gives the verdict."""
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("pass", 0), (verdict["reasons"], verdict["votes"])
    return verdict


def a_copy(shop: Shop, folder: Path) -> Shop:
    """The shop as it is now, in another place; what is done there is not done here."""
    shutil.copytree(shop.repository, folder, symlinks=True)
    return Shop(RealGit(folder), shop.keys)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but our cache, with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith("cache.sqlite")
    }


def roster(*persons: str, agents: str = "") -> str:
    """A people.yaml of flow-style entries, one a line; the first person stands on line 3."""
    lines = "".join(f"  - {person}\n" for person in persons)
    return f"version: 1\npersons:\n{lines}" + (f"agents:\n{agents}" if agents else "")


def a_person_line(id_: str, level: str, *keys: str, **more: str) -> str:
    """One entry of a roster, with the person's own mailbox and whatever else is said of them."""
    accounts = more.pop("accounts", f"[{{ provider: git, id: {mail(id_)} }}]")
    fields = "".join(f", {name}: {value}" for name, value in more.items())
    held = f", keys: [{', '.join(keys)}]" if keys else ""
    return f"{{ id: {id_}, level: {level}{held}, accounts: {accounts}{fields} }}"
