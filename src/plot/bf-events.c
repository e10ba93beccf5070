/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-events.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  double x;
  char *label;
  BfRole role;
} BfEvent;

static void
event_clear (gpointer event)
{
  g_free (((BfEvent *) event)->label);
}

static void
add (GArray *events, const BfScale *steps, guint64 step, BfRole role, char *label)
{
  BfEvent event = { bf_scale_map (steps, (double) step), label, role };

  g_array_append_val (events, event);
}

const BfStageMark *
bf_stage_mark_find (const BfSnapshot *snapshot, guint64 step)
{
  const BfStageMark *found = NULL;

  for (guint i = 0; i < snapshot->stages->len; i++)
    {
      const BfStageMark *mark = snapshot->stages->pdata[i];

      if (mark->step <= step)
        found = mark;
    }
  return found;
}

/* Of a training without stages: where its epochs begin. */
static void
collect_epochs (GArray *events, const BfScale *steps, const BfSnapshot *snapshot, double nearest)
{
  double pitch = snapshot->steps_per_epoch / MAX (1, steps->high) * (steps->to - steps->from);
  guint64 last = bf_snapshot_get_last_step (snapshot), stride = 1;

  while (stride * pitch < nearest && stride < G_MAXUINT32)
    stride = stride % 5 == 0 ? stride * 2 : stride == 1 ? 2 : stride * 5 / 2;
  for (guint64 epoch = stride; snapshot->steps_per_epoch > 0 && epoch * snapshot->steps_per_epoch <= last;
       epoch += stride)
    {
      g_autofree char *number = bf_format_count (epoch + 1);
      /* Translators: a flag where an epoch begins. */
      add (events, steps, epoch * snapshot->steps_per_epoch, BF_ROLE_INK_3, g_strdup_printf (_("epoch %s"), number));
    }
}

/* What gets its label first stands first. */
static const struct { BfEventKind kind; BfRole role; } order[] = {
  { BF_EVENT_DIVERGED, BF_ROLE_DANGER }, { BF_EVENT_DEAD, BF_ROLE_DANGER }, { BF_EVENT_CHANGE, BF_ROLE_ACCENT },
  { BF_EVENT_CLIPPED, BF_ROLE_INK_3 }, { BF_EVENT_BEST, BF_ROLE_INK_3 }, { BF_EVENT_STAGE, BF_ROLE_INK_3 },
  { BF_EVENT_START, BF_ROLE_INK_3 },
};

/* In the order in which they get their labels. */
static GArray *
collect (const BfScale *steps, const BfSnapshot *snapshot, double nearest)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (BfEvent));
  g_autoptr (GPtrArray) happened = bf_run_events_new (snapshot);

  g_array_set_clear_func (events, event_clear);
  for (guint k = 0; k < G_N_ELEMENTS (order); k++)
    for (guint i = 0; i < happened->len; i++)
      {
        const BfRunEvent *event = happened->pdata[i];

        /* A stage begins at the start. */
        if (event->kind == order[k].kind && !(event->kind == BF_EVENT_START && snapshot->stages->len > 0))
          add (events, steps, event->step, order[k].role, g_strdup (event->label));
      }
  if (snapshot->stages->len == 0)
    collect_epochs (events, steps, snapshot, nearest);
  return events;
}

static gboolean
overlaps (const GArray *taken, double from, double to)
{
  for (guint i = 0; i < taken->len; i++)
    {
      const BfRect *other = &g_array_index (taken, BfRect, i);
      if (from < other->x + other->width && other->x < to)
        return TRUE;
    }
  return FALSE;
}

static void
draw_flag (BfDraw *draw, const BfEvent *event, double bottom, double height, double direction)
{
  cairo_t *cr = draw->cr;
  BfColor color = draw->colors[event->role];

  bf_draw_line (draw, event->x, bottom - height, event->x, bottom - 2, 1.1, color);
  cairo_move_to (cr, event->x, bottom - height);
  cairo_line_to (cr, event->x + direction * 7.5, bottom - height + 3);
  cairo_line_to (cr, event->x, bottom - height + 6);
  cairo_close_path (cr);
  bf_draw_set_color (draw, color);
  cairo_fill (cr);
}

