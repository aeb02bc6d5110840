"""What supervisors should know of the service itself, as long as it holds."""

from collections.abc import Callable

from callcenter.core.ids import Ms
from callcenter.ports.desk import FloorNotice
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.topics import FLOOR


class Notices:
    """The notices that one part of the service gives."""

    def __init__(self, fanout: Fanout, now: Callable[[], Ms]) -> None:
        self._fanout = fanout
        self._now = now
        self._shown: dict[str, FloorNotice] = {}

    def show(self, notice_id: str, text: str) -> None:
        """Let a notice say something; nothing is sent if it says so already.

        Args:
            notice_id: Which notice, such as "level".
            text: A sentence for people; "" takes the notice away.
        """
        before = self._shown.get(notice_id)
        if text == (before.text if before else ""):
            return
        if not text:
            del self._shown[notice_id]
            self._fanout.publish(FLOOR, removed=[("floor_notice", notice_id)])
            return
        notice = FloorNotice(notice_id, text, before.since_at if before else self._now())
        self._shown[notice_id] = notice
        self._fanout.publish(FLOOR, [notice])
