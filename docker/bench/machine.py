"""What the kernel counts: CPU time, memory and threads of processes, read from /proc."""
import os
import re
import socket
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
JIT_THREAD = re.compile(r"C[12] Compiler")
GC_THREAD = re.compile(r"(GC Thread|G1 |ParGC|Parallel|VM Thread|ZGC|XWorker|Serial)")


def fields(path):
    """The name and the numbers behind it of a stat file, or None when the process is gone."""
    try:
        with open(path) as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()


def cpu_seconds(numbers):
    return (int(numbers[11]) + int(numbers[12])) / TICKS_PER_SECOND


def thread_cpu_seconds(pid, task):
    """By the nanosecond: a short window has few ticks."""
    try:
        with open(f"/proc/{pid}/task/{task}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def process(pid):
    """CPU split by who used it, memory and thread count of one process."""
    found = fields(f"/proc/{pid}/stat")
    if not found:
        return None
    numbers = found[1]
    usage = {"cpu_s": cpu_seconds(numbers), "sys_s": int(numbers[12]) / TICKS_PER_SECOND, "work_s": 0.0, "gc_s": 0.0,
             "rss_mb": int(numbers[21]) * PAGE_BYTES / 1e6, "threads": int(numbers[17]), "written_mb": written_mb(pid)}
    for task in os.listdir(f"/proc/{pid}/task"):
        thread = fields(f"/proc/{pid}/task/{task}/stat")
        if thread and not JIT_THREAD.match(thread[0]):
            usage["gc_s" if GC_THREAD.match(thread[0]) else "work_s"] += thread_cpu_seconds(pid, task)
    return usage


def written_mb(pid):
    """What the process has handed to the kernel to write, sockets included; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/io") as file:
            return int(dict(line.split(": ") for line in file)["wchar"]) / 1e6
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def alive(pid):
    found = fields(f"/proc/{pid}/stat")
    return found is not None and found[1][0] != "Z"


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def busy_seconds():
    """CPU seconds that all processes of the machine used, stolen time included."""
    with open("/proc/stat") as file:
        ticks = [int(value) for value in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS_PER_SECOND


class Window:
    """Counters of a set of processes between two moments."""

    def __init__(self, pids):
        self.pids = pids
        self.before = self.after = None

    def open(self):
        self.before = self.look()

    def close(self):
        self.after = self.look()

    def look(self):
        return time.time(), busy_seconds(), {pid: process(pid) for pid in self.pids}

    def spent(self, pids=None):
        """CPU seconds by kind; those of the JIT threads are what remains."""
        both = [(self.before[2][pid], self.after[2][pid]) for pid in pids or self.pids if self.before[2].get(pid) and self.after[2].get(pid)]
        spent = {kind: sum(after[kind] - before[kind] for before, after in both) for kind in ("cpu_s", "sys_s", "work_s", "gc_s", "written_mb")}
        spent["nojit_s"] = spent["work_s"] + spent["gc_s"]
        return spent

    def wall_s(self):
        return self.after[0] - self.before[0]

    def foreign_share(self, known_cpu_s):
        """The part of all cores that went to processes outside the benchmark."""
        busy = self.after[1] - self.before[1]
        return max(0.0, busy - known_cpu_s) / (self.wall_s() * os.cpu_count())

    def idle_share(self):
        return max(0.0, 1 - (self.after[1] - self.before[1]) / (self.wall_s() * os.cpu_count()))
