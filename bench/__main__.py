"""Run the benchmarks named, or all of them, and print what they found."""

import sys

from bench import extraction, matching, night, payment_family, whole_book

BENCHMARKS = {
    "payment_family": payment_family.main,
    "whole_book": whole_book.main,
    "night": night.main,
    "matching": matching.main,
    "extraction": extraction.main,
}


def main(names: list[str]) -> int:
    """Exit code 0 when every benchmark kept within its bounds."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"no benchmark called {unknown[0]}; there are: {', '.join(BENCHMARKS)}\n")
        return 2
    kept = [BENCHMARKS[name]() for name in names or BENCHMARKS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
