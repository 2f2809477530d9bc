"""Request/response: the framing of all five protocols, asked and answered from either side."""
import os
import cramjam, multiaddr, trio
from libp2p import new_host, create_yamux_muxer_option, create_mplex_muxer_option
from libp2p.crypto.secp256k1 import create_new_key_pair
from libp2p.peer.peerinfo import info_from_p2p_addr
from quetzal import Peer, check, read_all


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
            request = await stream.read(1024)
            asked[kind] = request
            for piece in answers[kind]:
                await stream.write(piece)
            await stream.close()

        host.set_stream_handler(name(kind), handler)

    for kind in ("ping", "status", "goodbye", "tx", "block"):
        serve(kind)
    async with host.run(listen_addrs=[multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]), trio.open_nursery() as nursery:
        peer = Peer(program, "--muxer", muxer)
        try:
            await peer.start(nursery)
            info = info_from_p2p_addr(multiaddr.Multiaddr(peer.address))
            await host.connect(info)
            await peer.wait("identified")

            async def ask(kind, *pieces, ends=True):
                with trio.fail_after(20):
                    stream = await host.new_stream(info.peer_id, [name(kind)])
                    for piece in pieces:
                        await stream.write(piece)
                    if ends and hasattr(stream, "close_write"):
                        await stream.close_write()
                    return await read_all(stream)

            # We ask quetzal. First byte the status, the rest one snappy block, no lengths.
            answer = await ask("ping", b"ping")
            check(f"{who}: ping is answered with pong", answer[0] == 0 and unpacked(answer[1:]) == b"pong", answer.hex())
            answer = await ask("status", b"\x01")
            check(f"{who}: status is answered", answer[0] == 0 and unpacked(answer[1:]) == b"ok", answer.hex())
            known = b"\x07" + os.urandom(31)
            answer = await ask("tx", known)
            check(f"{who}: a transaction comes", answer[0] == 0 and unpacked(answer[1:]) == known * 100, answer[:40].hex())
            answer = await ask("tx", known[:10], known[10:])
            check(f"{who}: a request in two pieces", answer[0] == 0 and unpacked(answer[1:]) == known * 100, answer[:40].hex())
            answer = await ask("tx", bytes(32))
            check(f"{who}: a transaction it has not", answer[:1] == b"\0" and unpacked(answer[1:]) == b"", answer.hex())
            answer = await ask("block", (12).to_bytes(32, "big"))
            check(f"{who}: a block comes", answer[0] == 0 and unpacked(answer[1:]) == b"block 12", answer.hex())
            answer = await ask("tx", bytes(2000), ends=False)
            check(f"{who}: a request far too long gets no data", len(answer) <= 1, answer[:40].hex())

            # Quetzal asks us.
            identity = str(host.get_id())
            large = os.urandom(150_000) + bytes(150_000)
            for kind, request, pieces, status, data in (
                ("ping", b"ping", [b"\0", packed(b"pong")], 0, b"pong"),
                ("status", b"\x01", [b"\0" + packed(b"ok")], 0, b"ok"),
                ("tx", known, [b"\0", packed(large)[:70_000], packed(large)[70_000:]], 0, large),
                ("tx", known, [b"\0"], 0, b""),
                ("block", (12).to_bytes(32, "big"), [b"\0", packed(b"a block")], 0, b"a block"),
                ("tx", known, [b"\x02"], 2, b""),
                ("tx", known, [b"\x01"], 1, b""),
            ):
                answers[kind] = pieces
                asked.pop(kind, None)
                got = await peer.ask(f"request {kind} {identity} {request.hex()}", "response", protocol=name(kind))
                right = got["status"] == status and got["data"] == data.hex() and asked.get(kind) == request
                check(f"{who}: quetzal asks {kind}, gets status {status} and {len(data)} bytes", right, str(got)[:200])
            answers["tx"] = [b"\0", packed(bytes(100))[:1] + b"\xff\xff"]
            got = await peer.ask(f"request tx {identity} {known.hex()}", "response", protocol=name("tx"))
            check(f"{who}: bytes that are no snappy are not taken", got["status"] == 127 and got["data"] == "", got)

            # Both say goodbye.
            answer = await ask("goodbye", b"\x01")
            check(f"{who}: goodbye is taken, and the connection ends", answer[:1] in (b"\0", b""), answer.hex())
            await peer.wait("disconnected", peer=identity)
        except BaseException as error:
            check(f"{who}: runs", False, f"{error!r}; asked {asked}; events {str(peer.events)[:2000]}")
        await peer.quit()
        nursery.cancel_scope.cancel()


async def checks(program):
    for muxer in ("yamux", "mplex"):
        await run(program, muxer)
