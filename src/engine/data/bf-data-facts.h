/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What is to be known of a dataset before any training: counted and measured over all of its samples,
 * immutable and reference counted. Takes up to a second of large data: not on the main thread.
 */
#pragma once

#include "bf-dataset.h"

G_BEGIN_DECLS

/* Samples of each class that are picked out to be shown, at most. */
#define BF_FACTS_EXAMPLES 48

/* One input, target column, or all inputs together. Over the finite values of all splits, but mean and
 * standard deviation (divided by n) over the training samples, as scaling uses them. */
typedef struct
{
  char *name;             /* NULL: has none */
  double low, high, mean, sd;
  double scaled_low, scaled_high, scaled_mean, scaled_sd;  /* after scaling; of targets as before */
  guint64 invalid;        /* not a number, or infinite */
  gboolean constant;      /* the same in every training sample */
} BfRange;

typedef struct _BfDataFacts
{
  gatomicrefcount references;
  BfDataset *data;
  guint counts[BF_N_PARTS];
  guint classes;          /* 0: the targets are numbers */
  guint *class_counts;    /* (BF_N_PARTS, classes) */
  guint n_inputs;
  BfRange *inputs;        /* (n_inputs) */
  BfRange all;            /* inputs together */
  guint n_targets;
  BfRange *targets;       /* (n_targets); none of classes */
  guint64 values;         /* inputs × samples, and targets */
  guint64 invalid;        /* of them */
  guint constant;         /* inputs that are the same in every training sample */
  /* Training samples to be shown, spread over the file: [class][i] of n_examples[class]; without
   * classes a single list. */
  guint n_lists;
  guint **examples;       /* indices within the training split */
  guint *n_examples;
} BfDataFacts;

BfDataFacts *bf_data_facts_new   (BfDataset *data);
BfDataFacts *bf_data_facts_ref   (BfDataFacts *self);
void         bf_data_facts_unref (BfDataFacts *self);

guint bf_data_facts_get_class_count (const BfDataFacts *self, BfPart part, guint label);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfDataFacts, bf_data_facts_unref)

G_END_DECLS
