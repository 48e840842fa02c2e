"""Words about where work is done, in the languages of the sources: workplace, remote scopes, noise around places.

`mark` turns a location string into one where every phrase about the workplace is a single private character, so that
the reader of places sees `REMOTE`, `HYBRID` or `ONSITE` as one word and never a town called Remote.
"""

from __future__ import annotations

import re
import unicodedata

from jobdigest.model import Workplace

REMOTE, HYBRID, ONSITE, ANYWHERE, NOTHING = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
BREAK = ";"

_REMOTE = r"""
    (?:100\s?%\s*|fully[\s-]+|full[\s-]+|completely[\s-]+|permanent(?:ly)?[\s-]+|entirely[\s-]+)?
    (?:\bremote(?:ly)?(?:[\s-]+(?:friendly|first|only|eligible|possible|optional|ok|okay|work(?:ing|er)?|position|job|role|option|available))*\b
     | \bremote/?t[ée]l[ée]travail\b | \b(?:work(?:ing)?|based)[\s-]+(?:from|at)[\s-]+home\b | \bwfh\b | \bhome[\s-]?based\b
     | \btele[\s-]?(?:commut(?:e|ing)|work(?:ing)?)\b | \bvirtual\b | \bhome[\s-]?office\b | \bheimarbeit\b | \bmobiles\s+arbeiten\b
     | \bt[ée]l[ée][\s-]?travail\b(?:\s+(?:complet|total))? | \b(?:[àa]|en)\s+distance\b | \bdistanciel\b | \bteletraba(?:jo|lho)\b
     | \b(?:en|da|em|in)?\s*remot[oa]\b | \ba\s+distancia\b | \b[àa]\s+dist[âa]ncia\b | \bsmart\s+working\b | \bzdaln(?:ie|a|ej|y)\b
     | \buzaktan\b | \bудал[её]нн\w* | \bудал[её]нка | \bдистанционн\w* | \bвіддален\w*
     | (?:フル)?リモート(?:ワーク|勤務)?(?:可能?)? | 完全在宅 | 在宅(?:勤務|ワーク)? | テレワーク | (?:全)?远程(?:办公|工作)? | 居家办公 | 遠[端距](?:工作)?
     | 재택(?:근무)? | 원격(?:근무)? | (?:עבודה\s+)?מרחוק | عن\s+ب[ُ]?عد | \bet[äa]ty[öo]\b | \bdistansarbete\b | \bp[åa]\s+distans\b
     | \bhjemmekontor\b | \bhjemmearbejde\b | \bfjernarbejde\b | \bthuiswerk(?:en)?\b | \bop\s+afstand\b | \btừ\s+xa\b | \bt[áa]vmunka\b
     | \bna\s+d[áa]lku\b | \bde\s+acas[ăa]\b)
    (?:\s*(?:可|possible|möglich|possibile|posible|poss[ií]vel|deutschlandweit))?
"""
_PART = r"(?:partial(?:ly)?|part(?:iel|ielle|ly)|parziale|teilweise|parcial(?:mente)?|occasion(?:al|nel)|semi|częściowo|délvis|gedeeltelijk|部分|一部)"
_DAYS = r"""(?:\(?\b(?:up\s+to\s+)?\d(?:\s?[-–x+]\s?\d?)?\s*(?:days?|d|tage?n?|jours?|d[ií]as|giorni|dagen|dni|日|日間|天|일)\b\.?
    (?:[\s/-]*(?:a|per|each|every|in|the|pro|par|por|al|la|week|wk|w|woche|semaine|semana|settimana|office|on-?site|remote|from\s+home|wfh|週|周|주))*\)?)"""

