"""A file that lines are added to, one at a time, for as long as it is open."""

import json
import os
from pathlib import Path
from typing import Any


class Added:
    """Opened at the first line and kept open: opening costs more than writing. A line that was added
    survives the death of the process. `anew`: what another process had written is gone then."""

    def __init__(self, path: Path, *, anew: bool = False) -> None:
        self.path = path
        self.flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if anew else 0)
        self.handle: int | None = None

    def line(self, content: Any) -> None:
        """Add `content` as JSON. In ASCII: names from outside may hold marks that end a line, or no
        character at all."""
        if self.handle is None:
            self.handle = os.open(self.path, self.flags, 0o666)
        rest = memoryview(f"{json.dumps(content)}\n".encode("ascii"))
        while rest:
            rest = rest[os.write(self.handle, rest) :]

    def close(self) -> None:
        """Let the file go; the next line opens it again."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def __del__(self) -> None:
        self.close()
