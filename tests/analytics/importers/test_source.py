"""Files as they lie on people's disks: readable in every layout, or one clear error."""

import gzip

import pytest

from analytics.importers.source import MAX_BYTES, cells, open_sheet
from analytics.model.errors import UnreadableFile

ROWS = [("a", "1, or so"), ("b", None)]


def read(path, data):
    path.write_bytes(data)
    frame = cells(open_sheet(path), {"name": ["name"], "amount": ["amount"]}).frame
    return frame.select("name", "amount").rows()


@pytest.mark.parametrize(
    "text",
    [
        'name,amount\na,"1, or so"\nb,\n',
        'name,amount\r\na,"1, or so"\r\nb\r\n',
        'name,amount\ra,"1, or so"\rb,\r',
        '"name","amount"\n"a","1, or so"\n"b",""',
        '\ufeffname,amount\na,"1, or so"\nb,\n',
        ',name,amount\n0,a,"1, or so"\n1,b,\n',
        "name\tamount\na\t1, or so\nb\t\n",
        'Name , AMOUNT\n a ,"1, or so "\nb\n',
        '\n\nname,amount\n\na,"1, or so"\n,\nb,,,\n',
    ],
    ids=[
        "LF",
        "CRLF ragged",
        "CR",
        "all quoted",
        "BOM",
        "index column",
        "tabs",
        "blanks and case",
        "empty and long rows",
    ],
)
def test_every_layout_gives_the_same_cells(tmp_path, text):
    assert read(tmp_path / "a file.csv", text.encode()) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_names_with_accents_survive_what_spreadsheets_write(tmp_path, encoding):
    assert read(tmp_path / "f.csv", "name,amount\nMedellín,1\n".encode(encoding)) == [("Medellín", "1")]


def test_gzip_is_known_by_its_content_not_its_name(tmp_path):
    data = gzip.compress(b'name,amount\na,"1, or so"\nb,\n', mtime=0)
    assert read(tmp_path / "f.csv", data) == ROWS
    assert read(tmp_path / "f.csv.gz", data) == ROWS


def test_a_cell_may_hold_a_line_end_and_a_whole_page(tmp_path):
    page = "x" * 500_000
    assert read(tmp_path / "f.csv", f'name,amount\n"a\nb","{page}"\n'.encode()) == [("a\nb", page)]


def test_of_two_columns_of_one_name_the_first_counts(tmp_path):
    assert read(tmp_path / "f.csv", b"name,amount,name\na,1,other\n") == [("a", "1")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b'name,amount\na,1\nb,"2', "cut short"),
        (b"name,amount,x,y\na,1,1,1\nb", "cut short"),
        (gzip.compress(b"name,amount\n" + b"a,1\n" * 99, mtime=0)[:-9], "gzip file is cut short"),
        (gzip.compress(b"name,amount\na,1\n", mtime=0)[:12] + b"\xff" * 40, "gzip file is cut short or damaged"),
        (b"PK\x03\x04 and so on", "zip archive"),
        (b"\x7fELF\0\0\0", "not a text file"),
        (b'name,amount\n"a"b,1\n', "line 2"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path, data, words):
    with pytest.raises(UnreadableFile) as error:
        read(tmp_path / "bad.csv", data)
    assert str(error.value).startswith("bad.csv: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(UnreadableFile, match=path.name):
            open_sheet(path)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path):
    bomb = gzip.compress(b"a" * (MAX_BYTES + 2), compresslevel=1)
    (tmp_path / "bomb.csv.gz").write_bytes(bomb)
    with pytest.raises(UnreadableFile, match="MiB unpacked"):
        open_sheet(tmp_path / "bomb.csv.gz")


def test_a_last_row_without_line_end_is_whole_when_it_is_as_wide_as_others(tmp_path):
    assert read(tmp_path / "f.csv", b"name,amount,x,y\na,1\nb,2") == [("a", "1"), ("b", "2")]
