/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-draw.h"

#include <math.h>

void
bf_rows_init (BfRows *self, BfDraw *draw, const BfRect *rect, guint n)
{
  double gap = draw->small || draw->style->window ? 1.2 : 2;
  double pitch;

  n = MAX (n, 1);
  pitch = rect->height / n;
  gap = pitch >= 8 ? MIN (gap, MAX (1, 0.08 * pitch)) : pitch >= 4 ? 0.5 : 0;
  *self = (BfRows) { *rect, n, (rect->height + gap) / n, gap };
}

double
bf_rows_get_center (const BfRows *self, guint i)
{
  return self->rect.y - self->gap / 2 + (i + 0.5) * self->pitch;
}

BfRect
bf_rows_get_rect (const BfRows *self, guint i)
{
  double top = self->rect.y + i * self->pitch, bottom = top + self->pitch - self->gap;

  if (self->pitch >= 8 && self->gap >= 1)
    {
      top = round (top);
      bottom = i + 1 == self->n ? self->rect.y + self->rect.height : round (bottom + self->gap) - round (self->gap);
    }
  return (BfRect) { self->rect.x, top, self->rect.width, MAX (0, bottom - top) };
}

gboolean
bf_rows_find (const BfRows *self, double y, guint *i)
{
  double place = (y - self->rect.y + self->gap / 2) / self->pitch;

  if (!(self->rect.height > 0) || y < self->rect.y || y >= self->rect.y + self->rect.height)
    return FALSE;
  *i = MIN ((guint) MAX (place, 0), self->n - 1);
  return TRUE;
}

double
bf_draw_names_width (BfDraw *self, const char *const *names, guint n)
{
  BfText text = { .type = BF_TYPE_LABEL, .bold = TRUE };
  double width = 0;
  guint longest = 0;

  if (self->style->window)
    text.type = BF_TYPE_TICK;
  /* Names differ by their numbers: the first ones and the last ones are the widest. */
  for (guint w = 0; w < n; w++)
    {
      guint length = (guint) g_utf8_strlen (names[w], -1);

      if (length < longest)
        continue;
      longest = length;
      if (w < 3 || w + 3 >= n || w % 100 == 0)
        width = MAX (width, bf_draw_text_width (self, &text, names[w]));
    }
  width = MIN (width, self->width / 4) + (self->small ? 10 : 11);
  return self->width < 160 ? 0 : width;
}

void
bf_draw_names (BfDraw *self, const BfRows *rows, const char *const *names, guint n, int selected)
{
  BfText text = { .type = BF_TYPE_LABEL, .align = BF_ALIGN_RIGHT, .max_width = self->width / 4 };
  double size, nearest;
  guint stride;

  if (self->width < 160)
    return;
  if (self->style->window)
    text.type = BF_TYPE_TICK;
  size = bf_draw_get_size (self, text.type);
  nearest = 1.45 * size;
  stride = bf_label_stride (rows->n, rows->pitch, nearest);
  for (guint i = 0; i < rows->n && i < n; i++)
    {
      gboolean chosen = (int) i == selected;
      gboolean crowded = selected >= 0 && !chosen && fabs ((double) i - selected) * rows->pitch < nearest;

      if (!chosen && (crowded || !bf_label_shown (i, rows->n, stride)))
        continue;
      text.bold = chosen;
      text.color = chosen ? NULL : &self->colors[BF_ROLE_INK_2];
      text.max_width = 0;
      bf_draw_text (self, &text, rows->rect.x - (self->small ? 10 : 11), bf_rows_get_center (rows, i),
                    names[i]);
    }
}

static const char **
get_names (const BfPlan *plan)
{
  const char **names = g_new (const char *, MAX (1, plan->n_weighted));

  for (guint w = 0; w < plan->n_weighted; w++)
    names[w] = bf_layer_name (plan, w);
  return names;
}

double
bf_draw_row_names_width (BfDraw *self, const BfPlan *plan)
{
  g_autofree const char **names = get_names (plan);

  return bf_draw_names_width (self, names, plan->n_weighted);
}

void
bf_draw_row_names (BfDraw *self, const BfRows *rows, const BfPlan *plan, int selected)
{
  g_autofree const char **names = get_names (plan);

  bf_draw_names (self, rows, names, plan->n_weighted, selected);
}
