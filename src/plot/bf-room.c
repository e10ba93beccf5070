/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-room.h"

#include <math.h>

/* Of a line to the words, px. */
#define DISTANCE 2.0

typedef struct { double x, y; } BfPoint;

struct _BfRoom
{
  BfRect bounds;
  GArray *points;   /* of BfPoint; NaN between lines */
};

BfRoom *
bf_room_new (const BfRect *bounds)
{
  BfRoom *self = g_new (BfRoom, 1);

  self->bounds = *bounds;
  self->points = g_array_new (FALSE, FALSE, sizeof (BfPoint));
  return self;
}

void
bf_room_free (BfRoom *self)
{
  g_array_unref (self->points);
  g_free (self);
}

void
bf_room_line_to (BfRoom *self, double x, double y)
{
  const BfPoint point = isfinite (x) && isfinite (y) ? (BfPoint) { x, y } : (BfPoint) { NAN, NAN };

  g_array_append_val (self->points, point);
}

/* Narrows from … to, parts of a way that starts at `at` and is `length` long, to what of it is within low … high. */
static void
clip (double at, double length, double low, double high, double *from, double *to)
{
  double a = (low - at) / length, b = (high - at) / length;

  if (length == 0)
    {
      *to = at < low || at > high ? -1 : *to;
      return;
    }
  *from = MAX (*from, MIN (a, b));
  *to = MIN (*to, MAX (a, b));
}

/* Liang and Barsky: a line that is clipped on both axes and still has a part. */
static gboolean
goes_through (const BfPoint *a, const BfPoint *b, const BfRect *rect)
{
  double from = 0, to = 1;

  clip (a->x, b->x - a->x, rect->x, rect->x + rect->width, &from, &to);
  clip (a->y, b->y - a->y, rect->y, rect->y + rect->height, &from, &to);
  return from <= to;
}

gboolean
bf_room_is_free (const BfRoom *self, const BfRect *rect)
{
  const BfRect *bounds = &self->bounds;

  if (rect->x < bounds->x || rect->x + rect->width > bounds->x + bounds->width
      || rect->y < bounds->y || rect->y + rect->height > bounds->y + bounds->height)
    return FALSE;
  for (guint i = 1; i < self->points->len; i++)
    {
      const BfPoint *a = &g_array_index (self->points, BfPoint, i - 1), *b = a + 1;

      if (!isnan (a->x) && !isnan (b->x) && goes_through (a, b, rect))
        return FALSE;
    }
  return TRUE;
}

gboolean
bf_room_draw_text (const BfRoom *self, BfDraw *draw, const BfText *text, const BfPlace *places, guint n, const char *string)
{
  const double width = bf_draw_text_width (draw, text, string), height = bf_draw_get_size (draw, text->type);

  for (guint i = 0; i < n; i++)
    {
      const double left = places[i].x - width * places[i].align / BF_ALIGN_RIGHT;
      const BfRect rect = { left, places[i].y - height / 2 - DISTANCE, width, height + 2 * DISTANCE };
      BfText placed = *text;

      if (!bf_room_is_free (self, &rect))
        continue;
      placed.align = places[i].align;
      bf_draw_text (draw, &placed, places[i].x, places[i].y, string);
      return TRUE;
    }
  return FALSE;
}
