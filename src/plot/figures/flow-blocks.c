/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A block of the network picture: its name, units, what a remedy put into it, and its function,
 * drawn from the function itself.
 */
#include "flow-private.h"
#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LEAST_WIDE          40   /* px of a block that has its parts beside each other, … */
#define LEAST_WIDE_INSERTED 64   /* … with an inserted one in any of them */

gboolean
bf_flow_is_chosen (const BfFlowLayout *self, guint block)
{
  return self->data->show_cursor && self->data->cursor.weighted == block;
}

/* f over −range … range in a box `width` wide, scaled to its own span of values. */
static void
draw_glyph (BfFlowLayout *self, double (*f) (double), double x, double y, double width, double height)
{
  cairo_t *cr = self->draw->cr;
  double range = 4, low = G_MAXDOUBLE, high = -G_MAXDOUBLE;
  const guint points = 32;

  for (guint i = 0; i <= points; i++)
    {
      double v = f (-range + 2 * range * i / points);
      low = MIN (low, v);
      high = MAX (high, v);
    }
  if (!(high > low) || !isfinite (high - low))
    return;
  cairo_new_path (cr);
  for (guint i = 0; i <= points; i++)
    cairo_line_to (cr, x - width / 2 + width * i / points,
                   y + height / 2 - height * (f (-range + 2 * range * i / points) - low) / (high - low));
  cairo_set_line_width (cr, self->draw->small ? 1.2 : 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_color (self->draw, self->draw->colors[BF_ROLE_INK_2]);
  cairo_stroke (cr);
}

/* Of one class against the others at 0, the softmax is steep like this. */
static double
softmax_curve (double x)
{
  return exp (x / 1.6);
}

static double
identity (double x)
{
  return x;
}

static void
draw_block_glyph (BfFlowLayout *self, guint block, double x, double y, double width, double height)
{
  const BfFlowBlock *b = &self->model->blocks[block];

  draw_glyph (self, b->activation ? b->activation->value : b->softmax ? softmax_curve : identity, x, y, width, height);
}

static double
box_radius (const BfDraw *draw)
{
  return draw->small ? 4 : draw->style->window ? 6 : 8;
}

/* Over the hatch of a frozen block words need a halo. */
static const BfColor *
find_halo (const BfFlowLayout *self, guint block)
{
  return self->model->blocks[block].frozen ? &self->draw->colors[BF_ROLE_SURFACE] : NULL;
}

/* Letters of the inserted layers, in their order, as many as fit; the rest as "…". */
static char *
make_letters (BfFlowLayout *self, const BfFlowBlock *block, double room)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < block->n_inserted; i++)
    {
      const BfOptions *options = block->inserted[i]->layer->options;
      g_autofree char *longer = g_strconcat (text->str, i > 0 ? " " : "",
                                             bf_format_letters (bf_options_get_kind (options)->id), NULL);

      if (i > 0 && bf_draw_text_width (self->draw, BF_TEXT (.type = BF_TYPE_NOTE, .bold = TRUE), longer) > room)
        {
          g_string_append (text, " …");
          break;
        }
      g_string_assign (text, longer);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The strip of the inserted layers, their letters turned; returns its width. */
static double
draw_inserted (BfFlowLayout *self, guint block, const BfRect *box, double right)
{
  BfDraw *draw = self->draw;
  const BfFlowBlock *b = &self->model->blocks[block];
  BfFamily family = b->n_inserted && b->inserted[0]->layer->remedy ? b->family : BF_FAMILY_NORMALIZATION;
  BfColor color = bf_style_get_family (draw->style, family);
  double width = 1.25 * bf_draw_get_size (draw, BF_TYPE_NOTE);
  BfColor letters = bf_color_get_lightness (color) > 0.68 ? (BfColor) { 0, 0, 0, 0.85 } : (BfColor) { 1, 1, 1, 1 };
  g_autofree char *text = NULL;

  if (!b->n_inserted || box->width < 3 * width)
    return 0;
  cairo_save (draw->cr);   /* inside the round corners */
  bf_draw_rectangle (draw, box, box_radius (draw));
  cairo_clip (draw->cr);
  bf_draw_fill (draw, &(BfRect) { right - width, box->y, width, box->height }, color);
  cairo_restore (draw->cr);
  text = make_letters (self, b, box->height - 4);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .bold = TRUE, .align = BF_ALIGN_CENTER, .color = &letters,
                               .angle = -G_PI / 2), right - width / 2, box->y + box->height / 2, text);
  return width;
}

