/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The forward pass of the network picture: the input, the blocks or what stands for them in a deep
 * network, the arcs of the skips, the loss.
 */
#include "flow-private.h"

#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define NUMBERS_EVERY 10
#define LONGEST_PERIOD 8   /* layers of a repeated block that folding looks for */

/* A value that is no pixel never has the card's own color. */
#define LEAST_INK 0.14f

/* The input's picture on a card, bright pixels in ink. What is no image is a square grid of its
 * values. */
static cairo_surface_t *
create_picture (BfDraw *draw, const float *values, guint n, guint width, guint height, float least, guint side)
{
  cairo_surface_t *picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (width * side), (int) (height * side));
  guchar *data = cairo_image_surface_get_data (picture);
  float low = INFINITY, high = -INFINITY;

  if (cairo_surface_status (picture) != CAIRO_STATUS_SUCCESS)
    return picture;
  for (guint i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        low = MIN (low, values[i]);
        high = MAX (high, values[i]);
      }
  for (guint i = 0; i < width * height; i++)
    {
      float v = high > low && i < n && isfinite (values[i]) ? (values[i] - low) / (high - low) : 0.5f;
      guint32 pixel = bf_color_get_pixel (bf_color_mix (draw->colors[BF_ROLE_BAND], draw->colors[BF_ROLE_INK],
                                                        i < n ? least + (1 - least) * v : 0));

      for (guint y = 0; y < side; y++)
        {
          guint32 *row = (guint32 *) (void *) (data + ((gsize) (i / width) * side + y)
                                                        * cairo_image_surface_get_stride (picture));
          for (guint x = 0; x < side; x++)
            row[i % width * side + x] = pixel;
        }
    }
  cairo_surface_mark_dirty (picture);
  return picture;
}

/* Width and height in pixels of the grid that n values are shown in. */
static void
find_grid (const BfSnapshot *snapshot, guint n, guint *width, guint *height)
{
  *width = snapshot->image_width;
  *height = snapshot->image_height;
  if (*width > 0 && *height > 0 && *width <= n / *height && *width * *height == n)
    return;
  n = MIN (n, 1024);
  *width = (guint) ceil (sqrt (n));
  *height = (n + *width - 1) / *width;
}

static void
draw_sample (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  const BfSnapshot *snapshot = self->model->snapshot;
  guint n = snapshot->sample ? self->model->plan->shape.inputs : 0, width, height;
  BfRect card = { self->area.x + draw->margin, self->middle - self->thumb / 2, self->thumb, self->thumb };

  cairo_new_path (cr);
  bf_draw_rectangle (draw, &card, 4);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_BAND]);
  cairo_fill_preserve (cr);
  if (n > 0)
    {
      cairo_surface_t *picture;
      double scale;
      guint side;

      find_grid (snapshot, n, &width, &height);
      /* Pixels as squares of pixels: a viewer of SVG would smooth over single ones. */
      side = MAX (1, 200 / MAX (width, height));
      picture = create_picture (draw, snapshot->sample, MIN (n, width * height), width, height,
                                snapshot->image_width > 0 ? 0 : LEAST_INK, side);
      scale = (self->thumb - 4) / MAX (width, height);
      cairo_save (cr);
      cairo_clip (cr);
      cairo_translate (cr, card.x + (card.width - scale * width) / 2, card.y + (card.height - scale * height) / 2);
      cairo_scale (cr, scale / side, scale / side);
      cairo_set_source_surface (cr, picture, 0, 0);
      cairo_rectangle (cr, 0, 0, width * side, height * side);
      cairo_fill (cr);
      cairo_restore (cr);
      cairo_surface_destroy (picture);
      bf_draw_rectangle (draw, &card, 4);
    }
  bf_draw_set_color (draw, draw->colors[BF_ROLE_GRID]);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
draw_bars (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  guint n = self->model->n, chosen = self->data->show_cursor ? self->data->cursor.weighted : n;
  double top = self->middle - self->block_height / 2;
  guint every = bf_label_stride (n, self->pitch, 2.6 * bf_draw_get_size (draw, BF_TYPE_TICK));

  every = n >= 17 ? MAX (every, NUMBERS_EVERY) : every;
  for (guint block = 0; block < n; block++)
    {
      BfRect box = { bf_flow_block_left (self, block), top, self->block_width, self->block_height };
      g_autofree char *number = NULL;
      gboolean near = chosen < n && ABS ((int) block - (int) chosen) * self->pitch
                                    < 2 * bf_draw_get_size (draw, BF_TYPE_TICK);

      bf_flow_fill_box (self, &self->model->blocks[block], &box, MIN (3, box.width / 3));
      bf_flow_outline_box (self, &self->model->blocks[block], block == chosen, &box, MIN (3, box.width / 3));
      if (block != chosen && (near || !bf_label_shown (block, n, every)))
        continue;
      number = g_strdup_printf ("%u", block + 1);
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = block == chosen, .align = BF_ALIGN_CENTER,
                                   .color = &draw->colors[block == chosen ? BF_ROLE_INK : BF_ROLE_INK_2]),
                    box.x + box.width / 2, top - 0.85 * bf_draw_get_size (draw, BF_TYPE_TICK), number);
    }
}

