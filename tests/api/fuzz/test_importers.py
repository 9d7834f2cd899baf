"""Files of strangers: any bytes, nearly right exports, spreadsheets from hell. Rows, or one clear no; never a crash."""

from __future__ import annotations

import csv
import gzip
import io
from contextlib import suppress

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tally import tallied, tries

from analytics.commands.main import cli
from analytics.importers.attempts import merge
from analytics.importers.detect import read
from analytics.model.errors import AnalyticsError
from tests.fixtures import exports

CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", '"', "\0", "=cmd|' /C calc'!A0", "$0.35", "-1", "1e400", "٣", "Tue May 12 14:10:56 PDT 2015"]),
    st.sampled_from(
        ["Tue Feb 30 14:10:56 PST 0000", "9/31/2015 25:61:61", "2015-05-15 21:10:56 UTC", "Approved", "x" * 5000]
    ),
)
HEADERS = {
    "batch results": ["HITId", "Title", "Reward", "AssignmentId", "WorkerId", "AssignmentStatus", "AcceptTime", "SubmitTime",
                      "ApprovalTime", "RejectionTime", "AssignmentDurationInSeconds", "HITTypeId"],
    "submissions": ["session_id", "worker_id", "status", "started_datetime", "completed_date_time", "time_taken",
                    "reviewed_at_datetime", "entered_code"],
    "pool results": ["ASSIGNMENT:task_id", "ASSIGNMENT:assignment_id", "ASSIGNMENT:worker_id", "ASSIGNMENT:status",
                     "ASSIGNMENT:started", "ASSIGNMENT:submitted", "ASSIGNMENT:accepted", "ASSIGNMENT:reward"],
    "full report": ["_unit_id", "_id", "_started_at", "_created_at", "_worker_id", "_tainted", "_golden", "_trust"],
}  # fmt: skip


def tried(path, content, tally):
    """Read a file as the command line does; what it makes of it is rows, or a failure of ours that says so."""
    path.write_bytes(content)
    refusal = refused(path)
    tally.case("refused" if refusal else "read")
    assert "\n" not in refusal
    assert len(refusal) < 2000


def refused(path):
    """Why a file is not read, in one line; nothing where it is."""
    try:
        merge([read(path)])
    except AnalyticsError as refusal:
        return str(refusal)
    return ""


def test_any_bytes_are_a_file_or_are_refused(tmp_path):
    with tallied("import: any bytes") as tally:

        @tries(150)
        @given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.tsv", "a.csv.gz", "a.txt", "Batch_1_results.csv"]))
        def each(content, name):
            tried(tmp_path / name, gzip.compress(content) if name.endswith("gz") else content, tally)

        each()


def test_files_that_are_nearly_exports_are_read_or_refused(tmp_path):
    for kind, header in HEADERS.items():
        with tallied(f"import: nearly a {kind}") as tally:
            row = st.lists(CELL, min_size=0, max_size=len(header) + 2)
            lines = st.tuples(
                st.permutations(header), st.lists(row, max_size=5), st.sampled_from(",;\t"), st.booleans()
            )

            @tries(100)
            @given(lines, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
            def each(made, encoding):
                names, rows, delimiter, quoted = made
                out = io.StringIO()
                style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
                writer = csv.writer(out, delimiter=delimiter, quoting=style, escapechar="\\")
                with suppress(csv.Error):
                    writer.writerows([names, *rows])
                content = out.getvalue().encode(encoding, "surrogatepass")
                tried(tmp_path / "file.csv", content, tally)

            each()


def test_a_good_export_with_some_bytes_turned_is_read_or_refused(tmp_path):
    pages = [(f"w{n}", "6/23/2015 22:56:48", "6/23/2015 22:58:48") for n in range(4)]
    good = [exports.mturk([{}] * 4), exports.mturk([{}] * 4, end="\r\n", quoted=False), exports.figure_eight(pages)]
    with tallied("import: an export with bytes turned") as tally:

        @tries(100)
        @given(
            st.sampled_from(range(len(good))),
            st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
            st.integers(0, 100),
        )
        def each(which, turns, cut):
            content = bytearray(good[which])
            for place, byte in turns:
                content[place % len(content)] = byte
            tried(tmp_path / "file.csv", bytes(content[: len(content) - cut]), tally)

        each()


def test_a_bomb_of_a_file_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.importers.source.MAX_BYTES", 2_000_000)
    monkeypatch.setattr("analytics.importers.source.MAX_CELL_CHARACTERS", 100_000)
    header = ",".join(HEADERS["batch results"]).encode() + b"\n"
    bombs = {
        "zip.csv.gz": gzip.compress(b"0" * 50_000_000),
        "many rows.csv.gz": gzip.compress(header + b"," * 20_000_000),
        "one cell.csv": header + b'"' + b"x" * 1_900_000,
        "many columns.csv": b",".join([b"a"] * 900_000),
        "only quotes.csv": header + b'"' * 1_900_000,
        "only ends.csv": b"\n" * 1_900_000,
        "zip in zip.csv.gz": gzip.compress(gzip.compress(b"0" * 50_000_000)),
    }
    with tallied("import: bombs") as tally:
        for name, content in bombs.items():
            tried(tmp_path / name, content, tally)
        assert tally.answers == {"refused": len(bombs)}


def test_the_command_line_ends_with_a_word_not_with_a_traceback(tmp_path):
    with tallied("describe: any file") as tally:

        @tries(25)
        @given(st.binary(max_size=200), st.sampled_from([*HEADERS, None]))
        def each(content, kind):
            header = ",".join(HEADERS[kind]).encode() + b"\n" if kind else b""
            (tmp_path / "file.csv").write_bytes(header + content)
            done = CliRunner().invoke(cli, ["describe", str(tmp_path / "file.csv")])
            tally.case(done.exit_code)
            assert done.exception is None or isinstance(done.exception, SystemExit | AnalyticsError), done.exception

        each()
