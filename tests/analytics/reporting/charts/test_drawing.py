"""Drawings: the same bytes every time, nothing a page could not hold, and everything that they should show."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.model.errors import TooCrowded
from analytics.reporting.charts import drawing
from analytics.reporting.charts.drawing import NARROW, PEN, PRINTED, WIDE, _chart, _drawn, svg
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Bar, Bars, Columns, Interval, Intervals, Mark, Point, Trend
from analytics.reporting.charts.rate_figures import spread_figure, trend_figure
from analytics.reporting.charts.shapes import cut
from analytics.reporting.wording import English

HOSTILE = '</text><script>alert(\'x\')</script> & "Sons" \x00\x08 role="x"'
ROWS = (
    Interval("A", 0.5, 2.1, 1.2, "$1.20"),
    Interval(HOSTILE, 1.0, 3.3, 2.0, "$2.00"),
    Interval("مختبر", 0.2, 7.0, None, "no number", is_back=True),
)
PICTURES = {
    "intervals": Intervals(ROWS, "US dollars an hour", Mark(5.0, "your floor: $5.00")),
    "plain": Intervals(ROWS, "times", Mark(1.0, "the same"), "plain"),
    "bars": Bars((Bar("Paid", 0.8, "80%"), Bar(HOSTILE, 0.12, "12%"), Bar("Zero", 0.0, "0%")), 1.0),
    "nothing": Bars((Bar("Zero", 0.0, "0%"),)),
    "columns": Columns((Bar("< 1", 3, "3"), Bar("1–2", 9, "9")), "US dollars an hour"),
    "trend": Trend(
        tuple(Point(f"{day} Nov", None if day == 5 else 2.0, None if day == 5 else 4.0, 3.0) for day in range(1, 12)),
        "US dollars an hour",
        Mark(3.5, "floor"),
    ),
}
WIDTHS = (WIDE, NARROW, PRINTED)


def figure(picture, title="A title", words="In words."):
    return Figure("name", title, words, (), (), picture)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PICTURES)
def test_a_drawing_fits_its_width_and_is_well_formed(name, width):
    root = ElementTree.fromstring(svg(figure(PICTURES[name]), width))
    assert float(root.get("width")) <= width
    assert root.get("viewBox").endswith(f"{root.get('width')} {root.get('height')}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PICTURES)
def test_a_specification_is_valid_vega_lite(name, width):
    assert _chart(PICTURES[name], width).to_dict(validate=True)["layer"]


@pytest.mark.parametrize("name", PICTURES)
def test_a_drawing_holds_nothing_that_a_strict_page_refuses_and_no_name_twice(name):
    text = str(svg(figure(PICTURES[name]), WIDE))
    root = ElementTree.fromstring(text)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "line", "rect", "text", "circle"}
    assert not re.search(r'\s(style|id|href|class|on\w+)="', re.sub(r">[^<]*<", "><", text))
    assert "url(" not in text


@pytest.mark.parametrize("name", ["intervals", "bars"])
def test_a_hostile_label_is_text_and_nothing_else(name):
    text = str(svg(figure(PICTURES[name], title=HOSTILE, words=HOSTILE), PRINTED))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x00" not in text


def test_title_and_words_stand_first_for_those_who_cannot_see():
    text = svg(figure(PICTURES["bars"], "How <b>", "80% & more"), WIDE)
    assert "<title>How &lt;b&gt;</title><desc>80% &amp; more</desc>" in text
    assert 'role="img"' in text


def test_the_same_picture_is_the_same_bytes_drawn_anew():
    first = svg(figure(PICTURES["trend"]), WIDE)
    _drawn.cache_clear()
    assert svg(figure(PICTURES["trend"]), WIDE) == first
    svg(figure(PICTURES["trend"]), WIDE)
    assert _drawn.cache_info().hits == 1


def test_a_floor_is_drawn_and_named():
    text = svg(figure(PICTURES["intervals"]), WIDE)
    assert "your floor: $5.00" in text
    assert "stroke-dasharray" in text


def test_what_was_not_published_is_a_gap_in_a_trend():
    whole = Trend(tuple(Point(str(day), 2.0, 4.0, 3.0) for day in range(9)), "USD")
    holed = Trend(tuple(Point(str(day), 2.0, 4.0, None if day == 4 else 3.0) for day in range(9)), "USD")
    lines = [re.findall(r'd="(M[^"]*)"[^>]*stroke-width="2.5"', svg(figure(one), WIDE)) for one in (whole, holed)]
    moves = [sum(path.count("M") for path in found) for found in lines]
    assert moves == [1, 2]


def test_arabic_labels_keep_their_order_in_a_drawing_that_runs_from_left_to_right():
    assert "\u2067مختبر\u2069" in svg(figure(PICTURES["intervals"]), WIDE)


def test_the_numbers_of_an_axis_are_those_of_the_language():
    picture = Intervals((Interval("A", 0.1, 1.1, 0.5, "x"),), "")
    assert ">$0.4<" in svg(figure(picture), WIDE)
    assert ">0,4\xa0US$<" in svg(figure(picture), WIDE, "es")
    assert "$0.4" in svg(figure(picture), WIDE, "ar")


@given(st.text(max_size=120), st.text(max_size=120))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("😀" * 90, "\ud83d")
@example("\x00\x1b[31m", "\ufffe\uffff\x85")
@example("]]><!--", "&#0;&bogus;")
@example("\u202e" * 40, "e\u0301" * 80)
def test_no_label_whatever_it_holds_can_bring_the_renderer_down(first, second):
    picture = Bars((Bar(first, 1.0, "1"), Bar(second, 2.0, "2")))
    ElementTree.fromstring(svg(figure(picture, first, second), NARROW))


@pytest.mark.parametrize(("label", "shown"), [("abcdefgh", "abcde…"), ("abc", "abc"), ("漢字漢字", "漢字…"), ("", "")])
def test_a_label_that_is_too_long_is_cut_between_its_signs(label, shown):
    assert cut(label, 5) == shown


def test_dates_on_a_narrow_axis_do_not_touch():
    picture = Trend(tuple(Point(f"{day:02} November", 1.0, 2.0, 1.5) for day in range(1, 29)), "USD")
    shown = re.findall(r">(\d\d November)<", svg(figure(picture), NARROW))
    assert 2 <= len(shown) <= NARROW // 60


def test_the_same_day_of_two_years_has_two_places_on_the_axis_each_with_its_year():
    row = {"low_usd_per_hour": 1.0, "high_usd_per_hour": 2.0, "effective_usd_per_hour": 1.5, "contributors": "50+"}
    drawn = svg(trend_figure("t", "T", [(date(year, 11, 23), row) for year in (2025, 2026)], English()), WIDE)
    assert ">23 Nov 2025<" in drawn
    assert ">23 Nov 2026<" in drawn


def test_a_trend_needs_two_dates_and_a_spread_five_clients():
    row = {"low_usd_per_hour": 1.0, "high_usd_per_hour": 2.0, "effective_usd_per_hour": 1.5, "contributors": "50+"}
    assert trend_figure("t", "T", [(date(2026, 1, 1), row)], English()) is None
    assert spread_figure([1.0] * 4, English()) is None
    spread = spread_figure([0.1, 0.3, 1.0, 1.9, 40.0], English())
    assert [cell for cell in spread.cells if cell[1] != "0"] == [
        ("< 0.25", "1"),
        ("0.25–0.5", "1"),
        ("1–2", "2"),
        ("32+", "1"),
    ]


def test_while_somebody_draws_a_new_picture_waits_and_then_gives_up_but_one_that_is_kept_is_shown(monkeypatch):
    monkeypatch.setattr(drawing, "PATIENCE_SECONDS", 0.01)
    kept, new = (figure(Bars((Bar("Paid", share, "some"),), 1.0)) for share in (0.31, 0.32))
    shown = svg(kept, WIDE)
    with PEN:
        assert svg(kept, WIDE) == shown
        with pytest.raises(TooCrowded):
            svg(new, WIDE)
    assert svg(new, WIDE) != shown
