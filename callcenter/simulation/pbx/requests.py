"""A REST request in parts, and the refusals that many resources share."""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.simulation.pbx.state import Bridge, Channel, Pbx, Response


@dataclass(frozen=True, slots=True)
class Request:
    """One request to ARI, path split: /channels/<id>/play/<sub_id>, /events/user/<sub_id>."""

    method: str
    id: str
    sub_id: str
    params: Mapping[str, str]
    body: object
    """The decoded JSON body, or None."""

    def param(self, name: str) -> str:
        """Return a parameter, or "" if it is missing."""
        return self.params.get(name, "")


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.response = Response(status, {"message": message})


def required(request: Request, name: str, message: str) -> str:
    """Return a parameter; raises Refused 400 with Asterisk's words if it is missing."""
    value = request.param(name)
    if not value:
        raise Refused(400, message)
    return value


def existing_channel(pbx: Pbx, channel_id: str) -> Channel:
    """Return a channel, id compared without case; raises Refused 404."""
    channel = pbx.channels.get(channel_id) or pbx.channels.get(channel_id.lower())
    if channel is None:
        raise Refused(404, "Channel not found")
    return channel


def channel_in_stasis(pbx: Pbx, channel_id: str) -> Channel:
    """Return a channel that an application controls; raises Refused 404 or 409."""
    channel = existing_channel(pbx, channel_id)
    if channel.app is None:
        raise Refused(409, "Channel not in Stasis application")
    return channel


def existing_bridge(pbx: Pbx, bridge_id: str) -> Bridge:
    """Return a bridge; raises Refused 404."""
    bridge = pbx.bridges.get(bridge_id)
    if bridge is None:
        raise Refused(404, "Bridge not found")
    return bridge
