"""Quality figures on labelled files: `digest eval FILE…` and `make eval`.

    FILE… ──kind of its rows──► judge every row ──► Section: figures, a confusion matrix, the misses ──► text or JSON

A file's kind is told by its fields, not its name; docs/quality.md gives the fields, the conventions and what the
figures do not show. The judges are passed in as `Judges`, so that the engine itself can be tested.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from jobdigest.curate.gazetteer import fold
from jobdigest.errors import UsageError
from jobdigest.model import Place, Salary, Where

Row = dict[str, Any]
MISSES_SHOWN = 40
DEFAULT_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """The parts under test, as plain functions of a row's values."""

    role: Callable[[Row], str]  # "out" or a role type
    same_job: Callable[[Row, Row], bool]
    salary: Callable[[str], Salary | None]
    where: Callable[[str], Where]
    day: Callable[[str, datetime], date | None]
    liveness: Callable[[Row, datetime], str]
    suspect: Callable[[Row], Sequence[str]]


@dataclass(slots=True)
class Section:
    """The result on one part: `figures` are shares of 1 or counts, `misses` a line each."""

    kind: str
    rows: int
    figures: dict[str, float] = field(default_factory=dict)
    types: dict[str, dict[str, float]] = field(default_factory=dict)
    confusion: dict[str, dict[str, int]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """All sections of one run."""

    sections: list[Section]

    def as_json(self) -> str:
        """One JSON line for each section."""
        return "\n".join(json.dumps(_as_dict(section), ensure_ascii=False) for section in self.sections)

    def as_text(self) -> str:
        """Figures, the confusion matrix of role types and the misses, for a terminal."""
        return "\n\n".join("\n".join(_lines(section)) for section in self.sections)


def default_judges() -> Judges:
    """The product's own judging parts; imported here because an operator's `--help` needs none of them."""
    from jobdigest.curate import dates, dedupe, liveness, place, roles, safety, salary

    def role(row: Row) -> str:
        keys = ("company", "team", "location")
        verdict = roles.classify(row["title"], text=row.get("description") or "", **{key: row.get(key) for key in keys})
        return verdict.role_type or "other-ai" if verdict.in_scope else "out"

    def facts(row: Row) -> dedupe.Facts:
        return dedupe.facts(row["title"], row.get("company"), row.get("locations") or (), row.get("salary"))

    def look(row: Row, now: datetime) -> str:
        url = row.get("url")
        return str(liveness.read_page(row["html"], row["status"], url, row.get("final_url") or url, now).liveness)

    def suspect(row: Row) -> Sequence[str]:
        description = row.get("description") or ""
        pay = row.get("salary") or None
        title, company, url = row["title"], row.get("company"), row.get("url")
        return safety.assess(title=title, company=company, url=url, salary=pay, description=description)

    return Judges(
        role=role,
        same_job=lambda a, b: dedupe.same_job(facts(a), facts(b)),
        salary=salary.read_salary,
        where=lambda text: place.read_where([text]),
        day=dates.read_date,
        liveness=look,
        suspect=suspect,
    )


def evaluate(files: Sequence[Path], judges: Judges) -> Report:
    """Judges every row of the labelled files, files of one kind together.

    Raises UsageError, with file and line, for a file that cannot be read or whose rows have no known labels.
    """
    rows: dict[str, list[Row]] = {}
    for path in files:
        for number, row in _read(path):
            rows.setdefault(_kind(row, f"{path}:{number}"), []).append(row)
    return Report([_EVALUATORS[kind](found, judges) for kind, found in sorted(rows.items(), key=_by_order)])


def main(paths: Sequence[Path], as_json: bool) -> int:
    """`digest eval`: prints the report for the files, or for those of `../shared/data`; the exit code."""
    files = list(paths) or default_files()
    report = evaluate(files, default_judges())
    sys.stdout.write((report.as_json() if as_json else report.as_text()) + "\n")
    return 0


def default_files() -> list[Path]:
    """The labelled files beside the project; UsageError if there are none."""
    for root in (Path.cwd(), *Path(__file__).resolve().parents):
        found = sorted((root.parent / "shared" / "data").glob("*.dev.jsonl"))
        if found:
            return found
    raise UsageError("no labelled files: there is no ../shared/data beside the project; name the files")


def _read(path: Path) -> Iterable[tuple[int, Row]]:
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); name a JSON-lines file in UTF-8") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}:{number}: not JSON ({error}); write one object a line") from error
        if not isinstance(row, dict):
            raise UsageError(f"{path}:{number}: not an object; write one object a line")
        yield number, row


