"""python -m tests.frozen: compare what everybody gets now with the frozen corpus; `--accept` takes it over.

Exit code 0: nothing is different. 1: something is, and is printed as a table.
"""

from __future__ import annotations

import argparse
import sys

from tests.frozen.comparison import Difference, accept, as_changelog, as_table, compare
from tests.frozen.corpus import READ, RUN, SCORED


def main() -> None:
    tables = {"scored": SCORED, "read": READ, "run": RUN}
    parser = argparse.ArgumentParser(prog="python -m tests.frozen", description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(tables)}; by default all")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="classes or exams, as the tables name them")
    parser.add_argument("--accept", action="store_true", help="what is different is right: write it into the tables")
    wanted = parser.parse_args()
    if unknown := set(wanted.tables) - set(tables):
        parser.error(f"there is no table {min(unknown)}; there are: {', '.join(tables)}")
    found: list[Difference] = []
    for part in (part for name in wanted.tables or tables for part in tables[name]):
        if wanted.only and part.name not in wanted.only:
            continue
        now = part.outcomes()
        differences = compare(part, now)
        print(f"{part.table:6}  {part.name:14}  {len(now)} outcomes, {len(differences)} different", flush=True)
        if differences:
            print(as_table(differences))
            if wanted.accept:
                accept(part, now)
        found += differences
    if found and wanted.accept:
        print("\nFor CHANGELOG.md, under Unreleased; put the reason in the place of REASON:\n")
        print("\n".join(as_changelog(found)))
    sys.exit(0 if wanted.accept or not found else 1)


if __name__ == "__main__":
    main()
