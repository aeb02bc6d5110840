"""The configuration of one Asterisk under test: the shipped files and generated site files."""

import secrets
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "asterisk"
TRUNK_HOST = "127.0.0.2"
"""The carrier of the tests has an address of its own, as a real one has: by it a call is known."""
_TRUNK_NAME = "carrier"


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """What an operator would write into the site files; the defaults are the shipped examples'."""

    agents: int = 12
    """SIP phones agent1, agent2, ..."""
    browsers: int = 4
    """Phones in the browser: web1, web2, ..."""
    fallback_members: tuple[str, ...] = ("PJSIP/agent1",)
    lease_s: int = 45
    beat_max_s: int = 8
    claim_ms: int = 1200
    fallback_wait_s: int = 240
    fallback_wrap_up_s: int = 0
    """Shipped as 5; tests that follow each other have no time for it."""
    fallback_prompt: str = "one-moment-please"
    duty_numbers: tuple[str, ...] = ()
    duty_ring_s: int = 25
    duty_key_s: int = 4
    voicemail: str = ""
    """Shipped as "100@fallback"; most tests are over with the fallback queue."""
    shortest_message_s: int = 5


def free_port(host: str, kind: socket.SocketKind) -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where one instance and the carrier of its trunk listen; all on loopback."""

    http_port: int = field(default_factory=lambda: free_port("127.0.0.1", socket.SOCK_STREAM))
    sip_port: int = field(default_factory=lambda: free_port("127.0.0.1", socket.SOCK_DGRAM))
    trunk_port: int = field(default_factory=lambda: free_port(TRUNK_HOST, socket.SOCK_DGRAM))


@dataclass(frozen=True, slots=True)
class Credentials:
    """Passwords of one instance, made for it and gone with it."""

    ari_user: str = "callcenter"
    ari_password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    phone_password: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)


def write_files(
    etc: Path, state: str, settings: AsteriskSettings, at: Addresses, keys: Credentials
) -> None:
    """Lay the shipped files and the site files over the package's own, as an operator does.

    Args:
        etc: The folder with the package's files.
        state: The instance's folder for everything else, as Asterisk sees it.
        settings: What the site files say.
        at: Ports.
        keys: Passwords.
    """
    for shipped in SHIPPED.glob("*.conf"):
        shutil.copy(shipped, etc)
    options = (SHIPPED / "asterisk.conf").read_text()
    (etc / "asterisk.conf").write_text(_directories(state) + options)
    site = etc / "site"
    site.mkdir(exist_ok=True)
    for name, text in _site(settings, at, keys).items():
        (site / name).write_text(text)


def _directories(state: str) -> str:
    places = {
        "astetcdir": f"{state}/etc",
        "astvarlibdir": f"{state}/lib",
        "astdbdir": f"{state}/lib",
        "astkeydir": f"{state}/lib",
        "astdatadir": f"{state}/data",
        "astagidir": f"{state}/data/agi-bin",
        "astspooldir": f"{state}/spool",
        "astrundir": f"{state}/run",
        "astlogdir": f"{state}/log",
    }
    lines = [f"{name} => {place}" for name, place in places.items()]
    return "\n".join(["[directories]", *lines, "", ""])


def _site(settings: AsteriskSettings, at: Addresses, keys: Credentials) -> Mapping[str, str]:
    return {
        "http.conf": f"bindaddr = 127.0.0.1\nbindport = {at.http_port}\n",
        "ari_user.conf": _section(
            keys.ari_user,
            type="user",
            read_only="no",
            password=keys.ari_password,
            deny="0.0.0.0/0",
            permit="127.0.0.0/8",
        ),
        "globals.conf": _globals(settings),
        "duty.conf": _duty(settings),
        "voicemail.conf": _voicemail(settings),
        "transports.conf": _section(
            "udp", type="transport", protocol="udp", bind=f"127.0.0.1:{at.sip_port}"
        )
        + _section("ws", type="transport", protocol="ws", bind="127.0.0.1"),
        "trunk.conf": _trunk(at),
        "agents.conf": "".join(_phones(settings, keys.phone_password)),
        "members.conf": _members(settings),
        "rtp.conf": _media(),
    }


def _section(title: str, **lines: object) -> str:
    body = "".join(f"{key} = {value}\n" for key, value in lines.items())
    return f"[{title}]\n{body}\n"


def _globals(settings: AsteriskSettings) -> str:
    lines = {
        "CC_LEASE_S": settings.lease_s,
        "CC_BEAT_MAX_S": settings.beat_max_s,
        "CC_CLAIM_MS": settings.claim_ms,
        "CC_FALLBACK_WAIT_S": settings.fallback_wait_s,
        "CC_FALLBACK_MAX_S": 7200,
        "CC_FALLBACK_PROMPT": settings.fallback_prompt,
        "CC_GOODBYE_PROMPT": "vm-goodbye",
        "CC_VOICEMAIL": settings.voicemail,
        "CC_VOICEMAIL_PROMPT": "beep",
    }
    return _assignments(lines)


def _duty(settings: AsteriskSettings) -> str:
    numbers = {f"CC_DUTY_{n}": number for n, number in enumerate(settings.duty_numbers, 1)}
    rest = {
        "CC_DUTY_TRUNK": _TRUNK_NAME,
        "CC_DUTY_RING_S": settings.duty_ring_s,
        "CC_DUTY_PROMPT": "beep",
        "CC_DUTY_KEY_S": settings.duty_key_s,
    }
    return _assignments(numbers | rest)


def _voicemail(settings: AsteriskSettings) -> str:
    """Before the first section: it still belongs to [general] of the shipped file."""
    general = f"minsecs = {settings.shortest_message_s}\n"
    return f"{general}\n[fallback]\n100 => 1234,Fallback,\n"


def _assignments(values: Mapping[str, object]) -> str:
    return "".join(f"{name} = {value}\n" for name, value in values.items())


def _members(settings: AsteriskSettings) -> str:
    members = "".join(f"member => {m},0,,{m}\n" for m in settings.fallback_members)
    return f"wrapuptime = {settings.fallback_wrap_up_s}\n{members}"


_LOOPBACK_MEDIA = "media_address = 127.0.0.1\nbind_rtp_to_media_address = yes\n"


def _trunk(at: Addresses) -> str:
    endpoint = f"[{_TRUNK_NAME}](trunk)\ntransport = udp\naors = {_TRUNK_NAME}\n{_LOOPBACK_MEDIA}\n"
    contact = f"sip:{TRUNK_HOST}:{at.trunk_port}"
    return (
        endpoint
        + _section(_TRUNK_NAME, type="aor", contact=contact)
        + _section(_TRUNK_NAME, type="identify", endpoint=_TRUNK_NAME, match=TRUNK_HOST)
    )


def _phones(settings: AsteriskSettings, password: str) -> list[str]:
    desk = [_phone(f"agent{n + 1}", "agent", password) for n in range(settings.agents)]
    return desk + [_phone(f"web{n + 1}", "browser", password) for n in range(settings.browsers)]


def _phone(name: str, template: str, password: str) -> str:
    return (
        f"[{name}]({template})\naors = {name}\nauth = {name}\n{_LOOPBACK_MEDIA}"
        f"[{name}](agent-auth)\nusername = {name}\npassword = {password}\n"
        f"[{name}](agent-aor)\n\n"
    )


def _media() -> str:
    """Ports for media, and for browsers on this machine the address they can reach.

    Asterisk never offers 127.x as an ICE candidate, so its other address is renamed.
    """
    ports = "rtpstart = 20000\nrtpend = 29999\n"
    own = own_address()
    return ports + (f"\n[ice_host_candidates]\n{own} => 127.0.0.1\n" if own else "")


def own_address() -> str | None:
    """Return this machine's address towards others, None if it has only loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return address
