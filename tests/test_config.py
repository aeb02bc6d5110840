import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.config import (
    DATABASE_VARIABLE,
    PASSWORD_VARIABLE,
    Config,
    ConfigError,
    load_config,
    parse_config,
    shipped_flows,
)
from callcenter.core.ids import PoolId, QueueId
from callcenter.core.plan import (
    AnnouncePosition,
    AnnounceToAgent,
    ComfortStep,
    Disposition,
    PoolRules,
    QueueRules,
    ServiceNumber,
)

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "deploy" / "callcenter.yaml"
EXAMPLE_TEXT = EXAMPLE.read_text("utf-8")
SECRETS = {PASSWORD_VARIABLE: "hunter2"}
LEAST = "asterisk: {user: cc, password: hunter2}\n"


def parse(text: str, **environ: str) -> Config:
    return parse_config(text, "cc.yaml", Path("/etc/cc"), environ)


def faults_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return [fault.in_words() for fault in caught.value.faults]


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "cc.yaml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


# ---------------------------------------------------------------- what is given and what is not


def test_only_the_credentials_of_asterisk_must_be_given():
    config = parse(LEAST)
    assert config.node.application == "cc-main"
    assert config.asterisk.password.text == "hunter2"
    assert config.web.address == ("127.0.0.1", 8080)
    assert config.database_url == "sqlite:////etc/cc/data/callcenter.db"
    assert (config.region, config.time_zone) == ("US", "UTC")


def test_the_default_plan_serves_the_shipped_flow():
    plan = parse(LEAST).plan()
    assert plan.default_flow_id == "main"
    assert list(plan.flows) == ["main", "short"]
    assert list(plan.queues) == ["sales", "support"]
    assert plan.pools == {PoolId("main"): PoolRules()}
    assert plan.dispositions
    assert plan.pause_reasons == ("break", "lunch", "back office")


def test_a_default_queue_has_the_defaults_of_the_core():
    rules = parse(LEAST).plan().queues[QueueId("sales")]
    assert rules == QueueRules(QueueId("sales"), "Sales")


def test_the_example_is_a_good_configuration():
    config = load_config(EXAMPLE, SECRETS)
    plan = config.plan()
    assert config.warnings == ()
    assert plan.numbers == {"+12025550100": ServiceNumber("+12025550100", "Main line", "main")}
    assert plan.queues[QueueId("support")].max_wait_ms == 900_000
    assert Disposition("callback", "Call back later", requires_note=True) in plan.dispositions


def test_the_plan_says_what_the_file_says():
    text = LEAST + (
        "queues:\n"
        "  sales: {name: Verkauf, pool: night, ring: 9 s, wrap_up: 0 s, max_wait: 2 min,"
        " announce_every: 0 s, service_level: 30 s, announce_estimate: range}\n"
        "  support: {pool: night, announce_estimate: off}\n"
        "pools: {night: {no_answer_rest: 1 s, refused_rest: 2 s, unreachable_rest: 3 s,"
        " lost_log_out: 4 min}}\n"
        'service_numbers: {"100": {name: Test, flow: main, max_flow: 3 min}}\n'
        "dispositions: {done: {label: Done, requires_note: yes}}\n"
        "pause_reasons: [tea]\n"
    )
    plan = parse(text).plan()
    night = PoolId("night")
    sales, support = QueueId("sales"), QueueId("support")
    assert plan.queues == {
        sales: QueueRules(
            sales, "Verkauf", night, 9_000, 0, 120_000, 0, 30_000, announce_estimate=True
        ),
        support: QueueRules(support, "support", night),
    }
    assert plan.pools == {night: PoolRules(night, 1_000, 2_000, 3_000, 240_000)}
    assert plan.numbers == {"100": ServiceNumber("100", "Test", "main", 180_000)}
    assert plan.dispositions == (Disposition("done", "Done", requires_note=True),)
    assert plan.pause_reasons == ("tea",)