void
bf_flow_outline_box (BfFlowLayout *self, const BfFlowBlock *b, gboolean chosen, const BfRect *box, double radius)
{
  BfDraw *draw = self->draw;
  BfColor color = b->wrong ? draw->colors[BF_ROLE_DANGER]
                  : b->absent && !chosen ? draw->colors[BF_ROLE_INK_3]
                  : chosen ? draw->colors[BF_ROLE_ACCENT]
                  : b->changed ? bf_style_get_family (draw->style, b->family) : draw->colors[BF_ROLE_AXIS];

  cairo_new_path (draw->cr);
  bf_draw_rectangle (draw, box, radius);
  bf_draw_set_color (draw, color);
  cairo_set_line_width (draw->cr, b->wrong || chosen ? 2 : b->changed ? 1.6 : 1.25);
  if (b->absent)
    cairo_set_dash (draw->cr, (const double[]) { draw->small ? 3 : 4, draw->small ? 2 : 3 }, 2, 0);
  cairo_stroke (draw->cr);
  cairo_set_dash (draw->cr, NULL, 0, 0);
}

void
bf_flow_fill_box (BfFlowLayout *self, const BfFlowBlock *b, const BfRect *box, double radius)
{
  BfDraw *draw = self->draw;

  cairo_new_path (draw->cr);
  bf_draw_rectangle (draw, box, radius);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_SURFACE]);
  cairo_fill (draw->cr);
  if (b->frozen)
    {
      bf_draw_rectangle (draw, box, radius);
      bf_draw_hatch (draw, BF_HATCH_RISING, draw->small ? 5 : 7, 1.2, bf_color_alpha (draw->colors[BF_ROLE_INK_3], 0.5));
    }
}

BfColor
bf_flow_name_color (const BfFlowLayout *self, const BfFlowBlock *b)
{
  return b->wrong ? self->draw->colors[BF_ROLE_DANGER]
         : b->absent ? self->draw->colors[BF_ROLE_INK_3]
         : b->changed ? bf_style_get_family_ink (self->draw->style, b->family) : self->draw->colors[BF_ROLE_INK];
}

/* "Dense 3" or its number; a small picture writes "Out" for the last. */
static char *
make_name (BfFlowLayout *self, guint block, double room)
{
  BfText text = { .type = BF_TYPE_LABEL, .bold = TRUE };
  gboolean last = block > 0 && block + 1 == self->model->n;

  if (self->named)
    return g_strdup (bf_layer_name (self->model->plan, block));
  if (last && self->draw->small && bf_draw_text_width (self->draw, &text, _("Out")) <= room)
    return g_strdup (_("Out"));
  return g_strdup_printf ("%u", block + 1);
}

static double
units_width (BfFlowLayout *self, guint block)
{
  g_autofree char *units = g_strdup_printf ("%u", self->model->blocks[block].layer->outputs);

  return bf_draw_text_width (self->draw, BF_TEXT (.type = BF_TYPE_TICK), units);
}

static void
draw_units (BfFlowLayout *self, guint block, double x, double y)
{
  g_autofree char *units = g_strdup_printf ("%u", self->model->blocks[block].layer->outputs);

  bf_draw_text (self->draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER,
                                     .halo = find_halo (self, block), .color = &self->draw->colors[BF_ROLE_INK_2]),
                x, y, units);
}

