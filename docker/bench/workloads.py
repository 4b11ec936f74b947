"""The workloads. Each takes the run, the system under test and the round, and emits one row per case."""
import threading
import time

import groups
import machine
import regions
from systems import Cluster, Link, Relay, load, shell
from wires import Wires

# size of a value, bytes of a batch, compression, partitions, acks
PRODUCE_CASES = [(1024, 16384, "none", 1, "1"), (1024, 131072, "none", 12, "1"), (1024, 16384, "none", 12, "all"),
                 (100, 16384, "none", 1, "1"), (100, 131072, "lz4", 12, "all"), (1024, 131072, "lz4", 1, "1")]


# the same, all of them with three replicas and acks=all
REPLICATED_CASES = [(1024, 16384, "none", 12), (1024, 131072, "none", 12), (1024, 131072, "lz4", 12), (1024, 131072, "none", 1)]


def warm(run, broker):
    """Brings the JIT of a broker near its steady state: the same work for every system, not the same time."""
    if len(broker.nodes) > 1:
        load("topic", bootstrap=broker.bootstrap, topic="warm", partitions=4 * len(broker.nodes), replicas=3)
        load("produce", bootstrap=broker.bootstrap, topic="warm", bytes=run.options.warm_mb * 1e6, batch=65536, linger=5)
    else:
        load("topic", bootstrap=broker.bootstrap, topic="warm", partitions=4)
        load("rawproduce", bootstrap=broker.bootstrap, topic="warm", partitions=4, connections=2, mb=run.options.warm_mb)
    load("consume", bootstrap=broker.bootstrap, topic="warm")


def add_cost(figures, window, megabytes=None):
    """CPU of the broker per GB of values, who was the limit and how much of the machine others took."""
    if window.after is None:
        return figures
    gigabytes = (figures.get("mb") if megabytes is None else megabytes) / 1e3
    spent, client = window.spent(), figures.get("client_cpu_s", 0.0)
    if gigabytes:
        for kind in ("cpu", "nojit_cpu", "gc", "sys"):
            key = {"cpu": "cpu_s", "nojit_cpu": "nojit_s", "gc": "gc_s", "sys": "sys_s"}[kind]
            figures[f"broker_{kind}_s_per_gb"] = spent[key] / gigabytes
    figures["foreign_share"] = window.foreign_share(spent["cpu_s"] + client)
    busier = "client" if client > spent["cpu_s"] else "broker"
    figures["limit"] = "waiting" if window.idle_share() > 0.15 else busier
    return figures


def produce(run, sut, turn):
    broker = Cluster(sut).start()
    try:
        warm(run, broker)
        for program, prefix in (("rawproduce", "raw-"), ("produce", "")):
            for number, (size, batch, compression, partitions, acks) in enumerate(PRODUCE_CASES):
                case = f"{prefix}{size}B-batch{batch // 1024}k-{compression}-p{partitions}-acks{acks}"
                if not run.wants(case):
                    continue
                topic = f"{program}{number}"
                load("topic", bootstrap=broker.bootstrap, topic=topic, partitions=partitions)
                window = machine.Window([broker.pid()])
                figures = load(program, window, bootstrap=broker.bootstrap, topic=topic, size=size, batch=batch, compression=compression,
                               partitions=partitions, acks=acks, mb=run.options.mb, warm_mb=run.options.mb / 4)
                run.emit("produce", case, sut, turn, add_cost(figures, window))
    finally:
        broker.stop()


def preload(run, bootstrap, topic, compression="none", partitions=12):
    load("topic", bootstrap=bootstrap, topic=topic, partitions=partitions)
    load("produce", bootstrap=bootstrap, topic=topic, bytes=run.options.gb * 1e9, batch=131072, compression=compression, acks="1", linger=20)


def consume(run, sut, turn):
    broker = Cluster(sut).start()
    try:
        warm(run, broker)
        for compression in ("none", "lz4"):
            preloaded = False
            for program, case in (("rawfetch", f"raw-{compression}-hot"), ("consume", f"{compression}-hot")):
                if not run.wants(case):
                    continue
                if not preloaded:
                    preload(run, broker.bootstrap, compression, compression)
                    preloaded = True
                window = machine.Window([broker.pid()])
                figures = load(program, window, bootstrap=broker.bootstrap, topic=compression, partitions=12, warm_passes=1, passes=4 if program == "rawfetch" else 2)
                run.emit("consume", case, sut, turn, add_cost(figures, window))
    finally:
        broker.stop()


