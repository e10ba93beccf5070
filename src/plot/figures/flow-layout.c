/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Where the parts of the network picture stand. Across: the input's picture, n blocks at an even
 * pitch, the loss. Down: arcs, blocks, values, the bed with its channels, notes. When the room is
 * short things go in a fixed order: the blocks get lower, then the captions go, then the values,
 * then the blocks.
 */
#include "flow-private.h"

#include <math.h>

/* From so many layers on: bars, and folded blocks. */
#define BARS_FROM 17
#define FOLDED_FROM 60
/* Bars, too, below this pitch: no word fits into a block. */
#define BARS_PITCH 34
#define WIDEST_BLOCK 110
#define WIDEST_RATIO 0.73
#define LEAST_GAP 9
/* The picture is folded into the stream alone below this height. */
#define STREAM_ALONE 100
/* From one lane of arcs to the next. */
#define ARC_STEP 6

/* Sizes of a block: normal, small, in the window. */
enum { NORMAL, SMALL, WINDOW };

static const struct { double block, bar, ratio, thumb, loss, values, stream[2]; } sizes[] = {
  [NORMAL] = { 62, 54, 0.615, 50, 22, 34, { 54, 34 } },
  [SMALL]  = { 37, 31, 0.615, 28, 13.5, 20, { 28, 18 } },
  [WINDOW] = { 56, 44, 0.68,  52, 22,   25, { 28, 18 } },
};

static guint
size_class (const BfDraw *draw)
{
  return draw->style->window ? WINDOW : draw->small ? SMALL : NORMAL;
}

static double
widest_name (const BfFlowLayout *self)
{
  BfText text = { .type = BF_TYPE_LABEL, .bold = TRUE };
  double width = 0;

  for (guint w = 0; w < self->model->n; w++)
    width = MAX (width, bf_draw_text_width (self->draw, &text, bf_layer_name (self->model->plan, w)));
  return width;
}

/* Blocks, and the pitch that follows: the gap before block 1 and the one behind block n are as
 * wide as the others. */
static void
place_across (BfFlowLayout *self)
{
  const BfDraw *draw = self->draw;
  guint class = size_class (draw), n = self->model->n;
  double ratio = sizes[class].ratio, nominal = sizes[class].stream[n >= BARS_FROM];
  double right = self->area.x + self->area.width - draw->margin;
  double arm = MAX (2 * self->loss_radius, nominal);
  double usable, pad;

  self->loss_x = right - arm / 2;
  self->bed_left = self->area.x + draw->margin + self->thumb;
  self->bed_right = self->loss_x;
  usable = MAX (8, right - arm - self->bed_left);
  /* In a deep network the gaps get narrow; the first and the last block keep their distance. */
  pad = MAX (0, LEAST_GAP - (1 - ratio) * usable / (n + 1 - ratio));
  usable = MAX (8, usable - 2 * pad);
  self->pitch = usable / (n + 1 - ratio);
  if (class == NORMAL && n > 0 && n < BARS_FROM)   /* a little wider, if the names then fit */
    {
      ratio = CLAMP ((widest_name (self) + 8) / self->pitch, ratio, WIDEST_RATIO);
      self->pitch = usable / (n + 1 - ratio);
    }
  self->form = n >= FOLDED_FROM ? BF_FLOW_FOLDED
               : n >= BARS_FROM || self->pitch < BARS_PITCH ? BF_FLOW_BARS : BF_FLOW_BLOCKS;
  self->block_width = ratio * self->pitch;
  if (self->block_width > WIDEST_BLOCK)
    {
      self->block_width = WIDEST_BLOCK;
      self->pitch = (usable + WIDEST_BLOCK) / (n + 1);
    }
  self->first = self->bed_left + pad + (n ? self->pitch - self->block_width : usable / 2);
}

/* Heights above and below the stream that do not depend on W. */
typedef struct { double label, caption, arcs, block, values, notes, foot; } BfFlowRoom;

static gboolean
has_notes (const BfFlowModel *model)
{
  for (guint gap = 0; gap <= model->n; gap++)
    if (model->gaps[gap].state != BF_FLOW_FINITE || model->gaps[gap].log < BF_MAGNITUDE_LOW)
      return TRUE;
  return model->plan->error != NULL;
}

/* Height of all over W: the stream may swell to 1.6 W; channels lie beneath it. */
static double
stream_height (const BfFlowModel *model)
{
  return model->skips->len ? 2.6 + 1.25 * (model->n_lanes - 1) : 1.3;
}

