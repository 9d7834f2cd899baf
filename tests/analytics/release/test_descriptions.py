"""The descriptions of a release are what their own libraries call valid, and other tools read the tables by them."""

import json

import duckdb
import frictionless
import mlcroissant
import pandas as pd
import polars as pl
import pytest

from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator import estimate
from analytics.model.policy import ARCHIVE
from analytics.release import repository as releases
from analytics.release import writer
from analytics.release.builder import PublicationMetadata
from analytics.release.descriptions import CROISSANT, DATA_PACKAGE
from analytics.simulation.synthetic import AS_OF, Market, made
from analytics.tables.dictionary.registry import TABLES


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("some data")
    rows, _ = made(Market(clients=8, contributors=12))
    names = Names(
        pl.DataFrame({"client_key": [1], "platform": ["x"], "client_id": ["A"], "client_name": ["B"]}),
        pl.DataFrame({"task_key": [1], "client_key": [1], "title": ["T"], "task_id": ["I"]}),
        frozenset(),
    )
    told = disclose(estimate(rows, as_of=AS_OF, policy=ARCHIVE), ARCHIVE)
    return root / writer.publish(root, told, names, PublicationMetadata("demo", {"USD": 1.0})).release


def test_the_data_package_is_valid_and_so_is_every_table_by_its_types(folder):
    report = frictionless.validate(str(folder / DATA_PACKAGE))
    assert report.flatten(["title", "message"]) == []
    assert report.valid
    assert {task.labels[0] for task in report.tasks} == {"release"}
    package = json.loads((folder / DATA_PACKAGE).read_bytes())
    assert [one["title"] for one in package["resources"]] == list(TABLES)
    assert package["title"].endswith("(simulated)")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # inside their library
def test_the_croissant_metadata_is_valid_and_gives_the_rows(folder, caplog):
    dataset = mlcroissant.Dataset(jsonld=str(folder / CROISSANT))
    assert dataset.metadata.ctx.issues.errors == set()
    assert [record for record in caplog.records if record.levelname != "INFO"] == []
    for name in ("platform_rates", "client_rates"):
        rows = list(dataset.records(record_set=name))
        assert len(rows) == pl.read_parquet(folder / "tables" / f"{name}.parquet").height > 0
        assert set(rows[0]) == {f"{name}/{column.name}" for column in TABLES[name].columns}


def test_pandas_and_duckdb_read_every_table_alike(folder):
    for name, table in TABLES.items():
        parquet = pl.read_parquet(folder / "tables" / f"{name}.parquet")
        path = folder / "tables" / f"{name}.csv"
        frame = pd.read_csv(path)
        assert list(frame.columns) == [column.name for column in table.columns] == parquet.columns
        assert len(frame) == parquet.height
        ((count,),) = duckdb.sql(f"SELECT count(*) FROM read_csv('{path}')").fetchall()
        ((same,),) = duckdb.sql(f"SELECT count(*) FROM '{path.with_suffix('.parquet')}'").fetchall()
        assert count == same == parquet.height
        for column in table.columns:
            if column.type == "number" and parquet.height:
                assert frame[column.name].sum() == pytest.approx(parquet[column.name].sum())


def test_the_manifest_covers_the_descriptions_and_equal_releases_give_equal_ones(folder):
    manifest = releases.verify(folder)
    assert {DATA_PACKAGE, CROISSANT} <= manifest.documents.keys()
    for table in ("platform_rates", "releases"):
        csv = manifest.tables[table].files["csv"]
        package = json.loads((folder / DATA_PACKAGE).read_bytes())
        (resource,) = [one for one in package["resources"] if one["title"] == table]
        assert (resource["bytes"], resource["hash"]) == (csv.bytes, f"sha256:{csv.sha256}")
