"""A report on a release: the figures for a platform, client, country or period, and the questions without an answer."""

from __future__ import annotations

from pathlib import Path

from analytics.importers.detect import old_names
from analytics.model.errors import BadInput
from analytics.release import repository
from analytics.release.manifest import Manifest, encoded_manifest, facts
from analytics.reporting.charts.rate_figures import client_label, endings_figure, hour_figure, rates_figure
from analytics.reporting.report.document import TOO_FEW, Citation, Report, Section, section
from analytics.reporting.report.published import ReleaseRows, best_covered, pay_values
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
    """Return the report on the release in `folder`.

    Raises:
        DamagedRelease: a file differs from the manifest. BadInput: nothing in scope is published.
    """
    manifest = repository.verify(folder)
    release_rows = ReleaseRows(folder, manifest, scope.checked())
    check(release_rows, manifest)
    if scope.country:
        sections = [country_section(release_rows), same_task_section()]
    elif scope.client:
        sections = [
            client_section(release_rows),
            weeks_section(release_rows, "client_weeks"),
            *people_sections_of_client(),
        ]
    else:
        sections = [
            platforms_section(release_rows),
            hara_section(release_rows),
            floors_section(release_rows),
            endings_section(release_rows),
            unpaid_section(release_rows),
            weeks_section(release_rows, "platform_weeks"),
            clients_section(release_rows),
            concentration_section(),
            country_section(release_rows),
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


def check(release_rows: ReleaseRows, manifest: Manifest) -> None:
    """Check that the names in the scope exist.

    Raises:
        BadInput: a name does not exist; the text gives valid ones.
    """
    scope = release_rows.scope
    if scope.platform and not release_rows.rows("platform_rates"):
        known = release_rows.elsewhere().platforms
        raise BadInput(
            f"no platform {scope.platform!r} in {manifest.release}; platforms: {', '.join(known) or 'none'}; "
            f"old names: {old_names()}"
        )
    if scope.client and len(found := release_rows.clients()) != 1:
        if not found:
            raise BadInput(
                f"no published client {scope.client!r} in {manifest.release}: fewer than five people, or no such"
            )
        where = ", ".join(sorted({row["platform"] for row in found}))
        raise BadInput(f"{len(found)} clients are called {scope.client!r}, on {where}: add --platform, or give its key")


def client_section(release_rows: ReleaseRows) -> Section:
    rows, houses = release_rows.rows("client_rates", of_client=True), release_rows.rows("platform_rates")
    own = rows[0]
    beside = [(client_label(own, SAYS), own)]
    beside += [(row["platform"], row) for row in houses if row["platform"] == own["platform"]]
    tasks = [
        (isolated_words(row["title"] or row["task_key"]), row)
        for row in best_covered(release_rows.rows("task_rates", of_client=True))
    ]
    outcomes = [row for row in release_rows.rows("outcomes", of_client=True) if row["level"] == "client"]
    figures = [
        rates_figure("beside", "Beside its platform", beside, SAYS),
        hour_figure(own, SAYS),
        endings_figure(outcomes[0] if outcomes else None, SAYS),
        rates_figure("tasks", "Its tasks", tasks, SAYS) if tasks else None,
    ]
    values = pay_values(
        [
            *rows,
            *outcomes,
            *release_rows.rows("task_rates", of_client=True),
            *release_rows.rows("notes", of_client=True),
        ]
    )
    notes = tuple(
        f"{row['written_on']}, {row['kind']}: {row['text']}" for row in release_rows.rows("notes", of_client=True)
    )
    return section("client", f"Pay with {client_label(own, SAYS)}", figures, values, TOO_FEW, text=notes)


def people_sections_of_client() -> list[Section]:
    """Return the sections that exist for platforms and never for one client."""
    why = "Published for whole platforms only: for one client it would reveal too much about its people."
    return [
        Section("own_hours", "Hourly pay with and without unpaid time, per worker", missing=why),
        Section("unpaid", "Unpaid time by class", missing=why),
    ]