def _kind(row: Row, where: str) -> str:
    expect = row.get("expect")
    if "fraudulent" in row:
        return "emscad"
    if "a" in row and "b" in row and "label" in row:
        return "pairs"
    if "html" in row and expect:
        return "expiry"
    if isinstance(expect, dict) and "text" in row:
        for key, kind in (("currency", "salary"), ("places", "location"), ("date", "date")):
            if key in expect:
                return kind
    if expect in ("scam", "ok") and "title" in row:
        return "scam"
    if "label" in row and "title" in row:
        return "roles"
    raise UsageError(f"{where}: no known labels; docs/quality.md lists the fields of each kind of file")


# ── scores ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Score(NamedTuple):
    """Hits and misses of one yes-or-no question."""

    true: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        return _share(self.true, self.true + self.false)

    @property
    def recall(self) -> float:
        return _share(self.true, self.true + self.missed)

    @property
    def f1(self) -> float:
        return _share(2 * self.true, 2 * self.true + self.false + self.missed)


def score(pairs: Iterable[tuple[bool, bool]]) -> Score:
    """Counts (expected, got) pairs."""
    counts = Counter(pairs)
    return Score(counts[True, True], counts[False, True], counts[True, False])


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _roles(rows: list[Row], judges: Judges) -> Section:
    """Scope on the real sets, role types on all: "rare" rows are written ones, for types that are rare."""
    judged = [(row, row["label"], judges.role(row)) for row in rows]
    real = [(label, got) for row, label, got in judged if row.get("set") != "rare"]
    scope = score((label != "out", got != "out") for label, got in real)
    outside = [got for label, got in real if label == "out"]
    section = Section("roles", len(rows))
    section.types = {
        name: _type_figures(name, [(label, got) for _, label, got in judged])
        for name in sorted({label for _, label, _ in judged} - {"out"})
    }
    scores = [figures["f1"] for figures in section.types.values()]
    section.figures = {
        "scope F1": scope.f1,
        "scope precision": scope.precision,
        "scope recall": scope.recall,
        "out-of-scope shown": _share(sum(got != "out" for got in outside), len(outside)) if outside else 0.0,
        "role macro-F1": _share(sum(scores), len(scores)),
        "role accuracy in scope": _share(
            sum(a == b for _, a, b in judged if a != "out"), sum(a != "out" for _, a, _ in judged)
        ),
    }
    for row, label, got in judged:
        cells = section.confusion.setdefault(label, {})
        cells[got] = cells.get(got, 0) + 1
        if label != got:
            section.misses.append(f"{label} → {got}: {row['title']} ({row.get('company') or '-'})")
    return section


def _type_figures(name: str, labels: Sequence[tuple[str, str]]) -> dict[str, float]:
    one = score((label == name, got == name) for label, got in labels)
    return {"f1": one.f1, "precision": one.precision, "recall": one.recall, "rows": one.true + one.missed}


def _pairs(rows: list[Row], judges: Judges) -> Section:
    judged = [(row, row["label"] == "one", judges.same_job(row["a"], row["b"])) for row in rows]
    total = score((expected, got) for _, expected, got in judged)
    section = Section("pairs", len(rows), {"precision": total.precision, "recall": total.recall, "F1": total.f1})
    for row, expected, got in judged:
        if expected != got:
            a, b = row["a"], row["b"]
            section.misses.append(f"{'missed' if expected else 'wrong'}: {a['title']} | {b['title']} ({a['company']})")
    return section


def _salary(rows: list[Row], judges: Judges) -> Section:
    section = Section("salary", len(rows))
    invented = right = 0
    for row in rows:
        expected = Salary(*(row["expect"].get(key) for key in Salary._fields))
        got = judges.salary(row["text"]) or Salary(None, None, None, None)
        right += got == expected
        invented += expected == (None,) * 4 and got != expected
        if got != expected:
            section.misses.append(f"{row['text'][:120]!r}: expected {tuple(expected)}, got {tuple(got)}")
    section.figures = {"exact": _share(right, len(rows)), "invented": invented}
    return section


def _location(rows: list[Row], judges: Judges) -> Section:
    section = Section("location", len(rows))
    right: Counter[str] = Counter()
    for row in rows:
        expect, got = row["expect"], judges.where(row["text"])
        same = {
            "places exact": _places(Place(**place) for place in expect["places"]) == _places(got.places),
            "workplace": expect["workplace"] == got.workplace,
            "remote scope": set(expect["remote_scope"] or ()) == set(got.remote_scope or ()),
        }
        right.update({name: int(equal) for name, equal in same.items()})
        wrong = [name for name, equal in same.items() if not equal]
        if wrong:
            shown = [tuple(place) for place in got.places], got.workplace, got.remote_scope
            section.misses.append(f"{row['text'][:120]!r} ({', '.join(wrong)}): expected {expect}, got {shown}")
    section.figures = {name: _share(right[name], len(rows)) for name in ("places exact", "workplace", "remote scope")}
    return section


def _places(places: Iterable[Place]) -> set[tuple[str, str | None, str | None]]:
    return {(fold(place.city or ""), place.region, place.country) for place in places}


