"""What the operator declares: queues, pools, service numbers, flows. Replaced whole to change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.core.acd.callback_rules import CallbackRules
from callcenter.core.acd.hours import OpeningHours
from callcenter.core.acd.overflow_rules import ANYBODY, OverflowRule, Staffed
from callcenter.core.dialling import Outbound
from callcenter.core.ids import Ms, PoolId, QueueId
from ivr_flows.model import Flow

MAX_FLOW_MS: Ms = 600_000


class Strategy(StrEnum):
    """Who of several free agents is asked first; ``acd.strategies`` has the keys."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK = "least_talk"
    TOP_DOWN = "top_down"
    RING_ALL = "ring_all"
    RING_PROGRESSIVELY = "ring_progressively"
    RANDOM = "random"
    WEIGHTED_RANDOM = "weighted_random"
    BEST_SKILL = "best_skill"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What a queue asks less of agents for a caller who has waited some time."""

    after_ms: Ms
    """Since the caller entered the queue."""
    skills: tuple[tuple[str, int], ...] = ()
    """Skill and the level that is enough from now on; 0: the skill is not needed any more."""
    most: int | None = None
    """The level that is enough of every skill; None: as the skills say."""
    most_level: int | None = None
    """Agents up to this level in the queue are asked; 0: all; None: as before."""


@dataclass(frozen=True, slots=True)
class TierRules:
    """What a customer's tier in the CRM adds to each of their calls."""

    priority: int = 0
    requires: tuple[tuple[str, int], ...] = ()
    prefers: tuple[tuple[str, int], ...] = ()


class AnnouncePosition(StrEnum):
    """When those who wait are told their place."""

    OFF = "off"
    ALWAYS = "always"
    """On entry and each time it is due, be it better or not."""
    IMPROVED = "improved"
    """On entry, and later only a better one than was told last."""


class AnnounceToAgent(StrEnum):
    """What an agent who answered hears before the caller."""

    OFF = "off"
    QUEUE = "queue"
    QUEUE_AND_WAIT = "queue_and_wait"


@dataclass(frozen=True, slots=True)
class ComfortStep:
    """Prompts for those who wait: once after a time, or again and again in turn."""

    wait_ms: Ms
    """Waited so long, or waited so long again."""
    prompts: tuple[str, ...]
    """If it repeats: one each time, in turn. Else all of them."""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class QueueRules:
    """One waiting line and its limits."""

    queue_id: QueueId
    name: str
    pool_id: PoolId = PoolId("main")
    ring_ms: Ms = 20_000
    """How long an agent's phone rings before the offer ends as not answered."""
    wrap_up_ms: Ms = 60_000
    """The limit of after-call work; 0 for none."""
    max_wait_ms: Ms = 600_000
    """The longest wait before the caller goes on in the flow as timed out."""
    announce_every_ms: Ms = 45_000
    """Time between two announcements of the position; 0 for only the one on entry."""
    service_level_ms: Ms = 20_000
    """The wait that counts as served in time."""
    announce_estimate: bool = False
    """Whether the expected wait is told, as a range, with the place in line."""
    hours: OpeningHours | None = None
    """When it is open; None: always."""
    max_waiting: int = 0
    """With so many callers it is full; 0: never."""
    overflow: tuple[OverflowRule, ...] = ()
    """Looked at in this order."""
    join_with: frozenset[Staffed] = ANYBODY
    """The agents who count as staff for a caller who wants to enter."""
    stay_with: frozenset[Staffed] = ANYBODY
    """The same for one who waits."""
    leave_after_ms: Ms = 0
    """So long a caller waits on without staff."""
    strategy: Strategy = Strategy.LONGEST_IDLE
    weight: int = 0
    """Points of priority that every caller of the queue has more than those of others."""
    relaxations: tuple[Relaxation, ...] = ()
    """In the order of their times."""
    most_level: int | None = None
    """At first only agents up to this level are asked; None: all."""
    agent_wait_ms: Ms = 0
    """How long a caller waits for their own agent before all are asked; 0: not at all."""
    own_agents: tuple[str, ...] = ("owner", "last")
    """Who a caller's own agent is: the owner of the customer, the agent of the last talk."""
    language: str = "ignore"
    """What the customer's language counts as: "ignore", "prefer" or "require" (a skill)."""
    most_phones: int = 10
    """The most phones that ring at once for one caller, where a strategy rings several."""
    widen_every_ms: Ms = 10_000
    """After so long one phone more rings, where the strategy rings progressively."""
    announce_position: AnnouncePosition = AnnouncePosition.IMPROVED
    announce_limit: int = 0
    """Places beyond it are told as "more than"; 0 for no such limit."""
    comfort: tuple[ComfortStep, ...] = ()
    """What those who wait hear besides, by the time they have waited."""
    announce_to_agent: AnnounceToAgent = AnnounceToAgent.OFF
    name_prompt: str = ""
    """Says the queue's name to the agent; empty for none."""
    callbacks: CallbackRules = CallbackRules()
    """How its callers are called back; whether at all is said by ``Plan.outbound``."""


