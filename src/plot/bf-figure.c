/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What all figures have in common: the surface, the title and the sentence under it.
 */
#include "bf-draw.h"
#include "bf-layer-value.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

const BfFigure *
bf_figure_find (const char *id)
{
  return (const BfFigure *) bf_kind_find (bf_figures, id);
}

gboolean
bf_figure_applies (const BfFigure *self, const BfFigureData *data)
{
  return !self->applies || self->applies (data);
}

/* Index of the layer's activation, looked for between this weighted layer and the next; -1: none. */
static int
find_activation (const BfPlan *plan, guint w)
{
  guint end = w + 1 < plan->n_weighted ? plan->weighted[w + 1] : plan->n_layers;

  for (guint i = plan->weighted[w] + 1; i < end; i++)
    if (bf_options_is (plan->layers[i].layer->options, "activation"))
      return (int) i;
  return -1;
}

/* "128, sigmoid" or "10" of a weighted layer. */
static char *
describe_layer (const BfPlan *plan, guint w)
{
  int activation = find_activation (plan, w);
  guint units = plan->layers[plan->weighted[w]].outputs;
  const BfOptions *options, *choice;

  if (activation < 0)
    return g_strdup_printf ("%u", units);
  options = plan->layers[activation].layer->options;
  choice = bf_kind_find_param (bf_options_get_kind (options), "function")
             ? bf_options_choice (options, "function") : NULL;
  if (!choice)
    return g_strdup_printf ("%u", units);
  /* Translators: a layer in a sentence: number of units, activation: "128, Sigmoid". */
  return g_strdup_printf (_("%u, %s"), units, bf_kind_get_name (bf_options_get_kind (choice)));
}

/* Equal neighbors are counted: "7 × (128, Sigmoid)". At most three such groups, then "…". */
static char *
describe_network (const BfPlan *plan)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint hidden = plan->n_weighted > 1 ? plan->n_weighted - 1 : plan->n_weighted;
  guint groups = 0;

  for (guint w = 0; w < hidden;)
    {
      g_autofree char *layer = describe_layer (plan, w);
      guint n = 1;

      for (; w + n < hidden; n++)
        {
          g_autofree char *next = describe_layer (plan, w + n);
          if (!g_str_equal (layer, next))
            break;
        }
      g_string_append (out, groups ? " → " : "");
      if (++groups > 3)
        {
          g_string_append (out, "…");
          break;
        }
      if (n > 1)
        g_string_append_printf (out, "%u × (%s)", n, layer);
      else
        g_string_append_printf (out, "(%s)", layer);
      w += n;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static const char *const axes[BF_N_AXES] = { "automatic", "linear", "logarithmic" };

const char *
bf_axis_get_id (BfAxis self)
{
  return axes[MIN (self, BF_N_AXES - 1)];
}

BfAxis
bf_axis_find (const char *id)
{
  for (guint i = 0; i < BF_N_AXES; i++)
    if (g_strcmp0 (axes[i], id) == 0)
      return (BfAxis) i;
  return BF_AXIS_AUTOMATIC;
}

char *
bf_figure_make_subtitle (const BfSnapshot *snapshot)
{
  const BfPlan *plan = snapshot->plan;
  const BfSpec *spec = plan->spec;
  g_autofree char *network = describe_network (plan);
  g_autofree char *rate = bf_format_plain (spec->learning_rate, 4);
  const char *data = spec->data ? bf_kind_get_name (bf_options_get_kind (spec->data)) : "";
  const char *optimizer = spec->optimizer ? bf_kind_get_name (bf_options_get_kind (spec->optimizer)) : "";

  /* Translators: network, data, optimizer, learning rate, seed:
   * "7 × (128, Sigmoid), Fashion-MNIST, SGD 0.01, seed 42" */
  return g_strdup_printf (_("%s, %s, %s %s, seed %" PRIu64), network, data, optimizer, rate, spec->seed);
}

char *
bf_figure_get_title (const BfFigure *self, const BfFigureData *data)
{
  const char *quantity = data->value ? _(data->value->name) : bf_quantity_label (data->tensor);

  if (data->title)
    return g_strdup (data->title);
  if (g_str_equal (self->kind.id, "accuracy"))
    return g_strdup (bf_figure_get_reading (data));   /* a loss where there are no classes */
  if (!self->value_title || (!data->value && data->tensor == BF_TENSOR_WEIGHT_GRADIENT))
    return g_strdup (bf_kind_get_name (&self->kind));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (_(self->value_title), quantity);
#pragma GCC diagnostic pop
}

static void
draw_title_block (BfDraw *draw, const BfFigure *self, const BfFigureData *data)
{
  gboolean mirrored = draw->style->right_to_left;
  double scale = CLAMP (draw->style->font_scale, 0.5, 4);
  double x = mirrored ? draw->width - draw->margin : draw->margin;
  double y = (draw->small ? 16 : 28) * scale;
  double room = MAX (1, draw->width - 2 * draw->margin);
  BfAlign align = mirrored ? BF_ALIGN_RIGHT : BF_ALIGN_LEFT;
  g_autofree char *title = bf_figure_get_title (self, data), *made = NULL;

  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TITLE, .bold = TRUE, .align = align, .max_width = room), x, y, title);
  if (draw->small)
    return;
  if (!data->subtitle)
    made = bf_figure_make_subtitle (data->runs[0].snapshot);
  bf_draw_text (draw, BF_TEXT (.align = align, .color = &draw->colors[BF_ROLE_INK_2], .max_width = room),
                x, y + 22 * scale, data->subtitle ? data->subtitle : made);
}

