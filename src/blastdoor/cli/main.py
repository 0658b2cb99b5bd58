"""The command itself: its subcommands, loaded when they are called, and how it ends.

Exit status: 0 pass or success, 10 hold, 11 deny or refused, 2 bad input or could not decide, 1 our own fault.
"""

import importlib
import os
import sys
from typing import NoReturn

import click

from blastdoor import __version__
from blastdoor.errors import Error

#: name → (module with `command`, what the overview says). Modules are imported only when their command runs.
_COMMANDS = {
    "init": ("blastdoor.cli.init", "Write a starting .blastdoor/ that works as it is."),
    "check": ("blastdoor.cli.check", "May this change go to production, and if not, what opens the door?"),
    "approve": ("blastdoor.cli.approve", "Say yes or no to exactly this change, signed with your key."),
    "explain": ("blastdoor.cli.explain", "Why: each rule, what counted, what did not, and every way out."),
    "decide": ("blastdoor.cli.decide", "Make a recorded decision again from its bundle alone."),
    "deployed": ("blastdoor.cli.deployed", "Say what runs in an environment."),
    "report": ("blastdoor.cli.report", "Sign a check, a change record, a rollback plan or a rollout."),
    "override": ("blastdoor.cli.override", "The door for emergencies, its reviews and its report."),
    "policy": ("blastdoor.cli.policy", "Lint it, test it, replay it over history, import another's."),
    "provenance": ("blastdoor.cli.provenance", "Which commits AI took part in, by what they say."),
    "reach": ("blastdoor.cli.reach", "How far a change can go, and what it can destroy."),
    "demo": ("blastdoor.cli.demo", "Play the story on a small shop, and leave it for you to try."),
}


class _LateGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - a module of ours, named above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.command(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="blastdoor")
def blastdoor() -> None:
    """A door between written and in production.

    Blastdoor knows whether AI took part in a change, how far it can reach, and who vouched for exactly that
    change.
    """


def main() -> NoReturn:
    """Run, and turn every way it can end into an exit status and one clear sentence."""
    try:
        status = blastdoor.main(prog_name="blastdoor", standalone_mode=False)
        sys.stdout.flush()
    except Error as error:
        _complain(error.message, error.hint)
        status = 2
    except click.ClickException as error:
        _complain(error.format_message(), "blastdoor --help lists what there is")
        status = 2
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        status = 130
    except BrokenPipeError:
        # Whoever read our output has gone; a second flush at exit must not complain about it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:
        if os.environ.get("BLASTDOOR_DEBUG"):
            raise
        _complain(
            f"our own fault: {type(error).__name__}: {str(error)[:300]}",
            "set BLASTDOOR_DEBUG=1 for the traceback, and report it",
        )
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _complain(message: str, hint: str = "") -> None:
    from blastdoor.cli.text import plain  # noqa: PLC0415 - only where something went wrong

    click.echo(f"blastdoor: error: {plain(message)}", err=True)
    if hint:
        click.echo(f"hint: {plain(hint)}", err=True)
