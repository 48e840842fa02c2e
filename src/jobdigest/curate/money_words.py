"""Words of pay: currencies, multipliers, periods and noise, in the languages of the sources. Tables, no judgement."""

from __future__ import annotations

import re

from jobdigest.model import Period

# Written form → ISO 4217. Longer forms first where one begins another; a bare "$", "kr", "¥" and "R" need context.
SYMBOLS = {
    "US$": "USD", "USD$": "USD", "U$S": "USD", "CA$": "CAD", "C$": "CAD", "CAD$": "CAD", "CDN$": "CAD", "A$": "AUD", "AU$": "AUD", "AUD$": "AUD",
    "NZ$": "NZD", "HK$": "HKD", "SG$": "SGD", "S$": "SGD", "NT$": "TWD", "NTD": "TWD", "R$": "BRL", "MX$": "MXN", "MEX$": "MXN", "COL$": "COP",
    "AR$": "ARS", "CLP$": "CLP", "€": "EUR", "£": "GBP", "₹": "INR", "Rs.": "INR", "Rs": "INR", "₩": "KRW", "₪": "ILS", "NIS": "ILS", "₺": "TRY",
    "TL": "TRY", "₽": "RUB", "₴": "UAH", "₫": "VND", "₱": "PHP", "฿": "THB", "₦": "NGN", "₡": "CRC", "₲": "PYG", "₸": "KZT", "₾": "GEL", "S/.": "PEN",
    "S/": "PEN", "Rp.": "IDR", "Rp": "IDR", "RM": "MYR", "Kč": "CZK", "zł": "PLN", "zl": "PLN", "złotych": "PLN", "Ft": "HUF", "лв": "BGN", "lei": "RON",
    "руб": "RUB", "рублей": "RUB", "грн": "UAH", "RMB": "CNY", "CNH": "CNY", "人民币": "CNY", "元": "CNY", "円": "JPY", "원": "KRW", "บาท": "THB",
    "ש״ח": "ILS", 'ש"ח': "ILS", "SFr.": "CHF", "SFr": "CHF", "Fr.": "CHF", "Dhs": "AED", "KSh": "KES", "Ksh": "KES", "EURO": "EUR", "Euro": "EUR",
    "euro": "EUR", "euros": "EUR", "Euros": "EUR", "dollars": "USD", "pounds": "GBP", "CA": "CAD", "$": "$", "kr.": "kr", "kr": "kr", "Kr": "kr",
    "SEK": "SEK", "¥": "¥", "￥": "¥", "R": "ZAR",
}  # fmt: skip
CODES = frozenset(
    """USD EUR GBP CAD AUD NZD CHF SEK NOK DKK ISK PLN CZK HUF RON BGN UAH RUB TRY ILS AED SAR QAR KWD BHD OMR EGP MAD TND ZAR NGN KES
    GHS INR PKR BDT LKR NPR CNY JPY KRW TWD HKD SGD MYR THB VND IDR PHP MXN BRL ARS CLP COP PEN UYU CRC DOP GTQ PYG BOB RSD GEL AMD
    KZT UZS""".split()
)
# How many units buy about what a dollar does where wages are paid in it; only tells hours, months and years apart.
UNITS = {
    "JPY": 110, "KRW": 1100, "INR": 20, "PKR": 60, "BDT": 30, "LKR": 80, "TWD": 25, "HKD": 7, "CNY": 6, "THB": 20, "VND": 10_000, "IDR": 6_000,
    "PHP": 20, "MXN": 12, "ARS": 900, "CLP": 700, "COP": 2_500, "BRL": 4, "HUF": 300, "CZK": 20, "PLN": 4, "SEK": 9, "NOK": 10, "DKK": 7, "ISK": 120,
    "TRY": 25, "RUB": 50, "UAH": 25, "ILS": 3.5, "ZAR": 12, "NGN": 500, "KES": 60, "EGP": 25, "KZT": 300, "RON": 4.5, "CRC": 400, "UYU": 30, "MYR": 3,
    "RSD": 100, "AED": 3, "SAR": 3, "QAR": 3, "MAD": 8, "SGD": 1.3, "NZD": 1.3, "PEN": 3, "BGN": 1.8, "DOP": 40, "PYG": 5_000, "AMD": 350, "UZS": 9_000, "NPR": 60,
}  # fmt: skip
MULTIPLIERS = {
    "k": 1e3, "thousand": 1e3, "mil": 1e3, "mila": 1e3, "tys": 1e3, "tys.": 1e3, "tis": 1e3, "tis.": 1e3, "tisíc": 1e3, "тыс": 1e3, "тыс.": 1e3, "тис": 1e3,
    "тис.": 1e3, "t": 1e3, "tsd": 1e3, "tsd.": 1e3, "ribu": 1e3, "rb": 1e3, "천": 1e3, "千": 1e3, "만": 1e4, "万": 1e4, "萬": 1e4, "억": 1e8, "億": 1e8,
    "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5, "lpa": 1e5, "l": 1e5, "cr": 1e7, "crore": 1e7, "crores": 1e7, "m": 1e6, "mm": 1e6, "mn": 1e6,
    "million": 1e6, "millones": 1e6, "milhões": 1e6, "mio": 1e6, "mio.": 1e6, "juta": 1e6, "jt": 1e6, "triệu": 1e6, "tr": 1e6, "bn": 1e9, "b": 1e9,
    "billion": 1e9,
}  # fmt: skip
INDIAN = frozenset({"lakh", "lakhs", "lac", "lacs", "lpa", "cr", "crore", "crores"})

