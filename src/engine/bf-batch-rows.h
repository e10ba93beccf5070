/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A batch that holds each distinct row once. Deep in a network whose signal has died, all samples give the same output to
 * the last bit, their gradients differ only by label, and below a certain layer they are zero: such rows are computed
 * once, and stand at the front of the batch's memory until somebody wants the others.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most distinct rows that are worth telling apart. */
#define BF_MAX_DISTINCT_ROWS 64

typedef struct
{
  guint n;               /* rows that are there; 0: all are zero, and nothing is */
  const guint8 *which;   /* [samples]: the row that each sample has, none after its own place; NULL: every sample has its own */
} BfBatchRows;

typedef enum
{
  BF_ROWS_APART,
  BF_ROWS_NEAR,   /* no value is half as large as the first row's or half as large again, and most are the same bits */
  BF_ROWS_SAME,   /* all are the same bits */
} BfRowsRelation;

/* How all rows of (n, width) stand to the first. */
BfRowsRelation bf_batch_rows_compare (const float *rows, guint n, guint width);
/* The rows minus the first, in the columns from begin to before end. What is near is subtracted exactly (Sterbenz 1974). */
void     bf_batch_rows_subtract (const float *rows, guint n, guint width, guint begin, guint end, float *differences);
gboolean bf_batch_rows_are_zero (const float *rows, guint n, guint width);

/* Copies the distinct rows of (n, width) to `distinct`, in the order in which they come, and writes which each sample has; `distinct`
 * holds BF_MAX_DISTINCT_ROWS. Returns how many, or 0: too many to gain anything. */
guint    bf_batch_rows_find     (const float *rows, guint n, guint width, float *distinct, guint8 *which);

/* Copies rows to where they are missing, in the columns from begin to before end of n samples. */
void     bf_batch_rows_spread   (const BfBatchRows *self, float *values, guint n, guint width, guint begin, guint end);
/* The same for `size` values of the whole from `first` on, to elsewhere. */
void     bf_batch_rows_read     (const BfBatchRows *self, const float *values, guint width, gsize first, gsize size, float *out);

G_END_DECLS
