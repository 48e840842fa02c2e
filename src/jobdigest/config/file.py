"""Read config.yaml → `Config`: every mistake at once, each as `file:line: key.path: what is wrong; did you mean …`.

The file is YAML 1.2 (so JSON too). `${NAME}` is replaced from the environment; relative paths are relative to the
file. A source's short form `- greenhouse: anthropic` and its long form become one `SourceConfig`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from jobdigest.config import SOURCE_KEYS, Config, SourceConfig, did_you_mean
from jobdigest.errors import ConfigError

_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
KeyPath = tuple[str | int, ...]


def load_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `path`; raises ConfigError with a line for every mistake in it."""
    return _Reader(path, environ).read()


class _Reader:
    """One reading of one file; collects the mistakes as it goes."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path = path
        self.environ = environ
        self.problems: list[tuple[int, str]] = []
        self.tree: CommentedMap = CommentedMap()

    def read(self) -> Config:
        self.tree = self._parse()
        plain = self._plain(self.tree, ())
        plain["sources"] = self._sources(plain.get("sources"))
        try:
            config = Config.model_validate(plain)
        except ValidationError as error:
            self._explain(error)
        if self.problems:
            raise ConfigError([text for _, text in sorted(self.problems, key=lambda problem: problem[0])])
        config._root = self.path.resolve().parent
        return config

    def _parse(self) -> CommentedMap:
        try:
            tree = YAML(typ="rt").load(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(
                [f"{self.path}: no such file; `digest init` writes one, --config names another"]
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"{self.path}: cannot be read: {error}"]) from None
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ConfigError([f"{self.path}:{line}: not YAML: {error.problem}"]) from None
        except YAMLError as error:
            raise ConfigError([f"{self.path}:1: not YAML: {error}"]) from None
        if not isinstance(tree, CommentedMap):
            raise ConfigError([f"{self.path}:1: expected `newsletter:` and `sources:`, found {_kind_of(tree)}"])
        return tree

    def _problem(self, keys: KeyPath, text: str) -> None:
        line = self.line(keys)
        self.problems.append((line, f"{self.path}:{line}: {_dotted(keys)}: {text}"))

    def line(self, keys: KeyPath) -> int:
        """The line of the deepest part of `keys` that stands in the file, from 1."""
        node: Any = self.tree
        line = 1
        for key in keys:
            if isinstance(node, CommentedMap) and key in node:
                line = node.lc.key(key)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
                line = node.lc.item(key)[0] + 1
            else:
                break
            node = node[key]
        return line

    def _plain(self, node: Any, keys: KeyPath) -> Any:
        """`node` without YAML's own types and with every `${NAME}` replaced."""
        if isinstance(node, Mapping):
            return {str(key): self._plain(value, (*keys, key)) for key, value in node.items()}
        if isinstance(node, list):
            return [self._plain(value, (*keys, index)) for index, value in enumerate(node)]
        if isinstance(node, str):
            return _SECRET.sub(lambda match: self._secret(match[1], keys), str(node))
        return node

    def _secret(self, name: str, keys: KeyPath) -> str:
        if name not in self.environ:
            self._problem(keys, f"${{{name}}} is not set in the environment; export {name}=… before running digest")
        return self.environ.get(name, "")

    def _sources(self, entries: Any) -> list[SourceConfig]:
        if entries is None:
            return []
        if not isinstance(entries, list):
            self._problem(("sources",), f"expected a list like `- greenhouse: anthropic`, found {_kind_of(entries)}")
            return []
        sources = [self._source(entry, index) for index, entry in enumerate(entries)]
        named: dict[str, int] = {}
        for index, source in enumerate(sources):
            if source and source.name in named:
                first = self.line(("sources", named[source.name]))
                self._problem(("sources", index), f"{source.name!r} stands in line {first} already; give one a `name:`")
            elif source:
                named[source.name] = index
        return [source for source in sources if source]

    def _source(self, entry: Any, index: int) -> SourceConfig | None:
        keys: KeyPath = ("sources", index)
        if isinstance(entry, str):
            entry = {entry: None}
        if not isinstance(entry, dict) or not entry:
            self._problem(keys, f"expected `- KIND: VALUE`, found {_kind_of(entry)}")
            return None
        kind, value = next(iter(entry.items()))
        options = dict(list(entry.items())[1:])
        if isinstance(value, dict):  # `- remoteok:` with the options indented under it
            options, value = {**value, **options}, None
        common = {key: options.pop(key) for key in SOURCE_KEYS if options.get(key) is not None}
        value = None if value is None else str(value)
        name = common.pop("name", None) or (f"{kind}:{value}" if value else kind)
        where = f"{self.path}:{self.line(keys)}"
        try:
            return SourceConfig(kind=kind, value=value, name=str(name), options=options, where=where, **common)
        except ValidationError as error:
            self._explain(error, keys)
            return None

    def _explain(self, error: ValidationError, under: KeyPath = ()) -> None:
        for mistake in error.errors():
            keys: KeyPath = (*under, *mistake["loc"])
            text = mistake["msg"].removeprefix("Value error, ")
            if mistake["type"] == "extra_forbidden":
                text = f"unknown key{did_you_mean(str(keys[-1]), _names_at(keys[:-1]))}"
            elif mistake["type"] == "missing":
                text = "missing; the newsletter cannot go out without it"
            elif not mistake["msg"].startswith("Value error"):
                text = f"{text[0].lower()}{text[1:]}, found {mistake['input']!r}"
            self._problem(keys, text)


def _names_at(keys: KeyPath) -> list[str]:
    """The keys that the model knows at a key path."""
    model: Any = Config
    for key in keys:
        if isinstance(key, int):
            continue
        field = next((f for n, f in model.model_fields.items() if key in (n, f.alias)), None)
        model = _section_in(field.annotation) if field else None
        if model is None:
            return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _section_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in getattr(annotation, "__args__", ()) if (found := _section_in(arg))), None)


def _dotted(keys: KeyPath) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".") or "config"


def _kind_of(value: Any) -> str:
    if value is None:
        return "nothing"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
