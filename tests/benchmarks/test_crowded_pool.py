from callcenter.benchmarks.crowded_pool import Crowd, CrowdedPool, run
from callcenter.core.acd.people import Activity


def test_a_crowded_pool_keeps_its_line_and_its_agents_busy() -> None:
    crowded = CrowdedPool(Crowd(agents=40, skill_sets=20, waiting=200), seed=1)
    before = len(crowded.pool.waiting)
    assert before > 200
    assert crowded.serve(100) > 0
    assert crowded.inputs >= 400
    assert len(crowded.pool.waiting) == before
    busy = [a for a in crowded.pool.agents.values() if a.activity is not Activity.IDLE]
    assert len(busy) > 20


def test_where_nobody_waits_three_tenths_of_the_agents_are_free() -> None:
    crowded = CrowdedPool(Crowd(agents=40, skill_sets=20, waiting=0), seed=1)
    crowded.serve(100)
    free = [a for a in crowded.pool.agents.values() if a.is_free]
    assert 5 <= len(free) <= 20


def test_each_crowd_gives_a_figure() -> None:
    (figure,) = run(1, (Crowd(10, 5, 20),), served=20)
    assert figure.metric == "pool_inputs_per_s.agents_10.sets_5.waiting_20"
    assert figure.value > 0
