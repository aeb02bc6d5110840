"""Which call or pool a message or an input is for."""

from collections.abc import Callable, Container, Mapping

from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.comfort_messages import PositionAsked
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    FromCall,
    LogInRequested,
    LogOutRequested,
    OfferAnswered,
    OfferFailed,
    OffersResumed,
    OfferTaken,
    PauseRequested,
    PoolInput,
    ReadyRequested,
    RulesReplaced,
    WrapUpDone,
)
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import (
    OpennessAsked,
    QueueCloseRequested,
    QueueReopenRequested,
)
from callcenter.core.acd.wrap_up_messages import DispositionChosen, WrapUpExtensionRequested
from callcenter.core.call.messages import (
    CallerArrived,
    CallerGone,
    CallInput,
    DigitPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    PlaybackEnded,
)
from callcenter.core.ids import CallId, PoolId
from callcenter.core.plan import Plan
from callcenter.core.turn import NotOurs


def call_addressed(
    event: CallInput, owner: Callable[[str], CallId | None], calls: Container[CallId]
) -> CallId:
    """Return the open call that an input is for; raises NotOurs if there is none."""
    match event:
        case CallerArrived() | CallerGone() | DigitPressed():
            call_id = owner(event.leg_id)
        case LegRinging() | LegAnswered() | LegEnded():
            call_id = owner(event.leg_id)
        case PlaybackEnded():
            call_id = owner(event.playback_id)
        case _:
            call_id = event.call_id if event.call_id in calls else None
    if call_id is None:
        raise NotOurs(f"no open call for {type(event).__name__}")
    return call_id


def pool_told(pools: Mapping[PoolId, Pool], message: FromCall, plan: Plan) -> Pool:
    """Return the pool that a call speaks to; any of them if it is over for all."""
    if isinstance(message, CallEntered | OpennessAsked):
        return pools[plan.queues[message.queue_id].pool_id]
    return next((pool for pool in pools.values() if _concerns(pool, message)), _any(pools))


def pool_asked(pools: Mapping[PoolId, Pool], event: PoolInput) -> Pool:
    """Return the pool that a desk speaks to: the agent's, or that of the queues they may take."""
    match event:
        case LogInRequested():
            agent_id = event.profile.agent_id
            wants = set(event.profile.queues)
            for pool in pools.values():
                if wants & pool.queues.keys():
                    return pool
        case (
            LogOutRequested()
            | ReadyRequested()
            | PauseRequested()
            | DeskFound()
            | DeskLost()
            | PickRequested()
        ):
            agent_id = event.agent_id
        case BumpRequested():
            return next((p for p in pools.values() if event.call_id in p.waiting), _any(pools))
        case WrapUpExtensionRequested() | DispositionChosen():
            agent_id = event.agent_id
        case OffersResumed() | RulesReplaced():
            return pools[event.pool_id]
        case QueueCloseRequested() | QueueReopenRequested():
            ours = (pool for pool in pools.values() if event.queue_id in pool.queues)
            return next(ours, _any(pools))
        case _:
            raise AssertionError(f"{event} can only come from a call")
    return next((p for p in pools.values() if agent_id in p.agents), _any(pools))


def _any(pools: Mapping[PoolId, Pool]) -> Pool:
    return next(iter(pools.values()))


def _concerns(pool: Pool, message: FromCall) -> bool:
    match message:
        case OpennessAsked():
            return message.queue_id in pool.queues
        case CallEntered() | CallWithdrawn() | PositionAsked():
            return message.call_id in pool.waiting
        case OfferAnswered() | OfferTaken() | OfferFailed():
            return message.offer_id in pool.offers
        case AgentHungUp() | WrapUpDone():
            return message.agent_id in pool.agents
