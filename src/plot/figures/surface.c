/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The decision surface over data of two inputs: the class that the network gives each point, stronger
 * where it is surer, a line where the answer changes, the samples on top. Mistakes are ringed.
 */
#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define GRID   BF_EVALUATION_GRID
#define FINE   192     /* pixels a side, between whose grid points outputs are interpolated */
#define MOST   1500    /* samples drawn */
#define FAINT  0.1     /* of a color where the network is not sure */
#define STRONG 0.55

/* Output j at a place in grid coordinates, bilinear. */
static double
interpolate (const BfEvaluation *evaluation, double x, double y, guint j)
{
  const double cx = CLAMP (x, 0, GRID - 1), cy = CLAMP (y, 0, GRID - 1);
  const guint x0 = MIN ((guint) cx, GRID - 2), y0 = MIN ((guint) cy, GRID - 2), n = evaluation->outputs;
  const double u = cx - x0, v = cy - y0;
  const float *a = evaluation->grid + ((gsize) y0 * GRID + x0) * n + j, *b = a + (gsize) GRID * n;

  return (1 - v) * ((1 - u) * a[0] + u * a[n]) + v * ((1 - u) * b[0] + u * b[n]);
}

static void
find_range (const BfEvaluation *evaluation, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < GRID * GRID; i++)
    {
      const double value = evaluation->grid[(gsize) i * evaluation->outputs];

      if (isfinite (value))
        {
          *low = MIN (*low, value);
          *high = MAX (*high, value);
        }
    }
}

static BfColor
get_class_color (BfDraw *draw, const BfEvaluation *evaluation, double x, double y, guint *answer)
{
  const guint n = evaluation->outputs;
  double best = interpolate (evaluation, x, y, 0), second = -INFINITY, sure;

  *answer = 0;
  for (guint j = 1; j < n; j++)
    {
      const double value = interpolate (evaluation, x, y, j);

      second = value > best ? best : MAX (second, value);
      if (value > best)
        *answer = j;
      best = MAX (best, value);
    }
  if (isnan (best))
    {
      *answer = BF_NO_ANSWER;
      return draw->colors[BF_ROLE_NAN];
    }
  sure = CLAMP (n > 1 ? best - second : 1, 0, 1);
  return bf_color_mix (draw->colors[BF_ROLE_SURFACE], bf_class_get_color (draw->style, *answer), FAINT + (STRONG - FAINT) * sure);
}

/* Grid coordinates of pixel (column, row), row 0 on top. */
static double
get_x (guint column)
{
  return (column + 0.5) / FINE * GRID - 0.5;
}

static double
get_y (guint row)
{
  return (FINE - 1 - row + 0.5) / FINE * GRID - 0.5;
}

/* Pixels of the surface and the class of each, row 0 on top. */
static guint32 *
make_pixels (BfDraw *draw, const BfEvaluation *evaluation, guint *answers)
{
  guint32 *pixels = g_new (guint32, FINE * FINE);
  double low, high;

  find_range (evaluation, &low, &high);
  for (guint i = 0; i < FINE * FINE; i++)
    {
      const double x = get_x (i % FINE), y = get_y (i / FINE);

      if (evaluation->classes)
        pixels[i] = bf_color_get_pixel (get_class_color (draw, evaluation, x, y, &answers[i]));
      else
        pixels[i] = bf_color_get_pixel (bf_draw_get_level (draw, (interpolate (evaluation, x, y, 0) - low) / (high - low)));
    }
  return pixels;
}

/* How much more class a gets than class b at a pixel. */
static double
get_lead (const BfEvaluation *evaluation, guint i, guint a, guint b)
{
  const double x = get_x (i % FINE), y = get_y (i / FINE);

  return interpolate (evaluation, x, y, a) - interpolate (evaluation, x, y, b);
}

