import EventLoop
@preconcurrency import Glibc

// quetzal-peer [--listen ADDRESS:PORT] [--muxer yamux|mplex] [--version NETWORK] [--publish-to mesh|all]
//   [--mesh LOW:DEGREE:HIGH] [--suggestion-score N] [--seconds N]: a node without chain and discovery for interop tests
// (Tests/interop). Reads commands from standard input, one a line, and prints what happens as JSON lines:
//   dial /ip4/…/tcp/…/p2p/ID    echo ID BYTES    ping ID    close ID
//   publish tx|block_proposal|block_attestation HEX    mesh TOPIC    request ping|status|goodbye|tx|block ID [HEX]
//   record (where we are, signed)    leave (with a goodbye to everybody)    quit (without)
// Ends at the end of its input, or after N seconds (default 120).

setvbuf(stdout, nil, _IOLBF, 0)
let arguments = Array(CommandLine.arguments.dropFirst())
var options = PeerOptions()
do {
    try options.read(arguments)
    let loop = try EventLoop()
    let node = try PeerNode(options, loop: loop)
    try node.run()
} catch {
    fputs("quetzal-peer: \(error)\n", stderr)
    exit(2)
}
