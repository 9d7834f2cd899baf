"""Titles and client names that are code: SQL, HTML, formulas, log lines. Wherever they come out they are words again.

A crowd sends them the way the extension does, they are published, and then everything that can be read is read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from uuid import UUID

import pytest
from tally import tallied

from api.runtime.logs import Lines
from api.store.bulk import BulkRow
from tests.builders import observation, observed

ATTACKS = [
    "'; DROP TABLE intake.observations; --",
    "\\'; DELETE FROM intake.contributors WHERE ''='",
    "$1) ON CONFLICT DO UPDATE SET title = 'x' --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></td><svg/onload=alert(1)>",
    "{{ 7*7 }}{% for x in () %}",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "'=1+1",
    'a"b,c\r\n=1+1',
    "line\n2026-11-23 ERROR forged line",
    '\u2028{"event":"forged"}',
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe",
    "%s%s%n%d{0}",
    "../../../../etc/passwd",
    "\ufeffmark",
    "a" * 300,
    "🙂" * 100,
    "NULL",
    "\\N",
    "\\.",
]
FORMULA = re.compile(r"^[=+\-@\t\r]")


def rows():
    """Twelve people, each with every attack as title, client name, client id and task id."""
    for person in range(12):
        for number, attack in enumerate(ATTACKS):
            for _ in range(2):
                yield BulkRow(
                    UUID(int=5000 + person),
                    observed(
                        client={"id": f"{attack[:60]} {number}", "name": attack},
                        task={"id": attack[:80], "title": attack},
                        outcome="paid",
                        paid={"micros": 350_000, "currency": "USD"},
                        active_seconds=200.0 + person,
                    ),
                )


@pytest.fixture
def attacked(target):
    """A target whose every published name is an attack, sent and stored."""
    target.do(target.fill(list(rows())))
    who = target.enrol()
    items = [
        observation(client={"id": attack[:80], "name": attack}, task={"id": None, "title": attack})
        for attack in ATTACKS
    ]
    answer = target.http.post("/v1/observations", json={"observations": items}, headers=who)
    assert {receipt["status"] for receipt in answer.json()["receipts"]} == {"accepted"}
    target.who = who
    return target


class Elements(HTMLParser):
    """Every element and attribute of a page, as a browser finds them."""

    def __init__(self, page):
        super().__init__()
        self.page, self.found, self.attributes = page, [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def pages(target):
    """Every page that links reach, in English and Arabic. Other platforms' pages hold no word that was sent."""
    seen, ahead = {}, ["/", "/tables", "/platforms/practice", "/practice", "/practice/status", "/method"]
    while ahead:
        path = ahead.pop()
        if path in seen or path.startswith("/static"):
            continue
        is_other = path.startswith("/platforms/") and not path.startswith("/platforms/practice")
        if is_other or path.endswith(("lang=es", "lang=en")):
            continue
        answer = target.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        seen[path] = Elements(answer.text)
        links = (value for tag, name, value in seen[path].attributes if (tag, name) == ("a", "href"))
        ahead += [link.partition("#")[0] for link in links if link.startswith("/") and len(seen) < 300]
    return seen


@pytest.mark.timeout(900)  # a hundred pages with charts: seconds here, minutes on a machine that does other things
def test_no_title_becomes_markup_on_any_page(attacked):
    with tallied("injection: HTML pages") as tally:
        shown = 0
        for path, found in pages(attacked).items():
            page = found.page
            ours = [value for tag, name, value in found.attributes if (tag, name) == ("script", "src")]
            assert all(source.startswith("/static/") for source in ours), path
            assert found.found.count("script") == len(ours), path
            assert not {"img", "iframe", "object"} & set(found.found) - {"img"}, path
            assert not [name for _, name, _ in found.attributes if name.startswith("on")], path
            assert not [value for _, name, value in found.attributes if name == "href" and value.startswith("java")]
            assert "alert(1)" not in "".join(re.findall(r"<script.*?</script>", page, re.S)), path
            assert "49" not in re.findall(r"\{\{ ?(\d+)", page), path
            shown += page.count("&lt;script&gt;alert(1)&lt;/script&gt;")
            tally.case()
        assert shown  # the attack did arrive, as words


