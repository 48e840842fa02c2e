"""The configuration explained by itself: a JSON Schema for editors and a reference, both made from the model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from jobdigest.config import SOURCE_KEYS, Config, SourceConfig

HEAD = """\
# Configuration

Everything stands in one file, `config.yaml` (YAML 1.2, so JSON works too). `digest check` names every mistake in it
with file, line and key. Spans of time are written `6h`, `90m`, `2d`; paths are relative to the file; `${NAME}` is taken
from the environment, which is where secrets belong. This page is made from the program's own model (`make docs`).

"""


def schema(kinds: Iterable[str]) -> dict[str, Any]:
    """A JSON Schema (2020-12) of config.yaml, for completion and checking in editors."""
    made = Config.model_json_schema(by_alias=True)
    span = {"type": "string", "pattern": r"^(every\s+)?\d+\s*(s|m|h|d|w)$"}
    _replace(made, {"type": "string", "format": "duration"}, span)
    common: dict[str, Any] = {key: {} for key in SOURCE_KEYS}
    one_kind = [
        {"type": "object", "required": [kind], "properties": {kind: {"type": ["string", "object", "null"]}, **common}}
        for kind in sorted(kinds)
    ]
    entry = {"anyOf": [{"type": "string", "enum": sorted(kinds)}, *one_kind]}
    made["properties"]["sources"] = {"type": "array", "items": entry, "minItems": 1}
    made["$defs"].pop("SourceConfig", None)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "jobdigest config.yaml"
    return made


def _replace(node: Any, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Spans are written as `6h`, not as ISO durations."""
    if isinstance(node, dict):
        if all(node.get(key) == value for key, value in old.items()):
            default = node.get("default")
            node.clear()
            node.update(new if default is None else {**new, "default": default})
        for value in node.values():
            _replace(value, old, new)
    elif isinstance(node, list):
        for value in node:
            _replace(value, old, new)


def schema_text(kinds: Iterable[str]) -> str:
    """The schema as it is committed."""
    return json.dumps(schema(kinds), indent=1, sort_keys=True) + "\n"


def reference() -> str:
    """docs/config.md."""
    return HEAD + "\n".join(_section(Config, "")) + "\n"


def _section(model: type[BaseModel], path: str) -> Iterator[str]:
    deeper = []
    yield f"## {path or 'Top level'}\n"
    if model.__doc__:
        yield f"{model.__doc__.strip()}\n"
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner = _model_in(field.annotation)
        if inner is SourceConfig:
            yield f"| `{key}` | required | where postings come from: `- KIND: VALUE`; see [kinds.md](kinds.md) |"
        elif inner:
            deeper.append((inner, f"{path}.{key}".lstrip(".")))
            yield f"| `{key}` | | see [{path}.{key}](#{f'{path}{key}'.replace('.', '')}) |".replace("[.", "[")
        else:
            yield f"| `{key}` | {_default(field)} | {(field.description or '').replace('|', chr(92) + '|')} |"
    yield ""
    for inner, where in deeper:
        yield from _section(inner, where)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "required"
    if value is None or value in ((), {}):
        return ""
    return f"`{_span(value) if isinstance(value, timedelta) else value}`"


def _span(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    units = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    return next(f"{seconds // size}{unit}" for unit, size in units if seconds % size == 0)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in getattr(annotation, "__args__", ()) if (found := _model_in(arg))), None)
