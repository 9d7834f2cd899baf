"""Made rows, written in every layout, locale, encoding, quoting and date order, read back alike or refused with their cell.

All rows are invented; the layouts are those of `test_near_variants.py`.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.importers.detect import read

FIRST, LAST = datetime(2012, 1, 1), datetime(2026, 11, 1)  # noqa: DTZ001 - made UTC below
NOTE = 'say "no", never; {tab}a, b | ü\nnext'  # a column that is not read, with all that can go wrong


@dataclass(frozen=True)
class Made:
    """One attempt as it was."""

    start: datetime
    seconds: int
    micros: int
    outcome: str


def spelled(instant):
    return f"{instant:%a %b %d %H:%M:%S} UTC {instant:%Y}"


def iso(instant):
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def iso_plain(instant):
    return f"{instant:%Y-%m-%d %H:%M:%S}"


def numbered(form: str) -> Callable[[datetime], str]:
    return lambda instant: instant.strftime(form)


MONTH_FIRST = [numbered(form) for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y %H:%M:%S")]
DAY_FIRST = [numbered(form) for form in ("%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%m-%y %H:%M:%S")]
NUMBERED = [*MONTH_FIRST, *DAY_FIRST]

# Column names by what is in them; times of an export as it is written or as a spreadsheet leaves it; words of outcomes.
LAYOUTS = {
    "batch results": (
        {"id": "AssignmentId", "worker": "WorkerId", "status": "AssignmentStatus", "start": "AcceptTime",
         "end": "SubmitTime", "reward": "Reward"},
        [spelled, iso, iso_plain],
        {"submitted": "Submitted", "approved": "Approved", "rejected": "Rejected"},
    ),
    "tools": (
        {"id": "assignmentid", "worker": "workerid", "status": "assignmentstatus", "start": "assignmentaccepttime",
         "end": "assignmentsubmittime", "reward": "reward"},
        [spelled],
        {"submitted": "Submitted", "approved": "Approved", "rejected": "Rejected"},
    ),
    "pool results": (
        {"id": "ASSIGNMENT:assignment_id", "worker": "ASSIGNMENT:worker_id", "status": "ASSIGNMENT:status",
         "start": "ASSIGNMENT:started", "end": "ASSIGNMENT:submitted", "reward": "ASSIGNMENT:reward"},
        [iso, iso_plain, *NUMBERED],
        {"submitted": "SUBMITTED", "approved": "APPROVED", "rejected": "REJECTED"},
    ),
    "submissions": (
        {"id": "Submission id", "worker": "Participant id", "status": "Status", "start": "Started at",
         "end": "Completed at"},
        [iso, iso_plain, *NUMBERED],
        {"submitted": "AWAITING REVIEW", "approved": "APPROVED", "rejected": "REJECTED"},
    ),
    "pages": (
        {"id": "_id", "worker": "_worker_id", "unit": "_unit_id", "start": "_started_at", "end": "_created_at"},
        [iso_plain, *MONTH_FIRST],
        None,
    ),
}  # fmt: skip

made_rows = st.lists(
    st.builds(
        Made,
        start=st.datetimes(FIRST, LAST).map(lambda at: at.replace(microsecond=0, tzinfo=UTC)),
        seconds=st.integers(1, 40_000),
        micros=st.one_of(st.integers(1, 3_000).map(lambda cents: cents * 1_000), st.just(1_234_000_000)),
        outcome=st.sampled_from(["submitted", "approved", "rejected"]),
    ),
    min_size=1,
    max_size=6,
)


@dataclass(frozen=True)
class Look:
    """How a file is written."""

    delimiter: str
    encoding: str
    end: str
    quoting: int
    is_escaped: bool
    names_separator: bool
    decimal_comma: bool


looks = st.builds(
    Look,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    is_escaped=st.booleans(),
    names_separator=st.booleans(),
    decimal_comma=st.booleans(),
)


def amount(micros, look):
    dollars = f"{micros / 1_000_000:,.3f}".rstrip("0").rstrip(".")
    return dollars.translate(str.maketrans(",.", ".,")) if look.decimal_comma else dollars


def cells_of(made, layout, form, look):
    columns, _, words = layout
    for number, one in enumerate(made):
        full = {
            "id": f"a{number}", "worker": f"w{number}", "unit": f"u{number}",
            "status": words and words[one.outcome],
            "start": form(one.start), "end": form(one.start + timedelta(seconds=one.seconds)),
            "reward": amount(one.micros, look),
        }  # fmt: skip
        yield {columns[word]: full[word] for word in columns}


def written(rows, look):
    """The rows as bytes, with a column that nobody reads in front."""
    out = io.StringIO()
    if look.names_separator:
        out.write(f"sep={look.delimiter}{look.end}")
    escape = {"doublequote": False, "escapechar": "\\"} if look.is_escaped else {}
    writer = csv.writer(out, delimiter=look.delimiter, quoting=look.quoting, lineterminator=look.end, **escape)
    writer.writerow(["note", *rows[0]])
    writer.writerows([NOTE.format(tab="\t"), *row.values()] for row in rows)
    return out.getvalue().encode(look.encoding)


@pytest.mark.parametrize("kind", LAYOUTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=made_rows, look=looks, data=st.data())
def test_what_was_written_is_read_back_or_refused_with_its_cell(tmp_path, kind, made, look, data):
    layout = LAYOUTS[kind]
    rows = list(cells_of(made, layout, data.draw(st.sampled_from(layout[1])), look))
    path = tmp_path / "made.csv"
    path.write_bytes(written(rows, look))
    reading = read(path)
    assert reading.rows_read == len(made)
    assert sum(reading.left_out.values()) + int(reading.frame["rows"].sum()) == len(made)
    attempts = {(f"w{number}", one.start, one.seconds) for number, one in enumerate(made)}
    found = reading.frame.with_columns(
        seconds=(reading.frame["submitted_at"] - reading.frame["accepted_at"]).dt.total_seconds()
    )
    assert set(found.select("worker", "accepted_at", "seconds").rows()) <= attempts
    by_worker = {f"w{number}": one for number, one in enumerate(made)}
    for row in found.iter_rows(named=True):
        one = by_worker[row["worker"]]
        assert layout[2] is None or row["outcome"] == one.outcome
        assert "reward" not in layout[0] or row["reward_micros"] == one.micros
    assert reading.left_out.keys() <= {"ambiguous_day", "ambiguous_reward"}
    for example in reading.examples.values():
        assert example.cell in {row[example.column] for row in rows}
        assert example.line is not None
