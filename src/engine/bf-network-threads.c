/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How many threads a network's step is worth, and the update, which each thread makes of the weights that
 * are its own.
 */
#include "bf-network-private.h"

#include <string.h>

/* Multiplications and additions of a step that take one thread about 150 µs: below, a second thread gains little. */
#define SMALL_STEP 1.2e7

/* Weights below which an update is made in one go. */
#define LEAST_WATCHED 16384
/* Weights that are updated at a time as long as none of them changes; at first a few. */
#define WATCHED       2048
#define FIRST_WATCHED 32

static double
get_work (const BfNetwork *self)
{
  double work = 0;

  for (guint i = 0; i < self->n_parameters; i++)
    if (self->parameters[i].rows > 1)
      work += 6.0 * self->batch * self->parameters[i].rows * self->parameters[i].columns;
  return work;
}

guint
bf_network_set_threads (BfNetwork *self, guint threads)
{
  const guint wanted = get_work (self) < SMALL_STEP ? 1 : MAX (threads, 1);

  if (wanted != bf_crew_get_threads (self->crew))
    {
      bf_crew_free (self->crew);
      self->crew = bf_crew_new (wanted);
    }
  return wanted;
}

BfCrew *
bf_network_get_crew (BfNetwork *self)
{
  return self->crew;
}

typedef struct
{
  BfNetwork *network;
  const BfOptimizer *optimizer;
  const BfOptions *options;
  float rate;
  guint64 step;
  gsize offset, n;
  float *state;
} Update;

static void
update_range (const Update *u, gsize offset, gsize n, float *values)
{
  BfNetwork *self = u->network;

  if (n > 0)
    u->optimizer->update (u->options, u->rate, u->step, n, values, self->gradients + offset, u->state + offset, self->size);
}

/* Where gradients have vanished, an update changes no bit of a weight. This is looked for from the first value on, in a copy,
 * so that what stays is not even written; with the first change the rest is updated in place. */
static gboolean
update_watched (const Update *u, gsize offset, gsize n)
{
  float copy[WATCHED];
  gboolean changed = FALSE;
  gsize size = FIRST_WATCHED;

  for (gsize at = 0; at < n; at += size, size = WATCHED)
    {
      float *values = u->network->values + offset + at;

      size = MIN (size, n - at);
      memcpy (copy, values, size * sizeof *copy);
      update_range (u, offset + at, size, copy);
      if (memcmp (copy, values, size * sizeof *copy) == 0)
        continue;
      memcpy (values, copy, size * sizeof *copy);
      at += size;
      update_range (u, offset + at, n - at, values + size);
      changed = TRUE;
      break;
    }
  return changed;
}

/* The rows of a weight matrix are the columns of its layer's output. */
static void
update_part (gpointer data, guint part, guint parts)
{
  const Update *u = data;

  for (guint i = 0; i < u->network->n_parameters; i++)
    {
      const BfParameter *p = &u->network->parameters[i];
      const guint extent = p->rows > 1 ? p->rows : p->columns;
      const gsize width = p->rows > 1 ? p->columns : 1;
      const guint begin = bf_crew_get_begin (extent, part, parts), end = bf_crew_get_begin (extent, part + 1, parts);

      if (p->offset >= u->offset && p->offset < u->offset + u->n
          && update_watched (u, p->offset + begin * width, (end - begin) * width))
        g_atomic_int_set (&u->network->changed[i], TRUE);
    }
}

/* Who has changed what: in a small network, all is. */
static void
note_changes (BfNetwork *self, gboolean all)
{
  self->writes++;
  if (all)
    self->handed_out = self->writes;
  for (guint i = 0; i < self->n_parameters && !all; i++)
    if (self->changed[i])
      {
        self->written[i] = self->writes;
        self->changed[i] = FALSE;
      }
}

void
bf_network_update (BfNetwork *self, const BfOptimizer *optimizer, const BfOptions *options, float rate, guint64 step,
                   gsize offset, gsize n, float *state)
{
  Update update = { self, optimizer, options, rate, step, offset, n, state };

  const gboolean watched = self->crew || self->size >= LEAST_WATCHED;

  if (watched)
    bf_crew_run (self->crew, update_part, &update);
  else
    update_range (&update, offset, n, self->values + offset);
  note_changes (self, !watched);
}