_PERIODS: dict[Period, str] = {
    "hour": r"h(?:ou)?rs?|hrly|hourly|h|std\.?|stunden?|stündlich|heures?|horas?|ora|orari[oa]|uur|timme|timen?|godz\w*\.?|hod\w*\.?|saat|час\w*|год(?:ину)?|小时|小時|时|時間?|시간|ساعة|שעה",
    "day": r"days?|daily|d|tag|tage|täglich|jours?|j|d[ií]as?|giorn[oi]|dag|dagen|dzie[nń]|den|день|日|天|일",
    "week": r"weeks?|wks?|weekly|wöchentlich|woche|semaine|semanas?|settimana|vecka|uge|uke|tydzie[nń]|týden|неделю|周|週|주",
    "month": r"months?|mth|mo|mos|mon|monthly|monat|monatlich|mtl\.?|mois|mensuels?|mensuelles?|mes|m[eê]s|mensua(?:l|les)|mensais|mensal|mese|mensil[ei]|maand|m[åa]n(?:ad(?:en)?)?|m[åa]ned(?:en)?|md\.?|mnd\.?|mies\w*\.?|m[ěe]s[íi]c\w*|m[ěe]s\.?|h[óo](?:nap)?|ay|aylık|месяц\w*|мес\.?|місяць|міс\.?|bulan|bln|tháng|月|월|달| เดือน|เดือน|חודש|شهر",
    "year": r"years?|yrs?|yearly|annum|annual(?:ly)?|annually|an|ann[ée]e|ans|annuels?|annuelles?|y|pa|jahr|jährlich|jahre|jährl\.?|a[ñn]os?|anua(?:l|les|is)|ano|anno|annu[oi]|annu[ae]|jaar|år|[åa]rs?|rok|ročně|rocznie|év|yıl|yıllık|год(?!ин)|рік|tahun|năm|年|년|שנה|سنة",
}
PERIOD_AFTER = [
    (
        period,
        re.compile(
            rf"""(?ix) (?:(?:per|each|every|pr\.?|por|par|pro|je|al|all|le|la|im|na|za|в|на|за|ao|à\s+l['’]|l['’]|an?(?=\s)|to|p(?=[/.\s])|/)[\s./]*(?:l['’])?)(?:{units})(?![^\W\d_])""",
            re.VERBOSE,
        ),
    )
    for period, units in _PERIODS.items()
]
PERIOD_WORD = [
    ("hour", re.compile(r"(?i)\bhourly\b|\bp\.?/?h\.?(?!\w)|\bstündlich\b|\bhora\b|\bstundenlohn|\bstundensatz|\btaux horaire|\bhoraire\b|\borari[oa]\b|時給|时薪|時薪|시급|\bstawka godz|\bin der stunde")),
    ("day", re.compile(r"(?i)\bdaily\b|\bday rate\b|\bper diem\b|\bp\.?/?d\.?(?!\w)|\bTJM\b|\btagessatz|\btäglich|\bdiari[oa]|\bgiornalier|日給|日薪|일급")),
    ("week", re.compile(r"(?i)\bweekly\b|\bp\.?/?w\.?(?!\w)|\bwöchentlich|\bsemanal|\bhebdomadaire|周薪|週給|주급")),
    ("month", re.compile(r"(?i)\bmonthly\b|\bp\.?/?c?m\.?(?!\w)|\bmonatlich|\bmonatsgehalt|\bmensue|\bmensual|\bmensa(?:l|is)\b|\bmensil|\bmiesięczn|\bmaandelijks|\bmånadslön|\bmånedsl|\bměsíčn|\baylık|\bmes\b|ежемесячн|月薪|月給|月收|월급|월\s?(?=[\d,]+만)|\bCTC per month")),
    ("year", re.compile(r"(?i)\bannual|\byearly\b|\bp\.?\s?/?a\.?(?!\w)|\bper annum|\bjährlich|\bjahresgehalt|\bjahresbrutto|\bannuel|\banua(?:l|is)\b|\bannu[oai]\b|\bRAL\b|\brocznie|\bročně|\bårslön|\bårsl[øo]nn|\byıllık|\bLPA\b|\bCTC\b|年薪|年収|年俸|年间|연봉|年給")),
]  # fmt: skip

