"""Two regions, each in a network namespace of its own, with a round trip between them; how long nobody can write when topics move."""
import json
import os
import shutil
import subprocess
import time

from systems import Settings, environment, load
from wires import Wires, ip

HOSTS = {"eu": "127.0.0.21", "us": "127.0.0.22", "witness": "127.0.0.23"}
# A witness is in the other region's namespace: it has the same way to eu, and none to us.
PLACES = {"eu": ["eu"], "us": ["us", "witness"]}
LEASE_SECONDS = 5
KAFKA, ADMIN = 9092, 9093
FILE = """tombolo: 1
name: bench
regions:
  eu: {{ kafka: "{eu}:9092", admin: "{eu}:9093", storage: {{ dir: "{directory}/eu" }} }}
  us: {{ kafka: "{us}:9092", admin: "{us}:9093", storage: {{ dir: "{directory}/us" }} }}
links:
  eu-to-us: {{ from: eu, to: us, topics: ["moved"] }}
failover:
  shop: {{ follows: eu-to-us, moves: clients }}
"""
WITNESS = """  witness: {{ kafka: "{witness}:9092", admin: "{witness}:9093", storage: {{ dir: "{directory}/witness" }} }}
"""
LEASES = f"ownership: {{{{ guarantee: quorum, sites: [eu, us, witness], lease: {LEASE_SECONDS}s }}}}\n"


class Regions:
    """Clients and the operator are where eu is; what is on the way to the other region passes a relay in each namespace, joined by files."""

    def __init__(self, run, leases):
        self.directory = os.path.join(Settings.directory, "regions")
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        self.launcher = os.path.join(os.environ.get("TOMBOLO_DIST") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "target", "tombolo"), "tombolo")
        self.file = os.path.join(self.directory, "tombolo.yaml")
        with open(self.file, "w") as file:
            text = FILE.replace("links:\n", WITNESS + "links:\n") + LEASES if leases else FILE
            file.write(text.format(directory=self.directory, **HOSTS))
        self.processes = []
        for place in PLACES:
            ip("netns", "add", self.net(place))
            ip("-n", self.net(place), "link", "set", "lo", "up")
        self.relay("eu", "us", run.options.round_trip, run.options.window_kib)
        self.relay("us", "eu", 0, run.options.window_kib)
        self.brokers = {region: self.start(place, region) for place in PLACES for region in PLACES[place] if leases or region != "witness"}

    @staticmethod
    def net(place):
        return f"tombolo-bench-{os.getpid()}-{place}"

    def into(self, place):
        return ["ip", "netns", "exec", self.net(place)]

    def relay(self, here, there, round_trip, window_kib):
        pairs = []
        for port in (KAFKA, ADMIN):
            for region in PLACES[there]:
                pairs += [f"{HOSTS[region]}:{port}", f"unix:{self.directory}/{region}-{port}"]
            for region in PLACES[here]:
                pairs += [f"unix:{self.directory}/{region}-{port}", f"{HOSTS[region]}:{port}"]
        process = subprocess.Popen([*self.into(here), f"{Settings.java_home}/bin/java", "-Xmx512m", "-XX:+UseParallelGC", "-cp", f"{Settings.bench_home}/classes", "Wan",
                                    str(round_trip), str(window_kib), *pairs], stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        self.processes.append(process)

    def start(self, place, region):
        with open(os.path.join(self.directory, f"{region}.out"), "w") as out:
            process = subprocess.Popen([*self.into(place), "sh", self.launcher, "broker", "-f", self.file, "--region", region, "--id", "1"],
                                       stdout=out, stderr=out, env=environment(TOMBOLO_HEAP="1g"))
        self.processes.append(process)
        return process

    def tombolo(self, *arguments):
        return subprocess.run([*self.into("eu"), "sh", self.launcher, *arguments, "-f", self.file, "-o", "json"], env=environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120)

    def await_copy(self):
        deadline = time.time() + 90
        while time.time() < deadline:
            answer = self.tombolo("link", "describe", "eu-to-us")
            if answer.returncode == 0 and json.loads(answer.stdout).get("state") == "ACTIVE":
                return
            time.sleep(1)
        raise RuntimeError("the link copies nothing")

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()
        for place in PLACES:
            ip("netns", "del", self.net(place))
        shutil.rmtree(self.directory, ignore_errors=True)


def regions(run, _, turn):
    """The topics of a region move to another one, as planned and after the loss of the region."""
    for case, leases, move in (("planned", False, planned), ("lost", False, lost), ("planned-lease", True, planned), ("lost-lease", True, lost)):
        name = f"{case}-round-trip-{run.options.round_trip:g}ms"
        if run.wants(name):
            measure(run, turn, name, leases, move)


def measure(run, turn, case, leases, move):
    refusal = Wires.refusal()
    if refusal:
        raise RuntimeError(refusal)
    sites = Regions(run, leases)
    try:
        bootstrap = ",".join(f"{HOSTS[region]}:{KAFKA}" for region in ("eu", "us"))
        moved = {}

        def disturb(_):
            sites.await_copy()
            moved.update(move(sites))

        figures = load("disturbed", on={"disturb": disturb}, into=sites.into("eu"), bootstrap=bootstrap,
                       admin_bootstrap=f"{HOSTS['eu']}:{KAFKA}", topic="moved", rate=500, replicas=1, before=25, after=25)
        run.emit("regions", case, run.options.sut[0], turn, {**figures, **moved})
    finally:
        sites.stop()


def planned(sites):
    began = time.time()
    return outcome(sites.tombolo("failover", "shop", "--planned", "-y"), began)


def lost(sites):
    """The operator says it again until the lost region counts as gone."""
    sites.brokers["eu"].kill()
    began = time.time()
    while True:
        answer = sites.tombolo("failover", "shop", "-y")
        if answer.returncode == 0 or time.time() > began + 60:
            return outcome(answer, began)


def outcome(answer, began):
    return {"move_ms": (time.time() - began) * 1e3, "failed": answer.stderr[-300:] if answer.returncode else None}
