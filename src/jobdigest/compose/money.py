"""Yearly pay in one rough currency, only to compare a reader's minimum with a job's upper end."""

from __future__ import annotations

from jobdigest.model import Salary

# Euros for one unit, rounded: good enough to tell 60,000 from 90,000, never printed. Reviewed once a year.
EUR: dict[str, float] = {
    "EUR": 1.0, "USD": 0.88, "GBP": 1.15, "CHF": 1.07, "CAD": 0.63, "AUD": 0.57, "NZD": 0.51, "SGD": 0.68,
    "HKD": 0.11, "JPY": 0.0058, "CNY": 0.12, "INR": 0.0100, "KRW": 0.00061, "TWD": 0.028, "ILS": 0.26, "AED": 0.24,
    "SAR": 0.23, "SEK": 0.091, "NOK": 0.086, "DKK": 0.134, "PLN": 0.236, "CZK": 0.041, "HUF": 0.0026, "RON": 0.197,
    "BGN": 0.51, "TRY": 0.021, "UAH": 0.021, "BRL": 0.16, "MXN": 0.047, "ARS": 0.0006, "CLP": 0.00092,
    "COP": 0.00022, "PEN": 0.25, "ZAR": 0.050, "EGP": 0.018, "NGN": 0.0006, "KES": 0.0068, "PHP": 0.015,
    "IDR": 0.000053, "MYR": 0.21, "THB": 0.027, "VND": 0.000033, "PKR": 0.0031, "BDT": 0.0072,
}  # fmt: skip
PER_YEAR = {"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}


def yearly_euros(salary: Salary | None) -> float | None:
    """The upper end of `salary` a year in rough euros; None where amount, currency or period is unknown."""
    if salary is None or salary.currency not in EUR or salary.period is None:
        return None
    amount = salary.max if salary.max is not None else salary.min
    return None if amount is None else amount * PER_YEAR[salary.period] * EUR[salary.currency]


def wished_euros(wish: tuple[float, str | None]) -> float | None:
    """A reader's yearly minimum in rough euros; None (anything passes) for a currency that is not in the table."""
    amount, currency = wish
    rate = EUR.get(currency or "EUR")
    return None if rate is None else amount * rate
