/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One panel for each of loss, accuracy and learning rate; their ranges fit the runs.
 */
#include "curves-private.h"

#include <math.h>

/* Of a loss that explodes. */
#define MOST_DECADES 14
/* Where losses span less, the axis ends near them, not at whole decades. */
#define FEW_DECADES 1.5

const BfColumn *
bf_curves_get_column (const BfSnapshot *snapshot, guint i)
{
  return snapshot->columns->len > 0 ? snapshot->columns->pdata[i] : snapshot->start;
}

guint
bf_curves_count (const BfSnapshot *snapshot)
{
  return MAX (snapshot->columns->len, 1);
}

double
bf_curves_get_value (const BfColumn *column, BfCurve curve)
{
  return curve == BF_CURVE_LOSS ? column->loss : curve == BF_CURVE_ACCURACY ? column->accuracy : column->learning_rate;
}

static gboolean
has_values (const BfFigureData *data, BfCurve curve)
{
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < bf_curves_count (data->runs[r].snapshot); i++)
      if (isfinite (bf_curves_get_value (bf_curves_get_column (data->runs[r].snapshot, i), curve)))
        return TRUE;
  return FALSE;
}

static gboolean
rate_changed (const BfFigureData *data)
{
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 1; i < bf_curves_count (data->runs[r].snapshot); i++)
      if (bf_curves_get_value (bf_curves_get_column (data->runs[r].snapshot, i), BF_CURVE_RATE)
          != bf_curves_get_value (bf_curves_get_column (data->runs[r].snapshot, i - 1), BF_CURVE_RATE))
        return TRUE;
  return FALSE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Of rising values: whether they are shown as decades, which only what is above 0 has. */
static gboolean
is_log (const GArray *values, BfAxis axis)
{
  const double first = g_array_index (values, double, 0), high = g_array_index (values, double, values->len - 1);
  const double middle = g_array_index (values, double, values->len / 2);

  if (axis != BF_AXIS_AUTOMATIC)
    return axis == BF_AXIS_LOG && high > 0;
  return high > 100 * MAX (middle, 1e-30) || (high > 1e5 && high > 100 * first);
}

/* Zero up to a little above nearly all of it; decades when the values span more than two. */
static void
find_loss_range (BfPanel *panel, const BfFigureData *data)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  double low = 0, high = 1, middle;

  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < bf_curves_count (data->runs[r].snapshot); i++)
      {
        const BfColumn *column = bf_curves_get_column (data->runs[r].snapshot, i);
        double top = isfinite (column->loss_high) ? column->loss_high : column->loss;

        if (isfinite (column->loss) && isfinite (top))
          g_array_append_val (values, top);
      }
  if (values->len > 0)
    {
      g_array_sort (values, compare_doubles);
      low = MIN (0, g_array_index (values, double, 0));
      middle = g_array_index (values, double, values->len / 2);
      high = g_array_index (values, double, values->len - 1);
      panel->log = is_log (values, data->loss_axis);
      if (panel->log)
        {
          double least = high, most = high;

          for (guint i = 0; i < values->len && least == high; i++)
            least = g_array_index (values, double, i) > 0 ? g_array_index (values, double, i) : high;
          /* What came before an explosion is to be seen too. */
          low = floor (log10 (least) - 0.1);
          high = CLAMP (ceil (log10 (high)), low + 1, low + MOST_DECADES);
          if (log10 (most / least) < FEW_DECADES)
            {
              low = log10 (least) - 0.08;
              high = log10 (most) + 0.08;
            }
        }
      else
        {
          double most = g_array_index (values, double, (guint) (0.995 * (values->len - 1)));
          high = MAX (most, middle) * 1.1;
          high = high > 0 ? high : 1;
        }
    }
  panel->value.low = low;
  panel->value.high = high;
}

static void
find_rate_range (BfPanel *panel, const BfFigureData *data)
{
  double high = 0;

  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < bf_curves_count (data->runs[r].snapshot); i++)
      high = MAX (high, bf_curves_get_value (bf_curves_get_column (data->runs[r].snapshot, i), BF_CURVE_RATE));
  panel->value.low = 0;
  panel->value.high = high > 0 ? high * 1.15 : 1;
}

