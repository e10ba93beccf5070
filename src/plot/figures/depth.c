/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The norm by depth, the input on the left; one line a run. What vanishes and what explodes is
 * shaded; exact zeros and what is not finite have lanes of their own.
 */
#include "depth-private.h"

#include "../../engine/bf-format.h"
#include "../bf-labels.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define VANISHING (-4.0)
#define EXPLODING 2.0
#define LANE 15.0

static const BfMagnitude any = { -INFINITY, INFINITY, FALSE };

static BfCell
get_cell (const BfFigureData *data, guint run, guint layer)
{
  const BfSnapshot *snapshot = data->runs[run].snapshot;
  const BfColumn *column = bf_snapshot_get_column (snapshot, bf_figure_data_get_step (data, run));

  return bf_cell_new (bf_column_get_stats (column, snapshot->plan, layer, data->tensor), &any);
}

static void
find_range (BfDepth *self, const BfFigureData *data)
{
  double low = INFINITY, high = -INFINITY, measured_low, measured_high;

  for (guint r = 0; r < data->n_runs; r++)
    {
      guint n = data->runs[r].snapshot->plan->n_weighted;

      for (guint i = 0; i < n; i++)
        {
          BfCell cell = get_cell (data, r, i);
          double lowest, highest;

          if (bf_depth_get_range (data, r, i, &lowest, &highest))
            {
              low = MIN (low, lowest);
              high = MAX (high, highest);
            }

          self->zeros |= cell.state == BF_CELL_ZERO;
          self->nans |= cell.state == BF_CELL_NAN;
          if (isfinite (cell.log))
            {
              low = MIN (low, cell.log);
              high = MAX (high, cell.log);
            }
        }
    }
  measured_low = low;
  measured_high = high;
  /* Theory is given room, up to two decades beyond what was measured. */
  for (guint r = 0; r < data->n_runs && isfinite (low); r++)
    for (guint i = 0; i < data->runs[r].snapshot->plan->n_weighted; i++)
      {
        const double expected = bf_depth_get_theory (data, r, i);

        if (isfinite (expected))
          {
            low = MIN (low, MAX (expected, measured_low - 2));
            high = MAX (high, MIN (expected, measured_high + 2));
          }
      }
  low = isfinite (low) ? floor (low - 0.3) : -7;
  high = isfinite (high) ? ceil (high + 0.1) : 1;
  low = MIN (low, MIN (-5, high - 3));
  high = MAX (high, MAX (1, low + 3));
  self->norm.low = low;
  self->norm.high = high;
}

static double
widest_label (BfDraw *draw, const BfFigureData *data)
{
  double width = 0;

  for (guint i = 0; i < data->n_runs; i++)
    width = MAX (width, bf_draw_text_width (draw, BF_TEXT (.bold = TRUE), data->runs[i].label ? data->runs[i].label : ""));
  return MIN (width, draw->width / 4);
}

/* "layer 1 against 7"; NULL when there are no two hidden layers. */
static char *
name_ratio (const BfFigureData *data)
{
  guint first, last;

  if (!bf_plan_get_hidden (data->runs[0].snapshot->plan, &first, &last))
    return NULL;
  /* Translators: head of a column of ratios, first and last hidden layer: "layer 1 against 7". */
  return g_strdup_printf (_("layer %u against %u"), first + 1, last + 1);
}

static void
lay_out (BfDepth *self, BfDraw *draw, const BfFigureData *data)
{
  gboolean window = draw->style->window;
  double k = CLAMP (draw->style->font_scale, 0.5, 4), tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  double left = draw->margin + 3.4 * tick + 10, right = draw->width - draw->margin - (draw->small ? 0 : 4);
  double top = (window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 32) * k);
  double bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 44 : 62) * k);
  double name = widest_label (draw, data);
  g_autofree char *against = name_ratio (data);
  double ratio = against ? bf_draw_text_width (draw, BF_TEXT (.type = BF_TYPE_NOTE), against) + 10 : 5 * tick;

  *self = (BfDepth) { .places = bf_layer_places_new (data) };
  self->n = MAX (1, self->places->n);
  find_range (self, data);
  if (draw->width > 340)
    {
      double half = 0.5 * (right - left - name - ratio) / (self->n + 0.5);
      double column = (data->n_runs > 1 ? name + 14 : 0) + ratio;

      self->ratios = right;
      self->labels = right - column;
      right -= column - (data->n_runs > 1 ? MAX (0, MIN (half - 22, 36)) : 0);
    }
  top += self->nans ? LANE + 4 : 0;
  bottom -= self->zeros ? LANE + 4 : 0;
  self->plot = (BfRect) { round (left), round (top), MAX (0, right - round (left)), MAX (0, round (bottom) - round (top)) };
  self->pitch = self->plot.width / self->n;
  self->depth = (BfScale) { -0.5, self->n - 0.5, self->plot.x, self->plot.x + self->plot.width };
  self->norm.from = self->plot.y + self->plot.height;
  self->norm.to = self->plot.y;
}

