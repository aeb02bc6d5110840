"""Why did this call go there, as far as the CRM's record tells: for calls without their facts."""

from callcenter.core.ids import Ms
from callcenter.core.why import reasons
from callcenter.core.why.explanation import Explanation, Question, Sentence, passages
from callcenter.core.why.words import capital, duration
from callcenter.ports.records import CallRecord, Segment, SegmentKind

_NOTE = "The journal has no facts of this call: what each choice was made from is not known."


def of_record(record: CallRecord, now: Ms, *, hides_agents: bool) -> Explanation:
    """Return the way of a call from its record alone.

    Args:
        record: The CRM's record.
        now: The instant.
        hides_agents: Name no agents.
    """
    lines = [
        Sentence(
            f"The call came in on {record.service or 'an unknown service'}.", record.arrived_at
        ),
        *(_line(each, hides_agents=hides_agents) for each in record.segments),
    ]
    if record.outcome is not None:
        lines.append(
            Sentence(f"The call ended: {reasons.outcome(record.outcome)}.", record.ended_at)
        )
    told = passages(("How it came there", [*lines, Sentence(_NOTE)]))
    return Explanation(Question.THERE, record.call_id, now, _headline(record, hides_agents), told)


def _headline(record: CallRecord, hides_agents: bool) -> str:  # noqa: FBT001 - its only caller
    agent = ("an agent" if hides_agents else record.agent_name) if record.agent_name else "nobody"
    if record.outcome is None:
        return f"The call went to {agent}."
    return f"The call went to {agent}, and is over: {reasons.outcome(record.outcome)}."


def _line(segment: Segment, *, hides_agents: bool) -> Sentence:
    agent = "an agent" if hides_agents else segment.agent_name or "an agent"
    text = {
        SegmentKind.IVR: "The caller was in the menu",
        SegmentKind.QUEUE: f"The caller waited in the queue {segment.queue_id or ''}".rstrip(),
        SegmentKind.RING: f"The phone of {agent} rang",
        SegmentKind.DIAL: "The phone of the customer rang",
        SegmentKind.TALK: f"{agent} talked with the caller",
        SegmentKind.WRAP: f"{agent} did the after-call work",
    }[segment.kind]
    length = f" for {duration(segment.ended_at - segment.started_at)}" if segment.ended_at else ""
    end = f" ({segment.end_reason.replace('_', ' ')})" if segment.end_reason else ""
    return Sentence(capital(f"{text}{length}{end}."), segment.started_at)
