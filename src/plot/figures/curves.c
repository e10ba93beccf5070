/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Loss and accuracy over the steps: beneath, what every step measured (lowest to highest per
 * pixel), bold, a local linear fit; marks where an epoch ended and the validation split was
 * evaluated. The learning rate as a thin third where it changed.
 */
#include "../bf-draw.h"
#include "../bf-format.h"
#include "../bf-labels.h"
#include "../bf-smooth.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Of the smoothing, in steps; less in short runs. */
#define SMOOTH_SD 60.0

typedef enum { BF_CURVE_LOSS, BF_CURVE_ACCURACY, BF_CURVE_RATE, BF_N_CURVES } BfCurve;

typedef struct
{
  BfRect rect;           /* width 0: not drawn */
  BfScale steps, value;
  gboolean log;          /* value is log10 */
} BfPanel;

typedef struct
{
  BfPanel panels[BF_N_CURVES];
  double unit;           /* steps a unit of the x axis: 1, or an epoch */
  double end;            /* steps */
  double labels;         /* room right of the panels */
  BfCurve labelled;      /* whose lines have the names at their ends */
} BfCurves;

static const BfColumn *
get_column (const BfSnapshot *snapshot, guint i)
{
  return snapshot->columns->len > 0 ? snapshot->columns->pdata[i] : snapshot->start;
}

static guint
count_columns (const BfSnapshot *snapshot)
{
  return MAX (snapshot->columns->len, 1);
}

static double
get_value (const BfColumn *column, BfCurve curve)
{
  return curve == BF_CURVE_LOSS ? column->loss : curve == BF_CURVE_ACCURACY ? column->accuracy : column->learning_rate;
}

static double
get_middle (const BfColumn *column)
{
  return (column->first + column->last) / 2.0 + 0.5;
}

static gboolean
has_values (const BfFigureData *data, BfCurve curve)
{
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < count_columns (data->runs[r].snapshot); i++)
      if (isfinite (get_value (get_column (data->runs[r].snapshot, i), curve)))
        return TRUE;
  return FALSE;
}

static gboolean
rate_changed (const BfFigureData *data)
{
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 1; i < count_columns (data->runs[r].snapshot); i++)
      if (get_value (get_column (data->runs[r].snapshot, i), BF_CURVE_RATE)
          != get_value (get_column (data->runs[r].snapshot, i - 1), BF_CURVE_RATE))
        return TRUE;
  return FALSE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Zero up to a little above nearly all of it; decades when the values span more than two. */