UP_TO = re.compile(
    r"(?i)(?:\bup[\s-]?to|\bmax(?:imum|imal|imo|\.)?(?:\s+of)?|\bbis\s+zu|\bbis|\bjusqu['’]?\s?[àa]|\bhasta|\bat[ée]|\bfino\s+a|\btot|\bupp\s+till|\bop\s+til|\bopptil|\bdo|\bдо|\bunder"
    r"|\bless\s+than|\bnot?\s+more\s+than|\bcapped\s+at|最高|最大|~|〜|\bhingga|\bmencapai|\bupto|\bakár)\s*:?\s*$"
)
AT_LEAST = re.compile(
    r"(?i)(?:\bfrom|\bstarting\s+(?:at|from)|\bstarts?\s+(?:at|from)|\bbeginning\s+at|\bmin(?:imum|imal|imo|\.)?(?:\s+of)?|\bat\s+least|\bmore\s+than|\bover|\bab|\bmindestens|\bà\s+partir\s+d[e']"
    r"|\bdès|\bdesde|\ba\s+partir\s+de|\ba\s+partire\s+da|\bda|\bvanaf|\bfrån|\bfra|\bod|\bот|\bвід|\bmulai|\btừ|≥|>|最低)\s*:?\s*$"
)
OR_MORE = re.compile(
    r"(?i)\+(?![a-z0-9])|\s*(?:\+(?!\s*[a-z0-9(])|以上|起|이상|~\s*$|〜\s*$|(?:and|or)\s+(?:up|more|above|higher)\b|и\s+выше|plus$|upwards\b|et\s+plus\b|y\s+más\b|und\s+mehr\b)"
)
OR_LESS = re.compile(r"(?i)\s*(?:以下|まで|이하|까지|or\s+less\b|max(?:imum)?\b)")
TO = re.compile(
    r"(?i)^[\s(]*(?:-{1,2}|~|〜|to|up\s+to|through|thru|until|and|bis(?:\s+zu)?|à|a|y|e|et|und|al?|hasta|até|tot|till?|til|og|i|do|до|и|по|hingga|sampai|đến|から|至|到|ila|—|–)[\s:]*$"
)
FAR_TO = re.compile(r"(?i)\b(?:up\s+to|to|and)\s*$")
BETWEEN = re.compile(r"(?i)\b(?:between|from|ranges?|zwischen|entre|tra|mellan|mellem|pomiędzy)\b")

