"""Tables as bytes, and back."""

from __future__ import annotations

import io
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.model.encoding import FORMATS, completed, encode, from_csv, schema
from analytics.tables.dictionary.registry import TABLES

TABLE = TABLES["task_rates"]


def frame(titles):
    rows = [{"release": "2026-11-23", "platform": "here", "title": title, "low_usd_per_hour": 1.5} for title in titles]
    return pl.DataFrame(rows, schema=schema(TABLE))


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_frame_is_the_same_bytes(form):
    assert encode(frame(["a", None, "ü"]), form) == encode(frame(["a", None, "ü"]), form)


def test_parquet_and_arrow_give_the_frame_back():
    told = frame(["=1+1", None, "ü"])
    assert pl.read_parquet(encode(told, "parquet")).equals(told)
    assert pl.read_ipc_stream(io.BytesIO(encode(told, "arrow"))).equals(told)


def test_json_is_an_object_a_row_with_nulls():
    rows = json.loads(encode(frame(["a"]), "json"))["rows"]
    assert rows[0]["title"] == "a"
    assert rows[0]["effective_usd_per_hour"] is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    title = f"{start}cmd|' /C calc'!A0"
    content = encode(frame([title]), "csv")
    assert f",'{start}".encode() in content or f",\"'{start}".encode() in content
    assert from_csv(content, TABLE)["title"].to_list() == [title]


@given(
    st.lists(
        st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1), max_size=5
    )
)
def test_csv_gives_every_text_back(titles):
    assert from_csv(encode(frame(titles), "csv"), TABLE).equals(frame(titles))


def test_a_number_below_zero_stays_a_number():
    told = frame(["a"]).with_columns(low_usd_per_hour=pl.lit(-1.5))
    assert b",-1.5," in encode(told, "csv")


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_table_keeps_its_columns(form):
    content = encode(frame([]), form)
    if form == "json":
        assert json.loads(content) == {"rows": []}
    else:
        read = {
            "csv": lambda c: from_csv(c, TABLE),
            "parquet": pl.read_parquet,
            "arrow": lambda c: pl.read_ipc_stream(io.BytesIO(c)),
        }
        assert read[form](content).columns == list(schema(TABLE))


def test_a_table_from_before_a_column_has_it_without_a_value():
    now = frame(["a", "b"])
    again = completed(now.drop("paid_share").lazy(), TABLE).collect()
    assert again.schema == now.schema
    assert again["paid_share"].is_null().all()
    assert completed(now.lazy(), TABLE).collect().equals(now)
