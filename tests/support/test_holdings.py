"""The walk finds what is held, wherever it hangs."""

from functools import partial

from callcenter.runtime.supervisor import Supervisor
from callcenter.runtime.tally import Tally
from callcenter.runtime.topics import Topic
from tests.support.holdings import container_sizes, living


def test_containers_are_found_by_the_attribute_that_holds_them() -> None:
    topics = [Topic("a", "e"), Topic("b", "e")]
    topics[0].waiting[("me", "1")] = None
    topics[1].waiting[("me", "2")] = None
    sizes = container_sizes(topics)
    assert (sizes["list"], sizes["Topic.waiting"], sizes["Topic.table"]) == (2, 2, 0)


def test_what_hangs_on_methods_and_partials_is_found() -> None:
    tally, topic = Tally(), Topic("a", "e")
    topic.waiting[("me", "1")] = None
    sizes = container_sizes([tally.observe], [partial(print, topic)])
    assert sizes["Tally.outcomes"] == len(tally.outcomes)
    assert sizes["Topic.waiting"] == 1


def test_closed_classes_are_not_looked_into() -> None:
    assert "Topic.frames" not in container_sizes([Topic("a", "e")], closed=(Topic,))


def test_objects_are_counted_by_class() -> None:
    before = living("callcenter.runtime", without=("callcenter.runtime.supervisor",))
    kept = (Topic("a", "e"), Supervisor.__new__(Supervisor))
    after = living("callcenter.runtime", without=("callcenter.runtime.supervisor",))
    assert after - before == {"callcenter.runtime.topics.Topic": 1}
    assert len(kept) == 2
