"""The documentation is true as far as a machine can tell: commands exist, configuration loads, links lead somewhere."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from jobdigest.app import App
from jobdigest.cli.commands import app as commands
from support.markdown import ROOT, Block, blocks, dead_links, spans

ALL = list(blocks())
SHELL = ("sh", "console")
MINIMAL = {
    "newsletter": {"name": "Test", "from": "jobs@example.com", "base_url": "https://jobs.example.com"},
    "secret_key": "a secret for tests only",
    "sources": [{"greenhouse": "anthropic"}],
}


def of(*languages: str) -> list[Block]:
    return [block for block in ALL if block.language in languages]


def commands_in(block: Block) -> Iterator[str]:
    """What a reader would type: what follows the prompt, or every line of a script; without comments and pipes."""
    for line in block.text.replace("\\\n", " ").splitlines():
        typed = line.strip().removeprefix("$ ")
        if block.language == "console" and not line.strip().startswith("$ "):
            continue
        yield re.sub(r"\s+([#|>]).*$", "", typed)


def refusal(line: str) -> str | None:
    """Why `digest …` would be refused before it does anything, else None. Words in capitals stand for something."""
    name, *words = shlex.split(line)
    command: Any = typer.main.get_command(commands)
    context = None
    try:
        while True:
            context = command.make_context(name, words, parent=context)
            rest = [*context._protected_args, *context.args]
            if not rest:
                return None
            name, command, words = command.resolve_command(context, rest)
    except typer.Exit:
        return None
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        return str(error.format_message())


@pytest.mark.parametrize(
    "wrong", ["digest sned", "digest send --aprove HASH", "digest jobs split ID", "digest sources add"]
)
def test_a_planted_wrong_command_is_found(wrong: str) -> None:
    assert refusal(wrong)


@pytest.mark.parametrize("block", of(*SHELL), ids=str)
def test_every_command_in_a_block_is_one(block: Block) -> None:
    typed = [line[line.index("digest ") :] for line in commands_in(block) if re.match(r"(\S*/)?digest ", line)]
    assert {line: why for line in typed if (why := refusal(line))} == {}


@pytest.mark.parametrize(("where", "span"), list(spans()))
def test_every_command_in_a_sentence_is_one(where: str, span: str) -> None:
    """A sentence may name a command or an option without what follows it."""
    why = refusal(re.sub(r"[{}\[\]…]", "", span))
    assert why is None or re.match(r"Missing argument|Option .* requires an argument", why), where


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_configuration_in_a_block_loads(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"\$\{(\w+)\}", block.text):
        monkeypatch.setenv(name, "a secret for tests only")
    written = YAML(typ="safe").load(block.text)
    assert isinstance(written, Mapping)
    path = tmp_path / "config.yaml"
    for folder in re.findall(r"templates: (\S+)", block.text):
        (tmp_path / folder).mkdir()
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(_over(MINIMAL, written), file)
    assert App.load(path).config.newsletter.name


def _over(base: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """`written` where it says something, `base` elsewhere."""
    both = {key: {**base[key], **written[key]} for key in base.keys() & written.keys() if isinstance(base[key], dict)}
    return {**base, **written, **both}


@pytest.mark.parametrize("block", of("json", "toml", "python"), ids=str)
def test_data_and_python_in_a_block_parse(block: Block) -> None:
    parse = {"json": json.loads, "toml": tomllib.loads, "python": ast.parse}[block.language]
    assert parse(block.text)


@pytest.mark.parametrize("block", of(""), ids=str)
def test_commands_and_configuration_say_what_they_are(block: Block) -> None:
    """Only drawings and output stand in blocks without a language, so that nothing escapes the tests above."""
    commands = r"(\$ |(\S*/)?digest [a-z]|make [a-z])"
    configuration = r"(newsletter|sources|delivery|edition|roles|web|schedule|network):"
    assert [line for line in block.text.splitlines() if re.match(f"{commands}|{configuration}", line)] == []


def test_links_lead_somewhere() -> None:
    assert list(dead_links()) == []


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in ROOT.glob("docs/*.md") if f"docs/{page.name}" not in readme] == []
