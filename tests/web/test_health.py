"""/health and /ready: what scripts wait for."""

import os
from pathlib import Path

from tests.web.office import Office, open_office

ALL_READ = {"status": "ready", "missing": []}


async def test_the_process_lives_without_keys(office: Office) -> None:
    """A supervisor has no keys."""
    del office.client.headers["Authorization"]

    answer = await office.client.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_before_the_first_reading_it_says_what_is_missing(office: Office) -> None:
    """503, with a line for every source that has not been read."""
    answer = await office.client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["missing"] == ["main-office: not read yet", "other-office: not read yet"]


async def test_during_the_first_reading_it_names_the_tables(new_office: Office) -> None:
    """One step reads a chunk of each table; the schedules of a year are several."""
    for poller in new_office.program.pollers:
        await poller.step()

    answer = await new_office.client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["missing"][0] == ("main-office: the first reading of ScheduleOp, Schedule")


async def test_after_the_first_reading_it_is_ready(office: Office) -> None:
    """200 once every source has its baseline."""
    await office.read()

    answer = await office.client.get("/ready")

    assert (answer.status_code, answer.json()) == (200, ALL_READ)


async def test_a_database_that_is_not_there_is_named_until_it_comes(
    tmp_path: Path, practice: Path
) -> None:
    """The sentence says what to do; once the database is there, nothing needs a restart."""
    later = tmp_path / "later.db"
    async with open_office(tmp_path, later) as office:
        for poller in office.program.pollers:
            await poller.step()
        down = await office.client.get("/ready")
        os.link(practice, later)
        await office.read()
        up = await office.client.get("/ready")

    assert down.status_code == 503
    assert "there is no such file" in down.json()["missing"][0]
    assert (up.status_code, up.json()) == (200, ALL_READ)


async def test_no_page_of_ours_loads_anything_from_elsewhere(office: Office) -> None:
    """A practice's server may have no way to the internet, and must not need one."""
    for path in ("/docs", "/redoc", "/api/v1/docs", "/api/v1/redoc"):
        assert (await office.client.get(path)).status_code == 404
