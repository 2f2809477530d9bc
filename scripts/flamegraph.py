#!/usr/bin/env python3
"""Stacks sampled by perf as an SVG.

    perf record -F 2000 --call-graph dwarf,16384 -o perf.data PROGRAM
    perf script -i perf.data --no-inline | swift demangle --simplified | scripts/flamegraph.py [--under TEXT] [--title TEXT] > out.svg

--under keeps what is called, directly or not, by the outermost function with TEXT in its name; --text prints the
functions by time with and without what they call, instead of drawing.
"""
import argparse
import html
import re
import sys

WIDTH, ROW, LEAST = 1400, 17, 0.6


def stacks(lines):
    """Root first."""
    frames = []
    for line in lines:
        line = line.rstrip()
        if not line:
            if frames:
                yield frames[::-1]
            frames = []
        elif line[0].isspace():
            # Address, symbol+offset, (module).
            found = re.match(r"\s*[0-9a-f]+ (.*) \(([^()]*)\)$", line)
            if found:
                name, module = found.groups()
                name = re.sub(r"\+0x[0-9a-f]+$", "", name)
                frames.append(name if name != "[unknown]" else "[" + module.rsplit("/", 1)[-1] + "]")
    if frames:
        yield frames[::-1]


def shortened(name):
    """Swift's specialisations by the names of what they specialise."""
    name = re.sub(r"^(?:(?:generic|function signature|merged|partial apply|partial apply forwarder|protocol witness|reabstraction thunk|specialized|"
                  r"outlined|closure #\d+|implicit closure #\d+|@\w+|in|for|of|helper|from|thunk|\(\d+ of \d+\)|<[^<>]*>) )+", "", name)
    return re.sub(r"\(\w*:[^()]*\)", "()", name)


class Node:
    def __init__(self):
        self.count = 0
        self.children = {}


def tree(samples):
    root = Node()
    for frames in samples:
        node = root
        node.count += 1
        for name in frames:
            node = node.children.setdefault(name, Node())
            node.count += 1
    return root


def colour(name):
    if name.startswith(("rocksdb", "[librocksdb", "LZ4")):
        base = (214, 160, 96)
    elif name.startswith("fv_") or "Poseidon2" in name:
        base = (140, 178, 220)
    elif name.startswith(("swift_", "swift::", "Hasher", "_Native", "__Raw", "malloc", "_int_", "free", "cfree", "__mem", "[lib")):
        base = (200, 200, 196)
    else:
        base = (226, 120, 92)
    shift = sum(map(ord, name)) % 24 - 12
    return "rgb(%d,%d,%d)" % tuple(max(0, min(255, part + shift)) for part in base)


def draw(root, title, out):
    def depth(node):
        return 1 + max((depth(child) for child in node.children.values() if child.count * WIDTH / root.count >= LEAST), default=0)

    height = (depth(root) + 2) * ROW
    out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
              f'font-family="monospace" font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n')
    out.write(f'<text x="8" y="13">{html.escape(title)} ({root.count} samples)</text>\n')

    def box(node, name, left, level):
        width = node.count * WIDTH / root.count
        if width < LEAST:
            return
        top = height - (level + 1) * ROW
        share = 100 * node.count / root.count
        room = int((width - 4) / 6.7)
        text = name if len(name) <= room else name[:max(0, room - 1)] + "…"
        out.write(f'<g><title>{html.escape(name)} — {share:.1f} %</title><rect x="{left:.1f}" y="{top}" width="{width:.1f}" '
                  f'height="{ROW - 1}" fill="{colour(name)}" rx="1"/>')
        if room >= 3:
            out.write(f'<text x="{left + 2:.1f}" y="{top + 12}">{html.escape(text)}</text>')
        out.write("</g>\n")
        for child in sorted(node.children):
            box(node.children[child], child, left, level + 1)
            left += node.children[child].count * WIDTH / root.count

    left = 0
    for child in sorted(root.children):
        box(root.children[child], child, left, 0)
        left += root.children[child].count * WIDTH / root.count
    out.write("</svg>\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--under")
    arguments.add_argument("--title", default="")
    arguments.add_argument("--text", action="store_true")
    options = arguments.parse_args()
    samples = []
    for frames in stacks(sys.stdin):
        frames = [shortened(name) for name in frames]
        if options.under:
            at = next((i for i, name in enumerate(frames) if options.under in name), None)
            if at is None:
                continue
            frames = frames[at:]
        # Functions made of one in the source stand one upon the other.
        samples.append([name for i, name in enumerate(frames) if i == 0 or name != frames[i - 1]])
    if not samples:
        sys.exit("no stacks")
    if not options.text:
        return draw(tree(samples), options.title, sys.stdout)
    own, whole = {}, {}
    for frames in samples:
        own[frames[-1]] = own.get(frames[-1], 0) + 1
        for name in set(frames):
            whole[name] = whole.get(name, 0) + 1
    for name in sorted(whole, key=whole.get, reverse=True)[:80]:
        print(f"{100 * whole[name] / len(samples):6.1f} %  {100 * own.get(name, 0) / len(samples):6.1f} % own  {name[:130]}")


main()
