/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure's numbers as text: CSV in C-locale numbers, and sentences for a screen reader.
 */
#pragma once

#include "bf-cells.h"

G_BEGIN_DECLS

/* Appends ",value" or "value": "nan" and "inf" where not finite, 9 digits. */
void  bf_csv_number  (GString *out, double value, gboolean first);
/* A text, in quotes when it needs them. */
void  bf_csv_text    (GString *out, const char *text, gboolean first);
/* The first run's columns, a row a column and layer: the numbers of the heatmap. */
void  bf_csv_columns (GString *out, const BfFigureData *data);
/* Every run's columns, with the run's name in front. */
void  bf_csv_run_columns (GString *out, const BfFigureData *data);
/* Every run's layers at the start and at the cursor, a row a run, step and layer: by depth. */
void  bf_csv_layers  (GString *out, const BfFigureData *data);

/* "Gradient norm of 8 layers over 1,688 steps. At step 1,130: from 2.7 × 10⁻⁶ in Dense 1 to 0.79 in Output …" */
char *bf_describe_norms (const BfSnapshot *snapshot, guint64 step, BfTensor tensor);

/* The step of a figure: the cursor's when it is shown, else the last one of the run. */
guint64 bf_figure_data_get_step (const BfFigureData *data, guint run);

G_END_DECLS
