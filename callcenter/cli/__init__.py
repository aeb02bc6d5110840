"""The command line. Everything scriptable prints one JSON object with ``--json``.

A command's module is imported when the command is used: the service must be back within seconds
after a crash, and should not wait for the parts of the demo.
"""

from importlib import import_module

import click
from typing_extensions import override

_COMMANDS = {
    "audit": "callcenter.cli.audit:audit",
    "bench": "callcenter.cli.bench:bench",
    "db": "callcenter.cli.store:db",
    "demo": "callcenter.cli.demo:demo",
    "doctor": "callcenter.cli.doctor:doctor",
    "drain": "callcenter.cli.drain:drain",
    "flow": "callcenter.cli.flow:flow",
    "import": "callcenter.cli.people:import_",
    "level": "callcenter.cli.level:level",
    "reload": "callcenter.cli.reload:reload",
    "serve": "callcenter.cli.serve:serve",
    "simulate": "callcenter.cli.simulate:simulate",
    "user": "callcenter.cli.people:user",
    "watchdog": "callcenter.cli.watchdog:watchdog",
    "why": "callcenter.cli.why:why",
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        return sorted(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, or return None for an unknown name."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command), place  # noqa: S101
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="callcenter")
def main() -> None:
    """Turn an Asterisk PBX into a contact centre with a CRM behind it."""
