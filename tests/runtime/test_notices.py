"""Notices of the service for supervisors."""

from callcenter.core.ids import Ms
from callcenter.ports.desk import FloorNotice
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.notices import Notices
from callcenter.runtime.topics import FLOOR
from tests.support.virtual_time import VirtualClock, virtual


class Wall:
    """A clock that a test sets."""

    now: Ms = 1_000


@virtual
async def test_a_notice_stays_as_long_as_it_has_something_to_say():
    wall, fanout = Wall(), Fanout("test", VirtualClock())
    notices = Notices(fanout, lambda: wall.now)
    key = ("floor_notice", "crm")
    notices.show("crm", "")
    assert fanout.find(FLOOR, key) is None
    notices.show("crm", "The records wait.")
    wall.now = 5_000
    notices.show("crm", "The records wait: locked.")
    assert fanout.find(FLOOR, key) == FloorNotice("crm", "The records wait: locked.", 1_000)
    notices.show("crm", "")
    assert fanout.find(FLOOR, key) is None
    notices.show("crm", "The records wait.")
    assert fanout.find(FLOOR, key) == FloorNotice("crm", "The records wait.", 5_000)
