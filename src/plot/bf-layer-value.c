/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-layer-value.h"
#include "bf-pictures.h"
#include "bf-table.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static double
get_gradient_rms (const BfColumn *column, const BfPlan *plan, guint w)
{
  const BfStats *stats = bf_column_get_stats (column, plan, w, BF_TENSOR_WEIGHT_GRADIENT);

  if (stats->size == 0)
    return NAN;
  return stats->nonfinite > 0 ? INFINITY : stats->rms;
}

static double
get_norm (const BfColumn *column, const BfPlan *plan, guint w, BfTensor tensor)
{
  const gboolean output = tensor == BF_TENSOR_OUTPUT_GRADIENT;

  return bf_column_get_norm (column, output ? bf_plan_get_stage_end (plan, w) : plan->weighted[w], tensor);
}

static double
get_attenuation (const BfColumn *column, const BfPlan *plan, guint w)
{
  guint first, last;

  if (!bf_plan_get_hidden (plan, &first, &last) || w < first || w > last)
    return NAN;
  return get_norm (column, plan, w, BF_TENSOR_WEIGHT_GRADIENT) / get_norm (column, plan, last, BF_TENSOR_WEIGHT_GRADIENT);
}

/* ‖∂L/∂h‖ in front of the layer over that behind it. */
static double
get_gain (const BfColumn *column, const BfPlan *plan, guint w)
{
  const double before = w > 0 ? get_norm (column, plan, w - 1, BF_TENSOR_OUTPUT_GRADIENT) : column->input_gradient;

  return before / get_norm (column, plan, w, BF_TENSOR_OUTPUT_GRADIENT);
}

static double
get_update_ratio (const BfColumn *column, const BfPlan *plan, guint w)
{
  return column->layers[plan->weighted[w]].update_ratio;
}

/* The first activation of the layer's stage that has such a share. */
static double
find_share (const BfColumn *column, const BfPlan *plan, guint w, gboolean dead)
{
  for (guint i = plan->weighted[w]; i <= bf_plan_get_stage_end (plan, w) && i < column->n_layers; i++)
    {
      const float share = dead ? column->layers[i].dead : column->layers[i].saturated;

      if (!isnan (share))
        return share;
    }
  return NAN;
}

static double
get_saturated (const BfColumn *column, const BfPlan *plan, guint w)
{
  return find_share (column, plan, w, FALSE);
}

static double
get_dead (const BfColumn *column, const BfPlan *plan, guint w)
{
  return find_share (column, plan, w, TRUE);
}

static double
get_mean (const BfColumn *column, const BfPlan *plan, guint w)
{
  const BfStats *stats = bf_column_get_stats (column, plan, w, BF_TENSOR_OUTPUT);

  return stats->size > 0 ? stats->mean : NAN;
}

static double
get_spread (const BfColumn *column, const BfPlan *plan, guint w)
{
  const BfStats *stats = bf_column_get_stats (column, plan, w, BF_TENSOR_OUTPUT);

  return stats->size > 0 ? stats->sd : NAN;
}

static double
get_zeros (const BfColumn *column, const BfPlan *plan, guint w)
{
  const BfStats *stats = bf_column_get_stats (column, plan, w, BF_TENSOR_WEIGHT_GRADIENT);

  return stats->size > 0 ? stats->zeros / (double) stats->size : NAN;
}

static double
get_nonfinite (const BfColumn *column, const BfPlan *plan, guint w)
{
  const BfStats *stats = bf_column_get_stats (column, plan, w, BF_TENSOR_WEIGHT_GRADIENT);

  return stats->size > 0 ? stats->nonfinite / (double) stats->size : NAN;
}

static const BfLayerValue table[] = {
  { "gradient-rms", N_("Gradient RMS"), BF_VALUE_MAGNITUDE, get_gradient_rms },
  { "attenuation", N_("Attenuation"), BF_VALUE_MAGNITUDE, get_attenuation },
  { "gain", N_("Gain per layer"), BF_VALUE_GAIN, get_gain },
  { "update-ratio", N_("Update ratio"), BF_VALUE_MAGNITUDE, get_update_ratio },
  { "saturated", N_("Saturated outputs"), BF_VALUE_SHARE, get_saturated },
  { "dead", N_("Dead units"), BF_VALUE_SHARE, get_dead },
  { "output-mean", N_("Mean of the activations"), BF_VALUE_SIGNED, get_mean },
  { "output-spread", N_("Spread of the activations"), BF_VALUE_MAGNITUDE, get_spread },
  { "zeros", N_("Gradients exactly zero"), BF_VALUE_SHARE, get_zeros },
  { "nonfinite", N_("Gradients not finite"), BF_VALUE_SHARE, get_nonfinite },
};

