"""Tasks with an owner: every task of the service is started here and watched."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

from callcenter.ports.reports import Reports

_RESTART_AFTER_S = (0.1, 0.5, 2.0, 5.0)
"""Pauses before a failed loop is started again; the last one repeats."""


class Spawn(Protocol):
    """Starts a task that ends by itself."""

    def __call__(self, name: str, work: Coroutine[object, object, None]) -> None:
        """Run ``work``; a failure is reported and touches nothing else."""
        ...


class Supervisor:
    """Runs loops for ever and short work once; one that fails takes no other down."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._tasks: dict[asyncio.Task[None], None] = {}
        """In the order of their start, so that they are cancelled in that order too."""
        self._is_stopping = False

    def keep(self, name: str, loop: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run a loop that should never end; start it again when it fails."""
        self._start(name, self._keep(name, loop))

    def spawn(self, name: str, work: Coroutine[object, object, None]) -> None:
        """Run a piece of work once."""
        self._start(name, work)

    async def stop(self) -> None:
        """Cancel all tasks and wait for their end."""
        tasks = self.cancel_all()
        if tasks:
            await asyncio.wait(tasks)

    def cancel_all(self) -> list[asyncio.Task[None]]:
        """Cancel all tasks and start no more; return those that have not ended yet."""
        self._is_stopping = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        return tasks

    def _start(self, name: str, work: Coroutine[object, object, None]) -> None:
        if self._is_stopping:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks[task] = None
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._reports.fault(f"task {task.get_name()} failed", error)

    async def _keep(self, name: str, loop: Callable[[], Coroutine[object, object, None]]) -> None:
        failures = 0
        while True:
            try:
                await loop()
            except Exception as error:  # noqa: BLE001 - a failing loop must not fail others
                self._reports.fault(f"task {name} failed", error)
            await asyncio.sleep(_RESTART_AFTER_S[min(failures, len(_RESTART_AFTER_S) - 1)])
            failures += 1
