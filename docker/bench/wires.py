"""Every broker of a cluster in a network namespace of its own, so that single directions can be cut. Needs root and the command ip."""
import os
import shutil
import subprocess

NOBODY = "02:00:00:00:00:99"


class Wires:
    """A bridge that the clients are on, too. A direction is cut by giving its sender a wrong link address of the receiver."""

    def __init__(self, nodes):
        self.nodes = range(1, nodes + 1)
        self.net = f"10.79.{1 + os.getpid() % 250}"
        self.bridge = f"tbb{os.getpid() % 1_000_000}"
        ip("link", "add", self.bridge, "type", "bridge")
        ip("addr", "add", f"{self.net}.254/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")
        for node in self.nodes:
            ip("netns", "add", self.name(node))
            ip("link", "add", f"{self.bridge}n{node}", "type", "veth", "peer", "name", "eth0", "netns", self.name(node))
            ip("link", "set", f"{self.bridge}n{node}", "master", self.bridge, "up")
            ip("-n", self.name(node), "addr", "add", f"{self.net}.{node}/24", "dev", "eth0")
            ip("-n", self.name(node), "link", "set", "eth0", "up")
            ip("-n", self.name(node), "link", "set", "lo", "up")

    @staticmethod
    def refusal():
        """Why this machine does not allow it, or nothing."""
        if not shutil.which("ip"):
            return "the command ip is not installed"
        return None if os.geteuid() == 0 else "network namespaces need root"

    def variables(self):
        """For the scripts of the systems under test: {n} stands for the node."""
        return {"SUT_HOST": self.net + ".{n}", "SUT_INTO": "ip netns exec " + self.name("{n}")}

    @staticmethod
    def name(node):
        return f"tombolo-bench-{os.getpid()}-{node}"

    def cut(self, sender, receivers):
        """From now on, what the sender has for these nodes vanishes; nobody is told, and clients hear everybody."""
        for receiver in receivers:
            ip("-n", self.name(sender), "neigh", "replace", f"{self.net}.{receiver}", "lladdr", NOBODY, "dev", "eth0", "nud", "permanent")

    def heal(self):
        for node in self.nodes:
            ip("-n", self.name(node), "neigh", "flush", "nud", "permanent", "dev", "eth0")

    def close(self):
        for node in self.nodes:
            ip("netns", "del", self.name(node))
        ip("link", "del", self.bridge)


def ip(*words):
    subprocess.run(["ip", *words], check=True, stdout=subprocess.DEVNULL)