def test_no_cell_of_any_csv_is_a_formula(attacked):
    release = attacked.http.get("/v1/releases").json()["releases"][0]
    with tallied("injection: CSV") as tally:
        texts = [
            attacked.http.get(f"/v1/releases/{release['release']}/files/{name}.csv").text for name in release["tables"]
        ]
        texts += [attacked.http.get(f"/v1/tables/{name}.csv?limit=1000").text for name in release["tables"]]
        own = attacked.http.get("/v1/contributors/me/export", headers=attacked.who | {"accept": "text/csv"})
        texts.append(own.text)
        cells = 0
        for text in texts:
            parsed = list(csv.reader(io.StringIO(text, newline="")))
            assert {len(row) for row in parsed} <= {len(parsed[0])}, parsed[0]
            for cell in (cell for row in parsed for cell in row):
                tally.case()
                is_number = re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell, re.I)
                assert is_number or not FORMULA.match(cell), cell
                cells += "cmd|" in cell
        assert cells


def test_what_was_sent_comes_back_word_for_word(attacked):
    with tallied("injection: own rows") as tally:
        own = attacked.http.get("/v1/contributors/me/export", headers=attacked.who).json()["observations"]
        tally.cases += len(own)
        assert sorted(row["title"] for row in own) == sorted(ATTACKS)
        assert sorted(row["client_name"] for row in own) == sorted(ATTACKS)


def test_no_statement_was_run(attacked):
    with tallied("injection: SQL") as tally:
        count = attacked.do(attacked.pool.fetchval("SELECT count(*) FROM intake.observations"))
        assert count == 144 + 2 * 12 * len(ATTACKS) + len(ATTACKS)
        for attack in ATTACKS:
            for query in ("client_name__eq", "title__contains", "sort", "after", "limit", "release"):
                answer = attacked.http.get("/v1/tables/client_rates.json", params={query: attack})
                tally.case(answer.status_code)
                assert answer.status_code in (200, 400, 404), answer.text
        again = attacked.do(attacked.pool.fetchval("SELECT count(*) FROM intake.observations"))
        assert again == count


def test_a_busy_run_logs_nothing_that_anybody_sent(attacked, every_record):
    """Addresses, secrets, ids, titles: everything that is sent is looked for in everything that is logged."""
    secret = attacked.who["authorization"].partition(" ")[2]
    me = attacked.http.get("/v1/contributors/me", headers=attacked.who).json()["contributor_id"]
    marker = "Unmistakable title 7f3a"
    item = observation(client={"id": "client-9c1d", "name": "Natural Person 9c1d"}, task={"id": None, "title": marker})
    broken = dict(item, units="Unmistakable units")
    headers = attacked.who | {"x-forwarded-for": "198.51.100.77", "user-agent": "Unmistakable agent"}
    with tallied("quiet logs") as tally:
        for path in ("/v1/contributors/me", "/v1/contributors/me/export", f"/v1/snapshots/{marker}", "/readyz", "/"):
            attacked.http.get(path, headers=headers)
        attacked.http.post("/v1/observations", json={"observations": [item, broken]}, headers=headers)
        attacked.http.post("/v1/contributors", json={"challenge": marker, "nonce": marker}, headers=headers)
        attacked.break_database()
        for _ in range(3):
            attacked.http.post("/v1/observations", json={"observations": [item]}, headers=headers)
            attacked.http.get(f"/v1/contributors/me?{marker}", headers=headers)
        attacked.http.delete("/v1/contributors/me", headers=headers)
        logged = every_record()
        tally.cases += len(logged)
        private = [secret, me, item["id"], marker, "9c1d", "198.51.100.77", "127.0.0.1", "Unmistakable", *ATTACKS[:20]]
        for line in logged:
            json.loads(line)
            assert "\n" not in line
            assert [word for word in private if word in line] == []


@pytest.fixture
def every_record(caplog):
    """Every line that the log would hold, from debug on, libraries' too."""
    caplog.set_level(0)
    caplog.handler.setLevel(0)
    lines = Lines()
    return lambda: [lines.format(record) for record in caplog.records]
