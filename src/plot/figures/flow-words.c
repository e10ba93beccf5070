/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The words of the network picture: the values in the gaps, what is not an ordinary number, the
 * captions, and the gauge that says what the width means.
 */
#include "flow-private.h"

#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define VALUES_EVERY 10

/* One digit and no spaces, where two do not fit: "4×10⁻⁵". */
static char *
format_short (const BfFlowValue *value)
{
  int decade;
  double digit;
  g_autofree char *power = NULL;

  if (value->state != BF_FLOW_FINITE || (value->log > -3 && value->log < 2))
    return bf_format_value (value->norm);
  decade = (int) floor (value->log);
  digit = round (pow (10, value->log - decade));
  if (digit > 9)
    {
      digit = 1;
      decade++;
    }
  power = bf_format_power (decade);
  return g_strdup_printf ("%.0f×%s", digit, power);
}

/* A norm below float's range comes from merged steps: its logarithm is kept, so write that. */
static char *
format_long (const BfFlowValue *value)
{
  return value->state == BF_FLOW_MISSING ? g_strdup ("–") : bf_format_value (value->norm);
}

static char *
format_value (const BfFlowValue *value, gboolean brief)
{
  return brief && value->state != BF_FLOW_MISSING ? format_short (value) : format_long (value);
}

static double
widest_value (BfFlowLayout *self, gboolean brief)
{
  BfText text = { .type = BF_TYPE_TICK, .bold = TRUE };
  double width = 0;

  for (guint gap = 0; gap <= self->model->n; gap++)
    if (self->model->n < 17 || gap % VALUES_EVERY == 0 || gap == self->model->n || gap == 1)
      {
        g_autofree char *value = format_value (&self->model->gaps[gap], brief);
        width = MAX (width, bf_draw_text_width (self->draw, &text, value));
      }
  return width + 8;
}

/* Up to 16 layers the values stand in every gap, or every second, third … counted from the loss;
 * from 17 behind the layers 1, 10, 20 … */
static gboolean
has_value (const BfFlowLayout *self, guint gap, guint stride)
{
  guint n = self->model->n;

  if (self->model->gaps[gap].state == BF_FLOW_MISSING || self->model->gaps[gap].passed)
    return FALSE;
  if (n < 17)
    return (n - gap) % stride == 0;
  return gap > 0 && bf_label_shown (gap - 1, n, stride);
}

static void
draw_values (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  guint n = self->model->n, stride = 1;
  guint chosen = self->data->show_cursor && self->data->cursor.weighted < n ? self->data->cursor.weighted + 1 : G_MAXUINT;
  gboolean brief = n >= 17 || widest_value (self, FALSE) > self->pitch;
  double width = widest_value (self, brief);
  /* The spring comes down between the values and the right edge. */
  double limit = MIN (self->form == BF_FLOW_STREAM ? self->bed_right : self->loss_x - self->width / 2,
                      bf_flow_spring_left (self)) - 3;
  double taken = INFINITY;

  stride = n < 17 ? MAX (1, (guint) ceil (width / self->pitch - 1e-9))
                  : MAX (VALUES_EVERY, bf_label_stride (n, self->pitch, width));
  for (guint k = 0; k <= n; k++)
    {
      guint gap = n - k;
      gboolean bold = gap == chosen;
      double x = bf_flow_gap_center (self, gap), half;
      BfColor color = draw->colors[bold ? BF_ROLE_INK : BF_ROLE_INK_2];
      g_autofree char *value = NULL;

      if (self->model->gaps[gap].passed || (!bold && !has_value (self, gap, stride)))
        continue;
      value = format_value (&self->model->gaps[gap], brief);
      half = bf_draw_text_width (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = bold), value) / 2;
      if (!bold && chosen <= n && fabs (x - bf_flow_gap_center (self, chosen)) < width)
        continue;
      x = CLAMP (x, self->area.x + 4 + half, MAX (self->area.x + 4 + half, limit - half));
      if (x + half > taken)
        continue;
      taken = x - half - 4;
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = bold, .align = BF_ALIGN_CENTER, .color = &color,
                                   .halo = &draw->colors[BF_ROLE_SURFACE]), x, self->values_y, value);
      if (n >= 17 && self->form != BF_FLOW_STREAM)
        bf_draw_line (draw, bf_flow_gap_center (self, gap), self->values_y + 0.62 * bf_draw_get_size (draw, BF_TYPE_TICK) + 1,
                      bf_flow_gap_center (self, gap), self->values_y + 0.62 * bf_draw_get_size (draw, BF_TYPE_TICK) + 5,
                      1, draw->colors[BF_ROLE_AXIS]);
    }
}