static void
find_loss_range (BfPanel *panel, const BfFigureData *data)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  double low = 0, high = 1, middle;

  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < count_columns (data->runs[r].snapshot); i++)
      {
        const BfColumn *column = get_column (data->runs[r].snapshot, i);
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
      panel->log = high > 100 * MAX (middle, 1e-30) || (high > 1e5 && high > 100 * g_array_index (values, double, 0));
      if (panel->log)
        {
          double least = g_array_index (values, double, 0);

          low = floor (log10 (MAX (least, high * 1e-30)) - 0.1);
          high = MAX (low + 1, ceil (log10 (high)));
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
    for (guint i = 0; i < count_columns (data->runs[r].snapshot); i++)
      high = MAX (high, get_value (get_column (data->runs[r].snapshot, i), BF_CURVE_RATE));
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

/* Room for the numbers left of a panel. */
static double
axis_width (BfDraw *draw)
{
  return 3.6 * bf_draw_get_size (draw, BF_TYPE_TICK) + (draw->small ? 6 : 9);
}

/* Beside each other in files, above each other in the window and in high pictures. */
static void
place_panels (BfCurves *self, BfDraw *draw, const BfRect *area, gboolean accuracy, gboolean rate)
{
  gboolean stacked = draw->style->window || area->width < 1.3 * area->height;
  double left = axis_width (draw);
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

static void
lay_out (BfCurves *self, BfDraw *draw, const BfFigureData *data)
{
  gboolean window = draw->style->window;
  double k = CLAMP (draw->style->font_scale, 0.5, 4), per_epoch = (double) data->runs[0].snapshot->steps_per_epoch;
  double top = window ? 2.1 * bf_draw_get_size (draw, BF_TYPE_LABEL) + 4 : bf_draw_get_top (draw) + (draw->small ? 24 : 32) * k;
  double bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM : (draw->small ? 40 : 62) * k);
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

static double
map_step (const BfCurves *self, BfCurve curve, double step)
{
  return bf_scale_map (&self->panels[curve].steps, step / self->unit);
}

static double
map_value (const BfPanel *panel, double value)
{
  if (panel->log)
    value = value > 0 ? log10 (value) : panel->value.low;
  return bf_scale_map (&panel->value, value);
}

/* Every value as a thin line. */
static void
draw_raw_line (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfSnapshot *snapshot, BfColor color)
{
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < count_columns (snapshot); i++)
    {
      const BfColumn *column = get_column (snapshot, i);
      double value = get_value (column, curve), x = map_step (self, curve, get_middle (column));

      if (isfinite (value) && open)
        cairo_line_to (draw->cr, x, map_value (&self->panels[curve], value));
      else if (isfinite (value))
        cairo_move_to (draw->cr, x, map_value (&self->panels[curve], value));
      open = isfinite (value);
    }
  bf_draw_set_color (draw, bf_color_alpha (color, 0.4));
  cairo_set_line_width (draw->cr, 1);
  cairo_stroke (draw->cr);
}

/* Lowest to highest of every step, a bar a pixel. */
static void
draw_envelope (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfSnapshot *snapshot, BfColor color)
{
  const BfPanel *panel = &self->panels[curve];
  guint width = (guint) MAX (1, ceil (panel->rect.width)), n = count_columns (snapshot);
  g_autofree double *low = g_new (double, width), *high = g_new (double, width);

  if (n < 0.75 * width)
    draw_raw_line (draw, self, curve, snapshot, color);
  if (n < 0.75 * width && (curve != BF_CURVE_LOSS || get_column (snapshot, 0)->count == 1))
    return;
  for (guint x = 0; x < width; x++)
    low[x] = high[x] = NAN;
  for (guint i = 0; i < n; i++)
    {
      const BfColumn *column = get_column (snapshot, i);
      double value = get_value (column, curve);
      double bottom = curve == BF_CURVE_LOSS ? column->loss_low : value;
      double top = curve == BF_CURVE_LOSS ? column->loss_high : value;
      double from = map_step (self, curve, (double) column->first) - panel->rect.x;
      double past = map_step (self, curve, column->last + 1.0) - panel->rect.x;

      for (guint x = (guint) MAX (0, from); isfinite (bottom) && isfinite (top) && x < MIN (width, MAX (past, from + 1)); x++)
        {
          low[x] = low[x] < bottom ? low[x] : bottom;
          high[x] = high[x] > top ? high[x] : top;
        }
    }
  cairo_new_path (draw->cr);
  for (guint x = 0; x < width; x++)
    if (isfinite (low[x]))
      {
        double top = map_value (panel, high[x]), bottom = map_value (panel, low[x]);
        bf_draw_rectangle (draw, &(BfRect) { panel->rect.x + x, top, 1, MAX (1, bottom - top) }, 0);
      }
  bf_draw_set_color (draw, bf_color_alpha (color, 0.2));
  cairo_fill (draw->cr);
}

/* The run's values and their fit at every second pixel; returns the number of places. */
static guint
smooth_run (const BfCurves *self, BfCurve curve, const BfSnapshot *snapshot, double **x, double **y)
{
  guint n = count_columns (snapshot);
  double last = (double) bf_snapshot_get_last_step (snapshot) + 1;
  guint n_at = CLAMP ((guint) (self->panels[curve].rect.width * last / self->end / 2), 2, 2000);
  g_autofree double *steps = g_new (double, n), *values = g_new (double, n), *weights = g_new (double, n);
  double sd = CLAMP (last / 16, 1, SMOOTH_SD);

  for (guint i = 0; i < n; i++)
    {
      const BfColumn *column = get_column (snapshot, i);

      steps[i] = get_middle (column);
      values[i] = get_value (column, curve);
      if (self->panels[curve].log)
        values[i] = values[i] > 0 ? log10 (values[i]) : NAN;
      weights[i] = column->count;
      sd = MAX (sd, 0.8 * (column->last - column->first + 1.0));
    }
  *x = g_new (double, n_at);
  *y = g_new (double, n_at);
  for (guint i = 0; i < n_at; i++)
    (*x)[i] = steps[0] + (steps[n - 1] - steps[0]) * i / (n_at - 1.0);
  bf_smooth (steps, values, weights, n, sd, *x, *y, n_at);
  return n_at;
}

/* Returns the last finite value of the line, for its label. */
static double
draw_fit (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureRun *run, guint index, guint n_runs,
          gboolean marked)
{
  const BfPanel *panel = &self->panels[curve];
  BfColor color = bf_style_get_family (draw->style, run->family);
  g_autofree double *x = NULL, *y = NULL;
  guint n = smooth_run (self, curve, run->snapshot, &x, &y);
  double end = NAN;
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < n; i++)
    {
      double px = map_step (self, curve, x[i]), py = bf_scale_map (&panel->value, y[i]);

      if (isfinite (y[i]) && open)
        cairo_line_to (draw->cr, px, py);
      else if (isfinite (y[i]))
        cairo_move_to (draw->cr, px, py);
      open = isfinite (y[i]);
      end = open ? y[i] : end;
    }
  cairo_set_line_width (draw->cr, draw->line);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_dash (draw, run->family);
  bf_draw_set_color (draw, color);
  cairo_stroke (draw->cr);
  bf_draw_no_dash (draw);
  /* One mark about every 80 px, shifted from run to run. */
  for (guint i = 20 + 40 * index / n_runs; marked && i < n; i += 40)
    if (isfinite (y[i]))
      bf_draw_mark (draw, run->family, map_step (self, curve, x[i]), bf_scale_map (&panel->value, y[i]), draw->mark,
                    color, FALSE);
  return panel->log ? pow (10, end) : end;
}

static double
get_validation (const BfEpoch *epoch, BfCurve curve)
{
  return curve == BF_CURVE_LOSS ? epoch->validation_loss : epoch->validation_accuracy;
}

/* Marks at the ends of epochs, thinned to 24 px; FALSE when there are none. */
static gboolean
draw_validation (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureRun *run)
{
  const GArray *epochs = run->snapshot->epochs;
  BfColor color = bf_style_get_family (draw->style, run->family);
  double before = -INFINITY;
  gboolean any = FALSE;

  for (guint i = epochs->len; i-- > 0;)
    {
      const BfEpoch *epoch = &g_array_index (epochs, BfEpoch, i);
      double value = get_validation (epoch, curve), x = map_step (self, curve, (double) epoch->step);

      if (!isfinite (value) || fabs (before - x) < 24)
        continue;
      bf_draw_mark (draw, run->family, x, map_value (&self->panels[curve], value), draw->mark, color, TRUE);
      before = x;
      any = TRUE;
    }
  return any;
}

static void
draw_label (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureRun *run, double y, double value, gboolean named)
{
  const BfRect *rect = &self->panels[curve].rect;
  double x = rect->x + rect->width + 10, size = bf_draw_get_size (draw, BF_TYPE_LABEL);
  BfColor ink = bf_style_get_family_ink (draw->style, run->family);
  g_autofree char *number = curve == BF_CURVE_ACCURACY ? bf_format_percent (value)
                            : fabs (value) < 1000 && fabs (value) >= 0.001 ? bf_format_plain (value, 4) : bf_format_value (value);
  BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };

  if (!named)
    {
      bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink), x, y, number);
      return;
    }
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink, .max_width = self->labels - 10), x, y - 0.6 * size,
                run->label ? run->label : "");
  bf_draw_text (draw, &note, x, y + 0.75 * size, number);
}