static double
map_cell (const BfDepth *depth, const BfCell *cell)
{
  if (cell->state == BF_CELL_ZERO)
    return depth->plot.y + depth->plot.height + 4 + LANE / 2;
  if (cell->state == BF_CELL_NAN)
    return depth->plot.y - 4 - LANE / 2;
  return isfinite (cell->log) ? bf_scale_map (&depth->norm, cell->log) : NAN;
}

/* What the lines leave, those of theory too. */
static BfRoom *
find_room (const BfDepth *depth, const BfFigureData *data)
{
  BfRoom *room = bf_room_new (&depth->plot);

  for (guint r = 0; r < data->n_runs; r++)
    for (guint theory = 0; theory < 2; theory++)
      {
        for (guint i = 0; i < data->runs[r].snapshot->plan->n_weighted; i++)
          {
            const BfCell cell = get_cell (data, r, i);
            const double y = theory ? bf_scale_map (&depth->norm, bf_depth_get_theory (data, r, i)) : map_cell (depth, &cell);

            bf_room_line_to (room, bf_scale_map (&depth->depth, depth->places->of[r][i]), y);
          }
        bf_room_line_to (room, NAN, NAN);
      }
  return room;
}

/* A range that is not usual, from its edge on, and its name where there is room: in full, in a word, or not at all. What leaves
 * the usual range does so towards the input, so the name stands at the other end if it can. */
static void
draw_shade (BfDraw *draw, const BfDepth *depth, const BfRoom *room, double y, double end, const char *name, const char *word)
{
  const BfRect *plot = &depth->plot;
  const BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_3] };
  const double inset = draw->small ? 5 : 8, line = copysign (1.1 * bf_draw_get_size (draw, BF_TYPE_NOTE), end - y);
  const double left = plot->x + inset, right = plot->x + plot->width - inset;
  const BfPlace places[] = {
    { right, y + line, BF_ALIGN_RIGHT }, { right, end - line, BF_ALIGN_RIGHT },
    { left, y + line, BF_ALIGN_LEFT }, { left, end - line, BF_ALIGN_LEFT },
  };

  bf_draw_fill (draw, &(BfRect) { plot->x, MIN (y, end), plot->width, fabs (end - y) }, draw->colors[BF_ROLE_BAND]);
  if (draw->small || !bf_room_draw_text (room, draw, &note, places, G_N_ELEMENTS (places), name))
    bf_room_draw_text (room, draw, &note, places, G_N_ELEMENTS (places), word);
}

static void
draw_shades (BfDraw *draw, const BfDepth *depth, const BfRoom *room)
{
  const BfRect *plot = &depth->plot;

  if (depth->norm.low < VANISHING)
    draw_shade (draw, depth, room, bf_scale_map (&depth->norm, VANISHING), plot->y + plot->height,
                _("vanishing: below 10⁻⁴"), _("vanishing"));
  if (depth->norm.high > EXPLODING)
    draw_shade (draw, depth, room, bf_scale_map (&depth->norm, EXPLODING), plot->y, _("exploding: above 10²"), _("exploding"));
}

static void
draw_lane (BfDraw *draw, const BfDepth *depth, double y, BfCellState state, const char *name)
{
  BfRect lane = { depth->plot.x, y, depth->plot.width, LANE };
  BfText note = { .type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2] };

  if (state == BF_CELL_NAN)
    bf_draw_fill (draw, &lane, bf_color_alpha (draw->colors[BF_ROLE_NAN], 0.45));
  bf_draw_rectangle (draw, &lane, 0);
  bf_draw_hatch (draw, state == BF_CELL_NAN ? BF_HATCH_CROSS : BF_HATCH_RISING, 6, 1,
                 bf_color_alpha (draw->colors[BF_ROLE_INK_3], 0.4));
  bf_draw_text (draw, &note, depth->plot.x - 10, y + LANE / 2, name);
}

/* Where the cursor's layer stands; depth->n: it is not shown. */
static guint
get_chosen_place (const BfDepth *depth, const BfFigureData *data)
{
  const guint n = data->runs[0].snapshot->plan->n_weighted;

  return data->show_cursor && data->cursor.weighted < n ? depth->places->of[0][data->cursor.weighted] : depth->n;
}

