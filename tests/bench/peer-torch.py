#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
"""PyTorch at the same work as `backflow-cli bench`, for compare.py. Not a part of the program.

Reads lines "NETWORK STATISTICS THREADS FLUSH STEPS" and answers each with steps a second and steps a
second of processor time. STATISTICS is off or every: of each weight matrix and its gradient the norm,
mean, standard deviation and a histogram of 64 bins, as numbers, at every step.
"""
import gzip
import struct
import sys
import time

import torch
from torch import nn

FOLDER = '/usr/share/datasets/fashion-mnist/'
# inputs, hidden layers, units, outputs, activation, batch
NETWORKS = {
    's1': (784, 7, 128, 10, nn.Sigmoid, 64),
    's2': (100, 10, 100, 1, nn.Sigmoid, 32),
    'deep': (784, 50, 128, 10, nn.Sigmoid, 64),
    'wide': (784, 7, 1024, 10, nn.Sigmoid, 64),
    'tiny': (2, 6, 8, 1, nn.Tanh, 10),
}


def read_idx(name):
    with gzip.open(FOLDER + name, 'rb') as file:
        rank = struct.unpack('>HBB', file.read(4))[2]
        shape = struct.unpack('>%dI' % rank, file.read(4 * rank))
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(shape)


def load(inputs, outputs):
    if inputs != 784:
        count = 500 if inputs == 2 else 1000
        return torch.rand(count, inputs), torch.rand(count, outputs)
    try:
        images, labels = read_idx('train-images-idx3-ubyte.gz'), read_idx('train-labels-idx1-ubyte.gz')
    except FileNotFoundError:
        images, labels = torch.randint(0, 256, (60000, 784)), torch.randint(0, 10, (60000,))
    return images.reshape(-1, 784).float() / 255, labels.long()


class Training:
    def __init__(self, name):
        inputs, layers, units, outputs, activation, self.batch = NETWORKS[name]
        widths = [inputs] + [units] * layers
        parts = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), activation())]
        self.network = nn.Sequential(*parts, nn.Linear(units, outputs))
        self.weights = [m.weight for m in self.network if isinstance(m, nn.Linear)]
        self.loss = nn.MSELoss() if outputs == 1 else nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01)
        self.x, self.y = load(inputs, outputs)
        self.batches = self.shuffled()

    def shuffled(self):
        while True:
            order = torch.randperm(len(self.x))
            for first in range(0, len(order), self.batch):
                chosen = order[first:first + self.batch]
                yield self.x[chosen], self.y[chosen]

    def measure(self):
        with torch.no_grad():
            return [(t.norm().item(), t.mean().item(), t.std().item(), torch.histc(t, 64).tolist())
                    for weight in self.weights for t in (weight.grad, weight.detach())]

    def step(self, statistics):
        x, y = next(self.batches)
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.network(x), y).backward()
        if statistics:
            self.measure()
        self.optimizer.step()


def main():
    torch.manual_seed(42)
    trainings = {}
    for line in sys.stdin:
        name, statistics, threads, flush, steps = line.split()
        torch.set_num_threads(int(threads))
        torch.set_flush_denormal(flush == '1')
        training = trainings.setdefault(name, Training(name)) if name not in trainings else trainings[name]
        for _ in range(max(2, int(steps) // 20)):
            training.step(statistics == 'every')
        began, processor = time.perf_counter(), time.process_time()
        for _ in range(int(steps)):
            training.step(statistics == 'every')
        print(int(steps) / (time.perf_counter() - began), int(steps) / (time.process_time() - processor), flush=True)


main()