const BfLayerValue *
bf_layer_values (guint *n)
{
  *n = G_N_ELEMENTS (table);
  return table;
}

const BfLayerValue *
bf_layer_value_find (const char *id)
{
  for (guint i = 0; id && i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].id, id))
      return &table[i];
  return NULL;
}

static gboolean
is_log (const BfLayerValue *self)
{
  return self->scale == BF_VALUE_MAGNITUDE || self->scale == BF_VALUE_GAIN;
}

static const double fixed_ranges[][2] = {
  [BF_VALUE_MAGNITUDE] = { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH }, [BF_VALUE_GAIN] = { -1, 1 },
  [BF_VALUE_SIGNED] = { -1, 1 }, [BF_VALUE_SHARE] = { 0, 1 },
};

static BfCellState
get_state (const BfLayerValue *self, double place, const BfMagnitude *range)
{
  if (self->scale != BF_VALUE_MAGNITUDE)
    return BF_CELL_VALUE;
  return place < range->low ? BF_CELL_BELOW : place > range->high ? BF_CELL_ABOVE : BF_CELL_VALUE;
}

BfColor
bf_layer_value_get_color (const BfLayerValue *self, BfDraw *draw, const BfMagnitude *range, double place)
{
  if (self->scale == BF_VALUE_MAGNITUDE)
    return bf_magnitude_get_color (range, place);
  place = CLAMP (place / range->high, -1, 1);
  return self->scale == BF_VALUE_SHARE ? bf_draw_get_level (draw, place) : bf_colormap_diverging (draw->style->theme, place);
}

BfCell
bf_layer_value_get_cell (const BfLayerValue *self, const BfColumn *column, const BfPlan *plan, guint w)
{
  const guint32 states = column->layers[plan->weighted[w]].tensors[BF_TENSOR_WEIGHT_GRADIENT].states;
  const guint8 frozen = (states & BF_STATE_FROZEN) != 0;
  const BfMagnitude fixed = { fixed_ranges[self->scale][0], fixed_ranges[self->scale][1], FALSE };
  double value = self->get (column, plan, w);

  if (isnan (value))
    return (BfCell) { NAN, BF_CELL_EMPTY };
  if (isinf (value))
    return (BfCell) { NAN, BF_CELL_NAN, frozen, TRUE };
  if (is_log (self) && value == 0)
    return (BfCell) { NAN, BF_CELL_ZERO, frozen };
  if (is_log (self))
    value = log10 (value);
  return (BfCell) { (float) value, get_state (self, value, &fixed), frozen };
}

char *
bf_layer_value_format (const BfLayerValue *self, const BfCell *cell)
{
  if (!isfinite (cell->log))
    return bf_cell_format (cell);
  switch (self->scale)
    {
    case BF_VALUE_SHARE:
      return bf_format_percent (cell->log);
    case BF_VALUE_GAIN:
      return bf_format_ratio (pow (10, cell->log));
    case BF_VALUE_SIGNED:
      return bf_format_plain (cell->log, 3);
    case BF_VALUE_MAGNITUDE:
    default:
      return bf_format_value (pow (10, cell->log));
    }
}

/* The bounds of all that is finite in one column. */
static void
extend (const BfLayerValue *self, BfMagnitude *range, const BfColumn *column, const BfPlan *plan)
{
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfCell cell = bf_layer_value_get_cell (self, column, plan, w);

      if (!isfinite (cell.log))
        continue;
      range->low = MIN (range->low, cell.log);
      range->high = MAX (range->high, cell.log);
    }
}

