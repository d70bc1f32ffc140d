"""Merkle trees: the vectors of RFC 6962's reference implementation, and every proof by property."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.merkle import leads_to, path, root

# the entries and roots of certificate-transparency's own tests
ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
trees = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_standard(size: int) -> None:
    assert root(ENTRIES[:size]).hex() == ROOTS[size]


@given(trees, st.data())
def test_every_entry_leads_to_the_root(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    assert leads_to(entries[index], index, len(entries), path(entries, index), root(entries))


@given(trees, st.data())
def test_nothing_else_does(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    proof, top = path(entries, index), root(entries)
    assert not leads_to(entries[index] + b"x", index, len(entries), proof, top)
    assert not leads_to(entries[index], index, len(entries), [*proof, hashlib.sha256(b"").digest()], top)
    assert not leads_to(entries[index], len(entries), len(entries), proof, top)
    if proof:
        assert not leads_to(entries[index], index, len(entries), proof[:-1], top)


def test_there_is_no_proof_for_what_is_not_there() -> None:
    with pytest.raises(IndexError):
        path([b"a"], 1)
