"""People: the roster, whose accounts and keys are whose, and the signatures they make.

Invariant: pure. Votes are counted on persons, so everything here ends in a person's or an agent's id.
"""

from blastdoor.people.contributors import Contributors, Hand, find_contributors
from blastdoor.people.export import merge_export, read_people
from blastdoor.people.roster import NOBODY, Directory, load_directory
from blastdoor.people.sshsig import SignedBy, parse_public_key, verify

__all__ = [
    "NOBODY",
    "Contributors",
    "Directory",
    "Hand",
    "SignedBy",
    "find_contributors",
    "load_directory",
    "merge_export",
    "parse_public_key",
    "read_people",
    "verify",
]
