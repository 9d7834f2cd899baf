"""A report of a page's shape becomes a fixture skeleton, and says which places of a pack find nothing in it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.shape_reports import doctor_command, skeleton_command
from api.packs import load as packs
from api.packs import shapes

REPORT = """\
A page that Taskwage can no longer read. Names of tags, classes, test ids, attributes and JSON keys; no text, no values.
Site: prolific, pack 2. Page: listing (/studies). Why: pay cannot be read.

What the pack looks for, and how often it is there:
li[data-testid^='study-']: several
[data-testid='studies-list'], nav.projects-sidebar: 1
[data-testid='study-tag-reward']: 0

What the page's own requests were answered:
studies = {results: [{id: text, name: text, study_reward: {amount: number, currency: text}}]}

The page:
body
 nav.projects-sidebar
  a[href] text
 ul[data-testid=studies-list]
  li[data-testid=study-*]
   h2[data-testid=title]
    a[href] text
   div.study-content[data-props]
     data-props = {id: text, pay: {cents: number}}
    span.pay[data-testid=study-tag-rewards] text
    img[src]
   (and more of these)
"""


GOLDEN = sorted((Path(__file__).parents[2] / "fixtures" / "shapes").glob("*.txt"))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in shapes.VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


def test_a_report_is_taken_apart():
    report = shapes.parse(REPORT)
    assert (report.slug, report.version, report.page) == ("prolific", 2, "listing")
    assert report.found["[data-testid='study-tag-reward']"] is False
    assert report.keys() >= {"results", "study_reward", "amount", "cents"}
    assert report.names() >= {"studies-list", "study-tag-rewards", "projects-sidebar"}


def test_a_skeleton_is_well_formed_and_has_every_mark_of_the_report():
    tags = Tags()
    tags.feed(shapes.skeleton(shapes.parse(REPORT)))
    assert tags.opened == []
    reward = [given for tag, given in tags.seen if tag == "span"]
    assert reward == [{"class": "pay", "data-testid": "study-tag-rewards"}]
    (props,) = [given["data-props"] for _, given in tags.seen if "data-props" in given]
    assert props == "{id: text, pay: {cents: number}}"


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_report_that_the_extension_makes_is_taken_apart(file: Path):
    report = shapes.parse(file.read_text())
    pack = packs.load()[report.slug]
    assert report.page in {page.name for page in pack.pages}
    essential = (".rows", ".listing.task.title.at", ".listing.task.title.json", ".listing.records.path")
    assert not [gap for gap in shapes.gaps(pack, report) if gap.path.endswith(essential)]  # the page reads
    tags = Tags()
    tags.feed(shapes.skeleton(report))
    assert tags.opened == []
    assert len(tags.seen) == len(report.elements) + 1  # and the root


def test_the_doctor_names_what_finds_nothing_and_what_comes_near():
    gaps = shapes.gaps(packs.load()["prolific"], shapes.parse(REPORT))
    reward = next(one for one in gaps if one.path == "listing.listing.task.reward.at")
    assert reward.value == "[data-testid='study-tag-reward']"
    assert "study-tag-rewards" in reward.near
    assert not [one for one in gaps if one.path.endswith(".rows")]


def test_the_doctor_names_keys_that_are_gone():
    report = REPORT.replace("Page: listing", "Page: heard")
    gaps = shapes.gaps(packs.load()["prolific"], shapes.parse(report))
    assert [one.near for one in gaps if one.value == "maximum_allowed_time"] == [()]
    assert not [one for one in gaps if one.value == "study_reward.amount"]


def test_commands_print_both(tmp_path: Path):
    file = tmp_path / "report.txt"
    file.write_text(REPORT)
    output = CliRunner().invoke(doctor_command, [str(file)]).output
    assert "listing.badge: nothing for [data-testid='study-tag-reward']" in output
    assert "near: study-tag-rewards" in output
    assert "<!doctype html>" in CliRunner().invoke(skeleton_command, [str(file)]).output


@pytest.mark.parametrize(
    ("text", "message"),
    [("nothing", "no line says `Site:"), ("Site: prolific, pack 2. Page: listing (/)", "shows no page")],
)
def test_what_is_no_report_is_refused_with_the_reason(text: str, message: str):
    with pytest.raises(shapes.BadReport, match=message):
        shapes.parse(text)


def test_a_report_of_another_site_is_refused():
    with pytest.raises(shapes.BadReport, match="does not name"):
        shapes.gaps(packs.load()["connect"], shapes.parse(REPORT))
