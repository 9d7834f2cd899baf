"""The sections of a report on a release, question by question."""

from __future__ import annotations

from analytics.reporting.charts.people_figures import floors_figure, people_figure, unpaid_figure, weeks_figure
from analytics.reporting.charts.rate_figures import (
    client_label,
    endings_figure,
    hour_figure,
    rates_figure,
    spread_figure,
)
from analytics.reporting.report.document import TOO_FEW, Section, section
from analytics.reporting.report.published import ReleaseRows, best_covered, named, pay_values
from analytics.reporting.wording import English

PEOPLE_BASES = ("tasks", "all_hours")
SAYS = English()


def platforms_section(release_rows: ReleaseRows) -> Section:
    rows = release_rows.rows("platform_rates")
    drawn = [(row["platform"], row) for row in best_covered(rows)]
    figures = [rates_figure("platforms", "Earned per hour, by platform", drawn, SAYS)] if rows else []
    if len(rows) == 1:
        figures += [figure for figure in [hour_figure(rows[0], SAYS)] if figure]
    return section(
        "platforms",
        "Pay by platform",
        figures,
        pay_values(rows),
        TOO_FEW,
        source="ILO 2018, table of pay by platform",
    )


def hara_section(release_rows: ReleaseRows) -> Section:
    rows = release_rows.rows("worker_rates")
    by_platform = {slug: [row for row in rows if row["platform"] == slug] for slug in release_rows.platforms}
    figures = [
        named(people_figure(own, basis, SAYS), slug) for slug, own in by_platform.items() for basis in PEOPLE_BASES
    ]
    points = [row for row in rows if row["kind"] == "percentile"]
    return section(
        "own_hours",
        "Hourly pay with and without unpaid time, per worker",
        figures,
        pay_values(points),
        TOO_FEW + " It needs fifty people of one platform in a finished quarter.",
        source="Hara et al. 2018: medians of 3.18 without unpaid work and 1.77 with it, means of 6.19 and 3.13 USD",
    )


def floors_section(release_rows: ReleaseRows) -> Section:
    rows = release_rows.rows("worker_rates")
    figures = [
        named(floors_figure([row for row in rows if row["platform"] == slug], SAYS), slug)
        for slug in release_rows.platforms
    ]
    text = [clients_under(release_rows, floor) for floor in release_rows.scope.floors]
    return section(
        "floors",
        "Workers under a floor",
        figures,
        pay_values([row for row in rows if row["kind"] == "floor"]),
        TOO_FEW + " It needs fifty people of one platform in a finished quarter.",
        source="Hara et al. 2018: about 4 % of workers above 7.25 USD; ILO 2021: half of all under 2 USD",
        text=tuple(text),
    )


def clients_under(release_rows: ReleaseRows, floor: float) -> str:
    """Compare the published clients with a floor, by their intervals."""
    rows = release_rows.rows("client_rates")
    known = [row for row in rows if row["low_usd_per_hour"] is not None]
    below = sum(row["high_usd_per_hour"] < floor for row in known)
    above = sum(row["low_usd_per_hour"] > floor for row in known if row.get("figure") != "task_rate")
    amount = SAYS.wording.usd(floor)
    return (
        f"Of {len(rows)} published clients, {below} are below {amount} an hour with the whole interval, {above} above it, "
        f"and of {len(rows) - below - above} the data cannot decide."
    )


def endings_section(release_rows: ReleaseRows) -> Section:
    rows = [row for row in release_rows.rows("outcomes") if row["level"] == "platform"]
    rates = {row["platform"]: row for row in release_rows.rows("platform_rates")}
    figures = [named(endings_figure(row, SAYS), row["platform"]) for row in rows]
    figures += [named(hour_figure(rate, SAYS), slug) for slug, rate in rates.items()]
    return section(
        "endings",
        "Rejected and returned work, and what it cost",
        figures,
        pay_values(rows),
        TOO_FEW,
        source="Hara et al. 2018: about 13 % of tasks never submitted, about 0.7 % rejected",
        text=(
            "The cost is given per hour of work: a release counts each person once, so it holds no sum of everybody’s hours.",
        ),
    )


def unpaid_section(release_rows: ReleaseRows) -> Section:
    rows = release_rows.rows("overheads")
    figures = [
        named(unpaid_figure([row for row in rows if row["platform"] == slug], SAYS), slug)
        for slug in release_rows.platforms
    ]
    return section(
        "unpaid",
        "Unpaid time by class",
        figures,
        pay_values(rows),
        TOO_FEW,
        source="Toxtli et al. 2021: 33 % of daily time unpaid, most of it managing payments and watching for work",
    )


def weeks_section(release_rows: ReleaseRows, table: str) -> Section:
    scope = release_rows.scope
    rows = [
        row
        for row in release_rows.rows(table, of_client=table == "client_weeks")
        if (not scope.begin or row["week_starts_on"] >= scope.begin)
        and (not scope.end or row["week_starts_on"] <= scope.end)
    ]
    slugs = sorted({row["platform"] for row in rows})
    figures = [named(weeks_figure([row for row in rows if row["platform"] == slug], SAYS), slug) for slug in slugs]
    return section(
        "weeks", "Pay week by week", figures, pay_values(rows), TOO_FEW + " In no week of the period were there five."
    )


def clients_section(release_rows: ReleaseRows) -> Section:
    rows = release_rows.rows("client_rates")
    drawn = [(f"{client_label(row, SAYS)} ({row['platform']})", row) for row in best_covered(rows)]
    numbers = [row["effective_usd_per_hour"] for row in rows if row["effective_usd_per_hour"] is not None]
    figures = [rates_figure("clients", "The clients with the most people", drawn, SAYS)] if rows else []
    return section(
        "clients",
        "Pay by client",
        [*figures, spread_figure(numbers, SAYS)],
        pay_values(rows),
        TOO_FEW,
        source="Hara et al. 2018, hourly pay per requester",
    )


def concentration_section() -> Section:
    return Section(
        "concentration",
        "Concentration of pay among clients",
        missing="A release counts each person once and holds no sums of pay, so clients’ shares of all pay cannot be shown "
        "from it. A report on exports can: `taskwage report FILES`.",
    )


def country_section(release_rows: ReleaseRows) -> Section:
    scope = release_rows.scope
    rows = [row for row in release_rows.rows("country_rates") if not scope.country or row["country"] == scope.country]
    by_pay = sorted(rows, key=lambda row: -row["effective_usd_per_hour"])
    labels = [
        (f"{row['country'] or 'all countries'}{' (' + row['platform'] + ')' if row['platform'] else ''}", row)
        for row in by_pay
    ]
    figures = [rates_figure("countries", "Earned per hour, by country", labels, SAYS)] if rows else []
    return section(
        "countries",
        "Pay by country",
        figures,
        pay_values(rows),
        TOO_FEW + " A country needs fifty people in a finished quarter.",
        source="Hara et al. 2019: 3.01 in the United States and 1.41 USD in India, means",
    )


def same_task_section() -> Section:
    return Section(
        "same_task",
        "The same task in different countries",
        missing="No published table crosses a country with a client or a task, because few people would be in each cell. A "
        "report on exports can compare them: `taskwage report FILES`.",
    )
