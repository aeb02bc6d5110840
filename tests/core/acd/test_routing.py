"""What must hold of routing whatever the settings are and whatever happens."""

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callcenter.core.ids import QueueId
from callcenter.core.plan import PoolRules, QueueRules
from tests.core.acd import floors

_events = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 2**16)), max_size=60)


IS_PINNED = "INVARIANT_EXAMPLES" not in os.environ
EXAMPLES = int(os.environ.get("INVARIANT_EXAMPLES", "200"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=IS_PINNED,
    database=None,
    phases=(Phase.generate, Phase.shrink) if IS_PINNED else (Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(queues=floors.queues(), rules=floors.rules(), events=_events, seed=st.integers(0, 2**16))
def test_the_rules_of_routing_hold_in_every_pool(
    queues: dict[QueueId, QueueRules],
    rules: PoolRules,
    events: list[tuple[int, int]],
    seed: int,
) -> None:
    floor = floors.Floor(queues, rules)
    floor.opens(seed)
    for kind, whom in events:
        floor.happens(kind, whom)
    floor.check_folding()
