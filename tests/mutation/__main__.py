"""Judges mutants of the lab's protocol handler by the suites: `python -m tests.mutation --out FILE [--sample N]`.

A child process imports this file, too: nothing is imported here that brings the lab with it.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def main() -> None:
    from .campaign import hold
    from .summary import render

    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="outcomes, one JSON line each; a summary beside it (.md)"
    )
    parser.add_argument("--only", default="*", help="a pattern of ids, as codes:*:condition:*")
    parser.add_argument("--sample", type=int, help="how many mutants that the script sees are to be judged; else all")
    parser.add_argument("--seed", type=int, default=1, help="of the order in which they come")
    parser.add_argument("--at-once", type=int, default=len(os.sched_getaffinity(0)) + 1, help="processes")
    asked = parser.parse_args()
    outcomes = hold(
        asked.out, asked.only, asked.sample, asked.seed, asked.at_once, lambda line: print(line, flush=True)
    )
    summary = render(outcomes)
    asked.out.with_suffix(".md").write_text(summary, encoding="utf-8")
    print(summary.partition("\n## ")[0])


if __name__ == "__main__":
    main()