def latency(run, sut, turn):
    rates = ((1000, "1"), (1000, "all"), (5000, "all"))
    for nodes in (1, 3):
        # A cluster is not even started when no case of it is wanted.
        wanted = [each for each in rates if run.wants(latency_case(nodes, *each))]
        if wanted:
            latency_of(run, sut, turn, nodes, wanted)


def latency_case(nodes, rate, acks):
    return f"{'rf3-' if nodes > 1 else ''}{rate}/s-acks{acks}"


def latency_of(run, sut, turn, nodes, rates):
    broker = Cluster(sut, nodes=nodes).start()
    try:
        warm(run, broker)
        for rate, acks in rates:
            case = latency_case(nodes, rate, acks)
            topic = f"rate{rate}{acks}"
            load("topic", bootstrap=broker.bootstrap, topic=topic, partitions=6, replicas=nodes)
            window = machine.Window(broker.pids())
            figures = load("latency", window, bootstrap=broker.bootstrap, topic=topic, rate=rate, acks=acks, linger=0, seconds=run.options.seconds, warmup=30)
            run.emit("latency", case, sut, turn, add_cost(figures, window))
    finally:
        broker.stop()


def requests(run, sut, turn):
    broker = Cluster(sut).start()
    try:
        warm(run, broker)
        load("topic", bootstrap=broker.bootstrap, topic="small", partitions=12)
        for connections in (1, 8, 32):
            case = f"sync-100B-acksall-{connections}-connections"
            if run.wants(case):
                window = machine.Window([broker.pid()])
                figures = load("requests", window, bootstrap=broker.bootstrap, topic="small", connections=connections)
                if window.after and figures.get("requests"):
                    spent = window.spent()
                    figures["broker_cpu_us_per_request"] = spent["cpu_s"] / figures["requests"] * 1e6
                    figures["broker_nojit_cpu_us_per_request"] = spent["nojit_s"] / figures["requests"] * 1e6
                    add_cost(figures, window)
                run.emit("requests", case, sut, turn, figures)
    finally:
        broker.stop()


def transactions(run, sut, turn):
    """One record in each of three partitions per transaction; the offsets of consumers are not part of it."""
    broker = Cluster(sut).start()
    try:
        warm(run, broker)
        load("topic", bootstrap=broker.bootstrap, topic="transacted", partitions=12)
        for program, prefix, producers in (("rawtransactions", "raw-", (1, 8, 32)), ("transactions", "", (1, 8))):
            for count in producers:
                case = f"{prefix}3-partitions-{count}-producers"
                if not run.wants(case):
                    continue
                window = machine.Window([broker.pid()])
                amount = run.options.transactions
                figures = load(program, window, bootstrap=broker.bootstrap, topic="transacted", producers=count, transactions=amount,
                               warm_transactions=amount / 2)
                if window.after and figures.get("transactions"):
                    spent = window.spent()
                    figures["broker_cpu_us_per_transaction"] = spent["cpu_s"] / figures["transactions"] * 1e6
                    figures["broker_nojit_cpu_us_per_transaction"] = spent["nojit_s"] / figures["transactions"] * 1e6
                    add_cost(figures, window)
                run.emit("transactions", case, sut, turn, figures)
    finally:
        broker.stop()


def compaction(run, sut, turn):
    """MB per second and CPU per GB that is cleaned, and how much is written for it."""
    broker = Cluster(sut, SUT_CLEANER_BACKOFF_MS="100").start()
    try:
        warm(run, broker)
        for compression in ("none", "lz4"):
            case = f"{compression}-{run.options.keys}-keys"
            if run.wants(case):
                window = machine.Window([broker.pid()])
                figures = load("compaction", window, bootstrap=broker.bootstrap, topic=compression, compression=compression, linger=20, batch=65536,
                               keys=run.options.keys, mb=run.options.mb)
                if window.after and figures.get("left_mb"):
                    figures["written_mb"] = window.spent()["written_mb"]
                run.emit("compaction", case, sut, turn, add_cost(figures, window))
    finally:
        broker.stop()


def startup(run, sut, turn):
    broker = Cluster(sut)
    try:
        for case in ("empty", "restart"):
            figures = load("ready", on={"go": broker.launch}, bootstrap=broker.bootstrap, topic="ready")
            time.sleep(5)
            usage = machine.process(broker.pid())
            figures.update(startup_cpu_s=usage["cpu_s"], rss_mb=usage["rss_mb"], threads=usage["threads"])
            if case == "empty":
                time.sleep(10)
                figures["idle_cores"] = (machine.process(broker.pid())["cpu_s"] - usage["cpu_s"]) / 10
            run.emit("startup", case, sut, turn, figures)
            broker.stop(keep=True)
    finally:
        broker.stop()


