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
        expect(said).to_contain_text("an amount that cannot be read: 1. Line 4, Reward: free.")
        page.locator("#period-all").check()
        expect(page.locator("#tasks")).to_have_text("2")
        expect(page.locator("#earned")).to_have_text("$1.70")
        expect(page.locator("#rate-effective")).to_contain_text("$2.55")
        give(page, "submissions.csv", STUDIES)
        expect(said).to_contain_text("0 added, 0 settled, 2 already here")
        give(page, "cut.csv", CUT_SHORT)
        expect(said).to_contain_text("cut short")

        give(page, "mine.csv", UNKNOWN)
        expect(page.locator("#history-columns")).to_contain_text("no kind known here")
        for column, name in (("title", "What"), ("paid", "Got"), ("day", "When")):
            page.locator(f"#history-{column}").select_option(name)
        page.locator("#history-take").click()  # 5 February or 2 May: it must be chosen first
        expect(page.locator("#history-day-order:invalid")).to_be_visible()
        page.locator("#history-day-order").select_option("month_first")
        expect(page.locator("#history-preview tbody tr")).to_contain_text("May 2, 2026")
        expect(page.locator("#history-preview tbody tr")).to_contain_text("pending")  # no column says more
        page.locator("#history-outcome-all").select_option("paid")
        expect(page.locator("#history-sum")).to_contain_text("All tasks of the file: 1 · $1.25")
        page.locator("#history-take").click()
        expect(said).to_contain_text("1 added")
        expect(page.locator("#earned")).to_have_text("$2.95")
        expect(page.locator("#rate-effective")).to_contain_text("$2.55")  # its time is not known
        expect(page.locator("#ledger")).to_contain_text("Without their time: 1 task")
        assert worker.today()["waiting"] == 0


TABLE = """Date;Project;Took;Amount;State
03/06/2026;Grapes;1,5;37,50;done
13/06/2026;Plums;0:45;1.200,00;done
04/06/2026;Pears;2;50,00;waiting
05/06/2026;Figs;1;8,00;refused
06/06/2026;Quinces;0:30;5,00;done
07/06/2026;Medlars;1;7,00;done
"""


@pytest.mark.usefixtures("server")
def test_any_table_is_explained_and_shown_before_it_is_taken_in(extension, tmp_path):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree()
        page = ledger(worker)
        give(page, "mine.csv", TABLE)
        for column, name in (
            ("title", "Project"),
            ("paid", "Amount"),
            ("day", "Date"),
            ("seconds", "Took"),
            ("outcome", "State"),
        ):
            page.locator(f"#history-{column}").select_option(name)
        page.locator("#history-time").select_option("minutes")
        for number, meaning in enumerate(("paid", "submitted", "rejected")):
            page.locator(f"#history-word-{number}").select_option(meaning)
        expect(page.locator("#history-warning")).to_contain_text("more than 500")
        page.locator("#history-time").select_option("hours")
        expect(page.locator("#history-warning")).to_have_count(0)
        expect(page.locator("#history-preview tbody tr")).to_have_count(5)
        expect(page.locator("#history-preview tbody tr").nth(1)).to_contain_text("Jun 13, 2026")
        expect(page.locator("#history-preview tbody tr").nth(1)).to_contain_text("$1,200.00")
        expect(page.locator("#history-sum")).to_contain_text(
            "All tasks of the file: 6 · $1,307.50 · 6 h 45 min · $193.70/h"
        )
        for name, width in (("wide", 1366), ("narrow", 360)):
            page.set_viewport_size({"width": width, "height": 900})
            page.locator("#history").screenshot(path=tmp_path / f"form-{name}.png")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#history-take").click()
        expect(page.locator("#said")).to_contain_text("6 added")
        page.locator("#period-all").check()
        expect(page.locator("#earned")).to_have_text("$1,249.50")
        page.locator("#history-file").wait_for(state="attached")
        give(page, "mine.csv", TABLE.replace("refused", "eaten"))
        for column, name in (("title", "Project"), ("paid", "Amount"), ("day", "Date"), ("outcome", "State")):
            page.locator(f"#history-{column}").select_option(name)
        expect(page.locator("#history-left")).to_contain_text("Words not known: done, waiting, eaten.")