@dataclass(frozen=True, slots=True)
class PoolRules:
    """What holds for all agents who share a pool."""

    pool_id: PoolId = PoolId("main")
    no_answer_rest_ms: Ms = 10_000
    """How long an agent who let it ring is not offered another call."""
    refused_rest_ms: Ms = 15_000
    unreachable_rest_ms: Ms = 15_000
    lost_log_out_ms: Ms = 900_000
    """After so long without a page a lost agent is logged out."""
    priority_step_ms: Ms = 60_000
    """How much earlier a caller counts as arrived for each point of priority."""
    strict_priorities: bool = False
    """Higher priority always goes first, however long the others have waited."""
    shown_within_ms: Ms = 5_000
    """Within so long a page must say that it shows an offer; 0 for the whole ring time."""
    longest_fault_rest_ms: Ms = 300_000
    """``unreachable_rest_ms`` is doubled with each fault in a row, up to this."""
    misses_before_pause: int = 3
    """After so many misses in a row the agent is paused as not answering; 0 for never."""
    wrap_up_extension_ms: Ms = 60_000
    """How much longer the after-call work may take each time the agent asks."""
    wrap_up_extensions: int = 3
    """How often the agent may ask; 0 for never."""
    wrap_up_by_disposition: Mapping[str, Ms] = field(default_factory=dict)
    """The limit of after-call work for outcomes that have one of their own."""


@dataclass(frozen=True, slots=True)
class ServiceNumber:
    """One number that customers dial, and the flow that serves it."""

    number: str
    """As the trunk delivers it: digits, with a leading + if the trunk sends one."""
    name: str
    flow_id: str
    max_flow_ms: Ms = MAX_FLOW_MS
    """The longest time in the flow, waits in queues apart; then the fallback has the caller."""


@dataclass(frozen=True, slots=True)
class Disposition:
    """An outcome that an agent can choose in the wrap-up."""

    code: str
    label: str
    requires_note: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole declaration, validated: every queue and flow named in it exists."""

    queues: Mapping[QueueId, QueueRules]
    numbers: Mapping[str, ServiceNumber]
    flows: Mapping[str, Flow]
    default_flow_id: str
    """Serves a dialled number that is not declared."""
    pools: Mapping[PoolId, PoolRules] = field(default_factory=lambda: {PoolId("main"): PoolRules()})
    dispositions: tuple[Disposition, ...] = ()
    pause_reasons: tuple[str, ...] = ("break", "lunch", "back office")
    tiers: Mapping[str, TierRules] = field(default_factory=dict)
    """What a tier of the CRM adds to a call; one that is not here adds nothing."""
    outbound: Outbound = Outbound()
    """Whom the service may call."""

    def max_flow_ms(self, number: str) -> Ms:
        """Return the longest time in the flow for who dialled a number, declared or not."""
        service = self.numbers.get(number)
        return service.max_flow_ms if service else MAX_FLOW_MS
