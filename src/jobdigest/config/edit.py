"""Write a source into config.yaml: one piece of text put in place, every other byte left as it is.

A `sources:` list in JSON style has no line to add; there the file is written anew by ruamel.yaml, comments kept.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from jobdigest.errors import ConfigError, UsageError

_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")  # YAML has no surrogates


def add_source(path: Path, kind: str, value: str | None, options: Mapping[str, str] | None = None) -> str:
    """Add `- kind: value` with `options` to the sources in `path`; gives the text that was added.

    Raises UsageError where the same source is there already, ConfigError where the file cannot be read or written.
    """
    path = path.resolve()
    try:
        text = path.read_bytes().decode()
        tree = _parse(text)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ConfigError([f"{path}: cannot be read: {error}"]) from None
    if not isinstance(tree, CommentedMap):
        raise ConfigError([f"{path}:1: expected `newsletter:` and `sources:`"])
    entry: dict[str, Any] = {kind: value, **(options or {})}
    listed = tree.get("sources")
    _refuse_twin(path, listed, kind, value)
    lines = _entry_lines(entry)
    wanted = [*(listed or []), *_parse("\n".join(lines))]
    edited = _with_entry(text, tree, lines)
    if edited is None or _plain_sources(edited) != wanted:
        edited = _rewritten(tree, entry)
    _replace(path, edited)
    return "\n".join(lines)


def _refuse_twin(path: Path, listed: Any, kind: str, value: str | None) -> None:
    for index, entry in enumerate(listed or []):
        twin = entry == kind if value is None else isinstance(entry, dict) and str(entry.get(kind)) == value
        if twin:
            line = listed.lc.item(index)[0] + 1
            raise UsageError(f"{path}:{line} has `{kind}{f': {value}' if value else ''}` already")


def _entry_lines(entry: Mapping[str, Any]) -> list[str]:
    """The entry as block YAML, its dash in the first column."""
    (kind, value), *options = entry.items()
    if value is None:
        head = f"- {kind}:" if options else f"- {kind}"
        return [head, *(f"    {name}: {_scalar(one)}" for name, one in options)]
    return [f"- {kind}: {_scalar(value)}", *(f"  {name}: {_scalar(one)}" for name, one in options)]


def _scalar(value: str) -> str:
    """`value` plain where YAML reads it back as the same text, else in double quotes."""
    try:
        plain = _parse(f"x: {value}")
        if value.isascii() and "\n" not in value and plain == {"x": value} and isinstance(plain["x"], str):
            return value
    except YAMLError:
        pass
    return _PAIR.sub(lambda pair: f"\\U{ord(json.loads(f'{chr(34)}{pair[0]}{chr(34)}')):08x}", json.dumps(value))


def _with_entry(text: str, tree: CommentedMap, entry: list[str]) -> str | None:
    """`text` with the entry as its last source, or None where there is no block list to add to."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    listed = tree.get("sources")
    if "sources" not in tree:
        return _joined([*lines, "sources:", *(f"  {line}" for line in entry)], newline)
    key_line = tree.lc.key("sources")[0]
    if listed is None:
        return _joined([*lines[: key_line + 1], *(f"  {line}" for line in entry), *lines[key_line + 1 :]], newline)
    if not isinstance(listed, CommentedSeq) or listed.fa.flow_style() or not listed:
        return None
    last_line = listed.lc.item(len(listed) - 1)[0]
    indent = lines[last_line][: lines[last_line].find("-")]
    at = _end_of_block(lines, last_line, len(indent))
    return _joined([*lines[:at], *(indent + line for line in entry), *lines[at:]], newline)


def _end_of_block(lines: list[str], start: int, indent: int) -> int:
    """The line after the last one that belongs to the entry starting at `start`; comments after it stay after it."""
    end = start + 1
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        if len(line) - len(line.lstrip(" ")) <= indent:
            break
        end = number + 1
    return end


def _joined(lines: list[str], newline: str) -> str:
    return "".join(line if line.endswith("\n") else line + newline for line in lines)


def _rewritten(tree: CommentedMap, entry: Mapping[str, Any]) -> str:
    if tree.get("sources") is None:
        tree["sources"] = CommentedSeq()
    tree["sources"].append(next(iter(entry)) if tuple(entry.values()) == (None,) else dict(entry))
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def _plain_sources(text: str) -> Any:
    try:
        return list(_parse(text)["sources"])
    except (YAMLError, KeyError, TypeError):
        return None


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    return yaml


def _parse(text: str) -> Any:
    return _yaml().load(text)


def _replace(path: Path, text: str) -> None:
    """Write all of it or nothing."""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(file.name, path.stat().st_mode & 0o7777)
        os.replace(file.name, path)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from None
