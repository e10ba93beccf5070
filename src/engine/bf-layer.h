/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A layer kind: one file in layers/ that ends in one const BfLayerKind, and one word in
 * layers/meson.build, from which the table bf_layer_kinds() is generated. forward and backward
 * stand side by side in that file; the network calls them with a BfPass.
 */
#pragma once

#include "bf-network.h"
#include "bf-batch-rows.h"

G_BEGIN_DECLS

/* The most parameter tensors that a layer may have. */
#define BF_MAX_LAYER_TENSORS 4

/* A tensor that a layer asks for; a vector has one row. */
typedef struct
{
  const char *name;
  guint rows, columns;
  float start;   /* of every element, before start() draws */
} BfTensorShape;

/* One layer at work on n samples. Matrices are row-major, one sample a row. */
typedef struct
{
  const BfPlanLayer *layer;
  gconstpointer detail;         /* what prepare() returned */
  const BfParameter *parameters;  /* the layer's own, in the order of tensors() */
  const BfParameter *buffers;     /* in the order of buffers() */
  gpointer scratch;             /* of scratch() bytes, kept from the forward to the backward pass */
  gsl_rng *random;              /* of a kind that draws; NULL: do not draw */
  guint n;                      /* samples */
  gboolean training;
  const float *x;               /* (n, inputs) */
  float *y;                     /* (n, outputs) */
  const float *dy;              /* ∂L/∂y */
  float *dx;                    /* ∂L/∂x, to be written; NULL: not wanted */
  const float *from;            /* (n, from_width): output of layer->from, or NULL */
  float *from_gradient;         /* ∂L/∂from, to be added to */
  guint from_width;
  guint part, parts;            /* of a kind that shares: which part of the columns, of how many */
  /* Of a kind by row: */
  const float *differences;     /* (n, inputs): x minus its first row, for one that is weighted; NULL: not computed */
  gboolean same;                /* only the first row of x and y is there, and all are like it; forward n is then 1 */
  const BfBatchRows *dy_rows;        /* the rows of dy that are there, and so are to be of dx; NULL: n */
} BfPass;

typedef struct
{
  BfKind kind;

  /* Shapes. The plan's earlier layers are complete; layer->inputs and ->from are set. Sets
   * outputs (at first equal to inputs) and weighted, or error, a whole sentence that ends in what
   * to do. */
  void (*plan) (const BfPlan *plan, BfPlanLayer *layer);

  /* The kind that names the layer in "Sigmoid 3"; NULL: this kind. */
  const BfKind *(*named_by) (const BfPlanLayer *layer);

  /* The parameter tensors of a layer that can be built; returns how many. NULL: none. */
  guint (*tensors) (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes);

  /* Likewise the tensors that training passes change and no optimizer: running statistics. */
  guint (*buffers) (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes);

  /* Bytes that the passes keep for themselves, for a batch of that many samples. NULL: none. */
  gsize (*scratch) (const BfPlanLayer *layer, guint batch);

  /* The purpose that seeds the generator of its training passes; NULL: they draw nothing. */
  const char *draws;

  /* A batch of one sample tells it nothing: not to be trained on. */
  gboolean needs_two_samples;

  /* A sample's output depends on the others of the batch while training. */
  gboolean mixes_samples;

  /* backward is not the derivative of forward, but what is passed back is changed on purpose. */
  gboolean changes_gradient;

  /* Draws the starting values. NULL: they are as the shapes say. */
  void (*start) (const BfPlanLayer *layer, guint64 seed, const BfParameter *parameters);

  /* The passes compute only their part (bf_crew_get_begin()) of the output's columns, the weights that make them,
   * and the input gradient's columns; several threads are in them at once. Otherwise one is, and part means nothing. */
  gboolean shares;
  /* … and read nothing but the same columns. */
  gboolean elementwise;

  /* … and a row of y or dx depends on no other row: only distinct rows need to be computed. The kind shares, too. */
  gboolean by_row;

  /* What the passes would otherwise look up at each step; NULL: nothing. */
  gconstpointer (*prepare) (const BfPlanLayer *layer);

  void (*forward)  (const BfPass *pass);
  /* Overwrites the gradients of the parameters, and dx when it is wanted. */
  void (*backward) (const BfPass *pass);
} BfLayerKind;

static inline const BfLayerKind *
bf_layer_get_kind (const BfLayer *layer)
{
  return (const BfLayerKind *) bf_options_get_kind (layer->options);
}

G_END_DECLS
