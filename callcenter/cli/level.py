"""``callcenter level``: how much is switched off, by hand."""

from pathlib import Path

import click

from callcenter.adapters.level_file import LevelFile
from callcenter.cli.common import config_option, json_option, print_json, read_config, say
from callcenter.core.vitals.levels import WHAT_IS_OFF, Level


@click.command()
@click.argument("wanted", default="", type=click.Choice(["", "auto", "0", "1", "2", "3", "4", "5"]))
@config_option
@json_option
def level(config_path: Path, wanted: str, *, as_json: bool) -> None:
    """Set how much is switched off (0 to 5), or leave it to the measurements (auto).

    It holds from the next second on, also after a restart, until it is set to auto. Without an
    argument it says what is set.
    """
    file = LevelFile(read_config(config_path).data_folder)
    if wanted:
        try:
            file.write(None if wanted == "auto" else Level(int(wanted)))
        except OSError as error:
            raise click.ClickException(
                f"The level cannot be written: {error}. Run this as the user of the service."
            ) from error
    found = file.read()
    words = "auto" if found is None else str(int(found))
    if as_json:
        print_json({"level": words})
    elif found is None:
        say("The level follows from the measurements.")
    else:
        say(f"Level {found:d}, by hand. {WHAT_IS_OFF[found]}")