def test_durations_in_the_plan_are_plain_numbers():
    plan = parse(LEAST).plan()
    assert type(plan.queues[QueueId("sales")].ring_ms) is int
    assert type(plan.pools[PoolId("main")].lost_log_out_ms) is int


# ---------------------------------------------------------------- faults


def test_all_faults_come_at_once_with_their_places():
    text = (
        "node: {name: Main!}\n"
        "asterisk: {user: cc, pasword: x}\n"
        "web: {listen: 0.0.0.0:80}\n"
        "region: UK\n"
        "queues:\n"
        "  sales: {ring: 20, pool: mian}\n"
        "qeues: {}\n"
    )
    assert faults_of(text) == [
        "cc.yaml:1:14: expected 1 to 16 of the characters a-z and 0-9, got 'Main!'",
        "cc.yaml:2:1: no password is given for Asterisk; give password_file or password, or set "
        "CALLCENTER_ASTERISK_PASSWORD",
        "cc.yaml:2:22: unknown key 'pasword'; did you mean 'password'?",
        "cc.yaml:3:15: passwords would travel in the clear: '0.0.0.0' is not this machine alone; "
        "give tls_certificate and tls_key, or listen on 127.0.0.1 behind a proxy that has them, "
        "or accept it by allow_plain_http: yes",
        'cc.yaml:4:9: expected two capital letters of ISO 3166 such as "US" or "CN", got \'UK\'; '
        "did you mean 'GB'?",
        "cc.yaml:6:17: expected a duration such as \"5 s\", from 3 s to 2 min, got '20'",
        "cc.yaml:6:27: there is no pool 'mian'; did you mean 'main'?",
        "cc.yaml:7:1: unknown key 'qeues'; did you mean 'queues'?",
    ]


def test_a_file_without_credentials_says_what_to_give():
    assert faults_of("region: US") == [
        "cc.yaml:1:1: no password is given for Asterisk; give password_file or password, or set "
        "CALLCENTER_ASTERISK_PASSWORD",
        "cc.yaml:1:1: no user is given for Asterisk; give asterisk.user",
    ]


def test_a_file_that_cannot_be_read_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "absent.yaml", {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path, {})
    (tmp_path / "latin.yaml").write_bytes(b"region: \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(tmp_path / "latin.yaml", {})


WORDS = sorted({*re.findall(r"\w+|[^\w\s]", EXAMPLE_TEXT), "\n", "\n  ", "[]", "{}"})


def result_of(text: str) -> Config | ConfigError:
    try:
        return parse_config(text, "cc.yaml", Path("/nowhere"), SECRETS)
    except ConfigError as error:
        return error


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_a_configuration_or_a_config_error(text):
    result = result_of(text)
    assert isinstance(result, Config) or result.faults


@settings(deadline=None)  # the file is long, and the machine may be busy
@given(st.data())
def test_any_slip_in_the_example_is_a_configuration_or_a_config_error(data):
    at = data.draw(st.integers(0, len(EXAMPLE_TEXT)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.sampled_from(WORDS) | st.text(max_size=5))
    result = result_of(EXAMPLE_TEXT[:at] + put + EXAMPLE_TEXT[at + cut :])
    assert isinstance(result, Config) or all(fault.problem for fault in result.faults)


# ---------------------------------------------------------------- secrets


def test_the_environment_comes_before_the_file_for_secrets():
    environ = {PASSWORD_VARIABLE: "from env", DATABASE_VARIABLE: "postgresql://u:p@h/db"}
    config = parse(LEAST + "database: {url: sqlite:///x.db}", **environ)
    assert config.asterisk.password.text == "from env"
    assert config.database_url == "postgresql://u:p@h/db"


def test_a_password_file_is_read_from_beside_the_configuration(tmp_path):
    (tmp_path / "pw").write_text("secret word\n")
    path = write(tmp_path, "asterisk: {user: cc, password_file: pw}")
    assert load_config(path, {}).asterisk.password.text == "secret word"


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "No such file"), (b"\n", "is empty"), (b"\xff", "not a text file")],
)
def test_a_useless_password_file_is_told(tmp_path, content, problem):
    if content is not None:
        (tmp_path / "pw").write_bytes(content)
    with pytest.raises(ConfigError, match=problem) as caught:
        load_config(write(tmp_path, "asterisk: {user: cc, password_file: pw}"), {})
    [fault] = caught.value.faults
    assert (fault.line, fault.column) == (1, 37)


