"""A report as one HTML file without scripts or outside resources, ready to print."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analytics.reporting.charts.drawing import NARROW, PRINTED, svg
from analytics.reporting.charts.figure import Figure
from analytics.reporting.report.document import Report
from analytics.reporting.wording import Wording

TEMPLATES = Path(__file__).parent / "templates"
SIZES = {"wide": PRINTED, "narrow": NARROW}


def page(report: Report) -> str:
    """Return the report as a page; the same report gives the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["long_date"] = Wording("en").long_date
    style = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))
    return environment.get_template("report.html").render(report=report, drawn=drawn, style=style) + "\n"


def drawn(figure: Figure, size: str, nature: str) -> Markup:
    return svg(figure, SIZES[size], mark="SIMULATED" if nature == "demo" else "")
