"""A load generator: asks addresses over kept connections as fast as answers come, in a process of its own.

    python -m benchmarks.load HOST PORT FILE SECONDS CONNECTIONS LEAST

LEAST requests are made, however long that takes. FILE holds a path a line, asked in turn and from the start again.
Prints one line of JSON: requests, seconds, the statuses, and latencies in ms.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from itertools import cycle
from pathlib import Path
from time import perf_counter


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> str:
    """One answer to its end; its status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return head[9:12].decode()


async def main(
    host: str, port: int, paths: list[str], seconds: float, connections: int, least: int
) -> dict[str, object]:
    """Load for so many seconds."""
    requests = cycle([f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for path in paths])
    times: list[float] = []
    statuses: Counter[str] = Counter()
    begin = perf_counter()

    async def work() -> None:
        reader, writer = await asyncio.open_connection(host, port, limit=2**22)
        while (start := perf_counter()) - begin < seconds or len(times) < least:
            statuses[await ask(reader, writer, next(requests))] += 1
            times.append(1000 * (perf_counter() - start))
        writer.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    took = perf_counter() - begin
    times.sort()
    at = {f"p{share}": round(times[len(times) * share // 100], 2) for share in (50, 95, 99)}
    return {"requests": len(times), "seconds": round(took, 2), "statuses": statuses, **at}


if __name__ == "__main__":
    host, port, file, seconds, connections, least = sys.argv[1:]
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    print(json.dumps(asyncio.run(main(host, int(port), lines, float(seconds), int(connections), int(least)))))
