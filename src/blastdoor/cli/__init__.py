"""The command line: parse input, call one flow, render. No rules live here."""

from blastdoor.cli.main import main

__all__ = ["main"]
