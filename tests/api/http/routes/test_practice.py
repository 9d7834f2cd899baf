"""The pretend platform as a browser meets it: claim, countdown, submit, return, expiry, decisions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from api.http.pages.practice.attempts import MOST_ATTEMPTS, Attempt
from api.http.pages.practice.catalogue import catalogue
from api.http.pages.practice.decisions import decision
from api.http.routes import practice
from api.runtime.clock import SettableClock
from api.runtime.settings import Settings

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Elements(HTMLParser):
    """Every element of a page as (tag, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag, **wanted):
        fits = [attrs for name, attrs in self.found if name == tag]
        return [attrs for attrs in fits if all(attrs.get(key.strip("_")) == value for key, value in wanted.items())]

    def one(self, tag, **wanted):
        (found,) = self.all(tag, **wanted)
        return found


@pytest.fixture
def clock():
    return SettableClock(START)


@pytest.fixture
def browser(clock):
    services = SimpleNamespace(settings=Settings(nature="real"), clock=clock)
    app = Litestar(practice.handlers, dependencies={"services": Provide(lambda: services, sync_to_thread=False)})
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def claim(browser, task="t-3"):
    """The attempt's id and its page's elements."""
    answer = browser.post(f"/practice/tasks/{task}/claim")
    assert answer.status_code == 200
    page = Elements(answer.text)
    return page.one("main", id="work")["data-attempt"], page


def outcomes(browser):
    page = Elements(browser.get("/practice/status").text)
    return [cell["data-outcome"] for cell in page.all("td", class_="outcome")]


def test_the_listing_shows_every_task_with_client_pay_and_minutes(browser):
    answer = browser.get("/practice")
    page = Elements(answer.text)
    rows = page.all("li", class_="task")
    assert [row["data-task"] for row in rows] == [task.id for task in catalogue().tasks]
    assert all(row["data-client"] for row in rows)
    assert page.one("form", action="/practice/tasks/t-3/claim") == {
        "class": "claim", "method": "post", "action": "/practice/tasks/t-3/claim",
    }  # fmt: skip
    assert '<span class="reward">$0.35</span>' in answer.text
    assert '<span class="minutes">4 min</span>' in answer.text
    assert "pretend platform" in answer.text


def test_a_title_leads_to_the_task_before_it_is_claimed(browser):
    href = Elements(browser.get("/practice").text).all("a", class_="title")[0]["href"]
    assert browser.get(href).status_code == 200
    assert browser.get("/practice/tasks/t-999").status_code == 404


def test_a_claim_leads_to_the_work_with_its_countdown(browser, clock):
    attempt, page = claim(browser)
    work = page.one("main", id="work")
    assert work["data-task"] == "t-3"
    assert work["data-client"] == "c-2"
    assert work["data-limit-seconds"] == str(45 * 60)
    assert work["data-elapsed-seconds"] == "0"
    clock.advance(timedelta(seconds=75))
    later = browser.get(f"/practice/attempts/{attempt}").text
    assert 'data-elapsed-seconds="75"' in later
    assert re.search(r'id="countdown"[^>]*>43:45<', later)


def test_claiming_what_is_open_already_shows_the_same_attempt(browser):
    assert claim(browser)[0] == claim(browser)[0]


def test_several_tasks_can_be_held_at_once(browser):
    first, second = claim(browser, "t-1")[0], claim(browser, "t-2")[0]
    listing = browser.get("/practice").text
    assert f"/practice/attempts/{first}" in listing
    assert f"/practice/attempts/{second}" in listing


@pytest.mark.parametrize(("form", "ending"), [("submit", "submitted"), ("return", "returned")])
def test_an_ending_leads_to_its_page_and_stays(browser, form, ending):
    attempt, _ = claim(browser)
    answer = browser.post(f"/practice/attempts/{attempt}/{form}", data={"answer": "cup"})
    assert answer.url.path == f"/practice/attempts/{attempt}/{ending}"
    assert Elements(answer.text).one("main", id=ending)["data-attempt"] == attempt
    other = {"submit": "return", "return": "submit"}[form]
    assert browser.post(f"/practice/attempts/{attempt}/{other}").url.path.endswith(f"/{ending}")
    assert browser.get(f"/practice/attempts/{attempt}").url.path.endswith(f"/{ending}")


def test_what_is_submitted_after_the_limit_is_expired(browser, clock):
    attempt, _ = claim(browser, "t-15")
    clock.advance(timedelta(minutes=2))
    answer = browser.post(f"/practice/attempts/{attempt}/submit")
    assert Elements(answer.text).one("main", id="expired")["data-attempt"] == attempt
    assert outcomes(browser) == ["expired"]


def test_a_task_nobody_looks_at_expires_by_itself(browser, clock):
    claim(browser, "t-15")
    clock.advance(timedelta(minutes=1, seconds=59))
    assert outcomes(browser) == []
    clock.advance(timedelta(seconds=1))
    assert outcomes(browser) == ["expired"]


def test_a_countdown_that_runs_ahead_of_the_server_leads_back_to_the_work(browser):
    attempt, _ = claim(browser)
    assert browser.get(f"/practice/attempts/{attempt}/expired").url.path == f"/practice/attempts/{attempt}"


def test_decisions_arrive_later_and_paid_work_shows_what_was_paid(browser, clock):
    """Whatever the lot of this attempt is, the status page tells it and nothing before its time."""
    attempt, _ = claim(browser)
    browser.post(f"/practice/attempts/{attempt}/submit")
    assert outcomes(browser) == ["submitted"]
    clock.advance(timedelta(hours=1))
    final = decision(Attempt(attempt, "t-3", int(START.timestamp()), 0, "submitted"), int(clock.now().timestamp()))
    assert outcomes(browser) == [final.outcome]
    paid = re.findall(r'<td class="paid number">([^<]*)</td>', browser.get("/practice/status").text)
    assert bool(paid[0].strip()) == (final.outcome == "paid")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    answer = browser.post("/practice/tasks/t-3/claim", follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/practice" in cookie
    assert "secure" not in cookie  # on plain http it would never come back


def test_the_cookie_stays_small_however_much_is_claimed(browser):
    for number in range(MOST_ATTEMPTS + 10):
        attempt, _ = claim(browser, f"t-{1 + number % 20}")
        browser.post(f"/practice/attempts/{attempt}/return")
    assert len(browser.cookies["practice"]) < 3000
    assert outcomes(browser) == ["returned"] * MOST_ATTEMPTS


@pytest.mark.parametrize("cookie", ["", "nonsense", "a.b.c", "0" * 4000, "é" * 3, "a1b2c3d4e5f6.t-999.1.0.o"])
def test_a_malformed_cookie_is_an_empty_one(browser, cookie):
    answer = browser.get("/practice/status", headers={"cookie": f"practice={cookie}".encode()})
    assert answer.status_code == 200
    assert "Nothing claimed yet" in answer.text


def test_an_attempt_of_somebody_else_is_not_found(browser):
    for path in ("/practice/attempts/abcdefabcdef", "/practice/attempts/abcdefabcdef/submitted"):
        assert browser.get(path).status_code == 404
    assert browser.post("/practice/attempts/abcdefabcdef/submit").status_code == 404
    assert browser.post("/practice/tasks/t-999/claim").status_code == 404


def test_hostile_addresses_are_never_echoed(browser):
    hostile = browser.get("/practice/attempts/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert hostile.status_code == 404
    assert "alert(1)" not in hostile.text
