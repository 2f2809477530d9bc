"""Request/response: the framing of all five protocols, asked and answered from either side."""
import os
import cramjam, multiaddr, trio
from libp2p import new_host, create_yamux_muxer_option, create_mplex_muxer_option
from libp2p.crypto.secp256k1 import create_new_key_pair
from libp2p.peer.peerinfo import info_from_p2p_addr
from quetzal import PATIENCE, Frames, Peer, check, connect, read_all


def name(kind):
    return f"/aztec/req/{kind}/0.1.0"


def unpacked(data):
    return bytes(cramjam.snappy.decompress_raw(data)) if data else b""


def packed(data):
    return bytes(cramjam.snappy.compress_raw(data)) if data else b""


async def run(program, muxer):
    who = f"requests over {muxer}"
    option = create_yamux_muxer_option() if muxer == "yamux" else create_mplex_muxer_option()
    host = new_host(key_pair=create_new_key_pair(), muxer_opt=option)
    asked = {}
    answers = {}

    def serve(kind):
        async def handler(stream):
            # To its end: quetzal closes its half.
            asked[kind] = await read_all(stream)
            for piece in answers[kind]:
                await stream.write(piece)
            await stream.close()

        host.set_stream_handler(name(kind), handler)

    for kind in ("ping", "status", "goodbye", "tx", "block"):
        serve(kind)
    with Frames() as frames:
        await exchanges(program, muxer, who, host, asked, answers, frames)


async def exchanges(program, muxer, who, host, asked, answers, frames):
    async with host.run(listen_addrs=[multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]), trio.open_nursery() as nursery:
        peer = Peer(program, "--muxer", muxer)
        try:
            await peer.start(nursery)
            info = info_from_p2p_addr(multiaddr.Multiaddr(peer.address))
            await connect(host, peer)
            await peer.wait("identified")
            identity = str(host.get_id())

            async def ask(kind, *pieces, ends=True):
                with trio.fail_after(PATIENCE):
                    stream = await host.new_stream(info.peer_id, [name(kind)])
                    for piece in pieces:
                        await stream.write(piece)
                    if ends and hasattr(stream, "close_write"):
                        await stream.close_write()
                    return await read_all(stream)

            async def request(kind, data):
                """Has quetzal ask us. It waits two seconds, which a busy machine may not give python."""
                for _ in range(10):
                    asked.pop(kind, None)
                    frames.clear()
                    await peer.tell(f"request {kind} {identity} {data.hex()}")
                    got = await peer.wait_any("response", "failed", protocol=name(kind))
                    if got["event"] == "response" and kind in asked:
                        break
                    await trio.sleep(1)
                return got

            # We ask quetzal. First byte the status, the rest one snappy block, no lengths.
            answer = await ask("ping", b"ping")
            check(f"{who}: ping is answered with pong", answer[0] == 0 and unpacked(answer[1:]) == b"pong", answer.hex())
            answer = await ask("status", b"\x01")
            check(f"{who}: status is answered", answer[0] == 0 and unpacked(answer[1:]) == b"ok", answer.hex())
            known = b"\x07" + os.urandom(31)
            frames.clear()
            answer = await ask("tx", known)
            first = frames.index(b"\0") if b"\0" in frames else None
            check(f"{who}: the status is a frame of its own", first is not None and b"".join(frames[first + 1:]) == answer[1:], frames)
            check(f"{who}: a transaction comes", answer[0] == 0 and unpacked(answer[1:]) == known * 100, answer[:40].hex())
            answer = await ask("tx", known[:10], known[10:])
            check(f"{who}: a request in two pieces", answer[0] == 0 and unpacked(answer[1:]) == known * 100, answer[:40].hex())
            answer = await ask("tx", bytes(32))
            check(f"{who}: a transaction it has not", answer[:1] == b"\0" and unpacked(answer[1:]) == b"", answer.hex())
            answer = await ask("block", (12).to_bytes(32, "big"))
            check(f"{who}: a block comes", answer[0] == 0 and unpacked(answer[1:]) == b"block 12", answer.hex())
            answer = await ask("tx", bytes(2000), ends=False)
            check(f"{who}: a request far too long gets no answer", answer == b"", answer[:40].hex())
            answer = await ask("tx", known[:31])
            check(f"{who}: a request too short gets no answer", answer == b"", answer[:40].hex())

            # Two at once and one in half a second are let in.
            given = []

            async def one():
                given.append(await ask("block", (12).to_bytes(32, "big")))

            async with trio.open_nursery() as many:
                for _ in range(12):
                    many.start_soon(one)
            check(f"{who}: blocks asked for too fast: refused with status 1", b"\x01" in given and all(each == b"\x01" or unpacked(each[1:]) == b"block 12" for each in given), given)

            # Quetzal asks us.
            large = os.urandom(150_000) + bytes(150_000)
            for kind, sent, pieces, status, data in (
                ("ping", b"ping", [b"\0", packed(b"pong")], 0, b"pong"),
                ("status", b"\x01", [b"\0" + packed(b"ok")], 0, b"ok"),
                ("tx", known, [b"\0", packed(large)[:70_000], packed(large)[70_000:]], 0, large),
                ("tx", known, [b"\0"], 0, b""),
                ("block", (12).to_bytes(32, "big"), [b"\0", packed(b"a block")], 0, b"a block"),
                ("tx", known, [b"\x02"], 2, b""),
                ("tx", known, [b"\x01"], 1, b""),
            ):
                answers[kind] = pieces
                got = await request(kind, sent)
                right = got.get("status") == status and got.get("data") == data.hex() and asked.get(kind) == sent and sent in frames
                check(f"{who}: quetzal asks {kind} in one frame, gets status {status} and {len(data)} bytes", right, str(got)[:200])
            answers["tx"] = [b"\0", packed(bytes(100))[:1] + b"\xff\xff"]
            got = await request("tx", known)
            check(f"{who}: bytes that are no snappy are not taken", got.get("status") == 127 and got.get("data") == "", got)

            answer = await ask("goodbye", b"\x01")
            check(f"{who}: goodbye is taken, and the connection ends", answer == b"", answer.hex())
            await peer.wait("disconnected", peer=identity)
        except BaseException as error:
            check(f"{who}: runs", False, f"{error!r}; asked {asked}; events {str(peer.events)[:2000]}")
        await peer.quit()
        nursery.cancel_scope.cancel()


async def leaving(program):
    """A node that stops says goodbye with reason 1. It waits a second for that, so it may take more than one node."""
    host = new_host(key_pair=create_new_key_pair(), muxer_opt=create_yamux_muxer_option())
    heard = []

    async def goodbye(stream):
        heard.append(await read_all(stream))
        await stream.close()

    host.set_stream_handler(name("goodbye"), goodbye)
    async with host.run(listen_addrs=[multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]), trio.open_nursery() as nursery:
        for _ in range(5):
            peer = Peer(program)
            await peer.start(nursery)
            await connect(host, peer)
            await peer.wait("identified")
            await peer.ask("leave", "left")
            with trio.move_on_after(3):
                while not heard:
                    await trio.sleep(0.05)
            if heard:
                break
        check("quetzal that stops says goodbye with its reason", heard == [b"\x01"], heard)
        nursery.cancel_scope.cancel()


async def checks(program):
    for muxer in ("yamux", "mplex"):
        await run(program, muxer)
    await leaving(program)
