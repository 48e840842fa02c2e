"""Write the dry run: `index.html` to look at, `report.json` to script against, `messages/*.eml` as they would go."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jobdigest.compose.report import Sample, file_name
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.compose.words import BASE
from jobdigest.config import Config

_COHORTS_SHOWN = 15  # of each choice; report.json has them all
_TALLEST = 90  # pixels of the highest column
_DARK = "@media (prefers-color-scheme: dark)"


def write(
    out: Path, report: Mapping[str, Any], samples: Sequence[Sample], *, config: Config, templates: Templates
) -> Path:
    """Fill the folder `out` (made if need be, mails of an earlier run removed); returns the path of `index.html`.

    `report` is what `report.build` returned. Beside each .eml lie its bodies for the page: .html (light, whatever the
    browser prefers), .dark.html and .txt.
    """
    folder = out / "messages"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file() and old.suffix in (".eml", ".html", ".txt"):
            old.unlink()
    for sample in samples:
        name = file_name(sample.address)
        (folder / f"{name}.eml").write_bytes(sample.eml)
        _write(folder / f"{name}.html", sample.html.replace(_DARK, "@media not all"))
        _write(folder / f"{name}.dark.html", sample.html.replace(_DARK, "@media all"))
        _write(folder / f"{name}.txt", sample.text)
    _write(out / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    page = templates.render("preview.html.j2", _context(report, samples, config, templates))
    _write(out / "index.html", page)
    return out / "index.html"


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "replace"))  # not write_text: line ends stay as they are everywhere


def _context(
    report: Mapping[str, Any], samples: Sequence[Sample], config: Config, templates: Templates
) -> dict[str, Any]:
    groups = report["groups"]
    slot, mails = datetime.fromisoformat(report["slot"]), report["recipients"]["jobs_per_mail"]
    top = max([1, *(group["jobs"] for group in groups), *(group["four_week_average"] or 0 for group in groups)])
    return {
        "r": report,
        "due": templates.catalogues.words(BASE).instant(slot),
        "p": palette(config.newsletter.theme),
        "files": [file_name(sample.address) for sample in samples],
        "bars": [
            {
                "heading": group["heading"],
                "jobs": group["jobs"],
                "average": group["four_week_average"],
                "width": round(100 * group["jobs"] / top, 1),
                "mark": round(100 * group["four_week_average"] / top, 1) if group["four_week_average"] else None,
            }
            for group in groups
            if group["jobs"] or group["four_week_average"]
        ],
        "fullness": [
            {"jobs": jobs, "readers": readers, "height": max(1, round(_TALLEST * readers / max(mails.values())))}
            for jobs, readers in mails.items()
        ],
        "headings": {group["id"]: group["heading"] for group in groups},
        "cohorts_shown": _COHORTS_SHOWN,
        "inside": [job for job in report["jobs"] if job["in"]],
        "outside": [job for job in report["jobs"] if not job["in"]],
    }
