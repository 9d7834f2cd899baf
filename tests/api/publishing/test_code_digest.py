"""A worker's code is the publisher's to the byte, or it is other code."""

from __future__ import annotations

import shutil
from pathlib import Path

import analytics
from api.publishing.code_digest import code_digest, digest_of

SOURCES = Path(str(analytics.__file__)).parent


def test_a_copy_of_the_code_elsewhere_is_the_same_code(tmp_path):
    shutil.copytree(SOURCES, tmp_path / "analytics", ignore=shutil.ignore_patterns("__pycache__"))
    assert digest_of([tmp_path / "analytics"], ("1",)) == digest_of([SOURCES], ("1",))


def test_one_changed_constant_a_missing_file_or_another_library_is_other_code(tmp_path):
    copy = tmp_path / "analytics"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = digest_of([copy], ("1",))
    file = copy / "estimator" / "group_sums.py"
    file.write_text(file.read_text() + "\n")
    changed = digest_of([copy], ("1",))
    file.unlink()
    assert len({before, changed, digest_of([copy], ("1",)), digest_of([copy], ("2",)), code_digest()}) == 5
