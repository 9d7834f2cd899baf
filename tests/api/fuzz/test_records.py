"""Any series of revisions, clients and names, through HTTP: receipts, own copy and standing are what a plain model says.

Names are written as sites and attackers write them: invisible letters, look-alikes, direction marks, capitals, blanks.
"""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st
from tally import tallied, tries

from tests.builders import hour_id, observation

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufe0f\ufeff"
# Names that are one client each, with letters that have a Cyrillic or Greek twin in the same word.
NAMES = ["acme labs", "harbour poets", "кот и пёс", "مختبر الميناء", "研究室", "o'brien; drop table --", "<b>x</b>"]
TWINS = {"a": "а", "e": "е", "o": "ο", "p": "р", "c": "с"}
PEOPLE, IDS = 2, 4


def spelled(name, capital, blanks, marks, twin):
    """`name` in another spelling of the same client."""
    words = name.upper() if capital and name.isascii() else name
    letters = list(words)
    if twin and name.isascii() and len(name) > 3:  # of a word that keeps other Latin letters
        letters[0] = TWINS.get(letters[0], letters[0])
    for place, mark in marks:
        letters.insert(place % (len(letters) + 1), mark)
    return " " * blanks + "".join(letters) + " " * blanks


MARKS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(INVISIBLE)), max_size=4)
CLIENT = st.one_of(
    st.none(),
    st.integers(0, 3).map(lambda number: (("id", number), {"id": f"c-{number}", "name": None})),
    st.builds(
        lambda number, text: (("id", number), {"id": f"c-{number}", "name": text}),
        st.integers(0, 3),
        st.text(min_size=1, max_size=40),
    ),
    st.builds(
        lambda name, *how: (("name", name), {"id": None, "name": spelled(name, *how)}),
        st.sampled_from(NAMES), st.booleans(), st.integers(0, 2), MARKS, st.booleans(),
    ),
)  # fmt: skip
SENT = st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, IDS - 1), st.integers(1, 5), CLIENT)
BATCHES = st.lists(st.lists(SENT, min_size=1, max_size=6), min_size=1, max_size=5)


class Model:
    """The highest revision of each record, and who its client is."""

    def __init__(self):
        self.kept = defaultdict(dict)  # person -> id -> (revision, client)

    def take(self, person, id_, revision, client):
        before = self.kept[person].get(id_)
        if before is not None and revision <= before[0]:
            return "duplicate" if revision == before[0] else "stale"
        self.kept[person][id_] = (revision, client)
        return "accepted" if before is None else "updated"

    def standing(self, person):
        return len(self.kept[person]), len({client for _, client in self.kept[person].values()})


def item(id_, revision, client):
    """An observation whose seconds tell its revision; a hidden client is one by its title."""
    task = {"id": None, "title": "A task without a client" if client is None else "Label 12 photos"}
    words = None if client is None else client[1]
    return observation(id=id_, revision=revision, active_seconds=float(revision), client=words, task=task)


def test_any_series_of_revisions_clients_and_names_is_what_a_model_says(target):
    with tallied("revisions, clients and names, against a model") as tally:

        @tries(12)
        @given(BATCHES)
        def each(batches):
            people = [target.enrol() for _ in range(PEOPLE)]
            ids = [hour_id() for _ in range(IDS)]
            model = Model()
            for batch in batches:
                for person, who in enumerate(people):
                    own = [(id_, revision, client) for sender, id_, revision, client in batch if sender == person]
                    if own:
                        send(target, tally, model, person, who, [(ids[id_], *words) for id_, *words in own])
            for person, who in enumerate(people):
                matches(target, model, person, who)

        each()


def send(target, tally, model, person, who, own):
    """Send one batch; each receipt is what the model says. An item that is refused changes nothing."""
    answer = target.http.post("/v1/observations", json={"observations": [item(*one) for one in own]}, headers=who)
    assert answer.status_code == 200, answer.text
    for receipt, (id_, revision, client) in zip(answer.json()["receipts"], own, strict=True):
        tally.case(receipt["status"])
        if receipt["status"] != "refused":
            expected = model.take(person, id_, revision, None if client is None else client[0])
            assert receipt["status"] == expected, (receipt, own)


def matches(target, model, person, who):
    mine = target.http.get("/v1/contributors/me/export", headers=who).json()["observations"]
    kept = model.kept[person]
    assert sorted((row["id"], row["revision"], row["active_seconds"]) for row in mine) == sorted(
        (id_, revision, float(revision)) for id_, (revision, _) in kept.items()
    )
    for row in mine:
        client = kept[row["id"]][1]
        expected = f"c-{client[1]}" if client is not None and client[0] == "id" else None
        assert row["client_id"] == expected, (row, client)
    standing = target.http.get("/v1/contributors/me", headers=who).json()
    assert (standing["observations"], standing["clients"]) == model.standing(person)