/* Where the answer changes between the middles of two pixels; FALSE: it does not. */
static gboolean
find_crossing (const BfEvaluation *evaluation, const guint *answers, guint p, guint q, double *x, double *y)
{
  const guint a = answers[p], b = answers[q];
  double t = 0.5, here, there;

  if (a == b)
    return FALSE;
  if (a != BF_NO_ANSWER && b != BF_NO_ANSWER && evaluation->outputs > 1)
    {
      here = get_lead (evaluation, p, a, b);
      there = get_lead (evaluation, q, a, b);
      t = here - there > 0 ? CLAMP (here / (here - there), 0, 1) : 0.5;
    }
  *x = p % FINE + 0.5 + t * ((double) (q % FINE) - p % FINE);
  *y = p / FINE + 0.5 + t * ((double) (q / FINE) - p / FINE);
  return TRUE;
}

/* The line between the classes: in each square of four pixels its crossings are joined, three and four in the middle. */
static void
draw_boundary (BfDraw *draw, const BfEvaluation *evaluation, const guint *answers, const BfRect *plot)
{
  cairo_t *cr = draw->cr;
  const double kx = plot->width / FINE, ky = plot->height / FINE;

  cairo_save (cr);
  cairo_new_path (cr);
  for (guint i = 0; i < FINE * (FINE - 1); i++)
    {
      const guint corners[] = { i, i + 1, i + FINE + 1, i + FINE };
      double x[4], y[4], mx = 0, my = 0;
      guint n = 0;

      for (guint k = 0; k < 4 && i % FINE + 1 < FINE; k++)
        n += find_crossing (evaluation, answers, corners[k], corners[(k + 1) % 4], &x[n], &y[n]);
      for (guint k = 0; k < n; k++)
        {
          mx += x[k] / n;
          my += y[k] / n;
        }
      for (guint k = 0; k < n && (n > 2 || k == 0); k++)
        {
          cairo_move_to (cr, plot->x + kx * x[k], plot->y + ky * y[k]);
          cairo_line_to (cr, plot->x + kx * (n > 2 ? mx : x[1]), plot->y + ky * (n > 2 ? my : y[1]));
        }
    }
  cairo_set_line_width (cr, draw->line);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_INK_2]);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_points (BfDraw *draw, const BfEvaluation *evaluation, const BfRect *plot)
{
  const guint n = MIN (evaluation->count, MOST);
  const double radius = draw->mark * (n > 400 ? 0.55 : 0.75);

  for (guint i = 0; i < n; i++)
    {
      float at[2];
      double x, y;

      bf_dataset_gather (evaluation->data, evaluation->part, NULL, i, 1, at, 2, NULL, NULL);
      x = plot->x + (at[0] - evaluation->low[0]) / (evaluation->high[0] - evaluation->low[0]) * plot->width;
      y = plot->y + plot->height - (at[1] - evaluation->low[1]) / (evaluation->high[1] - evaluation->low[1]) * plot->height;
      if (!(x >= plot->x && x <= plot->x + plot->width && y >= plot->y && y <= plot->y + plot->height))
        continue;
      if (!evaluation->classes)
        {
          bf_draw_mark (draw, BF_FAMILY_BASELINE, x, y, radius, draw->colors[BF_ROLE_INK_2], TRUE);
          continue;
        }
      bf_draw_class_mark (draw, evaluation->labels[i], x, y, radius, bf_class_get_color (draw->style, evaluation->labels[i]));
      if (evaluation->answers[i] == evaluation->labels[i])
        continue;
      cairo_new_path (draw->cr);
      cairo_arc (draw->cr, x, y, radius + 3, 0, 2 * G_PI);
      cairo_set_line_width (draw->cr, 1.6);
      bf_draw_set_color (draw, draw->colors[BF_ROLE_INK]);
      cairo_stroke (draw->cr);
    }
}

static void
draw_legend (BfDraw *draw, const BfEvaluation *evaluation, double x, double y, double room)
{
  const BfText *text = BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2]);
  const char *ringed = _("mistake");
  const double wide = evaluation->classes ? bf_draw_text_width (draw, text, ringed) + 20 : 0;

  if (!evaluation->classes || room < 2 * wide)
    return;
  bf_draw_class_legend (draw, evaluation->data, x, y, room - wide - 8);
  cairo_new_path (draw->cr);
  cairo_arc (draw->cr, x + room - wide + 6, y, draw->mark * 0.75 + 3, 0, 2 * G_PI);
  cairo_set_line_width (draw->cr, 1.6);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_INK]);
  cairo_stroke (draw->cr);
  bf_draw_text (draw, text, x + room - wide + 16, y, ringed);
}

