"""What the extension is compiled against says what the declarations say."""

from __future__ import annotations

import json

from api.intake import contract
from api.packs import generate
from api.packs import load as packs
from api.packs.model import Pack


def test_what_is_committed_is_fresh():
    assert generate.stale() == []


def test_a_missing_or_changed_file_is_named_and_written_anew(tmp_path):
    assert generate.stale(tmp_path) == ["contract.ts", "packs.json", "taps.json", "declarations.json"]
    generate.write(tmp_path)
    assert generate.stale(tmp_path) == []
    (tmp_path / "contract.ts").write_text("export {};\n")
    assert generate.stale(tmp_path) == ["contract.ts"]


def test_every_bound_of_the_contract_reaches_the_extension():
    text = generate.contents()["contract.ts"]
    bounds = {name: value for name, value in vars(contract).items() if name.startswith("MAX_")}
    assert bounds
    for name, value in bounds.items():
        assert f"export const {name} = {value};" in text


def test_a_refusal_is_one_of_its_words():
    words = " | ".join(f'"{refusal}"' for refusal in contract.Refusal)
    assert f"export type Refusal = {words};" in generate.contents()["contract.ts"]


def test_shapes_keep_what_may_be_null_or_left_out():
    text = generate.contents()["contract.ts"]
    assert "  reward: Money | null;\n  reward_per: RewardPer;\n" in text
    assert "  search?: number;\n" in text
    assert "  receipts: Receipt[];\n" in text


def test_the_extension_knows_every_pack_in_full():
    listed = json.loads(generate.contents()["packs.json"])
    assert [pack["slug"] for pack in listed] == list(packs.load())
    assert all(set(Pack.__struct_fields__) <= set(pack) for pack in listed)
