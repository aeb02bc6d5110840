"""Seeded callers for the demo: who calls, what they press, how long they wait and talk.

They live on the model's scheduler, not on tasks, so a day of them runs in virtual time as well, and
stopping leaves nothing behind. Each notices what happens only by what is heard, as a person does.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.phones import SimulatedCaller, SimulatedPhones
from callcenter.simulation.scheduler import Timer

SILENCE_S = 20.0
"""After so long in silence anybody hangs up."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the callers of a crowd behave, on average."""

    calls_per_minute: float = 6.0
    dialled: Sequence[str] = ("4001",)
    """Service numbers, chosen evenly."""
    known: Sequence[tuple[str, str]] = ()
    """Numbers and names of customers in the CRM."""
    known_share: float = 0.6
    withheld_share: float = 0.05
    keys: Sequence[str] = ("1", "2", "3")
    """What a caller means to press in the menu, chosen evenly."""
    wrong_key_share: float = 0.15
    """Share of callers whose first key is wrong."""
    wrong_key: str = "7"
    menu_hang_up_share: float = 0.07
    """Share of callers who give up in the menu."""
    listen_s: tuple[float, float] = (1.5, 5.0)
    """How long a caller listens before a key."""
    patience_s: float = 90.0
    """Mean of the exponential patience in the queue."""
    talk_median_s: float = 20.0
    talk_sigma: float = 0.5
    """Spread of the lognormal talk time."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one caller is going to do; drawn once, before the call."""

    ani: str | None
    name: str
    dnis: str
    keys: tuple[str, ...]
    """Pressed one after the other while prompts play; () for one who hangs up there."""
    listen_s: float
    patience_s: float
    talk_s: float


def draw_script(habits: Habits, random: Random) -> Script:
    """Draw one caller's script."""
    ani, name = _draw_number(habits, random)
    key = random.choice(list(habits.keys))
    keys = (habits.wrong_key, key) if random.random() < habits.wrong_key_share else (key,)
    return Script(
        ani=ani,
        name=name,
        dnis=random.choice(list(habits.dialled)),
        keys=() if random.random() < habits.menu_hang_up_share else keys,
        listen_s=random.uniform(*habits.listen_s),
        patience_s=random.expovariate(1 / habits.patience_s),
        talk_s=random.lognormvariate(math.log(habits.talk_median_s), habits.talk_sigma),
    )


def _draw_number(habits: Habits, random: Random) -> tuple[str | None, str]:
    if random.random() < habits.withheld_share:
        return None, ""
    if habits.known and random.random() < habits.known_share:
        return random.choice(list(habits.known))
    return f"+8613{random.randrange(10**9):09d}", ""


class Caller:
    """One caller on the line, acting out a script."""

    def __init__(
        self,
        model: AsteriskModel,
        phone: SimulatedCaller,
        script: Script,
        on_end: Callable[["Caller"], None],
    ) -> None:
        self.phone = phone
        self.script = script
        self._model = model
        self._on_end = on_end
        self._keys = list(script.keys)
        self._plans: dict[str, Timer] = {}
        """What is going to be done, by name: "press", "leave", "give_up", "say_goodbye"."""
        self._over = False
        phone.on_change = self._notice

    def hang_up(self) -> None:
        """End the call now."""
        self.phone.put_down()

    def _notice(self) -> None:
        """React to what is heard."""
        if self.phone.ended:
            self._finish()
            return
        heard = self.phone.hearing
        if heard != "nothing":
            self._cancel("leave")
        elif self.phone.answered:
            self._plan("leave", SILENCE_S, self.phone.put_down)
        if heard.startswith("talk:"):
            self._cancel("give_up")
            self._plan("say_goodbye", self.script.talk_s, self.phone.put_down)
        elif heard == "music":
            self._cancel("press")
            self._plan("give_up", self.script.patience_s, self.phone.put_down)
        elif self.phone.answered and "give_up" not in self._plans:
            self._plan("press", self.script.listen_s, self._press)

    def _press(self) -> None:
        """Press the next key; the last one again if it has not helped (pressed too early)."""
        del self._plans["press"]
        if not self._keys:
            self.phone.put_down()
        else:
            self.phone.press_key(self._keys.pop(0) if len(self._keys) > 1 else self._keys[0])

    def _plan(self, name: str, delay_s: float, action: Callable[[], None]) -> None:
        """Plan something unless it is planned already."""
        if name not in self._plans:
            self._plans[name] = self._model.pbx.later(delay_s * 1_000, action)

    def _cancel(self, name: str) -> None:
        timer = self._plans.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _finish(self) -> None:
        for name in list(self._plans):
            self._cancel(name)
        if not self._over:
            self._over = True
            self._on_end(self)


@dataclass(slots=True)
class Crowd:
    """Callers who arrive at random (Poisson) until stopped or until so many have called."""

    model: AsteriskModel
    phones: SimulatedPhones
    habits: Habits
    random: Random
    limit: int | None = None
    """How many call in all; None for no limit."""
    on_end: Callable[[Caller], None] | None = None
    """Called after each call."""
    started: int = 0
    ended: int = 0
    _open: dict[int, Caller] = field(default_factory=dict)
    _next: Timer | None = None

    @property
    def is_done(self) -> bool:
        """Whether the limit is reached and all calls are over."""
        return self.limit is not None and self.ended >= self.limit

    @property
    def open_calls(self) -> int:
        """How many are on the line now."""
        return len(self._open)

    def start(self) -> None:
        """Begin to call; does nothing if it has begun."""
        if self._next is None:
            self._plan_next()

    def stop(self) -> None:
        """Let nobody else call; those on the line go on."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def hang_up_all(self) -> int:
        """End all calls and return how many there were."""
        callers = list(self._open.values())
        for caller in callers:
            caller.hang_up()
        return len(callers)

    def _plan_next(self) -> None:
        self._next = None
        if self.limit is None or self.started < self.limit:
            pause_s = self.random.expovariate(self.habits.calls_per_minute / 60)
            self._next = self.model.pbx.later(pause_s * 1_000, self._call)

    def _call(self) -> None:
        script = draw_script(self.habits, self.random)
        number, self.started = self.started, self.started + 1
        phone = self.phones.start_call(script.ani, script.dnis, script.name)
        self._open[number] = Caller(self.model, phone, script, partial(self._finished, number))
        self._plan_next()

    def _finished(self, number: int, caller: Caller) -> None:
        del self._open[number]
        self.ended += 1
        if self.on_end is not None:
            self.on_end(caller)
