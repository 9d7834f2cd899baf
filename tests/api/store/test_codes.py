"""Every word of the contract has a letter, and no letter stands for two."""

from __future__ import annotations

from typing import get_args

import pytest

from analytics.model.observations import ORIGINS
from api.intake import contract
from api.store import codes


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        (codes.REWARD_PER, get_args(contract.RewardPer)),
        (codes.OUTCOME, get_args(contract.Outcome)),
        (codes.TIMER, get_args(contract.Timer)),
        (codes.ORIGIN, ORIGINS),
    ],
)
def test_every_word_has_its_own_letter(letters, words):
    assert set(letters) == set(words)
    assert len(set(letters.values())) == len(letters)
    assert all(len(letter) == 1 for letter in letters.values())
