"""Releases made by hand: every published table with rows of every kind, hostile names among them, in a second. What the
estimator would publish is not the question here; what pages and reports make of it is.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from analytics.model.encoding import encode, schema
from analytics.release.manifest import Manifest, TableFacts, encoded_manifest, facts
from analytics.release.repository import MANIFEST
from analytics.tables.dictionary.registry import TABLES

Row = dict[str, Any]
PLATFORM = "practice"
HOSTILE = "<script>alert('x')</script> & \"Sons\" <img src=//evil.example/x onerror=alert(1)>"
LONG = "A client whose name goes on and on and on and never comes to an end, " * 3
ARABIC = "مختبر الفانوس"
CLIENTS = {
    "aa00000000c1": ("c-1", HOSTILE, "50+", 50, 2.5),
    "aa00000000c2": ("c-2", LONG.strip(), "20-49", 20, 1.1),
    "aa00000000c3": ("c-3", ARABIC, "10-19", 10, 6.4),
    "aa00000000c4": ("c/4 ?", None, "10-19", 10, 0.07),
    "aa00000000c5": (None, None, "5-9", 5, None),
}
DAYS = (date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23))
COUNTRIES = ("PH", "KE", "CO", "VE", "XX")


def rates(usd: float | None, people: tuple[str, int], middle: float = 1.0) -> Row:
    """The columns of pay that most tables share; without a number, an interval about `middle`."""
    centre = usd if usd is not None else middle
    told = usd is not None
    return {
        "contributors": people[0],
        "contributors_at_least": people[1],
        "effective_usd_per_hour": usd,
        "low_usd_per_hour": round(centre * 0.7, 3),
        "high_usd_per_hour": round(centre * 1.5, 3),
        "task_usd_per_hour": round(centre * 1.3, 3) if told else None,
        "paid_share": 0.9 if told else None,
        "kept_share": 0.8 if told else None,
    }


def client_rows(growth: float = 1.0) -> list[Row]:
    rows = []
    for key, (client, name, band, least, usd) in CLIENTS.items():
        own = rates(None if usd is None else round(usd * growth, 3), (band, least))
        rows.append(
            {"platform": PLATFORM, "client_key": key, "client_id": client, "client_name": name, "level_used": "client"}
            | own
        )
    return rows


def outcome(level: str, row: Row) -> Row:
    told = row["effective_usd_per_hour"] is not None
    shares = {"submitted": 0.82, "pending": 0.04, "rejected": 0.06, "returned": 0.1, "expired": 0.04}
    endings = {f"{name}_share": part if told else None for name, part in shares.items()}
    rest = {"screened_out_share": 0.02 if told else None, "abandoned_share": 0.02 if told else None}
    paid = {"paid_share_low": 0.82, "paid_share_high": 0.98, "days_to_pay": 3.0 + len(row.get("client_name") or "") / 9}
    keep = ("platform", "client_key", "client_id", "client_name", "contributors", "contributors_at_least", "paid_share")
    return {"level": level, **{name: row.get(name) for name in keep}, **endings, **rest, **(paid if told else {})}


def worker_rows() -> list[Row]:
    rows: list[Row] = []
    many = {"platform": PLATFORM, "contributors": "50+", "contributors_at_least": 50, "quarter": "2026Q3"}
    for basis, factor in (("tasks", 1.5), ("all_hours", 1.0)):
        for point, usd in ((10, 0.6), (25, 1.2), (50, 2.1), (75, 3.9), (90, 7.5)):
            own = round(usd * factor, 2)
            spread = {"own_usd_per_hour": own, "low_usd_per_hour": own * 0.8, "high_usd_per_hour": own * 1.2}
            rows.append({**many, "basis": basis, "kind": "percentile", "point": float(point), **spread, "epsilon": 0.5})
        for floor, part in ((2.0, 0.48), (7.25, 0.9)):
            share = {
                "share_below": part / factor,
                "share_low": part / factor - 0.05,
                "share_high": part / factor + 0.05,
            }
            rows.append({**many, "basis": basis, "kind": "floor", "point": floor, **share, "epsilon": 0.5})
    return rows


def tables(day: date, growth: float) -> dict[str, list[Row]]:
    """Every table of a release of `day`; pay is `growth` times what it is in the first."""
    clients = client_rows(growth)
    house = {"platform": PLATFORM, "level_used": "platform", **rates(round(2.0 * growth, 2), ("50+", 50))}
    house |= {"all_in_usd_per_hour": round(1.4 * growth, 2), "all_in_factor": 1.42, "task_time_share": 0.7}
    task = {"task_key": "bb0000000001", "task_id": "t-1", "title": f"Label {HOSTILE}", "level_used": "task"}
    mondays = [day - timedelta(days=day.weekday() + 7 * back) for back in range(9, 0, -1) if back != 4]
    weeks = [
        {"week": f"{monday.isocalendar()[0]}-W{monday.isocalendar()[1]:02}", "week_starts_on": monday}
        | rates(round(1.5 + 0.1 * place, 2) if place != 2 else None, ("20-49", 20), 1.6)
        for place, monday in enumerate(mondays)
    ]
    first = {name: clients[0][name] for name in ("platform", "client_key", "client_id", "client_name")}
    unpaid = {"search": 11.0, "watch": 6.0, "qualification": 4.0, "messages": 1.0, "payment": 3.0, "all": 25.0}
    many = {"contributors": "50+", "contributors_at_least": 50}
    return {
        "platform_rates": [house],
        "client_rates": clients,
        "task_rates": [{**clients[0], **task}, {**clients[2], **task, "task_key": "bb0000000002", "title": ARABIC}],
        "platform_weeks": [{"platform": PLATFORM, "level_used": "platform", **week} for week in weeks],
        "client_weeks": [{**first, "level_used": "client", **week} for week in weeks],
        "country_rates": [
            {"quarter": "2026Q3", "platform": PLATFORM, "country": country, "epsilon": 0.5}
            | rates(3.0 - 0.4 * place, ("50+", 50))
            for place, country in enumerate(COUNTRIES)
        ],
        "outcomes": [outcome("platform", house), *(outcome("client", row) for row in clients)],
        "overheads": [
            {"platform": PLATFORM, "class": kind, "minutes_per_task_hour": minutes, **many}
            | {"low_minutes": minutes * 0.8, "high_minutes": minutes * 1.3}
            for kind, minutes in unpaid.items()
        ],
        "worker_rates": worker_rows(),
        "supply": [
            {"platform": PLATFORM, "figure": "new_listings", "hour": hour, **many}
            | {"new_listings_per_hour": 2.0 + (hour * 7) % 12, "low_per_hour": 1.0, "high_per_hour": 15.0}
            for hour in range(24)
        ]
        + [
            {"platform": PLATFORM, "figure": "units_gone", "units_left": size, **many}
            | {"units_gone_per_hour": pace, "low_per_hour": 0.5, "high_per_hour": 900.0}
            for size, pace in (("1_to_5", 1.5), ("21_to_100", 22.0), ("over_1000", None))
        ],
        "notes": [
            {**{name: first[name] for name in ("platform", "client_key", "client_id")}, "note": 1, "kind": "objection"}
            | {"written_on": DAYS[0], "text": f"We object. {HOSTILE}"}
        ],
        "releases": [{"as_of": day, "policy": "crowd", "nature": "demo", "method": "by hand", "platforms": 1}],
    }


def write(root: Path, release: str, rows: dict[str, list[Row]], day: date) -> Manifest:
    """A whole release in the folder `root`, of these rows; what a row does not say is null."""
    files: dict[str, bytes] = {}
    for name, table in TABLES.items():
        kinds = schema(table)
        told = [{column: None, **row, "release": release} for row in rows.get(name, []) for column in ["release"]]
        frame = pl.DataFrame([{column: row.get(column) for column in kinds} for row in told], schema=kinds)
        files |= {f"tables/{name}.{form}": encode(frame, form) for form in ("csv", "parquet")}
    counts = {name: len(rows.get(name, [])) for name in TABLES}
    manifest = Manifest(
        release=release,
        as_of=day,
        policy="crowd",
        nature="demo",
        method="by hand",
        estimator_version="1",
        tables={
            name: TableFacts(counts[name], {form: facts(files[f"tables/{name}.{form}"]) for form in ("csv", "parquet")})
            for name in TABLES
        },
        snapshots={},
        packed={},
        licence="ODbL-1.0",
        request="Please do not use this data to track or to manage workers.",
        content_sha256="0" * 64,
    )
    for name, content in {**files, MANIFEST: encoded_manifest(manifest)}.items():
        path = root / release / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return manifest


def four_releases(root: Path) -> list[Manifest]:
    """Four weeks, pay rising; the last client has too few people in the first two."""
    made = []
    for place, day in enumerate(DAYS):
        rows = tables(day, 1.0 + 0.35 * place)
        if place < 2:
            rows["client_rates"] = rows["client_rates"][:-1]
        made.append(write(root, day.isoformat(), rows, day))
    return made
