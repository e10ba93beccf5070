/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cells.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* The bounds of all that is finite in one column. */
static void
extend (BfMagnitude *self, const BfColumn *column, const BfPlan *plan, BfTensor tensor)
{
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfStats *stats = bf_column_get_stats (column, plan, w, tensor);

      if (stats->size == 0 || !isfinite (stats->log_norm))
        continue;
      self->low = MIN (self->low, stats->log_norm);
      self->high = MAX (self->high, stats->log_norm);
    }
}

void
bf_magnitude_init (BfMagnitude *self, const BfFigureData *data)
{
  *self = (BfMagnitude) { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, !data->scale_locked };
  if (data->scale_locked)
    return;
  self->low = INFINITY;
  self->high = -INFINITY;
  for (guint i = 0; i < data->n_runs; i++)
    {
      const BfSnapshot *snapshot = data->runs[i].snapshot;

      extend (self, snapshot->start, snapshot->plan, data->tensor);
      for (guint c = 0; c < snapshot->columns->len; c++)
        extend (self, snapshot->columns->pdata[c], snapshot->plan, data->tensor);
    }
  if (!(self->low <= self->high))
    *self = (BfMagnitude) { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, TRUE };
  self->low = floor (self->low);
  self->high = ceil (self->high);
  if (self->high - self->low < 2)
    {
      self->low = MIN (self->low, self->high - 1);
      self->high = self->low + 2;
    }
}

/* A fitted scale spreads the fixed map's colors over its own decades. */
static double
to_fixed (const BfMagnitude *self, double v)
{
  if (!self->fitted)
    return v;
  v = (CLAMP (v, self->low, self->high) - self->low) / (self->high - self->low);
  return BF_MAGNITUDE_LOW + v * (BF_MAGNITUDE_HIGH - BF_MAGNITUDE_LOW);
}

BfColor
bf_magnitude_get_color (const BfMagnitude *self, double log10_value)
{
  return bf_colormap_magnitude (to_fixed (self, log10_value));
}

guint32
bf_magnitude_get_pixel (const BfMagnitude *self, double log10_value)
{
  return bf_colormap_magnitude_pixel (to_fixed (self, log10_value));
}

static const struct { const char *name, *label, *formula; } quantities[BF_N_TENSORS] = {
  [BF_TENSOR_WEIGHT]          = { N_("weight norm"), N_("Weight norm"), "‖W‖₂" },
  [BF_TENSOR_WEIGHT_GRADIENT] = { N_("gradient norm"), N_("Gradient norm"), "‖∂L/∂W‖₂" },
  [BF_TENSOR_BIAS]            = { N_("bias norm"), N_("Bias norm"), "‖b‖₂" },
  [BF_TENSOR_BIAS_GRADIENT]   = { N_("bias gradient norm"), N_("Bias gradient norm"), "‖∂L/∂b‖₂" },
  [BF_TENSOR_OUTPUT]          = { N_("output norm"), N_("Output norm"), "‖h‖₂" },
  [BF_TENSOR_OUTPUT_GRADIENT] = { N_("output gradient norm"), N_("Output gradient norm"), "‖∂L/∂h‖₂" },
};

const char *
bf_quantity_label (BfTensor tensor)
{
  return _(quantities[tensor].label);
}

char *
bf_quantity_name (BfTensor tensor, const BfMagnitude *magnitude, gboolean brief)
{
  const char *name = _(quantities[tensor].name);
  g_autofree char *full = brief ? g_strdup (name) : g_strdup_printf ("%s %s", name, quantities[tensor].formula);

  /* Translators: a quantity whose scale of colors was fitted to the run. */
  return magnitude->fitted ? g_strdup_printf (_("%s, scale fitted"), full) : g_steal_pointer (&full);
}

const BfStats *
bf_column_get_stats (const BfColumn *self, const BfPlan *plan, guint w, BfTensor tensor)
{
  gboolean output = tensor == BF_TENSOR_OUTPUT || tensor == BF_TENSOR_OUTPUT_GRADIENT;
  guint layer = output ? bf_plan_get_stage_end (plan, w) : plan->weighted[w];

  return &self->layers[MIN (layer, self->n_layers - 1)].tensors[tensor];
}

static BfCellState
find_state (float log, guint32 states, const BfMagnitude *magnitude)
{
  if (states & (BF_STATE_NAN | BF_STATE_INFINITE))
    return BF_CELL_NAN;
  if (states & BF_STATE_ZERO)
    return BF_CELL_ZERO;
  if (!isfinite (log))
    return BF_CELL_EMPTY;
  if (states & BF_STATE_SUBNORMAL)
    return BF_CELL_SUBNORMAL;
  return log < magnitude->low ? BF_CELL_BELOW : log > magnitude->high ? BF_CELL_ABOVE : BF_CELL_VALUE;
}

static BfCell
make_cell (float log, guint32 states, const BfMagnitude *magnitude)
{
  BfCellState state = find_state (log, states, magnitude);

  return (BfCell) { state == BF_CELL_NAN || state == BF_CELL_ZERO ? NAN : log, state,
                    (states & BF_STATE_FROZEN) != 0,
                    (states & BF_STATE_INFINITE) && !(states & BF_STATE_NAN) };
}

BfCell
bf_cell_new (const BfStats *stats, const BfMagnitude *magnitude)
{
  return stats->size == 0 ? (BfCell) { NAN, BF_CELL_EMPTY } : make_cell (stats->log_norm, stats->states, magnitude);
}