def test_two_passwords_are_one_too_many(tmp_path):
    (tmp_path / "pw").write_text("x")
    with pytest.raises(ConfigError, match="both password and password_file"):
        load_config(write(tmp_path, "asterisk: {user: c, password: y, password_file: pw}"), {})


def test_secrets_are_not_shown():
    config = parse(LEAST + "database: {url: 'postgresql://u:hunter2@h/db'}")
    assert "hunter2" not in repr(config)
    text = "asterisk: {user: c, password: [hunter2], url: 'http://a:hunter2@h'}\n"
    text += "database: {url: 'postgres://u:hunter2@h/db'}\n"
    text += "web: {public_url: 'https://a:hunter2@h'}"
    assert len(faults_of(text)) == 5
    assert "hunter2" not in "".join(faults_of(text))


@pytest.mark.parametrize(
    ("text", "mode", "warned"),
    [
        (LEAST, 0o644, True),
        (LEAST, 0o640, False),
        ("asterisk: {user: cc}", 0o644, False),
        ("asterisk: {user: cc}\ndatabase: {url: 'postgresql://u:p@h/d'}", 0o644, True),
    ],
)
def test_a_password_that_everybody_may_read_is_warned_about(tmp_path, text, mode, warned):
    warnings = load_config(write(tmp_path, text, mode), SECRETS).warnings
    assert any("everybody may read it" in warning for warning in warnings) is warned


def test_an_open_password_file_is_warned_about(tmp_path):
    (tmp_path / "pw").write_text("x")
    (tmp_path / "pw").chmod(0o644)
    [warning] = load_config(write(tmp_path, "asterisk: {user: c, password_file: pw}"), {}).warnings
    assert "everybody may read the password" in warning


def test_passwords_in_the_clear_are_warned_about(tmp_path):
    text = "asterisk: {user: c, password: p, url: 'http://pbx.example.org:8088'}\n"
    text += "web: {listen: '0.0.0.0:80', allow_plain_http: yes}"
    warnings = load_config(write(tmp_path, text), {}).warnings
    assert ["in the clear" in warning for warning in warnings] == [True, True]


# ---------------------------------------------------------------- places of files, and flows


def test_relative_file_names_start_at_the_configuration():
    config = parse(LEAST + "data_dir: var\nflows: my/flows\ndatabase: {url: sqlite:///a.db}")
    assert config.data_folder == Path("/etc/cc/var")
    assert config.flow_folder == Path("/etc/cc/my/flows")
    assert config.database_url == "sqlite:////etc/cc/a.db"


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("sqlite:////var/a.db", "sqlite:////var/a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://u:p@h:5432/db", "postgresql://u:p@h:5432/db"),
    ],
)
def test_an_absolute_database_url_is_used_as_it_is(url, used):
    assert parse(LEAST + f"database: {{url: '{url}'}}").database_url == used


def test_own_flows_take_the_place_of_the_shipped_ones(tmp_path):
    (tmp_path / "night.yaml").write_text("{flow: night, start: a, nodes: {a: {hang_up: []}}}")
    text = f"{LEAST}flows: .\ndefault_flow: night"
    assert list(load_config(write_beside(tmp_path, text), {}).plan().flows) == ["night"]


def write_beside(flows: Path, text: str) -> Path:
    """Write a configuration whose folder holds the flows but is not one itself."""
    path = flows / "cc.yml"
    path.write_text(text, "utf-8")
    return path


def plan_faults(path: Path) -> list[str]:
    config = load_config(path, {})
    with pytest.raises(ConfigError) as caught:
        config.plan()
    return [fault.in_words().replace(f"{path.parent}/", "") for fault in caught.value.faults]


