"""The whole examination, in the order in which faults are best mended."""

from collections.abc import Mapping
from pathlib import Path

from callcenter.core.ids import Ms
from callcenter.doctor import machine, settings, stores
from callcenter.doctor.checks import Check, Report, Status
from callcenter.doctor.pbx import check_pbx
from callcenter.doctor.staff import check_staff


async def examine(path: Path, environ: Mapping[str, str], now: Ms) -> Report:
    """Look at everything that the service needs; nothing is changed.

    Args:
        path: The configuration file.
        environ: The environment: secrets may come from it.
        now: The wall clock.
    """
    config, checks = settings.read(path, environ)
    if config is not None:
        checks += settings.check_flows(config)
        checks += settings.check_passwords(config)
        checks += await check_pbx(config, now)
        checks += await stores.check_database(config)
        checks += await check_staff(config)
        checks += stores.check_folder(config)
        checks += stores.check_journal(config, now)
        checks.append(machine.check_clock(config, now))
        checks.append(await machine.check_port(config))
        checks += machine.check_certificate(config)
    return report(checks)


def report(checks: list[Check]) -> Report:
    """Return the checks with the verdict."""
    return Report(all(check.status is not Status.FAULT for check in checks), tuple(checks))
