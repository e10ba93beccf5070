#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the labelled experiments beside this file and labels.json.

A label is what the experiment was built to have, known before it is run: from the activation's slope
and the variance of the weights (mean-field theory), from the learning rate, from the data. None is
read off the diagnosis. steps 0: looked at before any training.
"""
import json
import math
import os

HERE = os.path.dirname(os.path.abspath(__file__))
labels = {}
CLASSES = {'blobs': 3, 'circles': 2, 'moons': 2, 'spiral': 2, 'xor': 2, 'fashion-mnist': 10, 'random-regression': 1}


def normal(std):
    return {'kind': 'normal', 'mean': 0, 'std': std}


def uniform(low, high):
    return {'kind': 'uniform', 'low': low, 'high': high}


def add(name, expected, data='moons', depth=3, width=32, act='relu', start='he-normal', out=None, rate=0.05,
        steps=150, batch=32, epochs=100, optimizer='sgd', momentum=0.9, scaling='standardized', extra=None,
        before=None, frozen=0, validation=0.2, source=None, seed=1, remedies=()):
    """extra: layers after each activation; before: between dense and activation; frozen: so many blocks apart."""
    ids = iter(range(1, 1000))

    def dense(units, how, is_frozen=False):
        layer = {'id': next(ids), 'kind': 'dense', 'units': units, 'start': how, 'bias': True}
        if is_frozen:
            layer['frozen'] = True
        return layer

    def block(is_frozen=False):
        layers = [dense(width, start, is_frozen)]
        layers += [dict(id=next(ids), **layer) for layer in before or []]
        if act != 'linear':
            layers.append({'id': next(ids), 'kind': 'activation', 'function': act})
        return layers + [dict(id=next(ids), **layer) for layer in extra or []]

    network = [layer for _ in range(frozen) for layer in block(True)]
    if depth > frozen:
        network.append({'block': depth - frozen, 'layers': block()})
    network.append(dense(CLASSES[data] if not (source or {}).get('classes') else source['classes'], out or 'glorot-uniform'))
    choice = {'kind': optimizer}
    if optimizer == 'sgd':
        choice['momentum'] = momentum
    spec = {
        'format': 'backflow-experiment', 'version': 1, 'name': name.replace('-', ' ').capitalize(), 'summary': '',
        'data': dict({'kind': data}, **(source or {})), 'scaling': scaling,
        'validation': 0 if data == 'random-regression' else validation,
        'network': network, 'loss': 'mse' if data == 'random-regression' else 'cross-entropy', 'optimizer': choice,
        'learning_rate': rate, 'batch': batch, 'epochs': epochs, 'seed': seed, 'subnormals': False,
        'remedies': [dict(remedy=r, on=True) if isinstance(r, str) else dict(r, on=True) for r in remedies],
    }
    with open(os.path.join(HERE, name + '.backflow'), 'w') as file:
        json.dump(spec, file, indent=1)
        file.write('\n')
    labels[name] = {'steps': steps, 'findings': sorted(expected)}


V, X, D = 'vanishing-gradient', 'exploding-gradient', 'diverged'
BN = {'kind': 'batch-norm'}
LN = {'kind': 'layer-norm'}

# Healthy: slope times weights near 1 a layer, or few layers, or normalization between them.
for data in ('blobs', 'circles', 'moons', 'spiral', 'xor'):
    add(f'healthy-relu-{data}', [], data, 4)
for depth in (2, 6, 12, 20):
    add(f'healthy-he-{depth}-layers', [], 'spiral', depth, 64, rate=0.01)
add('healthy-he-start', [], 'moons', 10, 64, steps=0)
add('healthy-tanh', [], 'spiral', 4, 32, 'tanh', 'glorot-uniform')
add('healthy-tanh-8', [], 'moons', 8, 64, 'tanh', 'glorot-normal', rate=0.01)
add('healthy-tanh-orthogonal', [], 'circles', 12, 48, 'tanh', {'kind': 'orthogonal', 'gain': 1.1}, rate=0.01)
add('healthy-selu', [], 'circles', 10, 64, 'selu', 'lecun-normal', rate=0.01)
add('healthy-elu', [], 'blobs', 5, 32, 'elu', 'he-normal', rate=0.01)
add('healthy-gelu', [], 'moons', 4, 48, 'gelu', 'he-normal')
add('healthy-silu', [], 'xor', 3, 48, 'silu', 'he-normal')
add('healthy-leaky', [], 'xor', 6, 48, 'leaky-relu', 'he-uniform', rate=0.02)
add('healthy-one-sigmoid', [], 'blobs', 1, 32, 'sigmoid', 'glorot-normal', rate=0.1)
add('healthy-two-sigmoids', [], 'blobs', 2, 32, 'sigmoid', 'glorot-normal', rate=0.1)
add('healthy-linear', [], 'blobs', 3, 16, 'linear', 'glorot-normal', rate=0.01)
add('healthy-softsign', [], 'moons', 4, 32, 'softsign', 'glorot-normal', rate=0.1)
add('healthy-adam', [], 'spiral', 4, 64, rate=0.001, optimizer='adam')
add('healthy-rmsprop', [], 'moons', 3, 32, rate=0.001, optimizer='rmsprop')
add('healthy-nadam', [], 'circles', 4, 32, 'tanh', 'glorot-normal', rate=0.001, optimizer='nadam')
add('healthy-batch-norm-sigmoid', [], 'moons', 7, 48, 'sigmoid', 'glorot-normal', before=[BN])
add('healthy-batch-norm-relu', [], 'spiral', 10, 48, before=[BN], rate=0.02)
add('healthy-layer-norm-tanh', [], 'spiral', 8, 48, 'tanh', 'glorot-normal', before=[LN], rate=0.02)
add('healthy-dropout', [], 'moons', 3, 64, extra=[{'kind': 'dropout', 'rate': 0.2}])
add('healthy-images', [], 'fashion-mnist', 3, 64, scaling='unit', rate=0.02, steps=120)
add('healthy-images-tanh', [], 'fashion-mnist', 3, 48, 'tanh', 'glorot-normal', scaling='unit', rate=0.02, steps=120)
add('healthy-images-start', [], 'fashion-mnist', 5, 64, scaling='unit', steps=0)
add('healthy-regression', [], 'random-regression', 4, 50, scaling='none', rate=0.01, momentum=0, steps=100)
add('healthy-cured-by-batch-norm', [], 'moons', 8, 48, 'sigmoid', 'glorot-normal', remedies=['batch-norm'])
add('healthy-cured-by-relu', [], 'spiral', 8, 48, 'sigmoid', 'he-normal', rate=0.02,
    remedies=[{'remedy': 'activation', 'function': 'relu'}])
add('healthy-clipped', [], 'moons', 4, 48, remedies=['gradient-clipping'])

# Vanishing: slope times weights far below 1, often enough.
for depth in (5, 6, 9, 14):
    add(f'vanishing-sigmoid-{depth}', [V], 'moons', depth, 48, 'sigmoid', 'glorot-normal', rate=0.1, steps=100)
add('vanishing-sigmoid-default', [V], 'blobs', 7, 64, 'sigmoid', 'framework-default', rate=0.01, steps=100)
add('vanishing-sigmoid-start', [V], 'fashion-mnist', 7, 64, 'sigmoid', 'framework-default', scaling='unit', steps=0)
add('vanishing-sigmoid-deep', [V], 'moons', 40, 32, 'sigmoid', 'glorot-normal', rate=0.1, steps=60)
add('vanishing-tanh-small', [V], 'spiral', 8, 64, 'tanh', normal(0.05), rate=0.01, steps=60)
add('vanishing-relu-small', [V], 'moons', 8, 64, 'relu', normal(0.07), rate=0.01, steps=60)
# Far down, ReLU layers of such a start see all samples alike: a unit is on for all of them or for none.
add('vanishing-relu-default', [V, 'dead-units'], 'circles', 12, 64, 'relu', 'framework-default', rate=0.01, steps=60)
add('vanishing-relu-small-start', [V], 'spiral', 10, 100, 'relu', uniform(-0.08, 0.08), steps=0)
add('vanishing-linear-small', [V], 'blobs', 6, 50, 'linear', normal(0.04), rate=0.01, steps=60)
add('vanishing-hard-sigmoid', [V], 'moons', 6, 48, 'hard-sigmoid', 'glorot-normal', rate=0.05, steps=60)
add('vanishing-softsign-small', [V], 'moons', 8, 64, 'softsign', normal(0.05), rate=0.01, steps=60)
add('vanishing-images', [V], 'fashion-mnist', 6, 64, 'sigmoid', normal(0.05), scaling='unit', rate=0.01, steps=100)
add('vanishing-collapsed-sigmoid', [V, 'collapsed-output'], 'moons', 10, 48, 'sigmoid', 'framework-default', rate=0.05,
    steps=500, momentum=0.5)
add('vanishing-collapsed-images', [V, 'collapsed-output'], 'fashion-mnist', 7, 48, 'sigmoid', 'framework-default',
    scaling='unit', rate=0.05, steps=400, batch=64, momentum=0)
add('vanishing-collapsed-blobs', [V, 'collapsed-output'], 'blobs', 12, 32, 'sigmoid', 'glorot-uniform', rate=0.05,
    steps=500, momentum=0.5)

# Exploding: the same far above 1. Rates so small that the start stays.
add('exploding-relu-start', [X], 'moons', 8, 64, 'relu', normal(0.5), steps=0)
add('exploding-relu', [X], 'spiral', 8, 64, 'relu', normal(0.4), rate=1e-9, steps=10)
add('exploding-linear-start', [X], 'blobs', 6, 64, 'linear', normal(0.4), steps=0)
add('exploding-leaky-start', [X], 'circles', 10, 64, 'leaky-relu', normal(0.35), steps=0)
add('exploding-elu-start', [X], 'circles', 8, 64, 'elu', normal(0.5), steps=0)
add('exploding-tanh-start', [X, 'saturation'], 'moons', 12, 128, 'tanh', normal(0.8), steps=0)
add('exploding-relu-deep-start', [X, 'dead-units'], 'xor', 30, 64, 'relu', normal(0.25), steps=0)
add('exploding-positive-start', [X], 'random-regression', 4, 50, 'relu', uniform(0.3, 0.5), scaling='none', steps=0)
add('exploding-diverged-first', [X, D], 'random-regression', 20, 100, 'relu', uniform(0.9, 1.1), scaling='none', steps=50)
add('exploding-diverged-relu', [X, D], 'random-regression', 10, 100, 'relu', normal(1), scaling='none', rate=0.1, steps=200)
add('exploding-diverged-linear', [X, D], 'random-regression', 8, 100, 'linear', normal(0.7), scaling='none', rate=0.1, steps=200)

# The learning rate: a healthy start, and steps a million times too long or too short.
for data, act, start in (('random-regression', 'relu', 'he-normal'), ('random-regression', 'linear', 'glorot-normal'),
                         ('random-regression', 'leaky-relu', 'he-normal')):
    add(f'rate-diverged-{act}', [D, 'learning-rate-too-large'], data, 4, 50, act, start, scaling='none', rate=1e6, steps=200)
# The first long step drives the units to their ends, where they stay.
add('rate-too-large-sigmoid', ['learning-rate-too-large', 'saturation'], 'moons', 1, 24, 'sigmoid', 'glorot-normal', rate=200, momentum=0,
    steps=100)
add('rate-too-large-linear', [D, 'learning-rate-too-large'], 'spiral', 1, 24, 'linear', 'glorot-normal', rate=30, momentum=0,
    steps=100)
for data, act, start in (('moons', 'relu', 'he-normal'), ('spiral', 'tanh', 'glorot-normal'), ('blobs', 'gelu', 'he-normal'),
                         ('circles', 'selu', 'lecun-normal')):
    add(f'rate-too-small-{act}', ['learning-rate-too-small'], data, 3, 48, act, start, rate=1e-8, momentum=0, steps=60)
add('rate-too-small-adam', ['learning-rate-too-small'], 'moons', 3, 48, rate=1e-8, optimizer='adam', steps=60)
add('rate-too-small-long', ['learning-rate-too-small'], 'xor', 2, 32, rate=1e-7, momentum=0, steps=400)

# Dead units: weights below zero on inputs above zero.
add('dead-first-layer', ['dead-units'], 'fashion-mnist', 1, 48, 'relu', uniform(-0.2, 0), scaling='unit', steps=0)
add('dead-first-of-two', ['dead-units'], 'random-regression', 1, 64, 'relu', uniform(-0.3, 0.02), scaling='none', steps=0)
add('dead-trained', ['dead-units'], 'fashion-mnist', 1, 64, 'relu', uniform(-0.2, 0), scaling='unit', rate=0.01, steps=60)
add('dead-relu6', ['dead-units'], 'fashion-mnist', 1, 32, 'relu6', uniform(-0.2, 0), scaling='unit', steps=0)

# Saturation: weights so large that units sit at their ends.
add('saturated-tanh', ['saturation'], 'moons', 2, 64, 'tanh', normal(3), rate=1e-4, steps=60)
add('saturated-sigmoid', ['saturation'], 'circles', 2, 64, 'sigmoid', normal(6), rate=1e-4, steps=60)
add('saturated-sigmoid-start', ['saturation'], 'fashion-mnist', 2, 64, 'sigmoid', normal(2), scaling='unit', steps=0)
add('saturated-tanh-start', ['saturation'], 'fashion-mnist', 1, 64, 'tanh', normal(1), scaling='unit', steps=0)
add('saturated-hard-tanh', ['saturation'], 'blobs', 2, 48, 'hard-tanh', normal(3), steps=0)

# All weights alike.
for value, act in ((0.1, 'relu'), (0.05, 'tanh'), (0.02, 'sigmoid'), (0, 'tanh')):
    add(f'symmetric-{act}-{value}'.replace('.', '-'), ['symmetric-start'], 'moons', 2, 24, act,
        {'kind': 'constant', 'value': value}, out={'kind': 'constant', 'value': value}, rate=0.01, steps=60)
add('symmetric-start', ['symmetric-start'], 'fashion-mnist', 2, 32, 'relu', {'kind': 'constant', 'value': 0.01},
    out={'kind': 'constant', 'value': 0.01}, scaling='unit', steps=0)

# Inputs as they come.
add('unscaled-relu', ['unscaled-data'], 'fashion-mnist', 3, 64, scaling='none', steps=0)
add('unscaled-small-rate', ['unscaled-data'], 'fashion-mnist', 3, 48, scaling='none', rate=1e-5, momentum=0, steps=80)
add('unscaled-linear', ['unscaled-data'], 'fashion-mnist', 1, 48, 'linear', 'glorot-normal', scaling='none', rate=1e-5, momentum=0,
    steps=40)
add('unscaled-saturated', ['unscaled-data', 'saturation'], 'fashion-mnist', 1, 48, 'tanh', 'glorot-normal', scaling='none', steps=0)

# Frozen on purpose.
add('frozen-first', ['frozen'], 'moons', 3, 48, frozen=1)
add('frozen-two', ['frozen'], 'spiral', 4, 48, 'tanh', 'glorot-normal', frozen=2)
add('frozen-start', ['frozen'], 'blobs', 3, 32, frozen=1, steps=0)
add('frozen-vanishing', ['frozen', V], 'moons', 7, 48, 'sigmoid', 'glorot-normal', frozen=2, steps=60)

# Few noisy samples, many weights, many epochs.
for seed in (1, 2, 3, 4):
    add(f'overfitting-{seed}', ['overfitting'], 'moons', 3, 128, rate=0.003, optimizer='adam', steps=1500, batch=16,
        source={'samples': 120, 'noise': 0.6}, validation=0.4, epochs=1000, seed=seed)

with open(os.path.join(HERE, 'labels.json'), 'w') as file:
    json.dump(labels, file, indent=1)
    file.write('\n')
healthy = sum(not label['findings'] for label in labels.values())
print(f'{len(labels)} experiments, {healthy} healthy')