static void
draw_axes (BfDraw *draw, const BfDepth *depth, const BfFigureData *data)
{
  const BfPlan *plan = data->runs[0].snapshot->plan;
  const BfRect *plot = &depth->plot;
  double bottom = plot->y + plot->height + (depth->zeros ? LANE + 4 : 0), size = bf_draw_get_size (draw, BF_TYPE_TICK);
  guint stride = bf_label_stride (depth->n, depth->pitch, 3.2 * size);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER };
  BfText label = { .type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .color = &draw->colors[BF_ROLE_INK_2] };
  g_autofree char *name = bf_quantity_name (data->tensor, &(BfMagnitude) { 0 }, draw->small || draw->style->window);

  const guint place = get_chosen_place (depth, data);

  bf_draw_axis_log_y (draw, plot, &depth->norm);
  bf_draw_line (draw, plot->x, plot->y + plot->height, plot->x + plot->width, plot->y + plot->height, 1,
                draw->colors[BF_ROLE_AXIS]);
  for (guint i = 0; i < depth->n; i++)
    {
      const int layer = i < depth->places->n ? depth->places->first[i] : -1;
      g_autofree char *number = g_strdup_printf ("%d", layer + 1);
      gboolean output = layer + 1 == (int) plan->n_weighted && i + 1 == depth->n && depth->pitch * stride > 4 * size;
      gboolean chosen = i == place && draw->style->window;

      gboolean crowded = place < depth->n && draw->style->window && !chosen
                         && fabs ((double) i - place) * depth->pitch < 2.2 * size;

      /* A layer that only another run has goes without a number. */
      if (layer < 0 || (!chosen && (crowded || !bf_label_shown (i, depth->n, stride))))
        continue;
      tick.bold = chosen;
      tick.color = &draw->colors[chosen ? BF_ROLE_INK : BF_ROLE_INK_2];
      bf_draw_text (draw, &tick, bf_scale_map (&depth->depth, i), bottom + 1.3 * size, output ? depth->places->names[i] : number);
    }
  bf_draw_text (draw, &label, draw->margin, plot->y - (depth->nans ? LANE + 4 : 0) - (draw->small || draw->style->window ? 14 : 21),
                draw->style->window ? bf_quantity_label (data->tensor) : name);
  label.align = BF_ALIGN_CENTER;
  bf_draw_text (draw, &label, plot->x + plot->width / 2, bottom + 1.6 * size + 18, draw->style->window ? _("Layer, input on the left") : _("layer, input on the left"));
}

static void
draw_run (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, guint run)
{
  const BfFigureRun *self = &data->runs[run];
  BfRunLook look = bf_draw_get_look (draw, data, run);
  guint n = self->snapshot->plan->n_weighted;
  /* Marks stand at every layer, or about every 80 px, shifted from run to run. */
  guint stride = depth->pitch >= 3 * draw->mark ? 1 : (guint) ceil (80 / depth->pitch);
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < n; i++)
    {
      BfCell cell = get_cell (data, run, i);
      double x = bf_scale_map (&depth->depth, depth->places->of[run][i]), y = map_cell (depth, &cell);

      if (isfinite (cell.log) && open)
        cairo_line_to (draw->cr, x, y);
      else if (isfinite (cell.log))
        cairo_move_to (draw->cr, x, y);
      open = isfinite (cell.log);
    }
  cairo_set_line_width (draw->cr, look.line);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_dash (draw, self->family);
  bf_draw_set_color (draw, look.color);
  cairo_stroke (draw->cr);
  bf_draw_no_dash (draw);
  for (guint i = (run * stride / MAX (1, data->n_runs)) % stride; i < n; i += stride)
    {
      BfCell cell = get_cell (data, run, i);

      if (cell.state != BF_CELL_EMPTY)
        bf_draw_mark (draw, self->family, bf_scale_map (&depth->depth, depth->places->of[run][i]), map_cell (depth, &cell), draw->mark,
                      look.color, look.hollow);
    }
}

/* The norm of the first hidden layer over that of the last hidden one. */
static char *
format_ratio (const BfFigureData *data, guint run)
{
  guint first, last;
  BfCell a, b;

  if (!bf_plan_get_hidden (data->runs[run].snapshot->plan, &first, &last))
    return g_strdup ("–");
  a = get_cell (data, run, first);
  b = get_cell (data, run, last);
  if (a.state == BF_CELL_ZERO && isfinite (b.log))
    return g_strdup ("0 ×");
  return isfinite (a.log) && isfinite (b.log) ? bf_format_ratio (pow (10, (double) a.log - b.log)) : g_strdup ("–");
}