char *
bf_cell_format (const BfCell *self)
{
  if (self->state == BF_CELL_EMPTY)
    return g_strdup ("–");
  if (self->state == BF_CELL_NAN)
    return bf_format_value (self->infinite ? INFINITY : NAN);
  return bf_format_value (self->state == BF_CELL_ZERO ? 0 : pow (10, self->log));
}

typedef struct { double sum; guint32 n, states; } BfBin;

static void
add_to_bins (BfBin *bins, const BfCellGrid *grid, const BfColumn *column, const BfPlan *plan,
             BfTensor tensor, guint64 end, const guint *places, guint n_places)
{
  double scale = grid->columns / (double) end;
  guint first = (guint) MIN (column->first * scale, grid->columns);
  guint past = (guint) MIN (ceil ((column->last + 1) * scale - 1e-9), grid->columns);

  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfStats *stats = bf_column_get_stats (column, plan, w, tensor);
      guint place = places ? places[w] : w;
      BfBin *row = bins + (gsize) (place * (guint64) grid->rows / n_places) * grid->columns;

      if (stats->size == 0)
        continue;
      for (guint x = first; x < past; x++)
        {
          row[x].states |= stats->states;
          if (isfinite (stats->log_norm))
            {
              row[x].sum += stats->log_norm;
              row[x].n++;
            }
        }
    }
}

BfCellGrid *
bf_cell_grid_new (const BfSnapshot *snapshot, BfTensor tensor, const BfMagnitude *magnitude,
                  guint64 end, guint columns, guint rows)
{
  return bf_cell_grid_new_placed (snapshot, tensor, magnitude, end, columns, rows, NULL, snapshot->plan->n_weighted);
}

BfCellGrid *
bf_cell_grid_new_placed (const BfSnapshot *snapshot, BfTensor tensor, const BfMagnitude *magnitude,
                         guint64 end, guint columns, guint rows, const guint *places, guint n_places)
{
  BfCellGrid *self = g_new0 (BfCellGrid, 1);
  gsize n = (gsize) columns * rows;
  g_autofree BfBin *bins = g_new0 (BfBin, n);
  const GPtrArray *recorded = snapshot->columns;

  self->columns = columns;
  self->rows = rows;
  self->cells = g_new0 (BfCell, n);
  if (recorded->len == 0 || ((BfColumn *) recorded->pdata[0])->first > 0)
    add_to_bins (bins, self, snapshot->start, snapshot->plan, tensor, end, places, n_places);
  for (guint i = 0; i < recorded->len; i++)
    add_to_bins (bins, self, recorded->pdata[i], snapshot->plan, tensor, end, places, n_places);
  for (gsize i = 0; i < n; i++)
    self->cells[i] = make_cell (bins[i].n ? bins[i].sum / bins[i].n : NAN, bins[i].states, magnitude);
  return self;
}

void
bf_cell_grid_free (BfCellGrid *self)
{
  g_free (self->cells);
  g_free (self);
}

void
bf_draw_cell_hatch (BfDraw *draw, BfCellState state, gboolean frozen)
{
  static const BfColor dots = { 0x8d / 255.0, 0x8f / 255.0, 0xd0 / 255.0, 1 };
  static const BfColor white = { 1, 1, 1, 0.5 };
  double k = draw->small ? 0.75 : 1;

  if (state == BF_CELL_ZERO)
    bf_draw_hatch (draw, BF_HATCH_RISING, 6 * k, 1, draw->colors[BF_ROLE_INK_3]);
  else if (state == BF_CELL_NAN)
    bf_draw_hatch (draw, BF_HATCH_CROSS, 5 * k, 0.9, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.7));
  else if (state == BF_CELL_BELOW)
    bf_draw_hatch (draw, BF_HATCH_DOTS, 6 * k, 0.9, dots);
  else if (state == BF_CELL_SUBNORMAL)
    bf_draw_hatch (draw, BF_HATCH_DOTS, 3 * k, 0.7, dots);
  else if (state == BF_CELL_ABOVE)
    bf_draw_hatch (draw, BF_HATCH_FALLING, 6 * k, 1, bf_color_alpha (white, 0.4));
  else if (frozen)
    bf_draw_hatch (draw, BF_HATCH_RISING, 7 * k, 1.2, white);
  cairo_new_path (draw->cr);
}

void
bf_draw_growth_hatch (BfDraw *draw)
{
  if (draw->style->theme == BF_THEME_PRINT)
    bf_draw_hatch (draw, BF_HATCH_FALLING, draw->small ? 4.5 : 6, 0.7, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.55));
  cairo_new_path (draw->cr);
}

static BfColor
cell_color (BfDraw *draw, const BfCell *cell, const BfMagnitude *magnitude)
{
  return cell->state == BF_CELL_NAN ? draw->colors[BF_ROLE_NAN]
         : cell->state == BF_CELL_ZERO ? draw->colors[BF_ROLE_SURFACE]
         : bf_magnitude_get_color (magnitude, cell->log);
}

void
bf_draw_cell (BfDraw *draw, const BfCell *cell, const BfMagnitude *magnitude, const BfRect *rect)
{
  if (cell->state == BF_CELL_EMPTY || !(rect->width > 0 && rect->height > 0))
    return;
  bf_draw_fill (draw, rect, cell_color (draw, cell, magnitude));
  bf_draw_rectangle (draw, rect, 0);
  bf_draw_cell_hatch (draw, cell->state, cell->frozen);
}
