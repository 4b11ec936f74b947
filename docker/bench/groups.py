"""Workloads of consumer groups. Each takes the run, the system under test and the round, and emits one row per case."""
import machine
from systems import Cluster, load

PROTOCOLS = ("classic", "consumer")


def groups(run, sut, turn):
    options = run.options
    for protocol in PROTOCOLS:
        for case, kill in (("stable", 0), ("killed", 1)):
            case = f"{options.consumers}-{protocol}-{case}"
            if run.wants(case):
                broker = Cluster(sut).start()
                try:
                    figures = load("groupstart", bootstrap=broker.bootstrap, topic="shared", protocol=protocol, kill=kill,
                                   consumers=options.consumers, partitions=3 * options.consumers)
                    run.emit("groups", case, sut, turn, figures)
                finally:
                    broker.stop()
    if run.wants("commits"):
        commits(run, sut, turn)
    if run.wants("coordinator"):
        coordinator(run, sut, turn)


def commits(run, sut, turn):
    """Many groups, a commit of each a second: what that costs the broker."""
    broker = Cluster(sut).start()
    try:
        load("topic", bootstrap=broker.bootstrap, topic="committed", partitions=12)
        # The coordinator's own topic.
        load("coordinator", bootstrap=broker.bootstrap, topic="first", offsets=100, kill=0)
        window = machine.Window(broker.pids())
        figures = load("groupcommits", window, bootstrap=broker.bootstrap, topic="committed", groups=run.options.groups,
                       seconds=run.options.seconds)
        if window.after and figures.get("commits"):
            spent = window.spent()
            figures["broker_cores"] = spent["cpu_s"] / window.wall_s()
            figures["broker_nojit_cpu_us_per_commit"] = spent["nojit_s"] / figures["commits"] * 1e6
            figures["rss_mb"] = machine.process(broker.pid())["rss_mb"]
            figures["foreign_share"] = window.foreign_share(spent["cpu_s"] + figures["client_cpu_s"])
        run.emit("groups", f"commits-of-{run.options.groups}-groups", sut, turn, figures)
    finally:
        broker.stop()


def coordinator(run, sut, turn):
    """kill -9 of the coordinator of groups with many positions."""
    cluster = Cluster(sut, nodes=3).start()
    try:
        run.emit("groups", f"coordinator-of-{run.options.offsets}-offsets", sut, turn,
                 load("coordinator", on={"disturb": lambda node: cluster.kill(int(node))}, bootstrap=cluster.bootstrap, topic="positions",
                      offsets=run.options.offsets))
    finally:
        cluster.stop()
