"""The command `digest`: a thin door. Every command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import gc
import os
import sys


def calm_collector() -> None:
    """Let the garbage collector look less often: tables and caches are large and live long, walking them is wasted."""
    gc.set_threshold(10_000, 20, 50)


def main() -> None:
    """Run the command line; an operator's mistake is told in words, never as a traceback."""
    calm_collector()
    from jobdigest.cli.commands import app
    from jobdigest.errors import DigestError

    try:
        app()
    except DigestError as error:
        sys.stderr.write(f"digest: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `digest jobs --json | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("digest: interrupted\n")
        sys.exit(130)