def test_faults_of_all_flows_come_at_once(tmp_path):
    (tmp_path / "a.yaml").write_text("flow: a\nstart: x\nnodes: {x: {say: [nobody], next: x}}")
    (tmp_path / "b.yaml").write_text("flow: b\nstart: y\nnodes: {x: {hang_up: []}}")
    assert plan_faults(write_beside(tmp_path, f"{LEAST}flows: .")) == [
        "a.yaml:3:19: there is no prompt 'nobody'; did you mean 'goodbye'?",
        "b.yaml:2:8: there is no node 'y'; there are: x",
    ]


def test_two_flows_of_one_name_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("{flow: main, start: x, nodes: {x: {hang_up: []}}}")
    [fault] = plan_faults(write_beside(tmp_path, f"{LEAST}flows: ."))
    assert fault == "b.yaml:1:8: the flow 'main' is also in a.yaml"


def test_an_unreadable_flow_is_told(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xff")
    [fault] = plan_faults(write_beside(tmp_path, f"{LEAST}flows: ."))
    assert fault == "a.yaml:1:1: the file is not readable UTF-8 text"


def test_flows_that_do_not_exist_are_told_at_the_place_that_names_them():
    config = parse(
        LEAST + 'default_flow: mian\nservice_numbers:\n  "100": {name: Test, flow: night}\n'
    )
    with pytest.raises(ConfigError) as caught:
        config.plan()
    assert [fault.in_words() for fault in caught.value.faults] == [
        "cc.yaml:2:15: there is no flow 'mian'; did you mean 'main'?",
        "cc.yaml:4:29: there is no flow 'night'; there are: main, short",
    ]


def test_a_folder_without_flows_is_told():
    with pytest.raises(ConfigError, match="there is no flow"):
        parse(LEAST + "flows: nowhere").plan()


def test_flows_are_checked_against_queues_and_kinds_of_request():
    config = parse(LEAST + "queues: {sales: {}}\nrequest_kinds: [question]")
    with pytest.raises(ConfigError) as caught:
        config.plan()
    main = shipped_flows() / "main.yaml"
    found = [(fault.source, fault.problem) for fault in caught.value.faults]
    assert found == [
        (str(main), "there is no queue 'support'"),
        (str(main), "there is no kind of request 'request'"),
        (str(shipped_flows() / "short.yaml"), "there is no queue 'support'"),
    ]


def test_the_plan_has_what_those_who_wait_and_agents_hear():
    text = LEAST + (
        "queues:\n"
        "  sales: {announce_position: always, announce_limit: 5, announce_to_agent: queue,\n"
        "    name_prompt: queue_sales, comfort: [{after: 30 s, prompt: please_wait},\n"
        "      {every: 1 min, prompts: [still_waiting, welcome]}]}\n"
        "  support: {}\n"
        "pools: {main: {shown_within: 1 s, longest_fault_rest: 2 s, misses_before_pause: 7,\n"
        "  wrap_up_extension: 3 s, wrap_up_extensions: 4}}\n"
        "dispositions: {done: {label: Done}, late: {label: Late, wrap_up: 5 min}}\n"
    )
    plan = parse(text).plan()
    sales, main = plan.queues[QueueId("sales")], plan.pools[PoolId("main")]
    assert (sales.announce_position, sales.announce_limit) == (AnnouncePosition.ALWAYS, 5)
    assert (sales.announce_to_agent, sales.name_prompt) == (AnnounceToAgent.QUEUE, "queue_sales")
    assert sales.comfort == (
        ComfortStep(30_000, ("please_wait",)),
        ComfortStep(60_000, ("still_waiting", "welcome"), repeats=True),
    )
    assert (main.shown_within_ms, main.longest_fault_rest_ms) == (1_000, 2_000)
    assert (main.misses_before_pause, main.wrap_up_by_disposition) == (7, {"late": 300_000})
    assert (main.wrap_up_extension_ms, main.wrap_up_extensions) == (3_000, 4)
