"""Proves an exported audit chain, the heads that were kept elsewhere, and a receipt, without the product.

    quizapp audit export > chain.jsonl
    python3 verify_chain.py chain.jsonl --heads audit-heads.jsonl --receipt receipt.json

Needs Python alone; signatures are checked as well where the package `cryptography` is installed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def leads_to_root(receipt: dict) -> bool:
    """RFC 9162, section 2.1.3.2: leaf 0x00, node 0x01."""
    given = receipt["seal"]
    leaf = [receipt["exam"]["id"], receipt["attempt"], receipt["receipt"], given["record"]]
    place, last, found = given["index"], given["size"] - 1, sha256(b"\0" + canonical(leaf).encode())
    for step in map(bytes.fromhex, given["path"]):
        if last == 0:
            return False
        if place & 1 or place == last:
            found = sha256(b"\1" + step + found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + step)
        place, last = place >> 1, last >> 1
    return last == 0 and found.hex() == given["root"]


def signed(key: str, text: str, signature: str) -> bool | None:
    """None where it cannot be checked here."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(base64.b64decode(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


class Chain:
    """An exported chain, read and proved event by event."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.number, self.last = 0, "0" * 64  # of the event that came before
        self.hashes: dict[int, str] = {}
        self.roots: dict[int, str] = {}
        self.cut: dict | None = None  # the signed record of an old end that was removed
        self.kept: list[str] = []  # what stayed although it is older than the cut

    def take(self, line: dict) -> None:
        if self.cut is None and self.number == 0 and "cut" in line:
            self.goes_on_after(line["cut"])
        elif self.cut and self.number == self.cut["number"] and line["facts"]["number"] <= self.number:
            self.stayed(line)
        else:
            self.follows(line)

    def goes_on_after(self, cut: dict) -> None:
        """The old end is gone: a signed record says where the chain goes on."""
        self.cut = cut
        self.last, self.number = cut["hash"], cut["number"]
        self.hashes[self.number] = self.last

    def stayed(self, event: dict) -> None:
        """An event older than the cut: there is none before it to follow from, it only has to be as it was."""
        number = event["facts"]["number"]
        self.kept.append(f"{number} {event['hash']}\n")
        if event["hash"] != hash_of(event):
            self.wrong.append(f"event {number}, which stayed before the cut, was changed")
        self.remember(number, event)

    def follows(self, event: dict) -> None:
        self.number += 1
        as_it_should_be = (self.number, self.last, hash_of(event))
        if (event["facts"]["number"], event["previous"], event["hash"]) != as_it_should_be:
            self.wrong.append(f"event {self.number} does not follow from the one before")
        self.last = event["hash"]
        self.remember(self.number, event)

    def remember(self, number: int, event: dict) -> None:
        self.hashes[number] = event["hash"]
        if event["facts"]["action"] == "seal_receipts":
            self.roots[number] = event["facts"]["detail"]["root"]

    def held(self) -> int:
        return self.number - (self.cut["number"] if self.cut else 0) + len(self.kept)


def hash_of(event: dict) -> str:
    return sha256(f"{event['previous']}\n{canonical(event['facts'])}".encode()).hex()


def read_chain(path: Path) -> Chain:
    chain = Chain()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            chain.take(json.loads(line))
    return chain


def wrong_with_cut(cut: dict, kept: list[str]) -> list[str]:
    wrong = []
    facts = {name: cut[name] for name in ("number", "hash", "at", "kept", "kept_digest")}
    if (len(kept), sha256("".join(kept).encode()).hex()) != (cut["kept"], cut["kept_digest"]):
        wrong.append("cut: the events that stayed before it are not those that it names")
    if signed(cut["key"], "quizapp audit cut\n" + canonical(facts), cut["signature"]) is False:
        wrong.append("cut: the signature is wrong")
    return wrong


def wrong_with_heads(heads: list[dict], chain: Chain) -> list[str]:
    wrong = []
    for place, head in enumerate(heads, 1):
        facts = {name: head[name] for name in ("number", "hash", "at")}
        if chain.cut and head["number"] < chain.cut["number"] and head["number"] not in chain.hashes:
            continue  # before the cut: what it is about is gone
        if chain.hashes.get(head["number"]) != head["hash"]:
            wrong.append(f"head {place}: the chain does not have event {head['number']} as it was then")
        if signed(head["key"], "quizapp audit head\n" + canonical(facts), head["signature"]) is False:
            wrong.append(f"head {place}: the signature is wrong")
    return wrong


def wrong_with_receipt(receipt: dict, chain: Chain) -> list[str]:
    wrong = []
    given = receipt["seal"]
    if signed(receipt["public_key"], receipt["receipt"], receipt["signature"]) is False:
        wrong.append("receipt: the signature is wrong")
    if given is None:
        wrong.append("receipt: it was downloaded before the chain held it")
    elif not leads_to_root(receipt):
        wrong.append("receipt: it does not lead to the root that it names")
    elif chain.roots.get(given["event"]) != given["root"] or chain.hashes.get(given["event"]) != given["hash"]:
        wrong.append(f"receipt: event {given['event']} of the chain has another root")
    return wrong


def all_well(chain: Chain) -> str:
    cut = chain.cut
    after = f"\nthe chain begins after event {cut['number']}, cut off and signed with the key {cut['key']}" if cut else ""
    return f"{chain.held()} events hold, the last is {chain.last}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chain", type=Path)
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--receipt", type=Path)
    asked = parser.parse_args()
    chain = read_chain(asked.chain)
    wrong, keys = list(chain.wrong), set()
    if chain.cut:
        wrong += wrong_with_cut(chain.cut, chain.kept)
        keys.add(chain.cut["key"])
    if asked.heads:
        with asked.heads.open(encoding="utf-8") as lines:
            heads = [json.loads(line) for line in lines]
        wrong += wrong_with_heads(heads, chain)
        keys.update(head["key"] for head in heads)
    if asked.receipt:
        wrong += wrong_with_receipt(json.loads(asked.receipt.read_text(encoding="utf-8")), chain)
    if len(keys) > 1:
        wrong.append("cut and heads are signed with more than one key")
    sys.stdout.write("\n".join(wrong or [all_well(chain)]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