static double
widest_label (BfDraw *draw, const BfFigureData *data)
{
  double size = bf_draw_get_size (draw, BF_TYPE_LABEL), width = 6.2 * size;

  for (guint i = 0; i < data->n_runs && data->n_runs > 1; i++)
    width = MAX (width, bf_draw_text_width (draw, BF_TEXT (.bold = TRUE), data->runs[i].label ? data->runs[i].label : ""));
  return MIN (width, draw->width / 4) + 14;
}

double
bf_curves_axis_width (BfDraw *draw)
{
  return 3.6 * bf_draw_get_size (draw, BF_TYPE_TICK) + (draw->small ? 6 : 9);
}

/* Beside each other in files, above each other in the window and in high pictures. */
static void
place_panels (BfCurves *self, BfDraw *draw, const BfRect *area, gboolean accuracy, gboolean rate)
{
  gboolean stacked = draw->style->window || area->width < 1.3 * area->height;
  double left = bf_curves_axis_width (draw);
  double head = 2.1 * bf_draw_get_size (draw, BF_TYPE_LABEL), gap = head + 10;
  double lane = rate ? 0.14 * area->height : 0;
  BfRect loss = { area->x + left, area->y, area->width - left, area->height };
  BfRect other = loss;

  if (accuracy && stacked)
    {
      loss.height = (area->height - gap - (rate ? lane + gap : 0)) / 2;
      other.height = loss.height;
      other.y += loss.height + gap;
    }
  else if (accuracy)
    {
      loss.width = (area->width - draw->gap) / 2 - left;
      other.width = loss.width;
      other.x = loss.x + loss.width + draw->gap + left;
      loss.height -= rate ? lane + gap : 0;
    }
  else
    loss.height -= rate ? lane + gap : 0;
  loss.x = round (loss.x);
  other.x = round (other.x);
  self->panels[BF_CURVE_LOSS].rect = loss;
  if (accuracy)
    self->panels[BF_CURVE_ACCURACY].rect = other;
  if (rate)
    self->panels[BF_CURVE_RATE].rect = (BfRect) { loss.x, area->y + area->height - lane, loss.width, lane };
  self->labelled = accuracy ? BF_CURVE_ACCURACY : BF_CURVE_LOSS;
}

void
bf_curves_lay_out (BfCurves *self, BfDraw *draw, const BfFigureData *data)
{
  gboolean window = draw->style->window;
  double k = CLAMP (draw->style->font_scale, 0.5, 4), per_epoch = (double) data->runs[0].snapshot->steps_per_epoch;
  double top = window ? 2.1 * bf_draw_get_size (draw, BF_TYPE_LABEL) + 4 : bf_draw_get_top (draw) + (draw->small ? 24 : 32) * k;
  double bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 40 : 62) * k);
  BfRect area = { draw->margin, top, 0, MAX (0, bottom - top) };

  *self = (BfCurves) { .unit = 1 };
  self->labels = draw->width > 300 ? widest_label (draw, data) : 0;
  area.width = draw->width - 2 * draw->margin - self->labels;
  for (guint r = 0; r < data->n_runs; r++)
    self->end = MAX (self->end, (double) bf_snapshot_get_last_step (data->runs[r].snapshot) + 1);
  if (per_epoch > 0 && self->end >= 1.5 * per_epoch)
    self->unit = per_epoch;
  place_panels (self, draw, &area, has_values (data, BF_CURVE_ACCURACY), rate_changed (data));
  find_loss_range (&self->panels[BF_CURVE_LOSS], data);
  find_rate_range (&self->panels[BF_CURVE_RATE], data);
  self->panels[BF_CURVE_ACCURACY].value.high = 1;
  for (guint i = 0; i < BF_N_CURVES; i++)
    {
      BfPanel *panel = &self->panels[i];

      panel->steps = (BfScale) { 0, self->end / self->unit, panel->rect.x, panel->rect.x + panel->rect.width };
      panel->value.from = panel->rect.y + panel->rect.height;
      panel->value.to = panel->rect.y;
    }
}

double
bf_curves_map_step (const BfCurves *self, BfCurve curve, double step)
{
  return bf_scale_map (&self->panels[curve].steps, step / self->unit);
}

double
bf_curves_map_value (const BfPanel *panel, double value)
{
  if (panel->log)
    value = value > 0 ? log10 (value) : panel->value.low;
  return bf_scale_map (&panel->value, value);
}
