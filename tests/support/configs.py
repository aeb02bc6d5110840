"""Configurations for tests."""

import socket
from pathlib import Path

from callcenter.config import Config, parse_config

TEXT = """\
asterisk: {{url: "{url}", user: callcenter, password: "{password}", prompts: {prompts}}}
data_dir: data
database: {{url: "{database}"}}
web: {{listen: "127.0.0.1:{port}"}}
service_numbers: {{"0800123": {{name: Main line, flow: main}}}}
queues:
  sales: {{name: Sales, ring: 3 s, announce_every: 0 s, wrap_up: 5 s}}
  support: {{name: Support, ring: 3 s, announce_every: 0 s}}
"""


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def config_text(
    *,
    url: str = "http://127.0.0.1:1",
    password: str = "a secret",
    prompts: str = "http",
    database: str = "",
    port: int | None = None,
) -> str:
    """Return the text of a configuration file."""
    port = free_port() if port is None else port
    return TEXT.format(url=url, password=password, prompts=prompts, database=database, port=port)


def config_file(folder: Path, **values: object) -> Path:
    """Write a configuration file that only its owner may read."""
    path = folder / "callcenter.yaml"
    path.write_text(config_text(**values))  # type: ignore[arg-type]
    path.chmod(0o600)
    return path


def config(folder: Path, **values: object) -> Config:
    """Return a configuration."""
    return parse_config(config_text(**values), "test", folder, {})  # type: ignore[arg-type]
