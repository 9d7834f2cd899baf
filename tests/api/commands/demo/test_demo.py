"""A small demo from an empty folder to a served release; a second start; interruptions; other people's folders."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import pstdev

import httpx
import msgspec
import pytest

from analytics.release import repository
from analytics.simulation import Crowd, events
from analytics.simulation.worker import worker
from api.commands.demo import folder as demo_folder
from api.commands.demo.command import Plan, opened
from api.commands.demo.days import DemoClock, days
from api.commands.demo.folder import Mark
from api.commands.demo.market import DIVIDED, FEW_PEOPLE, TOO_FEW_PEOPLE, markets
from api.errors import CannotStart
from api.http.pages.practice.catalogue import PLATFORM, catalogue
from api.packs import load as packs

ROOT = Path(__file__).parents[4]
USD_PER = {"USD": 1.0, "EUR": 1.1, "GBP": 1.3}


def tiny(folder):
    return Plan(folder, port=0, contributors=30, days=24, seed=3)


async def stored(pool):
    async with pool.acquire() as db:
        return await db.fetchval("SELECT count(DISTINCT id) FROM intake.observations")


async def test_a_demo_fills_publishes_serves_and_a_second_start_keeps_all_of_it(tmp_path):
    folder = tmp_path / "a demo"
    plan = tiny(folder)
    with demo_folder.held(folder):
        async with opened(plan) as server, httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
            first = await stored(server.pool)
            manifest = repository.current(plan.settings.releases)
            assert manifest.nature == "demo"
            assert manifest.as_of == datetime.now(UTC).date()
            assert manifest.tables["platform_rates"].rows >= 1
            front = (await http.get("/")).text
            assert "Simulated data." in front
            assert manifest.release in front
            claimed = await http.post("/practice/tasks/t-1/claim", follow_redirects=False)
            assert claimed.status_code == 303
            stamp = re.search(r"practice=[0-9a-f]{12}\.t-1\.(\d+)\.", claimed.headers["set-cookie"])
            assert abs(int(stamp[1]) - datetime.now(UTC).timestamp()) < 60  # the clock is real again
            with pytest.raises(CannotStart, match="another demo"), demo_folder.held(folder):
                pass
    assert first == demo_folder.ready(folder).observations > 500
    with demo_folder.held(folder):
        async with opened(Plan(folder, port=0, contributors=99)) as server:
            assert await stored(server.pool) == first
            assert repository.current(plan.settings.releases) == manifest


async def test_an_interrupted_start_begins_clean_and_doubles_nothing(tmp_path):
    plan = Plan(tmp_path / "demo", port=0, contributors=6, days=4, seed=3)
    with demo_folder.held(plan.folder):
        with contextlib.suppress(KeyboardInterrupt):
            async with opened(plan):
                demo_folder.write(plan.folder, Mark("filling", 6, 4, 3))
                raise KeyboardInterrupt
        assert demo_folder.ready(plan.folder) is None
        async with opened(plan) as server:
            assert await stored(server.pool) == demo_folder.ready(plan.folder).observations
            async with server.pool.acquire() as db:
                assert await db.fetchval("SELECT count(*) FROM intake.contributors") <= 6


def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "postgres").mkdir()
    with pytest.raises(CannotStart, match="not a demo's"), demo_folder.held(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["postgres"]


def test_beginning_again_empties_only_what_is_in_the_folder(tmp_path):
    beside, folder = tmp_path / "beside", tmp_path / "demo"
    beside.mkdir()
    mark = Mark("filling", 1, 1, 1)
    with demo_folder.held(folder):
        demo_folder.begin(folder, mark)
        (folder / "releases" / "2026-01-01").mkdir(parents=True)
        demo_folder.begin(folder, mark)
        assert sorted(path.name for path in folder.iterdir()) == [demo_folder.MARK, demo_folder.LOCK]
    assert beside.exists()
    assert msgspec.json.decode((folder / demo_folder.MARK).read_bytes(), type=Mark) == mark


def test_a_damaged_mark_is_a_demo_that_is_not_ready(tmp_path):
    (tmp_path / demo_folder.MARK).write_text("{")
    assert demo_folder.ready(tmp_path) is None


def test_sigterm_while_the_crowd_works_stops_everything(tmp_path):
    folder = tmp_path / "demo"
    with subprocess.Popen(
        [sys.executable, "-m", "api", "demo", "--port", "0", "--data", str(folder), "--days", "300"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@nowhere/real"},
    ) as program:
        assert "300 days" in program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        rest = program.stdout.read()
        assert program.wait(60) == 0, rest
    assert "Traceback" not in rest
    assert demo_folder.ready(folder) is None
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()


def test_a_refused_folder_is_one_line_and_exit_code_2(tmp_path):
    (tmp_path / "postgres").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "api", "demo", "--data", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "choose another --data" in done.stderr


def test_the_crowd_works_on_the_very_tasks_of_the_practice_listing():
    known = packs.load()
    crowd_markets = markets(known, USD_PER, 1)
    practice = crowd_markets[0].listing
    posted = {(task.client, task.id, task.title, task.reward_micros) for task in catalogue().tasks}
    worked = {
        (client.id, one.task_id, one.title, one.reward_micros) for client in practice.clients for one in client.postings
    }
    assert worked < posted
    assert len(practice.clients) == len(catalogue().clients) - 1  # one newcomer: nobody has worked for it yet
    assert {market.listing.platform for market in crowd_markets} <= set(known)
    assert 3 <= len(crowd_markets) <= 4


def test_a_newcomer_meets_clients_of_many_few_and_too_few_people_and_a_divided_one():
    crowd = Crowd(markets(packs.load(), USD_PER, 1), 200, date(2026, 3, 2), 60, 1)
    tastes = [taste for index in range(200) for taste in worker(crowd, index).tastes]
    practice = [taste for taste in tastes if taste.market.listing.platform == PLATFORM]
    people = Counter(taste.client.listed.id for taste in practice)
    (few,), (too_few,), (divided,) = FEW_PEOPLE, TOO_FEW_PEOPLE, DIVIDED
    assert people[too_few] < 5 <= people[few] < 40 <= people["c-1"]
    sides = [taste.log_rate - taste.client.log_rate > 0 for taste in practice if taste.client.listed.id == divided]
    assert 0.3 < sum(sides) / len(sides) < 0.7
    assert pstdev(t.log_rate for t in practice if t.client.listed.id == divided) > 1.5 * pstdev(
        t.log_rate for t in practice if t.client.listed.id == "c-1"
    )


def test_every_event_falls_on_its_day_and_none_is_lost():
    crowd = Crowd(markets(packs.load(), USD_PER, 1), 4, date(2026, 3, 2), 30, 1)
    told = list(days(crowd))
    assert len(told) == 30
    assert sum(map(len, told)) == len(list(events(crowd)))
    for number, today in enumerate(told):
        assert all((event.instant.date() - crowd.first_day).days == number for event in today)


def test_the_clock_stands_until_it_is_let_go():
    clock = DemoClock()
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    clock.let_go()
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
