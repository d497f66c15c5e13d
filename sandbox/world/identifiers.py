"""Numbers that authorities and systems give, with correct check digits, a column at a time."""

from typing import Any

import numpy as np
import pyarrow as pa

from sandbox.world.columns import Ints, Ref, digits, texts

Matrix = np.ndarray[Any, np.dtype[np.uint8]]

USCC_SIGNS = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
BASE36 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)
HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def scrambled(numbers: Ints, factor: int, size: int) -> Ints:
    """Another order of 0 … size-1, each number once; `factor` shares no divisor with `size`."""
    return (numbers % size * (factor % size) + factor // 7) % size


def in_base(values: Ints, signs: Matrix, width: int) -> Matrix:
    """Each number in base len(signs), `width` places."""
    out = np.empty((len(values), width), np.uint8)
    left = values.copy()
    for at in range(width - 1, -1, -1):
        left, rest = np.divmod(left, len(signs))
        out[:, at] = signs[rest]
    return out


def _value(matrix: Matrix) -> Ints:
    """0–9 and A–Z as 0 … 35."""
    wide = matrix.astype(np.int64)
    return np.where(wide >= 65, wide - 55, wide - 48)


def uscc(numbers: Ints, regions: Ints) -> Matrix:
    """统一社会信用代码 of GB 32100-2015: 91, six digits of the district, organisation code, check."""
    body = np.empty((len(numbers), 18), np.uint8)
    body[:, :2] = (57, 49)
    body[:, 2:8] = digits(regions, 6)
    body[:, 8:10] = (77, 65)  # MA: registered since the code came in
    body[:, 10:16] = in_base(scrambled(numbers, 314_159_269, 31**6), USCC_SIGNS, 6)
    weights = np.array([3, 7, 9, 10, 5, 8, 4, 2])
    check = 11 - (_value(body[:, 8:16]) * weights).sum(axis=1) % 11
    body[:, 16] = np.where(check == 10, 88, np.where(check == 11, 48, check + 48))
    place = np.zeros(128, np.int64)
    place[USCC_SIGNS] = np.arange(31)
    powers = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
    total = (place[body[:, :17]] * powers).sum(axis=1)
    body[:, 17] = USCC_SIGNS[(31 - total % 31) % 31]
    return body


def lei(numbers: Ints) -> Matrix:
    """ISO 17442: four signs of the issuer, 00, twelve of the party, two check digits (mod 97-10)."""
    body = np.empty((len(numbers), 20), np.uint8)
    issuers = np.array([list(b"3003"), list(b"5299"), list(b"2138"), list(b"9695")], np.uint8)
    body[:, :4] = issuers[numbers % 4]
    body[:, 4:6] = 48
    body[:, 6:18] = in_base(scrambled(numbers, 2_718_281_831, 36**5) + 36**11, BASE36, 12)
    rest = np.zeros(len(numbers), np.int64)
    for value in _value(body[:, :18]).T:
        rest = np.where(value > 9, rest * 100 + value, rest * 10 + value) % 97
    body[:, 18:] = digits(98 - rest * 100 % 97, 2)
    return body


def vat_gb(numbers: Ints) -> Matrix:
    """GB and nine digits: weights 8 … 2, and the last two make it a multiple of 97."""
    first = scrambled(numbers, 7_654_321, 8_000_000) + 1_000_000
    figures = digits(first, 7)
    total = ((figures.astype(np.int64) - 48) * np.arange(8, 1, -1)).sum(axis=1)
    return np.hstack([_prefix("GB", numbers), figures, digits((97 - total % 97) % 97, 2)])


def vat_de(numbers: Ints) -> Matrix:
    """DE and nine digits, ISO 7064 mod 11,10."""
    figures = digits(scrambled(numbers, 76_543_211, 90_000_000) + 10_000_000, 8)
    rest = np.full(len(numbers), 10, np.int64)
    for figure in (figures.astype(np.int64) - 48).T:
        total = (figure + rest) % 10
        rest = 2 * np.where(total == 0, 10, total) % 11
    check = np.where(rest == 1, 0, 11 - rest) % 10
    return np.hstack([_prefix("DE", numbers), figures, digits(check, 1)])


def siren(numbers: Ints) -> Matrix:
    """Nine digits that pass the Luhn test."""
    return _luhn(scrambled(numbers, 34_567_891, 60_000_000) + 30_000_000, 8)


def vat_fr(numbers: Ints) -> Matrix:
    """FR, two check digits, the SIREN."""
    body = siren(numbers)
    value = ((body.astype(np.int64) - 48) * 10 ** np.arange(8, -1, -1)).sum(axis=1)
    return np.hstack([_prefix("FR", numbers), digits((12 + 3 * (value % 97)) % 97, 2), body])


def vat_it(numbers: Ints) -> Matrix:
    """IT and eleven digits: seven, a province, Luhn."""
    first = (scrambled(numbers, 5_432_107, 9_000_000) + 500_000) * 1000 + numbers % 99 + 1
    return np.hstack([_prefix("IT", numbers), _luhn(first, 10)])


def _luhn(values: Ints, width: int) -> Matrix:
    figures = digits(values, width)
    numbers = figures.astype(np.int64) - 48
    doubled = numbers.copy()
    doubled[:, ::-2] *= 2
    doubled = np.where(doubled > 9, doubled - 9, doubled)
    return np.hstack([figures, digits((10 - doubled.sum(axis=1) % 10) % 10, 1)])


def corporate_jp(numbers: Ints) -> Matrix:
    """法人番号: a check digit and twelve digits."""
    figures = digits(scrambled(numbers, 123_456_791, 10**9) + 10_401 * 10**6 * 10, 12)
    values = (figures.astype(np.int64) - 48)[:, ::-1]
    total = (values * np.where(np.arange(12) % 2 == 0, 1, 2)).sum(axis=1)
    return np.hstack([digits(9 - total % 9, 1), figures])


def _prefix(text: str, numbers: Ints) -> Matrix:
    return np.tile(np.frombuffer(text.encode(), np.uint8), (len(numbers), 1))


def duns(numbers: Ints) -> Matrix:
    """Nine digits, no check."""
    return digits(scrambled(numbers, 271_828_183, 890_000_000) + 10_000_000, 9)


def row_ids(ref: Ref, systems: Ints) -> pa.Array:
    """Ids as each system writes them. `systems`: per row 0 fxiaoke, 1 salesforce, 2 zoho.

    Ids rise with the key, so that files in key order are in id order too.
    """
    keys = np.where(ref.keys < 0, 0, ref.keys)
    out = np.zeros((len(keys), 24), np.uint8)
    fxiaoke, salesforce = systems == 0, systems == 1
    zoho = ~(fxiaoke | salesforce)
    if fxiaoke.any():
        out[fxiaoke, :8] = in_base(np.array([0x65A1C000 + ref.table]), HEX, 8)
        out[fxiaoke, 8:] = in_base(keys[fxiaoke] * 7919 + 0x1F00000000000, HEX, 16)
    if zoho.any():
        head = np.int64(4_150_868) * 10**12 + ref.table * np.int64(10**10)
        out[zoho, :19] = digits(head + keys[zoho], 19)
    if salesforce.any():
        out[salesforce, :18] = _salesforce(ref.table, keys[salesforce])
    return texts(out, ref.keys < 0)


SALESFORCE_PREFIXES = {1: b"001", 2: b"801", 16: b"500", 13: b"800"}
"""Account, Order, Case, Contract; other tables are custom objects, a01 and on."""


def _salesforce(table: int, keys: Ints) -> Matrix:
    prefix = SALESFORCE_PREFIXES.get(table, b"a" + bytes(BASE62[[table // 10, table % 10]]))
    out = np.empty((len(keys), 18), np.uint8)
    out[:, :3] = np.frombuffer(prefix, np.uint8)
    out[:, 3:7] = np.frombuffer(b"5g00", np.uint8)
    out[:, 7:15] = in_base(keys * 37 + 62**7, BASE62, 8)
    upper = (out[:, :15] >= 65) & (out[:, :15] <= 90)
    bits = upper.reshape(len(keys), 3, 5) * (1 << np.arange(5))
    alphabet = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", np.uint8)
    out[:, 15:] = alphabet[bits.sum(axis=2)]
    return out
