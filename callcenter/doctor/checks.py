"""One thing that was looked at, and what was found."""

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """The service runs, but something will hurt."""
    FAULT = "fault"
    """The service does not run, or takes no calls."""


class Check(msgspec.Struct, frozen=True):
    """One line of the examination."""

    name: str
    status: Status
    message: str
    """What was found."""
    mend: str = ""
    """What to do about it; empty if nothing."""


class Report(msgspec.Struct, frozen=True):
    """The whole examination, as ``--json`` prints it."""

    ok: bool
    """No check is a fault."""
    checks: tuple[Check, ...]


def fine(name: str, message: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, Status.OK, message)


def warning(name: str, message: str, mend: str) -> Check:
    """Return a check that found something unwise."""
    return Check(name, Status.WARNING, message, mend)


def fault(name: str, message: str, mend: str) -> Check:
    """Return a check that found something that stops the service."""
    return Check(name, Status.FAULT, message, mend)
