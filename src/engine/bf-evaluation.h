/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a network answers to one split of its data, immutable and reference counted: the answer to
 * every sample, the confusion matrix, the worst mistakes; for data of two inputs the answers on a grid
 * and what every unit responds to there; for images the weights of the first layer.
 *
 * The evaluator makes it with a network of its own: it takes over the weights of the network that
 * trains, between two steps, and then goes on a batch at a time. The network that trains is only
 * read, so the pass that its next step goes on from, its running statistics and its random numbers
 * stay as they are.
 */
#pragma once

#include "bf-network.h"
#include "data/bf-dataset.h"

G_BEGIN_DECLS

/* Points a side of the grid over data of two inputs, and of the coarser one for single units. */
#define BF_EVALUATION_GRID  64
#define BF_EVALUATION_UNITS 32
/* The answer to a sample for which the outputs are not numbers. */
#define BF_NO_ANSWER G_MAXUINT16

/* Responses of one layer's units on the coarse grid; row 0 is the low end of the second input. */
typedef struct
{
  guint weighted;     /* index into plan->weighted */
  guint n_units;      /* that the layer has */
  guint n_shown;      /* that are here, the first ones */
  float *values;      /* (n_shown, UNITS, UNITS) */
} BfUnitGrid;

typedef struct _BfEvaluation
{
  gatomicrefcount references;
  BfDataset *data;
  BfPlan *plan;
  BfPart part;
  guint64 step;          /* updates made before it */
  guint count;           /* samples */
  guint classes;         /* 0: the targets are numbers */
  guint outputs;
  double loss;           /* mean; NaN without samples or where not finite */
  double accuracy;       /* NaN without classes */
  guint undefined;       /* samples without an answer */

  float *losses;         /* (count) */
  guint *worst;          /* indices by falling loss; of classes the wrong answers alone */
  guint n_worst;

  /* Classes. */
  guint16 *labels;       /* (count) */
  guint16 *answers;      /* (count): the largest output, the first of equals; or BF_NO_ANSWER */
  float *probabilities;  /* (count) that the network gives its answer; NULL: the loss knows none */
  guint32 *confusion;    /* (classes, classes): rows are labels, columns answers */

  /* Numbers. */
  float *targets;        /* (count, outputs) */
  float *predictions;    /* (count, outputs) */

  /* Data of two inputs; else NULL. As scaled: what the network sees. */
  float *grid;           /* (GRID, GRID, outputs): probabilities, or the outputs as they are */
  double low[2], high[2];   /* of the first and second input */
  GPtrArray *units;      /* of BfUnitGrid, hidden layers from input to output */

  /* Images; else NULL. */
  float *weights;        /* (n_weights, inputs): of the first layer, one unit a row */
  guint n_weights;
} BfEvaluation;

BfEvaluation *bf_evaluation_ref   (BfEvaluation *self);
void          bf_evaluation_unref (BfEvaluation *self);

/* Samples of class `label` that were answered `answer`. */
guint  bf_evaluation_get_count     (const BfEvaluation *self, guint label, guint answer);
/* Share of the samples of a class that were answered so; NaN where there is no such sample. */
double bf_evaluation_get_recall    (const BfEvaluation *self, guint label);
/* Share of the answers `answer` that were right; NaN where it was never given. */
double bf_evaluation_get_precision (const BfEvaluation *self, guint answer);
/* Indices of at most `most` samples of a cell of the confusion matrix, the highest loss first.
 * Transfer full. */
guint *bf_evaluation_find_cell     (const BfEvaluation *self, guint label, guint answer, guint most, guint *n);

/* The split that tells most: validation, else test, else training. */
BfPart bf_evaluation_choose_part   (const BfDataset *data);

typedef struct _BfEvaluator BfEvaluator;

BfEvaluator *bf_evaluator_new   (BfDataset *data);
void         bf_evaluator_free  (BfEvaluator *self);
/* Takes over the weights of `network`, which has made `step` updates; drops an evaluation under way.
 * Fails when there is no memory for a second network. */
gboolean     bf_evaluator_begin (BfEvaluator *self, BfNetwork *network, BfPart part, guint64 step, GError **error);
gboolean     bf_evaluator_is_under_way (const BfEvaluator *self);
/* One batch; the whole when that was the last one (transfer full), else NULL. */
BfEvaluation *bf_evaluator_work (BfEvaluator *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfEvaluation, bf_evaluation_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfEvaluator, bf_evaluator_free)

G_END_DECLS
