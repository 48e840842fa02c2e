"""The house rules, checked on every import of `src/`, and proven to bite on planted wrong ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "jobdigest"
STAGES = ("collect", "curate", "compose", "deliver", "subscribers")
DOORS = ("cli", "web", "schedule")
ONLY = {  # library → the places that may import it
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "procrastinate": ("work", "store", "engine"),
    "httpx": ("collect.http", "collect.transport"),
    "httpcore": ("collect",),
    "smtplib": ("deliver",),
    "starlette": ("web",),
    "uvicorn": ("web",),
    "prometheus_client": ("web",),
    "typer": ("cli",),
    "apscheduler": ("schedule",),
    "mjml": ("compose",),
}  # typing-only imports count too
SHARED_BY_STAGES = ("jobdigest.subscribers.tokens",)  # links are part of a message
STORE_MAY_USE = ("curate.merge", "curate.state", "compose.money")  # pure judging over rows; no stage of its own


def imports_of(text: str) -> Iterator[str]:
    """Every module a source text imports, anywhere in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong_imports(module: str, text: str) -> list[str]:
    """What `module` (dotted, below jobdigest) imports against the rules."""
    part = module.split(".")[0]
    return [f"{module} imports {name}: {why}" for name in imports_of(text) if (why := _why_wrong(module, part, name))]


def _why_wrong(module: str, part: str, name: str) -> str | None:
    library = name.split(".")[0]
    if library in ONLY and not any(module == place or module.startswith(f"{place}.") for place in ONLY[library]):
        return f"only {', '.join(ONLY[library])} may"
    if not name.startswith("jobdigest."):
        return None
    target = name.removeprefix("jobdigest.")
    other = target.split(".")[0]
    if other in DOORS and part not in (*DOORS, "__main__"):
        return "nothing imports a door"
    if part in STAGES and other in STAGES and other != part and not name.startswith(SHARED_BY_STAGES):
        return "stages do not import each other"
    if part in STAGES and other in ("store", "app", "work"):
        return "stages do not know the store or who wires them"
    if part == "store" and other in (*STAGES, "app", "work") and not target.startswith(STORE_MAY_USE):
        return "the store knows values, not stages"
    if module.startswith("collect.sources.") and target.startswith("collect.sources."):
        return _adapter_rule(module, target)
    return None


def _adapter_rule(module: str, target: str) -> str | None:
    """Adapters share `base` and helper modules named with a leading underscore; only the registry knows them all."""
    neighbour = target.split(".")[2]
    shared = neighbour == "base" or neighbour.startswith("_")
    return None if shared or module.endswith((".registry", f".{neighbour}")) else "adapters do not import each other"


def modules() -> Iterator[tuple[str, str]]:
    for path in sorted(SRC.rglob("*.py")):
        dotted = ".".join(path.relative_to(SRC).with_suffix("").parts)
        yield dotted.removesuffix(".__init__"), path.read_text(encoding="utf-8")


def test_every_import_keeps_the_house_rules() -> None:
    assert [line for module, text in modules() for line in wrong_imports(module, text)] == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("curate.roles", "import sqlalchemy"),
        ("compose.render", "from jobdigest.curate import place"),
        ("store.jobs", "from jobdigest.compose.select import choose"),
        ("app", "from jobdigest.web import pages"),
        ("collect.run", "def late():\n    import httpx"),
        ("collect.sources.lever", "from jobdigest.collect.sources import ashby"),
        ("deliver.send", "from jobdigest.store import ledger"),
    ],
)
def test_a_planted_wrong_import_is_found(module: str, text: str) -> None:
    assert wrong_imports(module, text)
