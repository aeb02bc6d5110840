"""An event loop on virtual time: one thread, no network, always the same order.

What is ready runs one after the other in the order in which it became so; when nothing is, time
jumps to the next thing planned. So the same program does the same thing each time, and an hour of
waiting costs nothing. Only for what needs no sockets, threads or signals: asking for those raises
``NotImplementedError``, as the parent class does.
"""

import asyncio
import contextvars
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

from typing_extensions import override

from callcenter.core.ids import Ms

T = TypeVar("T")

MAX_STEPS_PER_INSTANT = 200_000
"""So much at one instant of virtual time is a program that spins."""


class Stalled(Exception):
    """Everybody waits for ever, or the program spins at one instant."""


class _Step:
    """One callback that is to run; fits ``asyncio.Handle`` and ``TimerHandle`` where it is used."""

    __slots__ = ("_args", "_callback", "_context", "_when")

    def __init__(
        self,
        callback: Callable[..., object] | None,
        args: tuple[Any, ...],
        context: contextvars.Context,
        when: float,
    ) -> None:
        self._callback = callback
        self._args = args
        self._context = context
        self._when = when

    def cancel(self) -> None:
        self._callback = None
        self._args = ()

    def cancelled(self) -> bool:
        return self._callback is None

    def when(self) -> float:
        return self._when

    def run(self) -> None:
        callback, args = self._callback, self._args
        if callback is not None:
            self._context.run(callback, *args)


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop; time begins at 0 s."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0
        self._ready: deque[_Step] = deque()
        self._planned: list[tuple[float, int, _Step]] = []
        self._order = 0
        self._instant_steps = 0
        self._is_running = False
        self._is_closed = False
        self._stopping = False
        self._interrupts: list[tuple[int, int, Callable[[], None]]] = []
        self.steps = 0
        """How many callbacks have run."""
        self.tasks: list[asyncio.Task[Any]] = []
        """All tasks in the order in which they were made; ``forget_done`` shortens it."""
        self.errors: list[BaseException] = []
        """What was raised where nobody could catch it."""

    # ------------------------------------------------------------ time

    @override
    def time(self) -> float:
        """Return the virtual instant, seconds."""
        return self._now_s

    def most_planned(self) -> int:
        """Return how many timers there are, at most: some may be cancelled."""
        return len(self._planned)

    def interrupt_at(self, step: int, action: Callable[[], None]) -> None:
        """Call between two callbacks, when so many have run: at any await point of any task."""
        self._order += 1
        heapq.heappush(self._interrupts, (step, self._order, action))

    @override
    def call_soon(  # type: ignore[override]
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Any:
        """Run at this instant, after all that is ready."""
        step = _Step(callback, args, context or contextvars.copy_context(), self._now_s)
        self._ready.append(step)
        return step

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    @override
    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Any:
        """Run after a delay in seconds."""
        return self.call_at(self._now_s + max(0.0, delay), callback, *args, context=context)

    @override
    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Any:
        """Run at an instant; those of the same instant run in the order of the calls."""
        step = _Step(callback, args, context or contextvars.copy_context(), when)
        self._order += 1
        heapq.heappush(self._planned, (when, self._order, step))
        return step

    # ------------------------------------------------------------ running

    @override
    def run_forever(self) -> None:
        """Run until ``stop``; raises Stalled."""
        self._is_running, self._stopping = True, False
        self._instant_steps = 0
        before = events._get_running_loop()
        events._set_running_loop(self)
        try:
            while not self._stopping:
                self._run_one()
        finally:
            self._is_running = False
            events._set_running_loop(before)

    def _run_one(self) -> None:
        if not self._ready:
            self._move_on()
        step = self._ready.popleft()
        if not step.cancelled():
            self._run(step)
        self.steps += 1
        self._instant_steps += 1
        if self._instant_steps > MAX_STEPS_PER_INSTANT:
            raise Stalled(f"the program spins at {self._now_s:.3f} s")
        while self._interrupts and self._interrupts[0][0] <= self.steps:
            heapq.heappop(self._interrupts)[2]()

    def _run(self, step: _Step) -> None:
        try:
            step.run()
        except (SystemExit, KeyboardInterrupt):
            raise
        except Exception as error:  # noqa: BLE001 - as asyncio does: the loop goes on
            self.call_exception_handler({"exception": error, "message": "a callback failed"})

    def _move_on(self) -> None:
        planned = self._planned
        while planned and planned[0][2].cancelled():
            heapq.heappop(planned)
        if not planned:
            raise Stalled(f"everybody waits for ever at {self._now_s:.3f} s: nothing is planned")
        when = planned[0][0]
        if when > self._now_s:
            self._now_s, self._instant_steps = when, 0
        while planned and planned[0][0] <= self._now_s:
            self._ready.append(heapq.heappop(planned)[2])

    @override
    def run_until_complete(self, future: Any) -> Any:
        """Run a coroutine or future to its end and return its result; raises Stalled."""
        task = asyncio.ensure_future(future, loop=self)

        def stop(_done: object) -> None:
            self.stop()

        task.add_done_callback(stop)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(stop)
        if not task.done():
            raise Stalled("stopped before its work was done")
        return task.result()

    @override
    def stop(self) -> None:
        """End ``run_forever`` after the callback that runs."""
        self._stopping = True

    @override
    def is_running(self) -> bool:
        """Say whether it runs."""
        return self._is_running

    @override
    def is_closed(self) -> bool:
        """Say whether ``close`` was called."""
        return self._is_closed

    @override
    def close(self) -> None:
        """Drop all that is planned."""
        self._is_closed = True
        self._ready.clear()
        self._planned.clear()

    # ------------------------------------------------------------ futures and tasks

    @override
    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of this loop."""
        return asyncio.Future(loop=self)

    @override
    def create_task(  # type: ignore[override]
        self,
        coro: Coroutine[Any, Any, T] | Generator[Any, None, T],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[T]:
        """Start a task, and note it."""
        task: asyncio.Task[T] = asyncio.Task(coro, loop=self, name=name, context=context)
        self.tasks.append(task)
        return task

    def forget_done(self) -> None:
        """Note only the tasks that still run."""
        self.tasks = [task for task in self.tasks if not task.done()]

    @override
    def get_debug(self) -> bool:
        """No debug mode."""
        return False

    @override
    def set_debug(self, enabled: bool) -> None:
        """No debug mode."""

    @override
    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what was raised where nobody could catch it."""
        error = context.get("exception")
        self.errors.append(error or RuntimeError(str(context.get("message"))))

    @override
    async def shutdown_asyncgens(self) -> None:
        """Nothing is tracked: asynchronous generators end with their tasks."""

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """There are no threads."""


class LoopClock:
    """Implements ``ports.clock.Clock`` on the running virtual loop."""

    def __init__(self, wall_ms: Ms) -> None:
        """Take what the wall clock shows when the loop's time is 0."""
        self._loop = asyncio.get_running_loop()
        self._start_ms = wall_ms

    def wall_ms(self) -> Ms:
        """Return the wall clock."""
        return self._start_ms + self.elapsed_ms()

    def elapsed_ms(self) -> Ms:
        """Return the loop's time."""
        return round(self._loop.time() * 1_000)

    def jump(self, by_ms: Ms) -> None:
        """Set the wall clock, as an operator would; elapsed time does not change."""
        self._start_ms += by_ms


def run(work: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run work on a new loop, then end all tasks that are left."""
    loop = VirtualLoop()
    try:
        result: T = loop.run_until_complete(work(loop))
        return result
    finally:
        try:
            loop.forget_done()
            if loop.tasks:
                loop.run_until_complete(_end(list(loop.tasks)))
        finally:
            loop.close()


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
