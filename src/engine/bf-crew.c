/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * All waiting is one barrier: the threads meet to begin a task, within it, and at its end. Who comes early
 * looks again and again for a while (a meeting is at most microseconds away while a step is made), then sleeps, so that a
 * paused run or a busy machine costs no processor.
 *
 * Each thread says by a plain store in a cache line of its own how many meetings it has come to, and reads those of the others: an
 * atomic addition to a line that others look at without pause can take microseconds, and there are some 24 meetings in a step.
 *
 * A sleeper counts itself before it looks for the last time, and who comes counts sleepers after it has said so; with a
 * fence in between in both, one of the two sees the other.
 *
 * Where other programs hold the processors, a thread is seldom there when it is waited for, and a step that is shared takes three
 * times as long as one that is not. So a caller that sleeps much of its time does all the work alone for a
 * while, then tries again. The numbers are the same either way.
 */
#include "bf-crew.h"

#include "bf-blas.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* About 50 µs of looking. */
#define LOOKS 2000

/* Microseconds of shared work after which the caller judges whether that was worth it; and of going on alone, twice as
 * many each time that it was not. */
#define TRIED 50000
#define ALONE_FIRST 100000
#define ALONE_LAST  1600000
/* More than this part of the time asleep was not. */
#define TOO_MUCH 0.25

/* Two cache lines: processors fetch the neighbor of a line as well. */
typedef struct
{
  _Alignas (128) atomic_uint came;   /* to so many meetings */
} Place;

struct _BfCrew
{
  guint threads;
  guint looks;
  GThread **others;        /* threads − 1 */
  Place *places;           /* [threads] */
  atomic_uint sleepers;
  GMutex mutex;
  GCond opened;

  BfCrewTask task;         /* NULL: go home; read between two barriers */
  gpointer data;
  gboolean flush;

  gint64 tried, slept;     /* microseconds of the caller since it judged last */
  gint64 alone, alone_until;
};

/* Which part of its crew a thread is; 0: the caller. */
static _Thread_local guint own_part;

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

/* ThreadSanitizer knows no fences; with it the stores and loads themselves are in one order. clang says so in its own way. */
#if defined (__SANITIZE_THREAD__)
#define LOOKS_FOR_RACES
#elif defined (__has_feature)
#if __has_feature (thread_sanitizer)
#define LOOKS_FOR_RACES
#endif
#endif
#ifdef LOOKS_FOR_RACES
#define STORE memory_order_seq_cst
#define LOAD  memory_order_seq_cst
#define FENCE()
#else
#define STORE memory_order_release
#define LOAD  memory_order_acquire
#define FENCE() atomic_thread_fence (memory_order_seq_cst)
#endif

/* The first of the places from `part` on whose thread has not come to the meeting; `threads`: all have. Counters wrap. */
static inline guint
find_missing (const BfCrew *self, guint part, guint meeting)
{
  while (part < self->threads && (gint) (atomic_load_explicit (&self->places[part].came, LOAD) - meeting) >= 0)
    part++;
  return part;
}

static void
wake (BfCrew *self)
{
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->opened);
  g_mutex_unlock (&self->mutex);
}

static void
sleep_until_all_came (BfCrew *self, guint meeting)
{
  const gint64 began = g_get_monotonic_time ();

  g_mutex_lock (&self->mutex);
  atomic_fetch_add (&self->sleepers, 1);
  FENCE ();
  while (find_missing (self, 0, meeting) < self->threads)
    g_cond_wait (&self->opened, &self->mutex);
  atomic_fetch_sub (&self->sleepers, 1);
  g_mutex_unlock (&self->mutex);
  if (own_part == 0)
    self->slept += g_get_monotonic_time () - began;
}

void
bf_crew_wait (BfCrew *self)
{
  atomic_uint *came = &self->places[own_part].came;
  const guint meeting = atomic_load_explicit (came, memory_order_relaxed) + 1;
  guint missing = 0;

  atomic_store_explicit (came, meeting, STORE);
  FENCE ();
  if (atomic_load (&self->sleepers) > 0)
    wake (self);
  for (guint i = 0; i <= self->looks; i++, relax ())
    {
      missing = find_missing (self, missing, meeting);
      if (missing == self->threads)
        return;
    }
  sleep_until_all_came (self, meeting);
}

static gpointer
work (gpointer data)
{
  g_autofree Member *member = data;
  BfCrew *crew = member->crew;

  own_part = member->part;
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
  self->places = aligned_alloc (_Alignof (Place), threads * sizeof (Place));
  if (!self->places)
    g_error ("%u threads: no memory to meet in", threads);
  memset (self->places, 0, threads * sizeof (Place));
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
  free (self->places);
  g_free (self);
}

guint
bf_crew_get_threads (const BfCrew *self)
{
  return self ? self->threads : 1;
}

static void
judge (BfCrew *self, gint64 began)
{
  const gint64 now = g_get_monotonic_time ();

  self->tried += now - began;
  if (self->tried < TRIED)
    return;
  if ((double) self->slept > TOO_MUCH * (double) self->tried)
    {
      self->alone = CLAMP (2 * self->alone, ALONE_FIRST, ALONE_LAST);
      self->alone_until = now + self->alone;
    }
  else
    self->alone = 0;
  self->tried = self->slept = 0;
}

void
bf_crew_run (BfCrew *self, BfCrewTask task, gpointer data)
{
  const gint64 began = self ? g_get_monotonic_time () : 0;

  if (!self || began < self->alone_until)
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
  judge (self, began);
}