static double
find_width (const BfFlowLayout *self, const BfFlowRoom *room)
{
  double rest = self->area.height - room->label - room->caption - room->arcs - room->block - room->values
                - room->notes - room->foot;

  return rest / stream_height (self->model);
}

/* Channels of short skips would run into themselves. */
static double
widest_channel (const BfFlowLayout *self)
{
  guint shortest = G_MAXUINT;

  for (guint i = 0; i < self->model->skips->len; i++)
    {
      const BfFlowSkip *skip = &g_array_index (self->model->skips, BfFlowSkip, i);
      shortest = MIN (shortest, skip->to - skip->from);
    }
  return shortest == G_MAXUINT ? G_MAXDOUBLE : MAX (7, 0.4 * shortest * self->pitch);
}

static void
fit_down (BfFlowLayout *self, BfFlowRoom *room, double nominal)
{
  double enough = MIN (nominal, 20), least_block = MIN (room->block, 36);

  while (find_width (self, room) < enough && room->block > least_block)
    room->block = MAX (least_block, room->block - 4);
  if (find_width (self, room) < MIN (enough, 14))
    {
      room->foot = MIN (room->foot, 6);
      room->caption = MIN (room->caption, 8);
      self->captions = FALSE;
    }
  if (find_width (self, room) < 10)
    {
      room->values = 8;
      self->values = FALSE;
    }
  self->width = CLAMP (find_width (self, room), 6, nominal);
  self->width = MIN (self->width, widest_channel (self));
}

static BfFlowRoom
find_room (const BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  guint class = size_class (draw);
  gboolean many = self->form != BF_FLOW_BLOCKS, skips = self->model->skips->len > 0;
  double tick = bf_draw_text_height (draw, BF_TYPE_TICK);
  double arc = skips ? (class == NORMAL ? 22 : 11) + (self->model->n_lanes - 1) * ARC_STEP : 0;

  return (BfFlowRoom) {
    .label = self->label ? 1.6 * bf_draw_text_height (draw, BF_TYPE_LABEL) : 0,
    .caption = self->captions ? tick + 11 : 0,
    .arcs = arc + (many ? tick : 4),
    .block = many ? sizes[class].bar : sizes[class].block,
    .values = sizes[class].values + (many && class != WINDOW ? 4 : 0),
    .notes = has_notes (self->model) && !skips ? tick + 4 : 0,
    .foot = self->captions ? tick + 8 : 4,
  };
}

/* How far the stream swells over the bed, in steps so that the picture stands still in training. */
static double
find_swelling (const BfFlowLayout *self)
{
  double widest = 0;

  for (guint gap = 0; gap <= self->model->n; gap++)
    if (self->model->gaps[gap].state == BF_FLOW_FINITE)
      widest = MAX (widest, bf_flow_relative_width (self->model, self->model->gaps[gap].log));
  return widest > 1.2 ? 0.3 : 0.05;
}

static void
place_down (BfFlowLayout *self, double widest)
{
  BfDraw *draw = self->draw;
  guint class = size_class (draw);
  gboolean many = self->form != BF_FLOW_BLOCKS;
  double nominal = sizes[class].stream[self->model->n >= BARS_FROM];
  double tick = bf_draw_text_height (draw, BF_TYPE_TICK);
  BfFlowRoom room = find_room (self);
  double spare, top, bottom;

  fit_down (self, &room, nominal);
  self->width = MIN (self->width, widest);
  spare = MAX (0, find_width (self, &room) - self->width) * stream_height (self->model);
  top = self->area.y + room.label + room.caption + room.arcs + MIN (spare * 0.4, class == NORMAL ? 36 : 12);
  bottom = top + room.block;
  self->block_height = room.block;
  self->middle = top + room.block / 2;
  self->arc_top = top - (many ? tick : 0) - (class == NORMAL ? 12 : 7) + (many ? 4 : 0);
  self->values_y = bottom + room.values * 0.53 + (many ? -3 : 0) + (class == WINDOW ? MIN (spare * 0.08, 3) : 0);
  self->center = bottom + room.values + find_swelling (self) * self->width + self->width / 2
                 + (class == WINDOW ? MIN (spare * 0.15, 6) : 0);
  self->thumb = MIN (self->thumb, room.block);
  self->loss_radius = MIN (self->loss_radius, room.block / 2);
  self->values = self->values && self->model->n > 0;
}

