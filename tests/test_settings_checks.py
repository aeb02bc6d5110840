from pathlib import Path

import pytest

from callcenter.settings import Asterisk, Comfort, Database, Queue, RelaxStep, Sections, Web
from callcenter.settings_checks import check_sections, is_loopback
from ivr_flows.durations import Duration
from ivr_flows.faults import FaultList, Marks
from ivr_flows.shapes import Secret

GOOD = Asterisk(user="cc", password=Secret("x"))


def problems(sections: Sections, folder: Path = Path("/nowhere")) -> list[str]:
    faults = FaultList(Marks("cc.yaml"))
    check_sections(sections, folder, faults)
    return [fault.problem for fault in faults.faults]


def web_problems(web: Web, folder: Path = Path("/nowhere")) -> list[str]:
    return problems(Sections(asterisk=GOOD, web=web), folder)


def test_the_defaults_are_without_fault():
    assert problems(Sections(asterisk=GOOD)) == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("listen", ["0.0.0.0:80", "[::]:80", "192.0.2.1:80", "desk.example.org:80"])
def test_listening_beyond_this_machine_needs_tls_or_the_words(listen, tmp_path):
    [problem] = web_problems(Web(listen=listen))
    assert "in the clear" in problem
    assert web_problems(Web(listen=listen, allow_plain_http=True)) == []
    for name in ("c", "k"):
        (tmp_path / name).touch()
    assert web_problems(Web(listen=listen, tls_certificate="c", tls_key="k"), tmp_path) == []


def test_a_certificate_needs_its_key_and_both_must_exist(tmp_path):
    (tmp_path / "c").touch()
    missing = ["tls_key is missing"]
    assert web_problems(Web(tls_certificate="c"), tmp_path) == missing
    absent = ["there is no file 'k'"]
    assert web_problems(Web(tls_certificate="c", tls_key="k"), tmp_path) == absent


@pytest.mark.parametrize("listen", ["8080", "localhost", "h:x"])
def test_an_address_must_be_host_and_port(listen):
    [problem] = web_problems(Web(listen=listen))
    assert problem == f"expected an address such as 127.0.0.1:8080, got {listen!r}"


@pytest.mark.parametrize("origin", ["example.org", "https://a/b", "ftp://a", "*", "https://[", ""])
def test_an_origin_has_no_path(origin):
    [problem] = web_problems(Web(allowed_origins=("https://good.example", origin)))
    assert problem.startswith("expected an origin such as")


@pytest.mark.parametrize("url", ["pbx", "ftp://h", "http://", "http://h:x", "http://h?a=1"])
def test_the_url_of_asterisk_is_http_with_a_host(url):
    [problem] = problems(Sections(asterisk=Asterisk(user="c", password=Secret("x"), url=url)))
    assert problem == f"expected a URL such as http://127.0.0.1:8088, got {url!r}"


def test_prompts_by_http_need_an_address_that_asterisk_can_use():
    asterisk = Asterisk(user="c", password=Secret("x"), prompts="http")
    plain = Web(listen="0.0.0.0:80", allow_plain_http=True)
    [problem] = problems(Sections(asterisk=asterisk, web=plain))
    assert "web.public_url is not given" in problem
    public = Web(listen="0.0.0.0:80", allow_plain_http=True, public_url="http://desk")
    assert problems(Sections(asterisk=asterisk, web=public)) == []
    assert problems(Sections(asterisk=asterisk)) == []


@pytest.mark.parametrize(
    "url",
    [
        "mysql://h/d",
        "postgresql://h",
        "postgresql:///d",
        "sqlite:///",
        "sqlite://a.db",
        "x",
        "://[",
    ],
)
def test_what_is_no_database_url_is_refused_unseen(url):
    database = Database(url=Secret(url))
    assert problems(Sections(asterisk=GOOD, database=database)) == ["this is not a database URL"]


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../../etc/passwd", "/etc", "America", "a\0b"])
def test_a_time_zone_must_exist(zone):
    [problem] = problems(Sections(asterisk=GOOD, time_zone=zone))
    assert problem.startswith("there is no time zone")


@pytest.mark.parametrize("region", ["us", "XX", "", "USA", "001"])
def test_a_region_must_exist(region):
    [problem] = problems(Sections(asterisk=GOOD, region=region))
    assert problem.startswith("expected two capital letters")


def test_a_queue_needs_its_pool():
    sections = Sections(asterisk=GOOD, queues={"sales": Queue(pool="night")})
    assert problems(sections) == ["there is no pool 'night'"]


def test_nothing_is_listed_twice():
    sections = Sections(asterisk=GOOD, pause_reasons=("tea", "tea"), request_kinds=("a", "b", "a"))
    assert problems(sections) == ["'tea' is given twice", "'a' is given twice"]


def test_steps_that_ask_less_come_in_order_and_change_something():
    late, early = (RelaxStep(after=Duration(ms), levels=0) for ms in (30_000, 20_000))
    steps = (late, early, RelaxStep(after=Duration(40_000)))
    long = (RelaxStep(after=Duration(900_000), levels=0),)
    queues = {"sales": Queue(relax=steps), "support": Queue(relax=long)}
    assert problems(Sections(asterisk=GOOD, queues=queues)) == [
        "this step does not come after the one before it",
        "this step changes nothing",
        "nobody waits so long: max_wait is 600 s",
    ]


def queue_problems(queue: Queue) -> list[str]:
    return problems(Sections(asterisk=GOOD, queues={"sales": queue}))


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (Comfort(prompt="welcome"), "one of the two"),
        (Comfort(after=Duration(5), every=Duration(9_000), prompt="welcome"), "one of the two"),
        (Comfort(after=Duration(5)), "one prompt or several"),
        (Comfort(after=Duration(5), prompt="welcome", prompts=("goodbye",)), "or several"),
        (Comfort(every=Duration(4_999), prompt="welcome"), "leave no quiet"),
        (Comfort(after=Duration(5), prompts=("goodbye", "nothing")), "no prompt 'nothing'"),
    ],
)
def test_a_step_of_comfort_has_one_time_and_prompts_that_exist(step, problem):
    [found] = queue_problems(Queue(comfort=(step,)))
    assert problem in found


def test_an_agent_can_only_hear_a_name_that_can_be_said():
    assert queue_problems(Queue(announce_to_agent="queue_and_wait")) == []
    assert queue_problems(Queue(announce_to_agent="queue", name_prompt="queue_sales")) == []
    assert "name_prompt is not given" in queue_problems(Queue(announce_to_agent="queue"))[0]
    assert "no prompt 'sails'" in queue_problems(Queue(name_prompt="sails"))[0]
