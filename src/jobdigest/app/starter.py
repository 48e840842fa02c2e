"""`digest init`: a commented config.yaml and a key file, from five answers."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from jobdigest.errors import UsageError

_TEMPLATE = """\
# jobdigest: what `digest` collects and sends. Every key is explained in docs/config.md.
# yaml-language-server: $schema=docs/config.schema.json
newsletter:
  name: {name}
  from: {sender}
  postal_address: ""             # printed in every mail; many laws ask for it
  base_url: http://127.0.0.1:8000   # the public https address of `digest web`

secret_key_file: digest.key      # signs links; keep it, it is what makes every sent unsubscribe link work

schedule:
  timezone: {timezone}
  send: {send}
  collect: every 6h

sources:
  - greenhouse: anthropic
  - ashby: openai
  - lever: palantir

delivery:
{delivery}
"""
_SMTP = """\
  smtp:
    host: {host}
    port: 587
    tls: starttls
    # username: jobs@example.com
    # password: ${{SMTP_PASSWORD}}  # export it; secrets never stand in this file"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The five answers."""

    name: str
    sender: str
    timezone: str
    send: str
    smtp_host: str


def write_starter(directory: Path, answers: Answers) -> list[Path]:
    """Write config.yaml and digest.key; raises UsageError rather than overwrite, or where an answer is wrong."""
    import json

    from jobdigest.config.file import load_config

    config, key = directory / "config.yaml", directory / "digest.key"
    for path in (config, key):
        if path.exists():
            raise UsageError(f"{path} is there already; `digest init` overwrites nothing")
    delivery = _SMTP.format(host=json.dumps(answers.smtp_host)) if answers.smtp_host else "  file: out/mail"
    sender = answers.sender if "<" in answers.sender else f"{answers.name} <{answers.sender}>"
    text = _TEMPLATE.format(
        name=json.dumps(answers.name, ensure_ascii=False),
        sender=json.dumps(sender, ensure_ascii=False),
        timezone=json.dumps(answers.timezone),
        send=json.dumps(answers.send),
        delivery=delivery,
    )
    directory.mkdir(parents=True, exist_ok=True)
    config.write_text(text, encoding="utf-8")
    try:
        load_config(config)
    except UsageError:
        config.unlink()
        raise
    _write_secret(key, secrets.token_urlsafe(32))
    return [config, key]


def _write_secret(path: Path, secret: str) -> None:
    """Only the owner may read it, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{secret}\n")
