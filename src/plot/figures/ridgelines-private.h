/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The distributions that the ridgelines show: shares of a layer's values per tenth of a decade.
 */
#pragma once

#include "../bf-draw.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean present;      /* FALSE: not recorded, or the layer has no such tensor */
  double shares[BF_HISTOGRAM_BINS];   /* smoothed by 1-4-6-4-1, of all values */
  double zero, broken;   /* shares: exactly zero; infinite or not a number */
  double under, over;    /* shares beyond the bins */
  double median;         /* log10; NaN: it lies outside the bins */
  int first, last;       /* bins that hold something; last < first: none */
} BfRidge;

/* log10 of a bin's middle. */
static inline double
bf_ridge_bin_center (int bin)
{
  return BF_HISTOGRAM_LOW + (bin + 0.5) * BF_HISTOGRAM_STEP;
}

/* The histogram of weighted layer w; NULL when there is none. Outputs are those of its last stage. */
const BfHistogram *bf_ridge_find (const BfSnapshot *snapshot, const BfFrame *frame, guint w, BfTensor tensor);
void   bf_ridge_init     (BfRidge *self, const BfHistogram *histogram);
double bf_ridge_get_peak (const BfRidge *self);
/* Where it peaks, log10; NaN: nowhere. */
double bf_ridge_get_mode (const BfRidge *self);
/* Of the values, as text: also "0", "< 10⁻¹²", "NaN". Transfer full. */
char  *bf_ridge_format_median (const BfRidge *self);

/* "gradient of one weight |∂L/∂w|". Translated. */
const char *bf_ridge_quantity (BfTensor tensor);
gboolean    bf_ridge_is_gradient (BfTensor tensor);

/* A ridge as high as the highest of all is so many rows high. */
#define BF_RIDGES_OVERLAP 1.55
#define BF_RIDGES_RUNS 4
#define BF_RIDGES_ROWS 24

typedef struct
{
  BfDraw *draw;
  const BfFigureData *data;
  const BfSnapshot *snapshot;
  guint n_runs;
  guint n_rows;
  guint rows[BF_RIDGES_ROWS + 2];             /* weighted layers shown */
  BfRidge *ridges;                       /* [row * n_runs + run] */
  BfRidge *starts;                       /* [row], of the other moment: the start, or the one pinned; or NULL */
  guint64 moments[2];                    /* steps of the first run's ridges and of those */
  gboolean recorded;
  double peak;                           /* share */
  BfRect plot, zero, broken;             /* axis area and lanes */
  BfScale scale;
  double first, pitch;                   /* baseline of row 0; to the next */
  BfType label;
  gboolean magnitudes;                   /* ridges in the magnitude map's colors */
} BfRidges;

static inline gboolean
bf_ridges_have_labels (const BfRidges *self)
{
  return self->n_runs > 1 && self->data->runs[0].label;
}

void  bf_ridges_draw     (BfRidges *self);
/* A moment in words beside a piece of its line, ending at x; returns where it begins. */
double bf_ridge_draw_moment (BfDraw *draw, guint64 step, gboolean dashed, double x, double y);
void  bf_ridges_csv      (GString *out, const BfFigureData *data);
/* Of weighted layers first … end - 1 alone. */
void  bf_ridges_csv_layers (GString *out, const BfFigureData *data, guint first, guint end);
char *bf_ridges_describe (const BfFigureData *data);

G_END_DECLS
