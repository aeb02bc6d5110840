"""Facts as bytes and back, so that a journal written today can be read by any later version.

A stored fact is (kind, version, body): the class name, a number that grows when the fields change
in a way that old bodies do not fit, and a JSON object. A new field with a default needs no new
version: the decoder fills it in, and ignores fields that it does not know. Anything else gets a
new number in ``VERSIONS`` and an upcaster in ``UPCASTERS`` from the number before.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from callcenter.ports.journal import Fact, Recorded, Unreadable

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the JSON object of one version into that of the next."""

KINDS: Mapping[str, type] = {fact.__name__: fact for fact in get_args(Fact)}
"""Every fact by the name under which it is stored: a renamed class keeps its old name here."""

VERSIONS: Mapping[str, int] = {}
"""Kinds whose fields changed; all others are at 1."""

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(kind, version) to what makes the next version of it."""

# What a damaged body, or an upcaster that meets one, can raise.
_BAD_BODY = (
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a fact cannot hold a {type(value).__name__}")


class SnapshotItem(msgspec.Struct, array_like=True, frozen=True):
    """One fact of a snapshot."""

    kind: str
    version: int
    body: msgspec.Raw


_snapshots = msgspec.json.Decoder(list[SnapshotItem])


class Codec:
    """Encodes and decodes facts; the tables are arguments so that upcasting can be tested."""

    def __init__(
        self,
        kinds: Mapping[str, type] = KINDS,
        versions: Mapping[str, int] = VERSIONS,
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> None:
        self._encoder = msgspec.json.Encoder(enc_hook=_plain)
        self._decoders: dict[str, msgspec.json.Decoder[Fact]] = {
            kind: msgspec.json.Decoder(fact) for kind, fact in kinds.items()
        }
        self._kinds = kinds
        self._upcasters = upcasters
        self._stored_as = {fact: (kind, versions.get(kind, 1)) for kind, fact in kinds.items()}

    def encode(self, fact: Fact) -> tuple[str, int, bytes]:
        """Return kind, version and JSON body.

        Raises:
            UnicodeEncodeError: A text holds half of a surrogate pair; adapters clean what they
                receive, so this is a program error.
        """
        kind, version = self._stored_as[type(fact)]
        return kind, version, self._encoder.encode(fact)

    def decode(
        self, seq: int, stream: str, stored: tuple[str, int, bytes]
    ) -> Recorded | Unreadable:
        """Return the fact, or why it cannot be read; never raises."""
        kind, version, body = stored
        try:
            return Recorded(seq, stream, self._decode(kind, version, body))
        except _BAD_BODY as error:
            return Unreadable(seq, stream, kind, f"{type(error).__name__}: {error}")

    def encode_snapshot(self, facts: Sequence[Fact]) -> bytes:
        """Return facts as one JSON array of [kind, version, body]."""
        stored = (self.encode(fact) for fact in facts)
        return self._encoder.encode(
            [SnapshotItem(kind, version, msgspec.Raw(body)) for kind, version, body in stored]
        )

    def decode_snapshot(
        self, seq: int, stream: str, body: bytes
    ) -> Sequence[Recorded | Unreadable]:
        """Return a snapshot's facts, all with the snapshot's sequence; never raises."""
        try:
            items = _snapshots.decode(body)
        except _BAD_BODY as error:
            return [Unreadable(seq, stream, "snapshot", f"{type(error).__name__}: {error}")]
        return [
            self.decode(seq, stream, (item.kind, item.version, bytes(item.body))) for item in items
        ]

    def _decode(self, kind: str, version: int, body: bytes) -> Fact:
        if kind not in self._kinds:
            raise LookupError(f"no fact is called {kind!r}: written by a newer version?")
        current = self._stored_as[self._kinds[kind]][1]
        if not 1 <= version <= current:
            raise ValueError(f"version {version} of {kind} is unknown; this program has {current}")
        if version == current:
            return self._decoders[kind].decode(body)
        return self._upcast(kind, version, current, body)

    def _upcast(self, kind: str, version: int, current: int, body: bytes) -> Fact:
        fields = msgspec.json.decode(body, type=dict[str, Any])
        for step in range(version, current):
            fields = self._upcasters[kind, step](fields)
        fact: Fact = msgspec.convert(fields, self._kinds[kind])
        return fact
