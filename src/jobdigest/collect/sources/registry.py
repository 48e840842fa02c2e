"""All source kinds by name: the shipped ones and those that other packages add (entry points `jobdigest.kinds`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from jobdigest.collect.sources.base import Kind
from jobdigest.errors import ConfigError

GROUP = "jobdigest.kinds"
MODULES = (
    "boards",
    "aggregators",
    "detailed",
    "workday",
    "pages",
    "rss",
    "hackernews",
    "xmlboards",
    "xmlfeeds",
    "files",
)


@cache
def load_kinds() -> dict[str, Kind]:
    """Kind name → kind; raises ConfigError where a package's kind cannot be loaded or takes a name already in use."""
    found: dict[str, Kind] = {}
    for module in MODULES:
        found |= {kind.name: kind for kind in import_module(f"jobdigest.collect.sources.{module}").KINDS}
    for point in entry_points(group=GROUP):
        kind = _third_party(point)
        if kind.name in found:
            raise ConfigError([f"{GROUP}: {point.value}: the kind {kind.name!r} exists already"])
        found[kind.name] = kind
    return found


def _third_party(point: EntryPoint) -> Kind:
    """The `Kind` that an entry point names, or that the class or function it names makes."""
    try:
        made = point.load()
        kind = made() if isinstance(made, type) or not hasattr(made, "fetch") else made
    except Exception as error:
        fix = "reinstall or remove its package"
        raise ConfigError([f"{GROUP}: {point.name}: cannot be loaded: {error!r}; {fix}"]) from error
    if not callable(getattr(kind, "fetch", None)) or not isinstance(getattr(kind, "name", None), str):
        raise ConfigError([f"{GROUP}: {point.name}: is not a source kind; see CONTRIBUTING.md"])
    return cast(Kind, kind)