/* So many layers from `first` on repeat with this period: copies of a layer share its permanent id, whether they
 * are in one block or a remedy gave them blocks of their own. */
static guint
repeat_length (const BfFlowModel *model, guint first, guint period)
{
  guint n = period;

  while (first + n < model->n
         && model->blocks[first + n].layer->layer->id == model->blocks[first + n - period].layer->layer->id)
    n++;
  return n - n % period;
}

/* Layers that repeat are one box, the longest repetition that begins here; others a bar each. */
static guint
run_length (const BfFlowModel *model, guint first, guint *count)
{
  guint longest = 1;

  *count = 1;
  for (guint period = 1; period <= LONGEST_PERIOD && first + period < model->n; period++)
    {
      guint n = repeat_length (model, first, period);

      if (n >= 2 * period && n > longest)
        {
          longest = n;
          *count = n / period;
        }
    }
  return longest;
}

static void
draw_folded_label (BfFlowLayout *self, const BfRect *box, guint first, guint n, guint copies)
{
  BfDraw *draw = self->draw;
  /* Translators: a block of layers and how often it is repeated: "Dense 1 … 99", "× 99". */
  g_autofree char *range = g_strdup_printf (_("%s … %u"), self->model->blocks[first].layer->name, first + n);
  g_autofree char *count = g_strdup_printf (_("× %u"), copies);
  double center = box->y + box->height / 2, half = 0.72 * bf_draw_get_size (draw, BF_TYPE_LABEL);
  BfColor color = bf_flow_name_color (self, &self->model->blocks[first]);
  gboolean both = bf_draw_text_width (draw, BF_TEXT (.type = BF_TYPE_TICK), range) <= box->width - 8
                  && box->height >= 4 * half;

  if (bf_draw_text_width (draw, BF_TEXT (.bold = TRUE), count) > box->width - 4)
    return;
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .align = BF_ALIGN_CENTER, .color = &color), box->x + box->width / 2,
                both ? center - half : center, count);
  if (both)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER,
                                 .color = &draw->colors[BF_ROLE_INK_2]), box->x + box->width / 2, center + half, range);
}

/* The chosen layer is a line through its folded block, with its number above. */
static void
draw_folded_choice (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  guint chosen = self->data->cursor.weighted;
  double x = bf_flow_block_left (self, chosen) + self->block_width / 2, top = self->middle - self->block_height / 2;
  g_autofree char *number = g_strdup_printf ("%u", chosen + 1);

  bf_draw_line (draw, x, top - 3, x, top + self->block_height + 3, MAX (2, self->block_width),
                draw->colors[BF_ROLE_ACCENT]);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = TRUE, .align = BF_ALIGN_CENTER), x,
                top - 1.0 * bf_draw_get_size (draw, BF_TYPE_TICK), number);
}

static void
draw_folded (BfFlowLayout *self)
{
  guint n, copies;

  for (guint first = 0; first < self->model->n; first += n)
    {
      const BfFlowBlock *b = &self->model->blocks[first];
      BfRect box = { bf_flow_block_left (self, first), self->middle - self->block_height / 2, 0, self->block_height };

      n = run_length (self->model, first, &copies);
      box.width = MAX (2.5, (n - 1) * self->pitch + self->block_width);
      bf_flow_fill_box (self, b, &box, n > 1 ? 5 : 1);
      if (n > 1)
        draw_folded_label (self, &box, first, n, copies);
      bf_flow_outline_box (self, b, FALSE, &box, n > 1 ? 5 : 1);
    }
  if (self->data->show_cursor && self->data->cursor.weighted < self->model->n)
    draw_folded_choice (self);
}

