"""The examples of docs/tables.md run as they stand there, and every library reads the same rows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner

from analytics.commands.main import cli
from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator.estimate import rates_of
from analytics.estimator.study import study
from analytics.model.encoding import from_csv
from analytics.model.policy import ARCHIVE
from analytics.query import parse, run
from analytics.release import writer
from analytics.release.builder import PublicationMetadata, contents_of
from analytics.simulation.synthetic import AS_OF, Market, made
from analytics.tables.dictionary.registry import TABLES
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supplementary import supplementary_tables
from analytics.tables.work import Work
from tests.beside import everything_beside
from tests.secret import SECRET

DOCS = Path(__file__).parents[2] / "docs" / "tables.md"
TEXT = DOCS.read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.+?)```", TEXT, re.S)
COMMANDS = re.findall(r"^    (taskwage query .+)$", TEXT, re.M)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A place that holds `release`."""
    rows, _ = made(Market(clients=40, contributors=14, unsubmitted=0.1, rejected=0.1, days=40))
    studied = study(rows, as_of=AS_OF, policy=ARCHIVE)
    rates = rates_of(studied)
    told = disclose(rates, ARCHIVE)
    context = ReleaseContext(AS_OF.date(), ARCHIVE, SECRET, told.cells)
    work = Work.of_study(studied)
    tables, _ = supplementary_tables(work, everything_beside(work.hours, AS_OF.date()), rates, context, None)
    clients = told.cells["client_key"].drop_nulls().unique().sort()
    names = Names(
        pl.DataFrame(
            {"client_key": clients, "client_id": ["=1+1", *map(str, range(len(clients) - 1))], "client_name": "Ann"}
        ),
        pl.DataFrame(schema={"task_key": pl.Int64, "task_id": pl.String, "title": pl.String}),
        frozenset(),
    )
    root = tmp_path_factory.mktemp("examples")
    manifest = writer.write(
        root, "2026-11-23-archive", contents_of(told, names, PublicationMetadata("demo", {}), tables)
    )
    (root / manifest.release).rename(root / "release")
    return root


def answers(folder, monkeypatch):
    monkeypatch.chdir(folder)
    for code in PYTHON:
        told: dict[str, object] = {}
        exec(compile(code, str(DOCS), "exec"), told)
        yield told["answer"]


def test_every_library_finds_the_same_ten_clients(folder, monkeypatch):
    first, *others = answers(folder, monkeypatch)
    assert len(first) == 10
    assert len(others) == 3
    assert all(other == first for other in others)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split("--release")[0].strip())
def test_every_query_of_the_text_gives_rows(folder, monkeypatch, command):
    monkeypatch.chdir(folder)
    answer = CliRunner().invoke(cli, command.split()[1:], catch_exceptions=False)
    assert answer.exit_code == 0
    rows = json.loads(answer.output)["rows"] if "json" in command else answer.output.splitlines()[1:]
    assert rows


@pytest.mark.parametrize("name", TABLES)
def test_polars_pandas_and_duckdb_read_what_json_says(folder, name):
    path = folder / "release" / "tables" / name
    page = run(parse(TABLES[name], [], None), pl.scan_parquet(f"{path}.parquet"), "r")
    said = json.loads(page.encode("json"))["rows"]
    assert pl.read_parquet(f"{path}.parquet").sort(TABLES[name].key, nulls_last=True).height == len(said)
    assert same(fetched(path), said)
    assert from_csv(Path(f"{path}.csv").read_bytes(), TABLES[name]).height == len(said)
    assert len(pd.read_csv(f"{path}.csv")) == len(said)
    if name not in ("releases", "evaluation", "country_rates", "notes"):
        assert said


def fetched(path):
    asked = duckdb.sql(f"FROM '{path}.parquet'")
    return [dict(zip(asked.columns, row, strict=True)) for row in asked.fetchall()]


def same(one, other):
    def words(rows):
        return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)

    return words(one) == words(other)


def test_the_text_names_every_table():
    for name in TABLES:
        assert f"| `{name}` |" in TEXT