/* Ends that read well: whole decades, at least two; about the middle of what has one; from 0 of shares. */
static void
round_range (BfMagnitude *range, BfValueScale scale)
{
  const double most = MAX (fabs (range->low), fabs (range->high));

  switch (scale)
    {
    case BF_VALUE_GAIN:
      *range = (BfMagnitude) { -MAX (0.1, ceil (10 * most - 1e-6) / 10), MAX (0.1, ceil (10 * most - 1e-6) / 10), TRUE };
      break;
    case BF_VALUE_SIGNED:
      *range = (BfMagnitude) { -bf_nice_above (most), bf_nice_above (most), TRUE };
      break;
    case BF_VALUE_SHARE:
      *range = (BfMagnitude) { 0, MIN (1, bf_nice_above (range->high)), TRUE };
      break;
    case BF_VALUE_MAGNITUDE:
    default:
      *range = (BfMagnitude) { floor (range->low), ceil (range->high), TRUE };
      range->low = MIN (range->low, range->high - 1);
      range->high = MAX (range->high, range->low + 2);
    }
}

void
bf_layer_value_init_range (BfMagnitude *range, const BfFigureData *data)
{
  const BfLayerValue *self = data->value;
  const BfSnapshot *snapshot = data->runs[0].snapshot;

  if (!data->scale_locked)
    {
      *range = (BfMagnitude) { INFINITY, -INFINITY, TRUE };
      extend (self, range, snapshot->start, snapshot->plan);
      for (guint i = 0; i < snapshot->columns->len; i++)
        extend (self, range, snapshot->columns->pdata[i], snapshot->plan);
    }
  if (!data->scale_locked && range->low <= range->high)
    round_range (range, self->scale);
  else
    *range = (BfMagnitude) { fixed_ranges[self->scale][0], fixed_ranges[self->scale][1], !data->scale_locked };
}

typedef struct { double sum; guint n; guint8 zero, nan, infinite, frozen; } Bin;

static void
add_to_bins (const BfLayerValue *self, Bin *bins, const BfCellGrid *grid, const BfColumn *column, const BfPlan *plan, guint64 end)
{
  const double scale = grid->columns / (double) end;
  const guint first = (guint) MIN (column->first * scale, grid->columns);
  const guint past = (guint) MIN (ceil ((column->last + 1) * scale - 1e-9), grid->columns);

  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfCell cell = bf_layer_value_get_cell (self, column, plan, w);
      Bin *row = bins + (gsize) (w * (guint64) grid->rows / plan->n_weighted) * grid->columns;

      if (cell.state == BF_CELL_EMPTY)
        continue;
      for (guint x = first; x < past; x++)
        {
          row[x].zero |= cell.state == BF_CELL_ZERO;
          row[x].nan |= cell.state == BF_CELL_NAN;
          row[x].infinite |= cell.infinite;
          row[x].frozen |= cell.frozen;
          row[x].sum += isfinite (cell.log) ? cell.log : 0;
          row[x].n += isfinite (cell.log);
        }
    }
}

/* ∂L/∂input is measured only now and then: between two measurements the last one stands. */
static void
hold (BfCellGrid *grid, guint measured)
{
  for (guint x = 1; x < measured; x++)
    if (grid->cells[x].state == BF_CELL_EMPTY)
      grid->cells[x] = grid->cells[x - 1];
}

BfCellGrid *
bf_layer_value_make_grid (const BfLayerValue *self, const BfSnapshot *snapshot, const BfMagnitude *range, guint64 end, guint columns, guint rows)
{
  BfCellGrid *grid = g_new0 (BfCellGrid, 1);
  const gsize n = (gsize) columns * rows;
  g_autofree Bin *bins = g_new0 (Bin, n);
  const GPtrArray *recorded = snapshot->columns;

  grid->columns = columns;
  grid->rows = rows;
  grid->cells = g_new0 (BfCell, n);
  if (recorded->len == 0 || ((BfColumn *) recorded->pdata[0])->first > 0)
    add_to_bins (self, bins, grid, snapshot->start, snapshot->plan, end);
  for (guint i = 0; i < recorded->len; i++)
    add_to_bins (self, bins, grid, recorded->pdata[i], snapshot->plan, end);
  for (gsize i = 0; i < n; i++)
    {
      const double mean = bins[i].n > 0 ? bins[i].sum / bins[i].n : NAN;

      grid->cells[i] = bins[i].nan ? (BfCell) { NAN, BF_CELL_NAN, bins[i].frozen, bins[i].infinite }
                       : bins[i].zero ? (BfCell) { NAN, BF_CELL_ZERO, bins[i].frozen }
                       : bins[i].n == 0 ? (BfCell) { NAN, BF_CELL_EMPTY }
                       : (BfCell) { (float) mean, get_state (self, mean, range), bins[i].frozen };
    }
  if (self->get == get_gain && rows > 0)
    hold (grid, (guint) MIN (columns, ceil ((bf_snapshot_get_last_step (snapshot) + 1) * (columns / (double) end) - 1e-9)));
  return grid;
}

