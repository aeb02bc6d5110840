"""From the offer to the claim."""

import asyncio

from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.claims import OFFERED_FOR_S, Claims
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.core.ids import LegId
from tests.support.virtual_time import virtual

LEG = LegId("1.2")


def claims_of(registry: CollectorRegistry) -> Claims:
    return Claims(AriMetrics(registry))


def results(registry: CollectorRegistry) -> dict[str, float]:
    return {
        sample.labels["result"]: sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "callcenter_claims_total"
    }


@virtual
async def test_the_time_to_a_claim_that_was_won_is_measured():
    registry = CollectorRegistry()
    claims = claims_of(registry)
    claims.offered(LEG)
    await asyncio.sleep(0.25)
    assert not claims.is_too_late(LEG)
    claims.answered(LEG, 204)
    assert registry.get_sample_value("callcenter_claim_seconds_sum") == 0.25
    assert results(registry) == {"won": 1}


@virtual
async def test_a_claim_is_not_sent_when_the_call_is_in_the_fallback_already():
    registry = CollectorRegistry()
    claims = claims_of(registry)
    claims.offered(LEG)
    await asyncio.sleep(OFFERED_FOR_S + 0.01)
    assert claims.is_too_late(LEG)
    assert results(registry) == {"late": 1}
    assert not claims.is_too_late(LegId("unknown"))


@virtual
async def test_each_answer_has_its_word_and_many_offers_cost_no_more_memory():
    registry = CollectorRegistry()
    claims = claims_of(registry)
    for status in (409, 404, 0, 500):
        claims.offered(LEG)
        claims.answered(LEG, status)
    assert results(registry) == {"lost": 1, "late": 1, "unanswered": 1, "refused": 1}
    for number in range(10_000):
        claims.offered(LegId(str(number)))
    await asyncio.sleep(OFFERED_FOR_S + 1)
    assert not claims.is_too_late(LegId("0")), "forgotten: the PBX will say so"
    assert claims.is_too_late(LegId("9999"))
