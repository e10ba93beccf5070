#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
"""Backflow against PyTorch (peer-torch.py) and an nn.ts-like network (peer-nn.js), in turns, the best of each.

usage: tests/bench/compare.py [--rounds N] [--json FILE] [BUILD]
Turns are short and alternate, so that both sides meet the same machine; the best turn of each counts. Where
other programs use the processors too, the ratio in processor time is the better guide for one thread.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# name, network, statistics, threads, steps, PyTorch flushes subnormals, goal, aim
ROWS = [
    ('plain, 1 thread', 's1', 'off', 1, 300, 1, 2.5, 3.5),
    ('plain, 2 threads', 's1', 'off', 2, 300, 1, 3.8, 6),
    ('all statistics every step, 1 thread', 's1', 'every', 1, 200, 1, 4.5, 7),
    ('all statistics every step, 2 threads', 's1', 'every', 2, 200, 1, 6.5, 11),
    ('deep with statistics, PyTorch as it comes', 'deep', 'every', 1, 30, 0, 20, 40),
    ('S2 plain, 1 thread', 's2', 'off', 1, 500, 1, None, None),
    ('wide plain, 1 thread', 'wide', 'off', 1, 15, 1, None, None),
]


def ours(program, network, statistics, threads, steps):
    line = [program, 'bench', '--network', network, '--statistics', statistics, '--threads', str(threads),
            '--steps', str(steps), '--json']
    result = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
    return result['steps_per_second'], result['steps_per_cpu_second']


class Torch:
    """PyTorch in a process that stays, at one thread, its best."""

    def __init__(self):
        environment = dict(os.environ, OPENBLAS_NUM_THREADS='1', OMP_NUM_THREADS='1')
        self.process = subprocess.Popen(['/usr/bin/python3', os.path.join(HERE, 'peer-torch.py')], env=environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, network, statistics, flush, steps):
        self.process.stdin.write('%s %s 1 %d %d\n' % (network, statistics, flush, steps))
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit('compare.py: PyTorch is missing: apt-get install python3-torch')
        return tuple(float(word) for word in line.split())


def best(pairs):
    return tuple(max(column) for column in zip(*pairs))


def print_row(name, mine, peer, goal, aim):
    ratio = mine[0] / peer[0]
    word = '' if goal is None else 'must %.1f, aim %.1f: %s' % (goal, aim, 'aim' if ratio >= aim else 'must' if ratio >= goal else 'below')
    print('%-42s %10.1f %10.1f   %6.2f x  (processor time %6.2f x)  %s' % (name, mine[0], peer[0], ratio, mine[1] / peer[1], word), flush=True)
    return {'name': name, 'steps_per_second': mine[0], 'peer_steps_per_second': peer[0], 'ratio': ratio,
            'ratio_of_processor_time': mine[1] / peer[1], 'must': goal, 'aim': aim}


def compare_torch(program, rounds):
    torch = Torch()
    for name, network, statistics, threads, steps, flush, goal, aim in ROWS:
        mine, peer = [], []
        for _ in range(rounds):
            mine.append(ours(program, network, statistics, threads, steps))
            peer.append(torch.measure(network, statistics, flush, max(5, steps // 2)))
        yield print_row(name, best(mine), best(peer), goal, aim)


def compare_node(program, rounds):
    mine, peer = [], []
    for _ in range(rounds):
        mine.append(ours(program, 'tiny', 'off', 1, 100000))
        speed = float(subprocess.run(['node', os.path.join(HERE, 'peer-nn.js'), '20000'], check=True,
                                     capture_output=True, text=True).stdout)
        peer.append((speed, speed))
    return print_row('tiny plain, against nn.ts in Node', best(mine), best(peer), 10, 25)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--json')
    parser.add_argument('build', nargs='?', default='build')
    arguments = parser.parse_args()
    program = os.path.join(arguments.build, 'src/cli/backflow-cli')

    print('%-42s %10s %10s   %s' % ('steps a second', 'Backflow', 'peer', 'ratio'))
    rows = [compare_node(program, arguments.rounds)] if shutil.which('node') else []
    rows += list(compare_torch(program, arguments.rounds))
    if arguments.json:
        with open(arguments.json, 'w') as file:
            json.dump(rows, file, indent=1)


main()