/* "Dense 1 to 8" of gaps: what block k sends on is gap k. */
char *
bf_flow_describe_zeros (const BfFlowModel *model, guint first, guint last)
{
  const char *from;

  if (last == 0)
    return g_strdup (_("exactly 0 at the input"));
  from = model->blocks[MAX (first, 1) - 1].layer->name;
  if (MAX (first, 1) == last)
    return g_strdup_printf (_("exactly 0 in %s"), from);
  if (last == model->n)
    return g_strdup_printf (_("exactly 0 in %s to %s"), from, model->blocks[last - 1].layer->name);
  /* Translators: a layer's name with its number, and the number of the last one: "Dense 1 to 8". */
  return g_strdup_printf (_("exactly 0 in %s to %u"), from, last);
}

char *
bf_flow_describe_absent (const BfFlowModel *model)
{
  guint first = 0, last;

  while (first < model->n && !model->blocks[first].absent)
    first++;
  for (last = first; last + 1 < model->n && model->blocks[last + 1].absent; last++)
    ;
  if (first >= model->n)
    return NULL;
  if (first == last)
    return g_strdup_printf (_("%s not there yet"), model->blocks[first].layer->name);
  /* Translators: a layer's name with its number, and the number of the last one: "Dense 3 to 7". */
  return g_strdup_printf (_("%s to %u not there yet"), model->blocks[first].layer->name, last + 1);
}

/* Where absent blocks begin, for their note. */
static double
find_absent_x (const BfFlowLayout *self)
{
  for (guint block = 0; block < self->model->n; block++)
    if (self->model->blocks[block].absent)
      return bf_flow_block_left (self, block);
  return 0;
}

/* A note under the bed at x, or beside the one before it. */
static void
draw_note (BfFlowLayout *self, double x, double *taken, const char *note)
{
  BfDraw *draw = self->draw;
  double y = self->center + self->width / 2 + 0.9 * bf_draw_text_height (draw, BF_TYPE_TICK);
  BfText text = { .type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2], .halo = &draw->colors[BF_ROLE_SURFACE] };
  double width = bf_draw_text_width (draw, &text, note);

  x = MIN (MAX (x, *taken), self->area.x + self->area.width - draw->margin - width);
  if (x < *taken)
    return;
  bf_draw_text (draw, &text, x, y, note);
  *taken = x + width + 18;
}

static gboolean
find_dotted (const BfFlowModel *model, guint *first)
{
  for (guint gap = 0; gap <= model->n; gap++)
    if (model->gaps[gap].state == BF_FLOW_FINITE && model->gaps[gap].log < BF_MAGNITUDE_LOW)
      {
        *first = gap;
        return TRUE;
      }
  return FALSE;
}

static void
draw_notes (BfFlowLayout *self)
{
  const BfFlowModel *model = self->model;
  double taken = -INFINITY;
  g_autofree char *absent = bf_flow_describe_absent (model);
  guint dotted;

  for (guint gap = 0, first, last; bf_flow_next_run (model, BF_FLOW_ZERO, &gap, &first, &last);)
    {
      g_autofree char *note = bf_flow_describe_zeros (model, first, last);
      draw_note (self, bf_flow_run_rect (self, first, last).x, &taken, note);
    }
  if (find_dotted (model, &dotted))
    {
      g_autofree char *power = bf_format_power ((int) BF_MAGNITUDE_LOW);
      g_autofree char *note = g_strdup_printf (_("dotted: below %s"), power);

      draw_note (self, bf_flow_run_rect (self, dotted, dotted).x, &taken, note);
    }
  if (absent)
    draw_note (self, find_absent_x (self), &taken, absent);
}

