"""`make docs`: write what the docs say of configuration and licences from the model and the packages themselves."""

from __future__ import annotations

from pathlib import Path

from tools import licences

from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config.reference import reference, schema_text

DOCS = Path(__file__).parent.parent / "docs"

if __name__ == "__main__":
    (DOCS / "config.md").write_text(reference(), encoding="utf-8")
    (DOCS / "config.schema.json").write_text(schema_text(load_kinds()), encoding="utf-8")
    (DOCS / "licences.md").write_text(licences.page(), encoding="utf-8")
