/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Statistics of a tensor of floats: one pass, sums in double, no allocation.
 */
#pragma once

#include "bf-snapshot.h"

#include <gsl/gsl_histogram.h>

G_BEGIN_DECLS

/* What one pass over n values finds; sums, minimum and maximum are over the finite ones. */
typedef struct
{
  gsize size;
  gsize zeros;
  gsize nonfinite;
  gboolean infinite, nan;
  double sum;
  double squares;
  float minimum, maximum;   /* NaN when nothing is finite */
} BfMeasure;

void     bf_measure_tensor   (BfMeasure *self, const float *values, gsize n);

/* The same in two halves, so that blocks may be read by several threads: the sums are those of one. */
#define BF_MEASURE_BLOCK 4096

typedef struct
{
  double sum, squares;
  float low, high;
  guint32 zeros;
} BfMeasureBlock;

/* Up to BF_MEASURE_BLOCK values, at least one. */
void     bf_measure_block    (BfMeasureBlock *self, const float *values, int n);
/* The block's sum of squares alone, to the same bit, in about half the time. */
double   bf_measure_squares  (const float *values, int n);
/* blocks: of the n values, in order. */
void     bf_measure_fold     (BfMeasure *self, const BfMeasureBlock *blocks, const float *values, gsize n);

/* L2 norm of the finite values, in double: no overflow for any finite float32 values. */
double   bf_measure_get_norm (const BfMeasure *self);

/* Statistics of one step; the standard deviation divides by n - 1, as PyTorch's does. */
void     bf_stats_set_measure (BfStats *self, const BfMeasure *measure);
/* Size, RMS, norm and states of a step from a finite sum of squares of n values; what else there is stays as it was. */
void     bf_stats_set_squares (BfStats *self, double squares, gsize n);
void     bf_stats_set_none    (BfStats *self);   /* the layer has no such tensor */

/* Whether every value is finite; several times faster than measuring. */
gboolean bf_stats_all_finite  (const float *values, gsize n);
/* Sum of (after - before)². */
double   bf_stats_get_change  (const float *before, const float *after, gsize n);
/* Share of values below low or above high. */
double   bf_stats_get_outside (const float *values, gsize n, float low, float high);
/* Share of the columns of (rows, columns) that are 0 in every row. alive: scratch of `columns` bytes. */
double   bf_stats_get_dead    (const float *values, gsize rows, gsize columns, guint8 *alive);

/* Counts, in addition to what was counted, log10 |v| into bins of a tenth of a decade; a value on a bin's lower edge belongs to it. */
void           bf_histogram_count (BfHistogram *self, const float *values, gsize n);
void           bf_histogram_add   (BfHistogram *self, const BfHistogram *other);
/* As if all had been counted so many times. */
void           bf_histogram_multiply (BfHistogram *self, guint32 times);
/* The same bins over log10 |v|, for GSL's functions (transfer full, gsl_histogram_free). */
gsl_histogram *bf_histogram_to_gsl (const BfHistogram *self);

G_END_DECLS
