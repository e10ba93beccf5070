/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A plan is the network of a spec laid out flat: every copy of every layer with its shapes, its
 * parameter count, its name, and, where it cannot be built, why in plain words. It is immutable
 * and costs no more than a list, so the window makes one at each edit; the network is compiled
 * from it, and snapshots carry it so that figures know the layers.
 */
#pragma once

#include "bf-spec.h"

G_BEGIN_DECLS

/* The most parameters of a network. */
#define BF_MAX_PARAMETERS (1 << 28)

/* What the data asks of the network's two ends. */
typedef struct
{
  guint inputs;    /* features of a sample */
  guint outputs;   /* classes, or numbers of a target */
  guint classes;   /* 0: the targets are numbers */
} BfShape;

typedef struct
{
  guint index;           /* in the plan, from 0 */
  guint block;           /* in spec->blocks */
  guint copy;            /* of the block, from 0 */
  const BfLayer *layer;  /* borrowed from the spec */
  int from;              /* add: index of the layer whose output is added; else -1 */
  guint inputs;          /* features in */
  guint outputs;         /* features out */
  guint64 parameters;
  guint number;          /* 1-based number of the last layer with weights up to here; 0 before the first */
  gboolean weighted;     /* has a weight matrix */
  char *name;            /* translated: "Dense 3", "Output" (the last weighted), "Sigmoid 3" */
  char *error;           /* NULL, or why this layer cannot be built and what to do */
} BfPlanLayer;

typedef struct _BfPlan
{
  gatomicrefcount references;
  BfSpec *spec;
  BfShape shape;
  guint n_layers;
  BfPlanLayer *layers;
  guint n_weighted;
  guint *weighted;       /* indices of the layers with weights, input to output */
  guint64 parameters;
  char *error;           /* NULL: it can be built; else the first thing that is wrong */
  int error_layer;       /* index, or -1 when it is about the whole network */
} BfPlan;

BfPlan *bf_plan_new   (BfSpec *spec, const BfShape *shape);  /* never NULL; look at error */
BfPlan *bf_plan_ref   (BfPlan *self);
void    bf_plan_unref (BfPlan *self);

/* The first hidden and last hidden layer with weights (indices into `weighted`); a network with
 * one such layer has none: FALSE. Attenuation compares them. */
gboolean bf_plan_get_hidden (const BfPlan *self, guint *first, guint *last);

/* Index of the last plan layer that belongs to weighted layer w: the one whose output feeds the
 * next weighted layer (activation, normalization, add …). */
guint bf_plan_get_stage_end (const BfPlan *self, guint w);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfPlan, bf_plan_unref)

G_END_DECLS
