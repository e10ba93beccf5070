/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "compare-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static guint64
get_key (const BfPlan *plan, guint weighted)
{
  const BfPlanLayer *layer = &plan->layers[plan->weighted[weighted]];

  return (guint64) layer->layer->id << 32 | layer->copy;
}

/* For each layer of b the same one of a, or −1. */
static int *
match_layers (const BfPlan *a, const BfPlan *b)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree guint64 *keys = g_new (guint64, MAX (1, a->n_weighted));
  int *matches = g_new (int, MAX (1, b->n_weighted));

  for (guint w = 0; w < a->n_weighted; w++)
    {
      keys[w] = get_key (a, w);
      g_hash_table_insert (known, &keys[w], GUINT_TO_POINTER (w + 1));
    }
  for (guint w = 0; w < b->n_weighted; w++)
    {
      guint64 key = get_key (b, w);
      matches[w] = (int) GPOINTER_TO_UINT (g_hash_table_lookup (known, &key)) - 1;
    }
  return matches;
}

static void
append_row (BfPairRows *self, int a, const char *name)
{
  self->at[0][self->n] = a;
  self->at[1][self->n] = -1;
  if (a >= 0)
    self->places[0][a] = self->n;
  self->names[self->n++] = name;
}

BfPairRows *
bf_pair_rows_new (const BfPlan *a, const BfPlan *b)
{
  BfPairRows *self = g_new0 (BfPairRows, 1);
  guint n_b = b ? b->n_weighted : 0, most = MAX (1, a->n_weighted + n_b), next = 0;
  g_autofree int *matches = b ? match_layers (a, b) : NULL;

  for (guint i = 0; i < 2; i++)
    self->at[i] = g_new (int, most);
  self->places[0] = g_new0 (guint, MAX (1, a->n_weighted));
  self->places[1] = g_new0 (guint, MAX (1, n_b));
  self->names = g_new (const char *, most);
  for (guint w = 0; w < n_b; w++)
    {
      /* The first run's own layers up to the one that both have; a layer that only the second has
       * follows the one that it follows there. */
      for (; matches[w] >= (int) next; next++)
        append_row (self, (int) next, bf_layer_name (a, next));
      if (matches[w] < 0)
        append_row (self, -1, bf_layer_name (b, w));
      self->places[1][w] = matches[w] < 0 ? self->n - 1 : self->places[0][matches[w]];
      self->at[1][self->places[1][w]] = (int) w;
    }
  for (; next < a->n_weighted; next++)
    append_row (self, (int) next, bf_layer_name (a, next));
  return self;
}

void
bf_pair_rows_free (BfPairRows *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_free (self->at[i]);
      g_free (self->places[i]);
    }
  g_free (self->names);
  g_free (self);
}

int
bf_pair_rows_get_only (const BfPairRows *self, guint row)
{
  return self->at[1][row] < 0 ? 0 : self->at[0][row] < 0 ? 1 : -1;
}

double
bf_compare_bar_width (BfDraw *draw, gboolean named)
{
  double size = bf_draw_get_size (draw, BF_TYPE_TICK);

  return draw->width < 260 ? 0 : (draw->small ? 10 : 14) + 8 + 6 + 2.6 * size + (named ? 1.6 * size : 0);
}

static void
draw_bar_colors (BfDraw *draw, const BfRect *bar, const BfCompareBar *self, double low, double high)
{
  cairo_pattern_t *colors = cairo_pattern_create_linear (0, bar->y + bar->height, 0, bar->y);

  for (guint i = 0; i <= 56; i++)
    {
      guint32 pixel = self->pixel (self->scale, low + i / 56.0 * (high - low));
      cairo_pattern_add_color_stop_rgb (colors, i / 56.0, (pixel >> 16 & 0xff) / 255.0, (pixel >> 8 & 0xff) / 255.0,
                                        (pixel & 0xff) / 255.0);
    }
  bf_draw_rectangle (draw, bar, 0);
  cairo_set_source (draw->cr, colors);
  cairo_fill (draw->cr);
  cairo_pattern_destroy (colors);
}

