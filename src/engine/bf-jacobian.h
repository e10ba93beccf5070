/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Singular values of Jacobians: by how much a network stretches a small change of its signal, and by as much the
 * gradient on its way back, in each direction. For single samples of a training batch: the Jacobian of each layer
 * ∂a_l/∂a_{l−1} (a: what leaves the layer with its activation, normalization and skip), and of all layers up to it,
 * ∂a_l/∂x, x the input. All near 1 at every depth: dynamical isometry (Saxe et al. 2014, Pennington et al. 2017).
 *
 * As training passes see it: normalization with the statistics of the batch, a sample's own influence on them
 * included, that of the others not; dropout keeps everything; gradient normalization, which is no derivative, is left
 * out. Of a skip connection from before a layer's input, the layer's Jacobian knows nothing, the whole's does.
 */
#pragma once

#include "bf-network.h"
#include "bf-progress.h"
#include "bf-theory.h"

G_BEGIN_DECLS

/* Singular values below this share of a layer's largest are lost in the rounding of float32. */
#define BF_JACOBIAN_RESOLUTION 5e-7

/* Of one Jacobian at all samples. */
typedef struct
{
  guint n_values;      /* of a sample: min (outputs, inputs) */
  guint outputs, inputs;
  float *log_values;   /* (samples, n_values): log₁₀, the largest first; -∞: 0, or not resolved */
  float *sorted;       /* the same of all samples together, the smallest first */
  guint n_zeros;       /* of samples · n_values that are -∞ */
  double log_rms;      /* log₁₀ of the root of their mean square; -∞: all 0 */
} BfSpectrum;

typedef struct _BfJacobian
{
  gatomicrefcount references;
  BfPlan *plan;
  guint64 step;        /* updates made before */
  guint batch;         /* samples of the pass */
  guint n_samples;     /* of those, that were looked at */
  guint n_undefined;   /* left out, since not everything was finite */
  guint n_layers;      /* plan->n_weighted */
  BfSpectrum *layers;
  BfSpectrum *products;   /* from the input up to that layer */
} BfJacobian;

/* How many samples to look at (*n_samples: wanted, 0: eight of narrow, fewer of wide layers), and of how large a batch
 * where there are `count` training samples. */
guint       bf_jacobian_choose (const BfPlan *plan, guint count, guint *n_samples);

/* network: for this alone, with the batch in its input; its passes and gradients are changed. The samples are evenly
 * spread over the batch. Fails when cancelled, when layers are too wide, or when no sample has finite values. */
BfJacobian *bf_jacobian_new   (BfNetwork *network, guint batch, guint n_samples, guint64 step,
                               BfProgress *progress, GError **error);
BfJacobian *bf_jacobian_ref   (BfJacobian *self);
void        bf_jacobian_unref (BfJacobian *self);

/* log₁₀ at quantile q (0 … 1) of the values of all samples; -∞ where it lies among the zeros. */
double bf_spectrum_get_quantile (const BfSpectrum *self, const BfJacobian *jacobian, double q);

/* What mean-field theory expects at the start of log_rms of a layer's Jacobian and of the product. NaN: it is silent. */
void   bf_jacobian_expect (const BfPlan *plan, const BfTheory *theory, guint weighted, double *layer, double *product);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfJacobian, bf_jacobian_unref)

G_END_DECLS