/* From the gap where it leaves, over the blocks, down to the sum. */
static void
draw_arc (BfFlowLayout *self, const BfFlowSkip *skip, BfColor color)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  double x0 = bf_flow_skip_start (self, skip), x1 = bf_flow_skip_end (self, skip);
  double y = self->arc_top - skip->lane * 6.0;
  double r = MIN (draw->small ? 5 : 9, MIN ((x1 - x0) / 2, self->middle - y));
  double dot = self->form == BF_FLOW_BLOCKS ? (draw->small ? 4.8 : 6.6) : MIN (3.3, 0.3 * self->pitch);

  cairo_new_path (cr);
  cairo_move_to (cr, x0, self->middle);
  cairo_arc (cr, x0 + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_arc (cr, x1 - r, y + r, r, 1.5 * G_PI, 2 * G_PI);
  cairo_line_to (cr, x1, self->middle - dot);
  cairo_set_line_width (cr, self->form == BF_FLOW_BLOCKS && !draw->small ? 2 : 1.5);
  bf_draw_set_color (draw, color);
  cairo_stroke (cr);
  cairo_arc (cr, x1, self->middle, dot, 0, 2 * G_PI);
  if (self->form != BF_FLOW_BLOCKS)
    {
      cairo_fill (cr);
      return;
    }
  bf_draw_set_color (draw, draw->colors[BF_ROLE_SURFACE]);
  cairo_fill_preserve (cr);
  cairo_new_sub_path (cr);
  cairo_move_to (cr, x1 - 0.55 * dot, self->middle);
  cairo_line_to (cr, x1 + 0.55 * dot, self->middle);
  cairo_move_to (cr, x1, self->middle - 0.55 * dot);
  cairo_line_to (cr, x1, self->middle + 0.55 * dot);
  bf_draw_set_color (draw, color);
  cairo_stroke (cr);
}

static void
draw_arcs (BfFlowLayout *self)
{
  BfColor color = bf_style_get_family (self->draw->style, BF_FAMILY_SKIP);

  for (guint i = 0; i < self->model->skips->len; i++)
    draw_arc (self, &g_array_index (self->model->skips, BfFlowSkip, i), color);
}

/* The line of the signal, with a tip before each block where there is room for one. */
static void
draw_signal (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  double space = self->pitch - self->block_width, tip = draw->small ? 2.5 : 3.5;
  BfColor color = draw->colors[BF_ROLE_AXIS];

  bf_draw_line (draw, self->bed_left + 1, self->middle, self->loss_x - self->loss_radius, self->middle, 1.2, color);
  if (self->form != BF_FLOW_BLOCKS || space < 14)
    return;
  cairo_new_path (cr);
  for (guint gap = 0; gap <= self->model->n; gap++)
    {
      double x = gap < self->model->n ? bf_flow_gap_right (self, gap) - 1.5 : self->loss_x - self->loss_radius - 2;

      cairo_move_to (cr, x - tip, self->middle - tip);
      cairo_line_to (cr, x, self->middle);
      cairo_line_to (cr, x - tip, self->middle + tip);
    }
  bf_draw_set_color (draw, color);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
}

/* "2.30"; what is too wide for the circle is its power of ten alone. */
static char *
format_loss (BfFlowLayout *self, double loss, const BfText *text)
{
  gboolean plain = fabs (loss) < 100 && fabs (loss) >= 0.1;
  g_autofree char *value = plain ? g_strdup_printf ("%.*f", loss < 10 ? 2 : 1, loss) : bf_format_value (loss);

  if (plain || loss <= 0 || !isfinite (loss) || bf_draw_text_width (self->draw, text, value) <= 1.65 * self->loss_radius)
    return g_steal_pointer (&value);
  return bf_format_power ((int) lround (log10 (loss)));
}

static void
draw_loss (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  double loss = self->model->column ? self->model->column->loss : NAN;
  gboolean broken = self->model->column && !isfinite (loss);
  double half = 0.64 * bf_draw_get_size (draw, BF_TYPE_TICK);
  gboolean both = self->model->column && self->loss_radius >= 18;
  BfType type = self->loss_radius >= 20 ? BF_TYPE_TICK : BF_TYPE_NOTE;
  BfText bold = { .type = type, .bold = TRUE, .align = BF_ALIGN_CENTER };
  g_autofree char *value = format_loss (self, loss, &bold);

  cairo_new_path (cr);
  cairo_arc (cr, self->loss_x, self->middle, self->loss_radius, 0, 2 * G_PI);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_SURFACE]);
  cairo_fill_preserve (cr);
  bf_draw_set_color (draw, draw->colors[broken ? BF_ROLE_DANGER : BF_ROLE_INK_2]);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
  bf_draw_text (draw, BF_TEXT (.type = type, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2],
                               .max_width = 2 * self->loss_radius), self->loss_x,
                self->middle - (both ? half : 0), _("loss"));
  if (both)
    bf_draw_text (draw, &bold, self->loss_x, self->middle + half, value);
}

void
bf_flow_draw_forward (BfFlowLayout *self)
{
  if (self->form == BF_FLOW_STREAM)
    return;
  draw_signal (self);
  if (self->form == BF_FLOW_FOLDED && self->pitch >= 5)
    draw_arcs (self);
  if (self->form == BF_FLOW_BARS)
    draw_bars (self);
  else if (self->form == BF_FLOW_FOLDED)
    draw_folded (self);
  else
    for (guint block = 0; block < self->model->n; block++)
      bf_flow_draw_block (self, block);
  if (self->form != BF_FLOW_FOLDED)
    draw_arcs (self);
  draw_sample (self);
  draw_loss (self);
}
