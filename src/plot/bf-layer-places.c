/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-layer-places.h"

#include "bf-draw.h"

/* A place while they are gathered. */
typedef struct
{
  guint64 key;
  int first;
  const char *name;
} Place;

static guint64
get_key (const BfPlan *plan, guint weighted)
{
  const BfPlanLayer *layer = &plan->layers[plan->weighted[weighted]];

  return (guint64) layer->layer->id << 32 | layer->copy;
}

/* The place of a key, from `from` on; −1: none. Layers keep their order in every run. */
static int
find_place (const GArray *places, guint64 key, guint from)
{
  for (guint i = from; i < places->len; i++)
    if (g_array_index (places, Place, i).key == key)
      return (int) i;
  return -1;
}

/* A new place before `at`: those of the runs so far move on. */
static void
insert_place (BfLayerPlaces *self, const BfFigureData *data, GArray *places, guint at, const Place *place, guint run, guint done)
{
  for (guint r = 0; r <= run; r++)
    for (guint w = 0; w < (r < run ? data->runs[r].snapshot->plan->n_weighted : done); w++)
      self->of[r][w] += self->of[r][w] >= at;
  g_array_insert_vals (places, at, place, 1);
}

static void
add_run (BfLayerPlaces *self, const BfFigureData *data, GArray *places, guint run)
{
  const BfPlan *plan = data->runs[run].snapshot->plan;
  guint next = 0;

  self->of[run] = g_new (guint, MAX (1, plan->n_weighted));
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const Place place = { get_key (plan, w), run == 0 ? (int) w : -1, bf_layer_name (plan, w) };
      int at = run == 0 ? -1 : find_place (places, place.key, next);

      if (at < 0)
        {
          at = (int) next;
          insert_place (self, data, places, next, &place, run, w);
        }
      self->of[run][w] = (guint) at;
      next = (guint) at + 1;
    }
}

BfLayerPlaces *
bf_layer_places_new (const BfFigureData *data)
{
  BfLayerPlaces *self = g_new0 (BfLayerPlaces, 1);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));

  self->n_runs = data->n_runs;
  self->of = g_new0 (guint *, MAX (1, data->n_runs));
  for (guint r = 0; r < data->n_runs; r++)
    add_run (self, data, places, r);
  self->n = places->len;
  self->first = g_new (int, MAX (1, self->n));
  self->names = g_new (const char *, MAX (1, self->n));
  for (guint i = 0; i < self->n; i++)
    {
      self->first[i] = g_array_index (places, Place, i).first;
      self->names[i] = g_array_index (places, Place, i).name;
    }
  return self;
}

void
bf_layer_places_free (BfLayerPlaces *self)
{
  for (guint r = 0; r < self->n_runs; r++)
    g_free (self->of[r]);
  g_free (self->of);
  g_free (self->first);
  g_free (self->names);
  g_free (self);
}