def replicated(run, sut, turn):
    """Three brokers, each record on all of them before it is acknowledged."""
    cluster = Cluster(sut, nodes=3).start()
    try:
        warm(run, cluster)
        for number, (size, batch, compression, partitions) in enumerate(REPLICATED_CASES):
            case = f"rf3-{size}B-batch{batch // 1024}k-{compression}-p{partitions}"
            if run.wants(case):
                load("topic", bootstrap=cluster.bootstrap, topic=f"replicated{number}", partitions=partitions, replicas=3)
                window = machine.Window(cluster.pids())
                figures = load("produce", window, bootstrap=cluster.bootstrap, topic=f"replicated{number}", size=size, batch=batch,
                               compression=compression, mb=run.options.mb, warm_mb=run.options.mb / 4)
                run.emit("replicated", case, sut, turn, add_cost(figures, window))
    finally:
        cluster.stop()


def failover(run, sut, turn):
    """kill -9 of a leader under load, and of the controller without."""
    for target in ("notcontroller", "controller"):
        if run.wants(f"leader-{target}"):
            cluster = Cluster(sut, nodes=3).start()
            try:
                warm(run, cluster)
                lost = []

                def kill(node):
                    lost.append(int(node))
                    cluster.kill(int(node))

                run.emit("failover", f"leader-{target}", sut, turn,
                         load("disturbed", on={"disturb": kill}, bootstrap=cluster.bootstrap, topic="disturbed", target=target))
                run.emit("failover", f"back-{target}", sut, turn,
                         load("insync", on={"go": lambda: cluster.launch(lost[0])}, bootstrap=cluster.bootstrap, topic="disturbed"))
            finally:
                cluster.stop()
    for case, controllers in (("controller-only", 0), ("controller-alone", 3)):
        if not run.wants(case):
            continue
        cluster = Cluster(sut, nodes=3, controllers=controllers).start()
        try:
            run.emit("failover", case, sut, turn,
                     load("controller", on={"disturb": lambda node: cluster.kill(int(node))}, bootstrap=cluster.bootstrap))
        finally:
            cluster.stop()


def oneway(run, sut, turn):
    """What a leader sends to the other brokers vanishes, or what they send to it; clients reach everybody. Healed after 45 s."""
    if Wires.refusal():
        raise RuntimeError(Wires.refusal())
    for target in ("notcontroller", "controller"):
        for kind in ("mute", "deaf"):
            if run.wants(f"{kind}-{target}"):
                run.emit("oneway", f"{kind}-{target}", sut, turn, one_way(run, sut, target, kind))


def one_way(run, sut, target, kind):
    wires = Wires(3)
    cluster = Cluster(sut, nodes=3, **wires.variables())
    try:
        cluster.start()
        warm(run, cluster)

        def cut(node):
            victim = int(node)
            others = [each for each in cluster.nodes if each != victim]
            for sender, receivers in [(victim, others)] if kind == "mute" else [(each, [victim]) for each in others]:
                wires.cut(sender, receivers)
            threading.Timer(45, wires.heal).start()

        return load("disturbed", on={"disturb": cut}, bootstrap=cluster.bootstrap, topic="disturbed", target=target, after=75)
    finally:
        cluster.stop()
        wires.close()


def rolling(run, sut, turn):
    """Every broker is stopped the orderly way and started again, one after the other, under load."""
    cluster = Cluster(sut, nodes=3).start()
    try:
        warm(run, cluster)

        def restart_all(_):
            for node in cluster.nodes:
                cluster.end([node])
                load("insync", on={"go": lambda: cluster.launch(node)}, bootstrap=cluster.bootstrap, topic="disturbed")

        run.emit("rolling", "restart", sut, turn,
                 load("disturbed", on={"disturb": restart_all}, bootstrap=cluster.bootstrap, topic="disturbed", after=5))
    finally:
        cluster.stop()


def partitions(run, sut, turn):
    for count, written in ((1000, 0), (10000, 0), (10000, 1)):
        case = f"{count}-{'written' if written else 'partitions'}"
        if not run.wants(case):
            continue
        broker = Cluster(sut).start()
        try:
            warm(run, broker)
            before = machine.process(broker.pid())
            window = machine.Window(broker.pids())
            figures = load("partitions", window, bootstrap=broker.bootstrap, partitions=count, write=written)
            figures["create_cpu_s"] = window.spent()["cpu_s"] if window.after else None
            time.sleep(2)
            figures["kb_per_partition"] = (machine.process(broker.pid())["rss_mb"] - before["rss_mb"]) / count * 1e3
            broker.stop(keep=True)
            began = time.time()
            broker.launch()
            again = load("partitions", bootstrap=broker.bootstrap, partitions=count, create=0)
            figures.update(restart_ms=(time.time() - began) * 1e3, restart_cpu_s=machine.process(broker.pid())["cpu_s"],
                           ok=figures.get("ok") and again.get("ok"))
            run.emit("partitions", case, sut, turn, figures)
        finally:
            broker.stop()


