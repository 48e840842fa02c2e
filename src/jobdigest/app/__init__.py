"""The composition root: a loaded configuration with everything that it stands for, opened when first asked for.

Beside this file stand the use cases that the doors call, each a short path through the stages and the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jobdigest.config import Config, SourceConfig, did_you_mean
from jobdigest.config.file import load_config
from jobdigest.errors import ConfigError, UsageError
from jobdigest.subscribers.tokens import Keys

if TYPE_CHECKING:
    from jobdigest.collect.sources.base import Kind
    from jobdigest.curate.judge import Rules
    from jobdigest.curate.roles import RoleRules
    from jobdigest.store import Store

FILE_KINDS = ("jsonl", "json", "csv")


@cache
def _judging() -> str:
    """Names the code and tables that judge: where they change, every posting is judged again at its next poll."""
    folder = files("jobdigest") / "curate"
    parts = [*folder.iterdir(), *(folder / "data").iterdir()]
    texts = (part.read_bytes() for part in sorted(parts, key=lambda part: part.name) if part.is_file())
    return blake2b(b"".join(texts), digest_size=16).hexdigest()


class App:
    """One configuration and what it opens."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @classmethod
    def load(cls, path: Path) -> App:
        """The application configured in `path`; raises ConfigError with every mistake."""
        app = cls(load_config(path))
        app.check_sources()
        return app

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Every source kind by name, third parties' included."""
        from jobdigest.collect.sources.registry import load_kinds

        return load_kinds()

    @cached_property
    def roles(self) -> RoleRules:
        """The role types with the operator's changes."""
        from jobdigest.curate.roles import RoleRules

        return RoleRules.from_config(self.config.roles)

    @property
    def role_ids(self) -> tuple[str, ...]:
        """Ids of the role types a reader can choose."""
        return tuple(role.id for role in self.roles.groups)

    @cached_property
    def keys(self) -> Keys:
        """The signing keys; raises ConfigError where none is set."""
        return Keys(self.config.secret_keys())

    @cached_property
    def store(self) -> Store:
        """The database, upgraded to this program's schema."""
        from jobdigest.store import open_store

        return open_store(self.config.database, self.config.root)

    def rules(self) -> Rules:
        """What judging goes by now: the configuration and the operator's rulings in the store."""
        from jobdigest.curate.company import read_aliases
        from jobdigest.curate.judge import Rules
        from jobdigest.store import rulings

        curation = self.config.curation
        aliases: dict[str, str] = {}
        if curation.aliases:
            path = self.config.path(curation.aliases)
            try:
                aliases = read_aliases(path.read_text(encoding="utf-8"), str(path))
            except OSError as error:
                raise ConfigError([f"curation.aliases: {path}: {error.strerror}"]) from None
        with self.store.read() as connection:
            allow = frozenset(curation.allow) | rulings.subjects(connection, "allow")
            deny = frozenset(curation.deny) | rulings.subjects(connection, "deny")
        facts = repr((_judging(), self.config.roles, sorted(aliases.items()), sorted(allow), sorted(deny)))
        return Rules(
            roles=self.roles,
            aliases=aliases,
            allow=allow,
            deny=deny,
            allow_private=self.config.network.allow_private,
            fingerprint=blake2b(facts.encode(), digest_size=16).digest(),
        )

    def job_url(self, job_id: str) -> str:
        """The public page of a job; of static pages only the index."""
        letter = self.config.newsletter
        return f"{letter.base_url}/jobs/{job_id}" if letter.pages == "served" else f"{letter.base_url}/"

    def chosen_sources(self, names: Sequence[str] | None) -> tuple[SourceConfig, ...]:
        """The enabled sources, or those named; raises UsageError for a name that isn't configured."""
        if not names:
            return tuple(source for source in self.config.sources if source.enabled)
        by_name = {source.name: source for source in self.config.sources}
        for name in names:
            if name not in by_name:
                raise UsageError(f"no source is called {name!r}{did_you_mean(name, by_name)}")
        return tuple(by_name[name] for name in names)

    def check_sources(self) -> None:
        """Raise ConfigError with every source that names an unknown kind, lacks its value or has an unknown option."""
        problems = [problem for source in self.config.sources for problem in self._source_problems(source)]
        if not self.config.sources:
            problems.append("sources: empty; name at least one, like `- greenhouse: anthropic`")
        if problems:
            raise ConfigError(problems)

    def _source_problems(self, source: SourceConfig) -> list[str]:
        kind = self.kinds.get(source.kind)
        if kind is None:
            return [f"{source.where}: sources.{source.kind}: unknown kind{did_you_mean(source.kind, self.kinds)}"]
        at = f"{source.where}: sources.{source.kind}"
        problems = []
        if kind.needs_value and not source.value:
            problems.append(f"{at}: needs a value, like `- {source.kind}: VALUE`; docs/kinds.md says what it is")
        for name, value in source.options.items():
            option = kind.options.get(name)
            known = (*kind.options, "name", "company", "base_url", "enabled", "timeout", "every")
            if option is None:
                problems.append(f"{at}.{name}: unknown key{did_you_mean(name, known)}")
            elif option.values and str(value) not in option.values:
                problems.append(f"{at}.{name}: {value!r} is not one of {', '.join(option.values)}")
        required = (name for name, option in kind.options.items() if option.required and name not in source.options)
        return problems + [f"{at}.{name}: missing; {kind.options[name].help}" for name in required]

    def located(self, source: SourceConfig) -> SourceConfig:
        """The source as its adapter reads it: files relative to config.yaml become absolute."""
        if source.kind in FILE_KINDS and source.value:
            return source.model_copy(update={"value": str(self.config.path(source.value))})
        return source
