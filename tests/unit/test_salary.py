"""Pay from free text: any currency and convention, nothing from noise."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.salary import read_salary, salary_in_description
from jobdigest.model import Salary
from support.growth import is_linear


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$120,000 - $150,000 a year", ("USD", 120000, 150000, "year")),
        ("$20 an hour", ("USD", 20, 20, "hour")),
        ("2-4万/月", ("CNY", 20000, 40000, "month")),
        ("€55.000,- bis €70.000,- p.a.", ("EUR", 55000, 70000, "year")),
        ("40/45K€", ("EUR", 40000, 45000, "year")),
        ("RAL 30-38K", ("EUR", 30000, 38000, "year")),
        ("Up to 2500 USD gross/month", ("USD", None, 2500, "month")),
        ("từ 20 - 35 triệu VNĐ/tháng", ("VND", 20_000_000, 35_000_000, "month")),
        ("tussen €3500 en €4500 per maand", ("EUR", 3500, 4500, "month")),
        ("From $18 an hour", ("USD", 18, None, "hour")),
        ("Up to $95,000 a year", ("USD", None, 95000, "year")),
        ("$1,200 - $1,500 a week", ("USD", 1200, 1500, "week")),
        ("$250 a day", ("USD", 250, 250, "day")),
        ("USD 150,000.00 - 200,000.00 Annual", ("USD", 150000, 200000, "year")),
        ("$130,000-$160,000 CAD", ("CAD", 130000, 160000, "year")),
        ("C$90k–C$120k", ("CAD", 90000, 120000, "year")),
        ("A$140,000 + super", ("AUD", 140000, 140000, "year")),
        ("AU$120k - AU$150k plus super", ("AUD", 120000, 150000, "year")),
        ("$120,000 AUD per annum", ("AUD", 120000, 120000, "year")),
        ("£55,000 - £70,000 per annum + bonus", ("GBP", 55000, 70000, "year")),
        ("£450 - £550 per day (Outside IR35)", ("GBP", 450, 550, "day")),
        ("£600pd", ("GBP", 600, 600, "day")),
        ("£12.50 p/h", ("GBP", 12.5, 12.5, "hour")),
        ("£30k pa", ("GBP", 30000, 30000, "year")),
        ("£30,000 p.a.", ("GBP", 30000, 30000, "year")),
        ("€60.000 - €80.000", ("EUR", 60000, 80000, "year")),
        ("50.000€ - 65.000€ brutto/Jahr", ("EUR", 50000, 65000, "year")),
        ("50 000 € - 60 000 € par an", ("EUR", 50000, 60000, "year")),
        ("45K€ - 55K€", ("EUR", 45000, 55000, "year")),
        ("45k à 60k €", ("EUR", 45000, 60000, "year")),
        ("entre 40 000 et 50 000 euros bruts annuels", ("EUR", 40000, 50000, "year")),
        ("TJM : 500 - 600 €", ("EUR", 500, 600, "day")),
        ("500€/jour", ("EUR", 500, 500, "day")),
        ("jusqu'à 60 000 € par an", ("EUR", None, 60000, "year")),
        ("à partir de 2 500 € par mois", ("EUR", 2500, None, "month")),
        ("bis zu 90.000 € im Jahr", ("EUR", None, 90000, "year")),
        ("55.000 bis 70.000 EUR jährlich", ("EUR", 55000, 70000, "year")),
        ("13,50 € pro Stunde", ("EUR", 13.5, 13.5, "hour")),
        ("3.500 € monatlich", ("EUR", 3500, 3500, "month")),
        ("Entre 30.000 y 40.000 € brutos anuales", ("EUR", 30000, 40000, "year")),
        ("hasta 45.000 €/año", ("EUR", None, 45000, "year")),
        ("RAL 35.000 - 45.000 €", ("EUR", 35000, 45000, "year")),
        ("fino a 40.000€ annui", ("EUR", None, 40000, "year")),
        ("vanaf € 3.200 per maand", ("EUR", 3200, None, "month")),
        ("€ 4.000 - € 5.500 bruto per maand", ("EUR", 4000, 5500, "month")),
        ("€3.500,00 per maand", ("EUR", 3500, 3500, "month")),
        ("CHF 100'000 - 120'000", ("CHF", 100000, 120000, "year")),
        ("CHF 120’000.– p.a.", ("CHF", 120000, 120000, "year")),
        ("15 000 - 20 000 PLN netto (+VAT) / mies.", ("PLN", 15000, 20000, "month")),
        ("18 000–25 000 zł brutto miesięcznie", ("PLN", 18000, 25000, "month")),
        ("120 - 160 zł/h", ("PLN", 120, 160, "hour")),
        ("od 15 000 zł", ("PLN", 15000, None, "month")),
        ("80 000 Kč", ("CZK", 80000, 80000, "month")),
        ("45 000 - 55 000 SEK/månad", ("SEK", 45000, 55000, "month")),
        ("600 000 - 700 000 NOK", ("NOK", 600000, 700000, "year")),
        ("40.000 kr. pr. måned", ("DKK", 40000, 40000, "month")),
        ("от 200 000 до 300 000 ₽ в месяц", ("RUB", 200000, 300000, "month")),
        ("от 150 000 руб.", ("RUB", 150000, None, "month")),
        ("до 5000 $ в месяц", ("USD", None, 5000, "month")),
        ("₪25,000 - ₪35,000 per month", ("ILS", 25000, 35000, "month")),
        ("AED 25,000 - 30,000 per month", ("AED", 25000, 30000, "month")),
        ("R45,000 - R60,000 per month", ("ZAR", 45000, 60000, "month")),
        ("R650k per annum", ("ZAR", 650000, 650000, "year")),
        ("₦500,000 - ₦700,000 monthly", ("NGN", 500000, 700000, "month")),
        ("₹12,00,000 - ₹18,00,000 a year", ("INR", 1200000, 1800000, "year")),
        ("12-18 LPA", ("INR", 1200000, 1800000, "year")),
        ("₹8L - ₹12L per annum", ("INR", 800000, 1200000, "year")),
        ("Rs. 50,000 - 75,000 per month", ("INR", 50000, 75000, "month")),
        ("INR 25,00,000 per annum", ("INR", 2500000, 2500000, "year")),
        ("¥6,000,000 - ¥9,000,000 per year", ("JPY", 6000000, 9000000, "year")),
        ("月給30万円～45万円", ("JPY", 300000, 450000, "month")),
        ("年収 800万円以上", ("JPY", 8000000, None, "year")),
        ("年俸500万円〜", ("JPY", 5000000, None, "year")),
        ("月薪 25k-40k", ("CNY", 25000, 40000, "month")),
        ("25-40K·15薪", ("CNY", 25000, 40000, "month")),
        ("¥25k-¥40k/月", ("CNY", 25000, 40000, "month")),
        ("人民币 30万-50万/年", ("CNY", 300000, 500000, "year")),
        ("月薪 40,000 至 60,000 元", ("CNY", 40000, 60000, "month")),
        ("NT$60,000 - 90,000/月", ("TWD", 60000, 90000, "month")),
        ("시급 12,000원", ("KRW", 12000, 12000, "hour")),
        ("월 300만원 이상", ("KRW", 3000000, None, "month")),
        ("KRW 60,000,000 per year", ("KRW", 60000000, 60000000, "year")),
        ("SGD 6,000 - 9,000 monthly", ("SGD", 6000, 9000, "month")),
        ("S$8k - S$12k", ("SGD", 8000, 12000, "month")),
        ("RM 5,000 - RM 8,000 per month", ("MYR", 5000, 8000, "month")),
        ("฿60,000 - ฿90,000 / month", ("THB", 60000, 90000, "month")),
        ("Rp 15.000.000 - Rp 20.000.000 per bulan", ("IDR", 15000000, 20000000, "month")),
        ("25 - 40 triệu VND/tháng", ("VND", 25000000, 40000000, "month")),
        ("₱60,000 - ₱80,000 per month", ("PHP", 60000, 80000, "month")),
        ("MXN $30,000 - $45,000 mensuales", ("MXN", 30000, 45000, "month")),
        ("$35,000 - $45,000 MXN al mes", ("MXN", 35000, 45000, "month")),
        ("COP 8.000.000 mensuales", ("COP", 8000000, 8000000, "month")),
        ("S/ 5,000 - S/ 7,000 mensual", ("PEN", 5000, 7000, "month")),
        ("R$ 10 mil por mês", ("BRL", 10000, 10000, "month")),
        ("₺60.000 - ₺90.000 aylık", ("TRY", 60000, 90000, "month")),
        ("50.000 - 70.000 UAH", ("UAH", 50000, 70000, "month")),
        ("$3000-5000", ("USD", 3000, 5000, "month")),
        ("35000-73000", (None, 35000, 73000, "year")),
        ("50000", (None, 50000, 50000, "year")),
        ("25-30/hr", (None, 25, 30, "hour")),
        ("Up to 70k", (None, None, 70000, "year")),
        ("Acme | Remote (US) | 150-200k + 0.5-1%", (None, 150000, 200000, "year")),
        ("no less than $100k", ("USD", 100000, None, "year")),
        ("~$120k", ("USD", 120000, 120000, "year")),
        ("¥400,000/月", ("JPY", 400000, 400000, "month")),
        ("$3,000 sign-on bonus! $22/hour", ("USD", 22, 22, "hour")),
        ("$60K base + $25K variable", ("USD", 60000, 60000, "year")),
        ("$120k base / $200k OTE", ("USD", 120000, 120000, "year")),
        ("$150k + 0.5% equity", ("USD", 150000, 150000, "year")),
        ("₹6,00,000.00/yr - ₹9,00,000.00/yr", ("INR", 600000, 900000, "year")),
        ("kr. 45.000", ("DKK", 45000, 45000, "month")),
        ("€ 45 000,00", ("EUR", 45000, 45000, "year")),
        ("$181K - $285K/yr", ("USD", 181000, 285000, "year")),
        ("Base salary: $180k-$220k. OTE: $300k", ("USD", 180000, 220000, "year")),
        ("OTE $300,000", ("USD", 300000, 300000, "year")),
        ("kr 750 000 – 900 000 per år (NOK)", ("NOK", 750000, 900000, "year")),
        ("OTE $250,000, base $140,000", ("USD", 140000, 140000, "year")),
        ("OTE: £80k - £100k", ("GBP", 80000, 100000, "year")),
        ("Total compensation: $300k - $400k", ("USD", 300000, 400000, "year")),
        ("$150,000 base + 20% bonus + equity", ("USD", 150000, 150000, "year")),
        ("$150,000/yr + $20,000 signing bonus", ("USD", 150000, 150000, "year")),
        ("Monthly stipend of $1,500 for interns", ("USD", 1500, 1500, "month")),
        ("Stipend: $8,000/month", ("USD", 8000, 8000, "month")),
        ("$90,000", ("USD", 90000, 90000, "year")),
        ("90k", (None, 90000, 90000, "year")),
        ("$90k-110k DOE", ("USD", 90000, 110000, "year")),
        ("80-100k€", ("EUR", 80000, 100000, "year")),
        ("80k-100k GBP", ("GBP", 80000, 100000, "year")),
        ("EUR 4.500 - 5.500 brutto/Monat", ("EUR", 4500, 5500, "month")),
        ("$60/hr - $80/hr", ("USD", 60, 80, "hour")),
        ("$60 to $80 per hour", ("USD", 60, 80, "hour")),
        ("$18.50/hr DOE", ("USD", 18.5, 18.5, "hour")),
        ("$52,000 annually", ("USD", 52000, 52000, "year")),
        ("Annual salary: $52,000", ("USD", 52000, 52000, "year")),
        ("Hourly rate: $35", ("USD", 35, 35, "hour")),
        ("Pay: $35.00 - $45.00", ("USD", 35, 45, "hour")),
        ("The pay range for this role is $142,000—$213,000 USD", ("USD", 142000, 213000, "year")),
        ("$142,000—$213,000 USD", ("USD", 142000, 213000, "year")),
        ("USD $142,000 - $213,000", ("USD", 142000, 213000, "year")),
        ("$120K/yr - $150K/yr", ("USD", 120000, 150000, "year")),
        ("120.000 - 150.000 EUR", ("EUR", 120000, 150000, "year")),
        ("More than $100,000", ("USD", 100000, None, "year")),
        ("at least €70k", ("EUR", 70000, None, "year")),
        ("max. 80.000 €", ("EUR", None, 80000, "year")),
        ("minimum $100k", ("USD", 100000, None, "year")),
        ("$100k or more", ("USD", 100000, None, "year")),
        ("salary 3 500 BGN", ("BGN", 3500, 3500, "month")),
        ("HK$40,000 x 13 months", ("HKD", 40000, 40000, "month")),
        ("€70.000/Jahr", ("EUR", 70000, 70000, "year")),
        ("2.800 EUR bis 3.200 EUR", ("EUR", 2800, 3200, "month")),
        ("$187,500 – $250,000 + equity", ("USD", 187500, 250000, "year")),
        ("Salary range: 90 000 - 110 000 CAD / year", ("CAD", 90000, 110000, "year")),
        ("90 000 $ - 110 000 $ par an", ("USD", 90000, 110000, "year")),
        ("25 $ CA de l'heure", ("CAD", 25, 25, "hour")),
        ("$25.50 CAD/hr", ("CAD", 25.5, 25.5, "hour")),
        ("IDR 15jt - 20jt", ("IDR", 15000000, 20000000, "month")),
        ("Zarplata 3000 USD", ("USD", 3000, 3000, "month")),
        ("1.200.000 Ft/hó", ("HUF", 1200000, 1200000, "month")),
        ("2 000 € net / mois", ("EUR", 2000, 2000, "month")),
        ("SEK 45k per month", ("SEK", 45000, 45000, "month")),
        ("연봉 6천만원 이상", ("KRW", 60000000, None, "year")),
        ("20k-35k/月", ("CNY", 20000, 35000, "month")),
        ("90k-120k cash salary + equity", (None, 90000, 120000, "year")),
        ("Project Manager, 6 months, £60-75k", ("GBP", 60000, 75000, "year")),
        ("PM, £65-80k", ("GBP", 65000, 80000, "year")),
        ("to $180k", ("USD", None, 180000, "year")),
        ("年薪 90-140 萬 (TWD)", ("TWD", 900000, 1400000, "year")),
        ("$28,000 MXN libres al mes", ("MXN", 28000, 28000, "month")),
        ("החל מ-25,000 ₪ לחודש", ("ILS", 25000, None, "month")),
        ("28 mil a 36 mil MXN mensuales", ("MXN", 28000, 36000, "month")),
        ("12L - 18L INR", ("INR", 1200000, 1800000, "year")),
        ("bruttó 900.000 Ft-tól / hó", ("HUF", 900000, None, "month")),
        ("€90–120K, relocation stipend €8K", ("EUR", 90000, 120000, "year")),
        ("$70K – $80K • Offers Commission • stars earn $300,000 a year", ("USD", 70000, 80000, "year")),
        (
            "Base pay starts at $90,000/year in one state, up to $120,000/year in another",
            ("USD", 90000, 120000, "year"),
        ),
        ("minimum yearly salary of $64,000", ("USD", 64000, None, "year")),
        ("The budget for this role is $130k–$150k.", ("USD", 130000, 150000, "year")),
        ("Our nurses get $90-100k", ("USD", 90000, 100000, "year")),
        ("brutto 3.900 € / Monat, 14 mal", ("EUR", 3900, 3900, "month")),
        ("We can do $150k/yr", ("USD", 150000, 150000, "year")),
        ("Roles pay $90,000 - $110,000", ("USD", 90000, 110000, "year")),
    ],
)
def test_reads_what_is_printed(text: str, expected: tuple[str | None, float | None, float | None, str]) -> None:
    assert read_salary(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "$0.5M",
        "Signing bonus of $20,000",
        "a $200 drone shouldn't need a million-dollar countermeasure",
        "Up to $2,000 monthly rent subsidy",
        "Our shops serve some 10k-20k every day",
        "100-200k users",
        "Relocation package of up to $10,000",
        "$100/month phone and internet stipend",
        "Up to $1,500 per year for conferences",
        "$10 per 1,000 impressions",
        "€100 per month for public transport",
        "$750 annual professional development budget",
        "$0.30 - $1.10 per audio minute",
        "Get the pass for $29 today to see the list",
        "$5,000 referral bonus",
        "Home office stipend of $1,500",
        "$2,000 learning stipend per year",
        "Raised $120M at a $1.2B valuation",
        "Backed by $50M from Sequoia",
        "Series B, $45M",
        "We process $2 billion in payments annually",
        "$100k ARR",
        "manage a budget of $2,000,000",
        "$0.05 per image",
        "€5 per article",
        "10,000 employees",
        "20 days of vacation",
        "4-day week",
        "Founded in 2015",
        "2026-2027",
        "5+ years of experience",
        "DOE",
        "n/a",
        "",
        "Unpaid",
        "$",
        "Competitive salary, 401(k) with 4% match",
        "401k match up to $5,000",
        "Health insurance: $500 per month",
        "$500 gift card",
        "$25 lunch credit per day",
        "Desk at home: $800",
        "$120/mo coworking reimbursement",
        "$30 per hour of transcribed audio",
        "tasks of $3-$5 each",
        "Stipend for courses: $400",
        "Fitness: 45 €/Monat",
        "Multisport 120 zł",
        "健康診断補助 2万円",
        "Deux jours chez vous, indemnité de 120 €",
        "$450 USD total",
        "contributions you make, up to a maximum of $9,000 per year",
        "a $3T market",
        "Jobrad, 50 € Sachbezug",
        "Fertility plan (up to $9,000 per year)",
        "Lunch card of 180 TL per day",
        "Smallest order 300 EUR",
        "12 weeks of leave, $8k adoption assistance",
        "8% (~$9,200, with room to grow)",
        "-$500",
        "Our customers pay us $80/month",
        "Parents pay $35 an hour for tutoring",
        "Firms pay $9,000 a year for our software",
        "$12-$30 per finished drawing",
        "Faster than the $150/hr firms charge",
        "They quoted us $70k/year",
        "Workshop: bis 2.500 €",
        "Bounties go from $300 to $7,000",
        "$30/day per diem on trips",
        "Up to $2,500 yearly for your growth",
        "Refer a friend and earn a bonus of up to 3,000 USD",
        "we have paid inventors over $2M",
        "- Cover: we pay all premiums up to $700/month",
        "We help shops make $90k+ online",
        "15.000 € Wechselprämie",
        "A charity goal of £180,000 a year",
        "Software that replaces a $90k/year assistant",
        "9,000 € pour financer vos études",
        "Care for accounts of $40k - $90k",
        "300 € netto Mobilitätsbudget",
        "With last year's multiplier, this amount would be $12,100 in 2025",
    ],
)
def test_invents_no_pay(text: str) -> None:
    assert read_salary(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We are backed by $30M.\n\nAnnual Salary:\n\n$240,000—$270,000 USD\n\nWe give a $1,000 learning budget.",
            Salary("USD", 240000, 270000, "year"),
        ),
        ("Compensation: $18.00 per hour plus tips. 401k after a year.", Salary("USD", 18, 18, "hour")),
        ("Das Gehalt liegt bei 70.000 € bis 85.000 € brutto im Jahr.", Salary("EUR", 70000, 85000, "year")),
        ("The base pay range is $110,000 to $130,000. OTE $200,000.", Salary("USD", 110000, 130000, "year")),
    ],
)
def test_finds_pay_in_a_description(text: str, expected: Salary) -> None:
    assert salary_in_description(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We raised $240M and pay attention to detail. Our market is worth $4.5 trillion.",
        "You may earn $500 - $1,000 per hired referral.",
        "Pay the $49 background check by gift card.",
        "Our customers pay $20,000 - $50,000 for a licence.",
        "We reimburse up to $5,000 of tuition; pay is competitive.",
        "No pay is stated here.",
    ],
)
def test_a_description_without_pay_has_none(text: str) -> None:
    assert salary_in_description(text) is None


@given(st.text(alphabet="$€£¥₹0123456789.,kKmM-–/ +%()abeholnprtuy万円", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_salary(text)
    if found:
        assert found.period is not None
        assert found.min is not None or found.max is not None
        assert found.min is None or found.max is None or found.min <= found.max
    salary_in_description(text)


@dataclass(frozen=True)
class _Style:
    before: str
    group: str
    after: str
    code: str


_STYLES = [
    _Style("$", ",", "", "USD"),
    _Style("£", ",", " per annum", "GBP"),
    _Style("", ".", " €", "EUR"),
    _Style("", " ", " PLN rocznie", "PLN"),
    _Style("CHF ", "'", "", "CHF"),
    _Style("NOK ", " ", " per år", "NOK"),
]


@given(st.integers(20, 400), st.integers(0, 300), st.sampled_from(_STYLES))
def test_a_range_reads_the_same_in_every_grouping(low: int, more: int, style: _Style) -> None:
    high = low + more
    text = f"{style.before}{low}{style.group}000 - {high}{style.group}500{style.after}"
    read = read_salary(text)
    assert read is not None
    assert (read.currency, read.min, read.max) == (style.code, low * 1000, high * 1000 + 500)


@pytest.mark.parametrize("unit", ["$1", "1,000 ", "9 000 ", "$", "to 5k "])
def test_the_work_does_not_grow_faster_than_the_text(unit: str) -> None:
    assert is_linear(read_salary, unit)
    assert is_linear(lambda text: salary_in_description("Salary $" + text), unit)
