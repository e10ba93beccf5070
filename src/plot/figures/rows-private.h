/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The rows of a study as its figures read them.
 */
#pragma once

#include "../bf-draw.h"

G_BEGIN_DECLS

gboolean    bf_figure_data_has_study  (const BfFigureData *data);
guint       bf_figure_data_count_rows (const BfFigureData *data);
BfFigureRow bf_figure_data_get_row    (const BfFigureData *data, guint i);

/* What a finished run is judged by; NaN while it is not known. */
typedef double (*BfRowReading) (const BfSnapshot *snapshot);

/* First over last hidden layer's gradient norm at the last recorded step. */
double bf_row_read_attenuation   (const BfSnapshot *snapshot);
/* On the test split at the end, else on the validation split after the last epoch. */
double bf_row_read_test_accuracy (const BfSnapshot *snapshot);

/* The readings of the row's seeds that have one (neither NaN nor infinite), in the order of the seeds;
 * values: n_seeds at least. */
guint  bf_row_collect (const BfFigureRow *row, BfRowReading reading, double *values);
/* Of n numbers, at least one; sorts them. */
double bf_row_get_median (double *values, guint n);

/* How many of the row's seeds have ended, by divergence too. */
guint  bf_row_count_ended (const BfFigureRow *row);
guint  bf_row_count_diverged (const BfFigureRow *row);

/* "86.0 ± 0.2 %", "86.0 %" for one seed. Of shares; transfer full. */
char  *bf_row_format_accuracy (const double *values, guint n);

/* Dots: a line a row, a mark a seed. */
typedef struct
{
  const char *name;             /* of the axis, untranslated */
  const char *window_name;      /* the same in the window */
  BfRowReading reading;
  gboolean log;                 /* decades */
  gboolean sorted;              /* by median, the best on top, in files */
  double (*published) (const BfFigureRow *row);   /* or NULL */
} BfDots;

void bf_dots_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data,
                   const BfDots *dots);

G_END_DECLS