void
bf_draw_events (BfDraw *draw, const BfRect *plot, const BfScale *steps, const BfSnapshot *snapshot)
{
  g_autoptr (GArray) events = collect (steps, snapshot, draw->small ? 30 : 64);
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (BfRect));
  double height = draw->small ? 12 : 16, right = plot->x + plot->width;
  BfText text = { .type = BF_TYPE_NOTE };

  for (guint i = 0; i < events->len; i++)
    {
      const BfEvent *event = &g_array_index (events, BfEvent, i);
      double width = 12 + bf_draw_text_width (draw, &text, event->label), direction = 1;
      gboolean fact = event->role == BF_ROLE_INK_3;
      gboolean worded = !(fact && draw->small);
      BfRect rect = { event->x - 3, 0, 12, 1 };

      if (event->x > right + 1)
        continue;
      if (fact && overlaps (taken, event->x - 1, event->x + 9))
        continue;
      if (worded && event->x + width <= right + draw->gap && !overlaps (taken, event->x - 2, event->x + width + 8))
        rect.width = width + 8;
      else if (worded && event->x - width >= plot->x - 10 && !overlaps (taken, event->x - width - 8, event->x + 2))
        {
          direction = -1;
          rect = (BfRect) { event->x - width - 8, 0, width + 10, 1 };
        }
      else
        worded = FALSE;
      draw_flag (draw, event, plot->y, height, direction);
      g_array_append_val (taken, rect);
      if (!worded)
        continue;
      text.align = direction > 0 ? BF_ALIGN_LEFT : BF_ALIGN_RIGHT;
      text.color = &draw->colors[fact ? BF_ROLE_INK_2 : event->role];
      bf_draw_text (draw, &text, event->x + direction * 11, plot->y - height + 3, event->label);
    }
}

static const struct { guint bit; const char *name; } keys[] = {
  { BF_N_CELLS,        N_("frozen") },
  { BF_CELL_BELOW,     N_("below 10⁻¹²") },
  { BF_CELL_SUBNORMAL, N_("subnormal") },
  { BF_CELL_ABOVE,     N_("above 10²") },
  { BF_CELL_ZERO,      N_("exactly 0") },
  { BF_CELL_NAN,       N_("NaN or ∞") },
};

void
bf_draw_state_keys (BfDraw *draw, guint states)
{
  static const BfMagnitude fixed = { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, FALSE };
  BfText text = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };
  double k = CLAMP (draw->style->font_scale, 0.5, 4);
  double y = (draw->small ? 16 : 28) * k, height = draw->small ? 9 : 12, width = draw->small ? 12 : 16;
  gboolean mirrored = draw->style->right_to_left;
  double x = mirrored ? draw->margin : draw->width - draw->margin - (draw->small ? 0 : 8);

  for (int i = G_N_ELEMENTS (keys) - 1; i >= 0; i--)
    {
      gboolean frozen = keys[i].bit == BF_N_CELLS;
      BfCell cell = { keys[i].bit == BF_CELL_ABOVE ? 4 : frozen ? -1 : BF_MAGNITUDE_LOW,
                      frozen ? BF_CELL_VALUE : keys[i].bit, frozen };
      double text_width = bf_draw_text_width (draw, &text, _(keys[i].name));
      BfRect swatch = { mirrored ? x : x - text_width - 6 - width, y - height / 2, width, height };

      if (!(states & 1u << keys[i].bit))
        continue;
      bf_draw_cell (draw, &cell, &fixed, &swatch);
      if (keys[i].bit == BF_CELL_ZERO)
        {
          bf_draw_rectangle (draw, &swatch, 0);
          cairo_set_line_width (draw->cr, 1);
          bf_draw_set_color (draw, draw->colors[BF_ROLE_AXIS]);
          cairo_stroke (draw->cr);
        }
      bf_draw_text (draw, &text, swatch.x + width + 6, y, _(keys[i].name));
      x += (mirrored ? 1 : -1) * (text_width + 6 + width + (draw->small ? 10 : 16));
    }
}
