/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The network picture: above, the signal from the input through the blocks to the loss; below, the
 * gradient that flows back, a stream whose width and color are ‖∂L/∂h‖₂ at each block's output.
 * Several runs stand one below the other on one scale; the window shows the first.
 */
#include "flow-private.h"

#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MOST_PANELS 4
#define LEAST_PANEL 165
#define LEAST_PANEL_SMALL 100

static gboolean
has_gauge (const BfDraw *draw)
{
  return !draw->style->window && draw->height >= 150;
}

/* Where the panels begin, and what height is theirs. */
static double
find_room (const BfDraw *draw, double *top)
{
  double scale = CLAMP (draw->style->font_scale, 0.5, 4);
  double foot = has_gauge (draw) ? (draw->small ? 46 : 82) * scale : draw->style->window ? 0 : 8;

  *top = draw->style->window ? 0 : (draw->small ? 28 : 74) * scale;
  return MAX (1, draw->height - *top - foot);
}

/* As many as can be read, the first run at least. */
static guint
count_panels (const BfDraw *draw, const BfFigureData *data)
{
  double top, room = find_room (draw, &top);

  if (draw->style->window)
    return 1;
  return CLAMP (MIN (data->n_runs, (guint) (room / (draw->small ? LEAST_PANEL_SMALL : LEAST_PANEL))), 1, MOST_PANELS);
}

typedef struct
{
  guint n;
  BfFlowModel models[MOST_PANELS];
  BfFlowLayout layouts[MOST_PANELS];
} BfFlowPanels;

/* One below the other, each as high as it needs to be in relation, all with one W. */
static void
panels_init (BfFlowPanels *self, BfDraw *draw, const BfFigureData *data)
{
  double top, room = find_room (draw, &top), wanted = 0, widest = G_MAXDOUBLE;
  BfRect areas[MOST_PANELS];

  self->n = count_panels (draw, data);
  for (guint i = 0; i < self->n; i++)
    {
      bf_flow_model_init (&self->models[i], data, i);
      bf_flow_layout_init (&self->layouts[i], draw, data, &self->models[i],
                           &(BfRect) { 0, top, draw->width, room }, self->n > 1, G_MAXDOUBLE);
      wanted += bf_flow_layout_get_height (&self->layouts[i]);
    }
  for (guint i = 0; i < self->n; i++)
    {
      areas[i] = (BfRect) { 0, top, draw->width, room * bf_flow_layout_get_height (&self->layouts[i]) / wanted };
      top += areas[i].height;
    }
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->n; i++)
      {
        bf_flow_layout_init (&self->layouts[i], draw, data, &self->models[i], &areas[i], self->n > 1, widest);
        widest = MIN (widest, self->layouts[i].width);
      }
}

static void
panels_clear (BfFlowPanels *self)
{
  for (guint i = 0; i < self->n; i++)
    bf_flow_model_clear (&self->models[i]);
}

static void
draw_card (BfFlowLayout *self)
{
  const BfFlowModel *model = self->model;
  guint block = self->data->hover->weighted;
  const BfFlowValue *out = &model->gaps[block + 1], *in = &model->gaps[block];
  /* Beside the block, at the height of the blocks. */
  double left = bf_flow_block_left (self, block);
  double x = left > 19 * bf_draw_get_size (self->draw, BF_TYPE_TICK) ? left : left + self->block_width;
  g_autofree char *step = bf_format_count (model->column ? model->column->last : 0);
  /* Translators: layer and step. */
  g_autofree char *title = g_strdup_printf (_("%s, step %s"), model->blocks[block].layer->name, step);
  g_autofree char *norm = out->state == BF_FLOW_MISSING ? g_strdup ("–") : bf_format_value (out->norm);
  g_autofree char *ratio = bf_format_ratio (in->norm / out->norm);
  gboolean passes = in->state == BF_FLOW_FINITE && out->state == BF_FLOW_FINITE;

  bf_draw_card (self->draw, &(BfRect) { 0, 0, self->draw->width, self->draw->height },
                x, self->middle - 40, self->middle - 40, title,
                (const char *const[]) { _("gradient at output"), _("passes back") },
                (const char *const[]) { norm, ratio }, passes ? 2 : 1);
}

