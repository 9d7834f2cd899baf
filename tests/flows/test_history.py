"""A worker brings in a platform's own history: a file of a known kind at once, another after saying what its columns are."""

from __future__ import annotations

import pytest
from ledger_years import ledger
from playwright.sync_api import Page, expect
from worker import at_browser

STUDIES = """Study,Reward,Bonus,Started At,Completed At,Completion Code,Status
Photos and words,$1.50,$0.20,2026-11-02 10:00:00,2026-11-02 10:10:00,ABC,Approved
Opinions,$2.00,,2026-11-03 10:00:00,2026-11-03 10:30:00,,Rejected
Games,free,,2026-11-04 10:00:00,2026-11-04 10:05:00,,Approved
"""
UNKNOWN = "When;What;Got\n05/02/2026;Sort mail;$1.25\n"
CUT_SHORT = 'Study,Status\n"Photos'


def give(page: Page, name: str, text: str) -> None:
    page.locator("#history-file").set_input_files(
        files=[{"name": name, "mimeType": "text/csv", "buffer": text.encode()}]
    )


@pytest.mark.usefixtures("server")
def test_a_history_comes_into_the_ledger_and_counts_once(extension, tmp_path):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree()
        page = ledger(worker)
        said = page.locator("#said")
        give(page, "submissions.csv", STUDIES)
        expect(said).to_contain_text("2 added, 0 settled, 0 already here")
        expect(said).to_contain_text("an amount that cannot be read: 1")
        page.locator("#period-all").check()
        expect(page.locator("#tasks")).to_have_text("2")
        expect(page.locator("#earned")).to_have_text("$1.70")
        expect(page.locator("#rate-effective")).to_contain_text("$2.55")
        give(page, "submissions.csv", STUDIES)
        expect(said).to_contain_text("0 added, 0 settled, 2 already here")
        give(page, "cut.csv", CUT_SHORT)
        expect(said).to_contain_text("cut short")

        give(page, "mine.csv", UNKNOWN)
        expect(said).to_contain_text("no kind known here")
        for column, name in (("title", "What"), ("paid", "Got"), ("day", "When")):
            page.locator(f"#history-{column}").select_option(name)
        page.locator("#history-take").click()
        expect(said).to_contain_text("1 added")
        expect(page.locator("#earned")).to_have_text("$2.95")
        expect(page.locator("#rate-effective")).to_contain_text("$2.55")  # its time is not known
        expect(page.locator("#ledger")).to_contain_text("Without their time: 1 task")
        assert worker.today()["waiting"] == 0