PAY = re.compile(
    r"(?i)\b(?:salar(?:y|ies|i[oé]s?|iale)|pay|paid|wages?|compensation|comp|remuneration|earnings?|earn|ctc|base|rate|stipend|package|gehalt\w*|\w*gehalt|vergütung|lohn|verdienst|salaire|rémunération"
    r"|salario|sueldo|retribu\w+|remunera\w+|salário|stipendio|RAL|loon|salaris|lön|l[øo]nn?|wynagrodzenie|plat|mzda|maaş|ücret|зарплат\w+|зп|оклад|fizetés|bér|gaji|lương|palkka)\b"
    r"|薪|年収|年俸|年薪|月給|月薪|時給|时薪|薪资|薪資|给与|給与|給料|薪水|연봉|급여|월급|시급|שכר|راتب"
)
BASE = re.compile(r"(?i)\bbase\b|\bgrundgehalt|\bfixe\b|\bfixum|\bbasic\s+(?:pay|salary)|\bfijo\b|\bfisso\b")
OTE = re.compile(r"(?i)\bOTE\b|\bon[\s-]target|\btotal\s+(?:target\s+)?(?:comp|cash|earnings|rewards?|package)|\bTC\b")
_PERKS = r"""bonus\w*|commissions?|equity|stock|shares?|rsus?|options|budget|reimburs\w*|allowance|sign[\s-]?on|signing|relocation|referral|tuition
    |voucher|gift|credits?|discounts?|prizes?|awards?|grants?|donat\w*|prämie|prime|bono|bônus|urlaubsgeld|contribution|match(?:ing)?|deductible|insurance
    |copay|perks?|(?:housing|home[\s-]?office|wellness|learning|internet|phone|travel|meal|lunch|education|development|equipment|gym|commuter|moving|remote)\s+(?:\w+\s+)?stipend"""
_BUSINESS = r"""funding|funded|raised|raise|rais(?:es|ing)|series\s+[a-h]\b|seed(?:\s+round)?|round|valuation|valued|revenues?|arr\b|mrr\b|gmv\b|aum\b|turnover|profits?|sales\s+of|spend|spent
    |spending|market|invest\w*|backed|acqui\w*|assets|portfolio|savings?|saved|save|processed|transactions?|payments|volume|customers?|capital|deals?|pipeline|quota
    |costs?|price[ds]?|pricing|fees?|fines?|worth|losses|loans?|budgets?|projects?|contracts?|charity|billion|venture|debt|ipo\b|fund\b|economy|industry|opportunity"""
_BUSINESS_AFTER = r"""(?:in\s+)?(?:seed\s+|series\s+[a-h]\s+|venture\s+)?(?:funding|capital)\b|raised|raise\b|series\s+[a-h]\b|seed\b|(?:funding\s+)?round\b|valuation|revenues?|(?:in\s+)?(?:arr|mrr|gmv|aum|sales|savings|revenue|assets
    |transactions|payments|volume|profit)\b|turnover|budgets?|spend\b|(?:marketing|gpu|compute|cloud|ad)\s+\w+|worth\b|fund\b|market\b|industry\b|cost\b|price\b|fees?\b|fine\b|deals?\b|invest\w*|pipeline|quota"""
NOISE_AFTER = re.compile(
    rf"""(?ix)^[\s)*]*(?:-\s+)?(?:(?:(?:per|a|/)\s*(?:year|yr|month|annum)|in|of|usd|eur|for|the|our|its)\s+){{0,2}}
    (?:(?!plus\b|and\b|or\b|with\b|base\b|salary\b|pay\b|per\b|in\b|to\b|from\b|depending\b|based\b|for\b|gross\b|an?\b|the\b)[a-z-]+\s+){{0,2}}
    (?:{_PERKS}|{_BUSINESS_AFTER}|off\b|people\b|employees\b|users\b|miles\b|students\b)""",
    re.VERBOSE,
)
NOISE_BEFORE = re.compile(
    rf"""(?ix)(?P<head>\b(?:{_PERKS}|{_BUSINESS}|grown|growth|grew|saving|win|cover\w*|subsidy|sponsor\w*|generat\w*|manag\w*|clos(?:e|ed|ing)|exceed\w*|orders|sold|plans?)\b)[^.;•|\n+]{{0,45}}$""",
    re.VERBOSE,
)
MILLIONS = frozenset({"m", "mm", "mn", "million", "b", "bn", "billion", "mio", "mio."})
UNIT_PRICE = re.compile(
    r"""(?ix)^\s*(?:/|per|each|a|an|pro|por|par)\s*(?:room|task|user|unit|seat|item|article|word|page|image|video|post|click|lead|call|delivery|order|mile|km|ride|share|ticket|night|person|head|employee
    |student|child|session|class|lesson|test|hit|survey|review|piece|project|gig|gb|tb|token|1?m\s+tokens|million|customer|account|licen[cs]e|install|download|minute|min|sale|referral|event|game|song|meal|gallon|barrel|share)s?\b""",
    re.VERBOSE,
)
