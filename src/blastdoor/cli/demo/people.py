"""The people of the shop, plainly made up, with keys made for this demo alone."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in the shop; an agent has an `owner` and no level."""

    id: str
    name: str
    level: str = ""
    team: str = ""
    owner: str = ""

    @property
    def mail(self) -> str:
        """Their mailbox."""
        return f"{self.id.partition('_')[2]}@shop.example"


MEMBERS = {
    member.id: member
    for member in (
        Member(id="p_paul", name="Paul Author", level="engineer", team="pricing"),
        Member(id="p_jonas", name="Jonas Peer", level="engineer", team="checkout"),
        Member(id="p_kim", name="Kim Junior", level="junior", team="pricing"),
        Member(id="p_ines", name="Ines Senior", level="senior", team="checkout"),
        Member(id="p_vera", name="Vera Agentowner", level="senior", team="pricing"),
        Member(id="a_coder", name="Shop Coder", owner="p_vera"),
    )
}


def make_keys(folder: Path) -> dict[str, str]:
    """A key pair for each member in `folder`; gives their public keys by id."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    folder.mkdir()
    public = {}
    for id_ in MEMBERS:
        key = Ed25519PrivateKey.generate()
        path = folder / id_
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
        (folder / f"{id_}.pub").write_text(f"{line} {id_}\n", encoding="ascii")
        public[id_] = line
    return public


def people_yaml(public: dict[str, str]) -> str:
    """The roster as `.blastdoor/people.yaml`."""
    persons, agents = [], []
    for member in MEMBERS.values():
        account = f"    accounts: [{{ provider: git, id: {member.mail} }}]\n    keys: [{public[member.id]}]\n"
        head = f"  - id: {member.id}\n    name: {member.name}\n"
        if member.owner:
            agents.append(f"{head}    owner: {member.owner}\n{account}")
        else:
            persons.append(f"{head}    level: {member.level}\n    teams: [{member.team}]\n{account}")
    return f"version: 1\npersons:\n{''.join(persons)}agents:\n{''.join(agents)}"
