/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The output of a hidden block is added to that of a later one: every k blocks from the first on, each sum the
 * start of the next skip (He et al.), or as the first tutorial places them, from block 1 to 3 and from 4 to 7.
 * Where the widths differ a projection stands between.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

#define ID "skip-connections"

typedef struct
{
  BfBlock *block;
  guint first;    /* its dense layer */
  guint end;
  BfLayer *add;   /* to be put at the end, or NULL */
} Unit;

typedef struct
{
  guint from, to;   /* units, from 0 */
} Skip;

static const Skip t1_skips[] = { { 0, 2 }, { 3, 6 } };

static void
collect_unit (BfSpec *spec, BfBlock *block, guint first, guint end, gpointer data)
{
  const Unit unit = { block, first, end, NULL };

  g_array_prepend_val (data, unit);
}

static guint
get_width (const Unit *unit)
{
  return bf_options_integer (((const BfLayer *) unit->block->layers->pdata[unit->first])->options, "units");
}

/* A source that ends in a skip itself gives the sum. */
static void
add_skip (const BfSpec *spec, const Unit *from, Unit *to)
{
  const BfLayer *source = from->add ? from->add : from->block->layers->pdata[from->end - 1];
  const BfLayer *last = to->block->layers->pdata[to->end - 1];

  to->add = bf_remedy_layer_new (spec, "add", ID, last->id);
  to->add->from_copy = from->block->first + 1;
  bf_options_set_number (to->add->options, "from", source->id, NULL);
  bf_options_set_number (to->add->options, "projection", get_width (from) != get_width (to), NULL);
}

/* The skips that fit into n hidden units. */
static GArray *
list_skips (const BfOptions *options, guint n)
{
  const guint every = bf_options_integer (options, "every");
  GArray *skips = g_array_new (FALSE, FALSE, sizeof (Skip));

  if (bf_options_is (bf_options_choice (options, "placement"), "t1"))
    {
      for (guint i = 0; i < G_N_ELEMENTS (t1_skips); i++)
        if (t1_skips[i].to < n)
          g_array_append_val (skips, t1_skips[i]);
    }
  else
    for (guint to = every; to < n; to += every)
      {
        const Skip skip = { to - every, to };

        g_array_append_val (skips, skip);
      }
  return skips;
}

static void
apply (BfSpec *spec, const BfOptions *options)
{
  g_autoptr (GArray) skips = list_skips (options, bf_remedy_count_hidden (spec));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (Unit));

  if (skips->len == 0)
    return;
  bf_remedy_join (spec);
  bf_remedy_unroll (spec);
  bf_remedy_foreach_unit (spec, FALSE, collect_unit, units);
  for (guint i = 0; i < skips->len; i++)
    {
      const Skip skip = g_array_index (skips, Skip, i);

      add_skip (spec, &g_array_index (units, Unit, skip.from), &g_array_index (units, Unit, skip.to));
    }
  /* From the end: places before stay. */
  for (guint i = units->len; i > 0; i--)
    {
      const Unit *unit = &g_array_index (units, Unit, i - 1);

      if (unit->add)
        g_ptr_array_insert (unit->block->layers, (int) unit->end, unit->add);
    }
}

static const BfKind every_placement = { "every", N_("At Intervals"), N_("From each sum to the next, so many blocks on"), NULL };
static const BfKind t1_placement = { "t1", N_("As in T1"), N_("From block 1 to 3, and from 4 to 7"), NULL };
static const BfKind *const placements[] = { &every_placement, &t1_placement, NULL };

static const BfKind *const *
list_placements (void)
{
  return placements;
}

static const BfParam params[] = {
  { .id = "placement", .name = N_("Placement"), .type = BF_PARAM_CHOICE, .table = list_placements, .fallback_text = "every" },
  { .id = "every", .name = N_("Every"), .type = BF_PARAM_INTEGER, .minimum = 1, .maximum = 1000, .fallback = 2, .unit = N_("blocks") },
  { NULL }
};

const BfRemedy bf_remedy_skip_connections = {
  .kind = {
    .id = ID,
    .name = N_("Skip Connections"),
    .summary = N_("An earlier output is added further on: the gradient has a short way back."),
    .params = params,
  },
  .family = "skip connections",
  .stage = BF_STAGE_SKIP,
  .formula = "y = f(x) + x   ∂y/∂x = f′(x) + 1",
  .reference = "He et al. 2016",
  .link = "https://arxiv.org/abs/1512.03385",
  .acts_on = N_("a way around the layers"),
  .cost = N_("Hardly any; sums grow with depth, and unequal widths need a projection to learn."),
  .apply = apply,
};
