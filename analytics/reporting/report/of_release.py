"""A report on a release: what it publishes of a platform, client, country or period, and what it cannot tell."""

from __future__ import annotations

from pathlib import Path

from analytics.importers.detect import old_names
from analytics.model.errors import BadInput
from analytics.release import repository
from analytics.release.manifest import Manifest, encoded_manifest, facts
from analytics.reporting.charts.rate_figures import client_label, endings_figure, hour_figure, rates_figure
from analytics.reporting.report.document import TOO_FEW, Citation, Report, Section, section
from analytics.reporting.report.published import Told, best_covered, pay_values
from analytics.reporting.report.release_sections import (
    SAYS,
    clients_section,
    concentration_section,
    country_section,
    endings_section,
    floors_section,
    hara_section,
    platforms_section,
    same_task_section,
    unpaid_section,
    weeks_section,
)
from analytics.reporting.report.sources import Scope, method_section
from analytics.reporting.wording import isolated_words


def report_of_release(folder: Path, scope: Scope) -> Report:
    """The report on the release in `folder`.

    Raises:
        DamagedRelease: a file is not what the manifest says. BadInput: nothing in scope is published.
    """
    manifest = repository.verify(folder)
    told = Told(folder, manifest, scope.checked())
    check(told, manifest)
    if scope.country:
        sections = [country_section(told), same_task_section()]
    elif scope.client:
        sections = [client_section(told), weeks_section(told, "client_weeks"), *people_sections_of_client()]
    else:
        sections = [
            platforms_section(told),
            hara_section(told),
            floors_section(told),
            endings_section(told),
            unpaid_section(told),
            weeks_section(told, "platform_weeks"),
            clients_section(told),
            concentration_section(),
            country_section(told),
            same_task_section(),
        ]
    return Report(
        title="What an hour of microtask work paid",
        scope=scope.words(),
        as_of=manifest.as_of,
        nature=manifest.nature,
        policy=manifest.policy,
        citation=Citation(
            f"release {manifest.release}",
            facts(encoded_manifest(manifest)).sha256,
            manifest.method,
            manifest.estimator_version,
            manifest.licence,
            manifest.request,
        ),
        sections=[*sections, method_section(manifest.policy)],
    )


def check(told: Told, manifest: Manifest) -> None:
    """That the scope names what there is.

    Raises:
        BadInput: the text names what there is instead.
    """
    scope = told.scope
    if scope.platform and not told.rows("platform_rates"):
        known = told.elsewhere().platforms
        raise BadInput(
            f"no platform {scope.platform!r} in {manifest.release}; platforms: {', '.join(known) or 'none'}; "
            f"old names: {old_names()}"
        )
    if scope.client and len(found := told.clients()) != 1:
        if not found:
            raise BadInput(
                f"no published client {scope.client!r} in {manifest.release}: fewer than five people, or no such"
            )
        where = ", ".join(sorted({row["platform"] for row in found}))
        raise BadInput(f"{len(found)} clients are called {scope.client!r}, on {where}: add --platform, or give its key")


def client_section(told: Told) -> Section:
    rows, houses = told.rows("client_rates", of_client=True), told.rows("platform_rates")
    own = rows[0]
    beside = [(client_label(own, SAYS), own)]
    beside += [(row["platform"], row) for row in houses if row["platform"] == own["platform"]]
    tasks = [
        (isolated_words(row["title"] or row["task_key"]), row)
        for row in best_covered(told.rows("task_rates", of_client=True))
    ]
    outcomes = [row for row in told.rows("outcomes", of_client=True) if row["level"] == "client"]
    figures = [
        rates_figure("beside", "Beside its platform", beside, SAYS),
        hour_figure(own, SAYS),
        endings_figure(outcomes[0] if outcomes else None, SAYS),
        rates_figure("tasks", "Its tasks", tasks, SAYS) if tasks else None,
    ]
    values = pay_values(
        [*rows, *outcomes, *told.rows("task_rates", of_client=True), *told.rows("notes", of_client=True)]
    )
    notes = tuple(f"{row['written_on']}, {row['kind']}: {row['text']}" for row in told.rows("notes", of_client=True))
    return section("client", f"Pay with {client_label(own, SAYS)}", figures, values, TOO_FEW, text=notes)


def people_sections_of_client() -> list[Section]:
    """What is told of platforms and never of one client."""
    why = "Told of whole platforms only: of one client’s people it would tell too much."
    return [
        Section("own_hours", "Hourly pay with and without unpaid time, per worker", missing=why),
        Section("unpaid", "Unpaid time by class", missing=why),
    ]
