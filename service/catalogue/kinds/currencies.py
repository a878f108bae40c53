"""Which currencies a sign may stand for."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_currency_precision, list_currencies

from service.catalogue.locales import locale_of

_DOLLARS = (
    "USD CAD AUD NZD MXN SGD HKD TWD ARS CLP COP BBD BMD BND BSD BZD CUP DOP FJD GYD JMD KYD LRD "
    "NAD SBD SRD TTD TVD UYU XCD"
)
_SIGNS = {
    "$": _DOLLARS,
    "us$": "USD",
    "$us": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "nt$": "TWD",
    "mx$": "MXN",
    "r$": "BRL",
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP EGP FKP GIP SHP",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "円": "JPY",
    "元": "CNY TWD HKD",
    "₹": "INR",
    "rs": "INR PKR LKR NPR MUR",
    "₽": "RUB",
    "руб": "RUB",
    "₺": "TRY",
    "tl": "TRY",
    "₩": "KRW",
    "₪": "ILS",
    "zł": "PLN",
    "kč": "CZK",
    "kr": "SEK NOK DKK ISK",
    "ft": "HUF",
    "fr": "CHF",
    "sfr": "CHF",
    "lei": "RON MDL",
    "лв": "BGN",
    "₴": "UAH",
    "грн": "UAH",
    "₫": "VND",
    "đ": "VND",
    "฿": "THB",
    "₱": "PHP",
    "r": "ZAR",
    "rm": "MYR",
    "rp": "IDR",
    "₦": "NGN",
    "₵": "GHS",
    "ksh": "KES",
}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(list_currencies())


def is_currency(code: str) -> bool:
    """Whether this is an ISO 4217 code, in capitals."""
    return code in _codes()


def places_of(code: str) -> int:
    """How many digits the currency has after the decimal sign: 2 for EUR, 0 for JPY."""
    return int(get_currency_precision(code))


@lru_cache(maxsize=512)
def meant_by(sign: str, language: str) -> frozenset[str]:
    """The currencies that a sign, a word or a code may stand for; empty if nobody knows."""
    if is_currency(sign.upper()):
        return frozenset({sign.upper()})
    folded = sign.casefold().rstrip(".")
    common = frozenset(_SIGNS.get(folded, "").split())
    symbols = locale_of(language).currency_symbols
    return common | {code for code, symbol in symbols.items() if symbol.casefold() == folded}
