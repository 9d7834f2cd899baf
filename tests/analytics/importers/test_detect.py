"""What a file is, is told by its header; what is none of ours is refused in words."""

import pytest

from analytics.importers.detect import read
from analytics.importers.formats import source_of
from analytics.model.errors import UnknownFormat


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("session_id,worker_id,status,time_taken", "Prolific export without its times"),
        ("ASSIGNMENT:task_id\tASSIGNMENT:assignment_id\tASSIGNMENT:status", "Toloka export without its times"),
        ("_unit_id,_golden,_unit_state,_trusted_judgments,_last_judgment_at", "without times"),
        ("name,amount", "not a known export"),
        ("HITId,HITTypeId,Tit", "not a known export"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(tmp_path, header, words):
    path = tmp_path / "other.csv"
    path.write_text(f"{header}\n1\n")
    with pytest.raises(UnknownFormat, match=words) as error:
        read(path)
    assert str(error.value).startswith("other.csv: ")


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("mturk__acme-2017__b1.csv", "acme-2017"),
        ("mturk__acme-2017.csv.gz", "acme-2017"),
        ("Batch_123_results.csv", "Batch_123_results"),
        ("odd__.tsv", "odd"),
    ],
)
def test_the_source_is_told_by_the_name_of_the_file(file, source):
    assert source_of(file) == source
