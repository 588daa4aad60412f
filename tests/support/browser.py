"""Real browser without a window, spoken to through its pipe; nothing is listened on."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


class Browser:
    """Page of a browser, and the events that happened on it."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._read = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[Message] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: object) -> Message:
        """Send a command of the protocol and return its answer."""
        self._number += 1
        message: Message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: Message = answer["result"]
                return result
            self.events.append(answer)

    def open(self, file: Path) -> None:
        """Load a file and wait until it is there."""
        self.open_address(file.as_uri())

    def open_address(self, address: str) -> None:
        """Load an address and wait until it is there; another place of the same page never is."""
        self.events.clear()
        self.ask("Page.navigate", url=address)
        self.wait_until_loaded()

    def wait_until_loaded(self) -> None:
        """Wait until a page is there, if none was since the events were cleared."""
        while all(event.get("method") != "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401  # any value of JavaScript
        """Return the value of an expression on the page."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def named(self, *methods: str) -> list[Message]:
        """Return the parameters of these events since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def _next(self) -> Message:
        while b"\0" not in self._read:
            piece = os.read(self._back, 1 << 20)
            assert piece, "the browser is gone"
            self._read += piece
        message, _nul, self._read = self._read.partition(b"\0")
        parsed: Message = json.loads(message)
        return parsed


@contextmanager
def browsing(place: Path) -> Iterator[Browser]:
    """Yield a browser with a profile of its own, which is ended at the end."""
    theirs, to = os.pipe()
    back, theirs_back = os.pipe()
    script = f'exec chromium {" ".join(FLAGS)} --user-data-dir="$1" 3<&{theirs} 4>&{theirs_back}'
    with subprocess.Popen(
        ["bash", "-c", script, "bash", str(place)],
        pass_fds=(theirs, theirs_back),
        env={"PATH": os.environ["PATH"], "HOME": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        os.close(theirs_back)
        try:
            yield Browser(to, back)
        finally:
            process.terminate()
            process.wait(30)
            os.close(to)
            os.close(back)
