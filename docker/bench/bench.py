#!/usr/bin/env python3
"""Runs the same workloads against two systems in turn (A B A B) and prints the ratios. See README.md. Standard library only."""
import argparse
import json
import os
import re
import signal
import sys
import tempfile

import report
import systems
import workloads


def arguments():
    scratch = os.environ.get("BENCH_HOME", os.path.join(tempfile.gettempdir(), "tombolo-bench"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sut", action="append", default=[], help="name=script[,VARIABLE=value...]; once per side, the first is the yardstick")
    parser.add_argument("--link", action="append", default=[], help="name=script[,VARIABLE=value...]; once per side, in the order of --sut")
    parser.add_argument("--workload", action="append", default=[], choices=sorted(workloads.ALL), help="default: all")
    parser.add_argument("--only", default="", help="regular expression on case names")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mb", type=float, default=300, help="work of one throughput window")
    parser.add_argument("--warm-mb", type=float, default=400, help="work that warms a broker before its first window")
    parser.add_argument("--gb", type=float, default=1.0, help="size of preloaded logs (consume, geo, geowan)")
    parser.add_argument("--transactions", type=int, default=20000, help="work of one window of transactions")
    parser.add_argument("--seconds", type=float, default=15, help="length of fixed-rate windows")
    parser.add_argument("--consumers", type=int, default=20, help="of a group, groups")
    parser.add_argument("--groups", type=int, default=10000, help="that commit once a second, groups")
    parser.add_argument("--offsets", type=int, default=100000, help="that a lost coordinator has, groups")
    parser.add_argument("--keys", type=int, default=20000, help="of a compacted topic, compaction")
    parser.add_argument("--topics", type=int, default=1000, help="mirrored topics, geomany")
    parser.add_argument("--round-trip", type=float, default=80, help="ms, geowan")
    parser.add_argument("--window-kib", type=int, default=8192, help="under way per connection and direction, geowan")
    parser.add_argument("--port", type=int, default=20100, help="first of 40 ports")
    parser.add_argument("--nice", type=int, default=0)
    parser.add_argument("--out", default="", help="append each figure as a line of JSON")
    parser.add_argument("--table", nargs="+", help="print the table of earlier --out files and stop")
    parser.add_argument("--directory", default=os.path.join(scratch, "run"))
    options = parser.parse_args()
    systems.Settings.java_home = os.environ.get("JAVA_HOME") or sys.exit("set JAVA_HOME to a JDK 25")
    systems.Settings.bench_home = scratch
    systems.Settings.directory = options.directory
    systems.Settings.port = options.port
    systems.Settings.nice = options.nice
    return options


class Run:
    """The options, and the rows measured so far."""

    def __init__(self, options):
        self.options = options
        self.rows = []

    def wants(self, case):
        return not self.options.only or re.search(self.options.only, case) is not None

    def link_of(self, sut):
        links = self.options.link or ["mm2=link/mm2.sh"]
        return links[min(self.options.sut.index(sut), len(links) - 1)]

    def emit(self, workload, case, sut, turn, figures):
        row = {"workload": workload, "case": case, "sut": systems.parse(sut)[0], "round": turn, **figures}
        self.rows.append(row)
        if self.options.out:
            with open(self.options.out, "a") as file:
                file.write(json.dumps({key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}) + "\n")
        print(report.line(row), file=sys.stderr, flush=True)


def main():
    options = arguments()
    if options.table:
        report.table([json.loads(line) for path in options.table for line in open(path)])
        return
    if not os.path.exists(os.path.join(systems.Settings.bench_home, "clients.cp")):
        sys.exit("run setup.sh first")
    # A run that is told to end stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended early"))
    run = Run(options)
    try:
        for workload in options.workload or workloads.ALL:
            for turn in range(1, options.rounds + 1):
                for sut in options.sut:
                    try:
                        workloads.ALL[workload](run, sut, turn)
                    except (RuntimeError, OSError, ValueError, systems.subprocess.CalledProcessError) as failure:
                        run.emit(workload, "error", sut, turn, {"failed": repr(failure)[:600]})
    finally:
        report.table(run.rows)


if __name__ == "__main__":
    main()
