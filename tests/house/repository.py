"""Which files the rules are about."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file a clone would have: in git, or new and not ignored. Without git (an unpacked
    archive) every file outside the folders that the commands make."""
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if git.returncode == 0:
        paths = {ROOT / name for name in git.stdout.decode().split("\0") if name}
    else:
        made = {".venv", ".zixin", ".git", "__pycache__"}
        paths = {
            path
            for path in ROOT.rglob("*")
            if not any(part in made or part.endswith("_cache") for part in path.parts)
        }
    return tuple(sorted(path for path in paths if path.is_file()))


def files(*suffixes: str, under: tuple[str, ...] = ()) -> list[Path]:
    """Tracked files with one of these endings, in one of these folders (default: anywhere)."""
    return [
        path
        for path in tracked()
        if path.suffix in suffixes and (not under or path.relative_to(ROOT).parts[0] in under)
    ]


def shown(path: Path) -> str:
    """A path as a message says it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def listed(problems: list[str]) -> str:
    """The problems as one message; a failing house test shows this and nothing else matters."""
    return "\n\n" + "\n".join(f"- {problem}" for problem in problems) + "\n"
