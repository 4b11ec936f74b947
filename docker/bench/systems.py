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


class Broker:
    """One broker process of a system under test, with a folder of its own."""

    def __init__(self, spec, tag="broker", port_offset=0, **extra):
        self.name, self.script, variables = parse(spec)
        self.directory = os.path.join(Settings.directory, f"{self.name}-{tag}")
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        self.port = Settings.port + port_offset
        self.environment = environment(SUT_DIR=self.directory, SUT_PORT=str(self.port), **{**variables, **extra})
        shell(self.script, "prepare", environment=self.environment)
        self.bootstrap = shell(self.script, "bootstrap", environment=self.environment)

    def launch(self):
        shell(self.script, "start", environment=self.environment, output=subprocess.DEVNULL)

    def start(self):
        self.launch()
        ready = load("ready", bootstrap=self.bootstrap, topic="ready")
        if not ready.get("ok") or not machine.alive(self.pid()):
            with open(os.path.join(self.directory, "broker.out")) as output:
                raise RuntimeError(f"{self.name} is not ready: {ready} {output.read()[-500:]}")
        return self

    def started(self):
        return os.path.exists(os.path.join(self.directory, "pid"))

    def pid(self):
        with open(os.path.join(self.directory, "pid")) as file:
            return int(file.read())

    def stop(self, keep=False):
        """Stops an orderly way and, unless the data is needed again, removes the folder."""
        if not self.started():
            return
        pid = self.pid()
        if machine.alive(pid):
            os.kill(pid, signal.SIGTERM)
        deadline = time.time() + 25
        while machine.alive(pid) and time.time() < deadline:
            time.sleep(0.05)
        if machine.alive(pid):
            os.kill(pid, signal.SIGKILL)
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
             str(round_trip_ms), str(window_kib), f"{listen}:{target}"], stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def stop(self):
        self.process.kill()
        self.process.wait()


def load(program, window=None, on=None, timeout=400, **options):
    """Runs a load program; its marks open and close the window, or call what the caller gives for them."""
    calls = dict(on or {})
    if window:
        calls.setdefault("start", window.open)
        calls.setdefault("end", window.close)
    with open(os.path.join(Settings.bench_home, "clients.cp")) as file:
        class_path = f"{Settings.bench_home}/classes:{file.read()}"
    process = subprocess.Popen(
        ["nice", "-n", str(Settings.nice), f"{Settings.java_home}/bin/java", "-Xmx768m", "-XX:+UseParallelGC", "-cp", class_path, "Load", program]
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
                mark = line.split()[1]
                if mark in calls:
                    calls[mark]()
                if mark == "go":
                    process.stdin.write("ok\n")
                    process.stdin.flush()
            elif line.startswith("RESULT "):
                result = json.loads(line[7:])
    finally:
        timer.cancel()
        process.wait()
        drain.join(1)
    return result or {"failed": "".join(errors)[-800:] or f"{program} printed no result"}