double
bf_flow_layout_get_height (const BfFlowLayout *self)
{
  BfFlowRoom room = find_room (self);

  return room.label + room.caption + room.arcs + room.block + room.values + room.notes + room.foot
         + stream_height (self->model) * sizes[size_class (self->draw)].stream[self->model->n >= BARS_FROM];
}

/* The stream alone, as high as it fits, with its values if they do. */
static void
place_stream_alone (BfFlowLayout *self)
{
  double tick = bf_draw_text_height (self->draw, BF_TYPE_TICK);

  self->form = BF_FLOW_STREAM;
  self->captions = FALSE;
  self->values = self->area.height >= 2.6 * tick;
  self->width = CLAMP ((self->area.height - (self->values ? tick + 8 : 4)) / BF_FLOW_CLIP, 3,
                       sizes[size_class (self->draw)].stream[self->model->n >= BARS_FROM]);
  self->values_y = self->area.y + 4 + tick / 2;
  self->center = self->area.y + self->area.height / 2 + (self->values ? (tick + 2) / 2 : 0);
  self->middle = self->center;
}

void
bf_flow_layout_init (BfFlowLayout *self, BfDraw *draw, const BfFigureData *data, const BfFlowModel *model,
                     const BfRect *area, gboolean labelled, double widest)
{
  guint class = size_class (draw), run = 0;
  gboolean alone = area->height < STREAM_ALONE && draw->style->window;

  while (labelled && run + 1 < data->n_runs && data->runs[run].snapshot != model->snapshot)
    run++;
  *self = (BfFlowLayout) {
    .draw = draw, .data = data, .model = model, .area = *area,
    .label = labelled ? data->runs[run].label : NULL,
    .family = data->runs[run].family,
    .captions = draw->style->window, .values = TRUE,
    .thumb = alone ? 0 : sizes[class].thumb,
    .loss_radius = alone ? 0 : sizes[class].loss,
  };
  place_across (self);
  /* "Dense 3" in every block, or in none. */
  self->named = self->form == BF_FLOW_BLOCKS && class == NORMAL && widest_name (self) <= self->block_width - 6;
  if (alone)
    place_stream_alone (self);
  else
    place_down (self, widest);
  self->depth = (model->n >= BARS_FROM ? 1.7 : 1.5) * self->width;
  self->lane = 1.25 * self->width;
  self->reach = (model->n >= BARS_FROM ? 1.9 : 0.72) * self->pitch;
}

double
bf_flow_block_left (const BfFlowLayout *self, guint block)
{
  return self->first + block * self->pitch;
}

double
bf_flow_gap_left (const BfFlowLayout *self, guint gap)
{
  return gap == 0 ? self->bed_left : bf_flow_block_left (self, gap - 1) + self->block_width;
}

double
bf_flow_gap_right (const BfFlowLayout *self, guint gap)
{
  return gap >= self->model->n ? bf_flow_spring_left (self) : bf_flow_block_left (self, gap);
}

double
bf_flow_gap_center (const BfFlowLayout *self, guint gap)
{
  double space = self->pitch - self->block_width;

  if (self->model->n == 0)
    return (self->bed_left + self->bed_right) / 2;
  return gap == 0 ? bf_flow_gap_right (self, 0) - space / 2 : bf_flow_gap_left (self, gap) + space / 2;
}

/* Where one skip ends and the next begins they stand beside each other. */
double
bf_flow_skip_start (const BfFlowLayout *self, const BfFlowSkip *skip)
{
  double space = self->pitch - self->block_width;

  return bf_flow_gap_center (self, skip->from) + (self->model->ends[skip->from] >= 0 ? 0.2 * space : 0);
}

double
bf_flow_skip_end (const BfFlowLayout *self, const BfFlowSkip *skip)
{
  double space = self->pitch - self->block_width;

  return bf_flow_gap_center (self, skip->to) - (self->model->begins[skip->to] >= 0 ? 0.15 * space : 0);
}

double
bf_flow_curve (double u)
{
  double low = 0, high = 1, t = u;

  if (!(u > 0))
    return 0;
  if (u >= 1)
    return 1;
  for (guint i = 0; i < 24; i++)   /* x(t) rises */
    {
      double s = 1 - t, x = 3 * s * s * t * 0.55 + 3 * s * t * t * 0.45 + t * t * t;

      *(x < u ? &low : &high) = t;
      t = (low + high) / 2;
    }
  return t * t * (3 - 2 * t);
}
