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


def _all_well(held: int, last: str, cut: dict | None) -> str:
    after = f"\nthe chain begins after event {cut['number']}, cut off and signed with the key {cut['key']}" if cut else ""
    return f"{held} events hold, the last is {last}{after}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chain", type=Path)
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--receipt", type=Path)
    asked = parser.parse_args()
    wrong: list[str] = []
    hashes: dict[int, str] = {}
    roots: dict[int, str] = {}
    previous, number, cut = "0" * 64, 0, None
    kept: list[str] = []
    with asked.chain.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if cut is None and number == 0 and "cut" in event:
                cut = event["cut"]  # the old end is gone: a signed record says where the chain goes on
                previous, number = cut["hash"], cut["number"]
                hashes[number] = previous
                continue
            facts = event["facts"]
            expected = sha256(f"{event['previous']}\n{canonical(facts)}".encode()).hex()
            if cut and facts["number"] <= cut["number"] and number == cut["number"]:
                kept.append(f"{facts['number']} {event['hash']}\n")
                if event["hash"] != expected:
                    wrong.append(f"event {facts['number']}, which stayed before the cut, was changed")
                hashes[facts["number"]] = event["hash"]
                if facts["action"] == "seal_receipts":
                    roots[facts["number"]] = facts["detail"]["root"]
                continue
            number += 1
            if facts["number"] != number or event["previous"] != previous or event["hash"] != expected:
                wrong.append(f"event {number} does not follow from the one before")
            previous = hashes[number] = event["hash"]
            if facts["action"] == "seal_receipts":
                roots[number] = facts["detail"]["root"]
    keys = set()
    if cut:
        facts = {name: cut[name] for name in ("number", "hash", "at", "kept", "kept_digest")}
        if (len(kept), sha256("".join(kept).encode()).hex()) != (cut["kept"], cut["kept_digest"]):
            wrong.append("cut: the events that stayed before it are not those that it names")
        if signed(cut["key"], "quizapp audit cut\n" + canonical(facts), cut["signature"]) is False:
            wrong.append("cut: the signature is wrong")
        keys.add(cut["key"])
    if asked.heads:
        with asked.heads.open(encoding="utf-8") as lines:
            for place, line in enumerate(lines, 1):
                head = json.loads(line)
                facts = {name: head[name] for name in ("number", "hash", "at")}
                keys.add(head["key"])
                if cut and head["number"] < cut["number"] and head["number"] not in hashes:
                    continue  # before the cut: what it is about is gone
                if hashes.get(head["number"]) != head["hash"]:
                    wrong.append(f"head {place}: the chain does not have event {head['number']} as it was then")
                if signed(head["key"], "quizapp audit head\n" + canonical(facts), head["signature"]) is False:
                    wrong.append(f"head {place}: the signature is wrong")
    if asked.receipt:
        receipt = json.loads(asked.receipt.read_text(encoding="utf-8"))
        given = receipt["seal"]
        if signed(receipt["public_key"], receipt["receipt"], receipt["signature"]) is False:
            wrong.append("receipt: the signature is wrong")
        if given is None:
            wrong.append("receipt: it was downloaded before the chain held it")
        elif not leads_to_root(receipt):
            wrong.append("receipt: it does not lead to the root that it names")
        elif roots.get(given["event"]) != given["root"] or hashes.get(given["event"]) != given["hash"]:
            wrong.append(f"receipt: event {given['event']} of the chain has another root")
    if len(keys) > 1:
        wrong.append("cut and heads are signed with more than one key")
    held = number - (cut["number"] if cut else 0) + len(kept)
    sys.stdout.write("\n".join(wrong) + "\n" if wrong else _all_well(held, previous, cut))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