_HYBRID = re.compile(
    rf"""(?ix)
      \bhybrid[eao]?\b[\s/-]{{0,3}}(?:remote|working|work|available|role|position|model|home\s*office)?\b | \bremote[\s-]+hybrid\b
    | \bh[íi]brid[oa]\b | \bibrid[oa]\b | \bhybryd\w* | \bгибрид\w* | \bгібрид\w* | \bhibrit\b | ハイブリッド(?:勤務)? | 混合(?:办公)? | 하이브리드 | היברידי | هجين
    | {_PART}[\s-]*(?:remote|t[ée]l[ée]travail|home\s?office|remoto|teletrabajo|teletrabalho|在宅|リモート|远程)
    | (?:t[ée]l[ée]travail|home\s?office|remote|remoto|teletrabajo|teletrabalho)[\s-]+(?:{_PART})\b
    | (?:\bin[\s-]?office\b|\bon[\s-]?site\b|\bremote\b|t[ée]l[ée]travail|home\s?office|\bin[\s-]person\b)\s*:?\s*{_DAYS}
    | {_DAYS}\s*(?:in\s+(?:the\s+)?office|on[\s-]?site|remote|home\s?office|t[ée]l[ée]travail|from\s+home|wfh)?
    | \bin[\s-]?office\s+(?:(?:mon|tue|wed|thu|fri|m|t|w|th|f)[a-z]*\b[,/&\s-]*){{2,}}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOT_REMOTE = re.compile(
    r"(?i)\b(?:no|not|non|kein|sin|pas de|nessun)[\s-]+(?:remote|home\s?office|t[ée]l[ée]travail|teletrabajo|wfh)\b(?:\s+(?:work|option)s?)?|\bremote not \w+"
)
_ONSITE = re.compile(
    r"""(?ix) \bon[\s-]?site(?:\s+only)?\b | \bin[\s-]office\b | \bin[\s-]person\b | \boffice[\s-]based\b | \bpresen[cz]ial(?:e|mente)?\b
    | \bvor[\s-]ort\b | \bsur\s+(?:site|place)\b | \bpr[ée]sentiel\b | \bin\s+sede\b | \bin\s+presenza\b | \bop\s+locatie\b | \bstacjonarn\w+
    | \bp[åa]\s+plats\b | \bв\s+офисе\b | \bofiste\b | 现场(?:办公)? | 坐班 | 出社 | 出勤 | 상주 | 사무실 근무""",
    re.VERBOSE,
)
_ANYWHERE = re.compile(
    r"(?i)\b(?:work(?:ing)?\s+from\s+)?any[\s-]?where(?:\s+in\s+the\s+world)?\b|\bworld[\s-]?wide\b|\bglobal(?:ly)?\b"
    r"|\ball\s+over\s+the\s+world\b|\bweltweit\b|\bmonde\s+entier\b|\btodo\s+el\s+mundo\b|\bmundial\b|全世界|全球|世界中"
)
_LOOSE_REMOTE = re.compile(r"(?i)\bdistributed\b(?:\s+team)?")
_REMOTE_RE = re.compile(_REMOTE, re.VERBOSE | re.IGNORECASE)

_EXCLUDED = re.compile(
    r"(?i)\b(?:excl(?:uding|udes?|\.)?|except(?:ing)?(?:\s+for)?|but\s+not|other\s+than|not\s+(?:available\s+)?in|outside(?:\s+of)?|ohne|außer|sauf|excepto|hors)\b[^;|)\n]*"
)
_MORE = re.compile(
    r"""(?ix) [,;&]?\s*(?:\band\b\s*)?\+?\s*\d+\s*(?:more|other|others|additional|weitere|autres|m[áa]s|further)\b(?:\s+(?:locations?|cities|places|offices|sites))?
    | \+\s*\d+\b | \b\d+\+?\s+(?:locations?|cities|offices|sites|standorte|countries|states)\b | \b(?:multiple|various|several|many|all|any|other)\s+(?:\w+\s+)?(?:locations?|cities|city|offices|sites|places)\b
    | \b(?:east|west)\s+coast\b | \bmid-?west\b | \bpacific\s+northwest\b | \bany\s+city\b | \bstate[\s-]?wide\b | \bnation[\s-]?wide\b""",
    re.VERBOSE,
)
_POSTCODE = re.compile(
    r"\b\d{5}(?:-\d[\d-]*(?:-?[A-Z]\b)?)?\b|\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|(?:UTC|GMT)\s?[+\u2212-]?\s?\d*(?::\d\d)?"
)
_LABEL = re.compile(
    r"(?i)^\W*(?:job\s+|work\s+|primary\s+)?(?:locations?|standort|lieu|ubicaci[óo]n|luogo|勤務地|地点)\s*[:：]?\s+(?=\S)"
)
_CUT_OFF = re.compile(r"[^,;|/()]*(?:\.\.\.|…)\s*$")
_TIMEZONES = re.compile(
    r"(?i)\b(?:[ecmp][sd]?t|eastern|central|pacific|mountain|cet|gmt|utc|us)\s+(?:standard\s+)?time[\s-]?zones?\b|\btime[\s-]?zones?\b"
)
_SOUTH_CENTRAL = re.compile(r"(?i)\b(central|north|south|latin)\s*(?:&|and|/|,|\+)\s*(central|south|north)\s+america\b")

# Most strings hold none of these; the others pay for the thorough look.
_WORTH_A_LOOK = re.compile(
    "(?i)remot|hybr|ibrid|hibrit|home|tele|virtual|wfh|site|office|person|presen|days?\\b|any|world|global|distrib|dist.n|vor.ort"
    "|sur.place|zdaln|uzaktan|smart|heim|mobil|jemme|hjemme|thuis|afstand|sede|locatie|stacjon|ofis|exc|not|other|ohne|hors|welt|mond|mund"
    "|zone|tage|jours|america|outside|sauf|távmunka|tavmunka|d.lku|acas"
)
_DIGIT_OR_MANY = re.compile(
    r"(?i)\d|multiple|various|several|many|\ball\b|\bany|other|wide|UTC|GMT|coast|midw|mid-w|northw"
)

# Scope words by folded name; a tuple names what the word stands for.
SCOPES: dict[str, tuple[str, ...]] = {
    "emea": ("EMEA",), "eu": ("EU",), "european union": ("EU",), "eea": ("EU",), "europe": ("Europe",), "europa": ("Europe",),
    "european": ("Europe",), "western europe": ("Europe",), "eastern europe": ("Europe",), "europaweit": ("Europe",),
    "latam": ("LATAM",), "latin america": ("LATAM",), "latinoamerica": ("LATAM",), "america latina": ("LATAM",),
    "apac": ("APAC",), "asia pacific": ("APAC",), "asia": ("APAC",), "apj": ("APAC",), "mena": ("MENA",), "middle east": ("MENA",),
    "north america": ("North America",), "northern america": ("North America",), "noram": ("North America",),
    "amerique du nord": ("North America",), "nordamerika": ("North America",), "namer": ("North America",),
    "central america": ("Central America",), "south america": ("South America",), "america del sur": ("South America",),
    "americas": ("North America", "Central America", "South America"), "the americas": ("North America", "Central America", "South America"),
    "amer": ("North America", "Central America", "South America"),
    "dach": ("DE", "AT", "CH"), "nordics": ("DK", "FI", "IS", "NO", "SE"), "benelux": ("BE", "NL", "LU"), "anz": ("AU", "NZ"),
    "uki": ("GB", "IE"), "iberia": ("ES", "PT"), "baltics": ("EE", "LV", "LT"), "欧洲": ("Europe",), "欧州": ("Europe",),
}  # fmt: skip
USUALLY_NOISE = frozenset(
    """office offices hq headquarters headquarter building bldg tower center centre floor campus suite store branch plant
    site facility hospital university college school airport station warehouse depot clinic mall shop lab labs remote
    district block unit room plaza various multiple location locations team inc ltd gmbh llc corp company group only
    hub region area metro virtual based tech business headoffice main downtown inactive global residents must reside
    operations within preferred select travel required candidates hours unavailable unknown other any central north south east west county
    tbd na none null home working job posting jobs external internal flexible field""".split()
)
STREETS = frozenset(
    """dr drive st street ave avenue av blvd boulevard rd road ln lane way hwy highway pkwy parkway ct court pl plaza sq
    square terrace ter cir circle pike mall loop turnpike trail expressway strasse straße str platz allee weg rue""".split()
)


def tidy(text: str) -> str:
    """One spelling of blanks, dashes and full-width forms, control characters gone; line breaks separate places."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("[\u3001\uff0f]", "/", text))
    text = re.sub(r"[\n\r\u2028\u2029]+", BREAK, text.strip())
    return re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ue000-\uf8ff]+", " ", text)


