#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts single test cases (TAP lines) over all test programs of the last run of meson test.

A program that crashed, timed out or left planned cases out counts as one failed case more. Lines that
a program calls a score are shown. The last line is "N passed, N failed"; the exit code is 1 when anything failed or nothing ran.
"""
import glob
import json
import re
import sys

passed = failed = 0
skipped, broken, scores = [], [], []
for path in glob.glob(sys.argv[1] + '/meson-logs/testlog*.json'):
    for line in open(path, encoding='utf-8', errors='replace'):
        program = json.loads(line)
        cases = re.findall(r'^(not )?ok \d+ ?(.*)$', program.get('stdout', ''), re.M)
        scores += re.findall(r'^# score: (.*)$', program.get('stdout', ''), re.M)
        plan = re.search(r'^1\.\.(\d+)', program.get('stdout', ''), re.M)
        bad = 0
        for wrong, name in cases:
            if '# SKIP' in name.upper():
                skipped.append(name)
            elif wrong:
                bad += 1
                broken.append(f"{program['name']}: {name}")
            else:
                passed += 1
        if not cases and program['result'] == 'OK':
            passed += 1
        elif program['result'] not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not bad or plan and int(plan[1]) > len(cases):
            bad += 1
            broken.append(f"{program['name']}: {program['result']}")
        failed += bad
for line in scores:
    print(line)
for name in skipped:
    print('skipped:', name)
for name in broken:
    print('failed:', name)
print(f'{passed} passed, {failed} failed')
sys.exit(1 if failed or not passed else 0)
