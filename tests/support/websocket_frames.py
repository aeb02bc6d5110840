"""The frames in which a server speaks on a websocket, as RFC 6455 has them."""

_CONTROL = 0x8
_END_OF_HEAD = b"\r\n\r\n"


class ServerFrames:
    """Cuts the bytes of one connection into its HTTP answer and then frames."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_in_head = True

    def cut(self, piece: bytes) -> list[bytes]:
        """Return what is complete with this piece: the HTTP answer, and whole frames."""
        self._rest += piece
        found = []
        while size := self._size():
            found.append(self._rest[:size])
            self._rest = self._rest[size:]
        return found

    def _size(self) -> int:
        """Return the length of what comes next, 0 if it is not all there."""
        if self._is_in_head:
            end = self._rest.find(_END_OF_HEAD)
            self._is_in_head = end < 0
            return 0 if end < 0 else end + len(_END_OF_HEAD)
        size = frame_size(self._rest)
        return size if size <= len(self._rest) else 0


def frame_size(data: bytes) -> int:
    """Return the length of the frame that begins here, 0 if that cannot be said yet."""
    if len(data) < 2:
        return 0
    length, head = data[1] & 0x7F, 2
    if length >= 126:
        head = 4 if length == 126 else 10
        if len(data) < head:
            return 0
        length = int.from_bytes(data[2:head], "big")
    return head + length


def is_message(frame: bytes) -> bool:
    """Say whether a frame carries text or data, and is no ping, pong or goodbye."""
    return not frame.startswith(b"HTTP/") and not frame[0] & _CONTROL