/* Numbers at the ends of the bar and in its middle. */
static void
draw_marks (const BfLayerValue *self, BfDraw *draw, const BfScale *scale, double y)
{
  for (guint i = 0; i < 3; i++)
    {
      const double place = scale->low + 0.5 * i * (scale->high - scale->low);
      g_autofree char *number = bf_format_plain (self->scale == BF_VALUE_SHARE ? 100 * place : self->scale == BF_VALUE_GAIN ? pow (10, place) : place, self->scale == BF_VALUE_GAIN ? 2 : 3);
      g_autofree char *text = self->scale == BF_VALUE_SHARE ? g_strdup_printf ("%s %%", number)
                              : self->scale == BF_VALUE_GAIN ? g_strdup_printf (_("%s ×"), number) : g_strdup (number);

      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2],
                                   .align = i == 0 ? BF_ALIGN_LEFT : i == 1 ? BF_ALIGN_CENTER : BF_ALIGN_RIGHT),
                    bf_scale_map (scale, place), y, text);
    }
}

static void
draw_scale (const BfLayerValue *self, BfDraw *draw, const BfScale *scale, const BfMagnitude *range, double y)
{
  const double thick = draw->small ? 8 : 11, size = bf_draw_get_size (draw, BF_TYPE_TICK);
  const double width = scale->to - scale->from;
  g_autofree char *name = range->fitted ? g_strdup_printf (_("%s, scale fitted"), _(self->name)) : g_strdup (_(self->name));
  guint32 pixels[64];

  if (self->scale == BF_VALUE_MAGNITUDE)
    {
      bf_draw_magnitude_bar (draw, scale, range->fitted, y, 0, name);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    pixels[i] = bf_color_get_pixel (bf_layer_value_get_color (self, draw, range, scale->low + (i + 0.5) / G_N_ELEMENTS (pixels) * (scale->high - scale->low)));
  bf_draw_pixels (draw, &(BfRect) { scale->from, y, width, thick }, G_N_ELEMENTS (pixels), 1, pixels);
  if (scale->low < 0)
    {
      const double zero = bf_scale_map (scale, 0);

      bf_draw_rectangle (draw, &(BfRect) { zero, y, scale->to - zero, thick }, 0);
      bf_draw_growth_hatch (draw);
    }
  draw_marks (self, draw, scale, y + thick + 0.9 * size);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2], .align = BF_ALIGN_CENTER),
                scale->from + width / 2, y + thick + 2.3 * size, name);
}

/* At the right edge; where the bar from base to end comes near, inside of it. */
static void
draw_number (BfDraw *draw, const BfRect *area, double base, double end, double y, BfColor bar, gboolean bold, const char *number)
{
  const double right = area->x + area->width, lightness = bf_color_get_lightness (bar);
  const BfColor on_bar = lightness > 0.6 ? (BfColor) { 0.1, 0.1, 0.12, 1 } : (BfColor) { 1, 1, 1, 1 };
  BfText text = { .type = BF_TYPE_NOTE, .bold = bold, .align = BF_ALIGN_RIGHT, .color = &draw->colors[bold ? BF_ROLE_INK : BF_ROLE_INK_2],
                  .halo = &draw->colors[BF_ROLE_SURFACE] };
  const double width = bf_draw_text_width (draw, &text, number);

  if (end + 4 > right - width && end - base > width + 10)
    {
      text.color = &on_bar;
      text.halo = NULL;
      bf_draw_text (draw, &text, end - 5, y, number);
    }
  else
    bf_draw_text (draw, &text, right, y, number);
}

