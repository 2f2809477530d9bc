"""quetzal-peer as a child process, and what the checks share."""
import json, subprocess
import trio

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
        self.command = [program, "--seconds", "120", *options]
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

    async def wait(self, event, seconds=30, **members):
        """The first event of that name, now or later, that has these members; it is taken off the list."""
        with trio.fail_after(seconds):
            while True:
                for seen in self.events:
                    if seen["event"] == event and all(seen.get(key) == value for key, value in members.items()):
                        self.events.remove(seen)
                        return seen
                await trio.sleep(0.02)

    async def tell(self, line):
        await self.process.stdin.send_all(line.encode() + b"\n")

    async def ask(self, line, event, **members):
        await self.tell(line)
        return await self.wait(event, **members)

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
