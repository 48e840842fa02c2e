"""The `digest` command as an operator types it: a process of its own, words in, words out."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from support import forking

CONFIG = """\
newsletter:
  name: Test Weekly
  from: Test Weekly <jobs@example.com>
  postal_address: 1 Test Street
  base_url: https://jobs.example.com
secret_key: a secret for tests only
schedule: {{timezone: Europe/London, send: "tue 09:00"}}
sources:
{sources}
edition: {{min_jobs: 1}}
delivery: {{file: mail}}
network: {{allow_private: true}}
"""


class Operator:
    """Somebody in a folder with a config.yaml."""

    def __init__(
        self, folder: Path, sources: str = "  - jsonl: postings.jsonl", database: str | None = None, **environ: str
    ) -> None:
        self.folder = folder
        self.environ = os.environ | environ
        self.run = forking.anew if "PYTHONPATH" in environ else forking.run
        self.config = folder / "config.yaml"
        text = CONFIG.format(sources=sources) + (f'database: "{database}"\n' if database else "")
        self.config.write_text(text, encoding="utf-8")

    def write(self, name: str, *rows: dict[str, Any]) -> None:
        """A file of JSON lines."""
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (self.folder / name).write_text(text, encoding="utf-8")

    def types(self, *words: str, exit_code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a command; its exit code must be `exit_code` unless that is None."""
        done = self.run(["--config", str(self.config), *words], self.folder, self.environ, timeout=120)
        if exit_code is not None:
            assert done.returncode == exit_code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """Run a command with --json; its lines as objects."""
        return [json.loads(line) for line in self.types(*words, "--json").stdout.split("\n") if line]
