"""``callcenter db`` as an operator uses it."""

import asyncio
from pathlib import Path

from click.testing import CliRunner

from callcenter.cli import main
from crm_store import migrate
from tests.support.configs import config_file, free_port


def upgrade(config: Path):
    return CliRunner().invoke(main, ["db", "upgrade", "--config", str(config)])


def test_upgrade_makes_the_tables_and_again_does_nothing(tmp_path: Path):
    config = config_file(tmp_path)
    for _ in range(2):
        result = upgrade(config)
        assert result.exit_code == 0, result.output
        assert migrate.head() in result.stderr
    url = f"sqlite:///{tmp_path}/data/callcenter.db"
    assert asyncio.run(migrate.current(url)) == migrate.head()


def test_a_database_that_cannot_be_reached_is_told(tmp_path: Path):
    url = f"postgresql://cc:hidden@127.0.0.1:{free_port()}/crm"
    result = upgrade(config_file(tmp_path, database=url))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert "database" in result.stderr
    assert "hidden" not in result.output