static void
draw_labels (BfDraw *draw, const BfDepth *depth, const BfFigureData *data)
{
  double size = bf_draw_get_size (draw, BF_TYPE_LABEL), pitch = 1.67 * size, head = INFINITY;
  g_autofree double *y = g_new (double, data->n_runs);
  g_autofree char *against = name_ratio (data);
  BfText value = { .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2] };

  if (depth->ratios <= 0)
    return;
  for (guint i = 0; i < data->n_runs; i++)
    {
      guint n = data->runs[i].snapshot->plan->n_weighted;
      BfCell cell = n > 0 ? get_cell (data, i, n - 1) : (BfCell) { NAN };

      y[i] = map_cell (depth, &cell);
    }
  bf_labels_spread (y, data->n_runs, pitch, depth->plot.y + 2.4 * size, depth->plot.y + depth->plot.height);
  for (guint i = 0; i < data->n_runs; i++)
    {
      const BfFigureRun *run = &data->runs[i];
      BfColor ink = bf_style_get_family_ink (draw->style, run->family);
      guint n = run->snapshot->plan->n_weighted;
      BfCell cell = n > 0 ? get_cell (data, i, n - 1) : (BfCell) { NAN };
      double x = bf_scale_map (&depth->depth, n > 0 ? depth->places->of[i][n - 1] : 0), from = map_cell (depth, &cell);
      g_autofree char *ratio = format_ratio (data, i);

      head = MIN (head, y[i]);
      if (data->n_runs > 1)
        {
          if (isfinite (from))
            bf_draw_line (draw, x + draw->mark + 3, from + (y[i] > from ? 1 : y[i] < from ? -1 : 0), depth->labels - 4, y[i],
                          0.9, bf_style_get_family (draw->style, run->family));
          bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink, .max_width = draw->width / 4,
                                       .halo = &draw->colors[BF_ROLE_SURFACE]),
                        depth->labels, y[i], run->label ? run->label : "");
        }
      bf_draw_text (draw, &value, depth->ratios, y[i], ratio);
    }
  if (!against)
    return;
  value.type = BF_TYPE_NOTE;
  bf_draw_text (draw, &value, depth->ratios, head - 1.15 * pitch, against);
}

static void
draw_read_out (BfDraw *draw, const BfDepth *depth, const BfFigureData *data)
{
  const BfPlan *plan = data->runs[0].snapshot->plan;
  guint layer = data->hover->weighted, n = 0;
  g_autoptr (GPtrArray) names = g_ptr_array_new (), values = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *quantity = bf_quantity_name (data->tensor, &(BfMagnitude) { 0 }, TRUE);
  const guint place = depth->places->of[0][layer];
  double x = bf_scale_map (&depth->depth, place), y = 0;

  for (guint r = 0; r < data->n_runs && n < 8; r++)
    {
      const guint n_layers = data->runs[r].snapshot->plan->n_weighted;
      guint own = 0;
      BfCell cell;

      while (own < n_layers && depth->places->of[r][own] != place)
        own++;
      if (own == n_layers)
        continue;
      cell = get_cell (data, r, own);
      y = n == 0 ? map_cell (depth, &cell) : y;
      g_ptr_array_add (names, (gpointer) (data->n_runs > 1 && data->runs[r].label ? data->runs[r].label : quantity));
      g_ptr_array_add (values, bf_cell_format (&cell));
      n++;
    }
  bf_draw_card (draw, &(BfRect) { depth->plot.x, 4, draw->width - depth->plot.x - 4, draw->height - 8 }, x, y - 8, y + 8,
                bf_layer_name (plan, layer), (const char *const *) names->pdata, (const char *const *) values->pdata, n);
}

