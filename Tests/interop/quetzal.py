"""quetzal-peer as a child process, and what the checks share."""
import json, subprocess
import multiaddr, trio
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.stream_muxer.mplex.mplex import Mplex
from libp2p.stream_muxer.yamux.yamux import Yamux

# What is waited for takes milliseconds; this only ends a run in which it never comes.
PATIENCE = 60

failures = []
passed = 0


def check(name, good, detail=""):
    global passed
    print(("ok   " if good else "FAIL ") + name + (f": {detail}" if detail and not good else ""), flush=True)
    if good:
        passed += 1
    else:
        failures.append(name)


class Peer:
    """quetzal-peer, its JSON lines kept."""

    def __init__(self, program, *options):
        self.command = [program, "--seconds", "900", *options]
        self.events = []

    async def start(self, nursery):
        self.process = await nursery.start(
            lambda task_status: trio.run_process(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, check=False, task_status=task_status))
        nursery.start_soon(self.read)
        first = await self.wait("listening")
        self.id, self.port = first["peer"], first["port"]
        self.address = f"/ip4/127.0.0.1/tcp/{self.port}/p2p/{self.id}"

    async def read(self):
        rest = b""
        async for piece in self.process.stdout:
            *lines, rest = (rest + piece).split(b"\n")
            self.events += [json.loads(line) for line in lines]

    async def tell(self, line):
        await self.process.stdin.send_all(line.encode() + b"\n")

    async def ask(self, line, event, **members):
        await self.tell(line)
        return await self.wait(event, **members)

    async def wait_any(self, *events, seconds=PATIENCE, **members):
        """The first event of one of these names that has these members."""
        with trio.fail_after(seconds):
            while True:
                for seen in self.events:
                    if seen["event"] in events and all(seen.get(key) == value for key, value in members.items()):
                        self.events.remove(seen)
                        return seen
                await trio.sleep(0.02)

    async def wait(self, event, **members):
        return await self.wait_any(event, **members)

    async def quit(self):
        await self.tell("quit")


async def read_all(stream):
    received = b""
    while True:
        try:
            piece = await stream.read(1 << 16)
        except Exception:
            return received
        if not piece:
            return received
        received += piece


async def connect(host, peer):
    """Dials quetzal-peer. It gives an upgrade two seconds, which a busy machine may not give python: so once more, and again."""
    info = info_from_p2p_addr(multiaddr.Multiaddr(peer.address))
    for attempt in range(5):
        try:
            return await host.connect(info)
        except Exception:
            if attempt == 4:
                raise
            await trio.sleep(1)


class Frames(list):
    """The payloads of all data frames that come from now on, as the sender cut them, over either muxer."""

    def __enter__(self):
        self.kept = (Yamux._read_data_body, Mplex.read_message)
        of_yamux, of_mplex = self.kept

        async def body(muxer, length):
            data = await of_yamux(muxer, length)
            self.append(bytes(data))
            return data

        async def message(muxer):
            stream, flag, data = await of_mplex(muxer)
            if flag in (1, 2):
                self.append(bytes(data))
            return stream, flag, data

        Yamux._read_data_body, Mplex.read_message = body, message
        return self

    def __exit__(self, *_):
        Yamux._read_data_body, Mplex.read_message = self.kept
