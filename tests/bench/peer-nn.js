// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright 2026 The Backflow authors
//
// The way TensorFlow Playground's nn.ts trains, written anew: an object a node and a link, one sample
// at a time, gradients summed over a batch of 10. 2-8x6-1, tanh, square error. Prints steps a second.
// usage: node peer-nn.js STEPS
'use strict';

class Link {
  constructor(from, to) {
    this.from = from; this.to = to;
    this.weight = Math.random() - 0.5; this.der = 0; this.sum = 0; this.count = 0;
  }
}

class Node {
  constructor() { this.inputs = []; this.outputs = []; this.bias = 0.1; this.sum = 0; this.count = 0; this.value = 0; }
  forward() {
    this.total = this.bias;
    for (let i = 0; i < this.inputs.length; i++) this.total += this.inputs[i].weight * this.inputs[i].from.value;
    this.value = Math.tanh(this.total);
    return this.value;
  }
}

const layers = [2, 8, 8, 8, 8, 8, 8, 1].map(width => Array.from({ length: width }, () => new Node()));
for (let l = 1; l < layers.length; l++)
  for (const to of layers[l])
    for (const from of layers[l - 1]) {
      const link = new Link(from, to);
      from.outputs.push(link);
      to.inputs.push(link);
    }

function forward(inputs) {
  for (let i = 0; i < inputs.length; i++) layers[0][i].value = inputs[i];
  for (let l = 1; l < layers.length; l++) for (const node of layers[l]) node.forward();
}

function backward(target) {
  const output = layers[layers.length - 1][0];
  output.outputDer = output.value - target;
  for (let l = layers.length - 1; l >= 1; l--) {
    for (const node of layers[l]) {
      const t = Math.tanh(node.total);
      node.der = node.outputDer * (1 - t * t);
      node.sum += node.der;
      node.count++;
    }
    for (const node of layers[l])
      for (const link of node.inputs) {
        link.der = node.der * link.from.value;
        link.sum += link.der;
        link.count++;
      }
    if (l === 1) continue;
    for (const node of layers[l - 1]) {
      node.outputDer = 0;
      for (const link of node.outputs) node.outputDer += link.weight * link.to.der;
    }
  }
}

function update(rate) {
  for (let l = 1; l < layers.length; l++)
    for (const node of layers[l]) {
      node.bias -= rate * node.sum / node.count;
      node.sum = node.count = 0;
      for (const link of node.inputs) {
        link.weight -= rate / link.count * link.sum;
        link.sum = link.count = 0;
      }
    }
}

const data = Array.from({ length: 500 }, () => [Math.random(), Math.random(), Math.random()]);
let next = 0;
function step() {
  for (let i = 0; i < 10; i++) {
    const [x, y, target] = data[next++ % data.length];
    forward([x, y]);
    backward(target);
  }
  update(0.01);
}

const steps = Number(process.argv[2] || 20000);
for (let i = 0; i < 3000; i++) step();
const began = process.hrtime.bigint();
for (let i = 0; i < steps; i++) step();
console.log(steps / (Number(process.hrtime.bigint() - began) / 1e9));
