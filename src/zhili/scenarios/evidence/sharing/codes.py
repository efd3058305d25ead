"""The word in a share link: a grant's code, and six symbols that tell an altered link from one that is not known.

The check symbols are the BCH code over GF(32) of Bech32m (BIP-350): whatever four symbols are altered, it shows, so a
link with one bit flipped is never taken for another link, nor for one that was revoked. A link is followed and not
read aloud, so nothing is forgiven: another case of a letter is an altered link too.
"""

from __future__ import annotations

from zhili.core.people.grants import ALPHABET, LENGTH

CHECKS = 6
WHOLE = LENGTH + CHECKS
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32M = 0x2BC830A3
_DOOR = (26, 8, 1, 18, 5)
"""What the check symbols count in besides the code, so that no other door's word passes here."""
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}


class Altered(ValueError):
    """Not a whole, unaltered link."""


def with_checks(code: str) -> str:
    """`7QK2-M0XD-9TVE-4C8H` → the 22 symbols that stand in a link."""
    symbols = code.replace("-", "")
    if len(symbols) != LENGTH:
        raise ValueError("a grant's code has sixteen symbols")
    values = [*_DOOR, *(_VALUE[one] for one in symbols)]
    rest = _remainder([*values, *[0] * CHECKS]) ^ _BECH32M
    return symbols + "".join(ALPHABET[rest >> 5 * (CHECKS - 1 - i) & 31] for i in range(CHECKS))


def without_checks(word: str) -> str:
    """The sixteen symbols of the grant. Raises Altered."""
    if len(word) != WHOLE or not all(one in _VALUE for one in word):
        raise Altered
    if _remainder([*_DOOR, *(_VALUE[one] for one in word)]) != _BECH32M:
        raise Altered
    return word[:LENGTH]


def _remainder(values: list[int]) -> int:
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for i, term in enumerate(_GENERATOR):
            found ^= term if top >> i & 1 else 0
    return found
