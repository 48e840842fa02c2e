"""The licences of what a production install brings, read from the packages; refuses what we may not ship with."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements-run.lock"
# Permissive ones, and weak copyleft that binds a library itself and not those who use it.
ACCEPTED = {
    *("MIT", "MIT-0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0", "Unlicense"),
    *("MPL-2.0", "LGPL-3.0-only"),
}
_CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}
HEAD = """\
# Licences

jobdigest is MIT. A production install brings these packages (`requirements-run.lock`); their licences are read from the
packages by `make docs`, and a test refuses any that is not permissive or a weak copyleft of its own files (LGPL, MPL).
Place names come from [GeoNames](https://www.geonames.org/) (CC BY 4.0).

| package | licence |
|---|---|
"""


def locked() -> list[str]:
    """Names of the packages in the lock of a production install."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)


def licence_of(package: Distribution) -> str:
    """The licence as an SPDX expression; `unknown` where the package does not say."""
    said = package.metadata
    text = said["License-Expression"] or (said["License"] or "").strip()
    if text in ACCEPTED or (" " in text and said["License-Expression"]):
        return text
    named = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    return next((_CLASSIFIERS[name] for name in named if name in _CLASSIFIERS), text or "unknown")


def accepted(licence: str) -> bool:
    """Whether we may ship with it: of `A OR B` one will do, of `A AND B` both must."""
    return all(any(part in ACCEPTED for part in both.split(" OR ")) for both in licence.split(" AND "))


def table() -> dict[str, str]:
    """Package → licence, of those installed here; a lock also names packages of other systems."""
    found = {}
    for name in locked():
        try:
            found[name] = licence_of(distribution(name))
        except PackageNotFoundError:
            continue
    return found


def page() -> str:
    """The text of docs/licences.md."""
    return HEAD + "".join(f"| {name} | {licence} |\n" for name, licence in table().items())