static void
draw_head (BfDraw *draw, const BfPanel *panel, const char *name)
{
  double left = MAX (draw->margin, panel->rect.x - axis_width (draw));

  bf_draw_text (draw, BF_TEXT (.type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .bold = !draw->style->window,
                               .color = draw->style->window ? &draw->colors[BF_ROLE_INK_2] : NULL,
                               .max_width = panel->rect.x + panel->rect.width - left),
                left, panel->rect.y - (draw->small ? 13 : draw->style->window ? 13 : 19), name);
}

/* Height of what guessing gives; NaN when that is off the panel. */
static double
find_guessing (const BfPanel *panel, BfCurve curve, guint classes)
{
  double y = classes < 2 ? NAN : map_value (panel, curve == BF_CURVE_LOSS ? log (classes) : 1.0 / classes);

  return y >= panel->rect.y && y <= panel->rect.y + panel->rect.height ? y : NAN;
}

static void
draw_guessing_line (BfDraw *draw, const BfCurves *self, BfCurve curve, guint classes)
{
  const BfPanel *panel = &self->panels[curve];
  double y = find_guessing (panel, curve, classes);

  if (!isfinite (y))
    return;
  cairo_set_dash (draw->cr, (double[]) { 2, 3 }, 2, 0);
  bf_draw_line (draw, panel->rect.x, y, panel->rect.x + panel->rect.width, y, 1, draw->colors[BF_ROLE_INK_3]);
  bf_draw_no_dash (draw);
}

