"""Find, check, render and compile templates; every mistake in one is a TemplateError that names file and line.

Looked up in this order: the operator's folder, the installed package, the repository's `templates/`. mrml passes
unknown tags silently, so sources are searched for them, and a partial that breaks MJML is named by trying it alone.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    select_autoescape,
)
from jinja2 import TemplateError as JinjaError
from mjml import mjml2html

from jobdigest.compose.words import Catalogues
from jobdigest.config import Config
from jobdigest.errors import ConfigError, TemplateError

_REPOSITORY = Path(__file__).parents[3] / "templates"
_TAG = re.compile(r"</?(mj[a-z-]*)\b")
_OFFSET = re.compile(r"\b(\d+)\b")
_KNOWN = frozenset(
    """mjml mj-head mj-body mj-attributes mj-all mj-class mj-preview mj-style mj-title mj-raw mj-breakpoint mj-font
    mj-section mj-wrapper mj-column mj-group mj-text mj-divider mj-spacer mj-image mj-button mj-hero mj-table
    mj-social mj-social-element mj-navbar mj-navbar-link mj-accordion mj-accordion-element mj-accordion-title
    mj-accordion-text mj-carousel mj-carousel-image""".split()
)


class Templates:
    """Templates and catalogues of one installation, the operator's own files first."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folder for folder in folders if folder.is_dir())
        self.catalogues = Catalogues(self.folders)
        self._jinja = Environment(
            loader=FileSystemLoader([str(folder) for folder in self.folders]),
            autoescape=select_autoescape((), ("txt.j2",), default_for_string=True, default=True),  # not in text/plain
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,  # a server's pages look no file up for each answer
        )
        self._jinja.globals["str"] = str

    @classmethod
    def of(cls, config: Config) -> Templates:
        """The templates an operator's config asks for; raises ConfigError where their folder is missing."""
        own = config.path(config.edition.templates) if config.edition.templates else None
        if own and not own.is_dir():
            raise ConfigError([f"edition.templates: {own}: no such folder"])
        shipped = [Path(str(files("jobdigest"))) / "templates", _REPOSITORY]
        return cls([own, *shipped] if own else shipped)

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """One template as text; raises TemplateError with file and line."""
        try:
            return self._jinja.get_template(name).render(context)
        except TemplateSyntaxError as error:
            raise TemplateError(f"{self.path(error.name or name)}:{error.lineno}: {error.message}") from None
        except TemplateNotFound as error:
            raise TemplateError(f"{error.name}: no such template in {', '.join(map(str, self.folders))}") from None
        except (JinjaError, TypeError, ValueError, KeyError, AttributeError, ZeroDivisionError) as error:
            line = self._line_of(error)
            raise TemplateError(f"{line or self.path(name)}: {_said(error)}") from None

    def macro(self, name: str, macro: str) -> Callable[..., str]:
        """A macro of a template, for what is rendered thousands of times; raises TemplateError where there is none."""
        try:
            found: Callable[..., str] = getattr(self._jinja.get_template(name).module, macro)
        except (JinjaError, AttributeError) as error:
            raise TemplateError(f"{self.path(name)}: {error}") from None
        return found

    def path(self, name: str) -> Path:
        """Where template `name` is found."""
        return next((folder / name for folder in self.folders if (folder / name).is_file()), Path(name))

    def check_sources(self) -> None:
        """Raise TemplateError for a tag that MJML does not have: the compiler would pass it through silently."""
        for name, source in self.sources():
            if not name.endswith(".mjml.j2"):
                continue
            for number, line in enumerate(source.split("\n"), 1):
                for tag in _TAG.findall(line):
                    if tag not in _KNOWN:
                        raise TemplateError(f"{self.path(name)}:{number}: <{tag}> is not an MJML tag")

    def sources(self) -> list[tuple[str, str]]:
        """The templates of the edition, as (name, text), each from the folder that wins."""
        names = {
            path.relative_to(folder).as_posix()
            for folder in self.folders
            for pattern in ("edition.*.j2", "partials/*.j2")
            for path in folder.glob(pattern)
        }
        return [(name, self.path(name).read_text(encoding="utf-8")) for name in sorted(names)]

    def _line_of(self, error: BaseException) -> str | None:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
        return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None


def compile_mjml(source: str, name: str) -> str:
    """HTML of an MJML document; raises TemplateError naming `name` where mrml refuses it or lets a tag through."""
    try:
        html = mjml2html(source)
    except ValueError as error:
        raise TemplateError(f"{name}: not valid MJML: {_explained(str(error), source)}") from None
    left = _TAG.search(html)
    if left:
        raise TemplateError(f"{name}: <{left[1]}> came through uncompiled; it is in a place where MJML ignores it")
    return html


def compiles_alone(fragment: str) -> bool:
    """Whether a column's content is valid MJML by itself: this finds the partial that breaks the whole."""
    page = f"<mjml><mj-body><mj-section><mj-column>{fragment}</mj-column></mj-section></mj-body></mjml>"
    try:
        return not _TAG.search(mjml2html(page))
    except ValueError:
        return False


def _explained(message: str, source: str) -> str:
    offset = _OFFSET.search(message)
    near = source.encode()[: int(offset[1])].decode("utf-8", "ignore")[-60:] if offset else ""
    return f"{message}{f' (after …{near.strip()!r})' if near else ''}"


def _said(error: Exception) -> str:
    if isinstance(error, UndefinedError):
        return re.sub(r"'jobdigest[\w.]*\.(\w+?)(View)? object'", lambda match: match[1].lower(), str(error))
    return f"{error.args[0]!r} is not known" if isinstance(error, KeyError) and error.args else str(error)
