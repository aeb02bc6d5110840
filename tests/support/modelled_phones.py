"""The simulated phones in the words of ``tests.support.phones``."""

from typing import Generic, TypeVar

from callcenter.simulation import phones as simulated
from tests.support import phones as words


Modelled = TypeVar("Modelled", bound=simulated.Party)


class ModelledParty(Generic[Modelled]):
    """One end of a call on the model."""

    def __init__(self, party: Modelled) -> None:
        self.party = party

    @property
    def tone_hz(self) -> int:
        return self.party.tone_hz

    def hears(self, other: words.Party, last_ms: int = 400) -> bool:
        assert isinstance(other, ModelledParty)
        return self.party.hears_party(other.party, last_ms)

    def heard_ms(self, last_ms: int) -> int:
        return self.party.heard_ms(last_ms)

    def packets(self) -> int:
        return self.party.packets()

    def largest_gap_ms(self, since: float) -> int:
        return self.party.largest_gap_ms(since)


class ModelledCaller(ModelledParty[simulated.SimulatedCaller]):
    """A customer."""

    @property
    def ended(self) -> bool:
        return self.party.ended

    async def press(self, digit: str) -> None:
        self.party.press_key(digit)

    async def hang_up(self) -> None:
        self.party.put_down()

    async def wait_answered(self, timeout_s: float) -> None:
        await self.party.wait_answered(timeout_s)

    async def wait_ended(self, timeout_s: float) -> None:
        await self.party.wait_ended(timeout_s)


class ModelledStation(ModelledParty[simulated.SimulatedStation]):
    """An agent's phone."""

    _behaviour: words.Behaviour = words.Rings()

    @property
    def name(self) -> str:
        return self.party.name

    @property
    def behaviour(self) -> words.Behaviour:
        return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour: words.Behaviour) -> None:
        self._behaviour = behaviour
        match behaviour:
            case words.Rings():
                self.party.behaviour = simulated.Rings()
            case words.Answers():
                self.party.behaviour = simulated.Answers(behaviour.after_s)
            case words.Refuses():
                self.party.behaviour = simulated.Refuses(_refusal(behaviour.how))
            case words.Dead():
                self.party.behaviour = simulated.Dead()

    @property
    def ringing(self) -> bool:
        return self.party.ringing

    @property
    def in_call(self) -> bool:
        return self.party.in_call

    @property
    def shown_caller(self) -> str:
        return self.party.shown_caller

    @property
    def rings(self) -> int:
        return self.party.rings

    async def wait_ringing(self, timeout_s: float) -> None:
        await self.party.wait_ringing(timeout_s)

    async def wait_in_call(self, timeout_s: float) -> None:
        await self.party.wait_in_call(timeout_s)

    async def wait_idle(self, timeout_s: float) -> None:
        await self.party.wait_idle(timeout_s)

    async def answer(self) -> None:
        self.party.pick_up()

    async def refuse(self, how: words.Refusal = words.Refusal.BUSY) -> None:
        self.party.reject(_refusal(how))

    async def hang_up(self) -> None:
        self.party.put_down()


class ModelledPhones:
    """All phones of the model."""

    def __init__(self, phones: simulated.SimulatedPhones) -> None:
        self._phones = phones

    async def dial(self, ani: str | None, dnis: str, name: str = "") -> ModelledCaller:
        return ModelledCaller(self._phones.start_call(ani, dnis, name))

    def station(self, name: str) -> ModelledStation:
        return ModelledStation(self._phones.station(name))


def _refusal(how: words.Refusal) -> simulated.Refusal:
    return simulated.Refusal[how.name]
