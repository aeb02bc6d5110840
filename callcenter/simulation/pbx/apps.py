"""Stasis applications and event websockets.

Dropping the websocket touches no call: the application goes inactive and stays while it has
channels or bridges; its events are lost and never replayed. A second websocket with the same name
steals it: the first one gets ``ApplicationReplaced`` and then nothing more.
"""

from callcenter.simulation.pbx.events import stamp
from callcenter.simulation.pbx.state import App, Pbx, Session


def connect(pbx: Pbx, session: Session) -> None:
    """Register a session's applications, or take them over as they are."""
    for name in session.app_names:
        app = pbx.apps.setdefault(name, App(name))
        if app.session is not None and app.session is not session:
            _tell_replaced(pbx, app, app.session)
        app.session = session


def disconnect(pbx: Pbx, session: Session) -> None:
    """Deactivate the applications that are still this session's."""
    session.connected = False
    for app in list(pbx.apps.values()):
        if app.session is session:
            app.session = None
            forget_if_unused(pbx, app)


def is_active(pbx: Pbx, name: str) -> bool:
    """Say whether an application has a listener, so that calls may enter it."""
    app = pbx.apps.get(name)
    return app is not None and app.session is not None


def forget_if_unused(pbx: Pbx, app: App) -> None:
    """Remove an inactive application that has nothing any more."""
    if app.session is None and not channel_ids(pbx, app) and not app.bridge_interest:
        pbx.apps.pop(app.name, None)


def channel_ids(pbx: Pbx, app: App) -> list[str]:
    """Return the channels that the application follows, in the order of their creation."""
    return [c.id for c in pbx.channels.values() if app.name in {c.app, c.originated_by}]


def _tell_replaced(pbx: Pbx, app: App, session: Session) -> None:
    event = {
        "type": "ApplicationReplaced",
        "timestamp": stamp(pbx.now()),
        "asterisk_id": pbx.entity_id,
        "application": app.name,
    }
    session.deliver(event)
