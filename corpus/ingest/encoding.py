"""Bytes → characters: which encoding a text is in, or why it is not a text."""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.datafile import read_data
from schemas.errors import MinberError

_SAMPLE = 1 << 18  # bytes that statistics look at
_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORST = -9.5  # log-probability of a character that no text of the language has
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1b")
_BAD_SHARE = 0.1  # of broken sequences in a text that is UTF-8 otherwise; in 8-bit text nearly all are


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text.

    Attributes:
        text: the characters, not yet canonical, without byte-order mark.
        encoding: name of the codec.
        origin: how it was found out: ``byte-order mark``, ``declared``, ``bytes``.
        replaced: how many broken sequences became U+FFFD.
    """

    text: str
    encoding: str
    origin: str
    replaced: int = 0


def decode(data: bytes, declared: str | None = None, place: str = "") -> Decoded:
    """Turn bytes into characters, or say why they are not text.

    The order of evidence: byte-order mark; valid UTF-8; UTF-16 and UTF-32 by where the zero and high bytes fall;
    what the page or server declares; letter statistics of 8-bit codecs (Cyrillic: own, others: charset-normalizer).

    Parameters:
        data: raw bytes, not empty.
        declared: name of an encoding given by the page, the server or the user; doubted like all such claims.
        place: the file or URL, for errors.

    Returns:
        the text and its encoding.

    Raises:
        MinberError: MB106 binary data, MB107 broken or truncated text, MB108 an encoding that cannot be told.

    Example:
        >>> decode("Сөйлеген сөзі".encode("kz1048")).encoding
        'kz1048'
        >>> decode("Жолдау".encode("utf-16")).encoding
        'utf-16-le'
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name, place)
    _refuse_signature(data, place)
    if b"\0" in data[:_SAMPLE] or b"\4" in data[:_SAMPLE]:
        wide = _wide(data)
        if wide:
            return _strict(data, wide, place, origin="bytes")
    if b"\0" in data:
        raise MinberError("MB106", place, what="it holds NUL bytes")
    if b"\x1b$" in data and data.isascii():  # ISO 2022: East Asian letters in seven bits, with control characters
        return _any_codec(data, place)
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > max(2, len(sample) // 200):
        raise MinberError("MB106", place, what="it is full of control characters")
    unicode = _utf8(data)
    if unicode and not unicode.replaced:
        return unicode
    codec = _codec(declared)
    if codec and codec not in ("utf-8", "ascii"):
        try:
            text = data.decode(codec)
        except (UnicodeDecodeError, ValueError):
            pass
        else:
            # Pages that say windows-1251 and are KOI8-R exist: statistics may overrule a claim among Cyrillic codecs.
            cyrillic = _cyrillic(data)
            if cyrillic is None or codec not in _tables() or _same(data, codec, cyrillic[0]) or cyrillic[1] < 0:
                return Decoded(text, codec, "declared")
    if unicode:
        return unicode
    return _eight_bit(data, place)


def declared_in_html(data: bytes) -> str | None:
    """Find the encoding that an HTML or XML page declares in its first 4,096 bytes.

    Parameters:
        data: raw bytes of the page.

    Returns:
        the name as the page writes it, or None.

    Example:
        >>> declared_in_html(b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
        'windows-1251'
    """
    found = re.search(
        rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", data[:4096], re.IGNORECASE
    )
    return found.group(1).decode("ascii", "replace") if found else None


def known_encoding(name: str) -> bool:
    """Whether this is the name of an encoding of text.

    Example:
        >>> known_encoding("windows-1251"), known_encoding("windows-9999"), known_encoding("base64")
        (True, False, False)
    """
    return _codec(name) is not None


def _strict(data: bytes, name: str, place: str, origin: str = "byte-order mark") -> Decoded:
    width = 4 if "32" in name else 2 if "16" in name else 1
    if len(data) % width:
        raise MinberError(
            "MB107", place, encoding=name, problem=f"it ends in the middle of a character (after byte {len(data)})"
        )
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        if name == "utf-8" and (loose := _utf8(data)):
            return Decoded(loose.text, name, origin, loose.replaced)
        cut = error.end >= len(data) - 1
        where = "it ends in the middle of a character" if cut else f"byte {error.start} makes no character"
        raise MinberError("MB107", place, encoding=name, problem=where) from error
    if "\0" in text:
        raise MinberError("MB106", place, what="it holds NUL characters")
    return Decoded(text, name, origin)


def _utf8(data: bytes) -> Decoded | None:
    """Decode UTF-8, also where a download was cut or single bytes were damaged."""
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "bytes")
    except UnicodeDecodeError as error:
        if error.end < len(data) - 3 and not _mostly_utf8(data[error.start : error.start + _SAMPLE]):
            return None
    text = data.decode("utf-8", errors="replace")
    replaced = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    good = sum(1 for char in text if char > "\x7f") - replaced
    if replaced > max(1, good * _BAD_SHARE) or good < 2:
        return None
    return Decoded(text, "utf-8", "bytes", replaced)


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    return sum(1 for char in text if char > "\x7f") - bad > 5 * bad