def region(run, sut, turn):
    """Many partitions in a region of three brokers: created, left alone, started again."""
    for count, replicas in ((1000, 3), (10000, 3), (30000, 3), (100000, 1), (100000, 3)):
        case = f"{count}-partitions-rf{replicas}"
        if run.wants(case):
            cluster = Cluster(sut, nodes=3).start()
            try:
                run.emit("region", case, sut, turn, region_of(cluster, count, replicas))
            finally:
                cluster.stop()


def region_of(cluster, count, replicas):
    before = sum(machine.process(pid)["rss_mb"] for pid in cluster.pids())
    window = machine.Window(cluster.pids())
    figures = load("partitions", window, timeout=900, bootstrap=cluster.bootstrap, partitions=count, replicas=replicas)
    figures["create_cpu_s"] = window.spent()["cpu_s"] if window.after else None
    time.sleep(20)
    idle = machine.Window(cluster.pids())
    idle.open()
    time.sleep(20)
    idle.close()
    figures["idle_cores_per_broker"] = idle.spent()["cpu_s"] / idle.wall_s() / 3
    usage = [machine.process(pid) for pid in cluster.pids()]
    figures["rss_mb_per_broker"] = sum(each["rss_mb"] for each in usage) / 3
    figures["kb_per_replica"] = (sum(each["rss_mb"] for each in usage) - before) / count / replicas * 1e3
    figures["files_open_per_broker"] = sum(machine.open_files(pid) for pid in cluster.pids()) / 3
    cluster.stop(keep=True)
    began = time.time()
    cluster.launch()
    again = load("partitions", timeout=900, bootstrap=cluster.bootstrap, partitions=count, create=0)
    usage = [machine.process(pid) for pid in cluster.pids()]
    figures.update(restart_ms=(time.time() - began) * 1e3, restart_cpu_s=sum(each["cpu_s"] for each in usage if each),
                   ok=figures.get("ok") and again.get("ok"))
    return figures


class Pair:
    """A source and a target broker with a link between them that has not begun to copy."""

    def __init__(self, run, sut, topics, source_sut=None, through_relay=False):
        self.relay = None
        self.source = Cluster(source_sut or sut, "source", SUT_REGION="eu")
        bootstrap = self.source.bootstrap
        if through_relay:
            bootstrap = shell(self.source.script, "bootstrap-wan", environment=self.source.environment)
            self.relay = Relay(run.options.round_trip, run.options.window_kib, self.source.port + 3, self.source.port + 2)
        kind = "kafka" if source_sut else "tombolo"
        self.target = Cluster(sut, "target", 10, SUT_REGION="us", SUT_SOURCE=bootstrap, SUT_SOURCE_KIND=kind, SUT_LINK_TOPICS=topics)
        self.link = Link(run.link_of(sut), bootstrap, self.target, topics)

    def start(self, run):
        for broker in (self.source, self.target):
            broker.start()
            warm(run, broker)
        self.link.hold()
        return self

    def pids(self):
        return [self.source.pid(), self.target.pid(), *self.link.pids()]

    def stop(self):
        self.link.stop()
        if self.relay:
            self.relay.stop()
        for broker in (self.source, self.target):
            broker.stop()


def backlog(run, sut, turn, workload, case, pair):
    """The link copies what is already there; the steady part is measured."""
    try:
        pair.start(run)
        preload(run, pair.source.bootstrap, "geo", "lz4" if "lz4" in case else "none")
        steady = []

        def begin_steady():
            steady.append(machine.Window(pair.pids()))
            steady[0].open()

        figures = load("catchup", on={"go": pair.link.start, "steady-start": begin_steady, "steady-end": lambda: steady[0].close()},
                       bootstrap=pair.source.bootstrap, read_bootstrap=pair.target.bootstrap, topic="geo", read_topic=pair.link.topic("geo"))
        if steady and steady[0].after:
            add_link_cost(figures, steady[0], pair)
        run.emit(workload, case, sut, turn, figures)
    finally:
        pair.stop()