static gboolean
surface_applies (const BfFigureData *data)
{
  return data->evaluation && data->evaluation->grid;
}

static void
surface_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  g_autofree guint32 *pixels = NULL;
  g_autofree guint *answers = NULL;
  const char *const *names;
  BfRect area, plot;
  double line, side;

  bf_draw_init (&draw, cr, width, height, style);
  if (!surface_applies (data))
    {
      bf_draw_nothing (&draw, _("Not evaluated yet"));
      return;
    }
  area = bf_draw_get_area (&draw);
  line = 1.4 * bf_draw_text_height (&draw, BF_TYPE_TICK);
  side = floor (MIN (area.width - line, area.height - 2 * line));
  if (side < 20)
    return;
  plot = (BfRect) { round (area.x + (area.width - line - side) / 2 + line), round (area.y + line), side, side };
  answers = g_new0 (guint, FINE * FINE);
  pixels = make_pixels (&draw, data->evaluation, answers);
  bf_draw_pixels (&draw, &plot, FINE, FINE, pixels);
  draw_boundary (&draw, data->evaluation, answers, &plot);
  draw_points (&draw, data->evaluation, &plot);
  draw_legend (&draw, data->evaluation, plot.x, area.y + line / 2 - 2, side);
  names = bf_dataset_get_input_names (data->evaluation->data);
  bf_draw_text (&draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = &draw.colors[BF_ROLE_INK_2], .max_width = side),
                plot.x + side / 2, plot.y + side + 0.6 * line, names ? names[0] : _("first input"));
  bf_draw_text (&draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = &draw.colors[BF_ROLE_INK_2], .angle = -G_PI / 2, .max_width = side),
                plot.x - 0.6 * line, plot.y + side / 2, names ? names[1] : _("second input"));
}

static void
surface_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;

  g_string_append (out, "x,y,output,value\n");
  for (guint i = 0; evaluation && evaluation->grid && i < GRID * GRID; i++)
    for (guint j = 0; j < evaluation->outputs; j++)
      {
        for (guint k = 0; k < 2; k++)
          bf_csv_number (out, evaluation->low[k] + (evaluation->high[k] - evaluation->low[k])
                                * ((k ? i / GRID : i % GRID) + 0.5) / GRID, k == 0);
        if (evaluation->classes)
          bf_csv_text (out, bf_class_get_name (evaluation->data, j), FALSE);
        else
          bf_csv_number (out, j, FALSE);
        bf_csv_number (out, evaluation->grid[(gsize) i * evaluation->outputs + j], FALSE);
        g_string_append_c (out, '\n');
      }
}

/* Shares of the surface that each class has. */
static char *
surface_describe (const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autoptr (GString) out = NULL;
  g_autofree char *step = NULL;

  if (!surface_applies (data))
    return g_strdup (_("Decision surface: the network was not evaluated yet."));
  step = bf_format_count (evaluation->step);
  out = g_string_new (NULL);
  g_string_append_printf (out, _("Decision surface after step %s."), step);
  for (guint k = 0; k < evaluation->classes; k++)
    {
      g_autofree char *share = NULL;
      guint n = 0;

      for (guint i = 0; i < GRID * GRID; i++)
        {
          const float *z = evaluation->grid + (gsize) i * evaluation->outputs;
          gboolean largest = !isnan (z[k]);

          for (guint j = 0; j < evaluation->outputs; j++)
            largest &= j < k ? z[k] > z[j] : z[k] >= z[j];
          n += largest;
        }
      share = bf_format_percent (n / (double) (GRID * GRID));
      g_string_append_c (out, ' ');
      /* Translators: class, share of the plane */
      g_string_append_printf (out, _("Class %s has %s of the plane."), bf_class_get_name (evaluation->data, k), share);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

extern const BfFigure bf_figure_surface;
const BfFigure bf_figure_surface = {
  .kind = { "surface", N_("Decision Surface"), N_("What the network answers at every point of two inputs") },
  .width = 640, .height = 640,
  .draw = surface_draw,
  .csv = surface_csv,
  .describe = surface_describe,
  .ground = BF_GROUND_ALONE,
  .applies = surface_applies,
  .reading = N_("What the network answers at every point of two inputs."),
};
