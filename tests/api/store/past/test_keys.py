"""A page of keys tells every revision that went in, of the record asked for and of no other."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from api.store.moved_records import halves
from api.store.past import keys

RECORDS = st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number)))


@given(records=st.dictionaries(RECORDS, st.integers(1, 4), min_size=1, max_size=30), page_rows=st.integers(1, 9))
def test_every_revision_is_found_in_the_page_of_its_key(records, page_rows):
    rows = [
        (contributor, *halves(id_), 100 + revision, 20_000 + revision, revision)
        for (contributor, id_), revisions in records.items()
        for revision in range(1, revisions + 1)
    ]
    names = ("contributor", "id_high", "id_low", "client_key", "received_day", "revision")
    pages = list(keys.pages(pl.DataFrame(rows, schema=names, orient="row"), page_rows))
    assert [page.first_key for page in pages] == sorted(page.first_key for page in pages)
    for (contributor, id_), revisions in records.items():
        key = keys.key_of(contributor, id_)
        page = [page for page in pages if page.first_key <= key][-1]
        expected = [keys.Revision(one, 20_000 + one, 100 + one) for one in range(1, revisions + 1)]
        assert keys.revisions(page.keys, key) == expected
    assert keys.revisions(pages[0].keys, keys.key_of(1, UUID(int=77))) == []


def test_a_page_takes_about_ten_bytes_a_revision():
    random = np.random.default_rng(1)
    count = 50_000
    rows = pl.DataFrame(
        {
            "contributor": random.integers(0, 2**63, count),
            "id_high": np.full(count, 1),
            "id_low": random.integers(-(2**63), 2**63 - 1, count),
            "client_key": random.integers(0, 2**62, 500)[(random.random(count) ** 3 * 500).astype(int)],
            "received_day": np.full(count, 20_000),
            "revision": random.integers(1, 3, count),
        }
    )
    assert 8 < sum(len(page.keys) for page in keys.pages(rows)) / count < 12