static void
depth_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *given)
{
  g_auto (BfDraw) draw = { 0 };
  g_autofree BfFigureRun *rows = NULL;
  g_autoptr (BfLayerPlaces) places = NULL;
  g_autoptr (BfRoom) room = NULL;
  BfFigureData own;
  const BfFigureData *data = &own;
  BfDepth depth;

  rows = bf_depth_take_rows (given, &own);
  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&depth, &draw, data);
  places = depth.places;
  if (depth.plot.width < 10 || depth.plot.height < 10)
    return;
  room = find_room (&depth, data);
  draw_shades (&draw, &depth, room);
  if (depth.zeros)
    draw_lane (&draw, &depth, depth.plot.y + depth.plot.height + 4, BF_CELL_ZERO, _("0"));
  if (depth.nans)
    draw_lane (&draw, &depth, depth.plot.y - 4 - LANE, BF_CELL_NAN, "∞");
  draw_axes (&draw, &depth, data);
  if (style->window && get_chosen_place (&depth, data) < depth.n)
    bf_draw_fill (&draw, &(BfRect) { bf_scale_map (&depth.depth, get_chosen_place (&depth, data) - 0.5), depth.plot.y,
                                     depth.pitch, depth.plot.height }, bf_color_alpha (draw.colors[BF_ROLE_ACCENT], 0.1));
  for (guint i = data->n_runs; i-- > 0;)
    bf_depth_draw_range (&draw, &depth, data, i);
  bf_depth_draw_note (&draw, &depth, data);
  for (guint i = data->n_runs; i-- > 0;)
    draw_run (&draw, &depth, data, i);
  for (guint i = data->n_runs; i-- > 0;)
    bf_depth_draw_theory (&draw, &depth, data, i);
  bf_depth_draw_theory_name (&draw, &depth, data, room);
  if (bf_depth_get_silence (data) && !style->window)
    bf_draw_text (&draw, BF_TEXT (.type = BF_TYPE_NOTE, .color = &draw.colors[BF_ROLE_INK_3], .max_width = width - 2 * draw.margin),
                  draw.margin, height - draw.margin / 2, bf_depth_get_silence (data));
  draw_labels (&draw, &depth, data);
  if (data->hover && data->hover->weighted < data->runs[0].snapshot->plan->n_weighted)
    draw_read_out (&draw, &depth, data);
}

static gboolean
depth_pick (double x, double y, double width, double height, const BfStyle *style,
            const BfFigureData *data, BfCursor *cursor)
{
  guint n = data->runs[0].snapshot->plan->n_weighted;
  g_autoptr (BfLayerPlaces) places = NULL;
  BfDepth depth;
  gboolean found;
  g_auto (BfDraw) draw = { 0 };

  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&depth, &draw, data);
  places = depth.places;
  found = n > 0 && data->n_rows == 0 && x >= depth.plot.x && x < depth.plot.x + depth.plot.width
          && y >= depth.plot.y && y < depth.plot.y + depth.plot.height;
  if (found)
    {
      const int layer = places->first[MIN ((guint) ((x - depth.plot.x) / depth.pitch), depth.n - 1)];

      found = layer >= 0;
      cursor->weighted = (guint) MAX (layer, 0);
      cursor->step = bf_figure_data_get_step (data, 0);
    }
  return found;
}

/* How far measurement and theory are apart at most, at the start. */
static void
describe_theory (GString *out, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  double most = NAN;

  for (guint i = 0; i < snapshot->plan->n_weighted; i++)
    {
      const BfStats *measured = bf_column_get_stats (snapshot->start, snapshot->plan, i, data->tensor);
      const double apart = fabs ((double) measured->log_norm - bf_depth_get_theory (data, 0, i));

      if (isfinite (apart))
        most = fmax (most, apart);
    }
  if (isfinite (most))
    /* Translators: the largest distance of what was measured at the start from theory */
    g_string_append_printf (out, _(" Theory within %.1f decades at the start."), most);
}

static char *
depth_describe (const BfFigureData *given)
{
  g_autofree BfFigureRun *rows = NULL;
  BfFigureData own;
  const BfFigureData *data = &own;
  GString *out = g_string_new (_("Gradient norm by depth."));

  rows = bf_depth_take_rows (given, &own);

  for (guint i = 0; i < data->n_runs; i++)
    {
      g_autofree char *ratio = format_ratio (data, i), *first = NULL;
      guint n = data->runs[i].snapshot->plan->n_weighted;
      BfCell cell = n > 0 ? get_cell (data, i, 0) : (BfCell) { NAN };

      first = bf_cell_format (&cell);
      /* Translators: run, norm in the first layer, its ratio to the last hidden layer's. */
      g_string_append_printf (out, _(" %s: %s in the first layer, %s of the last hidden one."),
                              data->runs[i].label ? data->runs[i].label : _("This run"), first, ratio);
    }
  if (data->n_runs > 0 && bf_depth_get_silence (data))
    g_string_append_printf (out, C_("sentences", " %s"), bf_depth_get_silence (data));
  bf_depth_describe_seeds (out, data);
  describe_theory (out, data);
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_depth;
const BfFigure bf_figure_depth = {
  .kind = { "depth", N_("Gradient Norm by Depth"), N_("How much of the gradient reaches each layer, run against run") },
  .width = 1200, .height = 700,
  .draw = depth_draw,
  .csv = bf_depth_csv,
  .describe = depth_describe,
  .pick = depth_pick,
  .seeds = TRUE,
  .reading = N_("Input left: a line that falls to the left vanishes, one that rises explodes; shaded is too small or "
                "too large."),
};
