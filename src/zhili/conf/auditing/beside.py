"""Tables that are only added to and yet have no leaf for each row, and why; every other one is audited."""

from typing import Final

UNCOVERED: Final = {
    "exchange_incoming": "that a message of another site was taken, and its hash; what it did is a step of its matter",
    "trail_stamp": "a token of an authority outside, which checks itself (docs/verify.md)",
    "evidence_handin": "a list of items; each item's own steps say which list it came on",
    "wages_dayline": "a line is sealed whole by each confirmation of it, whose cover finds it altered",
    "wages_paymentline": "which wages stand in a file, whose leaf has its digest; each wage sent has a leaf too",
    "evidence_seen": "what was scanned while stock was taken; its result is a step of each item and a leaf of its own",
}
