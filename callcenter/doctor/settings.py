"""The configuration and what it names: flows, passwords that were never chosen."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from callcenter.config import Config, ConfigError, load_config
from callcenter.doctor.checks import Check, fault, fine, warning

PLACEHOLDER = "CHANGE-ME"
"""What stands for a password in the examples of deploy/."""


def read(path: Path, environ: Mapping[str, str]) -> tuple[Config | None, list[Check]]:
    """Return the configuration, or None if it cannot be used, and what is to be said about it."""
    name = "configuration"
    if not path.is_file():
        mend = "give --config FILE; deploy/callcenter.yaml is one to start from"
        return None, [fault(name, f"there is no file {path}", mend)]
    try:
        config = load_config(path, environ)
    except ConfigError as error:
        mend = "mend the file; docs/configuration.md explains each key"
        return None, [fault(name, each.in_words(), mend) for each in error.faults]
    checks = [warning(name, each, "do so, or accept it") for each in config.warnings]
    return config, [fine(name, f"{path} is well-formed"), *checks]


def check_flows(config: Config) -> list[Check]:
    """Say whether the flows can be used."""
    try:
        plan = config.plan()
    except ConfigError as error:
        mend = "mend it; `callcenter flow check` shows the same"
        return [fault("flows", each.in_words(), mend) for each in error.faults]
    count = sum(1 for flow in plan.flows.values() if flow.source)  # not those of "hang_up"
    return [fine("flows", f"{count} without a fault in {config.flow_folder}")]


def check_passwords(config: Config) -> Iterator[Check]:
    """Refuse passwords that are those of the examples, which everybody knows."""
    secrets = {
        "Asterisk": config.asterisk.password.text,
        "the database": config.database.url.text,
    }
    for whose, secret in secrets.items():
        if PLACEHOLDER in secret.upper():
            yield fault(
                "passwords",
                f"the password for {whose} is still the one of the example",
                "choose one of your own, here and there: openssl rand -base64 24",
            )
    if not any(PLACEHOLDER in secret.upper() for secret in secrets.values()):
        yield fine("passwords", "none is that of an example")
