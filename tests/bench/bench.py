#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
"""What `make bench` runs: all single measurements as a table and as JSON, and the cost of a step over the size of
the network as a picture.

usage: tests/bench/bench.py [--out FOLDER] [BUILD]
"""
import argparse
import json
import math
import os
import subprocess
import time

# hidden layers: 1e4 … 1e7 parameters (with the 784 inputs), and 1 … 1,000 layers of 32
WIDTHS = ['12x1', '64x3', '128x7', '256x12', '512x12', '512x30', '1024x9']
DEPTHS = ['32x1', '32x3', '32x10', '32x30', '32x100', '32x300', '32x1000']


def bench(program, network, threads=1, statistics='off', steps=0):
    line = [program, 'bench', '--network', network, '--threads', str(threads), '--statistics', statistics,
            '--steps', str(steps), '--json']
    return json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)


def print_measurement(row):
    print('%-8s %7d  %-10s %12.1f %9.1f %9.1f %7.0f %% %9.1f %7.0f %%   %.1f MB' % (
        row['network'], row['threads_used'], row['statistics'], row['steps_per_second'], row['gflops'],
        row['sgemm_gflops'], 100 * row['sgemm_share'], row['peak_gflops'], 100 * row['peak_share'],
        row['recording_bytes_at_most'] / 1e6), flush=True)


def measure_networks(program):
    print('network  threads  statistics  steps a second   GFLOP/s     sgemm    share      peak    share   recording at most')
    rows = []
    for network in ('s1', 's2', 'deep', 'wide', 'tiny'):
        for threads in (1, 2):
            for statistics in ('off', 'every', 'full'):
                rows.append(bench(program, network, threads, statistics))
                print_measurement(rows[-1])
    return rows


def measure_sizes(program, networks, measure):
    rows = []
    for network in networks:
        row = bench(program, network)
        rows.append((measure(row), 1e6 / row['steps_per_cpu_second']))
        print('%-10s %12d parameters %14.1f µs of processor time a step' % (network, row['parameters'], rows[-1][1]), flush=True)
    return rows


def draw(file, groups):
    """Log-log, one panel a group; a line of slope 1 through the last point to compare with."""
    width, height, pad = 420, 320, 50
    file.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">'
               '<rect width="100%%" height="100%%" fill="white"/>' % (width * len(groups), height))
    for index, (title, points) in enumerate(groups):
        logs = [(math.log10(x), math.log10(y)) for x, y in points]
        low, high = math.floor(min(x for x, _ in logs)), math.ceil(max(x for x, _ in logs))
        bottom, top = math.floor(min(y for _, y in logs)), math.ceil(max(y for _, y in logs))

        def place(x, y):
            return (index * width + pad + (x - low) / (high - low) * (width - 2 * pad),
                    height - pad - (y - bottom) / (top - bottom) * (height - 2 * pad))

        for x in range(low, high + 1):
            file.write('<text x="%.0f" y="%d" text-anchor="middle">1e%d</text>' % (place(x, bottom)[0], height - pad + 18, x))
        for y in range(bottom, top + 1):
            file.write('<text x="%.0f" y="%.0f" text-anchor="end">1e%d µs</text>' % (index * width + pad - 2, place(low, y)[1], y))
        end = logs[-1]
        begin = (max(low, end[0] - (end[1] - bottom)), max(bottom, end[1] - (end[0] - low)))
        file.write('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#bbb"/>' % (*place(*begin), *place(*end)))
        file.write('<polyline fill="none" stroke="#1c71d8" stroke-width="2" points="%s"/>' % ' '.join('%.1f,%.1f' % place(*p) for p in logs))
        for point in logs:
            file.write('<circle cx="%.1f" cy="%.1f" r="3" fill="#1c71d8"/>' % place(*point))
        file.write('<text x="%d" y="24" text-anchor="middle">%s (gray: linear)</text>' % (index * width + width // 2, title))
    file.write('</svg>\n')


def measure_start(program):
    began = time.perf_counter()
    subprocess.run([program, 'run', 't2-sigmoid', '--steps', '1', '--json'], check=True, capture_output=True)
    seconds = time.perf_counter() - began
    print('Time to start, make a network and one step: %.0f ms' % (1000 * seconds))
    return seconds


def measure_recording(program):
    if not os.path.exists(program):
        return None
    result = json.loads(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    print('Recording %(steps)d steps of %(layers)d layers: %(mebibytes).1f MiB, %(microseconds_per_step).2f µs a step; '
          'a snapshot of it %(milliseconds_snapshot).3f ms, its heatmap %(milliseconds_heatmap).1f ms' % result, flush=True)
    return result


def time_study(program, epochs):
    began = time.perf_counter()
    subprocess.run([program, 'study', 't1-table', '--epochs', str(epochs), '--json'], check=True, capture_output=True)
    return time.perf_counter() - began


def measure_table(program):
    """All of T1's rows, two runs at a time, recorded as studies are. Each of the later epochs takes what these add: the
    first are dearer, since columns of few steps are measured whole and frames are many."""
    few, more = 2, 5
    first, second = time_study(program, few), time_study(program, more)
    minutes = (first + (100 - few) * (second - first) / (more - few)) / 60
    print("T1's whole table: %d epochs %.1f s, %d %.1f s; so 100 take %.1f minutes (must 7, aim 5)" % (few, first, more, second, minutes),
          flush=True)
    return {'epochs': [few, more], 'seconds': [first, second], 'minutes': minutes}


def measure_window(build, out):
    """Frame times, exports, first frame, controls and Stop, on a display of its own (Xvfb)."""
    path = os.path.join(out, 'window.json')
    here = os.path.dirname(os.path.abspath(__file__))
    print('\nThe window:', flush=True)
    process = subprocess.run([os.path.join(here, '../ui/run-ui.sh'), os.path.join(build, 'tests/bench/bench-window'), '--json', path],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    print(''.join(line + '\n' for line in process.stdout.splitlines() if not line.startswith('#')), flush=True)
    if process.returncode != 0:
        print('The window could not be measured: no display server (xvfb) here?')
        return None
    with open(path) as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out')
    parser.add_argument('build', nargs='?', default='build')
    arguments = parser.parse_args()
    program = os.path.join(arguments.build, 'src/cli/backflow-cli')
    out = arguments.out or os.path.join(arguments.build, 'bench')

    os.makedirs(out, exist_ok=True)
    result = {'start_seconds': measure_start(program), 'networks': measure_networks(program)}
    result['parameters'] = measure_sizes(program, WIDTHS, lambda row: row['parameters'])
    result['layers'] = [(int(n.split('x')[1]), us) for n, (_, us) in zip(DEPTHS, measure_sizes(program, DEPTHS, lambda row: row['parameters']))]
    result['recording'] = measure_recording(os.path.join(arguments.build, 'tests/bench/bench-recording'))
    result['t1_table'] = measure_table(program)
    result['window'] = measure_window(arguments.build, out)
    with open(os.path.join(out, 'bench.json'), 'w') as file:
        json.dump(result, file, indent=1)
    with open(os.path.join(out, 'scaling.svg'), 'w') as file:
        draw(file, [('time of a step by parameters', result['parameters']), ('by hidden layers of 32', result['layers'])])
    print('%s/bench.json, %s/scaling.svg' % (out, out))


main()