static void
draw_guessing_text (BfDraw *draw, const BfCurves *self, BfCurve curve, guint classes)
{
  const BfPanel *panel = &self->panels[curve];
  double y = find_guessing (panel, curve, classes);
  g_autofree char *text = g_strdup_printf (curve == BF_CURVE_LOSS ? _("guessing: ln %u") : _("guessing: 1 / %u"), classes);
  BfText note = { .type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2],
                  .halo = draw->style->transparent ? NULL : &draw->colors[BF_ROLE_SURFACE] };

  if (isfinite (y) && panel->rect.width > 120)
    bf_draw_text (draw, &note, panel->rect.x + panel->rect.width, y - 1.6 * bf_draw_get_size (draw, BF_TYPE_NOTE), text);
}

/* Every panel's lines, marks and labels. */
static void
draw_lines (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data)
{
  const BfPanel *panel = &self->panels[curve];
  gboolean stacked = self->panels[BF_CURVE_ACCURACY].rect.x == self->panels[BF_CURVE_LOSS].rect.x;
  gboolean labelled = self->labels > 0 && (curve == self->labelled || stacked);
  g_autofree double *ends = g_new (double, data->n_runs), *y = g_new (double, data->n_runs);
  double size = bf_draw_get_size (draw, BF_TYPE_LABEL);

  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, panel->rect.x - 6, panel->rect.y - 6, panel->rect.width + 12, panel->rect.height + 12);
  cairo_clip (draw->cr);
  for (guint i = data->n_runs; i-- > 0;)
    draw_envelope (draw, self, curve, data->runs[i].snapshot, bf_style_get_family (draw->style, data->runs[i].family));
  draw_guessing_line (draw, self, curve, data->runs[0].snapshot->plan->shape.classes);
  for (guint i = data->n_runs; i-- > 0;)
    {
      ends[i] = draw_fit (draw, self, curve, &data->runs[i], i, data->n_runs, data->n_runs > 1);
      draw_validation (draw, self, curve, &data->runs[i]);
      y[i] = map_value (panel, ends[i]);
    }
  cairo_restore (draw->cr);
  draw_guessing_text (draw, self, curve, data->runs[0].snapshot->plan->shape.classes);
  if (!labelled)
    return;
  bf_labels_spread (y, data->n_runs, data->n_runs > 1 ? 2.8 * size : 1.6 * size, panel->rect.y + 4,
                    panel->rect.y + panel->rect.height);
  for (guint i = 0; i < data->n_runs; i++)
    draw_label (draw, self, curve, &data->runs[i], y[i], ends[i], data->n_runs > 1);
}

/* [curve][with validation][in the window] */
static const char *const heads[][2][2] = {
  [BF_CURVE_LOSS] = { { N_("training loss"), N_("Training loss") },
                      { N_("training loss, marks: validation"), N_("Training loss, marks: validation") } },
  [BF_CURVE_ACCURACY] = { { N_("training accuracy"), N_("Training accuracy") },
                          { N_("training accuracy, marks: validation"), N_("Training accuracy, marks: validation") } },
  [BF_CURVE_RATE] = { { N_("learning rate"), N_("Learning rate") }, { N_("learning rate"), N_("Learning rate") } },
};

