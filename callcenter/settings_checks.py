"""What must hold for the settings beyond the form of each value."""

import ipaddress
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import phonenumbers

from callcenter.callback_settings import check_callbacks, check_outbound
from callcenter.hours_settings import check_zone, read_hours
from callcenter.overflow_settings import check_overflow
from callcenter.settings import Asterisk, Comfort, Queue, Sections, Web
from ivr_flows.faults import FaultList, shown
from ivr_flows.faults import Path as Place
from ivr_flows.prompt_store import prompt_names

MOST_OFTEN_MS = 5_000
_ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (compared with, not listened on)


def check_sections(sections: Sections, folder: Path, faults: FaultList) -> None:
    """Note all that is wrong with the settings.

    Args:
        sections: The settings, each value of the right form.
        folder: The folder that relative file names start from.
        faults: Takes the faults.
    """
    _check_web(sections.web, folder, faults)
    _check_asterisk(sections.asterisk, sections.web, faults)
    _check_database(sections.database.url.text, faults)
    _check_region(sections.region, faults)
    check_zone(sections.time_zone, ("time_zone",), faults)
    _check_hours(sections, faults)
    check_overflow(sections, faults)
    check_outbound(sections.outbound, faults)
    check_callbacks({name: queue.callback for name, queue in sections.queues.items()}, faults)
    _check_lists(sections, faults)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def split_url(text: str, schemes: tuple[str, ...]) -> SplitResult | None:
    """Return the parts of an absolute URL with a host, or None if it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in schemes and parts.hostname else None


def _check_web(web: Web, folder: Path, faults: FaultList) -> None:
    try:
        host, _ = web.address
    except ValueError:
        problem = f"expected an address such as 127.0.0.1:8080, got {shown(web.listen)}"
        faults.add(("web", "listen"), problem)
        return
    _check_tls(web, folder, faults)
    if not (is_loopback(host) or web.uses_tls or web.allow_plain_http):
        faults.add(
            ("web", "listen"),
            f"passwords would travel in the clear: {shown(host)} is not this machine alone",
            "give tls_certificate and tls_key, or listen on 127.0.0.1 behind a proxy that has "
            "them, or accept it by allow_plain_http: yes",
        )
    if web.public_url:
        _check_origin(("web", "public_url"), web.public_url.rstrip("/"), faults)
    for number, origin in enumerate(web.allowed_origins):
        _check_origin(("web", "allowed_origins", number), origin, faults)


def _check_tls(web: Web, folder: Path, faults: FaultList) -> None:
    if bool(web.tls_certificate) != bool(web.tls_key):
        missing = "tls_key" if web.tls_certificate else "tls_certificate"
        faults.add(("web", missing), f"{missing} is missing", "TLS needs both files")
    for key in ("tls_certificate", "tls_key"):
        name = getattr(web, key)
        if name and not is_file(folder, name):
            faults.add(("web", key), f"there is no file {shown(name)}")


def is_file(folder: Path, name: str) -> bool:
    """Say whether a file name, relative to a folder, is that of a file that can be seen."""
    try:
        return (folder / name).is_file()
    except (OSError, ValueError):
        return False


def _check_origin(path: Place, text: str, faults: FaultList) -> None:
    parts = split_url(text, ("http", "https"))
    if parts is None or text != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        faults.add(
            path, f"expected an origin such as https://desk.example.org, got {_shown_url(text)}"
        )


def _shown_url(text: str) -> str:
    """Return a URL for a message, unless a password may be in it."""
    return "one with a password" if "@" in text else shown(text)


def _check_asterisk(asterisk: Asterisk, web: Web, faults: FaultList) -> None:
    url = split_url(asterisk.url, ("http", "https"))
    if url is None or "@" in url.netloc or url.query or url.fragment:
        problem = f"expected a URL such as http://127.0.0.1:8088, got {_shown_url(asterisk.url)}"
        faults.add(("asterisk", "url"), problem, "user and password have keys of their own")
    if not asterisk.user:
        faults.add_at_key(("asterisk",), "no user is given for Asterisk", "give asterisk.user")
    if not asterisk.password.text:
        faults.add_at_key(
            ("asterisk",),
            "no password is given for Asterisk",
            "give password_file or password, or set CALLCENTER_ASTERISK_PASSWORD",
        )
    if asterisk.prompts == "http" and not web.public_url:
        _check_reachable(web, faults)


def _check_reachable(web: Web, faults: FaultList) -> None:
    if web.listen.rpartition(":")[0].strip("[]") in _ANY_ADDRESS:
        problem = "Asterisk is to fetch prompts from here, but web.public_url is not given"
        faults.add(("asterisk", "prompts"), problem, "give it, or say prompts: installed")


def _check_database(url: str, faults: FaultList) -> None:
    """A database URL may hold a password, so it is never shown."""
    if not url:
        return
    parts = split_url(url, ("postgresql",))
    good_file = url.startswith("sqlite:///") and len(url) > len("sqlite:///") and "\0" not in url
    if not good_file and (parts is None or len(parts.path) < 2):
        faults.add(
            ("database", "url"),
            "this is not a database URL",
            "write sqlite:///file.db or postgresql://user:password@host/name",
        )


def _check_region(region: str, faults: FaultList) -> None:
    if region not in phonenumbers.SUPPORTED_REGIONS:
        hint = 'two capital letters of ISO 3166 such as "US" or "CN"'
        other = {"UK": "GB", "EN": "GB"}.get(region.upper(), region.upper())
        known = other in phonenumbers.SUPPORTED_REGIONS
        remedy = f"did you mean {shown(other)}?" if known else ""
        faults.add(("region",), f"expected {hint}, got {shown(region)}", remedy)


def _check_hours(sections: Sections, faults: FaultList) -> None:
    """Note hours that contradict themselves, and queues that name none there are."""
    for name, section in sections.opening_hours.items():
        read_hours(section, sections.time_zone, ("opening_hours", name), faults)
    for queue_id, queue in sections.queues.items():
        if queue.hours and queue.hours not in sections.opening_hours:
            path = ("queues", queue_id, "hours")
            faults.unknown(path, "opening hours", queue.hours, sections.opening_hours)


def _check_lists(sections: Sections, faults: FaultList) -> None:
    for queue_id, queue in sections.queues.items():
        if queue.pool not in sections.pools:
            faults.unknown(("queues", queue_id, "pool"), "pool", queue.pool, sections.pools)
        _check_steps(queue_id, queue, faults)
        _check_announcement(("queues", queue_id), queue, faults)
        for number, step in enumerate(queue.comfort):
            _check_comfort(("queues", queue_id, "comfort", number), step, faults)
    for key in ("pause_reasons", "request_kinds"):
        words = getattr(sections, key)
        for number, word in enumerate(words):
            if word in words[:number]:
                faults.add((key, number), f"{shown(word)} is given twice", "remove one of them")


def _check_steps(queue_id: str, queue: Queue, faults: FaultList) -> None:
    for number, step in enumerate(queue.relax):
        place = ("queues", queue_id, "relax", number)
        if number and step.after <= queue.relax[number - 1].after:
            problem = "this step does not come after the one before it"
            faults.add((*place, "after"), problem, "write the steps in the order of their times")
        if not step.skills and step.every_skill is None and step.levels is None:
            problem = "this step changes nothing"
            faults.add(place, problem, "give skills, every_skill or levels")
        if step.after >= queue.max_wait:
            problem = f"nobody waits so long: max_wait is {int(queue.max_wait) // 1000} s"
            faults.add((*place, "after"), problem, "make it less than max_wait")


def _check_announcement(path: Place, queue: Queue, faults: FaultList) -> None:
    if queue.announce_to_agent == "queue" and not queue.name_prompt:
        problem = "the agent is to hear the queue's name, but name_prompt is not given"
        faults.add((*path, "announce_to_agent"), problem, "give name_prompt, such as queue_sales")
    if queue.name_prompt and queue.name_prompt not in prompt_names():
        faults.unknown((*path, "name_prompt"), "prompt", queue.name_prompt, prompt_names())


def _check_comfort(path: Place, step: Comfort, faults: FaultList) -> None:
    if bool(step.after) == bool(step.every):
        problem = "a step is played once after a time, or every so often: one of the two"
        faults.add(path, problem, 'give either after or every, such as "every: 60 s"')
    if bool(step.prompt) == bool(step.prompts):
        faults.add(path, "a step plays one prompt or several", "give either prompt or prompts")
    if 0 < step.every < MOST_OFTEN_MS:
        faults.add((*path, "every"), "prompts more often than every 5 s leave no quiet between")
    places: list[Place] = [(*path, "prompts", number) for number in range(len(step.prompts))]
    for place, name in zip(places or [(*path, "prompt")], step.all_prompts, strict=False):
        if name not in prompt_names():
            faults.unknown(place, "prompt", name, prompt_names())