static void
draw_panel (BfFlowLayout *self)
{
  if (self->pitch <= 0 || self->area.height < 12)
    return;
  if (!self->model->plan->error)
    bf_flow_draw_stream (self);
  bf_flow_draw_forward (self);
  bf_flow_draw_words (self);
}

static void
flow_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfFlowPanels panels = { 0 };

  bf_draw_init (&draw, cr, width, height, style);
  panels_init (&panels, &draw, data);
  for (guint i = 0; i < panels.n; i++)
    draw_panel (&panels.layouts[i]);
  if (has_gauge (&draw))
    bf_flow_draw_gauge (&draw, &panels.models[0]);
  if (data->hover && data->hover->weighted < panels.models[0].n && panels.layouts[0].form != BF_FLOW_STREAM)
    draw_card (&panels.layouts[0]);
  panels_clear (&panels);
}

/* A block's part reaches to the middles of the gaps about it. */
static gboolean
find_block (const BfFlowLayout *self, double x, double y, guint *block)
{
  double place = (x - self->first + (self->pitch - self->block_width) / 2) / self->pitch;

  if (y < self->area.y || y >= self->area.y + self->area.height || !(place >= 0) || place >= self->model->n)
    return FALSE;
  *block = (guint) place;
  return TRUE;
}

static gboolean
flow_pick (double x, double y, double width, double height, const BfStyle *style,
           const BfFigureData *data, BfCursor *cursor)
{
  BfDraw draw;
  BfFlowPanels panels = { 0 };
  gboolean found = FALSE;

  bf_draw_init_nowhere (&draw, width, height, style);
  panels_init (&panels, &draw, data);
  for (guint i = 0; i < panels.n && !found; i++)
    found = find_block (&panels.layouts[i], x, y, &cursor->weighted);
  if (found)
    cursor->step = data->cursor.step;
  panels_clear (&panels);
  bf_draw_clear (&draw);
  return found;
}

static void
append_row (GString *out, const BfFigureRun *run, const BfFlowModel *model, const char *point, guint from, guint to,
            const BfFlowValue *value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_auto (GStrv) quotes = g_strsplit (run->label ? run->label : "", "\"", -1);
  g_autofree char *label = g_strjoinv ("\"\"", quotes);

  g_string_append_printf (out, "\"%s\",%" G_GUINT64_FORMAT ",%s,", label, model->column ? model->column->last : 0, point);
  g_string_append_printf (out, from != to ? "%u,%u," : "%u,,", from, to);
  if (value->passed)
    ;
  else if (value->state == BF_FLOW_FINITE || value->state == BF_FLOW_ZERO)
    g_string_append (out, g_ascii_formatd (number, sizeof number, "%.9g", value->norm));
  else if (value->state != BF_FLOW_MISSING)
    g_string_append (out, value->state == BF_FLOW_NAN ? "nan" : "inf");
  g_string_append_c (out, '\n');
}

/* A row a gap: what flows out of layer `layer` (0: the input), and a row a skip, at its sum. */
static void
flow_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "run,step,point,layer,to_layer,gradient_norm\n");
  for (guint run = 0; run < data->n_runs; run++)
    {
      g_auto (BfFlowModel) model = { 0 };

      bf_flow_model_init (&model, data, run);
      for (guint gap = 0; gap <= model.n; gap++)
        append_row (out, &data->runs[run], &model, gap == 0 ? "input" : "output", gap, gap, &model.gaps[gap]);
      for (guint i = 0; i < model.skips->len; i++)
        {
          const BfFlowSkip *skip = &g_array_index (model.skips, BfFlowSkip, i);
          append_row (out, &data->runs[run], &model, "skip", skip->from, skip->to, &skip->value);
        }
    }
}

