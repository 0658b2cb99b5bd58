"""`python -m blastdoor` is the same program as `blastdoor`."""

from blastdoor.cli import main

main()
