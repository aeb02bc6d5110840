"""The model's phones in the words of the acceptance tests (``tests.support.phones``)."""

import asyncio

from callcenter.simulation import phones as simulated
from callcenter.simulation.asterisk_model import AsteriskModel
from tests.support.phones import (
    Answers,
    Behaviour,
    Caller,
    CallFailed,
    Dead,
    Outside,
    Party,
    Phones,
    Refusal,
    Refuses,
    Rings,
    Station,
)

TRUNK = "carrier"
KEY_S = 0.1
"""How long a key is held."""


class ModelParty:
    """What callers and stations have in common."""

    def __init__(self, phone: simulated.Party) -> None:
        self.phone = phone

    @property
    def tone_hz(self) -> int:
        return self.phone.tone_hz

    def hears(self, other: Party, last_ms: int = 400) -> bool:
        assert isinstance(other, ModelParty), "phones of two worlds"
        return self.phone.hears_party(other.phone, last_ms)

    def heard_ms(self, last_ms: int) -> int:
        return self.phone.heard_ms(last_ms)

    def packets(self) -> int:
        return self.phone.packets()

    def largest_gap_ms(self, since: float) -> int:
        return self.phone.largest_gap_ms(since)


class ModelCaller(ModelParty):
    """A customer on the model's trunk."""

    def __init__(self, phone: simulated.SimulatedCaller) -> None:
        super().__init__(phone)
        self._phone = phone

    @property
    def ended(self) -> bool:
        return self._phone.ended

    async def press(self, digit: str) -> None:
        await asyncio.sleep(KEY_S)
        self._phone.press_key(digit)

    async def hang_up(self) -> None:
        self._phone.put_down()

    async def wait_answered(self, timeout_s: float) -> None:
        try:
            await self._phone.wait_answered(timeout_s)
        except simulated.CallFailed as failed:
            raise CallFailed(str(failed)) from failed

    async def wait_ended(self, timeout_s: float) -> None:
        await self._phone.wait_ended(timeout_s)


class ModelStation(ModelParty):
    """An agent's phone on the model."""

    def __init__(self, phone: simulated.SimulatedStation) -> None:
        super().__init__(phone)
        self._phone = phone
        self._behaviour: Behaviour = Rings()

    @property
    def behaviour(self) -> Behaviour:
        return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._phone.behaviour = _translated(behaviour)

    @property
    def name(self) -> str:
        return self._phone.name

    @property
    def ringing(self) -> bool:
        return self._phone.ringing

    @property
    def in_call(self) -> bool:
        return self._phone.in_call

    @property
    def shown_caller(self) -> str:
        return self._phone.shown_caller

    @property
    def rings(self) -> int:
        return self._phone.rings

    async def wait_ringing(self, timeout_s: float) -> None:
        await self._phone.wait_ringing(timeout_s)

    async def wait_in_call(self, timeout_s: float) -> None:
        await self._phone.wait_in_call(timeout_s)

    async def wait_idle(self, timeout_s: float) -> None:
        await self._phone.wait_idle(timeout_s)

    async def answer(self) -> None:
        self._phone.pick_up()

    async def refuse(self, how: Refusal = Refusal.BUSY) -> None:
        self._phone.reject(simulated.Refusal[how.name])

    async def hang_up(self) -> None:
        self._phone.put_down()


class ModelOutside(ModelStation):
    """A customer's phone that the model reaches through its trunk."""

    async def press(self, digit: str) -> None:
        await asyncio.sleep(KEY_S)
        self._phone.press_key(digit)


def _translated(behaviour: Behaviour) -> simulated.Behaviour:
    match behaviour:
        case Rings():
            return simulated.Rings()
        case Answers(after_s):
            return simulated.Answers(after_s)
        case Refuses(how):
            return simulated.Refuses(simulated.Refusal[how.name])
        case Dead():
            return simulated.Dead()


class ModelPhones:
    """All phones of one modelled PBX."""

    def __init__(self, model: AsteriskModel, station_names: list[str]) -> None:
        self.simulated = simulated.SimulatedPhones(model, station_names)
        self._stations = {
            name: ModelStation(self.simulated.station(name)) for name in station_names
        }
        self._outside: dict[str, ModelOutside] = {}

    async def dial(self, ani: str | None, dnis: str, name: str = "") -> Caller:
        return ModelCaller(self.simulated.start_call(ani, dnis, name))

    def station(self, name: str) -> Station:
        return self._stations[name]

    def outside(self, number: str) -> Outside:
        if number not in self._outside:
            self._outside[number] = ModelOutside(self.simulated.outside(number, TRUNK))
        return self._outside[number]


def model_phones(model: AsteriskModel, station_names: list[str]) -> Phones:
    """Return phones on a model, checked against the Protocol."""
    return ModelPhones(model, station_names)
