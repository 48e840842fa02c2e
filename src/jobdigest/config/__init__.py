"""What config.yaml may say: the model whose defaults, limits and descriptions are the config reference.

Nothing here knows what a source kind, a role type or a template is called: the composition root checks those names
against the code that has them, with `SourceConfig.where` for the line. `file.py` reads the file, `edit.py` writes into
it, `reference.py` prints docs/config.md.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, field_validator

from jobdigest.config.base import Section, did_you_mean, parse_every, parse_rate
from jobdigest.config.edition import WEEKDAYS, Curation, Edition, Newsletter, Role, Schedule, Theme
from jobdigest.config.operation import Backups, Delivery, Dkim, Network, Notices, Retention, Smtp, Web
from jobdigest.errors import ConfigError

__all__ = [
    "SOURCE_KEYS",
    "WEEKDAYS",
    "Backups",
    "Config",
    "Curation",
    "Delivery",
    "Dkim",
    "Edition",
    "Network",
    "Newsletter",
    "Notices",
    "Retention",
    "Role",
    "Schedule",
    "Section",
    "Smtp",
    "SourceConfig",
    "Theme",
    "Web",
    "did_you_mean",
    "parse_every",
    "parse_rate",
]

SOURCE_KEYS = ("name", "company", "base_url", "enabled", "timeout", "every")


class SourceConfig(BaseModel):
    """One entry under `sources:`; `options` are the keys that only its kind knows, `where` is `file:line`."""

    model_config = ConfigDict(frozen=True)

    kind: str
    value: str | None = None
    name: str
    company: str | None = None
    base_url: str | None = None
    enabled: bool = True
    timeout: timedelta | None = None
    every: timedelta | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    where: str = "config"

    @field_validator("timeout", "every", mode="before")
    @classmethod
    def _span(cls, value: object) -> object:
        return value if value is None else parse_every(value)


class Config(Section):
    """All of config.yaml."""

    newsletter: Newsletter
    sources: tuple[SourceConfig, ...]
    database: str = Field("sqlite:///digest.db", description="sqlite:///file or postgresql://…")
    secret_key: SecretStr | None = Field(None, description="signs links; `${DIGEST_SECRET_KEY}`; a list rotates")
    secret_key_file: Path | None = Field(None, description="file with one key a line, the newest first")
    schedule: Schedule = Schedule()
    edition: Edition = Edition()
    roles: tuple[Role, ...] = ()
    curation: Curation = Curation()
    delivery: Delivery = Delivery()
    network: Network = Network()
    retention: Retention = Retention()
    web: Web = Web()
    backups: Backups = Field(Backups(), description="a folder, or the keys below")
    notices: Notices = Notices()

    _root: Path = PrivateAttr(default=Path())

    @field_validator("backups", mode="before")
    @classmethod
    def _folder_alone(cls, value: object) -> object:
        return {"folder": value} if isinstance(value, str) else value

    @property
    def root(self) -> Path:
        """The folder of config.yaml, which relative paths are relative to."""
        return self._root

    def path(self, path: Path | str) -> Path:
        """`path` made absolute from the folder of config.yaml."""
        return self._root / path

    def secret_keys(self) -> list[bytes]:
        """The signing keys, newest first; raises ConfigError where none is set."""
        if self.secret_key:
            return [self.secret_key.get_secret_value().encode()]
        if self.secret_key_file:
            path = self.path(self.secret_key_file)
            try:
                keys = [line.strip().encode() for line in path.read_text().splitlines() if line.strip()]
            except OSError as error:
                raise ConfigError([f"secret_key_file: {path}: {error.strerror}; `digest init` writes one"]) from None
            if keys:
                return keys
        raise ConfigError(["secret_key: not set; links in mails are signed with it (`digest init` writes a key file)"])
