"""Blastdoor: may this exact change reach this environment now, and if not, what would open the door?"""

__version__ = "0.1.0"