def mark(text: str) -> str:
    """`text` with phrases about the workplace as single marks and with noise (`+ 3 more`, postal codes) gone."""
    text = _CUT_OFF.sub("", _LABEL.sub("", text))
    if not text.isascii() or _WORTH_A_LOOK.search(text):
        text = _SOUTH_CENTRAL.sub(r"\1 america / \2 america", text)
        text = _EXCLUDED.sub(" ", text)
        text = _NOT_REMOTE.sub(ONSITE, text)
        text = _HYBRID.sub(HYBRID, text)
        text = _REMOTE_RE.sub(REMOTE, text)
        text = _ONSITE.sub(ONSITE, text)
        text = _ANYWHERE.sub(ANYWHERE, text)
        text = _LOOSE_REMOTE.sub(REMOTE if HYBRID not in text else " ", text)
        text = _TIMEZONES.sub(" ", text)
    if _DIGIT_OR_MANY.search(text):
        text = _POSTCODE.sub(" ", _MORE.sub(BREAK if "+" in text else " ", text))
    return text


def read_workplace(stated: str | None) -> Workplace | None:
    """A source's own workplace field in any spelling (`ON_SITE`, `Remote`, `hybrid`, `TELECOMMUTE`); None if unknown."""
    if not stated:
        return None
    marks = mark(tidy(stated.replace("_", " ")))
    if REMOTE in marks or ANYWHERE in marks:
        return "remote"
    if HYBRID in marks:
        return "hybrid"
    return "onsite" if ONSITE in marks or stated.strip().lower() in ("office", "in office") else None
