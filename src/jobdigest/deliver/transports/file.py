"""Mail as .eml files in a folder: for looking at, for tests, for a pick-up directory."""

from __future__ import annotations

import os
import re
from pathlib import Path

from jobdigest.deliver.replies import Phase, Reply
from jobdigest.deliver.transports.base import RefusedError
from jobdigest.deliver.transports.threads import Threads
from jobdigest.model import Message


def file_transport(folder: Path) -> Threads:
    """A transport whose accepted messages are `folder/<Message-ID>.eml`; the same message again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    return Threads(lambda: _FileConnection(folder), 4)


class _FileConnection:
    """A temporary file stands for a message before its final dot, renaming it for the dot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._temporary: Path | None = None
        self._target = folder

    def begin(self, message: Message) -> None:
        name = re.sub(r"[^\w.@+=-]", "_", message.message_id.strip("<>"))
        self._target = self._folder / f"{name}.eml"
        self._temporary = self._folder / f".{name}.{os.getpid()}.tmp"
        try:
            with self._temporary.open("wb") as file:
                file.write(message.data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.drop()
            raise RefusedError(Reply(Phase.DATA, 0, f"{self._folder}: {error.strerror}"), broken=True) from error

    def finish(self) -> Reply:
        assert self._temporary
        self._temporary.replace(self._target)
        self._temporary = None
        return Reply(Phase.DOT, 250, f"2.0.0 written to {self._target.name}")

    def interrupt(self) -> None:
        """Writing a file never waits for anybody."""

    def drop(self) -> None:
        if self._temporary:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def quit(self) -> None:
        self.drop()