def add_link_cost(figures, window, pair):
    """A link inside the target broker counts with all that the broker spends, appending included."""
    gigabytes = figures["steady_records"] * 1024 / 1e9
    figures["mb_s"] = figures["steady_records_s"] * 1024 / 1e6
    link = pair.link.pids() or [pair.target.pid()]
    for name, pids in (("link", link), ("source", [pair.source.pid()]), ("target", [pair.target.pid()]), ("all", None)):
        spent = window.spent(pids)
        figures[f"{name}_cpu_s_per_gb"] = spent["cpu_s"] / gigabytes
        figures[f"{name}_nojit_cpu_s_per_gb"] = spent["nojit_s"] / gigabytes
    figures["foreign_share"] = window.foreign_share(window.spent()["cpu_s"])
    return figures


def geo(run, sut, turn):
    for compression in ("none", "lz4"):
        case = f"{compression}-backlog-{run.options.gb:g}GB"
        if run.wants(case):
            backlog(run, sut, turn, "geo", case, Pair(run, sut, "geo"))
    if run.wants("lag-5MB/s"):
        lag(run, sut, turn, Pair(run, sut, "lag"))


def lag(run, sut, turn, pair):
    try:
        pair.start(run)
        load("topic", bootstrap=pair.source.bootstrap, topic="lag", partitions=6)
        load("produce", bootstrap=pair.source.bootstrap, topic="lag", bytes=2e6)
        load("catchup", on={"go": pair.link.start}, bootstrap=pair.source.bootstrap, read_bootstrap=pair.target.bootstrap,
             topic="lag", read_topic=pair.link.topic("lag"))
        window = machine.Window(pair.pids())
        figures = load("latency", window, bootstrap=pair.source.bootstrap, read_bootstrap=pair.target.bootstrap, topic="lag",
                       read_topic=pair.link.topic("lag"), rate=5000, acks="1", linger=5, seconds=run.options.seconds)
        run.emit("geo", "lag-5MB/s", sut, turn, add_cost(figures, window))
    finally:
        pair.stop()


def geowan(run, sut, turn):
    """The source is Apache Kafka for both sides: it is the one with a second listener for the relay."""
    case = f"round-trip-{run.options.round_trip:g}ms-backlog-{run.options.gb:g}GB"
    backlog(run, sut, turn, "geowan", case, Pair(run, sut, "geo", source_sut="kafka=sut/kafka.sh", through_relay=True))


def geomany(run, sut, turn):
    """Many mirrored topics: until the target has them all, then what they cost while nothing happens."""
    case = f"{run.options.topics}-topics-of-10"
    if not run.wants(case):
        return
    pair = Pair(run, sut, "many-*")
    try:
        pair.start(run)
        figures = load("manymirrors", on={"go": pair.link.start}, bootstrap=pair.source.bootstrap, read_bootstrap=pair.target.bootstrap, topics=run.options.topics,
                       topic="many-", read_topic=pair.link.topic("many-"), linger=20)
        # Neither a first look at new topics nor the JIT is part of doing nothing.
        time.sleep(20)
        window = machine.Window(pair.pids())
        window.open()
        time.sleep(30)
        window.close()
        for name, pids in (("link", pair.link.pids() or [pair.target.pid()]), ("source", [pair.source.pid()]), ("all", pair.pids())):
            figures[f"{name}_idle_cores"] = window.spent(pids)["cpu_s"] / window.wall_s()
            figures[f"{name}_rss_mb"] = sum(machine.process(pid)["rss_mb"] for pid in pids)
        figures["foreign_share"] = window.foreign_share(window.spent()["cpu_s"])
        run.emit("geomany", case, sut, turn, figures)
    finally:
        pair.stop()


def geogroup(run, sut, turn):
    """A group goes on at the target ten seconds after it has stopped at the source."""
    case = "moved-at-2000/s"
    if not run.wants(case):
        return
    pair = Pair(run, sut, "moved")
    try:
        pair.start(run)
        load("topic", bootstrap=pair.source.bootstrap, topic="moved", partitions=6)
        figures = load("groupmove", on={"go": pair.link.start}, bootstrap=pair.source.bootstrap, read_bootstrap=pair.target.bootstrap,
                       topic="moved", read_topic=pair.link.topic("moved"), seconds=run.options.seconds)
        run.emit("geogroup", case, sut, turn, figures)
    finally:
        pair.stop()


ALL = {"produce": produce, "consume": consume, "latency": latency, "requests": requests, "transactions": transactions, "startup": startup, "replicated": replicated, "oneway": oneway,
       "failover": failover, "rolling": rolling, "partitions": partitions, "region": region, "geo": geo, "geowan": geowan, "geomany": geomany, "geogroup": geogroup,
       "regions": regions.regions, "groups": groups.groups, "compaction": compaction}
