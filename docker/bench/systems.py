"""Starts and stops what takes part in a benchmark: brokers, links, the relay and the load programs."""
import json
import os
import shutil
import signal
import subprocess
import threading
import time

import machine

HERE = os.path.dirname(os.path.abspath(__file__))


class Settings:
    """Set once by bench.py."""
    java_home = bench_home = directory = ""
    port = 20100
    nice = 0


def parse(spec):
    """name=script[,VARIABLE=value...]"""
    head, *rest = spec.split(",")
    name, script = head.split("=", 1)
    return name, script if os.path.isabs(script) else os.path.join(HERE, script), dict(pair.split("=", 1) for pair in rest)


def shell(script, verb, *arguments, environment, output=subprocess.PIPE):
    # What a script leaves behind must not inherit the pipe, or the call would wait for it.
    command = ["nice", "-n", str(Settings.nice), "bash", script, verb, *arguments]
    return (subprocess.run(command, env=environment, stdout=output, check=True, text=True).stdout or "").strip()


def environment(**extra):
    return {**os.environ, "JAVA_HOME": Settings.java_home, "BENCH_HOME": Settings.bench_home, **extra}


# What a controller of its own has more than the broker of the same number, as its node id.
CONTROLLER_OFFSET = 100000


class Cluster:
    """One broker or several of a system under test, and controllers beside them, a process each, with a folder of their own."""

    def __init__(self, spec, tag="broker", port_offset=0, nodes=1, controllers=0, **extra):
        self.name, self.script, variables = parse(spec)
        self.directory = os.path.join(Settings.directory, f"{self.name}-{tag}")
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        self.port = Settings.port + port_offset
        self.nodes = range(1, nodes + 1)
        self.controllers = [CONTROLLER_OFFSET + number for number in range(1, controllers + 1)]
        self.environment = environment(SUT_DIR=self.directory, SUT_PORT=str(self.port), SUT_NODES=str(nodes), SUT_CONTROLLERS=str(controllers),
                                       **{**variables, **extra})
        shell(self.script, "prepare", environment=self.environment)
        self.bootstrap = shell(self.script, "bootstrap", environment=self.environment)

    def launch(self, node=None):
        """Starts one broker, or all and the controllers."""
        for each in [] if node else self.controllers:
            shell(self.script, "start", environment={**self.environment, "SUT_NODE": str(each)}, output=subprocess.DEVNULL)
        for each in [node] if node else self.nodes:
            port = int(self.bootstrap.split(",")[each - 1].rsplit(":", 1)[1])
            # Whoever listens there already would be measured in this system's place.
            if machine.listens(port):
                raise SystemExit(f"port {port} is in use: end what an earlier run left behind, or choose others with --port")
            shell(self.script, "start", environment={**self.environment, "SUT_NODE": str(each)}, output=subprocess.DEVNULL)

    def start(self):
        self.launch()
        ready = load("ready", bootstrap=self.bootstrap, topic="ready", nodes=len(self.nodes))
        if not ready.get("ok") or not all(machine.alive(pid) for pid in self.pids() + [self.pid(each) for each in self.controllers]):
            raise RuntimeError(f"{self.name} is not ready: {ready} {self.last_words()}")
        return self

    def last_words(self):
        words = []
        for node in [*self.nodes, *self.controllers]:
            with open(os.path.join(self.directory, f"node-{node}.out")) as output:
                words.append(output.read()[-500:])
        return " ".join(words)

    def started(self, node):
        return os.path.exists(os.path.join(self.directory, f"node-{node}.pid"))

    def pid(self, node=1):
        with open(os.path.join(self.directory, f"node-{node}.pid")) as file:
            return int(file.read())

    def pids(self):
        """Of the brokers that were started, the ones that died included."""
        return [self.pid(node) for node in self.nodes if self.started(node)]

    def kill(self, node):
        """As a loss of power would, for the process: nothing is closed, nobody is told."""
        os.kill(self.pid(node), signal.SIGKILL)

    def end(self, nodes):
        """Stops brokers the orderly way; whoever does not is killed."""
        pids = [self.pid(node) for node in nodes if self.started(node)]
        for sign, patience_s in ((signal.SIGTERM, 90), (signal.SIGKILL, 30)):
            for pid in filter(machine.alive, pids):
                os.kill(pid, sign)
            deadline = time.time() + patience_s
            while any(map(machine.alive, pids)) and time.time() < deadline:
                time.sleep(0.02)

    def stop(self, keep=False):
        """Stops all of it and, unless the data is needed again, removes the folder."""
        self.end(self.nodes)
        self.end(self.controllers)
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)


class Link:
    """A geo link; one that runs inside the target broker has no process of its own."""

    def __init__(self, spec, source_bootstrap, target, topics):
        self.name, self.script, variables = parse(spec)
        self.directory = os.path.join(Settings.directory, f"link-{self.name}")
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        self.environment = environment(LINK_DIR=self.directory, LINK_SOURCE=source_bootstrap, LINK_TARGET=target.bootstrap,
                                       LINK_TOPICS=topics, **variables)

    def hold(self):
        shell(self.script, "hold", environment=self.environment, output=subprocess.DEVNULL)

    def start(self):
        shell(self.script, "start", environment=self.environment, output=subprocess.DEVNULL)

    def topic(self, topic):
        return shell(self.script, "name", topic, environment=self.environment)

    def pids(self):
        path = os.path.join(self.directory, "pid")
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return [int(file.read())]

    def stop(self):
        for pid in self.pids():
            if machine.alive(pid):
                os.kill(pid, signal.SIGKILL)


class Relay:
    """A round trip between a link and its source."""

    def __init__(self, round_trip_ms, window_kib, listen, target):
        self.process = subprocess.Popen(
            [f"{Settings.java_home}/bin/java", "-Xmx1g", "-XX:+UseParallelGC", "-cp", f"{Settings.bench_home}/classes", "Wan",
             str(round_trip_ms), str(window_kib), str(listen), str(target)], stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def stop(self):
        self.process.kill()
        self.process.wait()


def load(program, window=None, on=None, timeout=400, into=(), **options):
    """Runs a load program, behind a command that enters somewhere; its marks open and close the window, or call what the caller gives for them."""
    calls = dict(on or {})
    if window:
        calls.setdefault("start", window.open)
        calls.setdefault("end", window.close)
    with open(os.path.join(Settings.bench_home, "clients.cp")) as file:
        class_path = f"{Settings.bench_home}/classes:{file.read()}"
    process = subprocess.Popen(
        [*into, "nice", "-n", str(Settings.nice), f"{Settings.java_home}/bin/java", "-Xmx768m", "-XX:+UseParallelGC", "-cp", class_path, "Load", program]
        + [f"{key}={value}" for key, value in options.items()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    errors, result = [], None
    drain = threading.Thread(target=lambda: errors.extend(process.stderr.readlines()[-20:]), daemon=True)
    drain.start()
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            if line.startswith("MARK "):
                _, mark, *about = line.split()
                if mark in calls:
                    calls[mark](*about)
                if mark in ("go", "disturb"):
                    process.stdin.write("ok\n")
                    process.stdin.flush()
            elif line.startswith("RESULT "):
                result = json.loads(line[7:])
    finally:
        timer.cancel()
        process.wait()
        drain.join(1)
    return result or {"failed": "".join(errors)[-800:] or f"{program} printed no result"}
