/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-timeline-marks.h"

BfTimelineEvent *
bf_timeline_event_new (guint       kind,
                       guint64     step,
                       const char *label,
                       const char *sentence)
{
  BfTimelineEvent *self = g_new (BfTimelineEvent, 1);
  *self = (BfTimelineEvent) { kind, step, g_strdup (label), g_strdup (sentence) };
  return self;
}

void
bf_timeline_event_free (BfTimelineEvent *self)
{
  g_free (self->label);
  g_free (self->sentence);
  g_free (self);
}

void
bf_timeline_set_color (cairo_t *cr,
                       BfRole   role,
                       gboolean dark)
{
  BfStyle style;
  bf_style_init (&style, dark ? BF_THEME_DARK : BF_THEME_LIGHT);
  BfColor color = bf_style_get_color (&style, role);
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
}

/* Corners in parts of the size. */
typedef struct
{
  BfRole role;
  gboolean crossed;        /* two strokes in place of a shape */
  guint n;                 /* corners; 0: a disk */
  double corners[10][2];
} Mark;

static const Mark marks[BF_EVENT_FINDING + 1] = {
  [BF_EVENT_START] = { BF_ROLE_INK_2, FALSE, 0 },
  [BF_EVENT_STAGE] = { BF_ROLE_INK_2, FALSE, 4, { { -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 } } },
  [BF_EVENT_CHANGE] = { BF_ROLE_ACCENT, FALSE, 3, { { -1.1, -1 }, { 1.1, -1 }, { 0, 1 } } },
  [BF_EVENT_CLIPPED] = { BF_ROLE_INK_2, FALSE, 4, { { 0, -1.2 }, { 1.2, 0 }, { 0, 1.2 }, { -1.2, 0 } } },
  [BF_EVENT_DEAD] = { BF_ROLE_DANGER, FALSE, 4, { { -1.2, -0.45 }, { 1.2, -0.45 }, { 1.2, 0.45 }, { -1.2, 0.45 } } },
  [BF_EVENT_BEST] = { BF_ROLE_INK_2, FALSE, 10, { { 0, -1.4 }, { 0.33, -0.45 }, { 1.33, -0.43 }, { 0.53, 0.17 }, { 0.82, 1.13 },
                      { 0, 0.55 }, { -0.82, 1.13 }, { -0.53, 0.17 }, { -1.33, -0.43 }, { -0.33, -0.45 } } },
  [BF_EVENT_DIVERGED] = { BF_ROLE_DANGER, TRUE, 0 },
  [BF_EVENT_FINDING] = { BF_ROLE_DANGER, FALSE, 3, { { 0, -1.1 }, { 1.15, 1 }, { -1.15, 1 } } },
};

void
bf_timeline_draw_mark (cairo_t *cr,
                       guint    kind,
                       double   x,
                       double   y,
                       double   size,
                       gboolean dark)
{
  const Mark *mark = &marks[MIN (kind, BF_EVENT_FINDING)];
  cairo_new_path (cr);
  bf_timeline_set_color (cr, mark->role, dark);
  if (mark->crossed)
    {
      cairo_move_to (cr, x - size, y - size);
      cairo_line_to (cr, x + size, y + size);
      cairo_move_to (cr, x + size, y - size);
      cairo_line_to (cr, x - size, y + size);
      cairo_set_line_width (cr, 0.5 * size);
      cairo_stroke (cr);
      return;
    }
  for (guint i = 0; i < mark->n; i++)
    cairo_line_to (cr, x + size * mark->corners[i][0], y + size * mark->corners[i][1]);
  if (mark->n == 0)
    cairo_arc (cr, x, y, 0.9 * size, 0, 2 * G_PI);
  cairo_close_path (cr);
  cairo_fill (cr);
}
