/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss around the weights, as they are: along the negative gradient, and over the plane of two random directions.
 *
 * It is the loss that training sees, over a fixed sample of the training data that the seed chooses: in batches of
 * the training size, normalized by the statistics of each batch (running statistics would belong to the weights in
 * the middle alone), nothing dropped out, without weight decay. What is frozen does not move. Losses that are not
 * finite are kept as they are.
 */
#pragma once

#include "bf-network.h"
#include "bf-progress.h"
#include "data/bf-dataset.h"

G_BEGIN_DECLS

/* About so many samples: whole batches, at least one. */
#define BF_LANDSCAPE_SAMPLES 512

/* Where it is measured, and what with. */
typedef struct
{
  guint64 step;      /* updates made before */
  guint samples;
  guint batch;
  guint64 seed;      /* of the sample and of the directions */
  double loss;       /* at the weights as they are; may not be finite */
  double accuracy;   /* there; NaN without classes */
} BfLandscapeCenter;

typedef struct
{
  double step;       /* t in θ − t g */
  double loss;       /* may be infinite or NaN */
  double accuracy;   /* NaN without classes */
} BfLinePoint;

/* L(θ − t g), g = ∂L/∂θ of the sample; immutable. */
typedef struct _BfGradientLine
{
  gatomicrefcount references;
  BfPlan *plan;
  BfLandscapeCenter center;
  double rate;       /* the learning rate: the step that plain gradient descent makes */
  double squares;    /* ‖g‖²: L falls by t ‖g‖² in first order */
  double curvature;  /* gᵀ H g / ‖g‖² by central differences of g; steps beyond 2 / curvature climb; NaN: none */
  gboolean exact;    /* no layer changes the gradient on purpose; otherwise g is not the gradient of L */
  guint n;
  BfLinePoint *points;   /* t > 0 rising, at even distances of log t; none where the gradient is 0 */
} BfGradientLine;

/* L(θ + a d + b e), d and e normal and filter-normalized; immutable. */
typedef struct _BfLossPlane
{
  gatomicrefcount references;
  BfPlan *plan;
  BfLandscapeCenter center;
  guint side;        /* points a side, odd: the middle one is the center */
  double reach;      /* a and b go from −reach to reach */
  double *losses;    /* (side, side): row 0 is b = −reach */
  double *accuracies;
} BfLossPlane;

/* network: with the weights at hand, of `batch` or more samples; its weights are as they were when the function
 * returns a result, and belong to nobody when it gives up. rate: the present learning rate, the unit of what is of
 * interest. Fails with G_IO_ERROR_CANCELLED, where there is no memory, and where the loss or the gradient is not finite. */
BfGradientLine *bf_gradient_line_new   (BfNetwork *network, BfDataset *data, guint64 step, double rate,
                                        BfProgress *progress, GError **error);
BfGradientLine *bf_gradient_line_ref   (BfGradientLine *self);
void            bf_gradient_line_unref (BfGradientLine *self);
/* L − t ‖g‖² + t² gᵀ H g / 2; first order where the curvature is not known. */
double          bf_gradient_line_predict (const BfGradientLine *self, double t, gboolean second_order);
/* The point of lowest loss; n: none is lower than the center. */
guint           bf_gradient_line_find_lowest (const BfGradientLine *self);
/* The longest step that does not climb: where the loss comes back to what it is at the center; NaN: not on this line. */
double          bf_gradient_line_find_edge   (const BfGradientLine *self);

/* side: odd, at least 3. direction: others for each number; 0 the first. */
BfLossPlane    *bf_loss_plane_new   (BfNetwork *network, BfDataset *data, guint64 step, guint side, double reach,
                                     guint direction, BfProgress *progress, GError **error);
BfLossPlane    *bf_loss_plane_ref   (BfLossPlane *self);
void            bf_loss_plane_unref (BfLossPlane *self);
/* a or b of column or row i. */
double          bf_loss_plane_get_place (const BfLossPlane *self, guint i);
/* Lowest and highest finite loss; FALSE: none is finite. */
gboolean        bf_loss_plane_get_range (const BfLossPlane *self, double *low, double *high);

/* A direction of the plane into the arena-shaped `out`: each unit's incoming weights are normal and scaled to the norm
 * of the network's own (Li et al. 2018, arXiv:1712.09913); 0 for biases, norms and what is frozen. which: 0 or 1. */
gboolean        bf_loss_plane_draw_direction (BfNetwork *network, guint which, guint direction, float *out,
                                              BfProgress *progress, GError **error);

/* The batch that a network for these needs. */
guint           bf_landscape_get_batch (const BfPlan *plan, const BfDataset *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfGradientLine, bf_gradient_line_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfLossPlane, bf_loss_plane_unref)

G_END_DECLS