static void
draw_panel (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data)
{
  const BfPanel *panel = &self->panels[curve];
  gboolean validated = FALSE, narrow = draw->small;

  for (guint i = 0; i < data->n_runs; i++)
    for (guint e = 0; e < data->runs[i].snapshot->epochs->len; e++)
      validated |= isfinite (get_validation (&g_array_index (data->runs[i].snapshot->epochs, BfEpoch, e), curve));
  if (panel->log)
    bf_draw_axis_log_y (draw, &panel->rect, &panel->value);
  else
    bf_draw_axis_y (draw, &panel->rect, &panel->value, curve == BF_CURVE_ACCURACY);
  draw_head (draw, panel, _(heads[curve][validated && !narrow][draw->style->window ? 1 : 0]));
  draw_lines (draw, self, curve, data);
}

static void
draw_rate (BfDraw *draw, const BfCurves *self, const BfFigureData *data)
{
  const BfPanel *panel = &self->panels[BF_CURVE_RATE];
  g_autofree char *number = bf_format_plain (panel->value.high / 1.15, 2);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2] };

  bf_draw_line (draw, panel->rect.x, panel->rect.y + panel->rect.height, panel->rect.x + panel->rect.width,
                panel->rect.y + panel->rect.height, 1, draw->colors[BF_ROLE_AXIS]);
  bf_draw_text (draw, &tick, panel->rect.x - 9, map_value (panel, panel->value.high / 1.15), number);
  draw_head (draw, panel, _(heads[BF_CURVE_RATE][0][draw->style->window ? 1 : 0]));
  for (guint r = data->n_runs; r-- > 0;)
    {
      const BfSnapshot *snapshot = data->runs[r].snapshot;

      cairo_new_path (draw->cr);
      for (guint i = 0; i < count_columns (snapshot); i++)
        {
          const BfColumn *column = get_column (snapshot, i);
          double y = map_value (panel, column->learning_rate);

          cairo_line_to (draw->cr, map_step (self, BF_CURVE_RATE, (double) column->first), y);
          cairo_line_to (draw->cr, map_step (self, BF_CURVE_RATE, column->last + 1.0), y);
        }
      cairo_set_line_width (draw->cr, 1.4);
      bf_draw_set_color (draw, bf_style_get_family (draw->style, data->runs[r].family));
      cairo_stroke (draw->cr);
    }
}

static void
draw_x_axes (BfDraw *draw, const BfCurves *self)
{
  double bottom = 0;
  gboolean window = draw->style->window;
  const char *name = self->unit > 1 ? (window ? _("Epoch") : _("epoch")) : window ? _("Step") : _("step");

  for (guint i = 0; i < BF_N_CURVES; i++)
    bottom = MAX (bottom, self->panels[i].rect.width > 0 ? self->panels[i].rect.y + self->panels[i].rect.height : 0);
  for (guint i = 0; i < BF_N_CURVES; i++)
    {
      const BfRect *rect = &self->panels[i].rect;

      if (rect->width > 0 && rect->y + rect->height > bottom - 1)
        bf_draw_axis_x (draw, rect, &self->panels[i].steps, self->unit > 1 ? 0 : 1, name);
    }
}

static void
draw_cursor (BfDraw *draw, const BfCurves *self, guint64 step)
{
  for (guint i = 0; i < BF_N_CURVES; i++)
    {
      const BfRect *rect = &self->panels[i].rect;
      double x = map_step (self, i, MIN (step, self->end - 1) + 0.5);

      if (rect->width > 0)
        bf_draw_line (draw, x, rect->y, x, rect->y + rect->height, 1, draw->colors[BF_ROLE_INK_3]);
    }
}

static void
draw_read_out (BfDraw *draw, const BfCurves *self, const BfFigureData *data)
{
  const BfColumn *column = bf_snapshot_get_column (data->runs[0].snapshot, data->hover->step);
  g_autofree char *step = bf_format_count (data->hover->step), *title = g_strdup_printf (_("Step %s"), step);
  g_autofree char *loss = bf_format_plain (column->loss, 4), *rate = bf_format_plain (column->learning_rate, 3);
  g_autofree char *accuracy = bf_format_percent (column->accuracy);
  const char *names[3] = { _("loss") }, *values[3] = { loss };
  const BfRect *rect = &self->panels[BF_CURVE_LOSS].rect;
  double y = map_value (&self->panels[BF_CURVE_LOSS], column->loss);
  guint n = 1;

  if (isfinite (column->accuracy))
    {
      names[n] = _("accuracy");
      values[n++] = accuracy;
    }
  names[n] = _("learning rate");
  values[n++] = rate;
  y = isfinite (y) ? CLAMP (y, rect->y, rect->y + rect->height) : rect->y;
  bf_draw_card (draw, &(BfRect) { rect->x, 4, draw->width - rect->x - 4, draw->height - 8 },
                map_step (self, BF_CURVE_LOSS, data->hover->step + 0.5), y - 8, y + 8, title, names, values, n);
}

