"""py-libp2p against quetzal-peer. usage: run.py PATH-OF-quetzal-peer [transport|gossip|exchange|reqresp…]

Prints one line per check; exit 1 when one fails.
"""
import sys
import trio
import exchange, gossip, quetzal, reqresp, transport

PARTS = {"transport": transport, "gossip": gossip, "exchange": exchange, "reqresp": reqresp}
for part in sys.argv[2:] or PARTS:
    trio.run(PARTS[part].checks, sys.argv[1])
print(f"interop: {quetzal.passed} passed, {len(quetzal.failures)} failed")
sys.exit(1 if quetzal.failures else 0)
