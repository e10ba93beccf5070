/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * All waiting is one barrier: the threads meet to begin a task, within it, and at its end. Who comes early
 * looks again and again for a while (a meeting is at most microseconds away while a step is made), then sleeps, so that a
 * paused run or a busy machine costs no processor.
 *
 * A sleeper counts itself before it looks for the last time, and the last to come counts sleepers after it has opened
 * the barrier; in sequentially consistent order one of the two sees the other.
 */
#include "bf-crew.h"

#include "bf-blas.h"

#include <stdatomic.h>

/* About 50 µs of looking. */
#define LOOKS 2000

struct _BfCrew
{
  guint threads;
  guint looks;
  GThread **others;        /* threads − 1 */
  atomic_uint arrived;
  atomic_uint phase;       /* barriers passed */
  atomic_uint sleepers;
  GMutex mutex;
  GCond opened;

  BfCrewTask task;         /* NULL: go home; read between two barriers */
  gpointer data;
  gboolean flush;
};

typedef struct
{
  BfCrew *crew;
  guint part;
} Member;

static inline void
relax (void)
{
#if defined (__x86_64__)
  __builtin_ia32_pause ();
#elif defined (__aarch64__)
  __asm__ volatile ("yield");
#endif
}

static void
open_barrier (BfCrew *self)
{
  atomic_store (&self->arrived, 0);
  atomic_fetch_add (&self->phase, 1);
  if (atomic_load (&self->sleepers) == 0)
    return;
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->opened);
  g_mutex_unlock (&self->mutex);
}

void
bf_crew_wait (BfCrew *self)
{
  const guint phase = atomic_load (&self->phase);

  if (atomic_fetch_add (&self->arrived, 1) + 1 == self->threads)
    {
      open_barrier (self);
      return;
    }
  for (guint i = 0; i < self->looks; i++, relax ())
    if (atomic_load (&self->phase) != phase)
      return;
  g_mutex_lock (&self->mutex);
  atomic_fetch_add (&self->sleepers, 1);
  while (atomic_load (&self->phase) == phase)
    g_cond_wait (&self->opened, &self->mutex);
  atomic_fetch_sub (&self->sleepers, 1);
  g_mutex_unlock (&self->mutex);
}

static gpointer
work (gpointer data)
{
  g_autofree Member *member = data;
  BfCrew *crew = member->crew;

  for (;;)
    {
      bf_crew_wait (crew);
      if (!crew->task)
        return NULL;
      bf_flush_subnormals (crew->flush);
      crew->task (crew->data, member->part, crew->threads);
      bf_crew_wait (crew);
    }
}

BfCrew *
bf_crew_new (guint threads)
{
  BfCrew *self;

  if (threads < 2)
    return NULL;
  self = g_new0 (BfCrew, 1);
  self->threads = threads;
  self->looks = threads <= g_get_num_processors () ? LOOKS : 0;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->opened);
  self->others = g_new (GThread *, threads - 1);
  for (guint part = 1; part < threads; part++)
    {
      Member *member = g_new (Member, 1);

      *member = (Member) { self, part };
      self->others[part - 1] = g_thread_new ("step", work, member);
    }
  return self;
}

void
bf_crew_free (BfCrew *self)
{
  if (!self)
    return;
  self->task = NULL;
  bf_crew_wait (self);
  for (guint i = 0; i + 1 < self->threads; i++)
    g_thread_join (self->others[i]);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->opened);
  g_free (self->others);
  g_free (self);
}

guint
bf_crew_get_threads (const BfCrew *self)
{
  return self ? self->threads : 1;
}

void
bf_crew_run (BfCrew *self, BfCrewTask task, gpointer data)
{
  if (!self)
    {
      task (data, 0, 1);
      return;
    }
  self->task = task;
  self->data = data;
  self->flush = bf_flushes_subnormals ();
  bf_crew_wait (self);
  task (data, 0, self->threads);
  bf_crew_wait (self);
}