def _date(rows: list[Row], judges: Judges) -> Section:
    section = Section("date", len(rows))
    right = 0
    for row in rows:
        got = judges.day(row["text"], _now(row))
        shown = got.isoformat() if got else None
        right += shown == row["expect"]["date"]
        if shown != row["expect"]["date"]:
            section.misses.append(f"{row['text'][:80]!r}: expected {row['expect']['date']}, got {shown}")
    section.figures = {"exact": _share(right, len(rows))}
    return section


def _now(row: Row) -> datetime:
    return datetime.fromisoformat(row["now"]) if row.get("now") else DEFAULT_NOW


def _expiry(rows: list[Row], judges: Judges) -> Section:
    judged = [(row, row["expect"], judges.liveness(row, _now(row))) for row in rows]
    cells = Counter((expected, got) for _, expected, got in judged)
    section = Section("expiry", len(rows))
    for state in ("expired", "live", "unknown"):
        section.confusion[state] = {other: cells[state, other] for other in ("expired", "live", "unknown")}
    total = {state: sum(found.values()) for state, found in section.confusion.items()}
    section.figures = {
        "closed found": _share(cells["expired", "expired"], total["expired"]),
        "live called closed": cells["live", "expired"],
        "live called live": _share(cells["live", "live"], total["live"]),
        "blocked called unknown": _share(cells["unknown", "unknown"], total["unknown"]),
    }
    for row, expected, got in judged:
        if expected != got:
            section.misses.append(f"{expected} → {got} (HTTP {row['status']}): {row['html'][:160]}")
    return section


def _scam(rows: list[Row], judges: Judges) -> Section:
    return _suspects("scam", rows, judges, lambda row: row["expect"] == "scam")


def _emscad(rows: list[Row], judges: Judges) -> Section:
    return _suspects("emscad", rows, judges, lambda row: str(row["fraudulent"]) in ("1", "t", "True"))


def _suspects(kind: str, rows: list[Row], judges: Judges, is_scam: Callable[[Row], bool]) -> Section:
    judged = [(row, is_scam(row), tuple(judges.suspect(row))) for row in rows]
    total = score((expected, bool(reasons)) for _, expected, reasons in judged)
    section = Section(kind, len(rows), {"precision": total.precision, "recall": total.recall, "F1": total.f1})
    for row, expected, reasons in judged:
        if expected != bool(reasons):
            told = "; ".join(reasons) or "no reason found"
            section.misses.append(f"{'missed' if expected else 'wrong'}: {row['title']} ({told})")
    return section


_EVALUATORS: dict[str, Callable[[list[Row], Judges], Section]] = {
    "roles": _roles,
    "pairs": _pairs,
    "salary": _salary,
    "location": _location,
    "date": _date,
    "expiry": _expiry,
    "scam": _scam,
    "emscad": _emscad,
}


def _by_order(item: tuple[str, list[Row]]) -> int:
    return list(_EVALUATORS).index(item[0])


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _as_dict(section: Section) -> dict[str, Any]:
    return {
        "kind": section.kind,
        "rows": section.rows,
        "figures": {name: round(value, 4) for name, value in section.figures.items()},
        "types": {name: {key: round(value, 4) for key, value in row.items()} for name, row in section.types.items()},
        "confusion": section.confusion,
        "misses": section.misses,
    }


def _lines(section: Section) -> list[str]:
    lines = [f"{section.kind}: {section.rows} rows"]
    lines += [f"  {name:<24} {_number(value)}" for name, value in section.figures.items()]
    if section.types:
        lines.append(f"  {'role type':<24} {'F1':>6} {'prec.':>6} {'recall':>6} {'rows':>5}")
        for name, row in section.types.items():
            lines.append(
                f"  {name:<24} {row['f1']:6.3f} {row['precision']:6.3f} {row['recall']:6.3f} {row['rows']:5.0f}"
            )
    if section.confusion:
        lines += _matrix(section.confusion)
    if section.misses:
        lines.append(f"  misses ({len(section.misses)}):")
        lines += [f"    {miss}" for miss in section.misses[:MISSES_SHOWN]]
        if len(section.misses) > MISSES_SHOWN:
            lines.append(f"    … {len(section.misses) - MISSES_SHOWN} more with --json")
    return lines


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _matrix(confusion: dict[str, dict[str, int]]) -> list[str]:
    """Rows are labels, columns what was said, headed by the first letters; dots for zero."""
    columns = sorted({got for row in confusion.values() for got in row} | set(confusion))
    lines = ["  confusion (rows: label, columns: judged)", " " * 21 + "".join(f"{name[:6]:>7}" for name in columns)]
    for label in sorted(confusion):
        cells = "".join(f"{confusion[label].get(name) or '·':>7}" for name in columns)
        lines.append(f"  {label:<19}{cells}")
    return lines
