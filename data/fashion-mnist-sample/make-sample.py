#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
"""Makes the sample of Fashion-MNIST that ships with Backflow: of each class the first 600 training
and the first 100 test images, in the order of the original files.

usage: make-sample.py [FOLDER-OF-THE-FULL-SET] [OUTPUT-FOLDER]
"""
import gzip
import os
import struct
import sys


def read(path, dimensions):
    with gzip.open(path) as file:
        data = file.read()
    assert data[:4] == bytes((0, 0, 8, dimensions)), path
    sizes = struct.unpack_from(f'>{dimensions}I', data, 4)
    return sizes, data[4 + 4 * dimensions:]


def write(path, sizes, data):
    """The same bytes each time: no file name and no time in the gzip header."""
    header = bytes((0, 0, 8, len(sizes))) + struct.pack(f'>{len(sizes)}I', *sizes)
    with open(path, 'wb') as file, gzip.GzipFile('', 'wb', 9, file, mtime=0) as packed:
        packed.write(header + data)


def main():
    source = sys.argv[1] if len(sys.argv) > 1 else '/usr/share/datasets/fashion-mnist'
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.dirname(os.path.abspath(__file__))
    for part, of_each in (('train', 600), ('t10k', 100)):
        images_name, labels_name = f'{part}-images-idx3-ubyte.gz', f'{part}-labels-idx1-ubyte.gz'
        (_, height, width), images = read(os.path.join(source, images_name), 3)
        _, labels = read(os.path.join(source, labels_name), 1)
        taken, seen = [], [0] * 10
        for i, label in enumerate(labels):
            if seen[label] < of_each:
                seen[label] += 1
                taken.append(i)
        assert seen == [of_each] * 10
        size = height * width
        write(os.path.join(target, images_name), (len(taken), height, width),
              b''.join(images[i * size:(i + 1) * size] for i in taken))
        write(os.path.join(target, labels_name), (len(taken),), bytes(labels[i] for i in taken))


if __name__ == '__main__':
    main()