def _wide(data: bytes) -> str | None:
    """Name the UTF-16 or UTF-32 codec of bytes without a mark: of each pair one byte takes few values, one many."""
    sample = data[: _SAMPLE // 4 * 4]
    if len(sample) < 4:
        return None
    if sample.count(0) > len(sample) * 0.45:
        for name, zero in (("utf-32-le", 3), ("utf-32-be", 0)):
            part = sample[zero::4]
            if (
                part
                and part.count(0) == len(part)
                and len(sample) >= 8
                and _plausible(sample[: len(sample) // 4 * 4], name)
            ):
                return name
    for name, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        highs, lows = sample[high::2], sample[1 - high :: 2]
        # Latin letters and spaces have the high byte 0, Cyrillic ones 4, dashes and quotation marks 0x20.
        few = sum(highs.count(value) for value in (0x00, 0x04, 0x20))
        many = sum(lows.count(value) for value in (0x00, 0x04))
        pages = highs.count(0x00) + highs.count(0x04)  # never in 8-bit text
        if few > 0.9 * len(highs) and many < 0.1 * len(lows) and pages > 0.5 * len(highs) and _plausible(sample, name):
            return name
    return None


def _plausible(sample: bytes, name: str) -> bool:
    text = sample.decode(name, errors="replace")
    return sum(1 for char in text if char.isalnum() or char.isspace()) > 0.6 * len(text)


def _codec(name: str | None) -> str | None:
    """The codec that is really meant: like browsers, take latin-1 and ASCII for windows-1252."""
    if not name:
        return None
    try:
        found = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        return None
    if not getattr(found, "_is_text_encoding", True):
        return None
    return {"iso8859-1": "cp1252", "ascii": "ascii", "koi8-r": "koi8_r", "koi8-u": "koi8_u"}.get(found.name, found.name)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_data(files("corpus.ingest") / "encodings.yaml")
    return data


def _refuse_signature(data: bytes, place: str) -> None:
    for signature, what in _data()["signatures"].items():
        if data.startswith(bytes.fromhex(signature)):
            raise MinberError("MB106", place, what=f"it is {what}")


@cache
def _tables() -> dict[str, list[tuple[float, ...]]]:
    """Log-probability of each byte for each Cyrillic codec, one table a language."""
    languages = []
    for listing in _data()["cyrillic_letters"].values():
        counts = {item[0]: float(item[1:]) for item in listing.split()}
        total = sum(counts.values())
        scores = {letter: math.log(count / total) for letter, count in counts.items()}
        scores.update({letter.upper(): score - 0.3 for letter, score in list(scores.items())})
        scores.update(dict.fromkeys("«»–—“”„‘’…№", -4.0))
        scores["\u00a0"] = -4.0
        languages.append(scores)
    tables: dict[str, list[tuple[float, ...]]] = {}
    for codec in _data()["cyrillic_codecs"]:
        chars = [bytes([byte]).decode(codec, errors="replace") for byte in range(256)]
        tables[codec] = [tuple(language.get(char, _WORST) for char in chars) for language in languages]
    return tables


_ASCII_BESIDE = re.compile("[A-Za-z][Ѐ-ԯ]|[Ѐ-ԯ][A-Za-z]")
_CAPITAL_INSIDE = re.compile("[а-џѐ-ӿ](?=[А-ЯЀ-Џ])")
_SIGN_INSIDE = re.compile(r"[Ѐ-ԯ][^\w\s\x00-\x7f’–—](?=[Ѐ-ԯ])")
_LOW = bytes(range(128))


def _cyrillic(data: bytes) -> tuple[str, float] | None:
    """The best Cyrillic codec and how well it fits (below 0: not at all); None where letters are not Cyrillic."""
    sample = data[:_SAMPLE]
    high = sample.translate(None, _LOW)
    if not high or _lonely(sample, len(high)):
        return None
    counts = [(byte, high.count(byte)) for byte in set(high)]
    best: tuple[float, str] | None = None
    for codec, tables in _tables().items():
        try:
            text = sample.decode(codec)
        except UnicodeDecodeError:
            continue
        fit = max(sum(count * table[byte] for byte, count in counts) for table in tables)
        fit -= _data()["cyrillic_codecs"][codec]
        fit -= 4.0 * (len(_ASCII_BESIDE.findall(text)) + len(_SIGN_INSIDE.findall(text)))
        fit -= 3.0 * len(_CAPITAL_INSIDE.findall(text))
        if best is None or fit > best[0] + 1e-6:
            best = (fit, codec)
    if best is None:
        return None
    # Texts of 300 letters fit with a mean log-probability of -3.7 or better (kk, ru, uk, ky, also all in capitals),
    # Greek and Arabic taken for Cyrillic with -3.95 or worse; a headline may be anywhere.
    return best[1], best[0] / len(high) + (3.85 if len(high) >= 300 else 5.0)


def _lonely(sample: bytes, high: int) -> bool:
    """Whether bytes above 127 mostly stand alone, as é does in Latin scripts and a dash anywhere."""
    runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{2,}", sample))
    return runs < 0.5 * high and len(re.findall(rb"[A-Za-z]", sample)) > high


def _same(data: bytes, one: str, other: str) -> bool:
    try:
        return data[:_SAMPLE].decode(one) == data[:_SAMPLE].decode(other)
    except UnicodeDecodeError:
        return False


_OPENING = re.compile(r"(?<!\w)[¡¿](?=\w)")


def _latin(data: bytes) -> tuple[str, float] | None:
    """The Latin codec that explains the most characters beyond ASCII in one language, and the share it explains."""
    best: tuple[float, str] | None = None
    for codec in _data()["latin_codecs"]:
        try:
            text = data[:_SAMPLE].decode(codec)
        except UnicodeDecodeError:
            continue
        beyond = [char.lower() for char in text if char > "\x7f"]
        letters = Counter(char for char in beyond if char.isalpha())
        known = max(sum(letters[letter] for letter in alphabet) for alphabet in _data()["latin_letters"].values())
        known += sum(char in _data()["latin_signs"] for char in beyond) + len(_OPENING.findall(text))
        # In Latin scripts letters beyond ASCII stand beside ASCII letters.
        share = (known - len(re.findall("[^\x00-\x7f]{3}", text))) / max(1, len(beyond))
        if best is None or share > best[0] + 0.02:
            best = (share, codec)
    return (best[1], best[0]) if best else None


def _two_byte_signs(data: bytes) -> str | None:
    """Name the East Asian codec of a Latin text that was typed on such a system: all it shows are dashes and quotes."""
    for codec in ("big5", "gb18030"):
        try:
            beyond = [char for char in data[:_SAMPLE].decode(codec) if char > "\x7f"]
        except UnicodeDecodeError:
            continue
        if len(beyond) > 1 and sum(char in "’‘“”—–…·" for char in beyond) > 0.8 * len(beyond):
            return codec
    return None


def _eight_bit(data: bytes, place: str) -> Decoded:
    if codec := _two_byte_signs(data):
        return Decoded(data.decode(codec, errors="replace"), codec, "bytes")
    cyrillic = _cyrillic(data)
    latin = _latin(data)
    if cyrillic and cyrillic[1] > 0 and (latin is None or latin[1] < 0.9 or cyrillic[1] > 1):
        return Decoded(data.decode(cyrillic[0]), cyrillic[0], "bytes")
    if latin and latin[1] >= 0.7:
        return Decoded(data.decode(latin[0], errors="replace"), latin[0], "bytes")
    return _any_codec(data, place)


def _any_codec(data: bytes, place: str) -> Decoded:
    from charset_normalizer import from_bytes

    match = from_bytes(data, steps=8).best()
    if match is None or match.encoding.startswith("utf_"):
        raise MinberError("MB108", place)
    return Decoded(str(match).removeprefix("\ufeff"), match.encoding, "bytes")