static void
describe_decades (GString *out, const BfFlowModel *model)
{
  const BfFlowValue *first = &model->gaps[1], *last = &model->gaps[model->n];
  g_autofree char *from = bf_format_value (last->norm), *to = bf_format_value (first->norm), *decades = NULL;

  if (last->state == BF_FLOW_MISSING)
    return;
  if (first->state != BF_FLOW_FINITE || last->state != BF_FLOW_FINITE)
    {
      g_string_append_printf (out, _(" The gradient leaves the loss at %s and reaches block 1 at %s."), from, to);
      return;
    }
  decades = g_strdup_printf ("%.1f", fabs (last->log - first->log));
  if (first->log <= last->log)
    g_string_append_printf (out, _(" The gradient leaves the loss at %s, reaches block 1 at %s, %s decades less."),
                            from, to, decades);
  else
    g_string_append_printf (out, _(" The gradient leaves the loss at %s, reaches block 1 at %s, %s decades more."),
                            from, to, decades);
}

static void
describe_skips (GString *out, const BfFlowModel *model)
{
  if (model->skips->len == 0)
    return;
  g_string_append_printf (out, ngettext (" %u skip connection.", " %u skip connections.", model->skips->len),
                          model->skips->len);
  for (guint i = 0; i < MIN (model->skips->len, 6); i++)
    {
      const BfFlowSkip *skip = &g_array_index (model->skips, BfFlowSkip, i);
      g_autofree char *value = bf_format_value (skip->value.norm);

      g_string_append_printf (out, _(" Block %u to %u carries %s."), skip->from + 1, skip->to, value);
    }
}

static void
describe_states (GString *out, const BfFlowModel *model)
{
  guint below = 0, not_finite = 0, frozen = 0;
  g_autofree char *absent = bf_flow_describe_absent (model);

  for (guint block = 0; block < model->n; block++)
    frozen += model->blocks[block].frozen;
  if (frozen)
    g_string_append_printf (out, ngettext (" %u block is frozen.", " %u blocks are frozen.", frozen), frozen);
  if (absent)
    /* Translators: "Dense 3 to 7 not there yet" as a sentence of its own. */
    g_string_append_printf (out, _(" %s."), absent);

  for (guint gap = 0; gap <= model->n; gap++)
    {
      below += model->gaps[gap].state == BF_FLOW_FINITE && model->gaps[gap].log < BF_MAGNITUDE_LOW;
      not_finite += model->gaps[gap].state == BF_FLOW_NAN || model->gaps[gap].state == BF_FLOW_INFINITE;
    }
  for (guint gap = 0, first, last; bf_flow_next_run (model, BF_FLOW_ZERO, &gap, &first, &last);)
    {
      g_autofree char *zeros = bf_flow_describe_zeros (model, first, last);
      /* Translators: "exactly 0 in Dense 1 to 8" as a sentence of its own. */
      g_string_append_printf (out, _(" It is %s."), zeros);
    }
  if (below)
    g_string_append_printf (out, ngettext (" Below the scale after %u block.", " Below the scale after %u blocks.", below), below);
  if (not_finite)
    g_string_append_printf (out, ngettext (" Not finite after %u block.", " Not finite after %u blocks.", not_finite),
                            not_finite);
}

static char *
flow_describe (const BfFigureData *data)
{
  g_auto (BfFlowModel) model = { 0 };
  GString *out = g_string_new (NULL);

  bf_flow_model_init (&model, data, 0);
  g_string_append_printf (out, ngettext ("Network of %u block.", "Network of %u blocks.", model.n), model.n);
  if (model.plan->error)
    /* Translators: why a network cannot be built, a whole sentence. */
    g_string_append_printf (out, _(" It cannot be built: %s"), model.plan->error);
  else if (model.n > 0)
    {
      describe_decades (out, &model);
      describe_skips (out, &model);
      describe_states (out, &model);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_flow;
const BfFigure bf_figure_flow = {
  .kind = { "flow", N_("Gradient Flow Through the Network"),
            N_("The signal forward, the gradient back: where the stream thins") },
  .width = 1200, .height = 420,
  .draw = flow_draw,
  .csv = flow_csv,
  .describe = flow_describe,
  .pick = flow_pick,
  .reading = N_("The stream springs from the loss: each decade lost halves its width."),
};