void
bf_layer_value_draw_bars (BfDraw *draw, const BfRows *rows, const BfRect *area, const BfFigureData *data, guint64 step)
{
  const BfLayerValue *self = data->value;
  const BfPlan *plan = data->runs[0].snapshot->plan;
  const BfColumn *column = bf_snapshot_get_column (data->runs[0].snapshot, step);
  const int selected = data->show_cursor ? (int) data->cursor.weighted : -1;
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE);
  BfMagnitude range;
  BfScale scale;
  double base;

  bf_layer_value_init_range (&range, data);
  scale = (BfScale) { range.low, range.high, area->x, area->x + area->width };
  /* Bars begin in the middle of a diverging scale, else at its low end. */
  base = bf_scale_map (&scale, self->scale == BF_VALUE_MAGNITUDE ? range.low : 0);
  bf_draw_line (draw, base, area->y, base, area->y + area->height, 1, draw->colors[BF_ROLE_AXIS]);
  for (guint w = 0; w < plan->n_weighted && w < rows->n; w++)
    {
      const BfCell cell = bf_layer_value_get_cell (self, column, plan, w);
      const double y = bf_rows_get_center (rows, w), thick = CLAMP (rows->pitch * 0.5, 1, 12);
      g_autofree char *text = bf_layer_value_format (self, &cell);
      const double x = isfinite (cell.log) ? bf_scale_map (&scale, CLAMP (cell.log, scale.low, scale.high)) : base;

      if (isfinite (cell.log))
        bf_draw_fill (draw, &(BfRect) { MIN (x, base), y - thick / 2, MAX (1, fabs (x - base)), thick },
                      bf_layer_value_get_color (self, draw, &range, cell.log));
      if (rows->pitch > 1.5 * size || (int) w == selected)
        draw_number (draw, area, base, x, y, bf_layer_value_get_color (self, draw, &range, isfinite (cell.log) ? cell.log : 0),
                     (int) w == selected, text);
    }
  draw_scale (self, draw, &scale, &range, area->y + area->height + (draw->small || draw->style->window ? 2 : 4));
}

static void
csv_column (const BfLayerValue *self, GString *out, const BfColumn *column, const BfPlan *plan)
{
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      bf_csv_number (out, (double) column->first, TRUE);
      bf_csv_number (out, (double) column->last, FALSE);
      bf_csv_text (out, bf_layer_name (plan, w), FALSE);
      bf_csv_number (out, self->get (column, plan, w), FALSE);
      g_string_append_c (out, '\n');
    }
}

void
bf_layer_value_csv (const BfLayerValue *self, GString *out, const BfSnapshot *snapshot)
{
  g_string_append_printf (out, "first_step,last_step,layer,%s\n", self->id);
  if (snapshot->columns->len == 0)
    csv_column (self, out, snapshot->start, snapshot->plan);
  for (guint i = 0; i < snapshot->columns->len; i++)
    csv_column (self, out, snapshot->columns->pdata[i], snapshot->plan);
}

char *
bf_layer_value_describe (const BfLayerValue *self, const BfSnapshot *snapshot, guint64 step)
{
  const BfPlan *plan = snapshot->plan;
  const BfColumn *column = bf_snapshot_get_column (snapshot, step);
  g_autofree char *steps = bf_format_count (snapshot->steps), *at = bf_format_count (step), *first = NULL, *last = NULL;
  BfCell a, b;

  if (plan->n_weighted == 0)
    return g_strdup (_("No layer with weights."));
  a = bf_layer_value_get_cell (self, column, plan, 0);
  b = bf_layer_value_get_cell (self, column, plan, plan->n_weighted - 1);
  first = bf_layer_value_format (self, &a);
  last = bf_layer_value_format (self, &b);
  return g_strdup_printf (ngettext ("%s of %u layer over %s steps. At step %s: from %s in %s to %s in %s.",
                                    "%s of %u layers over %s steps. At step %s: from %s in %s to %s in %s.", plan->n_weighted),
                          _(self->name), plan->n_weighted, steps, at, first, bf_layer_name (plan, 0), last,
                          bf_layer_name (plan, plan->n_weighted - 1));
}
