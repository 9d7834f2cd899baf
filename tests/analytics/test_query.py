"""The query grammar: what it takes, what it answers, and how it refuses."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.model.encoding import schema
from analytics.model.errors import BadQuery
from analytics.query import MOST_CONDITIONS, Query, parse, run
from analytics.tables.dictionary.registry import OPERATORS, TABLES, table_named

TABLE = TABLES["client_rates"]
RATES = [2.0, None, 7.5, 4.1, 2.0, 12.0]
ROWS = pl.DataFrame(
    [
        {"platform": "here" if n < 4 else "there", "client_key": f"{n:012x}", "client_name": "Ann Bo" if n == 2 else None,
         "contributors_at_least": 10 * n, "effective_usd_per_hour": rate}
        for n, rate in enumerate(RATES)
    ],
    schema=schema(TABLE),
).lazy()  # fmt: skip


def asked(*parameters):
    pairs = [tuple(parameter.split("=", 1)) for parameter in parameters]
    return run(parse(TABLE, pairs), ROWS, "2026-11-23")


def found(*parameters):
    return [int(key, 16) for key in asked(*parameters).frame["client_key"]]


@pytest.mark.parametrize(
    ("parameter", "rows"),
    [
        ("platform=here", [0, 1, 2, 3]),
        ("platform__eq=there", [4, 5]),
        ("platform__ne=here", [4, 5]),
        ("effective_usd_per_hour__lt=4.1", [0, 4]),
        ("effective_usd_per_hour__le=4.1", [0, 3, 4]),
        ("effective_usd_per_hour__gt=7", [2, 5]),
        ("effective_usd_per_hour__ge=7.5", [2, 5]),
        ("contributors_at_least__in=10,30", [1, 3]),
        ("client_key__in=000000000005", [5]),
        ("effective_usd_per_hour__null=true", [1]),
        ("effective_usd_per_hour__null=false", [0, 2, 3, 4, 5]),
        ("client_name__contains=ann", [2]),
        ("client_name__contains=.*", []),
    ],
)
def test_each_operator_finds_its_rows(parameter, rows):
    assert found(parameter) == rows


def test_all_conditions_hold_together():
    assert found("platform=here", "effective_usd_per_hour__gt=3") == [2, 3]


def test_rows_sort_by_what_is_asked_then_by_their_key_with_nulls_last():
    assert found("sort=-effective_usd_per_hour") == [5, 2, 3, 0, 4, 1]
    assert found("sort=effective_usd_per_hour,-platform,-client_key") == [4, 0, 3, 2, 5, 1]


@given(st.integers(1, 7), st.sampled_from(["sort=-effective_usd_per_hour", "sort=platform", "platform__ne=x"]))
def test_pages_join_to_the_whole(limit, parameter):
    pages, after = [], []
    while True:
        page = asked(parameter, f"limit={limit}", *after)
        pages.append(page.frame)
        assert page.truncated == (page.after is not None)
        if page.after is None:
            break
        after = [f"after={page.after}"]
    assert pl.concat(pages).equals(asked(parameter).frame)


def test_a_page_says_what_it_is_of():
    page = asked("limit=2")
    assert (page.table, page.release, page.truncated, page.frame.height) == ("client_rates", "2026-11-23", True, 2)


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("paltform=here", "columns: release, platform"),
        ("platform__like=h", f"operators: {', '.join(OPERATORS['text'])}"),
        ("effective_usd_per_hour__contains=1", f"operators: {', '.join(OPERATORS['number'])}"),
        ("effective_usd_per_hour=cheap", "of type number"),
        ("effective_usd_per_hour=nan", "of type number"),
        ("contributors_at_least=1.5", "of type integer"),
        ("contributors_at_least__in=1,", "of type integer"),
        ("contributors_at_least=" + "9" * 40, "of type integer"),
        ("platform__null=maybe", "true or false"),
        ("sort=price", "columns: release"),
        ("limit=0", "from 1 to 10000"),
        ("limit=-1", "from 1 to 10000"),
        ("limit=10001", "from 1 to 10000"),
        ("limit=²", "from 1 to 10000"),
        ("limit=" + "1" * 5000, "from 1 to 10000"),
        ("after=nonsense", "start again"),
        ("after=ÿ", "start again"),
        ("platform__drop table=1", "operators"),
    ],
)
def test_what_is_wrong_is_answered_with_what_would_be_right(parameter, words):
    with pytest.raises(BadQuery, match=r"^[^\n]+$") as refusal:
        asked(parameter)
    assert words in str(refusal.value)


def test_a_token_is_of_one_query_and_one_release():
    token = asked("limit=2").after
    with pytest.raises(BadQuery):
        asked("limit=2", "platform=here", f"after={token}")
    query = parse(TABLE, [("limit", "2"), ("after", token or "")])
    with pytest.raises(BadQuery):
        run(query, ROWS, "2026-11-30")


def test_a_query_has_an_end():
    with pytest.raises(BadQuery, match="too many conditions"):
        parse(TABLE, [("platform", "here")] * (MOST_CONDITIONS + 1))


def test_dates_are_dates():
    table = TABLES["releases"]
    assert parse(table, [("as_of__ge", "2026-11-23")]).conditions[0].value.isoformat() == "2026-11-23"
    with pytest.raises(BadQuery, match="of type date"):
        parse(table, [("as_of", "yesterday")])


def test_an_unknown_table_is_answered_with_the_known_ones():
    with pytest.raises(BadQuery, match="tables: platform_rates"):
        table_named("wages")


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_does_more_than_be_refused(name, value):
    try:
        page = run(parse(TABLE, [(name, value)]), ROWS, "2026-11-23")
    except BadQuery:
        return
    assert page.frame.columns == list(schema(TABLE))


def test_without_a_limit_all_rows_come():
    assert run(Query(TABLE), ROWS, "x").frame.height == len(RATES)