/* Name and units left, the function in a compartment of its own right. */
static void
draw_wide (BfFlowLayout *self, guint block, const BfRect *box)
{
  BfDraw *draw = self->draw;
  double side = MIN (18, 0.36 * box->width), divider = box->x + box->width - side;
  gboolean last = self->model->blocks[block].inserted_last;
  double strip = draw_inserted (self, block, box, last ? box->x + box->width : divider), end;
  double half = 0.75 * bf_draw_get_size (draw, BF_TYPE_LABEL);
  double center = box->y + box->height / 2;
  BfColor color = bf_flow_name_color (self, &self->model->blocks[block]);
  divider -= last ? strip : 0;
  end = last ? divider : divider - strip;
  double middle = (box->x + end) / 2;
  g_autofree char *name = make_name (self, block, end - box->x);
  gboolean units = units_width (self, block) <= end - box->x - 2;

  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .align = BF_ALIGN_CENTER, .color = &color, .halo = find_halo (self, block)),
                middle, units ? center - half : center, name);
  if (units)
    draw_units (self, block, middle, center + half);
  if (strip == 0 || last)
    bf_draw_line (draw, divider, box->y, divider, box->y + box->height, 1, draw->colors[BF_ROLE_AXIS]);
  draw_block_glyph (self, block, divider + side / 2, center, side - 7, 11);
}

/* Name, units if there is room, function: one above the other. */
static void
draw_tall (BfFlowLayout *self, guint block, const BfRect *box)
{
  BfDraw *draw = self->draw;
  double strip = draw_inserted (self, block, box, box->x + box->width);
  double x = box->x + (box->width - strip) / 2, center = box->y + box->height / 2;
  double label = bf_draw_get_size (draw, BF_TYPE_LABEL);
  gboolean units = box->height >= 4.6 * label && units_width (self, block) <= box->width - strip - 2;
  gboolean glyph = box->height >= 2.8 * label && box->width - strip >= 12;
  double glyph_width = MIN (draw->small ? 15 : 23, box->width - strip - 8);
  BfColor color = bf_flow_name_color (self, &self->model->blocks[block]);
  g_autofree char *name = make_name (self, block, box->width - strip - 6);
  double y = units ? center - 1.2 * label : glyph ? center - 0.68 * label : center;

  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .align = BF_ALIGN_CENTER, .color = &color, .halo = find_halo (self, block)),
                x, y, name);
  if (units)
    draw_units (self, block, x, center + 0.1 * label);
  if (glyph)
    draw_block_glyph (self, block, x, center + (units ? 1.42 : 0.76) * label, glyph_width, 0.92 * label);
}

static gboolean
has_inserted (const BfFlowModel *model)
{
  for (guint i = 0; i < model->n; i++)
    if (model->blocks[i].n_inserted)
      return TRUE;
  return FALSE;
}

/* An outline and a name: the place is kept. */
static void
draw_absent (BfFlowLayout *self, guint block, const BfRect *box)
{
  BfColor color = bf_flow_name_color (self, &self->model->blocks[block]);
  g_autofree char *name = make_name (self, block, box->width - 4);
  BfText text = { .align = BF_ALIGN_CENTER, .color = &color };

  if (bf_draw_text_width (self->draw, &text, name) <= box->width - 2)
    bf_draw_text (self->draw, &text, box->x + box->width / 2, box->y + box->height / 2, name);
}

void
bf_flow_draw_block (BfFlowLayout *self, guint block)
{
  BfRect box = { bf_flow_block_left (self, block), self->middle - self->block_height / 2,
                 self->block_width, self->block_height };
  double radius = box_radius (self->draw);

  bf_flow_fill_box (self, &self->model->blocks[block], &box, radius);
  if (self->model->blocks[block].absent)
    draw_absent (self, block, &box);
  else if (self->draw->style->window && box.width >= (has_inserted (self->model) ? LEAST_WIDE_INSERTED : LEAST_WIDE))
    draw_wide (self, block, &box);
  else
    draw_tall (self, block, &box);
  bf_flow_outline_box (self, &self->model->blocks[block], bf_flow_is_chosen (self, block), &box, radius);
}
