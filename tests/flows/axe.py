"""Accessibility as axe-core sees it: what it finds on a page of a real browser, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "extension" / "node_modules" / "axe-core" / "axe.min.js"


def found(page: Page, only: str = "html") -> list[str]:
    """One line a finding in the part of the page that `only` selects: the rule, and the elements that break it."""
    page.evaluate(AXE.read_text())
    page.locator(only).first.wait_for(state="attached")
    told: dict[str, Any] = page.evaluate(
        "(only) => axe.run({ include: [[only]] }, { resultTypes: ['violations'] })", only
    )
    assert told["passes"], "nothing was looked at"
    return [
        f"{finding['id']} ({finding['impact']}): {', '.join(str(node['target']) for node in finding['nodes'])}"
        for finding in told["violations"]
    ]