static gboolean
same_runs (const BfFigureData *a, const BfFigureData *b)
{
  if (a->n_runs != b->n_runs || a->n_rows > 0 || b->n_rows > 0)
    return FALSE;
  for (guint i = 0; i < a->n_runs; i++)
    if (a->runs[i].snapshot != b->runs[i].snapshot || g_strcmp0 (a->runs[i].label, b->runs[i].label) != 0
        || a->runs[i].family != b->runs[i].family)
      return FALSE;
  return TRUE;
}

gboolean
bf_figure_same_ground (const BfFigure *self, const BfFigureData *a, const BfFigureData *b)
{
  if (self->ground == BF_GROUND_NONE || a->tensor != b->tensor || a->loss_axis != b->loss_axis || a->pinned || b->pinned || a->value != b->value || a->scale_locked != b->scale_locked
      || a->facts != b->facts || a->evaluation != b->evaluation || a->cell != NULL || b->cell != NULL)
    return FALSE;
  if (self->ground == BF_GROUND_OF_EXAMINED)
    return a->jacobian == b->jacobian && a->loss_line == b->loss_line && a->loss_plane == b->loss_plane
           && a->runs[0].family == b->runs[0].family;
  if (self->ground == BF_GROUND_OF_PLAN)
    return a->runs[0].snapshot->plan == b->runs[0].snapshot->plan;
  return same_runs (a, b) && (self->ground != BF_GROUND_OF_LAYER
                              || (a->show_cursor == b->show_cursor && a->cursor.weighted == b->cursor.weighted));
}

void
bf_figure_draw (const BfFigure *self, cairo_t *cr, double width, double height,
                const BfStyle *style, const BfFigureData *data)
{
  g_return_if_fail (self && cr && style && data && data->n_runs > 0);
  if (!(width >= 1 && height >= 1))
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  {
    g_auto (BfDraw) draw = { 0 };

    bf_draw_init (&draw, cr, width, height, style);
    if (!style->transparent && data->part != BF_DRAW_HAND)
      {
        bf_draw_set_color (&draw, draw.colors[BF_ROLE_SURFACE]);
        cairo_paint (cr);
      }
    if (!style->window && data->part != BF_DRAW_HAND)
      draw_title_block (&draw, self, data);
  }
  self->draw (cr, width, height, style, data);
  cairo_restore (cr);
}
