"""What the operator declares: queues, pools, service numbers, flows. Read once, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from callcenter.core.ids import Ms, PoolId, QueueId
from ivr_flows.model import Flow


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
    announce_position: AnnouncePosition = AnnouncePosition.IMPROVED
    announce_limit: int = 0
    """Places beyond it are told as "more than"; 0 for no such limit."""
    comfort: tuple[ComfortStep, ...] = ()
    """What those who wait hear besides, by the time they have waited."""
    announce_to_agent: AnnounceToAgent = AnnounceToAgent.OFF
    name_prompt: str = ""
    """Says the queue's name to the agent; empty for none."""


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


def with_one_flow(plan: Plan, flow_id: str) -> Plan:
    """Return the plan in which one flow serves whoever calls; calls at hand keep theirs."""
    numbers = {name: replace(number, flow_id=flow_id) for name, number in plan.numbers.items()}
    return replace(plan, numbers=numbers, default_flow_id=flow_id)