void
bf_compare_draw_bar (BfDraw *draw, const BfRect *area, const BfCompareBar *self)
{
  double size = bf_draw_get_size (draw, BF_TYPE_TICK), over = self->over > 0 ? self->over + 3 : 0;
  BfRect bar = { area->x, area->y + over, area->width, area->height - over };
  BfScale scale = { self->low, self->high, bar.y + bar.height, bar.y };
  BfText tick = { .type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2] };
  BfText label = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .angle = -G_PI / 2, .color = &draw->colors[BF_ROLE_INK_2] };
  int step = MAX (self->high - self->low > 4 ? 2 : 1, bf_ticks_decades (self->low, self->high, bar.height, 2.4 * size));

  if (bar.height < 12 || bar.width <= 0)
    return;
  draw_bar_colors (draw, &bar, self, self->low, self->high);
  if (self->one)
    {
      bf_draw_rectangle (draw, &(BfRect) { bar.x, bar.y, bar.width, bf_scale_map (&scale, 0) - bar.y }, 0);
      bf_draw_growth_hatch (draw);
    }
  for (int d = (int) ceil (self->low / step - 1e-9) * step; d <= self->high + 1e-9; d += step)
    {
      double y = bf_scale_map (&scale, d);
      g_autofree char *number = self->one && d == 0 ? g_strdup ("1 ×") : bf_format_power (d);

      bf_draw_line (draw, bar.x + bar.width, y, bar.x + bar.width + 4, y, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, &tick, bar.x + bar.width + 6, y, number);
    }
  if (self->over > 0)
    {
      BfRect piece = { bar.x, area->y, bar.width, self->over };

      draw_bar_colors (draw, &piece, self, BF_MAGNITUDE_HIGH + 1e-9, BF_MAGNITUDE_OVER);
      bf_draw_rectangle (draw, &piece, 0);
      bf_draw_hatch (draw, BF_HATCH_FALLING, draw->small ? 4.5 : 6, 1, (BfColor) { 1, 1, 1, 0.4 });
    }
  if (self->name && bf_draw_text_width (draw, &label, self->name) < area->height)
    bf_draw_text (draw, &label, bar.x + bar.width + 6 + 3.4 * size, area->y + area->height / 2, self->name);
}

const char *
bf_compare_get_label (const BfFigureData *data, guint run)
{
  if (run >= data->n_runs)
    return _("start");
  return data->runs[run].label ? data->runs[run].label : _("this run");
}

BfCell
bf_compare_divide (const BfCell *a, const BfCell *b, double range)
{
  BfCell ratio = { NAN, BF_CELL_EMPTY, a->frozen || b->frozen, FALSE };

  if (a->state == BF_CELL_EMPTY || b->state == BF_CELL_EMPTY)
    return ratio;
  ratio.state = BF_CELL_NAN;
  if (a->state == BF_CELL_NAN || b->state == BF_CELL_NAN)
    ratio.infinite = (a->state != BF_CELL_NAN || a->infinite) && (b->state != BF_CELL_NAN || b->infinite);
  else if (a->state == BF_CELL_ZERO)
    ratio.state = BF_CELL_ZERO;
  else if (b->state == BF_CELL_ZERO)
    ratio.infinite = TRUE;
  else
    {
      ratio.log = a->log - b->log;
      ratio.state = fabs (ratio.log) > range ? BF_CELL_ABOVE : BF_CELL_VALUE;
    }
  return ratio;
}

BfCell
bf_compare_get_cell (const BfFigureData *data, const BfPairRows *rows, guint run, guint row, guint64 step)
{
  static const BfMagnitude any = { -INFINITY, INFINITY, FALSE };
  gboolean alone = run >= data->n_runs;
  const BfSnapshot *snapshot = data->runs[alone ? 0 : run].snapshot;
  const BfColumn *column = alone ? snapshot->start : bf_snapshot_get_column (snapshot, step);
  int weighted = rows->at[alone ? 0 : run][row];

  return weighted < 0 ? (BfCell) { NAN, BF_CELL_EMPTY }
                      : bf_cell_new (bf_column_get_stats (column, snapshot->plan, (guint) weighted, data->tensor), &any);
}

guint64
bf_compare_count_common (const BfFigureData *data)
{
  guint64 common = bf_snapshot_get_last_step (data->runs[0].snapshot) + 1;

  for (guint i = 1; i < MIN (2, data->n_runs); i++)
    common = MIN (common, bf_snapshot_get_last_step (data->runs[i].snapshot) + 1);
  return common;
}

void
bf_compare_draw_card (BfDraw *draw, const BfFigureData *data, const BfPairRows *rows, guint row, guint64 step,
                      const BfHeatmap *map)
{
  const BfRect place = bf_rows_get_rect (&map->rows, row);
  /* Never over the names of the rows. */
  const BfRect area = { map->cells.x, 4, draw->width - map->cells.x - 4, draw->height - 8 };

  BfCell a = bf_compare_get_cell (data, rows, 0, row, step), b = bf_compare_get_cell (data, rows, 1, row, step);
  BfCell ratio = bf_compare_divide (&a, &b, INFINITY);
  g_autofree char *number = bf_format_count (step), *title = g_strdup_printf (_("%s, step %s"), rows->names[row], number);
  g_autofree char *first = bf_cell_format (&a), *second = bf_cell_format (&b);
  g_autofree char *times = ratio.state == BF_CELL_ZERO ? g_strdup (b.state == BF_CELL_ZERO ? "–" : "0 ×")
                           : isfinite (ratio.log) ? bf_format_ratio (pow (10, ratio.log)) : g_strdup ("–");
  const char *names[] = { bf_compare_get_label (data, 0), bf_compare_get_label (data, 1), _("ratio") };
  const char *values[] = { first, second, times };

  bf_draw_card (draw, &area, bf_heatmap_cursor_x (map, step), place.y, place.y + place.height, title, names, values, 3);
}
