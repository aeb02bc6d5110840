"""Customers who are called back: each picks up, is busy, or lets it ring, as chance has it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from random import Random

from callcenter.core.call.callback_messages import CallbackCancelRequested, CallbackRequested
from callcenter.core.centre import Centre
from callcenter.core.ids import QueueId
from callcenter.simulation.phones import Refusal, SimulatedPhones, SimulatedStation
from callcenter.soak.plan import TRUNK


class Customers:
    """The phones of all who have called, in the public network."""

    def __init__(self, phones: SimulatedPhones, random: Random) -> None:
        self._phones = phones
        self._random = random
        self._known: dict[str, _Customer] = {}

    def know(self, number: str | None) -> None:
        """Give a phone to who has called, or will be called."""
        if number is not None and number not in self._known:
            phone = self._phones.outside(number, TRUNK)
            self._known[number] = _Customer(phone, Random(self._random.getrandbits(64)))

    def wanted(self, queues: Sequence[QueueId]) -> Iterator[tuple[float, str, QueueId | None]]:
        """Yield what a program asks: when, for whom, and of which queue; None: not any more."""
        chance = self._random
        for n in range(chance.randint(0, 4)):
            number = f"+12025559{n:03d}"
            self.know(number)
            yield chance.uniform(3.0, 60.0), number, chance.choice(queues)
            if chance.random() < 0.3:
                yield chance.uniform(5.0, 90.0), number, None

    @property
    def phones(self) -> list[SimulatedStation]:
        """All their phones."""
        return [customer.phone for customer in self._known.values()]


def program_request(
    centre: Centre, number: str, queue_id: QueueId | None
) -> CallbackRequested | CallbackCancelRequested | None:
    """Return what a program says; None if there is nothing to take back."""
    if queue_id is not None:
        return CallbackRequested(number, queue_id)
    known = centre.setting.callbacks.of_number(number)
    return CallbackCancelRequested(known, "a program") if known is not None else None


class _Customer:
    """Acts by what the phone does, as a person would."""

    def __init__(self, phone: SimulatedStation, random: Random) -> None:
        self.phone = phone
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._plans: dict[str, asyncio.TimerHandle] = {}
        phone.on_change = self._hear

    def _hear(self) -> None:
        random, phone = self._random, self.phone
        if phone.ringing and "answer" not in self._plans:
            what = random.random()
            if what < 0.7:
                self._plan("answer", random.uniform(0.3, 6.0), self._pick_up)
            elif what < 0.85:
                self._plan("answer", random.uniform(0.1, 2.0), self._reject)
        elif phone.in_call and "leave" not in self._plans:
            self._plan("leave", random.uniform(2.0, 45.0), phone.put_down)
            for _ in range(random.randint(0, 3)):
                key = random.choice("1112390")
                self._loop.call_later(random.uniform(0.2, 8.0), phone.press_key, key)
        elif not phone.ringing and not phone.in_call:
            for plan in self._plans.values():
                plan.cancel()
            self._plans.clear()

    def _pick_up(self) -> None:
        if self.phone.ringing:
            self.phone.pick_up()

    def _reject(self) -> None:
        if self.phone.ringing:
            self.phone.reject(self._random.choice(list(Refusal)))

    def _plan(self, name: str, after_s: float, action: Callable[[], None]) -> None:
        self._plans[name] = self._loop.call_later(after_s, action)
