"""All source kinds by name: the shipped ones and those that other packages add (entry points `jobdigest.kinds`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

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
    """Kind name → kind; raises ConfigError where a package's kind cannot be loaded or takes a name already in use.

    An entry point names a `Kind`, or a function without arguments that makes one.
    """
    found: dict[str, Kind] = {}
    for module in MODULES:
        found |= {kind.name: kind for kind in import_module(f"jobdigest.collect.sources.{module}").KINDS}
    for point in entry_points(group=GROUP):
        kind = _third_party(point.name, point.load)
        if kind.name in found:
            raise ConfigError([f"{GROUP}: {point.value}: the kind {kind.name!r} exists already"])
        found[kind.name] = kind
    return found


def _third_party(name: str, load: object) -> Kind:
    try:
        made = load() if callable(load) else load
        kind: Kind = made() if callable(made) and not hasattr(made, "fetch") else made  # type: ignore[assignment]
    except Exception as error:
        raise ConfigError([f"{GROUP}: {name}: cannot be loaded: {error!r}; reinstall or remove its package"]) from error
    if not callable(getattr(kind, "fetch", None)) or not getattr(kind, "name", None):
        raise ConfigError([f"{GROUP}: {name}: is not a source kind; see CONTRIBUTING.md"])
    return kind
