"""Structured logs: one JSON object a line on standard error, or plain text on a terminal."""

import logging
import sys
from time import monotonic
from typing import Final

import structlog

TRACE_EVERY_S: Final = 10.0
"""A fault that repeats is told each time, but with its traceback only so often: to write one takes
longer than to serve a call, and faults come in thousands when the machine is too slow."""
_NOISY = ("aiosqlite", "asyncio", "alembic", "sqlalchemy")


def set_up_logs(level: str = "info", *, plain: bool | None = None) -> None:
    """Let everything that is logged come out in one form.

    Args:
        level: "debug", "info", "warning" or "error".
        plain: Text for people; None: if standard error is a terminal.
    """
    as_text = sys.stderr.isatty() if plain is None else plain
    renderer = (
        # The default tracebacks show local variables, and with them people's data.
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if as_text
        else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class LogReports:
    """Implements ``ports.reports.Reports``."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("callcenter")
        self._traced_at: dict[str, float] = {}
        """When each fault was last told with its traceback; kinds of faults are few."""

    def note(self, event: str, **values: str | int | float | bool) -> None:
        """Something worth knowing happened."""
        self._log.info(event, **values)

    def fault(self, event: str, error: BaseException | None = None, **values: str | int) -> None:
        """Something went wrong that an operator should look at."""
        if error is None:
            self._log.error(event, **values)
        elif isinstance(error, TimeoutError) or self._was_traced(event):
            # Where somebody stopped waiting says nothing that the event does not say.
            self._log.error(event, error=f"{type(error).__name__}: {error}", **values)
        else:
            self._traced_at[event] = monotonic()
            trace = (type(error), error, error.__traceback__)
            self._log.error(event, exc_info=trace, **values)

    def _was_traced(self, event: str) -> bool:
        return monotonic() - self._traced_at.get(event, float("-inf")) < TRACE_EVERY_S