/* "NaN" or "∞" in the bed. */
static void
draw_state_words (BfFlowLayout *self)
{
  static const struct { BfFlowState state; const char *word; } words[] = {
    { BF_FLOW_NAN, N_("NaN") }, { BF_FLOW_INFINITE, "∞" },
  };
  BfDraw *draw = self->draw;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint gap = 0, first, last; bf_flow_next_run (self->model, words[i].state, &gap, &first, &last);)
      {
        BfRect bed = bf_flow_run_rect (self, first, last);
        BfText text = { .type = BF_TYPE_TICK, .bold = TRUE, .align = BF_ALIGN_CENTER,
                        .halo = &draw->colors[BF_ROLE_NAN] };

        if (bf_draw_text_width (draw, &text, _(words[i].word)) + 8 <= bed.width
            && bed.height >= bf_draw_get_size (draw, BF_TYPE_TICK) + 2)
          bf_draw_text (draw, &text, bed.x + bed.width / 2, bed.y + bed.height / 2, _(words[i].word));
      }
}

static void
draw_error (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  const char *error = self->model->plan->error;
  BfText text = { .type = self->draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL,
                  .color = &draw->colors[BF_ROLE_DANGER], .halo = &draw->colors[BF_ROLE_SURFACE],
                  .max_width = MAX (20, self->loss_x - self->loss_radius - self->bed_left - 8) };

  bf_draw_text (draw, &text, self->bed_left + 4, self->center, error);
}

/* "Signal →": the word, and an arrow of 22 px. */
static void
draw_caption (BfFlowLayout *self, double y, const char *word, gboolean forward)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  BfColor color = draw->colors[BF_ROLE_INK_2];
  double x = self->area.x + draw->margin;
  double start = x + bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .color = &color), x, y, word) + 9;
  double end = start + 22, tip = forward ? end : start, back = forward ? -4 : 4;

  cairo_new_path (cr);
  cairo_move_to (cr, start, y);
  cairo_line_to (cr, end, y);
  cairo_move_to (cr, tip + back, y - 3.5);
  cairo_line_to (cr, tip, y);
  cairo_line_to (cr, tip + back, y + 3.5);
  bf_draw_set_color (draw, color);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
}

static void
draw_captions (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  double half = bf_draw_text_height (draw, BF_TYPE_NOTE) / 2;
  double bottom = self->area.y + self->area.height - half - 5;
  double room = self->area.width - 2 * draw->margin - 110;
  BfText text = { .type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2],
                  .halo = &draw->colors[BF_ROLE_SURFACE] };   /* a skip's channel may pass beneath */
  const char *note = _("Width and color: norm of ∂L/∂h at each layer’s output. Each decade halves the width.");

  draw_caption (self, self->area.y + half + 5, _("Signal"), TRUE);
  draw_caption (self, bottom, _("Gradient"), FALSE);
  if (bf_draw_text_width (draw, &text, note) > room)
    note = _("Norm of ∂L/∂h; each decade halves the width");
  if (bf_draw_text_width (draw, &text, note) > room)
    note = _("A decade halves the width");
  if (bf_draw_text_width (draw, &text, note) <= room)
    bf_draw_text (draw, &text, self->area.x + self->area.width - draw->margin, bottom, note);
}

void
bf_flow_draw_words (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;

  if (self->label)
    {
      BfColor ink = bf_style_get_family_ink (draw->style, self->family);
      bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink), self->area.x + draw->margin,
                    self->area.y + bf_draw_text_height (draw, BF_TYPE_LABEL) / 2, self->label);
    }
  if (self->captions)
    draw_captions (self);
  if (self->model->plan->error)
    {
      draw_error (self);
      return;
    }
  if (self->values)
    draw_values (self);
  draw_state_words (self);
  if (self->form != BF_FLOW_STREAM)
    draw_notes (self);
}