static void
curves_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfCurves curves;

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&curves, &draw, data);
  if (curves.panels[BF_CURVE_LOSS].rect.width < 20 || curves.panels[BF_CURVE_LOSS].rect.height < 10)
    return;
  for (guint i = BF_CURVE_LOSS; i <= BF_CURVE_ACCURACY; i++)
    if (curves.panels[i].rect.width > 0)
      draw_panel (&draw, &curves, i, data);
  if (curves.panels[BF_CURVE_RATE].rect.width > 0)
    draw_rate (&draw, &curves, data);
  draw_x_axes (&draw, &curves);
  if (data->show_cursor && style->window)
    draw_cursor (&draw, &curves, data->cursor.step);
  if (data->hover)
    draw_read_out (&draw, &curves, data);
}

static gboolean
curves_pick (double x, double y, double width, double height, const BfStyle *style,
             const BfFigureData *data, BfCursor *cursor)
{
  cairo_surface_t *nowhere = cairo_recording_surface_create (CAIRO_CONTENT_ALPHA, NULL);
  cairo_t *cr = cairo_create (nowhere);
  gboolean found = FALSE;
  BfCurves curves;

  {
    g_auto (BfDraw) draw = { 0 };

    bf_draw_init (&draw, cr, width, height, style);
    lay_out (&curves, &draw, data);
  }
  cairo_destroy (cr);
  cairo_surface_destroy (nowhere);
  for (guint i = 0; i < BF_N_CURVES && !found; i++)
    {
      const BfRect *rect = &curves.panels[i].rect;

      found = rect->width > 0 && x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height;
      if (found)
        cursor->step = MIN ((guint64) MAX (0, bf_scale_invert (&curves.panels[i].steps, x) * curves.unit),
                            bf_snapshot_get_last_step (data->runs[0].snapshot));
    }
  if (found)
    cursor->weighted = data->cursor.weighted;
  return found;
}

static void
curves_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "run,first_step,last_step,loss,lowest_loss,highest_loss,accuracy,learning_rate\n");
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < count_columns (data->runs[r].snapshot); i++)
      {
        const BfColumn *column = get_column (data->runs[r].snapshot, i);

        bf_csv_text (out, data->runs[r].label ? data->runs[r].label : "", TRUE);
        g_string_append_printf (out, ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT, column->first, column->last);
        bf_csv_number (out, column->loss, FALSE);
        bf_csv_number (out, column->loss_low, FALSE);
        bf_csv_number (out, column->loss_high, FALSE);
        bf_csv_number (out, column->accuracy, FALSE);
        bf_csv_number (out, column->learning_rate, FALSE);
        g_string_append_c (out, '\n');
      }
}

static char *
curves_describe (const BfFigureData *data)
{
  GString *out = g_string_new (_("Loss and accuracy over the steps."));

  for (guint r = 0; r < data->n_runs; r++)
    {
      const BfSnapshot *snapshot = data->runs[r].snapshot;
      const BfColumn *column = get_column (snapshot, count_columns (snapshot) - 1);
      g_autofree char *loss = bf_format_plain (column->loss, 4), *accuracy = bf_format_percent (column->accuracy);
      g_autofree char *step = bf_format_count (column->last);
      const char *label = data->runs[r].label ? data->runs[r].label : _("This run");

      if (isfinite (column->accuracy))
        g_string_append_printf (out, _(" %s, step %s: loss %s, accuracy %s."), label, step, loss, accuracy);
      else
        g_string_append_printf (out, _(" %s, step %s: loss %s."), label, step, loss);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_curves;
const BfFigure bf_figure_curves = {
  .kind = { "curves", N_("Loss and Accuracy"), N_("Whether the network learns, and how fast") },
  .width = 1200, .height = 700,
  .draw = curves_draw,
  .csv = curves_csv,
  .describe = curves_describe,
  .pick = curves_pick,
};
