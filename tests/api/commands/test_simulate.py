"""An invented crowd of any size: the same rows again, in memory that does not grow, and never among real ones."""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import date

import asyncpg
import polars as pl
import pytest
from click.testing import CliRunner

from analytics.model.errors import BadInput
from analytics.model.observations import RAW
from analytics.simulation.scale import Scale, Site, blocks, clients, tasks, workers
from api.commands.main import cli
from api.commands.simulate import sites
from api.errors import CannotStart, WrongNature

SITES = (Site("one", "USD", 1.0), Site("two", "EUR", 1.1))
SMALL = Scale(20_000, 500, 200, 1_000, SITES, date(2026, 9, 1), 30, 5)
MEGABYTE = 1024


def run(*words):
    return CliRunner().invoke(cli, ["simulate", *map(str, words)], standalone_mode=False, catch_exceptions=True)


def test_the_same_seed_tells_the_same_rows_in_blocks_of_any_size():
    whole = pl.concat(blocks(SMALL))
    assert whole.equals(pl.concat(blocks(SMALL, 777)))
    assert whole.height == SMALL.observations
    other = pl.concat(blocks(Scale(20_000, 500, 200, 1_000, SITES, date(2026, 9, 1), 30, 6)))
    assert not whole["client_key"].equals(other["client_key"])
    for told in (workers, clients, tasks):
        assert pl.concat(told(SMALL)).equals(pl.concat(told(SMALL, 33)))


def test_every_row_names_a_worker_a_client_and_a_task_that_there_are():
    rows = pl.concat(blocks(SMALL))
    assert rows.select(*RAW).schema == pl.Schema(RAW)
    assert rows.select("id_high", "id_low").is_unique().all()
    for names, key in (
        (workers, ["contributor", "country"]),
        (clients, ["client_key", "platform"]),
        (tasks, ["client_key", "task_key"]),
    ):
        known = pl.concat(names(SMALL))
        assert known.select(key[-1] if names is tasks else key[0]).is_unique().all()
        assert rows.join(known, on=key, how="anti", nulls_equal=True).is_empty()
    assert rows["received_on"].is_sorted()
    assert (rows["received_on"].min(), rows["received_on"].max()) == (date(2026, 9, 1), date(2026, 9, 30))
    assert rows.filter(pl.col("claimed_hour").dt.date() > pl.col("received_on")).is_empty()


def test_few_workers_and_few_clients_have_most_of_the_rows():
    rows = pl.concat(blocks(SMALL))
    for column in ("contributor", "client_key"):
        counts = rows[column].value_counts(sort=True)["count"]
        assert counts.head(counts.len() // 5).sum() > 0.6 * rows.height
    shares = rows["outcome"].value_counts(normalize=True)
    paid = dict(shares.iter_rows())
    assert 0.5 < paid["paid"] < 0.8
    assert 0.05 < paid["returned"] < 0.15


def test_sites_are_all_the_packs_and_list_in_several_currencies():
    told = sites(date(2026, 9, 1))
    assert len({site.platform for site in told}) == len(told) > 1
    assert all(site.usd > 0 for site in told)


def _peak(folder, observations):
    """The most memory that the command took, in megabytes."""
    command = [
        sys.executable,
        "-m",
        "api",
        "simulate",
        "--scale",
        "--observations",
        str(observations),
        "--out",
        str(folder),
    ]
    pid = os.posix_spawn(
        sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    return usage.ru_maxrss / MEGABYTE


def test_ten_times_the_rows_take_no_more_memory(tmp_path):
    few, many = _peak(tmp_path / "few", 300_000), _peak(tmp_path / "many", 3_000_000)
    written = sum(file.stat().st_size for file in (tmp_path / "many").glob("observations-*")) / MEGABYTE**2
    assert written > 40
    assert many < few + 120  # ten times would be some 2,000 more; the allocator keeps a few blocks


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_command_writes_the_same_files_twice(tmp_path, kind):
    for name in ("first", "again"):
        told = run(
            "--scale",
            "--observations",
            3_000,
            "--workers",
            50,
            "--until",
            "2026-10-01",
            "--out",
            tmp_path / name,
            "--format",
            kind,
        )
        assert told.exception is None, told.exception
    prints = [
        {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (tmp_path / name).iterdir()}
        for name in ("first", "again")
    ]
    assert prints[0] == prints[1]
    assert {name.partition("-")[0] for name in prints[0]} == {"workers", "clients", "tasks", "observations"}
    again = run("--scale", "--out", tmp_path / "first")
    assert "is not empty" in str(again.exception)


def test_people_who_live_their_days_go_into_files(tmp_path):
    assert run("--workers", 5, "--days", 4, "--out", tmp_path / "lived").exception is None
    (file,) = (tmp_path / "lived").iterdir()
    assert pl.read_parquet(file).schema == pl.Schema(RAW)


@pytest.mark.parametrize("words", [(), ("--scale", "--observations", 10)])
def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path, words):
    (tmp_path / "file").write_text("no folder")
    refused = run("--workers", 5, "--days", 4, *words, "--out", tmp_path / "file" / "below")
    assert isinstance(refused.exception, BadInput)
    assert "below: cannot be written" in str(refused.exception)


async def _rows(dsn, query):
    db = await asyncpg.connect(dsn)
    try:
        return await db.fetch(query)
    finally:
        await db.close()


async def test_a_database_is_filled_once_and_as_a_demo(dsn, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", dsn)
    words = (
        "--scale",
        "--observations",
        4_000,
        "--workers",
        60,
        "--clients",
        20,
        "--tasks",
        80,
        "--until",
        "2026-10-01",
    )
    told = await _in_thread(run, *words)
    assert told.exception is None, told.exception
    (row,) = await _rows(
        dsn,
        """
        SELECT count(*) AS rows, count(DISTINCT contributor) AS people, min(received_on) AS first,
            (SELECT nature FROM intake.nature) AS nature, (SELECT count(*) FROM intake.contributors) AS workers
        FROM intake.observations JOIN intake.tasks USING (client_key, task_key) JOIN intake.clients USING (client_key)
        JOIN intake.contributors ON number = contributor
        """,
    )
    assert (row["rows"], row["workers"], row["nature"]) == (4_000, 60, "demo")
    assert row["people"] > 30
    assert isinstance((await _in_thread(run, *words)).exception, CannotStart)


async def test_nothing_invented_comes_into_a_database_of_real_work(dsn, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", dsn)
    await _rows(dsn, "INSERT INTO intake.nature (nature) VALUES ('real') RETURNING nature")
    assert isinstance((await _in_thread(run, "--scale", "--observations", 100)).exception, WrongNature)
    assert await _rows(dsn, "SELECT number FROM intake.contributors") == []


async def _in_thread(call, *words):
    import asyncio

    return await asyncio.to_thread(call, *words)
