"""Where the fixed links of an edition lead: to the pages of `digest web`, or to the files of a static archive."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import quote

from jobdigest.config import Newsletter


class Addresses:
    """The links of one edition; of static pages there are only those of the editions."""

    def __init__(self, letter: Newsletter, key: str) -> None:
        self._letter, self._static = letter, letter.pages == "static"
        self.subscribe = f"{letter.base_url}/"
        self.view = f"{letter.base_url}/editions/{key}" + (".html" if self._static else "")
        self.report = f"mailto:{self._editor}?subject=report%20{key}" if self._static else f"{self.view}/report"

    @property
    def _editor(self) -> str:
        return parseaddr(self._letter.reply_to or self._letter.from_)[1]

    def company(self, company_key: str) -> str:
        """Where the other jobs of an employer are."""
        return self.view if self._static else f"{self._letter.base_url}/companies/{quote(company_key, safe='')}"

    def job(self, job_id: str) -> str:
        """Where a job is described that has no address of its own."""
        return self.view if self._static else f"{self._letter.base_url}/jobs/{quote(job_id)}"
