"""``callcenter flow``: check IVR flows and draw them."""

import sys
from pathlib import Path

import click

from callcenter.cli.common import json_option, print_json, told_plainly
from callcenter.config import PASSWORD_VARIABLE, Config, load_config, parse_config
from ivr_flows.graph import to_mermaid
from ivr_flows.load import FlowError, load_flow
from ivr_flows.model import Flow
from ivr_flows.prompt_store import prompt_names

_PATH = click.argument("path", type=click.Path(path_type=Path, exists=True))


@click.group()
def flow() -> None:
    """Check IVR flows and draw them. PATH is a flow or a folder of flows."""


@flow.command()
@_PATH
@click.option("--config", "config_path", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def check(path: Path, config_path: Path | None, *, as_json: bool) -> None:
    """Say all that is wrong with flows: file, line, column, and how to mend it."""
    flows, faults = _read(path, _config(config_path))
    if as_json:
        print_json({"flows": [f.flow_id for f in flows], "faults": faults})
    else:
        for fault in faults:
            click.echo(fault)
        click.echo(f"Flows without a fault: {len(flows)}; faults: {len(faults)}", err=True)
    sys.exit(1 if faults else 0)


@flow.command()
@_PATH
@click.option("--config", "config_path", type=click.Path(path_type=Path, dir_okay=False))
def graph(path: Path, config_path: Path | None) -> None:
    """Draw flows as Mermaid text."""
    flows, faults = _read(path, _config(config_path))
    for fault in faults:
        click.echo(fault, err=True)
    for drawn in flows:
        click.echo(to_mermaid(drawn))
    sys.exit(1 if faults else 0)


def _config(path: Path | None) -> Config:
    """Return the queues and kinds of requests that flows may name; no password is needed."""
    without_password = {PASSWORD_VARIABLE: "unused"}
    with told_plainly():
        if path is not None:
            return load_config(path, without_password)
        return parse_config("asterisk: {user: unused}", "defaults", Path(), without_password)


def _read(path: Path, config: Config) -> tuple[list[Flow], list[str]]:
    flows: list[Flow] = []
    faults: list[str] = []
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        faults.append(f"{path}: there is no flow in this folder: a flow is a file NAME.yaml")
    for file in files:
        try:
            text = file.read_text("utf-8")
            flows.append(
                load_flow(text, str(file), config.queues, prompt_names(), config.request_kinds)
            )
        except FlowError as error:
            faults.extend(fault.in_words() for fault in error.faults)
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{file}: cannot be read as UTF-8 text: {error}")
    return flows, faults