/* 7 decades below W to 1 above; W is 1/1.6 of its height. */
static void
trace_gauge (cairo_t *cr, const BfRect *rect, gboolean only_clipped)
{
  double middle = rect->y + rect->height / 2, clip = log2 (BF_FLOW_CLIP);
  double from = only_clipped ? clip : -7;
  const guint points = 64;

  cairo_new_path (cr);
  for (int side = -1; side <= 1; side += 2)
    for (guint i = 0; i <= points; i++)
      {
        double decade = from + (1 - from) * (side < 0 ? i : points - i) / points;
        double width = bf_flow_width (rect->height / BF_FLOW_CLIP, exp2 (decade));

        cairo_line_to (cr, rect->x + rect->width * (decade + 7) / 8, middle + side * width / 2);
      }
  cairo_close_path (cr);
}

static void
draw_gauge_ticks (BfDraw *draw, const BfRect *rect, int reference)
{
  BfText text = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  double y = rect->y + rect->height, size = bf_draw_get_size (draw, BF_TYPE_TICK);
  int step = bf_ticks_decades (0, 8, rect->width, 3.3 * size);

  for (int d = reference - 7; d <= reference + 1; d++)
    {
      double x = rect->x + rect->width * (d - reference + 7) / 8;
      g_autofree char *power = bf_format_power (d);

      bf_draw_line (draw, x, y + 3, x, y + 7, 1, draw->colors[BF_ROLE_AXIS]);
      if ((reference + 1 - d) % step == 0)
        bf_draw_text (draw, &text, x, y + 8 + 0.75 * size, power);
    }
}

static void
draw_gauge_words (BfDraw *draw, const BfRect *rect, int reference)
{
  double x = rect->x - 14, y = rect->y + rect->height / 2, half = 0.72 * bf_draw_get_size (draw, BF_TYPE_LABEL);
  BfText head = { .type = draw->small ? BF_TYPE_TICK : BF_TYPE_LABEL, .bold = TRUE, .align = BF_ALIGN_RIGHT };
  BfText note = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2] };
  g_autofree char *power = bf_format_power (reference);
  /* Translators: the power of ten whose width the pale bed of the stream shows. */
  g_autofree char *bed = g_strdup_printf (draw->small ? _("Pale bed: %s")
                                                      : _("Pale bed: the width of %s. Gradient norm ‖∂L/∂h‖₂"), power);

  bf_draw_text (draw, &head, x, y - half, _("Each decade halves the width."));
  bf_draw_text (draw, &note, x, y + half + 1, bed);
}

void
bf_flow_draw_gauge (BfDraw *draw, const BfFlowModel *model)
{
  cairo_t *cr = draw->cr;
  int reference = (int) model->reference;
  double scale = bf_draw_get_size (draw, BF_TYPE_TICK) / (draw->small ? 9 : 11);
  double width = MIN (draw->small ? 195 : 320, draw->width * 0.42), height = draw->small ? 18 : 36;
  BfRect rect = { draw->width - draw->margin - width - (draw->small ? 6 : 8),
                  draw->height - height - (draw->small ? 26 : 42) * scale, width, height };
  double bed = height / BF_FLOW_CLIP;
  cairo_pattern_t *colors = cairo_pattern_create_linear (rect.x, 0, rect.x + rect.width, 0);

  bf_draw_fill (draw, &(BfRect) { rect.x, rect.y + (height - bed) / 2, width, bed }, draw->colors[BF_ROLE_BAND]);
  for (guint i = 0; i <= 64; i++)
    {
      BfColor c = bf_colormap_magnitude (reference - 7 + i / 8.0);
      cairo_pattern_add_color_stop_rgb (colors, i / 64.0, c.r, c.g, c.b);
    }
  trace_gauge (cr, &rect, FALSE);
  cairo_set_source (cr, colors);
  cairo_fill_preserve (cr);
  bf_draw_set_color (draw, bf_flow_outline (draw));
  cairo_set_line_width (cr, 0.8);
  cairo_stroke (cr);
  cairo_pattern_destroy (colors);
  trace_gauge (cr, &rect, TRUE);
  bf_flow_hatch_over (draw);
  draw_gauge_ticks (draw, &rect, reference);
  draw_gauge_words (draw, &rect, reference);
}
