/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Lines of equal loss by marching squares. A saddle, where all four sides of a square are crossed, is joined by the
 * mean of its corners.
 */
#include "landscape-private.h"

#include <math.h>

/* From so many times the lowest loss on, the scale is that of the logarithm. */
#define WIDE 12.0
/* With fewer lines there is little to see. */
#define LEAST_LEVELS 3
#define LINEAR_LEVELS 9

static void
choose_log_levels (BfLossScale *self)
{
  static const double steps[][3] = { { 1, 2, 5 }, { 1, 3 }, { 1 } };
  const double decades = log10 (self->high / self->low);
  const guint dense = decades < 4 ? 0 : decades < 8 ? 1 : 2;
  const int every = MAX (1, (int) ceil (decades / 12));

  for (int d = (int) floor (log10 (self->low)); d <= log10 (self->high); d++)
    for (guint k = 0; k < 3 && steps[dense][k] > 0; k++)
      {
        const double level = steps[dense][k] * pow (10, d);

        if (d % every == 0 && level > self->low && level < self->high && self->n_levels < G_N_ELEMENTS (self->levels))
          self->levels[self->n_levels++] = level;
      }
}

static void
choose_linear_levels (BfLossScale *self)
{
  const double step = bf_ticks_step (self->low, self->high, LINEAR_LEVELS);

  self->n_levels = 0;
  for (double level = ceil (self->low / step) * step; level <= self->high && self->n_levels < G_N_ELEMENTS (self->levels); level += step)
    if (level > self->low && level < self->high)
      self->levels[self->n_levels++] = level;
}

void
bf_loss_scale_init (BfLossScale *self, const BfLossPlane *plane, BfAxis axis)
{
  *self = (BfLossScale) { 0 };
  if (!bf_loss_plane_get_range (plane, &self->low, &self->high))
    self->low = self->high = NAN;
  if (!(self->high > self->low))
    return;
  self->log = self->low > 0 && (axis == BF_AXIS_AUTOMATIC ? self->high > WIDE * self->low : axis == BF_AXIS_LOG);
  if (self->log)
    choose_log_levels (self);
  /* Within a decade there are hardly any of those. */
  if (self->n_levels < LEAST_LEVELS)
    choose_linear_levels (self);
}

double
bf_loss_scale_get_place (const BfLossScale *self, double loss)
{
  if (!isfinite (loss))
    return NAN;
  if (!(self->high > self->low))
    return 0.5;
  if (self->log)
    return CLAMP (log (loss / self->low) / log (self->high / self->low), 0, 1);
  return CLAMP ((loss - self->low) / (self->high - self->low), 0, 1);
}

/* Where the level crosses the side from a to b, 0 … 1; on the scale of the colors. */
static double
cross (const BfLossScale *scale, double level, double a, double b)
{
  const double u = bf_loss_scale_get_place (scale, a), v = bf_loss_scale_get_place (scale, b);

  return CLAMP ((bf_loss_scale_get_place (scale, level) - u) / (v - u), 0, 1);
}

typedef struct { double x, y; } Place;

static void
add_piece (GArray *pieces, const Place *a, const Place *b)
{
  const double piece[] = { a->x, a->y, b->x, b->y };

  g_array_append_vals (pieces, piece, G_N_ELEMENTS (piece));
}

/* The square right of and above (x, y). Corners and sides go round: side i is from corner i to the next. */
static void
trace_square (GArray *pieces, const BfLossPlane *plane, const BfLossScale *scale, double level, guint x, guint y)
{
  static const guint dx[] = { 0, 1, 1, 0 }, dy[] = { 0, 0, 1, 1 };
  double z[4], mean = 0;
  Place places[4];
  guint sides[4], n = 0;

  for (guint i = 0; i < 4; i++)
    {
      z[i] = plane->losses[(y + dy[i]) * plane->side + x + dx[i]];
      mean += z[i] / 4;
    }
  if (!isfinite (mean))
    return;
  for (guint i = 0; i < 4; i++)
    {
      const guint next = (i + 1) % 4;
      double t;

      if ((z[i] >= level) == (z[next] >= level))
        continue;
      t = cross (scale, level, z[i], z[next]);
      places[n] = (Place) { x + dx[i] + t * ((double) dx[next] - dx[i]), y + dy[i] + t * ((double) dy[next] - dy[i]) };
      sides[n++] = i;
    }
  if (n == 2)
    add_piece (pieces, &places[0], &places[1]);
  if (n == 4)
    {
      /* Sides 0 and 1 share corner 1; it is cut off where the middle is on the other side of the level. */
      const gboolean cut = (z[1] >= level) != (mean >= level);

      g_assert (sides[0] == 0 && sides[3] == 3);
      add_piece (pieces, &places[0], &places[cut ? 1 : 3]);
      add_piece (pieces, &places[cut ? 3 : 1], &places[2]);
    }
}

GArray *
bf_loss_plane_trace (const BfLossPlane *plane, const BfLossScale *scale, double level)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint y = 0; y + 1 < plane->side; y++)
    for (guint x = 0; x + 1 < plane->side; x++)
      trace_square (pieces, plane, scale, level, x, y);
  return pieces;
}
