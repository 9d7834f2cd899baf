"""An answer about a snapshot is made once a release; whoever asks otherwise gets their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics.model.policy import ARCHIVE
from analytics.reporting.charts import drawing
from api.http import response_cache
from api.http.pages import visit
from api.http.routes import releases
from api.publishing.publish import publish
from api.store.bulk import load
from tests.builders import NOW, crowd

PATH = "/v1/snapshots/practice"


@pytest.fixture
async def published(site):
    async with site.pool.acquire() as db:
        await load(db, crowd(12), NOW.date())
    await publish(site.pool, site.settings, NOW, ARCHIVE)
    return site


async def test_the_second_answer_is_the_first_without_being_made(published, monkeypatch):
    made = []
    real = releases.packing_for
    monkeypatch.setattr(releases, "packing_for", lambda header: made.append(header) or real(header))
    answers = [await published.http.get(PATH) for _ in range(3)]
    assert len(made) == 1
    assert len({(answer.content, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1
    assert answers[0].headers["x-content-type-options"] == "nosniff"
    again = [await published.http.get(PATH, headers={"if-none-match": answers[0].headers["etag"]}) for _ in range(2)]
    assert [answer.status_code for answer in again] == [304, 304]
    assert len(made) == 2


async def test_a_packing_has_its_own_answer(published):
    packings = ("gzip", "zstd", "identity")
    first = [(await published.http.get(PATH, headers={"accept-encoding": name})).headers for name in packings]
    second = [(await published.http.get(PATH, headers={"accept-encoding": name})).headers for name in packings]
    assert first == second
    assert [headers.get("content-encoding") for headers in second] == ["gzip", "zstd", None]


async def test_a_new_release_is_served_at_once(published):
    before = (await published.http.get(PATH)).headers["x-release"]
    await publish(published.pool, published.settings, NOW + timedelta(days=1), ARCHIVE)
    after = (await published.http.get(PATH)).headers["x-release"]
    assert before != after


async def test_what_is_missing_is_not_kept_and_keys_stay_short(published, monkeypatch):
    monkeypatch.setattr(response_cache, "MOST_ANSWERS", 0)
    assert [(await published.http.get("/v1/snapshots/nowhere")).status_code for _ in range(2)] == [404, 404]
    long = await published.http.get(PATH, headers={"if-none-match": '"x"' * 1000})
    assert long.status_code == 200


async def _page(site, path, language="es"):
    return await site.http.get(
        path, headers={"accept-language": language}, timeout=120
    )  # the first chart loads a library


async def test_a_page_is_made_once_a_release_for_each_language_and_query(published, monkeypatch):
    made = []
    real = visit.page
    monkeypatch.setattr(visit, "page", lambda name, *rest, **more: made.append(name) or real(name, *rest, **more))
    for path in ("/platforms/practice", "/", "/compare?currency=PHP"):
        first, again = [await _page(published, path) for _ in range(2)]
        assert (first.status_code, first.content) == (200, again.content)
        assert first.headers["content-language"] == again.headers["content-language"] == "es"
    assert made == ["platform.html", "home.html", "compare.html"]
    assert (await _page(published, "/compare?currency=KES")).content != first.content
    assert (
        await published.http.get("/compare?currency=PHP", headers={"accept-language": "ar"})
    ).content != first.content
    await publish(published.pool, published.settings, NOW + timedelta(days=1), ARCHIVE)
    assert (await _page(published, "/compare?currency=PHP")).content != first.content


async def test_a_page_whose_charts_were_not_drawn_is_not_kept(published, monkeypatch):
    monkeypatch.setattr(drawing, "PATIENCE_SECONDS", 0.001)
    drawing._drawn.cache_clear()
    with drawing.PEN:
        assert "Not drawn just now" in (await _page(published, "/platforms/practice", "en")).text
    monkeypatch.undo()
    assert "Not drawn just now" not in (await _page(published, "/platforms/practice", "en")).text
