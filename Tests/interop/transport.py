"""Noise, each muxer, identify, ping and data, dialled from either side."""
import hashlib
import multiaddr, trio
from libp2p import new_host, create_yamux_muxer_option, create_mplex_muxer_option
from libp2p.crypto.secp256k1 import create_new_key_pair
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from quetzal import PATIENCE, Peer, check, connect, read_all

ECHO, PING, IDENTIFY = "/quetzal/echo/1.0.0", "/ipfs/ping/1.0.0", "/ipfs/id/1.0.0"


async def run(program, muxer):
    option = create_yamux_muxer_option() if muxer == "yamux" else create_mplex_muxer_option()
    listen = multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")

    async def echo(stream):
        await stream.write(await read_all(stream))
        await stream.close()

    for they_dial in (True, False):
        who = f"{muxer}, {'py-libp2p' if they_dial else 'quetzal'} dials"
        host = new_host(key_pair=create_new_key_pair(), muxer_opt=option)
        host.set_stream_handler(ECHO, echo)
        async with host.run(listen_addrs=[listen]), trio.open_nursery() as nursery:
            peer = Peer(program, "--muxer", muxer)
            await peer.start(nursery)
            try:
                if they_dial:
                    await connect(host, peer)
                else:
                    port = host.get_addrs()[0].value_for_protocol("tcp")
                    await peer.tell(f"dial /ip4/127.0.0.1/tcp/{port}/p2p/{host.get_id()}")
                connected = await peer.wait("connected")
                check(f"{who}: noise and muxer", connected["peer"] == str(host.get_id()) and connected["outbound"] != they_dial)
                identified = await peer.wait("identified")
                check(f"{who}: identify of py-libp2p", PING in identified["protocols"] or ECHO in identified["protocols"], identified)
                for size in (1, 1000, 300_000):
                    await peer.tell(f"echo {host.get_id()} {size}")
                    done = await peer.wait("exchanged", protocol=ECHO, bytes=size)
                    check(f"{who}: {size} bytes there and back", done["outcome"] == "same", done)
                await peer.tell(f"ping {host.get_id()}")
                done = await peer.wait("exchanged", protocol=PING)
                check(f"{who}: ping by quetzal", done["outcome"] == "same", done)
                remote = ID.from_base58(peer.id)
                with trio.fail_after(PATIENCE):
                    stream = await host.new_stream(remote, [PING])
                    await stream.write(bytes(range(32)))
                    pong = b""
                    while len(pong) < 32:
                        pong += await stream.read(32 - len(pong))
                    check(f"{who}: ping by py-libp2p", pong == bytes(range(32)))
                    await stream.close()
                    stream = await host.new_stream(remote, [IDENTIFY])
                    answer = await read_all(stream)
                    check(f"{who}: identify of quetzal", b"quetzal-peer" in answer and ECHO.encode() in answer, answer.hex())
                    data = hashlib.shake_128(b"interop").digest(200_000)
                    stream = await host.new_stream(remote, [ECHO])
                    async with trio.open_nursery() as both:
                        got = []

                        async def collect():
                            while sum(map(len, got)) < len(data):
                                got.append(await stream.read(1 << 16))

                        both.start_soon(collect)
                        await stream.write(data)
                    check(f"{who}: 200000 bytes of py-libp2p there and back", b"".join(got) == data)
            except BaseException as error:
                check(f"{who}: runs", False, f"{error!r}; events {peer.events}")
            await peer.quit()
            nursery.cancel_scope.cancel()


async def strangers(program):
    """Who answers with another identity than dialled is not connected to, on either side."""
    host = new_host(key_pair=create_new_key_pair(), muxer_opt=create_yamux_muxer_option())
    other = ID.from_pubkey(create_new_key_pair().public_key)
    async with host.run(listen_addrs=[multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]), trio.open_nursery() as nursery:
        peer = Peer(program)
        await peer.start(nursery)
        port = host.get_addrs()[0].value_for_protocol("tcp")
        failed = await peer.ask(f"dial /ip4/127.0.0.1/tcp/{port}/p2p/{other}", "dial failed", peer=str(other))
        check("quetzal dials another identity: refused", not any(event["event"] == "connected" for event in peer.events), failed)
        try:
            await host.connect(info_from_p2p_addr(multiaddr.Multiaddr(f"/ip4/127.0.0.1/tcp/{peer.port}/p2p/{other}")))
            refused = False
        except Exception:
            refused = True
        check("py-libp2p dials another identity: refused", refused)
        await peer.quit()
        nursery.cancel_scope.cancel()


async def checks(program):
    for muxer in ("yamux", "mplex"):
        await run(program, muxer)
    await strangers(program)
