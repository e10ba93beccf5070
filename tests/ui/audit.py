#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
"""usage: [AUDIT_DUMP=PLACE] audit.py BACKFLOW

Looks at the real window as a screen reader does: everything that takes the focus has a name. An
unlabelled widget is named after its type by GTK, and that is how it is found. The window is walked
as it starts (all views are in it), with a layer open for editing, with menus, the export dialog
and the list of all runs open. AUDIT_DUMP prints the whole tree of a place.
"""
import os
import re
import subprocess
import sys
import time

try:
    import pyatspi
    from gi.repository import GLib
except ImportError:
    print('1..1\nok 1 accessibility # SKIP no python3-pyatspi')
    sys.exit(0)

ROLES = {'push button', 'toggle button', 'check box', 'radio button', 'spin button', 'slider', 'combo box',
         'text', 'entry', 'menu item', 'page tab', 'list item', 'switch', 'image',
         'drawing area', 'table', 'link'}
PATIENCE = float(os.environ.get('BF_TEST_PATIENCE', '1'))
cases = []


def walk(accessible, path=()):
    """All accessible things below one, each with the names of its ancestors."""
    for i in range(accessible.childCount):
        try:
            child = accessible.getChildAtIndex(i)
            child.clear_cache()
        except Exception:   # gone while walking
            continue
        if child is None:
            continue
        try:
            here = path + (f'{child.getRoleName()} “{child.name}”',)
        except Exception:
            continue
        yield child, here
        yield from walk(child, here)


def wait_for(what, condition, seconds=20.0):
    deadline = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f'Bail out! waited in vain for {what}')


def find_application(process):
    for application in pyatspi.Registry.getDesktop(0):
        if application and application.get_process_id() == process.pid:
            return application
    return None


def patient(look):
    """What is looked at may go away meanwhile, or not be there yet, as the whole application just after its start: then
    once more, from the application on."""
    def look_again(process, *arguments):
        for _ in range(20):
            try:
                return look(find_application(process), *arguments)
            except (GLib.GError, AttributeError, TypeError):
                time.sleep(0.3 * PATIENCE)
        return look(find_application(process), *arguments)
    return look_again


def is_unlabelled(accessible, path):
    # The list that a choice opens is libadwaita's.
    if accessible.getRoleName() in ('list', 'list item') and any(name.startswith('combo box') for name in path):
        return False
    states = accessible.getState()
    return (accessible.getRoleName() in ROLES and states.contains(pyatspi.STATE_FOCUSABLE)
            and (not accessible.name.strip() or re.match(r'(Gtk|Adw|Bf)[A-Z]\w+$', accessible.name)))


@patient
def audit(application, place):
    things = list(walk(application))
    if re.search(os.environ.get('AUDIT_DUMP', '^$'), place):
        for thing, path in things:
            print('  ' * len(path) + path[-1], '*' * thing.getState().contains(pyatspi.STATE_FOCUSABLE),
                  thing.description, file=sys.stderr)
    bad = [' › '.join(path[-5:]) for thing, path in things if is_unlabelled(thing, path)]
    focusable = sum(thing.getState().contains(pyatspi.STATE_FOCUSABLE) for thing, _ in things)
    cases.append((place, bad, focusable))


@patient
def find_action(application, name):
    """Parameterless actions of the window are actions of its frame."""
    for window in application:
        try:
            actions = window.queryAction()
        except NotImplementedError:
            continue
        for i in range(actions.nActions):
            if actions.getName(i) == name:
                return actions, i
    return None


def activate(process, name):
    actions, i = wait_for(f'the window’s action “{name}”', lambda: find_action(process, name))
    actions.doAction(i)
    time.sleep(0.7 * PATIENCE)


@patient
def find(application, role, pattern):
    for thing, _ in walk(application):
        if thing.getRoleName() == role and re.search(pattern, thing.name) and \
           (role == 'label' or has_actions(thing)):
            return thing
    return None


def has_actions(accessible):
    try:
        return accessible.queryAction().nActions > 0
    except NotImplementedError:
        return False


def click(process, role, pattern):
    thing = wait_for(f'a {role} “{pattern}”', lambda: find(process, role, pattern))
    thing.queryAction().doAction(0)
    time.sleep(0.7 * PATIENCE)


@patient
def count(application):
    return sum(1 for _ in walk(application))


@patient
def audit_figures(application):
    """A figure says in words what it shows."""
    figures = [(thing, path) for thing, path in walk(application)
               if thing.getRoleName() == 'image' and thing.getState().contains(pyatspi.STATE_FOCUSABLE)]
    cases.append(('figures that say what they show', [path[-1] for thing, path in figures if len(thing.description) < 20],
                  len(figures) + 10 * (len(figures) > 3)))


def main():
    process = subprocess.Popen([sys.argv[1]], env=dict(os.environ, G_DEBUG='fatal-warnings'))
    try:
        wait_for('the window', lambda: find_application(process))
        wait_for('its buttons', lambda: count(process) > 50)
        audit(process, 'the welcome page')
        click(process, 'push button', '^Open the Laboratory')
        audit(process, 'the window as it starts')
        activate(process, 'win.layer-edit')
        activate(process, 'run.step')
        wait_for('one step', lambda: find(process, 'label', '^Paused'))
        audit(process, 'a layer being edited, one step trained')
        for view in ('Histograms', 'Curves', 'Data', 'Gradients'):    # described once they were seen
            click(process, 'page tab', f'^{view}$')
        audit_figures(process)
        activate(process, 'win.add-layer')
        click(process, 'push button', '^Main Menu$')
        audit(process, 'menus')
        activate(process, 'win.export-figure')
        wait_for('the export dialog', lambda: find(process, 'push button', 'Save'))
        audit(process, 'the export dialog')
        activate(process, 'win.all-runs')
        wait_for('the list of all runs', lambda: find(process, 'label', '^All Runs$'))
        audit(process, 'the list of all runs')
    finally:
        process.terminate()
        process.wait()
    print(f'1..{len(cases)}')
    failed = 0
    for number, (place, bad, focusable) in enumerate(cases, 1):
        wrong = bool(bad) or focusable < 10
        failed += wrong
        print(f'{"not " * wrong}ok {number} {place}: {len(bad)} of {focusable} without words')
        for path in bad:
            print('#', path)
    sys.exit(1 if failed else 0)


main()
